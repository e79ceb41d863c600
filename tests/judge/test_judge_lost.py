"""A cell that ends Python or never ends costs itself alone, wherever it stands."""

from dataclasses import replace

import pytest
from support.judging import REFERENCE, course, reference, scores, steps, task
from support.sandboxes import LEVELS, cpu_of, required

from grader.graded import MISSED, NOT_GRADED, PASSED
from grader.judge.client import WorkerClient
from grader.judge.learner_process import MOST_LOST, LearnerProcess
from grader.judge.lost import EXITED, cut, piece_at, pieces
from grader.judge.task import ANSWER, CHECK, LEARNERS, LOST, Cell, Reference, Task
from grader.sandbox import STRONG, Exited, Limits
from grader.trial.notebook import reference_of

FULL = [2.0, 1.0, 4.0, 3.0]
QUICK = Limits(least_seconds=0.4)
KILLS = {
    "os._exit(0)": "import os",
    "os.abort()": "import os",
    "os.kill(os.getpid(), signal.SIGKILL)": "import os, signal",
    "ctypes.string_at(0)": "import ctypes",
    "os.closerange(0, 100)": "import os",
}
WAITS = {
    "time.sleep(100)": "import time",
    "lock.acquire()": "import threading; lock = threading.Lock(); lock.acquire()",
    "threading.Event().wait()": "import threading",
    "os.read(os.pipe()[0], 1)": "import os",
    "signal.pause()": "import signal",
    "queue.Queue().get()": "import queue",
    "await asyncio.Event().wait()": "import asyncio",
    "os.kill(os.getpid(), signal.SIGSTOP)": "import os, signal",
}
LOOPS = {"while True: pass": "pass"}
FATAL = KILLS | WAITS | LOOPS


@pytest.fixture(scope="module", params=LEVELS, ids=lambda level: level.name)
def quick(request):
    """A grading process at each level, which stops a cell after less than half a second."""
    with WorkerClient(required(request.param), QUICK) as made:
        yield made


def known(made: Task) -> Task:
    """Return a task with what its key would tell: each cell takes no time."""
    return made.judged_by(Reference(took={cell.cell_id: 0.0 for cell in made.cells}))


def graded(worker: WorkerClient, made: Task) -> tuple[list[float | None], list[str]]:
    """Return the scores of the checks, and what they say."""
    found = worker.grade(known(made)).results
    return scores(found), [one.check.message for one in found if one.check]


def with_own_cell(source: str, before: str) -> Task:
    """Return the right answers, with a cell of the learner's own before one of them."""
    cells = reference().cells
    place = [cell.cell_id for cell in cells].index(before)
    return Task((*cells[:place], Cell("own", LEARNERS, source), *cells[place:]))


@pytest.mark.slow
@pytest.mark.parametrize("line", FATAL)
def test_it_costs_its_step_alone_and_the_line_is_named(quick, line):
    """In place of an answer it earns nothing; every other step keeps its points."""
    for step in (1, 3):
        answers = REFERENCE | {step: f"{FATAL[line]}\n{line}"}
        marks, said = graded(quick, steps(*answers.values()))

        assert [0.0 if n == step else full for n, full in enumerate(FULL, 1)] == marks
        told = said[step - 1]
        assert "never ends" in told if line in LOOPS else f"Line 2 {'w' if line in WAITS else 'e'}"
        assert line in told or line in LOOPS


@pytest.mark.slow
@pytest.mark.parametrize("line", FATAL)
def test_what_was_right_before_it_counts(quick, line):
    """Below a right answer, on a line of its own or behind a semicolon, it costs nothing."""
    for step, between in ((2, "\n"), (3, "\n")) + (((2, "; "),) if " " not in line[:6] else ()):
        answers = REFERENCE | {step: f"{FATAL[line]}\n{REFERENCE[step]}{between}{line}\nlater = 1"}
        marks, _ = graded(quick, steps(*answers.values()))

        assert marks == FULL, (step, between)


@pytest.mark.slow
@pytest.mark.parametrize("line", FATAL)
def test_in_a_cell_of_their_own_it_costs_nothing(quick, line):
    """Between two steps, before the first and below a right answer."""
    for before in ("step_1", "check_step_2", "step_3"):
        marks, _ = graded(quick, with_own_cell(f"{FATAL[line]}\n{line}", before))

        assert marks == FULL, before


