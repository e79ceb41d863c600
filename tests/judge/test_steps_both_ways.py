"""
The golden answers get the same verdicts from the sandbox and its judge as from stock nbgrader.

The sandbox takes all of them. Stock nbgrader takes a fifth, since every answer costs it a kernel,
and none that never ends; `COURSE_ALL_STEPS=1` gives it the rest too.
"""

import os

import pytest
from support.courses import copy_course, hand_in
from support.golden import GOLDEN, POINTS
from support.judging import REFERENCE, steps
from table import use_stock

from grader.batch import grade

CASES = [case for case in GOLDEN if "endless" not in case["id"] and "infinite" not in case["id"]]
SHADOWS = ("s3.name_sum",)  # a learner's own `sum`, which the check meets in one kernel
TAKEN = [
    case
    for number, case in enumerate(CASES)
    if os.environ.get("COURSE_ALL_STEPS") or number % 5 == 0 or case["id"] in SHADOWS
]


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    """Every taken answer handed in by a learner of its own: stock's results by learner."""
    course = copy_course(tmp_path_factory.mktemp("golden") / "course")
    use_stock(course)
    for number, case in enumerate(TAKEN):
        code = "\n".join(case["code"])
        folder = hand_in(course, f"learner{number:03}", **{case["step"]: code})
        (folder / "practice.ipynb").unlink()
    found = grade(course, "mini_project")
    return {result.student: result for result in found if result.notebook == "build_and_apply"}


@pytest.mark.slow
@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["id"])
def test_the_sandbox_gives_the_golden_verdict(worker, case):
    """The step earns its share, the other steps all their points, and the sentence arrives."""
    answers = {f"step_{n}": code for n, code in REFERENCE.items()}
    answers[case["step"]] = "\n".join(case["code"])
    results = worker.grade(steps(*answers.values())).results
    found = {r.cell_id.removeprefix("check_"): r for r in results if r.check}

    _compare(case, {step: (r.score, r.check.message) for step, r in found.items()})


@pytest.mark.parametrize("number", range(len(TAKEN)), ids=lambda number: TAKEN[number]["id"])
def test_stock_nbgrader_gives_the_same_verdict(stock, number):
    """What the judge says outside is what the check says in the learner's own kernel."""
    result = stock[f"learner{number:03}"]
    assert "" == result.reason

    cells = {c.grade_id.removeprefix("check_"): (c.score, c.message) for c in result.cells}

    _compare(TAKEN[number], cells)


def _compare(case: dict, cells: dict[str, tuple[float, str]]) -> None:
    others = {step: score for step, (score, _) in cells.items() if step != case["step"]}
    score, message = cells[case["step"]]

    assert {step: POINTS[step] for step in POINTS if step != case["step"]} == others
    assert case["share"] == round(score / POINTS[case["step"]], 2)
    assert case.get("says", "Correct: ") in message
