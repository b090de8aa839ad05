"""One mistake for every code, planted in a small help center: what is written, and where it is found."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

CANCEL = "content/faq/orders/cancel.md"
RETURN = "content/faq/orders/return.md"
PRIVACY = "content/policies/privacy.md"
SOUND = {
    "mkdocs.yml": "site_name: Shop\nsite_url: https://help.example.com/\nplugins:\n  - kb: {}\n",
    "content/contact.yml": (
        "channels:\n  - {id: mail, kind: mail, title: Mail, href: 'mailto:help@example.com', action: Write}\n"
    ),
    "content/faq/orders/index.md": "---\ntitle: Orders\n---\n",
    CANCEL: "---\ntitle: How do I cancel my order?\n---\nOpen the order and choose cancel.\n",
    RETURN: "---\ntitle: How do I send an item back?\n---\nPrint the label and bring the box to a shop.\n",
}


@dataclass(frozen=True)
class Planted:
    """Files to write over the sound ones (None deletes one), and where the issue is then found."""

    files: dict[str, str | bytes | None]
    path: str
    line: int
    settings: str = ""
    needs_pages: bool = False
    prepare: Callable[[Path], None] | None = None  # makes in the help center what is no plain file
    also: tuple[str, ...] = field(default=())  # other codes that the same mistake has


def faq(*lines: str, title: str = "How do I cancel my order?", front: str = "") -> str:
    """Write an article; its text begins on line 4, or after the lines of ``front``."""
    return f"---\ntitle: {title}\n{front}---\n" + "\n".join(lines) + "\n"


def png(width: int, height: int, *, padding: int = 0) -> bytes:
    """Make the head of a PNG file, and bytes behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return head + b"\0" * padding


POLICY = "---\ntitle: Privacy\nversion: {version}\neffective: {day}\n{more}---\nWe keep your orders for six years.\n"
_LONG = "Administrative responsibilities notwithstanding, organisational representatives continuously communicate. "
_STEPS = [f"Step number {n} says to open drawer {n * 7}, take tool {n * 3} and turn it slowly." for n in range(40)]

# A German translation that notes another wording of its original; it stands on line 3.
GERMAN = "content/de/faq/orders/cancel.md"
_IN_GERMAN = {
    "mkdocs.yml": SOUND["mkdocs.yml"].replace("kb: {}", "kb: {content: {languages: [de]}}"),
    GERMAN: faq("Öffnen Sie sie.", title="Wie storniere ich?", front="translated_from: 0123456789ab\n"),
}

