"""A build that is killed, or finds no room, leaves the old site; the next build needs no cleaning."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from kb_builder.files import differing_files

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")
SETTINGS = "site_name: Help\nsite_url: https://help.example/\ndocs_dir: content\nplugins:\n  - kb: {}\n"
BUILD = [sys.executable, "-m", "kb_builder", "-q", "build"]


def write(center, word):
    (center / "content" / "faq").mkdir(parents=True, exist_ok=True)
    (center / "mkdocs.yml").write_text(SETTINGS)
    for number in range(30):
        (center / "content" / "faq" / f"{number}.md").write_text(f"---\ntitle: {word} {number}\n---\n{word} is here.\n")


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The whole sites of two states of the content."""
    sites = {}
    for word in ("winter", "summer"):
        center = tmp_path_factory.mktemp(word)
        write(center, word)
        subprocess.run(BUILD, cwd=center, check=True)
        sites[word] = center / "site"
    return sites


@pytest.fixture
def center(tmp_path, expected):
    """A help center whose winter site is built."""
    write(tmp_path / "center", "winter")
    shutil.copytree(expected["winter"], tmp_path / "center" / "site")
    return tmp_path / "center"


def test_a_build_killed_at_any_moment_leaves_the_old_site_or_the_new(center, expected):
    """H36. KB_KILLS says how many times; a few by default."""
    chance = random.Random(6)
    subprocess.run(BUILD, cwd=center, check=True)
    began = time.monotonic()
    subprocess.run(BUILD, cwd=center, check=True)
    longest = time.monotonic() - began
    for turn in range(int(os.environ.get("KB_KILLS", "4"))):
        write(center, ("summer", "winter")[turn % 2])
        process = subprocess.Popen(BUILD, cwd=center, start_new_session=True)
        try:
            process.wait(timeout=chance.uniform(0.3, 1) * longest)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)  # this process alone: its workers must end by themselves
            process.wait()
        different = [word for word, site in expected.items() if differing_files(center / "site", site)]
        assert len(different) == 1, turn

    write(center, "summer")
    subprocess.run(BUILD, cwd=center, check=True)

    assert differing_files(center / "site", expected["summer"]) == []
    assert {path.name for path in center.iterdir()} == {"content", "mkdocs.yml", "site", ".kb"}


@pytest.mark.parametrize("room", [2_000, 60_000])
def test_a_build_without_room_leaves_the_old_site_and_no_rubbish(center, expected, room):
    """H37: no file may grow beyond ``room`` bytes, which is what a full disk is like to the process."""
    write(center, "summer")
    limited = (
        "import resource, runpy, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room})); sys.argv[0] = 'kb'\n"
        "runpy.run_module('kb_builder', run_name='__main__')"
    )

    full = subprocess.run(
        [sys.executable, "-c", limited, "-q", "build"], cwd=center, capture_output=True, text=True, check=False
    )

    assert full.returncode == 1, full.stderr
    assert "Traceback" not in full.stderr
    assert differing_files(center / "site", expected["winter"]) == []
    assert {path.name for path in center.iterdir()} == {"content", "mkdocs.yml", "site", ".kb"}

    subprocess.run(BUILD, cwd=center, check=True)
    assert differing_files(center / "site", expected["summer"]) == []
