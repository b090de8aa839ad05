"""What each language's own spelling asks of search: the same article, however its words are written and inflected."""

import pytest
from makers import make_document, make_index

from kb_builder.index.analyzer import stemmer
from kb_builder.index.compounds import count_compound_parts
from kb_builder.index.fields import analyze_documents
from kb_builder.index.ranking import search

SITES = {
    "en": (
        make_document(
            "return/", "Returning an order", "Send it back within 60 days. The customer's café receipt helps."
        ),
        make_document("pay/", "Payment methods", "Cards, PayPal and colour-coded gift cards."),
    ),
    "de": (
        make_document("label/", "Rücksendeetikett verloren", "Wir schicken Ihnen ein neues, kostenlos."),
        make_document("send/", "Wie läuft eine Rücksendung ab?", "Kleben Sie das Etikett auf das Paket."),
        make_document("ship/", "Versandkosten", "Der Versand in Größe XL kostet mehr. Weitere Kosten entstehen nicht."),
        make_document(
            "pay/", "Zahlungsarten", "Jede Zahlung per Rechnung, Karte oder Überweisung. Zwei Arten sind neu."
        ),
        make_document("account/", "Konto löschen", "Öffnen Sie die Einstellungen; die Straße bleibt gespeichert."),
    ),
    "fr": (
        make_document("return/", "Comment retourner un article ?", "Imprimez l'étiquette d’expédition. C'est gratuit."),
        make_document("cancel/", "Annuler une commande", "Une commande annulée n'est pas débitée. Où est mon œuvre ?"),
        make_document("late/", "Livraisons en retard", "Aujourd'hui, les délais sont longs."),
    ),
    "es": (
        make_document("return/", "¿Cómo devuelvo un artículo?", "Las devoluciones son gratis. Usa la etiqueta."),
        make_document("password/", "Contraseña olvidada", "Cambia tu contraseña en la cuenta. Año nuevo, clave nueva."),
        make_document("address/", "Cambiar la dirección", "Antes del envío puedes cambiarla."),
    ),
    "ja": (
        make_document("return/", "商品を返品したい", "お届けから３０日以内に返品できます。ラベルを印刷してください。"),
        make_document("pay/", "お支払い方法", "クレジットカードとコンビニ払いが使えます。"),
        make_document("ship/", "配送状況の確認", "ＴＥＮＴの追跡番号はメールにあります。"),
    ),
}


@pytest.fixture(scope="module")
def indexes():
    return {language: make_index(*documents, language=language) for language, documents in SITES.items()}


@pytest.mark.parametrize(
    ("language", "query", "first"),
    [
        ("en", "returned orders", "return/"),
        ("en", "customers cafe receipts", "return/"),
        ("en", "color coded giftcards", "pay/"),
        ("de", "rücksendungen", "send/"),
        ("de", "ruecksendung", "send/"),
        ("de", "Rucksendung", "send/"),
        ("de", "GRÖSSE", "ship/"),
        ("de", "groesse", "ship/"),
        ("de", "ueberweisung", "pay/"),
        ("de", "zahlungen rechnungen", "pay/"),
        ("de", "strassen", "account/"),
        ("de", "kosten", "ship/"),
        ("fr", "retourner l’article", "return/"),
        ("fr", "etiquette expedition", "return/"),
        ("fr", "d'expédition", "return/"),
        ("fr", "commandes annulees", "cancel/"),
        ("fr", "oeuvre", "cancel/"),
        ("fr", "livraison retard delai", "late/"),
        ("es", "devolucion", "return/"),
        ("es", "DEVOLUCIÓN de articulos", "return/"),
        ("es", "contrasenas", "password/"),
        ("es", "direcciones", "address/"),
        ("ja", "返品", "return/"),
        ("ja", "30日", "return/"),
        ("ja", "ﾗﾍﾞﾙ 印刷", "return/"),
        ("ja", "クレジットカード払い", "pay/"),
        ("ja", "ｸﾚｼﾞｯﾄ", "pay/"),
        ("ja", "配送", "ship/"),
        ("ja", "tent", "ship/"),
    ],
)
def test_a_query_finds_its_article_however_it_is_written(indexes, language, query, first):
    found = search(indexes[language], query)

    assert [hit.url for hit in found.hits][:1] == [first], found
    assert found.corrections == () or language == "en", "it is no typing error"


@pytest.mark.parametrize("query", ["etikett", "Etiketten", "rücksendung"])
def test_a_compound_is_found_by_its_parts(indexes, query):
    assert {"label/", "send/"} == {hit.url for hit in search(indexes["de"], query).hits}


def parts_of(compound, *words, language="de"):
    documents = [make_document(f"{at}/", word) for at, word in enumerate(words)] + [make_document("z/", compound)]
    stem = stemmer(language)
    analyzed = analyze_documents(documents, language=language)
    counted = count_compound_parts(analyzed, language=language, stem=stem)
    return {term for term, found in counted.fields["headings"].pairs().items() if len(words) in dict(found)}


@pytest.mark.parametrize(
    ("compound", "words", "parts"),
    [
        ("Rücksendeetikett", ("Rücksendung", "Etikett"), {"rucksend", "etikett"}),
        ("Zahlungsarten", ("Zahlung", "Art", "Arten"), {"zahlung", "art"}),
        ("Lieferadressänderung", ("Lieferung", "Adresse", "Änderung"), {"liefer", "adress", "ander"}),
        ("Geschenkkarten", ("Geschenk", "Karte"), {"geschenk", "kart"}),
        ("Warenkorb", ("Waren", "Korb"), {"war", "korb"}),
        ("Bestellung", ("bestellen", "beste"), set()),
        ("Gutschein", ("gut", "Schein"), set()),
        ("Wetterbericht", ("Wetter",), set()),
    ],
)
def test_the_parts_of_a_compound_are_words_of_the_site(compound, words, parts):
    assert parts_of(compound, *words) == parts


def test_words_of_other_languages_are_not_taken_apart():
    assert parts_of("overhead", "over", "head", language="en") == set()
    assert parts_of("returetikett", "retur", "etikett", language="sv") == {"retur", "etiket"}


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("fr", "annulee", "annuler"),
        ("fr", "payees", "payee"),
        ("pt", "devolucoes", "devolucao"),
        ("es", "devoluciones", "devolucion"),
        ("de", "bestellungen", "bestellung"),
    ],
)
def test_words_are_stemmed_as_if_they_had_their_accents(language, one, other):
    stem = stemmer(language)

    assert stem(one) == stem(other)


@pytest.mark.parametrize("tag", ["en-GB", "de-AT", "fr-CA", "es-419", "ja-JP"])
def test_a_region_changes_nothing(tag):
    language = tag[:2]

    assert make_index(*SITES[language], language=tag).language == language


@pytest.mark.parametrize(("tag", "query"), [("zh-Hant", "退貨"), ("th", "คืนสินค้า"), ("tlh", "nuqneh"), ("ko", "반품")])
def test_a_language_without_a_stemmer_is_searched_by_its_words(tag, query):
    index = make_index(make_document("a/", f"{query} x"), make_document("b/", "y"), language=tag)

    assert [hit.url for hit in search(index, query).hits] == ["a/"]
