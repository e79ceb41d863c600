"""Right answers in unusual form get full marks, and the same with one slip do not."""

import functools
import re
from collections import defaultdict
from dataclasses import replace

import pytest
from support import judging
from support.courses import ROOT

from grader.judge.task import CHECK
from grader.trial.notebook import reference_of

TEXT = (ROOT / "tests/cases/unusual.txt").read_text(encoding="utf-8")
SLIP = re.compile(r"⟦([^¦⟧]*)¦([^⟧]*)⟧", re.DOTALL)
NOTEBOOKS = {"a": "beyond_accuracy", "b": "fairness_monitor", "s": "build_and_apply"}
Forms = dict[str, list[tuple[str, str]]]  # by task: (what is unusual, the code with its slip)


def forms() -> Forms:
    """Return the forms of each task."""
    found: Forms = defaultdict(list)
    for part in TEXT.split("\n=== ")[1:]:
        head, code = part.split("\n", 1)
        task, title = head.split(" · ")
        found[task].append((title, code))
    return found


FORMS = forms()
# The n-th form of each task of a notebook is handed in together with the others.
TOGETHER = [
    (letter, number)
    for letter in NOTEBOOKS
    for number in range(max(len(one) for task, one in FORMS.items() if task[0] == letter))
]


@functools.cache
def known(letter: str):
    """The key of a notebook, and what it says."""
    key = judging.task({}, NOTEBOOKS[letter])
    return reference_of(key), {f"{c.cell_id}": c.points for c in key.cells if c.points}


def graded(worker, letter: str, number: int, side: str) -> dict[str, tuple]:
    """Hand in the right or the wrong side of these forms: (share, sentence) by form."""
    mine = {
        task: found[number] for task, found in FORMS.items() if task[0] == letter and found[number:]
    }
    answers = {task: SLIP.sub(side, code) for task, (_, code) in mine.items()}
    reference, points = known(letter)
    task = judging.task(answers, NOTEBOOKS[letter]).judged_by(reference)
    checks = {task: f"check_{task}" if letter == "s" else f"{task}_check" for task in mine}
    kept = [one for one in task.cells if one.role != CHECK or one.cell_id in checks.values()]
    results = {one.cell_id: one for one in worker.grade(replace(task, cells=tuple(kept))).results}
    return {
        f"{task} · {mine[task][0]}": (
            results[check].score / points[check],
            results[check].check.message,
        )
        for task, check in checks.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize(("letter", "number"), TOGETHER)
def test_a_right_answer_in_unusual_form_gets_full_marks(worker, letter, number):
    """Whatever a task leaves open is left to the learner."""
    found = graded(worker, letter, number, r"\1")

    assert {} == {form: told for form, told in found.items() if told[0] != 1}


@pytest.mark.slow
@pytest.mark.parametrize(("letter", "number"), TOGETHER)
def test_the_same_form_with_one_slip_does_not(worker, letter, number):
    """The form excuses nothing: each twin misses a check, and is told something."""
    found = graded(worker, letter, number, r"\2")

    assert {} == {form: told for form, told in found.items() if told[0] == 1 or not told[1]}


def test_the_corpus_is_whole():
    """There are 120 forms, several for each function and each step, and all have their slip."""
    tasks = {f"a{n}" for n in range(1, 7)} | {f"b{n}" for n in range(6)}

    assert tasks | {f"step_{n}" for n in range(1, 5)} == set(FORMS)
    assert 120 <= sum(map(len, FORMS.values()))
    assert all(len(found) >= 6 for found in FORMS.values())
    assert all(len(SLIP.findall(code)) == 1 for found in FORMS.values() for _, code in found)
