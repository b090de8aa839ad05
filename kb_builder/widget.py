"""What a shop writes into its own pages to have ``<kb-help>`` there: a script tag with its checksum, and its policy."""

from __future__ import annotations

import base64
import hashlib
import html
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kb_builder.issues import KbError


@dataclass(frozen=True, slots=True)
class WidgetSnippet:
    """Lines to copy.

    Attributes:
        script: The script element, with the checksum of the built file.
        element: The element itself.
        policy: What the shop's Content-Security-Policy has to allow, by directive.
    """

    script: str
    element: str
    policy: dict[str, str]


def widget_snippet(site_dir: Path, site_url: str) -> WidgetSnippet:
    """Return the lines for the site that is built in ``site_dir`` and published at ``site_url``. Edge: disk.

    Raises:
        KbError: There is no built site, or nobody knows where it will be published.
    """
    if not site_url:
        raise KbError(
            "site_url: is not set", hint="Say in mkdocs.yml where the site is published; the widget loads from there."
        )
    file = widget_file(site_dir)
    checksum = base64.b64encode(hashlib.sha384(file.read_bytes()).digest()).decode()
    address = html.escape(f"{site_url.rstrip('/')}/assets/{file.name}")
    parts = urlsplit(site_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return WidgetSnippet(
        script=f'<script type="module" src="{address}" integrity="sha384-{checksum}" crossorigin="anonymous"></script>',
        element='<kb-help page="delivery costs"></kb-help>',
        policy={"script-src": origin, "connect-src": origin},
    )


def widget_file(site_dir: Path) -> Path:
    """Return the built site's widget; raise `KbError` when there is none."""
    files = sorted((site_dir / "assets").glob("widget-*.js"))
    if not files:
        raise KbError(f"{site_dir.name}/: holds no widget", hint="Build the site first: kb build")
    return files[0]
