"""The rules of a built site for nginx, made from the ``_headers`` and ``_redirects`` that other hosts read."""

from __future__ import annotations

import re
from urllib.parse import unquote

from kb_builder.files import ANNOUNCEMENTS_FILE

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


def nginx_rules(root: str, *, headers: str, redirects: str) -> str:
    """Return directives for a ``server`` block.

    ``expires`` speaks only in answers that found something, so a 404 is never kept.

    Args:
        root: Folder that is served.
        headers: The site's ``_headers``; those of ``/*`` are sent with every answer.
        redirects: Its ``_redirects``.
    """
    sent = (line.strip().partition(": ") for line in headers.partition("/*\n")[2].partition("\n/")[0].splitlines())
    lines = [
        f"root {_quoted(root)};",
        "index index.html;",
        "error_page 404 /404.html;",
        "charset utf-8;",
        "absolute_redirect off;",  # behind a proxy it does not know the address that readers see
        "gzip_static on;",
        "# brotli_static on;  # with the module ngx_brotli",
        *(f"add_header {name} {_quoted(value)} always;" for name, _, value in sent if value),
        "expires -1;",
        r'location ~ "^/(?:.*/)?(?:search/[\w-]+|assets/\w+)-[0-9a-f]{10}[./]" { expires 1y; }',
        r"location ~ \.md$ { types {} default_type text/markdown; charset_types text/markdown; }",
        f"location = /{ANNOUNCEMENTS_FILE} {{ expires 10s; }}",
        "location ~ ^/_(?:headers|redirects)$ { return 404; }",
    ]
    for redirect in redirects.splitlines():
        old, new, status = redirect.split(" ")
        if not _UNPRINTABLE.search(unquote(old)):
            lines.append(f"location = {_quoted(unquote(old))} {{ return {status} {_quoted(new)}; }}")
    return "".join(f"{line}\n" for line in lines)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
