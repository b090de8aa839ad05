"""Which version of a policy applies on a day, and which lists of versions contradict themselves.

The rule: the versions of one policy are those linked by ``replaces``. On a given day the *current* one is the version
that took effect last, on that day or before; earlier ones are *superseded*, later ones *upcoming*. There is never more
than one current version; before the first takes effect there is none.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kb_builder.articles.codes import issue
from kb_builder.articles.file_names import folder_of
from kb_builder.articles.model import Article, Kind, PolicyVersion
from kb_builder.issues import Issue


class PolicyState(StrEnum):
    """Whether a version applies."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    UPCOMING = "upcoming"


@dataclass(frozen=True, slots=True)
class VersionState:
    """One version of a policy on a given day. ``until`` is the first day on which the next version applies."""

    path: str
    url: str
    version: str
    effective: dt.date
    state: PolicyState
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """All versions of one policy.

    Attributes:
        address: Site-relative URL that stays whatever versions come: that of the folder they share, else that of the
            first version. What belongs to the policy and not to one version is published below it.
        versions: Newest first.
    """

    address: str
    versions: tuple[VersionState, ...]

    @property
    def listed(self) -> VersionState:
        """The version that lists show: the current one, or while there is none the first to come."""
        return next((version for version in self.versions if version.state is PolicyState.CURRENT), self.versions[-1])

    @property
    def latest_url(self) -> str:
        """The address that always shows the version in force; empty while there is none, or only one version."""
        is_current = self.listed.state is PolicyState.CURRENT
        return f"{self.address}latest/" if is_current and len(self.versions) > 1 else ""


def policies(articles: Mapping[str, Article], today: dt.date) -> tuple[Policy, ...]:
    """Return every policy with its versions, in the order of their addresses.

    Args:
        articles: By content path, as in `Content.articles`.
        today: The day asked about.
    """
    folders = version_folders(articles)
    found: list[Policy] = []
    for family in _families(articles):
        newest_first = sorted(family, key=lambda article: (_dated(article).effective, article.path), reverse=True)
        current = next((article.path for article in newest_first if _dated(article).effective <= today), "")
        ends = [None, *(_dated(article).effective for article in newest_first)]
        states = tuple(
            _state(article, current=current, today=today, until=until)
            for article, until in zip(newest_first, ends, strict=False)
        )
        first = newest_first[-1]
        shared = {folder_of(article.path) for article in family} == {folder_of(first.path)} <= folders
        found.append(Policy(_address_above(first) if shared else first.url, states))
    return tuple(sorted(found, key=lambda policy: policy.address))


def policy_versions(articles: Mapping[str, Article], today: dt.date) -> dict[str, tuple[VersionState, ...]]:
    """Return, for each article that is a version of a policy, all versions of that policy, newest first."""
    return {state.path: policy.versions for policy in policies(articles, today) for state in policy.versions}


def listed_policies(articles: Mapping[str, Article], today: dt.date) -> dict[str, bool]:
    """Say for each version whether lists show it: the current one, or while there is none the first to come."""
    every = policies(articles, today)
    return {version.path: version == policy.listed for policy in every for version in policy.versions}


def version_redirects(articles: Mapping[str, Article], today: dt.date) -> dict[str, str]:
    """Return, for the address of each folder of versions (``policies/privacy/``), where the version in force is shown.

    That is the address that will show later versions too, where there is one.
    """
    folders = version_folders(articles)
    taken = {article.url for article in articles.values()}
    redirects: dict[str, str] = {}
    for policy in policies(articles, today):
        path = policy.listed.path
        address = _address_above(articles[path])
        if folder_of(path) in folders and address not in taken:
            redirects[address] = policy.latest_url or policy.listed.url
    return redirects


def policy_issues(articles: Mapping[str, Article]) -> Iterator[Issue]:
    """Yield what contradicts itself: missing, doubled or circular ``replaces``, and dates that clash."""
    replaced_by: defaultdict[str, list[Article]] = defaultdict(list)
    for article in _policies(articles):
        policy = _dated(article)
        line = article.lines.get("replaces", 0)
        if not policy.replaces:
            continue
        replaced_by[policy.replaces].append(article)
        before = articles.get(policy.replaces)
        if before is None or before.policy is None:
            yield issue(
                "KB404", article.path, line, f"replaces '{policy.replaces}', which is not a version of a policy"
            )
        elif policy.replaces in _chain(articles, article.path)[1]:
            yield issue("KB402", article.path, line, f"replaces '{policy.replaces}', which leads back to this version")
        elif before.policy.effective > policy.effective:
            message = f"takes effect on {policy.effective}, before '{policy.replaces}' ({before.policy.effective})"
            yield issue("KB405", article.path, article.lines.get("effective", line), message)
    for path, articles_after in sorted(replaced_by.items()):
        for article in articles_after if len(articles_after) > 1 else ():
            others = " and ".join(f"'{other.path}'" for other in articles_after if other is not article)
            yield issue("KB403", article.path, article.lines.get("replaces", 0), f"replaces '{path}', as {others} does")
    for family in _families(articles):
        yield from _same_day_issues(family)


