"""Parts that are the same on many pages: drawn for the first of them, used again on the others.

Addresses are relative, so pages share a part only from the same folder, and never a page that has another one below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from kb_builder.site.views import PageView

_MOST_KEPT = 20_000  # then it begins anew: pages are drawn folder by folder, and share little across folders


class SharedParts:
    """What templates of one build share: the macros of ``parts/words.html``, and parts drawn with ``part()`` and
    ``part_of_each()``.
    """

    def __init__(self, env: Environment, addresses: Iterable[str]) -> None:
        """Take the templates, and the address of everything on the site that a part may lead to."""
        self._env = env
        self._folders = {folder for address in addresses for folder in _folders_above(address)}
        # Keys hold identities, so what these are of is kept too.
        self._words: dict[int, tuple[object, Any]] = {}
        self._drawn: dict[tuple[object, ...], tuple[object, Markup]] = {}

    def context(self, view: PageView) -> dict[str, Any]:
        """Return what the templates of a page are given besides the page."""
        return {"kb": view, "words": self._words_of(view), "part": self.part, "part_of_each": self.part_of_each}

    @pass_context
    def part(self, context: Context, name: str, **given: object) -> Markup:
        """Draw the template ``name`` on a page, or take it as another page has it.

        Args:
            context: Of the page. On articles nothing of ``kb`` may be used but what the site and the ``given`` values
                stand for.
            given: What the template needs by name: values that are the very same on all pages with the same part.
        """
        folder = self._shared_in(context["kb"])
        if folder is None:
            return self._draw(context, name, given)
        key = (name, folder, *map(id, given.values()))
        kept = self._drawn.get(key)
        if kept is None:
            if len(self._drawn) >= _MOST_KEPT:
                self._drawn.clear()
            kept = self._drawn[key] = given, self._draw(context, name, given)
        return kept[1]

    @pass_context
    def part_of_each(self, context: Context, name: str, links: Sequence[object]) -> Markup:
        """Draw the template ``name`` for each ``link`` on a line of its own; see `part`."""
        folder, known = self._shared_in(context["kb"]), self._drawn.get
        lines: list[str] = []
        for link in links:
            kept = known((name, folder, id(link))) if folder is not None else None
            lines.append(kept[1] if kept else self.part(context, name, link=link))
        return Markup("\n".join([*lines, ""]))  # noqa: S704 - templates escape what they print

    def _shared_in(self, view: PageView) -> str | None:
        """Return the folder whose pages draw their parts as this one does; None where it is alone."""
        is_alone = view.template != "article" or view.url in self._folders
        return None if is_alone else view.url.rstrip("/").rpartition("/")[0]

    def _draw(self, context: Context, name: str, given: Mapping[str, object]) -> Markup:
        template = self._env.get_template(name)
        return Markup(template.render({**context.get_all(), **given}))  # noqa: S704 - it escapes what it prints

    def _words_of(self, view: PageView) -> Any:
        """Return the macros in a language of the site."""
        labels = view.site.labels
        kept = self._words.get(id(labels))
        if kept is None:
            macros = self._env.get_template("parts/words.html").make_module({"kb": view})
            kept = self._words[id(labels)] = labels, macros
        return kept[1]


def _folders_above(address: str) -> list[str]:
    """Return the addresses of the folders that one is in, each with its slash; not itself."""
    return [*accumulate(f"{name}/" for name in address.rstrip("/").split("/")[:-1])]
