"""The text of one Markdown file in, one article or one category page out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from kb_builder.articles.categories import IndexPage
from kb_builder.articles.codes import issue
from kb_builder.articles.field_parser import parse_fields
from kb_builder.articles.file_names import folder_of, humanise, is_in_drafts, is_index, page_url
from kb_builder.articles.front_matter import FrontMatter, split_front_matter
from kb_builder.articles.languages import split_language
from kb_builder.articles.links import content_path
from kb_builder.articles.model import (
    AnnouncementPeriod,
    Article,
    ChangeKind,
    Kind,
    PolicyChange,
    PolicyVersion,
    Spoken,
    Video,
)
from kb_builder.articles.plain import first_paragraph, leading_heading, without_dialect
from kb_builder.articles.schema import (
    FIELDS_BY_KIND,
    AnnouncementFields,
    ArticleFields,
    CategoryFields,
    ChangeFields,
    PolicyFields,
    VideoFields,
)
from kb_builder.issues import Issue

_KIND_BY_FOLDER = {
    **dict.fromkeys(("faq", "faqs"), Kind.FAQ),
    **dict.fromkeys(("guide", "guides", "how-to", "howto"), Kind.GUIDE),
    **dict.fromkeys(("policy", "policies", "terms", "legal"), Kind.POLICY),
    **dict.fromkeys(("announcement", "announcements", "news"), Kind.ANNOUNCEMENT),
}


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """What a file is: an article, the front matter of its folder, or (when it is empty) neither.

    Attributes:
        order: Place in its category that its writer gave.
        category: Category that its writer gave, unchecked.
    """

    article: Article | None = None
    index: IndexPage | None = None
    order: int | None = None
    category: str = ""
    issues: tuple[Issue, ...] = ()


def kind_of(path: str, named: object = None) -> Kind:
    """Return the kind of an article: the one named in its front matter, else that of its top folder, else a guide.

    Args:
        path: Inside the folder of its language.
    """
    if isinstance(named, str) and named.strip().lower() in set(Kind):
        return Kind(named.strip().lower())
    return _KIND_BY_FOLDER.get(path.partition("/")[0].lower(), Kind.GUIDE)


def parse_page(text: str, path: str, *, link_root: str = "", languages: Collection[str] = ()) -> ParsedPage:
    """Turn the text of a Markdown file into an article or a category page.

    Args:
        text: Clean text (see `text.decode_text`).
        path: Content path.
        link_root: Prefix under which articles link to each other.
        languages: Tags of the further languages.

    Returns:
        The page and everything wrong with it. A file without text or front matter gives neither article nor index. An
        article's category is its folder here: whether it has another depends on the other files.
    """
    if not text:
        return ParsedPage(issues=(issue("KB105", path, 0, "is empty"),))
    parts = split_front_matter(text, path)
    return _index_page(parts, path) if is_index(path) else _article(parts, path, link_root, languages)


def _index_page(parts: FrontMatter, path: str) -> ParsedPage:
    fields, issues = parse_fields(CategoryFields, parts.values, parts.lines, path)
    assert fields is not None  # no key of a category page is required
    title, body, body_line = _title_and_body(fields.title or "", parts)
    index = IndexPage(
        folder=folder_of(path),
        title=title,
        summary=without_dialect(fields.summary or "") or first_paragraph(body),
        icon=fields.icon or "",
        order=fields.order,
        body=body,
        body_line=body_line,
    )
    return ParsedPage(index=index, issues=(*parts.issues, *issues))


def _article(parts: FrontMatter, path: str, link_root: str, languages: Collection[str]) -> ParsedPage:
    language, inner_path = split_language(path, languages)
    kind = kind_of(inner_path, parts.values.get("kind"))
    fields, issues = parse_fields(FIELDS_BY_KIND[kind], parts.values, parts.lines, path)
    assert fields is not None  # no key of an article is required
    found = [*parts.issues, *issues]
    title, body, body_line = _title_and_body(fields.title or "", parts)
    if not title:
        title = humanise(path)
        found.append(issue("KB106", path, 0, f"has no title; '{title}' is used"))
    if not body and not parts.issues:
        found.append(issue("KB107", path, 0, "has no text below its front matter"))
    policy, policy_issues = _policy(fields, parts, path, link_root)
    announcement, announcement_issues = _announcement(fields, parts, path, link_root)
    video, video_issues = _video(fields.video, parts, path, link_root)

    def in_content(reference: str) -> str:
        return content_path(reference, from_path=path, link_root=link_root)

    article = Article(
        path=path,
        url=page_url(path),
        category=folder_of(path),
        kind=kind,
        title=title,
        body=body,
        body_line=body_line,
        language=language,
        summary=without_dialect(fields.summary or "") or first_paragraph(body),
        questions=tuple(without_dialect(question) for question in fields.questions),
        tags=tuple(dict.fromkeys(fields.tags)),
        audience=tuple(dict.fromkeys(fields.audience)),
        owner=fields.owner or "",
        reviewed=fields.reviewed,
        review_by=fields.review_by,
        translated_from=fields.translated_from or "",
        related=tuple(dict.fromkeys(in_content(reference) for reference in fields.related)),
        redirect_from=fields.redirect_from,
        community=fields.community or "",
        video=video,
        draft=fields.draft or is_in_drafts(path),
        popular=fields.popular,
        search_boost=fields.search.boost if fields.search else 1.0,
        search_exclude=fields.search.exclude if fields.search else False,
        policy=policy,
        announcement=announcement,
        lines=parts.lines,
    )
    found += [*policy_issues, *announcement_issues, *video_issues]
    return ParsedPage(article=article, order=fields.order, category=fields.category or "", issues=tuple(found))


def _title_and_body(given: str, parts: FrontMatter) -> tuple[str, str, int]:
    """Settle the title, and take the heading that gives or repeats it out of the body; return the body's line too."""
    title = without_dialect(given)
    heading = leading_heading(parts.body)
    if heading is None or (title and _folded(heading[0]) != _folded(title)) or not heading[0]:
        return title, parts.body, parts.body_line
    rest = parts.body[heading[1] :]
    body = rest.lstrip("\n")
    removed = parts.body[: len(parts.body) - len(body)]
    return title or heading[0], body, parts.body_line + removed.count("\n")


