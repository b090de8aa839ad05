"""Checked content in, what each page shows out: breadcrumbs, sidebar, cards, related articles, policy versions.

A page's view holds its own category and the top level, never the whole site, so cost grows with the number of pages
and not with its square.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kb_builder.articles.codes import issue
from kb_builder.articles.editions import PUBLIC, for_audience
from kb_builder.articles.languages import with_whole_numbers
from kb_builder.articles.model import Article, Audience, Category, Channel, Content, Kind
from kb_builder.articles.plain import first_paragraph
from kb_builder.articles.policies import PolicyState, policies
from kb_builder.issues import Issue
from kb_builder.site.announcements import FEED_URL, JSON_FEED_URL, banners, banners_of
from kb_builder.site.icons import icon_svg
from kb_builder.site.policy_pages import policy_feed_url, policy_pages, version_links
from kb_builder.site.views import Banner, Behind, Card, Link, PageView, SiteView, TextLanguage

CONTACT_URL = "contact/"
SEARCH_URL = "search/"
THANKS_URL = "thanks/"
NOT_FOUND_URL = "404.html"

_MOST_CARDS = 9
_MOST_TOPICS = 30  # beside the text and at its foot; the home page has all
_MOST_SIBLINGS = 40


@dataclass(frozen=True, slots=True)
class Pages:
    """The view of every page by its URL (empty: the main home page), and what was wrong on the way."""

    views: dict[str, PageView]
    issues: tuple[Issue, ...]


def page_views(content: Content, *, site: SiteView, today: dt.date, only: Collection[str] | None = None) -> Pages:
    """Decide what every page shows.

    Args:
        content: The checked content in one language.
        site: What is the same on every page; its ``top_level`` is filled in here.
        today: Decides which announcements are on and which version of a policy is current.
        only: URLs of the articles and categories that are wanted; their views are the same as among all. The home
            page and the site's own pages are always there.

    Returns:
        Views without ``headings``, which only rendering brings to light.
    """
    tree = _Tree(content)
    site = replace(
        site,
        top_level=_topics(tree, site),
        channels=tuple(_channel(channel, site) for channel in content.contact.channels),
        holidays=content.contact.holidays,
        audiences=_audiences(content, site),
    )
    views = [
        _home(content, tree, site),
        *(
            _home_for(Audience(audience), url, content, site)
            for audience, url in site.audiences
            if only is None or url in only
        ),
        *(
            _category(category, tree, site)
            for category in content.categories.values()
            if only is None or category.url in only
        ),
        *_articles(content, tree, site, today, only),
        PageView(site=site, template="search", title=site.labels["find_label"], url=site.search_url, no_index=True),
        PageView(
            site=site,
            template="contact",
            title=content.contact.title,
            url=site.contact_url,
            summary=content.contact.summary,
            breadcrumbs=(_home_link(content, site),),
            contact_form=content.contact.form,
        ),
    ]
    if site.thanks_url:
        title = site.labels["thanks_title"]
        views.append(PageView(site=site, template="thanks", title=title, url=site.thanks_url, no_index=True))
    if not site.home_url:  # hosts know one page for lost addresses
        title = site.labels.get("not_found_title", "Page not found")
        views.append(PageView(site=site, template="not_found", title=title, url=NOT_FOUND_URL, no_index=True))
    known = [
        (replace(banner, language=_language(content.articles[banner.id], site)), pages)
        for banner, pages in banners(content, pages_by_path(content), today)
    ]
    by_url = {view.url: _with_announcements(view, content, known) for view in views}
    for policy in policies(content.articles, today) if only is None else ():
        by_url |= {view.url: view for view in policy_pages(policy, by_url, content.articles) if view.url not in by_url}
    return Pages(by_url, tuple(_icon_issues(content)))


def _topics(tree: _Tree, site: SiteView) -> tuple[Link, ...]:
    """Return what leads to every topic from any page: the first ones and the home page where there are too many."""
    links = [_category_link(category, site) for category in tree.top_level]
    if len(links) <= _MOST_TOPICS:
        return tuple(links)
    return (*links[: _MOST_TOPICS - 1], Link(site.labels["all_topics"], site.home_url))


def _channel(channel: Channel, site: SiteView) -> Channel:
    """Return a channel whose words can be printed in the direction of the site."""
    if site.direction == "ltr":
        return channel
    return replace(
        channel,
        title=with_whole_numbers(channel.title),
        summary=with_whole_numbers(channel.summary),
        action=with_whole_numbers(channel.action),
    )


class _Tree:
    """The categories by their place: who is below whom, in the order in which they are shown."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self._children: defaultdict[str, list[Category]] = defaultdict(list)
        for category in sorted(content.categories.values(), key=lambda c: (c.order, c.title.casefold(), c.path)):
            self._children[category.parent].append(category)
        self.top_level = tuple(self._children[""])
        self._articles = {category.path: self._below(category) for category in self.top_level}

    def children(self, category: Category) -> Sequence[Category]:
        return self._children[category.path]

    def article_count(self, category: Category) -> int:
        return len(self.articles_below(category))

    def articles_below(self, category: Category) -> Sequence[Article]:
        return self._articles[category.path] if category.path in self._articles else self._below(category)

    def is_for_questions(self, category: Category) -> bool:
        """Say whether a top-level category is one that customers browse for answers, not a shelf of documents."""
        return any(article.kind in (Kind.FAQ, Kind.GUIDE) for article in self._articles[category.path])

    def trail(self, path: str) -> tuple[Category, ...]:
        """Return the categories from the top level down to ``path``."""
        trail: list[Category] = []
        while (category := self.content.categories.get(path)) and category not in trail:
            trail.insert(0, category)
            path = category.parent
        return tuple(trail)

    def _below(self, category: Category) -> list[Article]:
        found: list[Article] = []
        waiting = [category]
        while waiting:
            inside = waiting.pop()
            found += [self.content.articles[path] for path in inside.articles]
            waiting += self._children[inside.path]
        return found