@pytest.mark.slow
@pytest.mark.parametrize("line", ["os._exit(0)", "lock.acquire()", "while True: pass"])
def test_the_function_assignments_keep_their_other_tasks(quick, line):
    """In the cell of a function, before and below it, and inside the function when it is called."""
    key = task({}, "fairness_monitor")
    right = {cell.cell_id: cell.source for cell in key.cells}
    begin, broken = FATAL[line], right["b1"].replace('"""\n', f'"""\n    {line}\n', 1)
    for name, answer, worth in (
        ("b2", f"{begin}\n{line}\n{right['b2']}", 0.0),
        ("b2", f"{begin}\n{right['b2']}\n{line}", 5.0),
        ("b1", f"{begin}\n{broken}", 0.0),
    ):
        made = task({name: answer}, "fairness_monitor").judged_by(reference_of(key))
        found = {one.cell_id: one.score for one in quick.grade(known_like(made)).results}

        expected = {"b0": 2, "b1": 4, "b2": 5, "b3": 5, "b4": 4, "b5": 5} | {name: worth}
        assert expected == {task_id: found[f"{task_id}_check"] for task_id in expected}, answer


def known_like(made: Task) -> Task:
    """Return a task that knows its key already, and how long that took: no time for its cells."""
    took = {cell.cell_id: 0.05 if cell.role == CHECK else 0.0 for cell in made.cells}
    return replace(made, took=took)


@pytest.mark.slow
def test_a_plain_check_says_which_cell_is_missing(quick):
    """Where Python was ended its check is missed, and a later one names the cell; no more."""
    marks, said = graded(
        quick,
        course(
            (ANSWER, "x = 1\nimport os\nos._exit(0)\ny = 2"),
            ("before", "assert x == 1", 1),
            ("after", "assert y == 2", 1),
            (ANSWER, "z = 3"),
            ("later", "assert y + z == 5", 1),
            ("alone", "assert z == 3", 1),
        ),
    )

    assert [1.0, 0.0, 0.0, 1.0] == marks
    told = "The cell `cell 1`, line 3, ended Python itself: `os._exit(0)`."
    assert [f"NameError: name 'y' is not defined. {told}"] * 2 == said[1:3]


@pytest.mark.slow
@pytest.mark.parametrize("line", ["import time; time.sleep(100)", "while True: pass"])
def test_a_plain_check_that_time_ran_out_for_waits_for_a_person(quick, line):
    """Nobody can tell whether a slower clock would have paid; what needs nothing of it is paid."""
    made = course(
        (ANSWER, f"{line}\nx = 1"),
        ("a", "assert x == 1", 1),
        (ANSWER, "z = 3"),
        ("b", "assert z", 1),
    )
    found = [one.check for one in quick.grade(known(made)).results if one.check]

    assert [NOT_GRADED, PASSED] == [one.outcome for one in found]
    assert "c.Sandbox.least_seconds" in found[0].reason


@pytest.mark.slow
def test_a_cell_has_twenty_times_the_seconds_of_the_key(quick):
    """What takes longer than the least is stopped, unless the key's own cell took some time."""
    made = course((ANSWER, "import time\nwhile time.process_time() < 1: pass\nx = 1"))
    made = Task((*made.cells, Cell("c", "check", "assert x == 1", 1.0)))
    outcomes = {}
    for took in (0.0, 0.1):
        reference = Reference(took={"cell 1": took, "c": 0.0})
        outcomes[took] = quick.grade(made.judged_by(reference)).results[-1].check.outcome

    assert {0.0: NOT_GRADED, 0.1: PASSED} == outcomes


@pytest.mark.slow
@pytest.mark.parametrize("line", ["while True: pass", "time.sleep(100)", "lock.acquire()"])
def test_what_hung_once_is_not_run_in_full_for_each_check(quick, line):
    """What hangs costs the time of a cell, and half a second more, in all cells and checks."""
    begin = "import threading, time\nlock = threading.Lock(); lock.acquire()"
    hangs = steps(*(REFERENCE | {3: f"{begin}\n{REFERENCE[3]}\n{line}"}).values())
    seconds = [
        sum(one.took for one in quick.grade(known(made)).results) for made in (reference(), hangs)
    ]

    assert QUICK.least_seconds < seconds[1] - seconds[0] < QUICK.least_seconds + 0.5


