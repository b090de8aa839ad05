"""One file of a git repository in, the texts it has had out. Edge: git.

The repository may be anybody's: git runs without hooks, pagers, filters, signature checks and other commands that its
settings could name, asks nobody and fetches nothing. Texts are taken from the object store; no file is checked out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb_builder.issues import KbError

MOST_COMMITS = 2000
_SECONDS = 60
_REGULAR = ("100644", "100755")
_HARMLESS = (
    *("core.fsmonitor=false", "core.hooksPath=/dev/null", "core.pager=cat", "core.attributesFile=/dev/null"),
    *(
        "core.sshCommand=false",
        "core.quotePath=false",
        "diff.external=",
        "log.showSignature=false",
        "gpg.program=false",
    ),
    *("protocol.allow=never", "diff.renames=true", "diff.renameLimit=1000", "log.follow=false", "log.mailmap=false"),
)


@dataclass(frozen=True, slots=True)
class FileCommit:
    """A commit that gave the file its text.

    Attributes:
        commit: Its full name.
        seconds: When it was committed, in seconds since 1970, as written: it may be any number.
        subject: First line of its message.
        path: Where the file was then.
        data: The file's bytes; None when they were not read.
        skipped: Why they were not: it was deleted, a symbolic link, too large; else empty.
    """

    commit: str
    seconds: int
    subject: str
    path: str
    data: bytes | None
    skipped: str = ""


def file_history(repository: Path, file: str, *, most_bytes: int) -> tuple[FileCommit, ...]:
    """Return what each commit made of a file, oldest first, through its renames.

    Only the first parent of a merge is followed: what happened on the way to it was never in force.

    Args:
        repository: Its folder, or one in it.
        file: Path of the file, relative to ``repository``; it may be gone by now.
        most_bytes: Larger texts are not read.

    Raises:
        KbError: There is no git, no repository, no such file, or a history of more than `MOST_COMMITS` commits.
    """
    listed = _git(
        repository,
        *("log", "--first-parent", "-m", "--follow", f"--max-count={MOST_COMMITS + 1}", "--no-ext-diff"),
        *(
            "--no-textconv",
            "--no-show-signature",
            "--raw",
            "--no-abbrev",
            "-z",
            "--format=%x1e%H%x1f%ct%x1f%s",
            "--",
            file,
        ),
    )
    entries = [_entry(record) for record in listed.split(b"\x1e")[1:]]
    if not entries:
        raise KbError(f"'{file}' is in no commit of {repository}", hint="Give its path as git ls-files prints it.")
    if len(entries) > MOST_COMMITS:
        raise KbError(
            f"'{file}' has more than {MOST_COMMITS} commits", hint="Import from a clone made with --shallow-since."
        )
    blobs = [blob for _, mode, blob in entries if mode in _REGULAR]
    sizes = dict(_sizes(repository, blobs))
    return tuple(
        _with_data(repository, commit, mode, blob, sizes, most_bytes) for commit, mode, blob in reversed(entries)
    )


def _entry(record: bytes) -> tuple[FileCommit, str, str]:
    """Read what ``git log`` prints of a commit; return it with the file's mode and blob."""
    head, _, rest = record.partition(b"\0")
    commit, seconds, subject = (_text(part) for part in head.rstrip(b"\n").split(b"\x1f", 2))
    fields = rest.lstrip(b"\0\n").split(b"\0")
    modes = _text(fields[0]).split()
    mode, blob, status = (modes[1], modes[3], modes[4]) if len(modes) == 5 else ("", "", "")
    path = _text(fields[2] if status.startswith(("R", "C")) and len(fields) > 2 else fields[1] if fields[1:] else b"")
    return FileCommit(commit, _number(seconds), subject, path, None), mode, blob


def _with_data(
    repository: Path, commit: FileCommit, mode: str, blob: str, sizes: dict[str, int], most_bytes: int
) -> FileCommit:
    if mode not in _REGULAR:
        reason = {"000000": "the file was deleted", "120000": "it was a symbolic link"}.get(mode, "it was no file")
        return _with(commit, None, reason)
    if (size := sizes.get(blob, -1)) > most_bytes:
        return _with(commit, None, f"it had {size} bytes, more than {most_bytes}")
    return _with(commit, _git(repository, "cat-file", "blob", blob), "")


def _with(commit: FileCommit, data: bytes | None, skipped: str) -> FileCommit:
    return FileCommit(commit.commit, commit.seconds, commit.subject, commit.path, data, skipped)


def _sizes(repository: Path, blobs: Sequence[str]) -> Iterator[tuple[str, int]]:
    asked = "".join(f"{blob}\n" for blob in sorted(set(blobs))).encode()
    for line in _git(repository, "cat-file", "--batch-check=%(objectname) %(objectsize)", given=asked).splitlines():
        name, _, size = _text(line).partition(" ")
        yield name, _number(size)


def _git(repository: Path, *arguments: str, given: bytes = b"") -> bytes:
    settings = [part for setting in (*_HARMLESS, f"safe.directory={_top(repository)}") for part in ("-c", setting)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {
        **kept,
        **{"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"},
        **{
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_ATTR_NOSYSTEM": "1",
        },
    }
    try:
        done = subprocess.run(  # noqa: S603  (no shell; the file stands behind --)
            ["git", "--literal-pathspecs", "--no-pager", *settings, *arguments],  # noqa: S607  (whoever runs this chose it)
            cwd=repository,
            env=environment,
            input=given,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except FileNotFoundError as error:
        missing = error.filename == "git"
        message = "git is not installed" if missing else f"{repository}: there is no such folder"
        raise KbError(message, hint="Install it." if missing else "Give the folder of a clone with --repo.") from None
    except NotADirectoryError:
        raise KbError(f"{repository}: is not a folder", hint="Give the folder of a clone with --repo.") from None
    except subprocess.TimeoutExpired:
        raise KbError(f"git took more than {_SECONDS} seconds", hint="Import from a smaller clone.") from None
    if done.returncode:
        reason = _text(done.stderr).strip().splitlines()
        raise KbError(f"git: {(reason or ['it failed'])[0]}", hint="Give the folder of a clone with --repo.")
    return done.stdout


def _top(repository: Path) -> str:
    """Return the nearest folder upwards that is a repository, as git writes it; this one when none is."""
    folder = repository.resolve()
    return str(next((above for above in (folder, *folder.parents) if (above / ".git").exists()), folder))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0
