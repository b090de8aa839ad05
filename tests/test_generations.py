"""A published folder holds the old site or the new one, never something between."""

import datetime as dt
import gzip
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kb_builder import generations
from kb_builder.generations import publish_site, roll_back
from kb_builder.issues import KbError

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
SCRIPT = (
    "import sys, datetime as dt; from pathlib import Path; from kb_builder.generations import publish_site\n"
    "publish_site(Path(sys.argv[1]), Path(sys.argv[2]), now=dt.datetime.now(dt.UTC))"
)


def make_site(folder, text, *, pages=3):
    """Make a site each page of which says ``text``."""
    for number in range(pages):
        (folder / f"page-{number}").mkdir(parents=True)
        (folder / f"page-{number}" / "index.html").write_text(f"<p>{text}</p>" * 100)
    (folder / "logo.svg").write_text("<svg/>")
    (folder / "search" / f"words-{text:0>10}").mkdir(parents=True)
    (folder / "search" / f"words-{text:0>10}" / "0.json").write_text("{}")
    (folder / "search" / "manifest.json").write_text(f'"{text}"')
    return folder


def page(target, number=0):
    return (target / "current" / f"page-{number}" / "index.html").read_text()[:20]


def publish(site, target, *, hour=0, **options):
    return publish_site(site, target, now=NOON + dt.timedelta(hours=hour), **options)


def kept(target):
    return {path.name for path in (target / "generations").iterdir() if path.is_dir()}


@pytest.fixture
def sites(tmp_path):
    return [make_site(tmp_path / f"site-{text}", text) for text in ("a0", "b1", "c2", "d3", "e4")]


def test_a_published_site_is_whole_and_compressed(tmp_path, sites):
    done = publish(sites[0], tmp_path / "www")

    current = tmp_path / "www" / "current"
    assert (done.files, done.written) == (6, 6)
    assert page(tmp_path / "www").startswith("<p>a0</p>")
    html = (current / "page-1" / "index.html").read_bytes()
    assert gzip.decompress((current / "page-1" / "index.html.gz").read_bytes()) == html
    assert not (current / "logo.svg.gz").exists()


def test_unchanged_files_are_stored_once(tmp_path, sites):
    publish(sites[0], tmp_path / "www")
    (sites[0] / "page-1" / "index.html").write_text("changed")

    done = publish(sites[0], tmp_path / "www", hour=1)

    one, other = (tmp_path / "www" / "generations" / name / "logo.svg" for name in kept(tmp_path / "www"))
    assert (done.files, done.written) == (6, 1)
    assert one.samefile(other)


def test_the_search_files_of_old_pages_stay_reachable_but_not_for_ever(tmp_path, sites):
    """H50"""
    for hour, site in enumerate(sites[:3]):
        publish(site, tmp_path / "www", hour=hour)
    names = {path.name for path in (tmp_path / "www" / "current" / "search").iterdir()}
    assert names == {"manifest.json", *(f"words-00000000{text}" for text in ("a0", "b1", "c2"))}

    publish(sites[3], tmp_path / "www", hour=3)
    names = {path.name for path in (tmp_path / "www" / "current" / "search").iterdir()}
    assert "words-00000000a0" not in names


def test_two_old_generations_are_kept_and_all_of_the_last_day(tmp_path, sites):
    for hour, site in enumerate(sites[:4]):
        publish(site, tmp_path / "www", hour=hour)
    assert len(kept(tmp_path / "www")) == 4

    done = publish(sites[4], tmp_path / "www", hour=100)

    assert len(done.removed) == 2
    assert len(kept(tmp_path / "www")) == 3


def test_rolling_back_goes_one_generation_at_a_time(tmp_path, sites):
    for hour, site in enumerate(sites[:3]):
        publish(site, tmp_path / "www", hour=hour)

    roll_back(tmp_path / "www")
    assert page(tmp_path / "www").startswith("<p>b1</p>")
    roll_back(tmp_path / "www")
    assert page(tmp_path / "www").startswith("<p>a0</p>")
    with pytest.raises(KbError, match="no older generation"):
        roll_back(tmp_path / "www")

    publish(sites[2], tmp_path / "www", hour=9)
    assert page(tmp_path / "www").startswith("<p>c2</p>")


def test_a_folder_of_other_files_is_refused(tmp_path, sites):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("mine")

    with pytest.raises(KbError, match="no publish made"):
        publish(sites[0], tmp_path / "home")


def test_what_is_no_site_is_refused(tmp_path):
    with pytest.raises(KbError, match="no built site"):
        publish(tmp_path, tmp_path / "www")


def test_a_full_disk_leaves_the_old_site_and_no_rubbish(tmp_path, sites, monkeypatch):
    """H37"""
    publish(sites[0], tmp_path / "www")
    before = kept(tmp_path / "www")

    def full(source, target):
        if "page-2" in str(source):
            raise OSError(28, "No space left on device", str(target))
        return Path(target).write_bytes(Path(source).read_bytes())

    monkeypatch.setattr(generations.shutil, "copyfile", full)

    with pytest.raises(KbError, match="No space left"):
        publish(sites[1], tmp_path / "www", hour=1)

    assert page(tmp_path / "www").startswith("<p>a0</p>")
    assert kept(tmp_path / "www") == before


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_publish_killed_at_any_step_leaves_a_whole_site_and_the_next_needs_no_cleaning(tmp_path):
    """H36"""
    target = tmp_path / "www"
    chance = random.Random(6)
    texts = ["aaaa", "bbbb"]
    sites = [make_site(tmp_path / text, text, pages=200) for text in texts]
    publish(sites[0], target)
    whole = {f"<p>{text}</p>"[:11] for text in texts}
    for turn in range(int(os.environ.get("KB_KILLS", "6"))):
        process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(sites[(turn + 1) % 2]), str(target)])
        time.sleep(chance.uniform(0.05, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        seen = {page(target, number)[:11] for number in range(200)}
        assert len(seen) == 1
        assert seen <= whole

    publish(sites[1], target, hour=1)
    assert page(target).startswith("<p>bbbb</p>")
    assert not list((target / "generations").glob("*.new"))
    assert kept(target) == {path.stem for path in (target / "generations").glob("*.json")}


def test_readers_see_whole_pages_of_one_site_while_it_is_published_again_and_again(tmp_path):
    """H49: every page of a generation says the same, and no page is missing or empty at any moment."""
    target = tmp_path / "www"
    sites = [make_site(tmp_path / f"s{number}", f"{number:04}", pages=20) for number in range(2)]
    publish(sites[0], target)
    wrong, reads, done = [], [0], threading.Event()

    def read():
        while not done.is_set():
            root = (target / "current").resolve()
            try:
                texts = {(root / f"page-{number}" / "index.html").read_text() for number in range(0, 20, 5)}
                single = (target / "current" / "page-3" / "index.html").read_text()
            except OSError as error:
                wrong.append(repr(error))
                continue
            reads[0] += 1
            if len(texts) != 1 or len(texts.pop()) != 1100 or len(single) != 1100:
                wrong.append("mixed or cut")

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(20):
        publish(sites[(number + 1) % 2], target, hour=number)
    done.set()
    for reader in readers:
        reader.join()

    assert wrong == []
    assert reads[0] > 20
