"""The manual says what is true."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kb_builder.articles.codes import CODES
from kb_builder.cli import kb

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tools.issue_pages import issue_pages  # noqa: E402 - found by the path above
from tools.write_reference import reference_pages  # noqa: E402 - as well


@pytest.mark.parametrize("name", sorted(reference_pages()))
def test_the_reference_is_what_the_code_says(name):
    """Mend with: python -m tools.write_reference"""
    assert (ROOT / "docs" / "reference" / name).read_text("utf-8") == reference_pages()[name]


def test_each_code_has_a_page_with_what_kb_says_of_a_real_mistake():
    """Mend with: python -m tools.write_reference"""
    folder = ROOT / "docs" / "reference"
    written = {f"issues/{path.name}": path.read_text("utf-8") for path in (folder / "issues").iterdir()}

    assert written == issue_pages()
    assert {f"issues/{code.lower()}.md" for code in CODES} == set(written) - {"issues/index.md"}


def test_every_command_is_documented():
    reference = reference_pages()
    assert all(f"## kb {name}\n" in reference["commands.md"] for name in kb.commands)


def test_the_manual_names_only_commands_and_options_that_exist():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for line in re.findall(r"^\s*kb (.+)$", page.read_text("utf-8"), re.MULTILINE):
            words = line.split()
            name = next((word for word in words if word in kb.commands), None)
            assert name or words[0].startswith("-"), f"{page.name}: kb {line}"
            command = kb.commands[name] if name else kb
            inner = getattr(command, "commands", {}).values() if name else ()
            known = {opt for each in (kb, command, *inner) for param in each.params for opt in param.opts}
            for option in re.findall(r"(?<!\S)--[a-z-]+", line.partition("#")[0]):
                assert option in known | {"--help", "--version"}, f"{page.name}: kb {line}"


def test_the_manual_is_built_by_kb_builder_without_a_warning(tmp_path):
    built = subprocess.run(
        [
            sys.executable,
            "-m",
            "kb_builder",
            "-f",
            "mkdocs.docs.yml",
            "build",
            "--strict",
            "--site-dir",
            str(tmp_path / "site"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert built.returncode == 0, built.stderr


def test_nothing_names_a_machine_or_a_registry():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    registries = re.compile(
        rb"py" + rb"pi\.org|pythonhosted" + rb"\.org|npm" + rb"js\.(?:org|com)|deb\.deb" + rb"ian\.org"
    )
    for name in filter(None, listed.stdout.split(b"\0")):
        path = ROOT / name.decode()
        if path.is_file():
            assert not registries.search(path.read_bytes()), path
