"""The same for the codes that a build looks for too: files, front matter, links, policies, text, the search folder."""

from __future__ import annotations

import os

from .planted import CANCEL, POLICY, RETURN, Planted, faq, png

SYNONYMS, PINS, JUDGMENTS = "search/synonyms.yml", "search/pins.yml", "search/judgments.yml"
ONE, TWO = "content/policies/privacy/1.md", "content/policies/privacy/2.md"
_ZERO_WIDTH = "\u200b"


def front(*lines: str) -> str:
    """Write an article whose title stands on line 2 and whose further keys begin on line 3."""
    return "---\ntitle: How do I cancel my order?\n" + "".join(f"{line}\n" for line in lines) + "---\nText.\n"


def policy(version: int, day: str, *more: str) -> str:
    """Write a version of a policy: version on line 3, effective on line 4, what follows from line 5."""
    return POLICY.format(version=version, day=day, more="".join(f"{line}\n" for line in more))


def beside(name: str, data: str | bytes | None, *, line: int = 0, **options: object) -> Planted:
    """Plant a file beside the articles; it is where the issue is."""
    path = f"content/faq/orders/{name}"
    return Planted({path: data}, path, line, **options)


def search(path: str, text: str, line: int = 1, **options: object) -> Planted:
    """Plant a file of the search folder."""
    return Planted({path: text}, path, line, **options)


