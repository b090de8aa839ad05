"""Make a new help center: the starter files, or a folder of Markdown that already exists."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from kb_builder.issues import KbError
from kb_builder.origin import requirement

_STARTER = Path(__file__).resolve().parent / "starter"
CONTACT_FILE = "contact.yml"
_RENAMED = {"gitignore": ".gitignore"}  # a real .gitignore would hide the starter's own files from packaging
_RECIPES = {
    "github": {
        "github-check.yml": ".github/workflows/check.yml",
        "github-publish.yml": ".github/workflows/publish.yml",
        "github-insights.yml": ".github/workflows/insights.yml",
    },
    "gitlab": {"gitlab-ci.yml": ".gitlab-ci.yml"},
    "pre-commit": {"pre-commit-config.yaml": ".pre-commit-config.yaml"},
    "container": {"Containerfile": "Containerfile"},
}
RECIPES = tuple(_RECIPES)
_ROOT_LINK = re.compile(r"\]\((/[^/()\s]+/)[^()\s]*\.md\b")


def init_project(
    folder: Path, *, source: Path | None = None, name: str = "", ci: Collection[str] = RECIPES
) -> tuple[Path, ...]:
    """Write a help center into ``folder`` that is ready to build.

    Args:
        folder: Must be new or empty.
        source: Copied into ``content/`` as it is, file by file; symbolic links are left out. The root of links
            such as ``/help/orders.md`` is recognised and set as ``content.link_root``. Without a source, the starter's
            articles are used.
        name: Name of the help center; made from the folder's name when empty.
        ci: Which recipes to lay down: github, gitlab, pre-commit, container.

    Returns:
        The files written, relative to ``folder``, sorted.

    Raises:
        KbError: ``folder`` holds files already, lies inside ``source``, or cannot be written.
    """
    if folder.exists() and any(folder.iterdir()):
        raise KbError(f"{folder}: is not empty", hint="Name a new folder.", exit_code=2)
    if source and folder.resolve().is_relative_to(source.resolve()):
        raise KbError(f"{folder}: lies inside {source}", hint="Name a folder elsewhere.", exit_code=2)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _copy(_STARTER, folder, skip=("content", "recipes") if source else ("recipes",))
        _add_recipes(folder, ci)
        link_root = ""
        if source:
            _copy(source, folder / "content")
            _leave_comments(folder / "search")
            if not (folder / "content" / CONTACT_FILE).exists():  # nobody should meet a help center without a way out
                shutil.copyfile(_STARTER / "content" / CONTACT_FILE, folder / "content" / CONTACT_FILE)
            link_root = find_link_root(folder / "content")
        site_name = name or re.sub(r"[-_]+", " ", folder.resolve().name).strip().capitalize() or "Help center"
        (folder / "mkdocs.yml").write_text(_settings(site_name, link_root), encoding="utf-8")
    except OSError as error:
        raise KbError(
            f"{error.filename or folder}: cannot be written: {error.strerror}", hint="Check the folder's permissions."
        ) from None
    return tuple(sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file()))


def find_link_root(content_dir: Path) -> str:
    """Return the prefix that most root-relative Markdown links share (``/help/``), or an empty string.

    A prefix that is the name of a folder in the content is none: those links are relative to the content itself.
    """
    counts: Counter[str] = Counter()
    for path in sorted(content_dir.rglob("*.md")):
        counts.update(_ROOT_LINK.findall(path.read_text(encoding="utf-8", errors="replace")))
    for prefix, _count in counts.most_common(1):
        if not (content_dir / prefix.strip("/")).is_dir():
            return prefix
    return ""


def _copy(source: Path, target: Path, *, skip: tuple[str, ...] = ()) -> None:
    """Copy plain files; links are never followed, hidden folders and files are left out."""
    for folder, names, files in os.walk(source):
        here = Path(folder)
        names[:] = sorted(
            n
            for n in names
            if not n.startswith(".") and not (here / n).is_symlink() and n not in skip and n != "__pycache__"
        )
        for name in sorted(files):
            if name.startswith(".") or (here / name).is_symlink():
                continue
            to = target / here.relative_to(source) / _RENAMED.get(name, name)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(here / name, to)


def _add_recipes(folder: Path, chosen: Collection[str]) -> None:
    """Lay down the recipes for CI, and the list of what they install."""
    for kind in chosen:
        for name, target in _RECIPES[kind].items():
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_STARTER / "recipes" / name, folder / target)
    comment = (
        "# What CI and the container install: the kb_builder that made this folder. If your CI cannot get it from\n"
        '# there, see "Where CI gets kb_builder" in the manual, how-to/check-in-ci.md.\n'
    )
    if chosen:
        (folder / "requirements.txt").write_text(f"{comment}{requirement()}\n", encoding="utf-8")


def _leave_comments(search_folder: Path) -> None:
    """Take the entries out of the search files: they are about the starter's own article."""
    for path in search_folder.glob("*.yml"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if line.startswith("#")), encoding="utf-8")


def _settings(site_name: str, link_root: str) -> str:
    """Give the text of ``mkdocs.yml``."""
    name = json.dumps(site_name, ensure_ascii=False)  # a JSON string is a YAML string
    options = f"\n      content:\n        link_root: {link_root}\n" if link_root else " {}\n"
    return (
        "# The help center. Settings of kb_builder stand under the `kb` plugin.\n"
        f"site_name: {name}\n"
        "site_url: https://help.example.com/ # where readers will find it; pages and the sitemap say so\n"
        "docs_dir: content\n"
        "site_dir: site\n"
        "theme:\n"
        "  name: help_center\n"
        "plugins:\n"
        f"  - kb:{options}"
    )
