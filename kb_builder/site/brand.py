"""The theme settings in, what makes the pages a shop's own out: tokens as CSS, and what is wrong with the settings."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from kb_builder.articles.codes import issue
from kb_builder.articles.model import Content
from kb_builder.issues import Issue
from kb_builder.settings import ThemeSettings
from kb_builder.site.colours import BLACK, WHITE, contrast, mix, readable

_NEAR_BLACK = "#0f1214"  # the ground of dark pages, before the accent tints it
_DARK_INK = "#08190f"  # what stands on the accent of dark pages
# Info, warning and danger, as the style sheet has them.
_LIGHT_TINTS = ("#e5eff8", "#fdf0d5", "#fce8e6")
_DARK_TINTS = ("#12263a", "#30250c", "#3a1614")
_LOGO = """\
.kb-page .kb-brand__logo { inline-size: auto; block-size: 2.25rem; max-inline-size: 12rem; object-fit: contain; }
.kb-page .kb-brand__logo--dark { display: none; }
"""
_DARK_LOGO = """\
:root .kb-page .kb-brand__logo--light { display: none; }
:root .kb-page .kb-brand__logo--dark { display: block; }
"""
_FONT = "kb-brand"
_FILES = ("logo", "logo_dark", "icon", "font_file")

_Tokens = dict[str, str | None]


def theme_tokens(theme: ThemeSettings) -> str:
    """Return the CSS that sets the theme's tokens as the settings say; empty when they say nothing.

    One accent is enough: that of dark pages is made of it, and both are moved as far as reading needs. The grounds
    take a tint of it. The sheet lies in ``assets/``.
    """
    light = {**_light_colours(theme.accent), **_shape(theme)} if theme.accent else _shape(theme)
    dark = _dark_colours(theme)
    rules = _font_face(theme) + _rule(":root", light) + (_LOGO if theme.logo else "")
    if dark or theme.logo_dark:
        system, chosen = (
            _rule(root, dark) + (_DARK_LOGO.replace(":root", root) if theme.logo_dark else "")
            for root in (':root:not([data-theme="light"])', ':root[data-theme="dark"]')
        )
        rules += f"@media screen and (prefers-color-scheme: dark) {{ {system}}}\n@media screen {{ {chosen}}}\n"
    return rules


def theme_issues(theme: ThemeSettings, content: Content, *, file: str) -> Iterator[Issue]:
    """Yield the files that the theme names and the content has not, and colours that had to be moved.

    Args:
        theme: The settings.
        content: All content; the files lie in its folder.
        file: Name of the file of the settings.
    """
    for key in _FILES:
        path = getattr(theme, key)
        if path and path not in content.assets:
            message = f"plugins.kb.theme.{key}: there is no '{path}' in '{content.folder}/'"
            yield issue("KB621", file, 0, message)
    for key, asked, used in (
        ("accent", theme.accent, accent_on_light(theme.accent) if theme.accent else None),
        ("accent_dark", theme.accent_dark, accent_on_dark(theme.accent_dark) if theme.accent_dark else None),
    ):
        if asked and used and asked.lower() != used:
            ground = WHITE if key == "accent" else _dark_ground(asked)
            ratio = f"{contrast(asked, ground):.1f}"
            message = f"plugins.kb.theme.{key}: '{asked}' has a contrast of {ratio}; pages use '{used}'"
            yield issue("KB622", file, 0, message)


def accent_on_light(colour: str) -> str:
    """Return the accent of light pages: the colour, or one so much darker that it can be read."""
    return readable(colour, lambda one: (WHITE, _surface(one), mix(one, WHITE, 0.88), *_LIGHT_TINTS), toward=BLACK)


def accent_on_dark(colour: str) -> str:
    """Return the accent of dark pages: the colour, or one so much lighter that it can be read."""
    return readable(
        colour, lambda one: (*_dark_grounds(one), mix(one, BLACK, 0.72), _DARK_INK, *_DARK_TINTS), toward=WHITE
    )


def _light_colours(asked: str) -> _Tokens:
    accent = accent_on_light(asked)
    return {
        "--kb-accent": accent,
        "--kb-accent-hover": mix(accent, BLACK, 0.18),
        "--kb-accent-soft": mix(accent, WHITE, 0.88),
        "--kb-surface": _surface(accent),
        "--kb-line": mix(accent, "#e4e6e7", 0.93),
        "--kb-hero": mix(accent, "#0b0e11", 0.46),
    }


def _dark_colours(theme: ThemeSettings) -> _Tokens:
    asked = theme.accent_dark or theme.accent
    if not asked:
        return {}
    accent = accent_on_dark(asked)
    ground, surface, raised = _dark_grounds(accent)
    return {
        "--kb-accent": accent,
        "--kb-accent-hover": mix(accent, WHITE, 0.25),
        "--kb-accent-soft": mix(accent, BLACK, 0.72),
        "--kb-ground": ground,
        "--kb-surface": surface,
        "--kb-raised": raised,
        "--kb-line": mix(accent, "#2b3034", 0.95),
        "--kb-hero": mix(accent, "#0c0e10", 0.88),
    }


def _shape(theme: ThemeSettings) -> _Tokens:
    stack = theme.font_family or "system-ui, sans-serif"
    radius = theme.radius_px
    return {
        "--kb-font": f'"{_FONT}", {stack}' if theme.font_file else theme.font_family,
        "--kb-radius": None if radius is None else f"{radius}px",
        "--kb-radius-small": None if radius is None else f"{round(radius * 0.6)}px",
        "--kb-radius-large": None if radius is None else f"{radius * 2}px",
        "--kb-hero-art": None if theme.drawing else "none",
    }


def _font_face(theme: ThemeSettings) -> str:
    if not theme.font_file:
        return ""
    source = f'src: url("../{quote(theme.font_file)}") format("woff2"); font-weight: 100 900; font-display: swap;'
    return f'@font-face {{ font-family: "{_FONT}"; {source} }}\n'


def _surface(accent: str) -> str:
    return mix(accent, WHITE, 0.955)


def _dark_ground(accent: str) -> str:
    return mix(accent, _NEAR_BLACK, 0.97)


def _dark_grounds(accent: str) -> tuple[str, str, str]:
    """Return the colours of the page, of what stands apart on it and of what lies above it."""
    ground = _dark_ground(accent)
    return ground, mix(ground, WHITE, 0.04), mix(ground, WHITE, 0.075)


def _rule(selector: str, tokens: _Tokens) -> str:
    declarations = [f"{name}: {value};" for name, value in tokens.items() if value]
    return f"{selector} {{ {' '.join(declarations)} }}\n" if declarations else ""
