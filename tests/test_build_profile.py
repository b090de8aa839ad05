"""What a stage took is what it took in all processes."""

import multiprocessing
import os
import time

import pytest

from kb_builder.build_profile import StageClock
from kb_builder.workers import can_fork

_BURNT_SECONDS = 0.2


def burn():
    while time.process_time() < _BURNT_SECONDS:
        pass
    os._exit(0)


@pytest.mark.skipif(not can_fork(), reason="this system does not fork")
def test_a_process_that_nobody_waited_for_is_counted():
    clock = StageClock()
    clock.begin("burn")
    process = multiprocessing.get_context("fork").Process(target=burn)
    process.start()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # until it has ended, and leave it as it is

    clock.begin("")

    assert clock.stages[0].cpu_seconds >= _BURNT_SECONDS * 0.9
