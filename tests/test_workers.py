"""One item that misbehaves costs one item."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing

import pytest

from kb_builder.issues import KbError
from kb_builder.workers import Limits, Stopped, Work, can_fork, in_background, in_parts, run_all, usable_cores

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system does not fork")


def results(task, count, **options):
    return dict(run_all(task, count, **options))


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_every_item_is_done_once_whatever_the_number_of_workers(workers):
    assert results(lambda item: item * item, 100, workers=workers) == {item: item * item for item in range(100)}


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 2),
        ({"cpu.max": "max 100000\n"}, 2),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "900000 100000\n"}, 2),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 2),
        ({"cpu/cpu.cfs_quota_us": "100000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 1),
        ({"cpu.max": "rubbish\n"}, 2),
    ],
)
def test_a_container_is_used_up_to_its_share(tmp_path, monkeypatch, files, cores):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {4, 7}, raising=False)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    assert usable_cores(tmp_path) == cores


def test_nothing_to_do_is_done():
    assert results(lambda item: item, 0) == {}


def test_an_item_that_never_ends_is_stopped_and_the_rest_done():
    """H06: also inside a regular expression, where no Python code runs that could look at a clock."""

    def task(item):
        return bool(re.match(r"(a|a)*b", "a" * 60)) if item == 3 else item

    found = results(task, 20, workers=2, limits=Limits(cpu_seconds=0.3))

    assert found.pop(3) == Stopped("it was not done after 0.3 seconds")
    assert found == {item: item for item in range(20) if item != 3}


def test_an_item_that_waits_is_not_stopped():
    def wait(item):
        time.sleep(0.2)
        return item

    assert results(wait, 1, limits=Limits(cpu_seconds=0.1)) == {0: 0}


@pytest.mark.parametrize(("count", "workers"), [(20, 3), (100, 1), (100, 2)])
def test_a_worker_that_is_killed_takes_one_item_with_it(count, workers):
    """What it had made and not told yet is made again."""

    def task(item):
        if item % 50 == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    found = results(task, count, workers=workers)

    killed = set(range(5, count, 50))
    stopped = Stopped("its process ended with SIGKILL, perhaps for lack of memory")
    assert {found.pop(item) for item in killed} == {stopped}
    assert found == {item: item for item in range(count) if item not in killed}


def test_more_items_than_a_pipe_holds_are_done():
    assert sum(item for item, _ in run_all(lambda item: None, 100_000, workers=2)) == sum(range(100_000))


def test_workers_go_on_while_nobody_waits_for_them(tmp_path):
    work = Work(lambda item: (tmp_path / str(item)).touch(), 500, workers=2)

    with closing(work):
        deadline = time.monotonic() + 60
        while len([*tmp_path.iterdir()]) < 500 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len([*tmp_path.iterdir()]) == 500
        assert len(dict(work.results())) == 500


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
def test_an_item_that_takes_all_memory_fails_alone():
    def task(item):
        return len(bytearray(2_000_000_000)) if item == 1 else item

    with pytest.raises(MemoryError):
        results(task, 3, limits=Limits(megabytes=500))


def test_what_an_item_raises_is_raised_here():
    def task(item):
        raise OSError(28, "No space left on device", "a/file")

    with pytest.raises(OSError, match="No space") as caught:
        results(task, 3)
    assert caught.value.filename == "a/file"


def test_workers_end_with_their_parent():
    """H36: orphans would write into the folder of the next build."""
    code = (
        "import os, signal, time; from kb_builder.workers import run_all\n"
        "def task(item):\n    os.write(1, b'%d\\n' % os.getpid()); time.sleep(0.2)\n"
        "done = run_all(task, 1000, workers=3)\n"
        "next(done); next(done); os.kill(os.getpid(), signal.SIGKILL)"
    )

    # The pipe to us closes when the last process that may write to it has ended.
    killed = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)

    assert (killed.returncode, killed.stderr) == (-signal.SIGKILL, "")
    assert len(set(killed.stdout.split())) == 3


@pytest.mark.parametrize(("count", "workers"), [(10, 1), (10, 3), (0, 1), (7, 7)])
def test_parts_cover_all_items_in_order(count, workers):
    parts = in_parts(lambda start, end: list(range(start, end)), count, fewest=4, workers=workers)

    assert len(parts) == workers
    assert [item for part in parts for item in part] == list(range(count))


def test_few_items_are_one_part_in_this_process():
    assert in_parts(lambda start, end: os.getpid(), 7, fewest=4) == [os.getpid()]


@pytest.mark.skipif(usable_cores() == 1, reason="there is one core only")
def test_a_task_in_the_background_is_done_by_another_process_and_says_what_it_raised():
    made, failed = in_background(os.getpid), in_background(lambda: {}["missing"])

    assert made() != os.getpid()
    with pytest.raises(KeyError, match="missing"):
        failed()
    assert in_background(os.getpid, is_worth_it=False)() == os.getpid()


@pytest.mark.skipif(usable_cores() == 1, reason="there is one core only")
def test_a_task_whose_process_is_killed_is_an_error():
    with pytest.raises(KbError, match="was stopped"):
        in_background(lambda: os.kill(os.getpid(), signal.SIGKILL))()


def test_who_waits_for_one_work_takes_in_what_another_has_made():
    """Its workers would stand still otherwise: a pipe holds little."""
    first = Work(lambda item: (item, b"." * 10_000), 400, workers=1)
    second = Work(lambda item: time.sleep(0.02), 100, workers=1)

    with closing(first), closing(second):
        assert len(dict(second.results())) == 100
        assert not first.pipes()  # all of its workers are done
        assert [item for item, _ in first.results()] == list(range(400))


def test_what_an_item_raises_is_raised_to_who_asked_for_it():
    failing = Work(lambda item: {}["missing"], 1)
    sleeping = Work(lambda item: time.sleep(0.2), 1)

    with closing(failing), closing(sleeping):
        assert len(dict(sleeping.results())) == 1
        with pytest.raises(KeyError, match="missing"):
            list(failing.results())


def test_workers_go_on_while_their_parent_is_at_something_else(tmp_path):
    """More than a pipe holds: a worker that has made it waits until somebody takes it."""

    def make(item):
        (tmp_path / str(item)).touch()
        return bytes(1_000_000)

    def until_all_are_made():
        deadline = time.monotonic() + 60
        while not (tmp_path / "2").exists() and time.monotonic() < deadline:
            yield

    work = Work(make, 3, workers=1)
    with closing(work):
        made = dict(work.results(until_all_are_made()))

    assert (tmp_path / "2").exists()
    assert {item: len(data) for item, data in made.items()} == dict.fromkeys(range(3), 1_000_000)


def test_this_process_is_at_something_else_while_others_do_the_parts():
    here = []

    made = in_parts(
        lambda start, end: (start, end, len(here)), 4, fewest=1, workers=2, meanwhile=lambda: here.append(1)
    )

    assert made == [(0, 2, 0), (2, 4, 0)]
    assert here == [1]
