"""Make the cases that Python and JavaScript share: ``python -m tests.shared.make``.

Python says what is right; the tests in tests/index check Python by other means, and that the files are current.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kb_builder.index.analyzer import analyze
from kb_builder.index.compile import compile_search
from kb_builder.index.confidence import Coefficients, Grounds, confidence
from kb_builder.index.excerpts import MarkedTerm, choose_excerpt
from kb_builder.index.model import Document, Section
from kb_builder.index.ranking import search
from kb_builder.index.reader import SearchIndex
from kb_builder.index.spelling import can_be_misspelled, nearest, splits
from kb_builder.index.vocabulary import cut_vocabulary
from kb_builder.index.word_lists import SynonymRule
from kb_builder.index.words_blocks import BlockSizes
from tests.shared.help_centers import (
    FILTERS,
    FORUM,
    FORUM_QUERIES,
    LEADING_PINS,
    LEADING_QUERIES,
    LEADING_SYNONYMS,
    LEADING_UNFINISHED,
    MISTYPED_QUERIES,
    SCRIPT_MISTYPED,
    SCRIPT_QUERIES,
    SCRIPT_UNFINISHED,
    SCRIPTS,
    SHOP,
    SHOP_QUERIES,
    UNFINISHED_QUERIES,
)
from tests.shared.redaction import redaction_cases
from tests.shared.topics import topic_vectors

FOLDER = Path(__file__).parent

ANALYZER_TEXTS = (
    ("en", "How do I return an order? Returns, RETURNED, returning."),
    ("en", "What's the customer's order? Don't, can't, customers' O'Neill's ’s James’s ‘quoted’"),
    ("en", "e-mail Click-and-collect 2-4 days 14:00–17:30 LF-4820193 wi\u2011fi a-- -b x-ray-"),
    ("en", "£3.95 v2.4.6-p3 1,000.50 .5 5. 3..4 10.000 www.larkfell.example help@larkfell.example"),
    ("en", "ﬁnd the ofﬁce １２３ ＡＢＣ ½ ² ① Ⅻ ㎏"),
    ("en", "café cafe\u0301 naïve Ångström A\u030a \u1e9b\u0323 Æsop œuvre Łódź smørrebrød þing ð"),
    ("en", "tent 🏕️ emoji 👩‍👩‍👧 🇬🇧 1️⃣ ok👍🏽done"),
    (
        "en",
        "soft\u00adhyphen zero\u200bwidth join\u200der bom\ufeff bidi\u202eoverride\u202c \u2066isolate\u2069",
    ),
    ("en", "lone\ud800surrogate \udc00 nul\x00byte tab\tline\nbreak\u2028sep\u00a0space"),
    ("en", 'C++ C# .NET node_modules a/b <b>tag</b> {{braces}} "quotes" field:value ^~* \\d+'),
    ("en", "x" * 45 + " " + "ab-" * 30 + "z"),
    ("en", "𝐁𝐨𝐥𝐝 𐐀𐐨 𠮷野家 x\u0323\u0307 x\u0307\u0323"),
    ("de", "Größe STRASSE Straße ẞ Rücksendung Geht's? Käufer's E-Mail-Adresse"),
    ("fr", "L'adresse d’expédition, aujourd'hui, où est-ce? Œuvre Ça porte-monnaie l'arc-en-ciel"),
    ("it", "Com'è l’ordine dell'utente? Perché non c'è"),
    ("es", "¿Cómo devuelvo un artículo? ¡Devolución rápida! año niño pingüino"),
    ("pt", "Devolução não é possível? ações"),
    ("tr", "İADE IŞIK ısı iade İstanbul'da kargo"),
    ("ru", "Новый заказ: ёлка, йод, ЙОД, й, И\u0306"),
    ("el", "Επιστροφές ΟΔΟΣ οδός Σίσυφος ΆΣ"),
    ("vi", "Đổi trả hàng miễn phí Việt Nam"),
    ("pl", "Zażółć gęślą jaźń"),
    ("ja", "返品はできますか？ iPhone用ケース、カード ｶﾞｲﾄﾞ 々 サーバー 2024年 A社"),
    ("ja", "か\u3099 が ヴ ㍿ 〇 ー"),
    ("zh", "如何退货？我的订单LF-123在哪里。退貨 货"),
    ("ko", "반품 방법 \u1112\u1161\u11ab한 주문"),
    ("th", "การคืนสินค้า น้ำ 30 วัน ๑๒๓"),
    ("lo", "ການສົ່ງຄືນ ນ້ຳ"),
    ("km", "ការបញ្ជាទិញ ត្រឡប់ \u17d2ក"),
    ("my", "ပြန်အမ်းငွေ မန္တလေး"),
    ("ar", "كَيْفَ أُعيدُ الطَّلَب؟ إرجاع آخر ـــ طـلـب ١٢٣"),
    ("he", "שָׁלוֹם בֵּית־סֵפֶר החזרות צה״ל ג׳ירפה"),
    ("fa", "سفارش\u200cها می\u200cخواهم"),
    ("hi", "वापसी की नीति क्या है? क़ानून क\u093cानून हिन्दी"),
    ("ta", "திரும்ப பெறுதல் கொ கெ\u0bbe"),
    ("en", ""),
    ("en", " \t\n"),
    ("en", "\u0301 \u0301a ' - . '' -- ' a ' 's"),
)

EXCERPT_SECTIONS = (
    Section(
        "",
        "",
        "We answer most questions here. First some words on the shop and how it came to be in the north, in Kendal.",
    ),
    Section(
        "returns",
        "Returning things",
        "Sometimes things do not fit. You have 60 days to return them, unused and with their tags. "
        + "Returns are free with our label. "
        + "We say this again and again and in many words so that the window has to choose where it wants to begin. " * 3
        + "A return number looks like RT-123456, and every return needs one; without the return label it takes longer.",
    ),
    Section("refund", "When will I get my refund?", "Within 5 working days."),
    Section("note", "", "café Café CAFÉ — don’t e-mail: re-send! " + "返品はできます。" * 8),
)
EXCERPT_TERMS = (
    (),
    ((1500, ("return", "returned", "returns")),),
    ((1500, ("return", "returned", "returns")), (2500, ("label", "labels")), (2800, ("number",))),
    ((3000, ("refund", "refunds")), (1000, ("days", "day"))),
    ((3000, ("refund", "refunds")), (999, ("days", "day"))),
    ((3000, ("refund",)),),
    ((900, ("cafe",)), (800, ("dont",)), (700, ("email",)), (650, ("mail",)), (600, ("resend",))),
    ((2000, ("返品", "品は")), (1999, ("でき",))),
    ((500, ("nowhere",)),),
    ((700, ("words", "word")), (700, ("word", "kendal"))),
    ((400, ("kendal",)), (400, ("shop",)), (300, ("the",))),
    ((10, ("a", "and", "we", "in", "to", "so")),),
)
# Every query is also asked with these; an article has its kind and audience by the length of its title.
LONG_TEXT = (
    "Open your account and choose the parcel. (Guests use “Find my order.”) The page shows each scan, 2.5 hours late at"
    " most! A day without one is common · wait until evening · then call us · we pay 3.50 back? Yes. "
    + "Every word here fills the room that an answer has, so that it must be cut somewhere, at the end of one " * 2
    + "sentence. A refund takes five days. "
    + "No sentence ends in this stretch that goes on about waxed jackets and how to keep them dry " * 5
)
EXCERPT_TITLE = "Refunds in our shop in Kendal"
EXCERPT_TEXTS = (
    ("km", (Section("", "", "អ្នកអាចត្រឡប់ទំនិញវិញបាន។ " * 4),), ((900, ("ត្រឡប់",)), (800, ("ត្រឡ",)))),
    ("th", (Section("", "", "คืนสินค้าได้ภายใน 30 วัน น้ำ"),), ((900, ("คืน",)), (800, ("น้ำ",)))),
    ("hi", (Section("a", "नीति", "आप ३० दिनों में उत्पाद वापस कर सकते हैं। क़ानून"),), ((900, ("वापस",)), (100, ("नीति",)))),
    (
        "en",
        (Section("", "", "ﬁnd ½ 👩‍👩‍👧 e\u0301te\u0301 ｶﾞｲﾄﾞ Straße \ud800 end"),),
        ((9, ("find",)), (8, ("2",)), (7, ("ete",)), (6, ("strasse",)), (5, ("ガイ",))),
    ),
    ("fr", (Section("", "", "L’adresse d'expédition est là."),), ((9, ("adresse",)), (8, ("d",)))),
    ("en", (), ((9, ("find",)),)),
    ("en", (Section("a", "Only a heading", ""), Section("b", "", "text")), ((9, ("heading",)),)),
    ("en", (Section("a", "", ""), Section("b", "", "!!! ???"), Section("c", "", "text")), ()),
    *(
        ("en", (Section("", "", LONG_TEXT), Section("z", "Zips", "Look at help.example.com! " * 30)), ((9, (word,)),))
        for word in ("parcel", "scan", "refund", "waxed", "zip", "zips", "example", "nothing")
    ),
    ("ja", (Section("", "", "返品は三十日以内なら無料です（「理由」は聞きません）。" * 5),), ((9, ("無料",)),)),
)

SPELLING_WORDS = {
    **{"cancel": 12, "cancels": 0, "cancelled": 3, "cancelling": 0, "candle": 1, "card": 7, "cart": 2, "care": 2},
    **{"order": 40, "orders": 31, "ordered": 9, "border": 1, "older": 1, "return": 22, "returned": 6, "returning": 0},
    **{"backpack": 4, "back": 9, "pack": 8, "sleeping": 3, "sleep": 1, "bag": 5, "bags": 2, "in": 60, "store": 9},
    **{"package": 5, "packages": 1, "receive": 8, "received": 7, "relieve": 1, "tent": 6, "tents": 3, "the": 90},
    **{"größe": 2, "grosse": 3, "rucksendung": 4, "заказ": 5, "заказы": 2, "возврат": 3, "επιστροφη": 2, "반품하기": 1},
    **{"parcel": 9, "marcel": 1, "waterproof": 3, "waterproofing": 2, "2fa": 3, "v2.4": 1, "返品": 4, "𐐨𐐩𐐪𐐫": 1},
    **{"aaaaaaaa": 1, "aaaaaaab": 1, "baaaaaaa": 1, "zzzzz": 1},
}
SPELLING_TYPED = (
    *("cansel", "canceled", "cancle", "camcelling", "ordre", "oder", "roder", "ordder", "bordre", "retrun", "order"),
    *("returnig", "rteurning", "pakage", "pakcage", "pckage", "recieve", "recieveed", "backpak", "sleepingbag"),
    *("sleepbags", "instore", "thetent", "tentsin", "tnet", "tens", "ten", "teh", "card1", "2faa", "x2.4"),
    *("waterprof", "watrproofng", "watterproofinng", "grösse", "grose", "größee", "rucksendnug", "заказз", "азказ"),
    *("возрват", "επιστορφη", "반품하가", "返品返品", "𐐨𐐩𐐪𐐪", "caré", "parccel", "pqrcel", "x" * 40, "in" * 20),
    *("aaaaaaaa", "aaaaaaac", "baaaaaab", "abababab", "zzzz", "zzzzzz", "backpackbackpack", "cancelorder"),
    *("orderbackpack", "inthe", "thein", "constructor", "__proto__"),
)


def analyzer_cases() -> dict[str, Any]:
    """Words of texts in many languages."""
    return {
        "cases": [
            {"language": language, "text": text, "words": analyze(text, language)} for language, text in ANALYZER_TEXTS
        ]
    }


def ranking_cases() -> dict[str, Any]:
    """Small indexes as published, and the hits of queries."""
    sizes = BlockSizes(words_bytes=600, hot_bytes=400, postings=4)
    return {
        "filters": FILTERS,
        "indexes": [
            _ranking_case("shop", SHOP, "en", sizes, SHOP_QUERIES + MISTYPED_QUERIES, UNFINISHED_QUERIES),
            _ranking_case("scripts", SCRIPTS, "de", sizes, SCRIPT_QUERIES + SCRIPT_MISTYPED, SCRIPT_UNFINISHED),
            _ranking_case(
                "leads",
                SHOP,
                "en",
                sizes,
                LEADING_QUERIES,
                LEADING_UNFINISHED,
                rules=LEADING_SYNONYMS,
                pins=LEADING_PINS,
            ),
            _ranking_case("nothing", (), "en", sizes, ("order",), ("order",)),
            _ranking_case("forum", FORUM, "en", sizes, FORUM_QUERIES, ("can zippers be wax",)),
        ],
    }


def excerpt_cases() -> dict[str, Any]:
    """Excerpts of sections for terms."""
    given = [("en", EXCERPT_SECTIONS, terms) for terms in EXCERPT_TERMS] + list(EXCERPT_TEXTS)
    return {"cases": [_excerpt_case(*case) for case in given]}


def confidence_cases() -> dict[str, Any]:
    """What the model makes of its base alone, from below nothing to above everything, in steps that meet every bend."""
    bases = list(range(-12000, 12001, 61))
    grounds = Grounds(margin=0, strength=0, absent=0)
    return {"cases": [[base, confidence(grounds, Coefficients(base, 0, 0, 0))] for base in bases]}


def spelling_cases() -> dict[str, Any]:
    """Candidates and splits of typed words."""
    (file,) = cut_vocabulary(SPELLING_WORDS)
    words = sorted(SPELLING_WORDS)
    return {
        "groups": file.groups,
        "words": words,
        "cases": [
            {
                "typed": typed,
                "can_be_misspelled": can_be_misspelled(typed),
                "nearest": [[candidate.word, candidate.edits] for candidate in nearest(typed, file.groups)],
                "splits": splits(typed, words.__contains__),
            }
            for typed in SPELLING_TYPED
        ],
    }


def _ranking_case(
    name: str,
    documents: tuple[Document, ...],
    language: str,
    sizes: BlockSizes,
    finished: tuple[str, ...],
    unfinished: tuple[str, ...],
    *,
    rules: tuple[tuple[Any, ...], ...] = (),
    pins: dict[str, str] | None = None,
) -> dict[str, Any]:
    synonyms = [SynonymRule(*(rule if isinstance(rule[0], tuple) else (rule, rule)), 1) for rule in rules]
    compiled = compile_search(
        documents, language=language, synonyms=synonyms, pins=pins, load_vectors=topic_vectors, sizes=sizes
    )
    files = {file.path: file.data for file in compiled}
    index = SearchIndex(lambda file: files[f"search/{file}"])
    queries = []
    for query, is_finished in [*((query, True) for query in finished), *((query, False) for query in unfinished)]:
        results = search(index, query, finished=is_finished)
        hits = [[hit.url, hit.score] for hit in results.hits]
        narrowed = search(index, query, finished=is_finished, filters=FILTERS)
        queries.append(
            {
                "query": query,
                "finished": is_finished,
                "hits": hits,
                "unknown": list(results.unknown_words),
                "corrections": [list(pair) for pair in results.corrections],
                "confidence": results.confidence,
                "level": results.level,
                "narrowed": {
                    "hits": [[hit.url, hit.score] for hit in narrowed.hits],
                    "confidence": narrowed.confidence,
                    "counts": narrowed.counts,
                },
            }
        )
    return {"name": name, "files": {path: data.decode() for path, data in files.items()}, "queries": queries}


def _excerpt_case(
    language: str, sections: tuple[Section, ...], terms: tuple[tuple[int, tuple[str, ...]], ...]
) -> dict[str, Any]:
    marked = [MarkedTerm(weight, forms) for weight, forms in terms]
    excerpt = choose_excerpt(sections, marked, language=language)
    answer = choose_excerpt(sections, marked, language=language, title=EXCERPT_TITLE)
    return {
        "language": language,
        "sections": [[section.anchor, section.heading, section.text] for section in sections],
        "terms": terms,
        "anchor": excerpt.anchor,
        "heading": excerpt.heading,
        "parts": [[part.text, part.marked] for part in excerpt.parts],
        "answer": {
            "title": EXCERPT_TITLE,
            "anchor": answer.anchor,
            "heading": answer.heading,
            "parts": [[part.text, part.marked] for part in answer.parts],
        },
    }


FILES = {
    "analyzer.json": analyzer_cases,
    "ranking.json": ranking_cases,
    "excerpts.json": excerpt_cases,
    "confidence.json": confidence_cases,
    "spelling.json": spelling_cases,
    "redaction.json": redaction_cases,
}


def as_json(value: Any) -> str:
    """Write a value so that a change shows line by line."""
    return json.dumps(value, ensure_ascii=True, indent=1) + "\n"


def main() -> None:
    """Write the files."""
    for name, make in FILES.items():
        (FOLDER / name).write_text(as_json(make()), encoding="utf-8")


if __name__ == "__main__":
    main()
