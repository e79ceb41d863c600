"""A check that hangs or explodes, and a grading process that dies, cost nobody anything."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support.judging import REFERENCE, course, reference, scores, steps

from grader.judge import client as bench_module
from grader.judge.client import WorkerClient
from grader.judge.process import SCRATCH
from grader.sandbox import Limits

MONSTERS = [
    "x = 10 ** 30000",
    "x = [[]] * 100_000\nfor i in range(60): x = [x]",
    "x = 'a' * 10_000_000",
    "x = {i: i for i in range(1_000_000)}",
    "x = []\nx.append(x)",
    "x = float('nan')",
    "class Deep(dict): pass\nx = Deep()\nfor _ in range(5000): x = Deep(a=x)",
]


@pytest.fixture
def impatient(worker, monkeypatch):
    """The bench, with little patience for checks."""
    monkeypatch.setattr(bench_module, "CHECK_SECONDS", 2.0 - worker.limits.total_seconds)
    return worker


@pytest.mark.slow
@pytest.mark.parametrize("check", ["while x: pass", "while True:\n    try: x()\n    except: pass"])
def test_a_check_that_never_ends_waits_for_a_person(impatient, check):
    """It gets no mark; the checks before and after it keep theirs."""
    task = course(
        ("answer", "x = 1"), ("a", "assert x == 1", 1), ("b", check, 1), ("c", "assert x == 1", 1)
    )
    results = [r for r in impatient.grade(task).results if r.check]

    assert [1.0, None, 1.0] == [r.score for r in results]
    assert "did not end in time" in results[1].check.message


@pytest.mark.slow
@pytest.mark.parametrize(
    "check",
    [
        "import os\nos._exit(3)",
        "import ctypes\nctypes.string_at(0)",
        "big = bytearray(20 * 1024**3)",
        "def deep(n): return deep(n + 1)\ndeep(0)",
        "raise SystemExit",
    ],
)
def test_a_check_that_explodes_takes_nobody_with_it(worker, check):
    """The next check is judged, whatever the one before it did to the process."""
    task = course(("answer", "x = 1"), ("b", check, 1), ("c", "assert x == 1", 1))
    results = [r for r in worker.grade(task).results if r.check]

    assert 1.0 == results[1].score
    assert results[0].score in (None, 0.0)


@pytest.mark.parametrize("monster", MONSTERS)
def test_a_check_may_be_fed_monsters(worker, monster):
    """Huge, deep, cyclic and odd values end in a verdict, and the next notebook is graded."""
    check = "assert x == 0.8"
    results = worker.grade(course(("answer", monster), ("c", check, 1))).results

    assert results[-1].score in (0.0, None)
    assert [2.0, 1.0, 4.0, 3.0] == scores(worker.grade(reference()).results)


@pytest.mark.slow
def test_the_grading_process_can_be_killed_at_any_point(worker):
    """kill -9 at random moments: the marks that come out are the right ones all the same."""
    wanted = [2.0, 1.0, 4.0, 3.0]
    for delay in (0.0, 0.05, 0.1, 0.2, 0.4):
        with WorkerClient(limits=Limits(4.0, 40.0)) as victim:
            assert wanted == scores(victim.grade(reference()).results)
            pid = victim._process.pid
            timer = threading.Timer(delay, os.kill, (pid, signal.SIGKILL))
            timer.start()
            found = [scores(victim.grade(reference()).results) for _ in range(3)]
            timer.join()

            assert [wanted] * 3 == found


@pytest.mark.slow
def test_the_grading_process_ends_with_its_parent():
    """kill -9 of the caller, even in the middle of a check that never ends, leaves nothing."""
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from support.judging import course\nfrom grader.judge.client import WorkerClient\n"
        "b = WorkerClient(); b.grade(course(('answer', 'x = 1')))\n"
        "print(b._process.pid, flush=True)\n"
        "b.grade(course(('answer', 'x = 1'), ('c', 'while True: pass', 1)))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    worker = int(parent.stdout.readline())
    time.sleep(1)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while _alive(worker) and time.monotonic() < deadline:
        time.sleep(0.1)

    assert not _alive(worker)


def test_threads_share_a_bench(worker):
    """Two threads that grade at the same time wait for each other and get their own marks."""
    found = {}
    wrong = steps(REFERENCE[1], "fairness_threshold = 0.9", REFERENCE[3], REFERENCE[4])

    def grade(name, task):
        found[name] = [scores(worker.grade(task).results) for _ in range(3)]

    threads = [
        threading.Thread(target=grade, args=("right", reference())),
        threading.Thread(target=grade, args=("wrong", wrong)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [[2.0, 1.0, 4.0, 3.0]] * 3 == found["right"]
    assert [[2.0, 0.0, 4.0, 3.0]] * 3 == found["wrong"]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] != "Z"


def test_a_grading_process_whose_parent_was_killed_leaves_no_folder(worker, tmp_path):
    """It ends by itself, and removes the folder for temporary files that its parent had made."""
    program = (
        "import sys, time\nsys.path.insert(0, sys.argv[1])\n"
        "from support.judging import reference\nfrom grader.judge.client import WorkerClient\n"
        "client = WorkerClient()\nclient.grade(reference())\nprint('ready', flush=True)\n"
        "time.sleep(60)"
    )
    tests = str(Path(__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, "-c", program, tests],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
    ) as parent:
        assert b"ready\n" == parent.stdout.readline()
        assert 1 == len(list(tmp_path.glob(f"{SCRATCH}*")))
        parent.kill()
    deadline = time.monotonic() + 15
    while list(tmp_path.glob(f"{SCRATCH}*")) and time.monotonic() < deadline:
        time.sleep(0.1)

    assert [] == list(tmp_path.glob(f"{SCRATCH}*"))
