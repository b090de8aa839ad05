"""What git knows: which files differ from a revision, and the help center as it was then. Edge: git, disk."""

from __future__ import annotations

import io
import subprocess
import tarfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from kb_builder.config import Config, load_config
from kb_builder.issues import ConfigError, KbError

_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Changes:
    """Files that differ from a revision, relative to the help center's folder; new files count, even untracked ones."""

    revision: str
    changed: frozenset[str]
    deleted: frozenset[str]


def changes_since(root: Path, revision: str) -> Changes:
    """Compare the files of a help center with the point at which its branch left a revision.

    Before the first commit ``HEAD`` is nothing, and every file differs from it.

    Raises:
        KbError: The folder is not in a git repository, or there is no such revision.
    """
    if revision == "HEAD" and _is_without_commits(root):
        base = _git(root, "hash-object", "-t", "tree", "--stdin").strip()  # of no files
    else:
        commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
        base = _git(root, "merge-base", commit, "HEAD").strip()
    listed = _git(root, "diff", "--name-status", "--no-renames", "--relative", "-z", base, "--", ".").split("\0")
    pairs = list(zip(listed[::2], listed[1::2], strict=False))
    untracked = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".").split("\0")
    return Changes(
        revision=base,
        changed=frozenset({path for status, path in pairs if status != "D"} | set(filter(None, untracked))),
        deleted=frozenset(path for status, path in pairs if status == "D"),
    )


def config_at(config: Config, revision: str, folder: Path) -> Config:
    """Write the help center as it was at a revision into an empty folder; return its settings of then.

    Settings that were wrong then, or not there, are replaced by those of now.

    Raises:
        KbError: git cannot give the files.
    """
    inside = config.content_dir.relative_to(config.root)
    (folder / inside).mkdir(parents=True)
    if _git(config.root, "ls-tree", "--name-only", revision):  # else the folder was not there then
        _unpack(_git_bytes(config.root, "archive", "--format=tar", revision, "--", "."), folder)
    try:
        return load_config(folder / config.path.name)
    except ConfigError:
        return replace(config, path=folder / config.path.name, root=folder, content_dir=folder / inside)


def _unpack(data: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive.getmembers():
            path = PurePosixPath(member.name)
            file = archive.extractfile(member) if member.isreg() else None
            if file is None or path.is_absolute() or ".." in path.parts:
                continue
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read())


def _is_without_commits(root: Path) -> bool:
    """Say whether the branch that is checked out has no commit yet; false outside of repositories."""
    try:
        return not _git(root, "for-each-ref", _git(root, "symbolic-ref", "--quiet", "HEAD").strip())
    except KbError:
        return False


def _git(root: Path, *arguments: str) -> str:
    return _git_bytes(root, *arguments).decode("utf-8", errors="surrogateescape")


def _git_bytes(root: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603  (no shell; a revision cannot be taken for an option)
            ["git", "-c", "core.quotePath=false", *arguments],  # noqa: S607  (the git of whoever runs this)
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except FileNotFoundError:
        raise KbError("git is not installed", hint="Install it, or leave the revision out.") from None
    except subprocess.TimeoutExpired:
        raise KbError(f"git took more than {_SECONDS} seconds", hint="Try again.") from None
    if done.returncode:
        reason = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
        named = next((argument for argument in arguments if argument.endswith("^{commit}")), "")
        message = (
            f"there is no revision '{named.removesuffix('^{commit}')}'" if named else f"git: {' '.join(reason[-1:])}"
        )
        raise KbError(message, hint="Run this in a clone that has it: git fetch origin main")
    return done.stdout