def _folded(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _needs(parts: FrontMatter, path: str, key: str, missing: str) -> Issue:
    return issue("KB124", path, parts.lines.get(key, 0), f"'{key}' needs '{missing}'", f"Add '{missing}:'.")


def _policy(
    fields: ArticleFields, parts: FrontMatter, path: str, link_root: str
) -> tuple[PolicyVersion | None, tuple[Issue, ...]]:
    """Make the dated side of a policy; a policy without any of its keys is an ordinary page."""
    if not isinstance(fields, PolicyFields):
        return None, ()
    if fields.version is None or fields.effective is None:
        missing = "version" if fields.version is None else "effective"
        given = [key for key in ("version", "effective", "replaces", "changes", "notice") if parts.values.get(key)]
        # A key that is given but wrong has its own issue.
        return None, ((_needs(parts, path, given[0], missing),) if given and missing not in given else ())
    policy = PolicyVersion(
        version=fields.version,
        effective=fields.effective,
        notice_days=fields.notice,
        replaces=content_path(fields.replaces, from_path=path, link_root=link_root) if fields.replaces else "",
        jurisdiction=fields.jurisdiction or "",
        changes=tuple(_policy_change(change) for change in fields.changes),
    )
    return policy, ()


def _policy_change(fields: ChangeFields) -> PolicyChange:
    kind = next((kind for kind in ChangeKind if getattr(fields, kind)), None)
    return PolicyChange((getattr(fields, kind) if kind else fields.text) or "", kind, fields.affects or "")


def _announcement(
    fields: ArticleFields, parts: FrontMatter, path: str, link_root: str
) -> tuple[AnnouncementPeriod | None, tuple[Issue, ...]]:
    """Make the period of an announcement; one without any of its keys is an ordinary page."""
    if not isinstance(fields, AnnouncementFields):
        return None, ()
    if fields.starts is None:
        given = [key for key in ("ends", "severity", "queries", "pages", "link") if parts.values.get(key)]
        missing = given and not parts.values.get("starts")
        return None, ((_needs(parts, path, given[0], "starts"),) if missing else ())
    if fields.ends and fields.ends < fields.starts:
        message = f"'ends' ({parts.values['ends']}) is before 'starts' ({parts.values['starts']})"
        return None, (issue("KB121", path, parts.lines.get("ends", 0), message, "Correct one of the two."),)
    pages = (content_path(page, from_path=path, link_root=link_root).rstrip("/") for page in fields.pages)
    period = AnnouncementPeriod(
        fields.starts, fields.ends, fields.severity, fields.queries, tuple(dict.fromkeys(pages)), fields.link or ""
    )
    return period, ()


def _video(
    fields: VideoFields | None, parts: FrontMatter, path: str, link_root: str
) -> tuple[Video | None, tuple[Issue, ...]]:
    """Make the video; files are named by content path, which is also their address. Its captions are read later."""
    if fields is None:
        return None, ()
    addresses: dict[str, str] = {}
    issues: list[Issue] = []
    for key, value in _addresses(fields):
        if value.lower().startswith("https://"):
            addresses[key] = value
        elif ":" in value.partition("/")[0] or value.startswith("//") or "\\" in value:
            line = parts.lines.get(f"video.{key}", 0)
            issues.append(
                issue("KB120", path, line, f"'video.{key}' takes a file or an https address, found '{value}'")
            )
        else:
            addresses[key] = content_path(value, from_path=path, link_root=link_root)
    if issues:
        return None, tuple(issues)
    poster = addresses.get("poster", "")
    return Video(addresses["src"], addresses["captions"], fields.title, poster, uploaded=fields.uploaded), ()


def _addresses(fields: VideoFields) -> Iterator[tuple[str, str]]:
    yield "src", fields.src
    yield "captions", fields.captions
    if fields.poster:
        yield "poster", fields.poster


def with_captions(article: Article, spoken: tuple[Spoken, ...]) -> Article:
    """Return the article with what its video's captions say."""
    return replace(article, video=replace(article.video, spoken=spoken)) if article.video else article
