"""The command as a newcomer runs it: real processes, real files."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kb_builder.cli import kb as command_group

COMMANDS = sorted(command_group.commands)


def kb(*args, cwd, env=None, **options):
    return subprocess.run(
        [sys.executable, "-m", "kb_builder", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **(env or {})},
        timeout=120,
        check=False,
        **options,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A built help center made by ``kb init``."""
    folder = tmp_path_factory.mktemp("cli") / "shop"
    assert kb("init", str(folder), cwd=folder.parent).returncode == 0
    built = kb("build", cwd=folder)
    assert built.returncode == 0, built.stderr
    return folder


def write_article(project, name, text):
    path = project / "content" / "faq" / "orders" / name
    path.write_text(text, encoding="utf-8")
    return path


def test_version_and_help_name_every_command(tmp_path):
    assert kb("--version", cwd=tmp_path).stdout.startswith("kb ")
    text = kb("--help", cwd=tmp_path).stdout
    assert all(name in text for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_ends_with_a_line_to_copy(name, tmp_path):
    result = kb(name, "--help", cwd=tmp_path)

    assert result.returncode == 0
    assert f"kb {name}" in result.stdout.split("Example:")[1]


def test_a_built_site_is_searched_as_in_the_browser(project):
    found = kb("search", "changed my mind", "--json", "--explain", cwd=project)

    hit = json.loads(found.stdout)["hits"][0]
    assert hit["url"].startswith("faq/orders/cancel-my-order/")
    assert sum(row["score"] for row in hit["explain"]) == hit["score"]


def test_search_narrows_down_and_names_what_is_not_there(project):
    category = kb("search", "order", "--category", "faq/nowhere", cwd=project)

    assert category.returncode == 1
    assert "--category" in category.stderr


def test_search_says_how_sure_it_is(project):
    found = json.loads(kb("search", "How do I cancel my order?", "--json", "--explain", cwd=project).stdout)

    assert (found["confidence"], found["level"]) == (0.97, "sure")
    assert found["answer"]["url"].startswith("faq/orders/cancel-my-order/")
    assert found["grounds"]["is_certain"]


def test_search_as_text_is_plain_when_piped(project):
    found = kb("search", "cancel order", cwd=project)

    assert found.returncode == 0
    assert "How do I cancel my order?" in found.stdout
    assert "\x1b" not in found.stdout
    assert found.stderr == ""


def test_search_without_a_site_says_to_build(tmp_path):
    kb("init", "x", cwd=tmp_path)

    result = kb("search", "anything", cwd=tmp_path / "x")

    assert result.returncode == 1
    assert "kb build" in result.stderr


def test_check_lists_every_issue_then_one_total(project):
    one = write_article(project, "one.md", "---\ntitle: One\ntitle: Two\n---\nx\n")
    two = write_article(project, "two.md", "---\ntitle: Two\nreviewed: 2026-02-31\n---\nx\n")
    try:
        result = kb("check", cwd=project)
        data = kb("check", "--json", cwd=project)
    finally:
        one.unlink()
        two.unlink()

    assert result.returncode == 1
    assert "content/faq/orders/one.md:3: error" in result.stderr
    assert "content/faq/orders/two.md:3: error" in result.stderr
    total, hint = result.stderr.splitlines()[-2:]
    assert total.startswith("2 errors")
    assert hint.startswith("What a code means: kb explain KB")
    assert data.returncode == 1
    issues = json.loads(data.stdout)["issues"]
    assert {issue["line"] for issue in issues if issue["level"] == "error"} == {3}


def test_check_prints_issues_for_other_programs_and_mends_what_it_can(project):
    page = write_article(project, "form.md", "---\ntitle: A form\nsumary: x\n---\n[gone](missing.md)\n")
    try:
        annotations = kb("--config", f"{project.name}/mkdocs.yml", "check", "--format", "github", cwd=project.parent)
        sarif = kb("check", "--no-search", "--format", "sarif", cwd=project)
        mended = kb("check", "--no-search", "--fix", cwd=project)
        text = page.read_text("utf-8")
    finally:
        page.unlink()

    assert f"::warning file={project.name}/content/faq/orders/form.md,line=5,title=KB301::" in annotations.stdout
    assert annotations.stderr == ""
    assert {result["ruleId"] for result in json.loads(sarif.stdout)["runs"][0]["results"]} == {"KB122", "KB301"}
    assert "1 problem mended" in mended.stderr
    assert "summary: x" in text


def test_warnings_fail_only_when_strict(project):
    page = write_article(project, "warn.md", "---\ntitle: A warning\n---\n[gone](missing.md)\n")
    try:
        assert kb("check", cwd=project).returncode == 0
        assert kb("check", "--strict", cwd=project).returncode == 1
        assert kb("build", cwd=project).returncode == 0
        assert kb("build", "--strict", cwd=project).returncode == 1
    finally:
        page.unlink()


def test_check_runs_the_judgments_and_fails_by_name(project):
    judgments = project / "search" / "judgments.yml"
    text = judgments.read_text("utf-8")
    fails = "- {query: xyzzy, article: faq/orders/cancel-my-order.md}\n"
    try:
        passing = kb("check", cwd=project)
        judgments.write_text(text + fails, "utf-8")
        failing = kb("check", cwd=project)
        skipped = kb("check", "--no-search", cwd=project)
        judgments.write_text(text + fails.replace("}", ", status: open}"), "utf-8")
        known = kb("check", "--strict", cwd=project)
        data = json.loads(kb("check", "--json", cwd=project).stdout)
    finally:
        judgments.write_text(text, "utf-8")

    assert (passing.returncode, failing.returncode, skipped.returncode, known.returncode) == (0, 1, 0, 0)
    assert "2 of 2 judged queries find their article" in passing.stdout
    line = len(text.splitlines()) + 1
    assert (
        f"search/judgments.yml:{line}: error KB710: 'xyzzy' should find faq/orders/cancel-my-order.md within 3; "
        "it is not among the first 100 (nothing is found)"
    ) in failing.stderr
    assert "search was not checked" in skipped.stdout
    assert "1 of them open" in known.stdout
    assert [(one["query"], one["rank"], one["open"]) for one in data["judgments"]][-1] == ("xyzzy", None, True)


def test_check_says_which_query_moved_and_what_changed(project):
    kb("check", cwd=project)
    page = write_article(
        project, "twin.md", "---\ntitle: How do I stop my order?\nquestions: [stop my order]\n---\nx\n"
    )
    try:
        moved = kb("check", cwd=project)
        data = json.loads(kb("check", "--json", cwd=project).stdout)
    finally:
        page.unlink()

    assert (
        "'how do i stop my order' 1 → 2: faq/orders/cancel-my-order.md\n        faq/orders/twin.md is new"
        in moved.stdout
    )
    assert data["moved"] == []  # the check before has seen it already


def test_wrong_search_files_stop_check_and_build(project):
    pins = project / "search" / "pins.yml"
    text = pins.read_text("utf-8")
    try:
        pins.write_text(text + "- {query: x, article: faq/orders/cancel-my-ordr.md}\n", "utf-8")
        results = [kb(command, cwd=project) for command in ("check", "build")]
    finally:
        pins.write_text(text, "utf-8")

    for result in results:
        assert result.returncode == 1
        assert "search/pins.yml:5: error KB701: article 'faq/orders/cancel-my-ordr.md' does not exist" in result.stderr
        assert "did you mean 'faq/orders/cancel-my-order.md'?" in result.stderr


def test_a_failing_build_leaves_the_published_site(project):
    before = (project / "site" / "index.html").read_bytes()
    page = write_article(project, "bad.md", "---\ntitle: [unclosed\n---\n")
    try:
        result = kb("build", cwd=project)
    finally:
        page.unlink()

    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert (project / "site" / "index.html").read_bytes() == before


def test_new_articles_pass_the_checks(project):
    for kind, title in [
        ("faq", "Can I pay by tin?"),
        ("guide", "Pack light"),
        ("policy", "Cookies"),
        ("announcement", "Storm"),
    ]:
        made = kb("new", kind, title, *(("--category", "orders") if kind == "faq" else ()), cwd=project)
        assert made.returncode == 0, made.stderr
        path = project / made.stdout.strip()
        assert path.is_file()
        again = kb("new", kind, title, *(("--category", "orders") if kind == "faq" else ()), cwd=project)
        assert again.returncode == 2
        result = kb("check", cwd=project)
        path.unlink()
        assert result.returncode == 0, result.stderr


def test_schemas_are_written_for_editors(project):
    result = kb("schema", "schemas", cwd=project)

    names = {Path(line).name for line in result.stdout.split()}
    assert {"faq.schema.json", "policy.schema.json", "settings.schema.json", "synonyms.schema.json"} <= names
    snippets = json.loads((project / "schemas/kb.code-snippets").read_text("utf-8"))
    assert snippets and all(snippet["prefix"] for snippet in snippets.values())
    for name in names - {"kb.code-snippets"}:
        schema = json.loads((project / "schemas" / name).read_text("utf-8"))
        assert "properties" in schema or "$ref" in schema or schema["type"] == "array"


@pytest.mark.parametrize(
    ("args", "needle"),
    [
        (("build",), "mkdocs.yml"),
        (("bild",), "No such command"),
        (("search",), "QUERY"),
        (("new", "poem", "x"), "poem"),
        (("evaluate", "--corpus", "no.jsonl", "--queries", "no", "--qrels", "no"), "no.jsonl"),
    ],
)
def test_misuse_exits_2_with_one_clear_message(tmp_path, args, needle):
    result = kb(*args, cwd=tmp_path)

    assert result.returncode == 2
    assert needle in result.stderr
    assert "Traceback" not in result.stderr


def test_hostile_settings_are_refused_and_nothing_runs(project):
    """H20, H21"""
    settings = project / "mkdocs.yml"
    text = settings.read_text("utf-8")
    (project / "hook.py").write_text("open('ran.txt', 'w').close()")
    try:
        for line in (
            "hooks: [hook.py]\n",
            "extra: !!python/object/apply:os.system ['touch ran.txt']\n",
            "extra: !ENV HOME\n",
        ):
            settings.write_text(text + line, "utf-8")
            result = kb("build", cwd=project)
            assert result.returncode == 2, line
            assert "Traceback" not in result.stderr
    finally:
        settings.write_text(text, "utf-8")
        (project / "hook.py").unlink()
    assert not (project / "ran.txt").exists()


def test_a_trusted_hook_runs(project):
    settings = project / "mkdocs.yml"
    text = settings.read_text("utf-8")
    (project / "hook.py").write_text("def on_post_page(output, page, config):\n    return output + '<!-- hooked -->'\n")
    try:
        settings.write_text(text + "hooks: [hook.py]\n", "utf-8")
        result = kb("--trust-config", "build", "--site-dir", "site-hooked", cwd=project)
    finally:
        settings.write_text(text, "utf-8")
        (project / "hook.py").unlink()

    assert result.returncode == 0, result.stderr
    assert (project / "site-hooked" / "index.html").read_text("utf-8").endswith("<!-- hooked -->")


def test_a_trusted_theme_folder_replaces_templates(project):
    settings = project / "mkdocs.yml"
    text = settings.read_text("utf-8")
    part = project / "own-theme" / "parts" / "footer.html"
    part.parent.mkdir(parents=True)
    part.write_text("<footer>Made by hand</footer>")
    try:
        settings.write_text(text.replace("theme:\n", "theme:\n  custom_dir: own-theme\n"), "utf-8")
        result = kb("--trust-config", "build", "--site-dir", "site-themed", cwd=project)
    finally:
        settings.write_text(text, "utf-8")

    assert result.returncode == 0, result.stderr
    assert "<footer>Made by hand</footer>" in (project / "site-themed" / "index.html").read_text("utf-8")


def test_a_closed_pipe_is_not_an_error_message(project):
    """H100"""
    result = subprocess.run(
        f'"{sys.executable}" -m kb_builder search order --json | head -c 1',
        shell=True,
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Traceback" not in result.stderr
    assert "BrokenPipe" not in result.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupt_exits_130_without_a_traceback(project):
    """H100"""
    own = signal.signal(signal.SIGINT, signal.default_int_handler)  # A process started in the background ignores it.
    process = subprocess.Popen(
        [sys.executable, "-m", "kb_builder", "serve", "--port", "0"],
        cwd=project,
        stderr=subprocess.PIPE,
        text=True,
    )
    signal.signal(signal.SIGINT, own)
    for line in process.stderr:
        if line.startswith("Serving"):
            break
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=20)[1]

    assert process.returncode == 130
    assert "Traceback" not in rest


def test_the_c_locale_and_a_narrow_terminal_do_no_harm(project):
    """H98, H100"""
    result = kb("search", "cancel", cwd=project, env={"LC_ALL": "C", "LANG": "C", "COLUMNS": "40"})

    assert result.returncode == 0
    assert "Traceback" not in result.stderr


def test_an_unwritable_output_is_one_clear_line(project, tmp_path):
    """H37"""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    result = kb("build", "--site-dir", str(blocked / "site"), cwd=project)

    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "cannot be written" in result.stderr or "not a folder" in result.stderr.lower()


@pytest.mark.parametrize("arguments", [("report", "--demo", "--out"), ("schema",), ("init",)])
def test_a_file_where_a_folder_should_be_made_is_one_clear_line(project, tmp_path, arguments):
    """H37"""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    result = kb(*arguments, str(blocked / "made"), cwd=project)

    assert result.returncode in {1, 2}
    assert "Traceback" not in result.stderr
    assert str(blocked) in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_under_the_output_is_one_clear_line(project):
    """H37"""
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "kb_builder", "search", "cancel"],
            cwd=project,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert result.returncode == 1
    assert result.stderr.splitlines()[0] == "kb: No space left on device"
    assert len(result.stderr.splitlines()) == 2
