"""A shop's colour in, one of the same hue out that can be read on the pages. Colours are written ``#rrggbb``.

Source of the formulas: WCAG 2.2, relative luminance and contrast ratio.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

LEAST_CONTRAST = 4.5  # of text, WCAG 2.2, 1.4.3
BLACK, WHITE = "#000000", "#ffffff"
_STEPS = 50


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """Return ``colour`` with a share, 0 to 1, of another in it."""
    parts = (round(a + (b - a) * share) for a, b in zip(_channels(colour), _channels(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def readable(colour: str, grounds: Callable[[str], Sequence[str]], *, toward: str) -> str:
    """Return the colour nearest to one that can be read on, and under, all of its grounds.

    Args:
        colour: The shop's.
        grounds: Gives for a colour what it stands on; some of these follow it.
        toward: What is mixed in: black for light pages, white for dark ones.
    """
    tried = (mix(colour, toward, step / _STEPS) for step in range(_STEPS))
    return next(
        (one for one in tried if min(contrast(one, ground) for ground in grounds(one)) >= LEAST_CONTRAST), toward
    )


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