def _home(content: Content, tree: _Tree, site: SiteView) -> PageView:
    for_questions = [category for category in tree.top_level if tree.is_for_questions(category)]
    cards = for_questions[:_MOST_CARDS]
    popular = sorted((a for a in content.articles.values() if a.popular), key=lambda a: (a.popular, a.path))
    return PageView(
        site=site,
        template="home",
        title=content.home.title or site.labels["welcome"],
        url=site.home_url,
        summary=content.home.summary,
        cards=tuple(_card(category, tree, site) for category in cards),
        more=tuple(_category_link(category, site) for category in tree.top_level if category not in cards),
        articles=tuple(_article_link(article, site) for article in popular),
    )


def _home_for(audience: Audience, url: str, content: Content, site: SiteView) -> PageView:
    """Return the home page with only what an audience may read, what is for it alone first."""
    own = for_audience(content, audience)
    view = _home(own, _Tree(own), site)

    def is_for_all(item: Link | Card) -> bool:
        return item.audience != audience

    return replace(
        view,
        url=url,
        audience=audience.value,
        cards=tuple(sorted(view.cards, key=is_for_all)),
        more=tuple(sorted(view.more, key=is_for_all)),
        articles=tuple(sorted(view.articles, key=is_for_all)),
        no_index=True,
    )


def _audiences(content: Content, site: SiteView) -> tuple[tuple[str, str], ...]:
    """Return the audiences of a public site and their home pages; none where nothing is for one of them alone."""
    if not (site.is_public and any(_one_audience([article]) for article in content.articles.values())):
        return ()
    return tuple((audience.value, f"{site.home_url}for/{audience}/") for audience in (Audience.B2C, Audience.B2B))


def _one_audience(articles: Sequence[Article]) -> str:
    """Return the one public audience that articles are for; empty if they are for both."""
    audiences = {
        PUBLIC.intersection(article.audience) or PUBLIC if article.audience else PUBLIC for article in articles
    }
    shared = frozenset[Audience]().union(*audiences)
    return next(iter(shared)).value if len(shared) == 1 else ""


def _category(category: Category, tree: _Tree, site: SiteView) -> PageView:
    trail = tree.trail(category.path)
    return PageView(
        site=_current(site, trail[0].url),
        template="category",
        title=category.title,
        url=category.url,
        summary=category.summary,
        breadcrumbs=(_home_link(tree.content, site), *(_category_link(above, site) for above in trail[:-1])),
        cards=tuple(_card(child, tree, site) for child in tree.children(category)),
        articles=tuple(_article_link(tree.content.articles[path], site) for path in category.articles),
        text_language=_language(category, site),
        no_index=category.untranslated,
    )


def _articles(
    content: Content, tree: _Tree, site: SiteView, today: dt.date, only: Collection[str] | None
) -> Iterator[PageView]:
    dated = {version.path: policy for policy in policies(content.articles, today) for version in policy.versions}
    by_category: defaultdict[str, list[Article]] = defaultdict(list)
    for article in content.articles.values():
        if only is None or article.url in only:
            by_category[article.category].append(article)
    links = _Links(content.articles, site)
    for path, articles in by_category.items():
        trail = tree.trail(path)
        crumbs = (_home_link(content, site), *(_category_link(category, site) for category in trail))
        category_site = _current(site, trail[0].url) if trail else site
        siblings = [links[sibling] for sibling in trail[-1].articles] if trail else []
        places = {link.url: place for place, link in enumerate(siblings)}
        for article in articles:
            policy = dated.get(article.path)
            versions = version_links(policy, shown=article.path) if policy else ()
            state = next((version.state for version in versions if version.shown), "")
            yield PageView(
                site=category_site,
                template="article",
                title=article.title,
                url=article.url,
                summary=article.summary,
                lead=_lead(article),
                breadcrumbs=crumbs,
                sidebar=_neighbours(siblings, places.get(article.url)),
                sidebar_title=trail[-1].title if trail else "",
                article=article,
                related=tuple(links[other] for other in article.related if other in content.articles),
                versions=versions,
                policy_state=state,
                canonical=policy.latest_url if policy and state == PolicyState.CURRENT else "",
                feed_url=policy_feed_url(policy) if policy and site.url and not article.untranslated else "",
                no_index=article.untranslated or state in (PolicyState.SUPERSEDED, PolicyState.UPCOMING),
                text_language=_language(article, site),
                behind=_behind(article, content, site),
            )