def rival_issues(articles: Mapping[str, Article], today: dt.date) -> Iterator[Issue]:
    """Yield versions that apply at once: one folder, one title and one jurisdiction, and nothing that links them."""
    rivals: defaultdict[tuple[str, str, str], list[Article]] = defaultdict(list)
    for path, states in policy_versions(articles, today).items():
        if any(state.path == path and state.state is PolicyState.CURRENT for state in states):
            article = articles[path]
            key = (folder_of(path), article.title.casefold(), _dated(article).jurisdiction.casefold())
            rivals[key].append(article)
    for together in rivals.values():
        for article in together if len(together) > 1 else ():
            others = " and ".join(f"'{other.path}'" for other in together if other is not article)
            message = f"version {_dated(article).version} of '{article.title}' applies today, and so does {others}"
            yield issue("KB406", article.path, article.lines.get("effective", 0), message)


def version_folders(articles: Mapping[str, Article], *, with_index: Collection[str] = ()) -> frozenset[str]:
    """Return the folders that hold nothing but versions of one policy, such as ``policies/privacy``.

    Such a folder is no category: its articles belong to the category above it. It lies below another folder, has no
    ``index.md``, and every file in it is linked to another by ``replaces`` or is named for its version (``1.0.md``).

    Args:
        articles: By content path.
        with_index: Folders that have an ``index.md``.
    """
    by_folder: dict[str, list[Article]] = {folder_of(path): [] for path, article in articles.items() if article.policy}
    if not by_folder:
        return frozenset()
    folders = set[str]()
    for path, article in articles.items():
        folders.add(folder := folder_of(path))
        if folder in by_folder:
            by_folder[folder].append(article)
    parents = {folder_of(folder) for folder in folders if folder}
    linked: set[str] = set()
    for article in _policies(articles):
        if folder_of(_dated(article).replaces) == folder_of(article.path):
            linked |= {article.path, _dated(article).replaces}
    return frozenset(
        folder
        for folder, inside in by_folder.items()
        if "/" in folder
        and folder not in parents
        and folder not in with_index
        and all(article.path in linked or _is_named_for_its_version(article) for article in inside)
    )


def _address_above(article: Article) -> str:
    return article.url.rstrip("/").rpartition("/")[0] + "/"


def _is_named_for_its_version(article: Article) -> bool:
    stem = article.path.rpartition("/")[2].rpartition(".")[0].lower()
    return article.policy is not None and stem.removeprefix("v") == article.policy.version.lower().removeprefix("v")


def _policies(articles: Mapping[str, Article]) -> list[Article]:
    dated = (path for path, article in articles.items() if article.policy and article.kind is Kind.POLICY)
    return [articles[path] for path in sorted(dated)]


def _dated(article: Article) -> PolicyVersion:
    assert article.policy is not None
    return article.policy


def _families(articles: Mapping[str, Article]) -> list[list[Article]]:
    """Group versions that are linked by ``replaces`` in either direction, each group in path order."""
    policies = _policies(articles)
    leader = {article.path: article.path for article in policies}

    def find(path: str) -> str:
        while leader[path] != path:
            leader[path] = leader[leader[path]]
            path = leader[path]
        return path

    for article in policies:
        replaces = _dated(article).replaces
        if replaces in leader:
            leader[find(article.path)] = find(replaces)
    families: defaultdict[str, list[Article]] = defaultdict(list)
    for article in policies:
        families[find(article.path)].append(article)
    return list(families.values())


def _state(article: Article, *, current: str, today: dt.date, until: dt.date | None) -> VersionState:
    policy = _dated(article)
    state = PolicyState.UPCOMING if policy.effective > today else PolicyState.SUPERSEDED
    if article.path == current:
        state = PolicyState.CURRENT
    return VersionState(article.path, article.url, policy.version, policy.effective, state, until)


def _chain(articles: Mapping[str, Article], path: str) -> tuple[str, frozenset[str]]:
    """Follow ``replaces`` to the first version; return where it ends and, if it never does, the circle."""
    seen: list[str] = []
    while path not in seen:
        seen.append(path)
        article = articles.get(path)
        if article is None or article.policy is None or not article.policy.replaces:
            return path, frozenset()
        path = article.policy.replaces
    return path, frozenset(seen[seen.index(path) :])


def _same_day_issues(family: list[Article]) -> Iterator[Issue]:
    by_day: defaultdict[dt.date, list[Article]] = defaultdict(list)
    for article in family:
        by_day[_dated(article).effective].append(article)
    for day, together in sorted(by_day.items()):
        for article in together if len(together) > 1 else ():
            others = " and ".join(f"'{other.path}'" for other in together if other is not article)
            yield issue(
                "KB401", article.path, article.lines.get("effective", 0), f"takes effect on {day}, as {others} does"
            )
