"""The words that hold sentences together: articles, pronouns, prepositions, auxiliaries, question words.

They are kept in the index ("how many" and "what is" carry a question) and count less. Closed classes, in folded form.
"""

from __future__ import annotations

_WORDS = {
    "en": """
        a about am an and any anyone are as at be been but by can cannot could did do does doing done for from
        get getting got had has have having how i if im in into is it its ive just like made make may me might
        mine must my myself need no not of on or our ours shall she should so some than that the their them then
        there these they this those to us use want was we were what when where which while who why will with
        would you your yours didnt doesnt dont cant couldnt wont wasnt isnt havent hasnt whats arent werent
        shouldnt wouldnt id theres thats youre theyre
    """,
    "de": """
        aber als am an auch auf aus bei bin bis das dass dem den denn der des die dies diese diesem diesen
        dieser dieses du ein eine einem einen einer eines er es fur habe haben hat hatte ich ihr ihre ihrem
        ihren im in ist ja kann kein keine konnen man mein meine meinem meinen meiner mich mir mit muss nach
        nicht noch nur ob oder sehr sein sich sie sind so soll uber um und uns unser unsere unter vom von vor
        wann war warum was welche welcher welches wenn wer werden wie wieso will wir wird wo wurde zu zum zur
    """,
    "fr": """
        a ai alors as au aux avec c ca ce ces cet cette comment comme d dans de des donc du elle elles en est et
        etes etre il ils j je l la le les leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ou par
        pas peut peux pour pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans se ses si son sont
        suis sur t ta te tes ton tu un une vos votre vous y
    """,
    "es": """
        a al ante como con cual cuales cuando cuanto de del desde donde e el ella ellas ellos en entre era es
        esta estan estas este esto estos fue ha hay he la las le les lo los me mi mis muy ni no nos nuestra
        nuestro o para pero por porque puede puedo que quien se ser si sin sobre son su sus tambien te tengo ti
        tiene tu tus un una uno unos y ya yo
    """,
    "it": """
        a ai al alla alle anche che chi ci come con cosa cui d da dal dalla degli dei del della delle di dove e
        ed era gli ha ho i il in io l la le lei lo loro lui ma mi mia mie miei mio ne nei nel nella no noi non
        nostra nostro o per perche piu posso puo qual quale quali quando quanto quello questa queste questi
        questo se si sono su sua sue sul suo ti tra tu tuo un una uno vi voi
    """,
    "pt": """
        a ao aos as ate com como da das de do dos e ela ele em entre era esta este eu foi ha isso isto ja la lhe
        mais mas me meu meus minha minhas muito na nao nas no nos o onde os ou para pela pelo por porque posso
        pode qual quais quando que quem se sem ser seu seus sua suas tambem te tem tenho um uma voce
    """,
    "nl": """
        aan al als bij dan dat de deze die dit doe door een en er ge geen had heb hebben heeft het hij hoe hun
        ik in is ja je jij kan kunnen maar me mij mijn moet na naar niet nog nu of om onder ons ook op over te
        tot u uit uw van voor waar waarom wanneer waren was wat we wel welke werd wie wij wil word worden ze
        zich zij zijn zo zou
    """,
}

# What most questions have one or more of.
_IN_MOST_QUESTIONS = {
    "en": """
        a and are can do does for from get have how i in is it me my not of on the this to was what when where why
        with you
    """
}


def function_words(language: str) -> frozenset[str]:
    """Return the function words of a language (ISO 639-1); none for one that is not listed."""
    return frozenset(_WORDS.get(language, "").split())


def hot_words(language: str) -> frozenset[str]:
    """Return the function words worth fetching for any query: all of them unless the commonest are known."""
    commonest = _IN_MOST_QUESTIONS.get(language)
    return frozenset(commonest.split()) if commonest else function_words(language)