PLANTED: dict[str, Planted] = {
    **{
        code: Planted(
            {"mkdocs.yml": SOUND["mkdocs.yml"].replace("kb: {}", f"kb: {{theme: {{{mistake}}}}}")}, "mkdocs.yml", 0
        )
        for code, mistake in {"KB621": "logo: images/gone.svg", "KB622": "accent: '#ffcc00'"}.items()
    },
    "KB140": Planted(_IN_GERMAN, GERMAN, 3),
    "KB141": Planted({**_IN_GERMAN, CANCEL: None}, GERMAN, 3),
    "KB142": Planted({**_IN_GERMAN, GERMAN: faq("Öffnen Sie sie.", title="Wie storniere ich?")}, GERMAN, 0),
    "KB132": Planted({CANCEL: faq("Text.", front="review_by: 2027-01-01\n")}, CANCEL, 3),
    "KB133": Planted({RETURN: None}, CANCEL, 0, settings="levels: {KB133: warning}"),
    "KB134": Planted({RETURN: None}, CANCEL, 0, settings="levels: {KB134: warning}"),
    "KB135": Planted(
        {"content/announcements/a.md": faq("Late.", title="Late", front="starts: 2026-01-01\nends: 2026-02-01\n")},
        "content/announcements/a.md",
        4,
    ),
    "KB153": Planted(
        {
            "content/policies/privacy/1.md": POLICY.format(version=1, day="2024-01-01", more=""),
            "content/policies/privacy/2.md": POLICY.format(version=2, day="2025-01-01", more="replaces: 1.md\n"),
            CANCEL: faq("Text.", front="redirect_from: [/policies/privacy/]\n"),
        },
        CANCEL,
        3,
    ),
    "KB213": Planted(
        {CANCEL: faq("![A box](box.png)"), "content/faq/orders/box.png": png(9, 9, padding=1_100_000)},
        "content/faq/orders/box.png",
        0,
    ),
    "KB214": Planted({"content/faq/orders/box.png": png(9, 9)}, "content/faq/orders/box.png", 0),
    "KB307": Planted({"content/lost.md": faq("Text.", title="Lost")}, "content/lost.md", 0, needs_pages=True),
    "KB308": Planted({RETURN: faq("[Cancel](cancel.md)", title="R")}, RETURN, 0, settings="levels: {KB308: warning}"),
    "KB310": Planted({CANCEL: faq("Text.", "", "![](box.png)"), "content/faq/orders/box.png": png(9, 9)}, CANCEL, 6),
    "KB311": Planted({CANCEL: faq("Text.", "To return it, [click here](return.md).")}, CANCEL, 5),
    "KB406": Planted(
        {
            "content/policies/a.md": POLICY.format(version=1, day="2024-01-01", more=""),
            "content/policies/b.md": POLICY.format(version=2, day="2025-01-01", more=""),
        },
        "content/policies/b.md",
        4,
        also=("KB131", "KB822"),
    ),
    "KB407": Planted(
        {
            PRIVACY: POLICY.format(version=1, day="2024-01-01", more=""),
            "published.txt": "/policies/privacy/ published=2024-01-01 words=0123456789abcdef\n",
        },
        PRIVACY,
        6,
        also=("KB803",),
    ),
    "KB408": Planted(
        {
            "content/policies/a.md": POLICY.format(version=1, day="2024-01-01", more=""),
            "content/policies/b.md": POLICY.format(
                version=2, day="2026-06-15", more="notice: 30 days\nreplaces: a.md\n"
            ),
            "published.txt": "/\n",
        },
        "content/policies/b.md",
        4,
        also=("KB803",),
    ),
    "KB520": Planted({CANCEL: faq("Text.", "Pay with 4539 1488 0343 6467.")}, CANCEL, 5),
    "KB630": Planted(
        {CANCEL: faq("![A box](box.png)"), "content/faq/orders/box.png": png(9, 9, padding=400_000)},
        CANCEL,
        0,
        settings="page_kilobytes: 300",
        needs_pages=True,
    ),
    "KB631": Planted({}, RETURN, 2, settings="search_kilobytes: 1", needs_pages=True),
    "KB712": Planted(
        {
            f"content/faq/orders/{name}.md": faq("Text.", title="Where is my parcel?")
            for name in ("p1", "p2", "p3", "p4")
        },
        "content/faq/orders/p4.md",
        2,
        needs_pages=True,
        also=("KB131",),
    ),
    "KB713": Planted(
        {
            f"content/faq/orders/{name}.md": faq("Text.", title=name, front="questions: [lost parcel]\n")
            for name in ("alpha", "beta", "delta", "gamma")
        },
        "content/faq/orders/gamma.md",
        3,
        needs_pages=True,
        also=("KB820",),
    ),
    "KB714": Planted(
        {
            "mkdocs.yml": SOUND["mkdocs.yml"].replace(
                "kb: {}",
                "kb: {search: {experiment: {name: plain, boosts: false, first_day: 2026-03-02, last_day: 2026-03-29}}}",
            )
        },
        "mkdocs.yml",
        0,
    ),
    "KB801": Planted({"published.txt": "# old\n/faq/orders/stop/\n"}, "published.txt", 2, also=("KB803",)),
    "KB802": Planted(
        {
            "published.txt": "/faq/orders/cancel/#paid-orders\n",
            CANCEL: faq("Text.", "", "## Paid order", "", "No."),
        },
        CANCEL,
        6,
        also=("KB803",),
    ),
    "KB803": Planted({"published.txt": "/\n"}, "published.txt", 0),
    "KB804": Planted({"published.txt": "/\n\nnot an address\n"}, "published.txt", 3, also=("KB803",)),
    "KB820": Planted(
        {RETURN: faq("Call us.", title="Sending back", front="questions:\n  - returns\n  - can I cancel the order\n")},
        CANCEL,
        2,
    ),
    "KB821": Planted(
        {
            CANCEL: faq("Refunds take 5 working days to arrive.", title="How long does a refund take?"),
            RETURN: faq("Hello.", "Refunds take 7 working days to arrive.", title="How long do refunds take?"),
        },
        CANCEL,
        4,
    ),
    "KB822": Planted({CANCEL: faq(*_STEPS), RETURN: faq(*_STEPS, title="Give it back")}, CANCEL, 4),
    "KB830": Planted({CANCEL: faq(_LONG * 20)}, CANCEL, 4),
    "KB831": Planted({CANCEL: faq("One more short word. " * 200)}, CANCEL, 4),
    "KB832": Planted({CANCEL: faq("Text.", title="How do I " + "really " * 15 + "cancel?")}, CANCEL, 2),
    "KB833": Planted({CANCEL: faq("Call us.", "", "## First step", "", "1. …", "", "…")}, CANCEL, 8),
    "KB840": Planted(
        {CANCEL: faq("Text.", "Your Shipment is lost."), "terms.yml": "- {say: parcel, instead_of: [shipment]}\n"},
        CANCEL,
        5,
    ),
}


def plant(root: Path, planted: Planted | None = None) -> Path:
    """Write the sound help center into a folder, with a mistake; return the path of its settings."""
    files: dict[str, str | bytes | None] = {**SOUND, **(planted.files if planted else {})}
    for name, text in files.items():
        if text is not None:
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode() if isinstance(text, str) else text)
    if planted and planted.prepare:
        planted.prepare(root)
    config = root / "mkdocs.yml"
    if planted and planted.settings:
        config.write_text(config.read_text().replace("kb: {}", f"kb: {{checks: {{{planted.settings}}}}}"))
    return config
