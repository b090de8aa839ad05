"""Structured data has what search engines require of it: schema.org, and what Google documents for each type."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tiny_site import HelpCenter, png

from kb_builder.site.structured_data import _numbered_lists

# Google Search Central, "Structured data markup that Google Search supports": the required properties of each type.
REQUIRED: dict[str, frozenset[str]] = {
    "FAQPage": frozenset({"mainEntity"}),
    "Question": frozenset({"name", "acceptedAnswer"}),
    "Answer": frozenset({"text"}),
    "BreadcrumbList": frozenset({"itemListElement"}),
    "ListItem": frozenset({"position", "name", "item"}),
    "HowTo": frozenset({"name", "step"}),
    "HowToStep": frozenset({"text"}),
    "VideoObject": frozenset({"name", "thumbnailUrl", "uploadDate"}),
    "Article": frozenset({"headline"}),
    "Organization": frozenset({"name", "url"}),
    "ContactPoint": frozenset({"contactType"}),
}
ADDRESSES = ("url", "item", "thumbnailUrl", "contentUrl")
DATES = ("dateModified", "uploadDate")
LEAST_CRUMBS = 2
LEAST_STEPS = 2


def things(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "@type" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from things(item)


def graph(page: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert len(found) <= 1
    value = json.loads(found[0]) if found else {"@context": "https://schema.org", "@graph": []}
    assert value["@context"] == "https://schema.org"
    return list(value["@graph"])


def faults(thing: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with one thing."""
    kind = thing["@type"]
    missing = [name for name in REQUIRED[kind] if not thing.get(name)]
    yield from (f"{kind} has no {name}" for name in missing)
    yield from (f"{kind}.{name} is empty" for name, value in thing.items() if value in ("", [], {}, None))
    for name in ADDRESSES:
        if name in thing and not (urlsplit(thing[name]).scheme == "https" and urlsplit(thing[name]).netloc):
            yield f"{kind}.{name} is no full address: {thing[name]}"
    for name in DATES:
        if name in thing:
            dt.date.fromisoformat(thing[name])
    if kind == "BreadcrumbList":
        positions = [entry["position"] for entry in thing["itemListElement"]]
        if positions != list(range(1, len(positions) + 1)) or len(positions) < LEAST_CRUMBS:
            yield f"crumbs are numbered {positions}"
    if kind == "HowTo" and len(thing["step"]) < LEAST_STEPS:
        yield "a HowTo of one step"


def test_every_page_of_the_demo_says_what_is_required(demo_site: Path) -> None:
    kinds: set[str] = set()
    for path in sorted(demo_site.rglob("index.html")):
        for thing in things(graph(path.read_text("utf-8"))):
            kinds.add(thing["@type"])
            assert [*faults(thing)] == [], path

    assert kinds == REQUIRED.keys()


def test_the_steps_of_a_guide_are_a_how_to(help_center: HelpCenter) -> None:
    help_center.write(
        "guides/tent.md",
        "---\ntitle: Pitch a tent\nsummary: In two steps.\nreviewed: 2026-05-04\n---\n"
        "- You need\n    1. poles\n    2. pegs\n\n1. **Clear the *ground*.** Remove `stones` & <cones>.\n"
        "2. Peg it:\n    1. windward\n    2. lee\n",
    ).build()

    how_to = graph(help_center.page("guides/tent/"))[-1]

    assert how_to["@type"] == "HowTo"
    assert how_to["description"] == "In two steps."
    assert [(step["position"], step.get("name"), step["text"]) for step in how_to["step"]] == [
        (1, "Clear the ground", "Clear the ground. Remove stones & <cones>."),
        (2, None, "Peg it: windward lee"),
    ]


def test_a_guide_without_steps_is_an_article(help_center: HelpCenter) -> None:
    help_center.write("guides/tent.md", "---\ntitle: Tents\n---\n1. Only one.\n\n- Not\n- counted\n").build()

    assert graph(help_center.page("guides/tent/"))[-1]["@type"] == "Article"


@pytest.mark.parametrize(
    ("keys", "listed"),
    [
        ("  poster: p.png\n  uploaded: 2026-02-03\n", True),
        ("  poster: p.png\n", False),
        ("  uploaded: 2026-02-03\n", False),
    ],
)
def test_a_video_is_listed_when_what_is_required_is_known(help_center: HelpCenter, keys: str, listed: bool) -> None:
    help_center.write("guides/p.png", png(4, 3)).write("guides/v.webm", b"\x1aE\xdf\xa3")
    help_center.write("guides/v.vtt", "WEBVTT\n\n00:00.000 --> 00:02.000\nUnfold the </script> poles.\n")
    help_center.write(
        "guides/tent.md",
        f"---\ntitle: Tents\nvideo:\n  src: v.webm\n  captions: v.vtt\n  title: Poles\n{keys}---\nWatch it.\n",
    ).build()

    videos = [thing for thing in graph(help_center.page("guides/tent/")) if thing["@type"] == "VideoObject"]

    assert len(videos) == listed
    if videos:
        assert [*faults(videos[0])] == []
        assert videos[0]["thumbnailUrl"] == "https://help.example/guides/p.png"
        assert videos[0]["uploadDate"] == "2026-02-03"
        assert "poles" in videos[0]["transcript"]


def test_broken_lists_are_read_without_an_exception() -> None:
    assert [*_numbered_lists("</ol></li><ol><li>a</li></ol></ul><li><ol>")] == []
