"""Every rule finds its mistake, on its line, and nothing else; and is quiet where there is none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kb_builder.articles.model import Kind
from kb_builder.articles.new import new_article
from kb_builder.config import load_config
from kb_builder.lint.check import CheckResult, check

from .planted import CANCEL, RETURN, Planted, faq, plant
from .planted import PLANTED as NEW
from .planted_before import BUILD_PLANTED

TODAY = dt.date(2026, 6, 1)
PLANTED = {**BUILD_PLANTED, **NEW}


def run(
    root: Path, planted: Planted | None = None, *, with_search: bool = False, today: dt.date = TODAY
) -> CheckResult:
    return check(load_config(plant(root, planted)), today=today, with_search=with_search)


def codes(result: CheckResult) -> list[str]:
    return [found.code for found in result.issues]


def test_a_sound_help_center_has_no_issues(tmp_path: Path) -> None:
    assert run(tmp_path, with_search=True).issues == ()


@pytest.mark.parametrize("code", sorted(PLANTED))
def test_a_planted_mistake_is_found_on_its_line(tmp_path: Path, code: str) -> None:
    planted = PLANTED[code]

    result = run(tmp_path, planted, with_search=planted.needs_pages)

    assert (code, planted.path, planted.line) in [(found.code, found.path, found.line) for found in result.issues]
    assert {found.code for found in result.issues} - {code, *planted.also} == set()


# ---- no false alarms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "Use the test card 4242 4242 4242 4242.",
        "Order LF-4820193, parcel 1234567890123456, phone 01539 496 0123.",
        "Write to help@example.com or your.name@gmail.com.",
        "Our account is GB29 NWBK 6016 1331 9268 19.",
        "Version 2.4.6-p1 of 2023-08-08.",
    ],
)
def test_examples_and_numbers_of_things_are_no_personal_data(tmp_path: Path, line: str) -> None:
    assert "KB520" not in codes(run(tmp_path, Planted({CANCEL: faq(line)}, CANCEL, 0)))


@pytest.mark.parametrize("line", ["Mail jmurphy81@hotmail.com for a refund.", "IBAN DE02 1203 0000 0000 2020 51"])
def test_private_mailboxes_and_accounts_are_personal_data(tmp_path: Path, line: str) -> None:
    assert "KB520" in codes(run(tmp_path, Planted({CANCEL: faq(line)}, CANCEL, 0)))


@pytest.mark.parametrize(
    "titles",
    [
        ("How do I cancel my order?", "How do I change my order?"),
        ("Install patch 2.4.1 for payments", "Install patch 2.4.2 for payments"),
        ("When can I return an item?", "Why can I return an item?"),
        ("Items you can return", "Items you cannot return"),
        ("Enable the page cache", "Disable the page cache"),
    ],
)
def test_questions_that_differ_in_a_word_that_matters_are_two(tmp_path: Path, titles: tuple[str, str]) -> None:
    files: dict[str, str | bytes | None] = {CANCEL: faq("A.", title=titles[0]), RETURN: faq("B.", title=titles[1])}

    assert "KB820" not in codes(run(tmp_path, Planted(files, CANCEL, 0)))


def test_articles_for_different_readers_may_answer_the_same_question(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        CANCEL: faq("5 working days.", title="How long does a refund take?", front="audience: b2c\n"),
        RETURN: faq("9 working days.", title="How long do refunds take?", front="audience: b2b\n"),
    }

    assert codes(run(tmp_path, Planted(files, CANCEL, 0))) == []


def test_equal_figures_in_other_words_do_not_contradict(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        CANCEL: faq("Refunds take 5 working days, or 8 from abroad.", title="How long does a refund take?"),
        RETURN: faq("A refund takes 5 working days.", title="How long do refunds take?"),
    }

    assert codes(run(tmp_path, Planted(files, CANCEL, 0))) == ["KB820"]


def test_terms_are_found_as_whole_words_outside_code_and_links(tmp_path: Path) -> None:
    text = faq("`shipment` transshipment [label](https://example.com/shipment) the shipment ID", "", "    shipment")
    terms = "- {say: parcel, instead_of: [shipment], but_not_in: [shipment ID]}\n"

    assert codes(run(tmp_path, Planted({CANCEL: text, "terms.yml": terms}, CANCEL, 0))) == []


def test_a_term_may_be_meant_for_one_kind_only(tmp_path: Path) -> None:
    terms = "- {say: parcel, instead_of: [shipment], kinds: [policy]}\n- {say: x}\n"

    result = run(tmp_path, Planted({CANCEL: faq("The shipment."), "terms.yml": terms}, CANCEL, 0))

    assert [(found.code, found.path, found.line) for found in result.issues] == [("KB124", "terms.yml", 2)]


@pytest.mark.parametrize("kind", Kind)
def test_a_draft_that_is_published_as_it_was_made_is_found_once(tmp_path: Path, kind: Kind) -> None:
    plant(tmp_path)
    new = new_article(kind, "Something new", tmp_path / "content", today=TODAY)
    files: dict[str, str | bytes | None] = {f"content/{new[0]}": new[1].replace("draft: true", "# published")}

    assert codes(run(tmp_path, Planted(files, CANCEL, 0))).count("KB833") == 1


@pytest.mark.parametrize(("before", "found"), [("", []), ("See ", ["KB830"])])
def test_titles_of_other_pages_do_not_make_a_text_hard_to_read(tmp_path: Path, before: str, found: list[str]) -> None:
    link = "[International commercial arbitration regulations](https://example.com/)"
    links = [f"- {before}{link}" for _ in range(60)]

    assert codes(run(tmp_path, Planted({CANCEL: faq("Short words only. " * 40, *links)}, CANCEL, 0))) == found


def test_images_that_only_decorate_need_no_text(tmp_path: Path) -> None:
    text = faq('<img src="https://example.com/a.png" alt="">', "![A tent](https://example.com/b.png)")

    assert codes(run(tmp_path, Planted({CANCEL: text}, CANCEL, 0))) == []


# ---- what was published --------------------------------------------------------------------------------------------


def record(root: Path) -> None:
    check(load_config(root / "mkdocs.yml"), today=TODAY, with_search=False, record=True)


def test_what_is_recorded_is_missed_when_it_goes_and_a_redirect_makes_up_for_it(tmp_path: Path) -> None:
    plant(tmp_path)
    record(tmp_path)
    (tmp_path / CANCEL).unlink()

    lost = check(load_config(tmp_path / "mkdocs.yml"), today=TODAY, with_search=False)
    (tmp_path / RETURN).write_text(faq("Text.", title="Back", front="redirect_from: [/faq/orders/cancel/]\n"))
    found_again = check(load_config(tmp_path / "mkdocs.yml"), today=TODAY, with_search=False)

    assert [(found.code, found.path) for found in lost.issues] == [("KB801", "published.txt")]
    assert found_again.issues == ()


def test_recording_keeps_lines_and_adds_new_ones_in_order(tmp_path: Path) -> None:
    plant(tmp_path, Planted({"published.txt": "/zzz/\n", CANCEL: faq("Text.", "", "## Paid orders")}, CANCEL, 0))

    record(tmp_path)
    text = (tmp_path / "published.txt").read_text()
    record(tmp_path)

    assert [line for line in text.splitlines() if not line.startswith("#")] == [
        "/",
        "/faq/orders/",
        "/faq/orders/cancel/",
        "/faq/orders/cancel/#paid-orders",
        "/faq/orders/return/",
        "/zzz/",
    ]
    assert (tmp_path / "published.txt").read_text() == text


def test_the_words_of_a_published_policy_are_fixed_but_its_markup_is_not(tmp_path: Path) -> None:
    policy = tmp_path / "content/policies/terms.md"
    plant(tmp_path)
    policy.parent.mkdir()
    policy.write_text(
        "---\ntitle: Terms\nversion: 1\neffective: 2026-01-01\n---\n"
        "Pay within 14 days. See [us](../faq/orders/cancel.md).\n"
    )
    record(tmp_path)

    policy.write_text(policy.read_text().replace("Pay within", "**Pay**\nwithin"))
    marked = check(load_config(tmp_path / "mkdocs.yml"), today=TODAY, with_search=False)
    policy.write_text(policy.read_text().replace("14", "30"))
    edited = check(load_config(tmp_path / "mkdocs.yml"), today=TODAY, with_search=False)

    assert marked.issues == ()
    assert codes(edited) == ["KB407"]


# ---- levels and baseline -------------------------------------------------------------------------------------------


def test_levels_are_those_of_the_settings(tmp_path: Path) -> None:
    planted = Planted({CANCEL: faq("[here](return.md) [x](no.md)")}, CANCEL, 0, "levels: {KB311: error, KB301: 'off'}")

    assert [(found.code, found.level) for found in run(tmp_path, planted).issues] == [("KB311", "error")]


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ("{KB999: error}", "there is no code 'KB999'"),
        ("{KB206: warning}", "KB206 is always an error"),
        ("{KB301: loud}", "loud"),
    ],
)
def test_wrong_levels_are_refused_with_a_reason(tmp_path: Path, levels: str, message: str) -> None:
    from kb_builder.issues import ConfigError

    with pytest.raises(ConfigError, match=message):
        run(tmp_path, Planted({}, CANCEL, 0, f"levels: {levels}"))


def test_a_baseline_lets_old_problems_pass_and_shows_new_ones(tmp_path: Path) -> None:
    from kb_builder.baseline import make_baseline, write_baseline

    first = run(tmp_path, Planted({CANCEL: faq("[x](no.md)"), RETURN: faq("[x](no.md)", title="R")}, CANCEL, 0))
    write_baseline(tmp_path / "kb-baseline.json", make_baseline(first.issues))

    quiet = check(load_config(tmp_path / "mkdocs.yml"), today=TODAY, with_search=False)
    (tmp_path / RETURN).write_text(faq("Mended.", title="R"))
    (tmp_path / CANCEL).write_text(faq("[x](no.md) [y](none.md)"))
    loud = check(load_config(tmp_path / "mkdocs.yml"), today=TODAY, with_search=False)

    assert (quiet.issues, quiet.known, quiet.mended) == ((), 2, 0)
    assert [(found.code, found.path) for found in loud.issues] == [("KB301", CANCEL)] * 2
    assert (loud.known, loud.mended) == (0, 1)


def test_a_baseline_never_hides_what_cannot_be_built(tmp_path: Path) -> None:
    from kb_builder.baseline import make_baseline

    found = run(tmp_path, Planted({CANCEL: "---\ntitle: x\n"}, CANCEL, 0))

    assert codes(found) == ["KB106", "KB110"]
    assert make_baseline(found.issues) == {CANCEL: {"KB106": 1}}