@pytest.mark.slow
def test_a_function_that_never_ends_hangs_once(quick):
    """The first call has its time; those after it, and those of other checks, a moment."""
    key = task({}, "fairness_monitor")
    broken = key.cells[[c.cell_id for c in key.cells].index("b1")].source
    broken = broken.replace('"""\n', '"""\n    while True: pass\n', 1)
    made = task({"b1": broken}, "fairness_monitor").judged_by(reference_of(key))
    quick.grade(reference())  # so that all has started
    before = cpu_of(quick._process.pid)
    quick.grade(known_like(made))

    assert cpu_of(quick._process.pid) - before < QUICK.least_seconds + 2.5


@pytest.mark.slow
def test_a_cell_that_resists_the_stop_button_costs_itself(quick):
    """Neither a handler of its own nor `except` keeps the other steps from their points."""
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
    stubborn = "while True:\n    try: time.sleep(1)\n    except BaseException: pass"
    for source in (f"{deaf}\nwhile True: pass", f"import time\n{stubborn}"):
        below, _ = graded(quick, steps(*(REFERENCE | {2: f"{REFERENCE[2]}\n{source}"}).values()))
        alone, said = graded(quick, steps(*(REFERENCE | {2: source}).values()))

        assert below == FULL
        assert [2.0, 0.0, 4.0, 3.0] == alone
        assert "could not be interrupted" in said[1], said[1]


@pytest.mark.slow
def test_what_a_cell_leaves_running_costs_that_cell(quick):
    """A timer that ends Python a moment later is not the fault of the cell that runs by then."""
    timer = "import os, threading\nthreading.Timer(0.05, os._exit, [0]).start()"
    busy = f"{REFERENCE[3]}\nn = 0\nfor i in range(4_000_000):\n    n += i"
    made = with_own_cell(timer, "step_3")
    cells = [
        Cell(cell.cell_id, cell.role, busy, cell.points) if cell.cell_id == "step_3" else cell
        for cell in made.cells
    ]

    assert graded(quick, Task(tuple(cells)))[0] == FULL


@pytest.mark.slow
def test_a_notebook_of_fatal_cells_has_an_end(quick):
    """After twenty of them the rest is not tried any more."""
    cells = [(ANSWER, f"import os\nx{n} = 1\nos._exit({n})") for n in range(40)]
    found = quick.grade(known(course(*cells, ("c", "assert x39 == 1", 1)))).results

    assert found[-1].check.outcome == "not checked"
    assert len(cells) == 40 and MOST_LOST == sum(LOST in str(one.outputs) for one in found)


@pytest.mark.slow
def test_a_forged_answer_costs_its_cell(quick):
    """Who answers the grader in its own place earns nothing for that, and keeps the rest."""
    forged = "import os\nos.write(3, b'\\x00\\x00\\x00\\x01x')"
    marks, said = graded(quick, steps(*(REFERENCE | {2: forged}).values()))

    assert [2.0, 0.0, 4.0, 3.0] == marks
    assert "something that is no answer" in said[1]


@pytest.mark.parametrize(
    ("source", "before"),
    [
        ("a = 1\nfatal()\nb = 2", ["", "a = 1\n", "a = 1\nfatal()\n"]),
        ("a = 'ä'; fatal(); b = 2", ["", "a = 'ä'; ", "a = 'ä'; fatal(); "]),
        ("%matplotlib inline\nfatal()", ["", "%matplotlib inline\n"]),
        ("a = 1\r\nfatal()", ["", "a = 1\n"]),
        ("@fatal\ndef f():\n    pass\nx = 1", ["", "@fatal\ndef f():\n    pass\n"]),
        ("%%bash\nls", []),
        ("no python", []),
    ],
)
def test_statements_are_told_apart_where_that_is_safe(source, before):
    """Each with the text before it; a cell that cannot be parsed has none."""
    assert before == [one.before for one in pieces(source)]


