"""A function that one small change mends is told where to look, in a learner's own kernel."""

import shutil
import time

import pytest
from support.functions import reference
from support.kernels import Kernel
from support.notebooks import ROOT, cells

NOTEBOOKS = {"a": "beyond_accuracy", "b": "fairness_monitor"}


@pytest.fixture
def told(monkeypatch, tmp_path):
    """Run a task with some code; return the sentence of its verdict."""

    def run(task: str, code: str) -> str:
        name = NOTEBOOKS[task[0]]
        kernel = Kernel(monkeypatch, shutil.copy(ROOT / f"release/{name}/{name}.ipynb", tmp_path))
        kernel.run(task, code)
        kernel.run(f"{task}_check", cells("release", name)[f"{task}_check"]["source"])
        kept = kernel.shell.user_ns.get("accuracy")
        run.same = kept is None or kept.__code__.co_filename.startswith("<ipython")
        return kernel.shown[-1][0].sentence

    return run


@pytest.mark.parametrize(
    ("task", "old", "new", "place"),
    [
        ("a1", "range(len(y_true))", "range(len(y_true) - 1)", "`len(y_true) - 1` in line 11"),
        ("a1", "range(len(y_true))", "range(1, len(y_true))", "`range(1, len(y_true))` in line 11"),
        ("a1", "right = 0", "right = 1", "`right = 1` in line 10"),
        ("b4", "< threshold", "<= threshold", "what if both sides are equal?"),
        ("b4", "< threshold", "> threshold", "it compares the wrong way round"),
        ("b4", "min(scores, key", "max(scores, key", "does it take the right end?"),
        ("b3", 'd["outcome"] is None', 'not d["outcome"]', "0 and what is empty count as nothing"),
    ],
)
def test_one_comparison_or_number_is_named(told, task, old, new, place):
    """The line and the piece of code stand there, within the length of a sentence."""
    code = reference(task)
    assert old in code
    sentence = told(task, code.replace(old, new))

    assert place in sentence
    assert len(sentence) <= 180


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("right / len(y_true)", "0.79"),
        ("y_true[i] == y_pred[i]", "y_true[i] > 0"),
        ("return right / len(y_true)", "return 1 - right / len(y_true)"),
    ],
)
def test_what_no_single_number_mends_is_not_blamed_on_one(told, old, new):
    """A place is named only where the change was tried and every call came right."""
    code = reference("a1")
    assert old in code
    sentence = told("a1", code.replace(old, new))

    assert "Look at" not in sentence


def test_a_condition_that_zero_does_not_meet_is_named(told):
    """`if x` is not `if x is not None`."""
    code = (
        "def fairness_scores(decisions, min_count=20):\n"
        "    known = [d for d in decisions if d['outcome']]\n"
        "    groups = {d['group'] for d in known}\n"
        "    of = {g: [d['decision'] == d['outcome'] for d in known if d['group'] == g]"
        " for g in groups}\n"
        "    return {\n"
        "        'scores': {g: sum(o) / len(o) for g, o in of.items() if len(o) >= min_count},\n"
        "        'too_small': {g: len(o) for g, o in of.items() if len(o) < min_count},\n"
        "    }\n"
    )

    assert "`d['outcome']` in line 2: 0 and what is empty count as nothing" in told("b3", code)


def test_the_function_stays_the_learners_own(told):
    """After the verdict the name stands for what the learner wrote."""
    told("a1", reference("a1").replace("right = 0", "right = 1"))

    assert told.same


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def accuracy(", "@wrapped\ndef accuracy("),
        ("(y_true, y_pred):", "(y_true, y_pred: gone):"),
    ],
    ids=["a decorator", "a name that is gone"],
)
def test_what_cannot_be_defined_again_costs_no_verdict(told, old, new):
    """Nothing of the learner's runs besides the function, and the check's own sentence comes."""
    code = reference("a1").replace("right = 0", "right = 1").replace(old, new)
    before = "ran = []\ngone = 1\ndef wrapped(f):\n    ran.append(f)\n    return f\n"
    sentence = told("a1", f"{before}{code}\ndel gone\nassert len(ran) < 2\n")

    assert "should be 4 / 5 = 0.8" in sentence
    assert "Look at" not in sentence


def test_a_while_loop_is_left_alone(told):
    """Another condition might never end: nothing is tried, and the verdict comes at once."""
    loop = "    right = 0\n    for i in range(len(y_true)):\n"
    code = reference("a1")
    assert loop in code
    code = code.replace(
        loop, "    right = 0\n    i = 0\n    while i < len(y_true) - 1:\n        i += 1\n"
    )
    start = time.monotonic()
    sentence = told("a1", code)

    assert "Look at" not in sentence
    assert time.monotonic() - start < 5
