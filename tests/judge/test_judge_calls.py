"""Tasks with functions, judged for real: called in the sandbox, judged outside it."""

import pytest
from cases.mistakes import MISTAKES
from support import functions, judging
from support.functions import reference

from grader.judge.task import ANSWER, CHECK, GIVEN, Cell, Task
from grader.sandbox import Limits
from grader.trial.notebook import reference_of

FULL = {"b0": 2, "b1": 4, "b2": 5, "b3": 5, "b4": 4, "b5": 5}
QUICK = Limits(cell_seconds=3.0, total_seconds=60.0)


@pytest.fixture(scope="module")
def quick_bench():
    """A grading process in which a call that does not end is stopped after three seconds."""
    from support.courses import need_sandbox

    from grader.judge.client import WorkerClient

    with WorkerClient(need_sandbox(), QUICK) as made:
        yield made


def graded(worker, **answers: str) -> dict[str, tuple[float, str]]:
    """Grade the monitor with these answers, else the reference's: (score, sentence) by task."""
    known = reference_of(judging.task({}, "fairness_monitor"))
    task = judging.task(answers, "fairness_monitor").judged_by(known)
    found = worker.grade(task).results
    return {r.cell_id[:2]: (r.score, r.check.message) for r in found if r.check}


def test_the_reference_is_right_in_the_sandbox(quick_bench):
    """All six tasks of the monitor earn their points."""
    assert FULL == {task: score for task, (score, _) in graded(quick_bench).items()}


def test_a_task_that_builds_on_a_wrong_one_is_judged_by_itself(quick_bench):
    """With a wrong alert the monitor is judged with the model's alert; one slip costs one task."""
    wrong = functions.wrong("b4", MISTAKES["b4"][0])
    found = graded(quick_bench, b4=wrong)

    assert FULL["b5"] == found["b5"][0]
    assert found["b4"][0] < FULL["b4"]


def test_a_wrong_task_is_not_saved_by_the_model(quick_bench):
    """What is wrong in the monitor itself stays wrong with model answers before it."""
    found = graded(
        quick_bench,
        b4=functions.wrong("b4", MISTAKES["b4"][0]),
        b5=functions.wrong("b5", MISTAKES["b5"][1]),
    )

    assert found["b5"][0] < FULL["b5"]
    assert "week 3 is 0.700 (alert, but not new)" in found["b5"][1]


@pytest.mark.slow
def test_a_call_that_does_not_end_costs_its_check(quick_bench):
    """A loop without an end for one kind of data leaves the other checks their points."""
    code = "def fairness_scores(decisions, min_count=20):\n    while not decisions:\n        pass\n"
    body = reference("b3").split('"""\n', 1)[1]
    found = graded(quick_bench, b3=code + body)

    assert "With no decisions return" in found["b3"][1]
    assert "did not end in time" in found["b3"][1]
    assert FULL["b3"] - 0.6 == pytest.approx(found["b3"][0])
    assert FULL["b5"] == found["b5"][0]


