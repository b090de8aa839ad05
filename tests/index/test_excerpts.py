"""Excerpts; the cases that JavaScript shares are in tests/shared/excerpts.json."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kb_builder.index.analyzer import analyze
from kb_builder.index.excerpts import LEAD_TOKENS, WINDOW_TOKENS, MarkedTerm, choose_excerpt
from kb_builder.index.model import Section

WORDS = ["order", "return", "e-mail", "don't", "返品する", "คืน", "größe", "a.", "b!"]
WORDS += ["👩‍👩‍👧", "e\u0301te\u0301", "x", "y"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join)
SECTIONS = st.lists(st.builds(Section, st.just("anchor"), TEXTS.map(lambda text: text[:20]), TEXTS), max_size=4)
FORMS = st.sampled_from(sorted({word for text in WORDS for word in analyze(text, "en")}))
MARKED_TERMS = st.builds(MarkedTerm, st.integers(1, 5000), st.lists(FORMS, min_size=1, max_size=3).map(tuple))
TERMS = st.lists(MARKED_TERMS, max_size=4)


def marked(excerpt):
    return [part.text for part in excerpt.parts if part.marked]


@settings(deadline=None)
@given(SECTIONS, TERMS)
def test_an_excerpt_is_a_stretch_of_one_section_and_marks_only_forms(sections, terms):
    excerpt = choose_excerpt(sections, terms, language="en")

    text = "".join(part.text for part in excerpt.parts)
    forms = {form for term in terms for form in term.forms}
    assert not text or any(text in section.text for section in sections)
    assert len(analyze(text, "en")) <= WINDOW_TOKENS + LEAD_TOKENS + 2  # hyphened words may be cut between their parts
    for piece in marked(excerpt):
        assert set(analyze(piece, "en")) & forms
    assert all(part.text for part in excerpt.parts)
    assert all(one.marked != two.marked for one, two in pairwise(excerpt.parts))


@settings(deadline=None)
@given(SECTIONS, TERMS)
def test_the_chosen_section_has_a_window_no_worse_than_any_other(sections, terms):
    """Against slow, obvious code: every window of every section."""

    def best(section):
        words, heading = analyze(section.text, "en"), set(analyze(section.heading, "en"))
        windows = [words[start : start + WINDOW_TOKENS] for start in range(len(words))] or [[]]
        return max(score(set(window), heading) for window in windows)

    def score(window, heading):
        return sum(
            term.weight
            for place, term in enumerate(terms)
            if any(owner(form) == place for form in (window | heading) & set(term.forms))
        )

    def owner(form):
        places = [place for place, term in enumerate(terms) if form in term.forms]
        return max(places, key=lambda place: (terms[place].weight, -place))

    excerpt = choose_excerpt(sections, terms, language="en")
    terms = [term for term in terms if 3 * term.weight >= max(term.weight for term in terms)]

    scores = [best(section) for section in sections]
    if scores and max(scores) > 0:
        chosen = sections[scores.index(max(scores))]
        assert (excerpt.anchor, excerpt.heading) == (chosen.anchor, chosen.heading)
        assert "".join(part.text for part in excerpt.parts) in chosen.text
    else:
        assert excerpt.anchor == ""


def test_words_that_matter_little_beside_others_are_not_marked():
    section = Section("", "", "Where is my parcel? It is on its way.")

    excerpt = choose_excerpt(
        [section], [MarkedTerm(300, ("where",)), MarkedTerm(333, ("is",)), MarkedTerm(999, ("parcel",))], language="en"
    )

    assert marked(excerpt) == ["is", "parcel", "is"]


def test_the_heading_decides_between_equal_texts():
    sections = [Section("a", "By post", "It is free."), Section("b", "Refunds", "It is free.")]

    excerpt = choose_excerpt(sections, [MarkedTerm(9, ("refund", "refunds"))], language="en")

    assert (excerpt.anchor, marked(excerpt)) == ("b", [])


def test_an_excerpt_begins_with_the_sentence_that_answers():
    text = "First words. " * 30 + "Send the parcel back within 60 days. " + "Last words. " * 30

    excerpt = choose_excerpt([Section("", "", text)], [MarkedTerm(9, ("parcel",))], language="en")

    assert "".join(part.text for part in excerpt.parts).startswith(("First words. ", "Send the parcel back"))
    assert marked(excerpt) == ["parcel"]
    assert "60 days" in "".join(part.text for part in excerpt.parts)


def test_what_the_title_says_is_answered_by_the_beginning_and_the_rest_where_it_stands():
    sections = [
        Section("", "", "Look at the photo. A neighbour may have it."),
        Section("b", "Still nothing", "Was it delivered to another door? Write to us. " * 3),
        Section("c", "Stolen", "Tell the police."),
    ]
    delivered, nothing = MarkedTerm(9, ("delivered",)), MarkedTerm(8, ("nothing",))

    def quoted(*terms: MarkedTerm, title: str = "Tracking says delivered, but nothing came") -> str:
        return choose_excerpt(sections, terms, language="en", title=title).anchor

    assert quoted(delivered, nothing) == ""
    assert quoted(delivered, nothing, title="Lost parcels") == "b"
    assert quoted(delivered, nothing, MarkedTerm(20, ("stolen",))) == ""  # hardly more than the title says
    assert quoted(delivered, nothing, MarkedTerm(23, ("stolen",))) == "c"


def test_marks_keep_characters_whole():
    section = Section("", "", "Cafe\u0301 ព្រះ ត្រឡប់ 👩‍👩‍👧 ﬁnd")

    excerpt = choose_excerpt(
        [section], [MarkedTerm(9, ("cafe",)), MarkedTerm(8, ("find",)), MarkedTerm(7, ("ត្រឡ",))], language="km"
    )

    assert marked(excerpt) == ["Cafe\u0301", "ត្រឡ", "ﬁnd"]
