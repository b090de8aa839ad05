"""H31: which version of a policy applies is a stated rule, and there are never two current ones."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_builder.articles.model import Article, Kind, PolicyVersion
from kb_builder.articles.policies import PolicyState, policy_issues, policy_versions

from .conftest import ContentFolder, places

DAY = dt.date(2026, 6, 1)


def policy(path: str, effective: str, replaces: str = "") -> Article:
    version = PolicyVersion(version=path, effective=dt.date.fromisoformat(effective), replaces=replaces)
    return Article(
        path, f"{path}/", Kind.POLICY, "Privacy", "Text\n", policy=version, lines={"effective": 3, "replaces": 4}
    )


def by_path(*articles: Article) -> dict[str, Article]:
    return {article.path: article for article in articles}


def states(articles: dict[str, Article], path: str, today: dt.date = DAY) -> list[tuple[str, str]]:
    return [(state.path, state.state.value) for state in policy_versions(articles, today)[path]]


THREE = by_path(policy("1", "2024-01-01"), policy("2", "2026-06-01", "1"), policy("3", "2026-09-01", "2"))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2023-01-01", ["upcoming", "upcoming", "upcoming"]),
        ("2024-01-01", ["upcoming", "upcoming", "current"]),
        ("2026-05-31", ["upcoming", "upcoming", "current"]),
        ("2026-06-01", ["upcoming", "current", "superseded"]),
        ("2026-08-31", ["upcoming", "current", "superseded"]),
        ("2030-01-01", ["current", "superseded", "superseded"]),
    ],
)
def test_h31_the_last_version_to_take_effect_is_current(today: str, expected: list[str]) -> None:
    for path in THREE:
        assert states(THREE, path, dt.date.fromisoformat(today)) == list(zip(["3", "2", "1"], expected, strict=True))


def test_policies_that_are_not_linked_are_separate() -> None:
    articles = by_path(policy("a", "2024-01-01"), policy("b", "2025-01-01"))

    assert states(articles, "a") == [("a", "current")]
    assert states(articles, "b") == [("b", "current")]


def test_h31_two_versions_with_one_date_are_errors_and_still_only_one_is_current() -> None:
    articles = by_path(policy("1", "2024-01-01"), policy("2", "2024-01-01", "1"))

    assert [state for _, state in states(articles, "1")] == ["current", "superseded"]
    assert places(tuple(policy_issues(articles))) == [("KB401", "1", 3), ("KB401", "2", 3)]


def test_versions_that_replace_each_other_in_a_circle_are_errors() -> None:
    articles = by_path(policy("1", "2024-01-01", "3"), policy("2", "2025-01-01", "1"), policy("3", "2026-01-01", "2"))

    assert [found.code for found in policy_issues(articles)] == ["KB402", "KB402", "KB402"]
    assert [state for _, state in states(articles, "1")].count("current") == 1


def test_a_version_that_replaces_itself_is_an_error() -> None:
    assert [found.code for found in policy_issues(by_path(policy("1", "2024-01-01", "1")))] == ["KB402"]


def test_two_versions_that_replace_the_same_one_are_errors() -> None:
    articles = by_path(policy("1", "2024-01-01"), policy("2", "2025-01-01", "1"), policy("3", "2026-01-01", "1"))

    assert places(tuple(policy_issues(articles))) == [("KB403", "2", 4), ("KB403", "3", 4)]


def test_a_version_that_replaces_nothing_that_exists_is_an_error() -> None:
    assert places(tuple(policy_issues(by_path(policy("2", "2025-01-01", "1"))))) == [("KB404", "2", 4)]


def test_a_version_may_not_take_effect_before_the_one_it_replaces() -> None:
    articles = by_path(policy("1", "2025-01-01"), policy("2", "2024-01-01", "1"))

    assert places(tuple(policy_issues(articles))) == [("KB405", "2", 3)]


@given(
    st.lists(st.tuples(st.dates(dt.date(2020, 1, 1), dt.date(2020, 1, 9)), st.integers(0, 7)), max_size=7),
    st.dates(dt.date(2019, 12, 30), dt.date(2020, 1, 12)),
)
def test_h31_whatever_replaces_what_no_policy_has_two_current_versions(
    rows: list[tuple[dt.date, int]], today: dt.date
) -> None:
    articles = by_path(*(policy(str(n), str(day), str(before)) for n, (day, before) in enumerate(rows)))

    for path, family in policy_versions(articles, today).items():
        current = [state for state in family if state.state is PolicyState.CURRENT]
        in_force = [state for state in family if state.effective <= today]
        assert len(current) == bool(in_force)
        assert all(state.effective <= current[0].effective for state in in_force)
        assert path in [state.path for state in family]
    list(policy_issues(articles))


def version(number: str, effective: str, replaces: str = "") -> str:
    line = f"replaces: {replaces}\n" if replaces else ""
    return f"---\ntitle: Privacy\nversion: {number}\neffective: {effective}\n{line}---\nText"


def test_h31_a_folder_of_versions_is_no_category_and_lists_show_the_current_one(folder: ContentFolder) -> None:
    folder.write("policies/index.md", "# Policies").write("policies/cookies.md", version("1.0", "2025-01-01"))
    folder.write("policies/privacy/1.0.md", version("1.0", "2024-01-01"))
    folder.write("policies/privacy/2.0.md", version("2.0", "2026-06-01", "1.0.md"))

    before, after = folder.read(today=dt.date(2026, 5, 31)), folder.read(today=dt.date(2026, 6, 1))

    assert before.issues == ()
    assert list(before.categories) == ["policies"]
    assert before.categories["policies"].articles == ("policies/cookies.md", "policies/privacy/1.0.md")
    assert after.categories["policies"].articles == ("policies/cookies.md", "policies/privacy/2.0.md")
    old = after.articles["policies/privacy/1.0.md"]
    assert (old.url, old.category) == ("policies/privacy/1.0/", "policies")
    new = after.articles["policies/privacy/2.0.md"]
    assert new.policy and new.policy.replaces == "policies/privacy/1.0.md"


def test_h31_before_its_first_day_a_policy_is_listed_as_the_one_to_come(folder: ContentFolder) -> None:
    folder.write("policies/privacy/1.0.md", version("1.0", "2027-01-01"))
    folder.write("policies/privacy/2.0.md", version("2.0", "2028-01-01", "1.0.md"))

    assert folder.read().categories["policies"].articles == ("policies/privacy/1.0.md",)


def test_dated_policies_beside_each_other_stay_in_their_category(folder: ContentFolder) -> None:
    folder.write("policies/cookies.md", version("1.0", "2025-01-01"))
    folder.write("policies/uk/returns.md", version("1.0", "2025-01-01"))
    folder.write("policies/uk/shipping.md", version("1.0", "2025-01-01"))

    assert folder.read().categories["policies/uk"].articles == ("policies/uk/returns.md", "policies/uk/shipping.md")


@pytest.mark.parametrize(("keys", "line"), [("version: 1.0", 3), ("effective: 2025-01-01", 3), ("changes: [a]", 3)])
def test_version_and_date_need_each_other(folder: ContentFolder, keys: str, line: int) -> None:
    issues = folder.issues_of(f"---\ntitle: A\n{keys}\n---\nText", "policies/a.md")

    assert places(issues) == [("KB124", "content/policies/a.md", line)]


def test_a_wrong_date_is_reported_once(folder: ContentFolder) -> None:
    issues = folder.issues_of("---\ntitle: A\nversion: 1.0\neffective: 2025-02-30\n---\nText", "policies/a.md")

    assert places(issues) == [("KB121", "content/policies/a.md", 4)]


def test_a_folder_of_versions_with_an_index_page_is_a_category(folder: ContentFolder) -> None:
    folder.write("policies/privacy/index.md", "# Privacy").write(
        "policies/privacy/1.0.md", version("1.0", "2024-01-01")
    )

    assert folder.read().categories["policies/privacy"].articles == ("policies/privacy/1.0.md",)
