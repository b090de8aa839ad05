"""Small help centers, and what is asked of them in Python and JavaScript."""

from __future__ import annotations

from dataclasses import replace

from kb_builder.index.model import Document, Section


def document(
    url: str, title: str, *texts: str, questions: tuple[str, ...] = (), tags: tuple[str, ...] = (), boost: float = 1.0
) -> Document:
    """Make a document; each text but the first may start with ``heading | ``."""
    sections = []
    for number, text in enumerate(texts):
        heading, bar, rest = text.rpartition(" | ")
        sections.append(Section(f"s{number}" if bar else "", heading, rest))
    return Document(
        url=url,
        title=title,
        summary=f"{title}, in short.",
        sections=tuple(sections),
        questions=questions,
        tags=tags,
        kind=("faq", "guide")[len(title) % 2],
        category="Help",
        category_url=url.rstrip("/").rpartition("/")[0] + "/",
        audience=((), ("b2b",), ("agent", "b2c"))[len(title) % 3],
        boost=boost,
    )


SHOP = (
    document(
        "faq/orders/cancel/",
        "How do I cancel my order?",
        "You can cancel an order free of charge until it is packed, usually within 60 minutes.",
        "After that | Refuse the delivery or return the parcel. We refund you when it is back.",
        questions=("Can I stop an order?", "I ordered by mistake"),
    ),
    document(
        "faq/orders/change/",
        "Change an order",
        "Changing the address, size or colour works until the order is packed.",
        questions=("wrong size ordered",),
    ),
    document(
        "faq/orders/track/",
        "Where is my order?",
        "We send a tracking link by e-mail. Tracking starts in the evening.",
        "No tracking link | Look in your spam folder. Order numbers look like LF-4820193.",
        tags=("tracking", "parcel"),
    ),
    document(
        "faq/returns/how/",
        "Return an item",
        "Returns are free for 60 days. Print the label, pack the item, drop the parcel off.",
        "In a shop | Every shop takes returned items. Bring the order number.",
        "By courier | A collection costs £2.50.",
        questions=("how do I send something back",),
    ),
    document(
        "faq/returns/refund/",
        "Refunds",
        "Refunding takes 5 working days after the return has arrived, then the bank's 3.",
    ),
    document("faq/returns/twin-a/", "Twins", "Exactly the same words here."),
    document("faq/returns/twin-b/", "Twins", "Exactly the same words here."),
    document(
        "faq/shipping/cost/",
        "Delivery costs",
        "Standard delivery is £3.95, free from £50. Don't pay customs in the EU.",
        boost=1.5,
    ),
    document(
        "faq/shipping/time/", "Delivery times", "Delivery takes 2-4 working days. Express delivery: the next day."
    ),
    document("policy/returns/", "Returns policy", "This policy tells how returns work. " * 8),
    document("empty/", "Nothing to read"),
)

FORUM = (
    replace(document("faq/care/zips/", "Can zippers be waxed?", "Candle wax works."), kind="community"),
    document("faq/care/tents/", "How do I wash a tent?", "By hand, in cold water, without soap."),
)
FORUM_QUERIES = ("Can zippers be waxed?", "candle wax", "How do I wash a tent?", "soap", "zebra")

SCRIPTS = (
    document("ar/", "إرجاع المنتج", "كَيْفَ أُعيدُ الطَّلَب خلال ٣٠ يوما؟"),
    document("de/", "Rücksendung", "Größe und Straße angeben. E-Mail genügt."),
    document("el/", "Επιστροφές", "Ο ΟΔΟΣ και η οδός είναι ίδια."),
    document("en/", "Find the ﬁne café", "Cafe\u0301 and café are twins; １２３ is 123. 👩‍👩‍👧 family"),
    document("he/", "החזרות", "שָׁלוֹם, איך מחזירים מוצר?"),
    document("hi/", "वापसी की नीति", "आप ३० दिनों में उत्पाद वापस कर सकते हैं।"),
    document("ja/", "返品について", "商品の返品は三十日以内にできます。カードで払い戻します。"),
    document("km/", "ការបញ្ជាទិញ", "អ្នកអាចត្រឡប់ទំនិញវិញបាន។"),
    document("th/", "การคืนสินค้า", "คืนสินค้าได้ภายใน 30 วัน"),
    document("tr/", "İADE", "Ürünü iade edebilirsiniz. IŞIK ısı."),
    document("zh/", "如何退货", "三十天内可以退货，并全额退款。"),
)

