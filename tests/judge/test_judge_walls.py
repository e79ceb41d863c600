"""
What a plain check is worth where a cell met a wall or a limit of the sandbox.

Nobody is paid for that, and nobody is fined: a person decides. A right answer beside it counts, and
so does a wrong one that has nothing to do with it.
"""

import pytest
from support.courses import need_sandbox
from support.judging import course, graded
from support.sandboxes import required

from grader.judge.client import WorkerClient
from grader.judge.task import ANSWER, GIVEN
from grader.sandbox import FALLBACK, Limits
from grader.trial.notebook import try_notebook

KEY = "result = [0, 1, 4, 9]"
CHECK = ("check", "assert result == [0, 1, 4, 9]", 1)
WAITS = {
    "a program": "import subprocess\nsubprocess.run(['true'])\n" + KEY,
    "output of a program": "files = !ls /\nresult = [len(files)]",
    "the system's folders": "open('/usr/x', 'w')\n" + KEY,
    "the network": "import urllib.request\nurllib.request.urlopen('http://a.example')\n" + KEY,
    "a full disk": "open('x', 'wb').write(bytes(200_000_000))\n" + KEY,
    "memory": "kept = [bytearray(100_000_000) for _ in range(60)]\n" + KEY,
    "a library that wraps it": (
        "try:\n    open('/usr/x', 'w')\nexcept OSError as e:\n    why = e.strerror\n"
        "raise RuntimeError(f'IO Error: {why}')\n" + KEY
    ),
    "time": "while True: pass\n" + KEY,
}
COUNTS = {
    "a line that does not run": "!echo working\n" + KEY,
    "an install": "!pip install numpy\nimport numpy as np\nresult = list(np.arange(4) ** 2)",
    "a program that is tried": (
        "import subprocess\ntry:\n    subprocess.run(['true'])\nexcept OSError:\n    pass\n" + KEY
    ),
    "a pool of processes": (
        "import multiprocessing as mp\ndef sq(i): return i * i\n"
        "with mp.Pool(2) as pool:\n    result = pool.map(sq, range(4))"
    ),
}
MISSES = {
    "after an install": "!pip install numpy\nresult = [1]",
    "with an error of its own": "result = [0, 1, 4, 9][9]",
    "that raises what a wall raises, and goes on": (
        "try:\n    raise MemoryError\nexcept MemoryError:\n    pass\nresult = [1]"
    ),
}


@pytest.fixture(scope="module")
def quick():
    """A worker in which a cell has two seconds."""
    with WorkerClient(need_sandbox(), Limits(cell_seconds=2.0, total_seconds=40.0)) as made:
        yield made


def judged(worker, answer: str, solution: str = KEY):
    """Return the result of the one check."""
    parts = course((ANSWER, answer), CHECK)
    return graded(worker, parts, course((ANSWER, solution), CHECK))[-1]


@pytest.mark.parametrize("name", WAITS)
def test_who_met_a_wall_waits_for_a_person(quick, name):
    """There is no mark, and the reason names the cell and the wall."""
    result = judged(quick, WAITS[name])

    assert (None, "could not be graded") == (result.score, result.check.outcome)
    assert "the cell `cell 1`" in result.check.reason
    assert "KeyboardInterrupt" not in result.check.message


@pytest.mark.parametrize("name", COUNTS)
def test_a_right_answer_counts_beside_a_wall(quick, name):
    """A line that does nothing here takes nothing from what follows it."""
    assert 1.0 == judged(quick, COUNTS[name]).score


@pytest.mark.parametrize("name", MISSES)
def test_a_wrong_answer_is_missed_all_the_same(quick, name):
    """No wall kept it from being right."""
    assert 0.0 == judged(quick, MISSES[name]).score


def test_another_steps_wall_costs_only_what_needs_its_names(quick):
    """A check that finds a name missing waits; one that is wrong by itself is missed."""
    first = "import subprocess\nsubprocess.run(['true'])\na = 1"
    parts = ((ANSWER, first), ("one", "assert a == 1", 1), (ANSWER, "b = 3"))
    checks = (("two", "assert b == 2", 1), ("three", "assert a + b", 1))
    key = course((ANSWER, "a = 1"), parts[1], (ANSWER, "b = 2"), *checks)
    found = graded(quick, course(*parts, *checks), key)

    assert [None, 0.0, None] == [one.score for one in found if one.check]


def test_programs_start_where_the_key_starts_some(quick):
    """The course's choice is by default what its own solutions need."""
    key = "import subprocess\nresult = subprocess.run(['expr', '40', '+', '2'], "
    key += "capture_output=True, text=True).stdout"
    check = ("check", "assert int(result) == 42", 1)
    trial = try_notebook(course((ANSWER, key), check), course((ANSWER, ""), check), quick.grade)

    assert () == trial.faults and trial.reference.programs
    own = "result = !expr 6 '*' 7\nresult = result[0]"
    task = course((ANSWER, own), check).judged_by(trial.reference)
    assert 1.0 == quick.grade(task).results[-1].score


def test_a_key_that_only_installs_starts_no_program(quick):
    """`!pip install` above the imports of a course is no reason to let programs start."""
    cells = ((GIVEN, "!pip install -q numpy\nimport numpy as np"), (ANSWER, KEY), CHECK)
    trial = try_notebook(course(*cells), course(*cells[:1], (ANSWER, ""), CHECK), quick.grade)

    assert () == trial.faults and not trial.reference.programs


@pytest.mark.parametrize(("allowed", "score"), [(True, 1.0), (False, None)])
def test_a_course_may_choose(allowed, score):
    """`c.Sandbox.programs` counts whatever the key does."""
    own = "import subprocess\nsubprocess.run(['true'])\n" + KEY
    with WorkerClient(need_sandbox(), Limits(programs=allowed)) as worker:
        assert score == judged(worker, own).score


@pytest.mark.parametrize(
    "answer",
    [
        "open('x.txt', 'w').write('1')\n" + KEY,
        "import sqlite3\nsqlite3.connect('a.db').execute('create table t (a)')\n" + KEY,
        "import socket\nsocket.socket()\n" + KEY,
    ],
)
def test_the_fallback_level_fines_nobody_for_what_it_cannot_do(answer):
    """Files, databases and sockets are not there: who needs them waits for a person."""
    need_sandbox()
    with WorkerClient(required(FALLBACK)) as worker:
        result = judged(worker, answer)

    assert (None, "could not be graded") == (result.score, result.check.outcome)
