"""What the browser tests share: a second help center, full of text that is hard to search and to show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kb_command import built_site
from shop_page import Shop, open_shop
from static_host import StaticHost, serve_folder

if TYPE_CHECKING:
    from running_collector import Running

HARD_ARTICLES = {
    "faq/scripts/markup.md": ('Use <b>bold</b> & "quotes" {{ braces }}', "Type `</script><script>alert(1)</script>`."),
    "faq/scripts/sections.md": ("A long page", "First words.\n\n## Deep down\n\nThe wombat lives here."),
    "faq/scripts/family.md": ("Tents for families 👩‍👩‍👧‍👦", "The family 👩‍👩‍👧‍👦 tent sleeps six. Flags 🇬🇧 fly well."),
    "faq/scripts/arabic.md": ("كيف أعيد المنتج؟", "يمكنك إعادة المنتج خلال ستين يوما."),
    "faq/scripts/hebrew.md": ("איך מחזירים מוצר?", "אפשר להחזיר מוצר תוך שישים יום."),
    "faq/scripts/japanese.md": ("返品について", "商品の返品は三十日以内にできます。"),
    "faq/scripts/thai.md": ("การคืนสินค้า", "คุณสามารถคืนสินค้าได้ภายใน 30 วัน"),
    "faq/scripts/khmer.md": ("ការបញ្ជាទិញ", "អ្នកអាចត្រឡប់ទំនិញវិញបាន។"),
    "faq/scripts/hindi.md": ("वापसी की नीति", "आप तीस दिनों में उत्पाद वापस कर सकते हैं।"),
    "faq/scripts/folding.md": ("Café ﬁne Straße", "Numbers １２３ and İstanbul, written in full width."),
}


@pytest.fixture(scope="session")
def hard_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a small help center of hard text; give its folder."""
    settings = (
        "site_name: Hard text\nsite_url: https://help.example/\ndocs_dir: content\n"
        "theme: {name: help_center}\nplugins: [{kb: {}}]\n"
    )
    pages = {
        path: f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n---\n{text}\n"
        for path, (title, text) in HARD_ARTICLES.items()
    }
    pages |= {"index.md": "# Help\n", "faq/scripts/index.md": "# Scripts\n"}
    return built_site(tmp_path_factory.mktemp("hard"), settings, pages)


@pytest.fixture
def shop(demo: StaticHost) -> Iterator[Shop]:
    """Open a shop beside the demo help center."""
    with open_shop(demo) as opened:
        yield opened


@pytest.fixture
def hard(hard_site: Path) -> Iterator[StaticHost]:
    """Serve the help center of hard text."""
    with serve_folder(hard_site) as host:
        yield host


@pytest.fixture(scope="module")
def host() -> Iterator[StaticHost]:
    """Serve an empty folder first: its address must be known before the site is built."""
    with serve_folder(Path()) as started:
        yield started


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, host: StaticHost) -> Iterator[Running]:
    """Start a collector for the pages of ``host``; needs the extra 'collect'."""
    from running_collector import collector

    settings = "collect: {events_per_second: 1000, burst: 1000}"
    with collector(tmp_path_factory.mktemp("collector") / "site", settings=settings, site_url=host.url) as started:
        yield started
