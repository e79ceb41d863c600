"""What a question is charged for: computing and waiting, and not that nobody looked."""

import os
import subprocess
import sys
import time

import pytest

from grader.sandbox.forked import Forked
from grader.sandbox.stopwatch import LONGEST_LOOK, Stopwatch


@pytest.fixture
def sleeper():
    """A process that waits."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        time.sleep(0.3)  # until it does
        yield Forked(os.pidfd_open(process.pid), programs=False)
        process.kill()


def test_who_is_seen_waiting_is_charged_for_it(sleeper):
    """Look by look."""
    watch = Stopwatch(sleeper)
    watch.begin()
    for _ in range(10):
        time.sleep(0.05)
        watch.look()

    assert 0.3 < watch.waited


def test_what_nobody_saw_is_no_long_wait(sleeper):
    """On a full machine the grader itself comes late to look: the guest may have computed."""
    watch = Stopwatch(sleeper)
    watch.begin()
    time.sleep(0.5)
    watch.look()

    assert watch.waited <= LONGEST_LOOK
