"""Weigh a built site as a visitor's browser would: gzip bytes of pages, scripts and styles.

    python benchmarks/page_weight.py [SITE]

Prints medians and maxima over all pages. Level 6, as most hosts compress.
"""

from __future__ import annotations

import gzip
import re
import statistics
import sys
from pathlib import Path

LOADED_FROM = re.compile(r'<(?:script|link rel="stylesheet"|img|video|source)[^>]+(?:src|href)="(https?://[^/"]+)')


def gzip_bytes(path: Path) -> int:
    """Return the size of a file as it travels."""
    return len(gzip.compress(path.read_bytes(), 6, mtime=0))


def main() -> None:
    """Print the table."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    pages = {path: gzip_bytes(path) for path in sorted(site.rglob("*.html"))}
    if not pages:
        sys.exit(f"{site}: no pages here; build first: kb build")
    heaviest = max(pages, key=lambda path: pages[path])
    scripts = {path: gzip_bytes(path) for path in sorted(site.rglob("*.js"))}
    styles = {path: gzip_bytes(path) for path in sorted(site.rglob("*.css"))}
    hosts = {host for path in pages for host in LOADED_FROM.findall(path.read_text("utf-8"))}
    print(f"pages                {len(pages)}")
    print(f"HTML gzip, median    {statistics.median(pages.values()):.0f} B")
    print(f"HTML gzip, largest   {pages[heaviest]} B  {heaviest.relative_to(site)}")
    print(f"our JavaScript, gzip {sum(scripts.values())} B in {len(scripts)} files")
    for path, size in {**scripts, **styles}.items():
        print(f"    {size:6} B  {path.relative_to(site)}")
    print(f"other hosts that a page loads from: {', '.join(sorted(hosts)) or 'none'}")


if __name__ == "__main__":
    main()
