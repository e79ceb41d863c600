"""A grading process that is started before anybody knows what it will be asked."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from support.courses import need_sandbox
from support.judging import course, reference

from grader.judge import process
from grader.judge.client import WorkerClient
from grader.judge.process import SCRATCH
from grader.sandbox import Limits

TESTS = Path(__file__).parents[1]


def scores(client: WorkerClient) -> list[float | None]:
    """The points of the reference notebook."""
    return [one.score for one in client.grade(reference()).results if one.check]


def test_the_first_client_takes_the_process_that_was_started_ahead():
    """It grades as any other, and the next client starts one of its own."""
    level = need_sandbox()
    process.start_ahead()
    (ahead,) = process._ahead
    with WorkerClient(level) as first, WorkerClient(level) as second:
        assert scores(first) == scores(second) == [2.0, 1.0, 4.0, 3.0]
        assert first._process is ahead
        assert second._process is not ahead


def test_a_process_that_died_before_it_was_needed_is_replaced():
    """Killed by the machine while the command was still importing: nobody notices."""
    level = need_sandbox()
    process.start_ahead()
    (ahead,) = process._ahead
    os.kill(ahead.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while not ahead.has_ended() and time.monotonic() < deadline:
        time.sleep(0.01)
    with WorkerClient(level) as client:
        assert scores(client) == [2.0, 1.0, 4.0, 3.0]
        assert client._process is not ahead


def test_limits_of_the_course_hold_in_a_process_that_was_started_ahead():
    """Its sandbox was made with the usual ones; the course's own replace it."""
    level = need_sandbox()
    process.start_ahead()
    (ahead,) = process._ahead
    loop = course(("answer", "while True: pass"), ("check", "assert x == 1", 1))
    with WorkerClient(level, Limits(cell_seconds=0.5, total_seconds=4.0)) as client:
        stopped, _ = client.grade(loop).results
        assert client._process is ahead
        assert 0.5 <= stopped.took < 2  # the usual limit is ten


def test_a_process_that_nobody_takes_ends_and_leaves_nothing(tmp_path):
    """A command may find that there is nothing to grade."""
    code = (
        f"import sys; sys.path.insert(0, {str(TESTS.parent)!r})\n"
        "from grader.judge import process\nprocess.start_ahead()\n"
        "print(process._ahead[0].pid, flush=True)"
    )
    made = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert not made.stderr
    assert not Path(f"/proc/{made.stdout.strip()}").exists()
    assert [] == list(tmp_path.glob(f"{SCRATCH}*"))