BUILD_PLANTED: dict[str, Planted] = {
    # files and front matter
    "KB101": Planted({CANCEL: b"---\ntitle: x\n---\n\xff\xfe\n"}, CANCEL, 4),
    "KB102": Planted({CANCEL: faq("a", "b\x00c")}, CANCEL, 5),
    "KB103": Planted({CANCEL: front("category: returns")}, CANCEL, 3),
    "KB104": Planted({CANCEL: faq("word " * 300_000)}, CANCEL, 0),
    "KB105": beside("empty.md", ""),
    "KB106": beside("nameless.md", "Text.\n"),
    "KB107": beside("silent.md", "---\ntitle: Silent\n---\n"),
    "KB110": Planted({CANCEL: "---\ntitle: x\nText.\n"}, CANCEL, 1, also=("KB106",)),
    "KB111": Planted({CANCEL: front("summary: 'a")}, CANCEL, 4, also=("KB106",)),
    "KB112": Planted({CANCEL: front("owner: a", "owner: b")}, CANCEL, 4, also=("KB106",)),
    "KB113": Planted({CANCEL: front("owner: &a b")}, CANCEL, 3, also=("KB106",)),
    "KB114": Planted({CANCEL: front("owner: !!int 3")}, CANCEL, 3, also=("KB106",)),
    "KB115": Planted({CANCEL: front("tags:", "\t- a")}, CANCEL, 4, also=("KB106",)),
    "KB116": Planted({CANCEL: "---\n- a\n---\nText.\n"}, CANCEL, 2, also=("KB106",)),
    "KB120": Planted({CANCEL: front("draft: perhaps")}, CANCEL, 3),
    "KB121": Planted({CANCEL: front("reviewed: 2026-02-31")}, CANCEL, 3),
    "KB122": Planted({CANCEL: front("onwer: a")}, CANCEL, 3),
    "KB123": Planted({CANCEL: front("zzz: a")}, CANCEL, 3),
    "KB124": Planted({ONE: "---\ntitle: P\nversion: 1\n---\nText.\n"}, ONE, 3),
    "KB125": Planted({CANCEL: front("effective: 2026-01-01")}, CANCEL, 3),
    "KB130": Planted({CANCEL: front("owner: a", "review_by: 2026-01-01")}, CANCEL, 4),
    "KB131": Planted({RETURN: faq("Other text.", title="How do I cancel my order?")}, RETURN, 2),
    "KB150": Planted({CANCEL: front("redirect_from:", "  - //evil.example/")}, CANCEL, 4),
    "KB151": Planted(
        {CANCEL: front("redirect_from: [/old/]"), RETURN: faq("x", title="R", front="redirect_from: [/old/]\n")},
        RETURN,
        3,
    ),
    "KB152": Planted({CANCEL: front("redirect_from: [/faq/orders/return/]")}, CANCEL, 3),
    "KB201": beside(
        "link.md", None, prepare=lambda root: (root / "content/faq/orders/link.md").symlink_to(root / CANCEL)
    ),
    "KB202": beside("pipe.md", None, prepare=lambda root: os.mkfifo(root / "content/faq/orders/pipe.md")),
    "KB204": beside(f"{'a' * 210}.md", faq("Text.", title="Long")),
    "KB203": beside("a#b.md", faq("Text.", title="Hash")),
    "KB205": Planted(
        {f"content/faq/orders/{name}.md": faq(name, title=name) for name in ("Up", "up")},
        "content/faq/orders/up.md",
        0,
        also=("KB131", "KB206"),
    ),
    "KB206": Planted(
        {f"content/faq/orders/{name}.md": faq(name, title=name) for name in ("a b", "a-b")},
        "content/faq/orders/a-b.md",
        0,
    ),
    "KB207": beside("run.exe", b"x"),
    "KB208": beside("big.png", png(30_000, 30_000)),
    "KB209": beside("draw.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>x()</script></svg>"),
    "KB210": beside("fake.png", b"no picture", also=("KB214",)),
    "KB211": Planted({"content/contact.md": faq("Text.", title="Contact")}, "content/contact.md", 0),
    "KB212": beside("README.md", "# Read me\n"),
    # links
    "KB301": Planted({CANCEL: faq("Text.", "[a](nowhere.md)")}, CANCEL, 5),
    "KB302": Planted({CANCEL: faq("Text.", "[a](return.md#nowhere)")}, CANCEL, 5),
    "KB303": Planted(
        {CANCEL: faq("[a](soon.md)"), "content/faq/orders/soon.md": faq("x", title="Soon", front="draft: true\n")},
        CANCEL,
        4,
    ),
    "KB304": Planted({CANCEL: faq("Text.", "![A box](nowhere.png)")}, CANCEL, 5),
    "KB305": Planted({CANCEL: faq("Text.", "[a](javascript:alert(1))")}, CANCEL, 5),
    "KB306": Planted({CANCEL: front("related:", "  - nowhere.md")}, CANCEL, 4),
    # policies
    "KB401": Planted({ONE: policy(1, "2024-01-01"), TWO: policy(2, "2024-01-01", "replaces: 1.md")}, TWO, 4),
    "KB402": Planted(
        {ONE: policy(1, "2024-01-01", "replaces: 2.md"), TWO: policy(2, "2025-01-01", "replaces: 1.md")},
        TWO,
        5,
        also=("KB405",),
    ),
    "KB403": Planted(
        {
            ONE: policy(1, "2024-01-01"),
            TWO: policy(2, "2025-01-01", "replaces: 1.md"),
            "content/policies/privacy/3.md": policy(3, "2025-06-01", "replaces: 1.md"),
        },
        TWO,
        5,
    ),
    "KB404": Planted({ONE: policy(1, "2024-01-01", "replaces: 0.md")}, ONE, 5),
    "KB405": Planted({ONE: policy(1, "2025-01-01"), TWO: policy(2, "2024-01-01", "replaces: 1.md")}, TWO, 4),
    # text
    "KB501": Planted({ONE: policy(1, "2024-01-01").replace("six", f"s{_ZERO_WIDTH}ix")}, ONE, 6),
    "KB502": Planted({CANCEL: faq("Text.", f"Can{_ZERO_WIDTH}cel.")}, CANCEL, 5),
    "KB503": Planted({ONE: policy(1, "2024-01-01").replace("keep", "k\u0435ep")}, ONE, 6),
    "KB504": Planted({CANCEL: faq("Text.", "p\u0430ypal")}, CANCEL, 5),
    "KB510": Planted({CANCEL: faq("Text.", "AKIA" + "Z7Q3Z2M4KX8WT3NB")}, CANCEL, 5),
    # rendering
    "KB601": Planted({CANCEL: faq("Text.", "", "<script>x()</script>")}, CANCEL, 6, needs_pages=True),
    "KB602": Planted({CANCEL: faq("Text.", "", '<p href="javascript:x()">Go</p>')}, CANCEL, 6, needs_pages=True),
    "KB610": Planted({CANCEL: faq("- " * 3_000 + "x")}, CANCEL, 0, needs_pages=True),
    "KB603": Planted({CANCEL: faq("Text.", "", '<p style="color:red">Red</p>')}, CANCEL, 6, needs_pages=True),
    "KB611": Planted({CANCEL: faq("[" * 20_000)}, CANCEL, 4, needs_pages=True),
    "KB620": Planted(
        {"content/faq/orders/index.md": "---\ntitle: Orders\nicon: material/no-such\n---\n"},
        "content/faq/orders/index.md",
        0,
        needs_pages=True,
    ),
    # the search folder
    "KB701": search(PINS, "- {query: stop, article: faq/none.md}\n"),
    "KB702": Planted(
        {PINS: "# pins\n- {query: stop, article: faq/orders/cancel.md}\n", CANCEL: front("search: {exclude: true}")},
        PINS,
        2,
    ),
    "KB703": search(SYNONYMS, "- [cancel]\n"),
    "KB704": search(SYNONYMS, "- {from: cancel, to: [open]}\n- {from: open, to: [cancel]}\n", 2),
    "KB705": search(
        PINS, "- {query: stop, article: faq/orders/cancel.md}\n- {query: stops, article: faq/orders/return.md}\n", 2
    ),
    "KB706": search(SYNONYMS, "- [cancel, '&']\n", also=("KB703",)),
    "KB707": search(SYNONYMS, "- [cancel, one two three four five six seven eight nine ten eleven]\n", also=("KB703",)),
    "KB708": search(SYNONYMS, "- [cancel, open, cancels]\n"),
    "KB709": search(SYNONYMS, "- [cooker, oven]\n", needs_pages=True),
    "KB710": search(JUDGMENTS, "# judged\n- {query: xyzzy, article: faq/orders/cancel.md}\n", 2, needs_pages=True),
    "KB711": search(JUDGMENTS, "- {query: stop, article: faq/orders/cancel.md}\n" * 2, 2),
    # audiences
    "KB851": Planted(
        {CANCEL: faq("[a](return.md)"), RETURN: faq("x", title="R", front="audience: agent\n")}, CANCEL, 4
    ),
}