SHOP_QUERIES = (
    "how do i cancel my order",
    "cancel order",
    "where is my order",
    "Where is my order?",
    "my order",
    "order",
    "orders",
    "ordering",
    "ordered",
    "I ordered by mistake",
    "can i stop an order",
    "stop",
    "refund",
    "refunding",
    "refunded money",
    *("return", "returns", "Returns policy", "twins", "same words", "delivery", "delivery costs", "delivery cost eu"),
    "wrong size",
    "label print",
    "e-mail",
    "email",
    "mail",
    "lf-4820193",
    "4820193",
    "£3.95",
    "don't pay",
    "dont pay",
    *("how do i send something back", "2-4 days", "tracking link spam", "TRACKING", "shop", "in a shop"),
    "nothing to read",
    "empty",
    "zebra",
    "zebra order",
    "the",
    "how do i",
    "?!",
    "",
    "   ",
    "*" * 300,
    "a",
    "order " * 100,
    *("refu", "deliv", "xyzzy refu", "can", "return return", "refund return refund", "parcel tag:order <b>order</b>"),
    *(
        "cash",
        "reimburse me",
        "unwanted parcel",
        "postman tomorrow",
        "zebra cash",
        "my regrets",
        "late courier late",
        "couriers",
    ),
    "lone \ud800 order",
    "nul\x00order",
    "x" * 300 + " order",
    " ".join(f"w{number}" for number in range(40)) + " order",
)
MISTYPED_QUERIES = (
    *("cancl my ordr", "cansel", "canecl order", "oder", "roder", "refnud", "rfeund money", "delivrey cots", "delvery"),
    *("trackinglink", "cancelmy order", "inashop", "myorder", "orderby mistake", "trackinglable", "spamfolder express"),
    *("can cel", "re fund", "ref und", "par cel", "deliv ery times", "e mial", "wrong si ze", "track ing link"),
    "re fund re fund",
    *("e-mial", "re-fnd", "cancel-ordre", "lf-4820193x", "4820194", "xorder", "zebra zebre zebro zebru ordr refnd"),
    *("riemburse", "postmen", "mony bakc", "twnis", "exaclty teh smae", "cafee", "cancl cancl", "ordr order", "o rder"),
    *(" ".join(f"wordd{letter}" * 5 for letter in "abcdefghijklmnopqrstuvwxyzabcdef"), "ord\u0435r", "orde\u0301rr"),
    *("How do I cancl my order", "retrun an item", "return an itme", "refundz", "constructr", "__proto_", "toStrin"),
)
UNFINISHED_QUERIES = (
    *("cancl", "my ordr", "refnu", "trackingl", "delivr", "delivry c", "can ce", "re fund", "par ce"),
    "o",
    "or",
    "ord",
    "order",
    "orders",
    "re",
    "ret",
    "return",
    "returns",
    "my ord",
    "how do i ca",
    "cancel my o",
    "deliver",
    "tracking li",
    "track track",
    *("cas", "cash", "reim", "money t", "postman"),
    "refund refun",
    "returns return",
    "zeb",
    "cafe",
    "e-m",
    "4820",
    "3.9",
    "2-",
    "wh",
    "i",
    "£",
)
SCRIPT_QUERIES = (
    "إرجاع",
    "أعيد الطلب",
    "كيف",
    "rucksendung",
    "RÜCKSENDUNG",
    "grosse strasse",
    "Größe",
    "ΟΔΌΣ",
    "επιστροφες",
    "find",
    "ﬁne",
    "cafe",
    "CAFÉ",
    "cafe\u0301",
    "１２３",
    "123",
    "👩‍👩‍👧",
    "family",
    "שלום",
    "החזרות",
    "वापसी",
    "नीति",
    "返品",
    "返",
    "カード",
    "払い戻し",
    *("ត្រឡប់", "ការបញ្ជាទិញ", "คืนสินค้า", "สินค้า", "iade", "İade", "ışık", "isik", "退货", "退款", "如何退货"),
)
SCRIPT_MISTYPED = ("إرحاع", "أعدي الطلب", "rucksednung", "επιστρφοες", "हापसी", "החזורת", "kargoo iadd", "strase")
SCRIPT_UNFINISHED = ("返", "返品", "退", "คื", "ត្រ", "वा", "إر", "שלו", "iad", "gr", "カ")

LEADING_SYNONYMS = (
    ("parcel", "package", "delivery box"),
    ("costs", "fee", "courier"),
    ("sign in", "log in", "tracking link"),
    ("e-mail", "spam folder"),
    ("返品", "return"),
    (("money back", "reimburse"), ("refund",)),
    (("send back",), ("return", "drop the parcel off")),
    (("click-and-collect",), ("in a shop",)),
    (("how much is",), ("costs",)),
    (("nothing here",), ("unheard of",)),
)
LEADING_PINS = {
    "returns": "policy/returns/",
    "wismo": "faq/orders/track/",
    "how do I pay": "faq/shipping/cost/",
    "twins": "faq/returns/twin-b/",
    "order": "empty/",
}
LEADING_QUERIES = (
    *(
        "package",
        "packages",
        "a packaged parcel",
        "delivery boxes",
        "parcel package delivery box",
        "fee",
        "fees please",
    ),
    *(
        "money back",
        "get my moneys backed",
        "money and back",
        "back money",
        "money",
        "reimburse",
        "reimbursed money back",
    ),
    *(
        "send back",
        "sending it back",
        "send send back",
        "click and collect",
        "click-and-collect",
        "clickandcollect click",
    ),
    *(
        "how much is delivery",
        "is how much",
        "nothing here",
        "unheard of",
        "sign in",
        "log in",
        "login",
        "sign in log in",
    ),
    *(
        "e-mail",
        "email",
        "spam folder e-mail",
        "返品",
        "返品できます",
        "courier costs",
        "returns",
        "RETURN",
        "return it",
    ),
    *(
        "wismo",
        "Wismo?",
        "wismo now",
        "how do i pay",
        "how do I paying",
        "pay",
        "twins",
        "Twins",
        "order",
        "orders order",
    ),
    " ".join(f"w{number}" for number in range(40)) + " money back",
    *("pakage", "packagess", "mony back", "money bakc", "snd back", "sendback", "hwo much is delivery", "reimburze"),
    *("wismoo", "how do i payy", "retuns", "twinss", "fe es", "cou rier", "spamfolder e-mial", "sing in", "login"),
)
LEADING_UNFINISHED = (
    "pack",
    "packag",
    "reim",
    "reimburse",
    "money ba",
    "money back",
    "fe",
    "wism",
    "wismo",
    "ret",
    "order",
    "clicka",
)

FILTERS = {"kind": ["faq"], "audience": ["b2b", "agent", "nobody"]}
