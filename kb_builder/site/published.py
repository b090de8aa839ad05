"""Files of the site that no template draws: redirects, headers, sitemap, robots.txt."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from urllib.parse import quote, urljoin

from mkdocs.utils import get_relative_url

from kb_builder.files import ANNOUNCEMENTS_FILE, OutputFile
from kb_builder.site.views import PageView

_SEARCH_KINDS = ("words", "card", "spelling", "text")
_HOUR = 3600
_SHORTLY = 10
_MOST_URLS = 50_000
_EVERY_ANSWER = ("X-Content-Type-Options: nosniff", "Referrer-Policy: strict-origin-when-cross-origin")


def redirect_files(redirects: Mapping[str, str], moving: Mapping[str, str], *, site_url: str) -> tuple[OutputFile, ...]:
    """Return a page for each old address that sends browsers on, and the list that hosts with redirects read.

    Args:
        redirects: Old site-relative URL to new one.
        moving: The same for addresses that will lead elsewhere one day, such as that of a policy's current version.
        site_url: Where the site is published; may be empty.
    """
    every = sorted({**moving, **redirects}.items())
    pages = [OutputFile(_file_of(old), _redirect_page(old, new, site_url).encode()) for old, new in every]
    table = "".join(f"/{quote(old)} /{quote(new)} {301 if old in redirects else 302}\n" for old, new in every)
    return (*pages, *([OutputFile("_redirects", table.encode())] if table else []))


def headers_file(policy: str, *, style_urls: Iterable[str], client_url: str, readers: Sequence[str] = ()) -> OutputFile:
    """Return the headers that hosts which read ``_headers`` (Netlify, Cloudflare Pages) send.

    Such hosts send them with answers of status 404 too, so files whose names change with their content are kept for an
    hour and not for ever. Everything else is asked for anew.

    Args:
        policy: Content-Security-Policy that allows what any page needs; each page narrows it down to its own needs.
        style_urls: Addresses of the style sheets, which hold a hash.
        client_url: Folder of the browser code, which does too.
        readers: Other origins whose pages may read the files. Such hosts cannot choose by who asks: with more than one,
            every page may, which gives away nothing, as all files are public and no cookie is sent.
    """
    allowed = [f"Access-Control-Allow-Origin: {readers[0] if len(readers) == 1 else '*'}"] if readers else []
    hashed = [*style_urls, f"{client_url}*", "assets/widget-*", *(f"search/{kind}-*" for kind in _SEARCH_KINDS)]
    rules = {
        "*": [f"Content-Security-Policy: {policy}; frame-ancestors 'none'", *_EVERY_ANSWER, *allowed],
        **{address: [f"Cache-Control: public, max-age={_HOUR}"] for address in hashed},
        ANNOUNCEMENTS_FILE: [f"Cache-Control: public, max-age={_SHORTLY}"],
    }
    text = "".join(f"/{address}\n" + "".join(f"  {line}\n" for line in lines) for address, lines in rules.items())
    return OutputFile("_headers", text.encode())


def sitemap_files(views: Iterable[PageView], *, site_url: str, most_urls: int = _MOST_URLS) -> tuple[OutputFile, ...]:
    """Return the sitemap of the pages that search engines may list, and robots.txt which names it.

    A page's date is that of its last review: the day of the build says nothing about it. A site of more than
    ``most_urls`` pages gets several sitemaps, and an index of them in the place of the one.

    Source: https://www.sitemaps.org/protocol.html (50,000 addresses and 50 MB a file).
    """
    listed = sorted((view for view in views if not view.no_index and not view.canonical), key=lambda view: view.url)
    if not site_url:
        return ()
    parts = [listed[start : start + most_urls] for start in range(0, len(listed), most_urls)]
    sitemaps = [_sitemap("urlset", "".join(_entry(view, site_url) for view in part)) for part in parts]
    if len(sitemaps) == 1:
        files = [OutputFile("sitemap.xml", sitemaps[0])]
    else:
        files = [OutputFile(f"sitemap-{number}.xml", sitemap) for number, sitemap in enumerate(sitemaps, 1)]
        entries = (f"<sitemap><loc>{html.escape(absolute(site_url, file.path))}</loc></sitemap>\n" for file in files)
        files.append(OutputFile("sitemap.xml", _sitemap("sitemapindex", "".join(entries))))
    robots = f"User-agent: *\nAllow: /\nSitemap: {absolute(site_url, 'sitemap.xml')}\n"
    return (*files, OutputFile("robots.txt", robots.encode()))


def _sitemap(kind: str, entries: str) -> bytes:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{entries}</{kind}>\n".encode()


def _entry(view: PageView, site_url: str) -> str:
    reviewed = view.article.reviewed if view.article else None
    date = f"<lastmod>{reviewed.isoformat()}</lastmod>" if reviewed else ""
    return f"<url><loc>{html.escape(absolute(site_url, view.url))}</loc>{date}</url>\n"


def _redirect_page(old: str, new: str, site_url: str) -> str:
    address = html.escape(get_relative_url(quote(new) or ".", quote(old) or "."))
    canonical = f'<link rel="canonical" href="{html.escape(absolute(site_url, new))}">' if site_url else ""
    return (
        f'<!doctype html>\n<html><head><meta charset="utf-8"><title>{html.escape(new)}</title>{canonical}'
        f'<meta name="robots" content="noindex"><meta http-equiv="refresh" content="0; url={address}"></head>'
        f'<body><a href="{address}">{html.escape(new)}</a></body></html>\n'
    )


def _file_of(url: str) -> str:
    return f"{url}index.html" if url.endswith("/") else url


def absolute(site_url: str, url: str) -> str:
    """Return the full address of a page or file of the site."""
    home, base = _bases(site_url)
    return base + quote(url, safe="/%") if url else home


@cache
def _bases(site_url: str) -> tuple[str, str]:
    """Return the address of the home page, and what those of all other pages begin with."""
    home = site_url if site_url.endswith("/") else f"{site_url}/"
    return home, urljoin(home, ".")
