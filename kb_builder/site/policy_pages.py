"""The views of a policy's versions in, the pages that belong to the policy as a whole out.

These are: the policy at an address that never changes (``latest/``), and a comparison of any two of its versions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from kb_builder.articles.model import Article
from kb_builder.articles.policies import Policy, PolicyState, VersionState
from kb_builder.articles.redline import Change, redline
from kb_builder.site.views import Comparison, Link, PageView, VersionLink

# Of a longer history each version is compared with the one before it and with the one in force.
_MOST_COMPARED = 12


def policy_feed_url(policy: Policy) -> str:
    """Return the address of a policy's feed."""
    return f"{policy.address}feed.xml"


def version_links(policy: Policy, *, shown: str) -> tuple[VersionLink, ...]:
    """Return what the page of the version at path ``shown`` lists: all versions, with how each compares with it."""
    urls = comparison_urls(policy)
    return tuple(
        VersionLink(
            version=version.version,
            url=version.url,
            effective=version.effective,
            until=version.until,
            state=version.state.value,
            shown=version.path == shown,
            compare_url=urls.get((version.path, shown)) or urls.get((shown, version.path), ""),
        )
        for version in policy.versions
    )


def comparison_urls(policy: Policy) -> dict[tuple[str, str], str]:
    """Return the address of each comparison by the content paths of the older and the newer version."""
    oldest_first = policy.versions[::-1]
    pairs = list(combinations(oldest_first, 2))
    if len(oldest_first) > _MOST_COMPARED:
        neighbours = set(pairwise(oldest_first))
        pairs = [pair for pair in pairs if pair in neighbours or any(v.state is PolicyState.CURRENT for v in pair)]
    return {(old.path, new.path): f"{new.url}since-{_name(old, oldest_first)}/" for old, new in pairs}


def policy_pages(policy: Policy, views: Mapping[str, PageView], articles: Mapping[str, Article]) -> Iterator[PageView]:
    """Make the pages of one policy.

    Args:
        policy: The policy.
        views: The view of each version by its URL.
        articles: By content path.
    """
    if policy.latest_url:
        yield replace(views[policy.listed.url], url=policy.latest_url, canonical="")
    for (old_path, new_path), url in comparison_urls(policy).items():
        yield _comparison(articles[old_path], articles[new_path], url, views)


def _comparison(old: Article, new: Article, url: str, views: Mapping[str, PageView]) -> PageView:
    view = views[new.url]
    links = {link.url: link for link in view.versions}
    renamed = old.title != new.title
    blocks = redline(*(f"# {one.title}\n\n{one.body}" if renamed else one.body for one in (old, new)))
    return PageView(
        site=view.site,
        template="comparison",
        title=view.title,
        url=url,
        breadcrumbs=(*view.breadcrumbs, Link(new.title, new.url)),
        article=new,
        versions=view.versions,
        comparison=Comparison(
            old=links[old.url],
            new=links[new.url],
            blocks=blocks or (),
            too_long=blocks is None,
            changed_count=sum(block.change is not Change.SAME for block in blocks or ()),
        ),
        no_index=True,
    )


def _name(version: VersionState, versions: Sequence[VersionState]) -> str:
    """Return the last part of a version's address; with its folder, where another version has the same."""
    parts = version.url.strip("/").split("/")
    alike = [other for other in versions if other.url.strip("/").rpartition("/")[2] == parts[-1]]
    return parts[-1] if len(alike) == 1 else "-".join(parts)