def test_a_line_that_is_not_there_loses_the_whole_cell():
    """The guest says which line it was: a lie about that leaves nothing of the cell."""
    source = "x = 1\ny = 2; z = 3"
    kept = {}
    for line, at in ((0, (0, 0)), (9, (9, 0)), (-1, (1, 0)), (2, (9, 9)), (2, (2, 0)), (2, (2, 9))):
        lost = cut("c", source, EXITED, 0.0, piece_at(source, at), line)
        kept[line, at] = lost.kept

    assert list(kept.values()) == ["", "", "", "", "x = 1\n", "x = 1\ny = 2"]


def test_a_right_check_after_a_lost_cell_is_right(quick):
    """Control: what needs nothing of the lost cell is passed, and says nothing of it."""
    made = course((ANSWER, "import os\nos._exit(0)"), (ANSWER, "z = 3"), ("b", "assert z == 3", 1))
    found = quick.grade(known(made)).results[-1].check

    assert (PASSED, "") == (found.outcome, found.message)
    assert found.outcome != MISSED


FORKS = {
    "both go on": "import os\npid = os.fork()",
    "the child answers": "import os\nif os.fork():\n    os._exit(0)",
    "the child answers first": "import os, time\nif os.fork():\n    time.sleep(0.2)",
    "the parent answers first": "import os, time\nif not os.fork():\n    time.sleep(0.2)",
    "the child forges": "import gc, os\nfrom grader.sandbox import codec\n"
    "guest = next(one for one in gc.get_objects() if type(one).__name__ == 'Guest')\n"
    "if not os.fork():\n"
    "    reply = {'id': guest._id, 'reply': {'outputs': [], 'stop': None}}\n"
    "    codec.send(guest._connection, codec.dumps(reply))\n    os._exit(0)",
}


@pytest.mark.slow
def test_a_fork_that_answers_twice_costs_its_cell():
    """Where programs may start, neither of two processes earns anything for the other."""
    with WorkerClient(required(STRONG), replace(QUICK, programs=True)) as worker:
        assert graded(worker, reference())[0] == FULL
        for name, source in FORKS.items():
            alone, _ = graded(worker, steps(*(REFERENCE | {2: source}).values()))
            below, _ = graded(
                worker, steps(*(REFERENCE | {2: f"{REFERENCE[2]}\n{source}"}).values())
            )

            assert [2.0, 0.0, 4.0, 3.0] == alone, name
            assert below[:1] + below[2:] == [2.0, 4.0, 3.0], name


class Gone:
    """A guest that ends whenever it is asked, but for the first times."""

    spent = took = 0.0
    stopped = waited = closed = False

    def __init__(self, asks: list[int]) -> None:
        self.asks = asks

    def ask(self, operation: str, seconds: float, **fields: object) -> dict:
        """Answer while there are answers left."""
        self.asks[0] -= 1
        if self.asks[0] >= 0:
            return {"outputs": [], "stop": None}
        raise Exited("gone")

    def is_gone(self, seconds: float) -> bool:
        """Live on."""
        return False

    def close(self) -> None:
        """Be closed."""
        self.closed = True

    def __enter__(self) -> "Gone":
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()


def test_a_machine_that_ends_every_guest_ends_the_notebook():
    """Nothing is tried for ever, wherever that begins."""
    for lives in range(4):
        asks = [lives]
        process = LearnerProcess(lambda asks=asks: Gone(asks), Limits())
        for number in range(4):
            process.run(f"cell {number}", "import os\nos.getpid()")

        assert process.ended == "ended Python itself"
        assert process.ended_at.startswith("cell ")


def test_who_dies_twice_and_then_lives_is_not_cut():
    """Where its statements one by one end nothing it was the machine: all of the cell counts."""
    opened = []

    def open_guest() -> Gone:
        opened.append(Gone([0] if len(opened) < 2 else [100]))
        return opened[-1]

    process = LearnerProcess(open_guest, Limits())
    process.run("a", "import os\nos.getpid()")

    assert ("", {}) == (process.ended, process.lost)
    assert ["import os\nos.getpid()"] == process.sources()
