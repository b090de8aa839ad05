"""Rules on links, anchors, images and videos."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache, cached_property

from pydantic import TypeAdapter, ValidationError
from rapidfuzz import fuzz, process

from kb_builder.articles.checks.settings import CheckSettings
from kb_builder.articles.codes import issue
from kb_builder.articles.editions import may_read
from kb_builder.articles.file_names import site_pages
from kb_builder.articles.links import LinkKind, LinkTargets, Resolved, link_targets, resolve_link
from kb_builder.articles.model import Article, Content
from kb_builder.articles.source import SourceLink, source_anchors, source_links
from kb_builder.cache import digest
from kb_builder.issues import Fix, Issue

_NEAR = 85  # similarity in percent from which a name is offered
_NEAR_ANCHOR = 65
Anchors = Callable[[str], frozenset[str]]


def links(content: Content, settings: CheckSettings) -> Iterator[Issue]:
    """Find links to pages, headings, files and images that do not exist, to drafts, and of schemes that are refused.

    What was found in a text before is true as long as the text, all that links can lead to, and the anchors on the
    pages that its own lead to are the same.
    """
    rule = _LinkRule(content, settings.link_root)
    goals = digest(
        settings.link_root,
        *("\n".join((name, kind, target)) for name, (kind, target) in rule.targets.by_path.items()),
        repr((rule.targets.languages, sorted(rule.withheld))),
    )
    anchors_key = cache(lambda path: digest(*sorted(rule.anchors(path))))
    known = _read_known(settings.known.get("links", goals))
    found: dict[str, _Found] = {}
    for path, body, first_line in _texts(content):
        notes = content.notes.get(path)
        text = notes.checksum if notes else digest(str(first_line), body)
        before = known.get(path)
        if before and before[0] == text and all(anchors_key(page) == key for page, key in before[2].items()):
            found[path] = before
        else:
            rule.asked.clear()
            issues = tuple(rule(path, body, first_line))
            found[path] = (text, issues, {page: anchors_key(page) for page in sorted(rule.asked)})
        yield from found[path][1]
    if found == known:
        settings.known.keep("links")
    else:
        settings.known.put("links", goals, _KNOWN.dump_json(found))


def links_of(path: str, content: Content, *, link_root: str) -> Iterator[Issue]:
    """Find in the text of one article what `links` finds in all."""
    article = content.articles[path]
    return _LinkRule(content, link_root)(path, article.body, article.body_line)


class _LinkRule:
    """Judges the links of one text after the other.

    Attributes:
        targets: All that links can lead to.
        withheld: Paths of the articles that are not for everyone.
        anchors: Gives what can be linked to in the text of a page.
        asked: Pages that links with an anchor lead to.
    """

    def __init__(self, content: Content, link_root: str) -> None:
        self._content, self._link_root = content, link_root
        self._own_pages = site_pages(content.languages)
        self.targets: LinkTargets = link_targets(content)
        self.withheld = {path for path, article in content.articles.items() if not may_read(article.audience, None)}
        self.anchors: Anchors = cache(lambda path: _anchors(content, path))
        self.asked = set[str]()

    @cached_property
    def _names(self) -> _Names:
        return _Names(self.targets)

    def __call__(self, path: str, body: str, first_line: int) -> Iterator[Issue]:
        """Yield what is wrong with the links of a text."""
        notes = self._content.notes.get(path)
        for link in notes.links if notes else source_links(body):
            resolved = resolve_link(link.href, from_path=path, content=self.targets, link_root=self._link_root)
            if resolved.target in self.withheld and path not in self.withheld:
                message = f"'{_short(link.href)}' leads to an article for other readers"
                yield issue("KB851", path, first_line + link.line - 1, message)
            if resolved.kind is LinkKind.MISSING and resolved.target.strip("/") + "/" in self._own_pages:
                continue
            yield from self._link_issues(link, resolved, path, first_line + link.line - 1)

    def _link_issues(self, link: SourceLink, resolved: Resolved, path: str, line: int) -> Iterator[Issue]:
        match resolved.kind:
            case LinkKind.REFUSED:
                yield issue("KB305", path, line, f"address '{_short(link.href)}' is refused")
            case LinkKind.DRAFT:
                yield issue("KB303", path, line, f"'{_short(link.href)}' leads to a draft")
            case LinkKind.MISSING:
                yield _missing(link, resolved, path, line, self._names)
            case LinkKind.ARTICLE | LinkKind.CATEGORY | LinkKind.ANCHOR if resolved.fragment:
                page = path if resolved.kind is LinkKind.ANCHOR else resolved.target
                self.asked.add(page)
                yield from _anchor_issues(link, resolved.fragment, self.anchors(page), path, line)


_Found = tuple[str, tuple[Issue, ...], dict[str, str]]  # checksum of a text, what is wrong, keys of anchors by page
_KNOWN = TypeAdapter(dict[str, _Found])


def _read_known(kept: bytes | None) -> dict[str, _Found]:
    """Read what an earlier build found, by path."""
    try:
        return _KNOWN.validate_json(kept) if kept else {}
    except ValidationError:
        return {}


def _anchors(content: Content, path: str) -> frozenset[str]:
    """Return what can be linked to in the text of an article, or of a category by its path or by its ``index.md``."""
    notes = content.notes.get(path) or content.notes.get(f"{path.rstrip('/')}/index.md".lstrip("/"))
    return notes.anchors if notes else source_anchors(_body(content, path))


def videos(content: Content, settings: CheckSettings) -> Iterator[Issue]:
    """Find videos whose files do not exist."""
    assets = frozenset(content.assets)
    for article in content.articles.values():
        for key, address in _video_files(article):
            if not address.startswith("https://") and address not in assets:
                line = article.lines.get(f"video.{key}", article.lines.get("video", 0))
                yield issue("KB304", article.path, line, f"'video.{key}' names '{address}', which does not exist")


def _missing(link: SourceLink, resolved: Resolved, path: str, line: int, names: _Names) -> Issue:
    is_page = resolved.target.endswith((".md", "/")) or "." not in resolved.target.rpartition("/")[2]
    code, what = ("KB301", "page") if is_page and not link.is_image else ("KB304", "image" if link.is_image else "file")
    near = names.nearest(resolved.target)
    hint = f"did you mean '{near}'?" if near else ""
    fixes = _moved(link, resolved, path, near)
    return issue(code, path, line, f"{what} '{_short(link.href)}' does not exist", hint, *fixes)


def _moved(link: SourceLink, resolved: Resolved, path: str, near: str) -> tuple[Fix, ...]:
    """Lead a link to the only file of the name that it gives; a name that is only alike may be another page."""
    if not near or posixpath.basename(near).casefold() != posixpath.basename(resolved.target).casefold():
        return ()
    address = posixpath.relpath(near, posixpath.dirname(path) or ".")
    return (Fix(link.href, f"{address}#{resolved.fragment}" if resolved.fragment else address, literal=True),)


class _Names:
    """Everything a link can lead to, by file name and by folder, so that a guess need not look at all of it."""

    def __init__(self, targets: LinkTargets) -> None:
        self._by_name: defaultdict[str, list[str]] = defaultdict(list)
        self._by_folder: defaultdict[str, list[str]] = defaultdict(list)
        for path in sorted({target for _, target in targets.by_path.values()} - {""}):
            folder, _, name = path.rpartition("/")
            self._by_name[name.casefold()].append(path)
            self._by_folder[folder].append(path)

    def nearest(self, path: str) -> str:
        """Return the only file of that name, else the nearest in its folder; empty when none is near."""
        folder, _, name = path.rpartition("/")
        same_name = self._by_name.get(name.casefold(), [])
        if len(same_name) == 1:
            return same_name[0]
        neighbours = {other: other.rpartition("/")[2] for other in self._by_folder.get(folder, ())}
        near = process.extractOne(name, neighbours, scorer=fuzz.ratio, score_cutoff=_NEAR)
        return str(near[2]) if near else ""


def _anchor_issues(link: SourceLink, fragment: str, known: frozenset[str], path: str, line: int) -> Iterator[Issue]:
    if fragment in known or fragment == "top" or fragment.startswith(":~:"):
        return
    near = process.extractOne(fragment, sorted(known), scorer=fuzz.ratio, score_cutoff=_NEAR_ANCHOR)
    hint = f"did you mean '#{near[0]}'?" if near else ""
    yield issue("KB302", path, line, f"'{_short(link.href)}': that page has no heading '#{_short(fragment)}'", hint)


def _texts(content: Content) -> Iterator[tuple[str, str, int]]:
    """Yield path, body and the body's first line of everything that readers see."""
    for article in content.articles.values():
        yield article.path, article.body, article.body_line
    for category in (content.home, *content.categories.values()):
        if category.body:
            yield f"{category.path}/index.md".lstrip("/"), category.body, category.body_line


def _body(content: Content, path: str) -> str:
    """Return the text of an article, or of a category by its path or by that of its ``index.md``."""
    if path in content.articles:
        return content.articles[path].body
    category = content.categories.get(path.removesuffix("index.md").rstrip("/"), content.home)
    return category.body


def _video_files(article: Article) -> Iterator[tuple[str, str]]:
    if article.video:
        yield "src", article.video.src
        yield "captions", article.video.captions
        if article.video.poster:
            yield "poster", article.video.poster


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119]}…"
