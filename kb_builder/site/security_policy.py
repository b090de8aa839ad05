"""What a page may load, as its Content-Security-Policy."""

from __future__ import annotations

from collections.abc import Iterable


def content_security_policy(
    *,
    image_origins: Iterable[str] = (),
    media_origins: Iterable[str] = (),
    form_targets: Iterable[str] = (),
    connect_origins: Iterable[str] = (),
) -> str:
    """Return the policy of a page: nothing but what is listed, no inline script or style, no string made into code.

    Args:
        image_origins: Other hosts the page shows images from, such as ``https://images.example``.
        media_origins: Other hosts it plays videos from.
        form_targets: Other hosts, or schemes such as ``mailto:``, that its forms go to.
        connect_origins: Other hosts it sends events to.
    """
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", *sorted(set(image_origins))],
        "media-src": ["'self'", *sorted(set(media_origins))],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *sorted(set(connect_origins))],
        "form-action": ["'self'", *sorted(set(form_targets))],
        "base-uri": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())
