"""
The golden answers graded by nbgrader itself, each in a kernel of its own, get the same verdicts.

A fifth is taken, since every answer costs a kernel; `COURSE_ALL_STEPS=1` takes all of them.
"""

import os

import pytest
from courses import copy_course, hand_in
from test_checks_steps import GOLDEN, POINTS

from grader.batch import grade

CASES = [case for case in GOLDEN if "endless" not in case["id"] and "infinite" not in case["id"]]
TAKEN = CASES if os.environ.get("COURSE_ALL_STEPS") else CASES[::5]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Every taken answer handed in by a learner of its own: the results by learner."""
    course = copy_course(tmp_path_factory.mktemp("golden") / "course")
    for number, case in enumerate(TAKEN):
        code = "\n".join(case["code"])
        folder = hand_in(course, f"learner{number:03}", **{case["step"]: code})
        (folder / "practice.ipynb").unlink()
    found = grade(course, "mini_project")
    return {result.student: result for result in found if result.notebook == "build_and_apply"}


@pytest.mark.parametrize("number", range(len(TAKEN)), ids=lambda number: TAKEN[number]["id"])
def test_nbgrader_gives_the_same_verdict(graded, number):
    """The step earns its share, the other steps all their points, and the sentence arrives."""
    case, result = TAKEN[number], graded[f"learner{number:03}"]
    assert "" == result.reason

    cells = {cell.grade_id.removeprefix("check_"): cell for cell in result.cells}

    assert {step: POINTS[step] for step in POINTS if step != case["step"]} == {
        step: cell.score for step, cell in cells.items() if step != case["step"]
    }
    assert case["share"] == round(cells[case["step"]].score / POINTS[case["step"]], 2)
    assert case.get("says", "Correct: ") in cells[case["step"]].message