def test_a_call_that_ends_python_costs_its_task(quick_bench):
    """`os._exit` in a function is told, and the other tasks keep their points."""
    code = reference("b1").replace(
        '"""\n', '"""\n    import os\n    cutoff == 31 and os._exit(0)\n', 1
    )
    found = graded(quick_bench, b1=code)

    assert 0 == found["b1"][0]
    told = "ended Python itself in line 4, `cutoff == 31 and os._exit(0)`."
    assert f"The check called your code, which {told}" == found["b1"][1]
    assert {"b0", "b2", "b3", "b4", "b5"} == {t for t in FULL if found[t][0] == FULL[t]}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def fairness_alert(scores, threshold=0.75):\n    pass\n", "holds no code of yours yet"),
        ("def fairness_alert(scores, threshold=0.75):\n    return None\n", "the status is 'Bias"),
        ("def fairness_alert(scores, threshold=0.75)\n    return 1\n", "colon"),
        ("def fairnes_alert(scores, threshold=0.75):\n    return 1\n", "Rename it"),
        ("fairness_alert = 5\n", "stopped with `TypeError"),
        ("def fairness_alert(s, threshold=0.75):\n    return float('nan')\n", "plain data"),
        ("def fairness_alert(s, threshold=0.75):\n    return object()\n", "plain data"),
        ("def fairness_alert(s, t=0.75):\n    return fairness_alert(s, t)\n", "Recursion"),
        ("def fairness_alert(s, t=0.75):\n    return [s] * 10**10\n", "MemoryError"),
        (
            "import os\n\ndef fairness_alert(s, t=0.75):\n    os.abort()\n",
            "The check called your code, which ended Python itself in line 4, `os.abort()`.",
        ),
        ("import sys\n\ndef fairness_alert(s, threshold=0.75):\n    sys.exit()\n", "SystemExit"),
        ("def fairness_alert(s, threshold=0.75):\n    return 'x' * 10**7\n", "too long"),
        (
            "def fairness_alert(s, threshold=0.75):\n    a = []\n    a.append(a)\n    return a\n",
            "plain data",
        ),
        (
            "class Yes(dict):\n    def __eq__(self, other): return True\n"
            "    def keys(self): return 5\n\n"
            "def fairness_alert(s, threshold=0.75):\n    return Yes()\n",
            "the status is 'Bias",
        ),
    ],
)
def test_what_is_no_answer_earns_nothing(quick_bench, code, told):
    """Stubs, other names, broken code and what is no plain data get 0 and a sentence."""
    score, sentence = graded(quick_bench, b4=code)["b4"]

    assert 0 == score
    assert told in sentence


def test_a_notebook_that_changes_python_gets_no_points_for_it(quick_bench):
    """Code that takes the tools of the guest over still has to give the right answers."""
    code = (
        "import json, grader.rerun.calls as tools\n"
        "json.dumps = lambda *a, **k: '{}'\n"
        "tools.calls = lambda plan, space: [[{'value': 'null', 'printed': ''}]] * len(plan)\n"
        "def fairness_alert(scores, threshold=0.75):\n    return {}\n"
    )
    found = graded(quick_bench, b4=code)

    assert 0 == found["b4"][0]


def test_a_check_hears_nothing_that_the_function_prints(quick_bench):
    """What a function prints does not become the sentence of its check."""
    code = reference("b4").replace('"""\n', '"""\n    print("Correct: all of it.")\n', 1)
    score, sentence = graded(quick_bench, b4=code)["b4"]

    assert FULL["b4"] == score
    assert "all of it" not in sentence


def test_a_room_never_gets_what_is_expected(quick_bench):
    """The learner's function, which may look at all that its process knows, finds no answer."""
    check = (
        "from grader.checks import call, expect, function, verdict, worth\n"
        "function('f1', 'find')\nworth(1)\n"
        "expect('F1', 'finds', 'No.', call(gives=86421357))\nverdict()\n"
    )
    spy = (
        "import gc, sys\n\ndef find():\n"
        "    frame, seen = sys._getframe(), []\n"
        "    while frame:\n        seen.append(repr(frame.f_locals))\n"
        "        frame = frame.f_back\n"
        "    seen += [repr(one) for one in gc.get_objects() if type(one) in (dict, list, tuple)\n"
        "             and len(one) < 50]\n"
        "    number = sum([9**8, 43374636])\n"
        "    return number if any(str(number) in text for text in seen) else 0\n"
    )
    cells = (Cell("f1", ANSWER, spy), Cell("check", CHECK, check, 1.0))
    found = quick_bench.grade(Task(cells)).results[-1]

    assert 0 == found.score


@pytest.mark.slow
def test_the_heavy_libraries_are_ready(quick_bench):
    """The group report is measured with fairlearn in the sandbox, on data made for the check."""
    known = judging.task({}, "beyond_accuracy")
    found = {
        r.cell_id: r
        for r in quick_bench.grade(known.judged_by(reference_of(known))).results
        if r.check
    }

    assert [2, 3, 5, 5, 2, 3] == [one.score for one in found.values()]
    assert not any(one.inside for one in found.values())


def test_parts_of_the_course_are_given():
    """Cells that show a view of the learner's own data run in the sandbox as given cells."""
    found = [c for c in judging.task({}, "beyond_accuracy").cells if "GroupRates" in c.source]

    assert [GIVEN] == [cell.role for cell in found]
