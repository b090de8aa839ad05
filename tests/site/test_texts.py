"""Texts rendered for a check, against the pages that a build publishes."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin

from tiny_site import HelpCenter, png

from kb_builder.articles.editions import for_audience
from kb_builder.cache import open_cache
from kb_builder.config import load_config
from kb_builder.pipeline import read_and_check
from kb_builder.site.render import render_site
from kb_builder.site.texts import render_texts

DEMO = Path(__file__).parents[2] / "mkdocs.yml"
TODAY = dt.date(2026, 11, 21)
LINK = re.compile(r'<a\b[^>]*? href="([^"#?]+)')


def published_links(site: Path, url: str) -> set[str]:
    """Read the links of a page that lead to pages of the site."""
    found = set()
    for href in LINK.findall((site / url / "index.html").read_text("utf-8")):
        if not re.match(r"[a-z][a-z0-9+.-]*:|//", href):
            found.add(unquote(urljoin(f"/{url}", unescape(href))).lstrip("/"))
    return found


def test_a_check_sees_the_links_and_texts_that_are_published(tmp_path: Path) -> None:
    """Whoever gives the templates a new list of links adds it to `PageText` too."""
    config = load_config(DEMO)
    content = for_audience(read_and_check(config, today=TODAY), None)
    rendered = render_site(config, content, site_dir=tmp_path, today=TODAY)
    with open_cache(tmp_path / "none", writes=False) as cache:
        texts = render_texts(config, content, today=TODAY, cache=cache)

    assert texts.articles == rendered.pages
    assert texts.issues == rendered.issues
    for url, page in texts.pages.items():
        published = published_links(tmp_path, url) & texts.pages.keys()
        assert page.links & texts.pages.keys() == published, url


def test_a_page_weighs_what_its_text_its_pictures_and_the_theme_do(tmp_path: Path) -> None:
    center = HelpCenter(tmp_path).settings()
    picture = png(4, 3) + b"\0" * 100_000
    center.write("faq/orders/box.png", picture)
    center.write("faq/orders/with.md", "# With\n\n![A box](box.png) ![The same box](box.png)\n")
    center.write("faq/orders/without.md", "# Without\n\nA box.\n")

    config = load_config(tmp_path / "mkdocs.yml")
    with open_cache(tmp_path / "none", writes=False) as cache:
        texts = render_texts(config, center.content(), today=TODAY, cache=cache)
    center.build()

    one, other = texts.pages["faq/orders/with/"], texts.pages["faq/orders/without/"]
    assert one.page_bytes - one.html_bytes - (other.page_bytes - other.html_bytes) == len(picture)
    assert other.html_bytes == len(center.body("faq/orders/without/").encode())
    head = (tmp_path / "site/faq/orders/without/index.html").read_text("utf-8").partition("</head>")[0]
    loaded = re.findall(r'<(?:script [^>]*?src|link rel="stylesheet" href)="([^"]+)"', head)
    theme = [tmp_path / "site" / posixpath.normpath(f"faq/orders/without/{path}") for path in loaded]
    assert other.page_bytes - other.html_bytes == sum(path.stat().st_size for path in theme)


def test_a_check_leaves_its_texts_to_the_next(tmp_path: Path) -> None:
    center = HelpCenter(tmp_path).settings()
    center.write("faq/orders/one.md", "# One\n\nA [link](two.md).\n").write("faq/orders/two.md", "# Two\n\nText.\n")
    config, found = load_config(tmp_path / "mkdocs.yml"), []
    for _ in range(2):
        with open_cache(tmp_path / ".kb/cache", writes=True, forget=False) as cache:
            found.append((render_texts(config, center.content(), today=TODAY, cache=cache), cache.count))

    assert found[0][0] == found[1][0]
    assert (found[0][1], found[1][1]) == (0, 3)  # two texts, and the code of the browser