class _Links(dict[str, Link]):
    """The link to each article by its path, made once: lists and related articles show the same ones."""

    def __init__(self, articles: Mapping[str, Article], site: SiteView) -> None:
        self._articles, self._site = articles, site

    def __missing__(self, path: str) -> Link:
        link = self[path] = _article_link(self._articles[path], self._site)
        return link


def _lead(article: Article) -> str:
    """Return what stands under the title: a summary made from the text's own beginning would be read twice."""
    begins_with_it = first_paragraph(article.body, limit=10_000).startswith(article.summary.rstrip("….").strip())
    return "" if begins_with_it else article.summary


def _neighbours(siblings: Sequence[Link], place: int | None) -> tuple[Link, ...]:
    """Return a category's articles, or in a very large one those around the article itself, which is marked."""
    middle = place or 0
    start = max(0, min(middle - _MOST_SIBLINGS // 2, len(siblings) - _MOST_SIBLINGS))
    shown = list(siblings[start : start + _MOST_SIBLINGS])
    if place is not None:
        shown[place - start] = replace(shown[place - start], current=True)
    return tuple(shown)


def _with_announcements(view: PageView, content: Content, known: Sequence[tuple[Banner, tuple[str, ...]]]) -> PageView:
    """Return a view with its banners and, where announcements are read, with their feeds."""
    own = banners_of(view.url, known)
    view = replace(view, site=replace(view.site, banners=own)) if own else view
    is_read_here = view.template == "home" or (view.article is not None and view.article.announcement is not None)
    if not (is_read_here and view.site.url and any(article.announcement for article in content.articles.values())):
        return view
    home = view.site.home_url
    return replace(view, feed_url=f"{home}{FEED_URL}", json_feed_url=f"{home}{JSON_FEED_URL}")


def _current(site: SiteView, url: str) -> SiteView:
    """Mark the top-level category that a page belongs to."""
    return replace(site, top_level=tuple(replace(link, current=link.url == url) for link in site.top_level))


def _home_link(content: Content, site: SiteView) -> Link:
    return Link(content.home.title or site.name, site.home_url)


def _category_link(category: Category, site: SiteView) -> Link:
    return Link(category.title, category.url, category.summary, language=_language(category, site))


def _article_link(article: Article, site: SiteView) -> Link:
    audience = _one_audience([article]) if site.is_public else ""
    return Link(article.title, article.url, article.summary, language=_language(article, site), audience=audience)


def _card(category: Category, tree: _Tree, site: SiteView) -> Card:
    return Card(
        title=category.title,
        url=category.url,
        summary=category.summary,
        icon_svg=icon_svg(category.icon),
        article_count=tree.article_count(category),
        language=_language(category, site),
        audience=_one_audience(tree.articles_below(category)) if site.is_public else "",
    )


def _behind(article: Article, content: Content, site: SiteView) -> Behind | None:
    outdated = content.outdated.get(article.path)
    if outdated is None or site.main_language is None:
        return None
    return Behind(outdated.changed, article.url.removeprefix(site.home_url), site.main_language)


def _language(shown: Article | Category, site: SiteView) -> TextLanguage | None:
    return site.main_language if shown.untranslated else None


def _icon_issues(content: Content) -> Iterator[Issue]:
    for category in content.categories.values():
        if category.icon and not icon_svg(category.icon):
            yield issue("KB620", f"{category.path}/index.md", 0, f"there is no icon '{category.icon}'")


def pages_by_path(content: Content) -> Mapping[str, str]:
    """Return the URL of each article and category by its content path; the home page's path is empty."""
    return {
        "": "",
        **{path: category.url for path, category in content.categories.items()},
        **{path: article.url for path, article in content.articles.items()},
    }


def editions_with_urls(
    editions: Mapping[str, Content], main_language: str
) -> Iterator[tuple[str, Content, Mapping[str, str]]]:
    """Yield the tag of each language, what it shows, and the URLs of that by content path.

    Args:
        editions: See `translations.shown_in_languages`.
        main_language: Tag of the main one.
    """
    return ((language or main_language, shown, pages_by_path(shown)) for language, shown in editions.items())
