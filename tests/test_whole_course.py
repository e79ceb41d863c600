"""Every assignment, from the released notebooks to the marks: the key in full, the blank at 0."""

import json
import re
import shutil

import pytest
from support.courses import copy_course
from support.notebooks import NOTEBOOKS, SOLUTION, cells

from grader.batch import grade

pytestmark = pytest.mark.slow

FULL = {
    **{"build_and_apply": 10, "practice": 9, "walkthrough": 0, "visual_quiz": 6},
    **{"pattern_test": 20, "beyond_accuracy": 20, "fairness_monitor": 25},
}
BY_HAND = {"beyond_accuracy": 5, "fairness_monitor": 5}  # points that a teacher gives


def solve(path, name: str) -> None:
    """Put the solutions of source/ into a released notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    known = cells("source", name)
    for cell in notebook["cells"]:
        source = known[cell["id"]]["source"]
        if SOLUTION.search(source):
            cell["source"] = re.sub(r"(?m)^ *### (BEGIN|END) SOLUTION\n?", "", source)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def save_answers(path, answers: dict[str, str]) -> None:
    """Save quiz answers into a notebook's own metadata, as a widget does."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"]["rai"] = {"answers": answers}
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Three learners in every assignment: the key, a blank, and one whose answers are metadata."""
    course = copy_course(tmp_path_factory.mktemp("whole") / "course")
    for assignment in course.assignments():
        for learner in ("key", "blank", "saved"):
            shutil.copytree(course.release(assignment), course.submitted(learner, assignment))
        for path in course.submitted("key", assignment).glob("*.ipynb"):
            solve(path, path.stem)
    letters = {"practice1": "A", "practice2": "B", "practice3": "D", "practice9": "A"}
    save_answers(course.submitted("saved", "mini_project") / "practice.ipynb", letters)
    letters = {"visual1": "A", "visual2": "C", "visual3": "B"}
    save_answers(course.submitted("saved", "step_by_step") / "visual_quiz.ipynb", letters)
    return course


@pytest.fixture(scope="module")
def results(course):
    """The results by (learner, notebook)."""
    found = [r for assignment in course.assignments() for r in grade(course, assignment)]
    return {(result.student, result.notebook): result for result in found}


@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if FULL[name]])
def test_the_key_earns_everything_and_the_blank_nothing(results, name):
    """The reference solution scores all that checks give; the untouched release 0, with reasons."""
    key, blank = results["key", name], results["blank", name]

    assert (FULL[name], FULL[name] + BY_HAND.get(name, 0)) == (key.score, key.max_score)
    assert 0 == blank.score
    assert all(cell.message for cell in blank.cells if cell.grade_id not in ("a7", "b6"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_untouched_release_runs_without_an_error(course, results, name):
    """A notebook in which nothing was answered runs from top to bottom."""
    path = course.autograded("blank", NOTEBOOKS[name]) / f"{name}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    outputs = [out for cell in notebook["cells"] for out in cell.get("outputs", [])]

    assert [] == [out for out in outputs if out["output_type"] == "error"]
    assert [] == [out for out in outputs if out.get("name") == "stderr"]


def test_answers_saved_in_the_notebook_count(results):
    """Answers in the notebook's metadata are graded although the `quiz_answers` cell is empty."""
    assert 6 == results["saved", "visual_quiz"].score
    assert 3 == results["saved", "practice"].score


def test_the_solution_reaches_the_learner_after_grading(course, results):
    """The graded quiz holds the solution steps; the released one does not."""
    graded = (course.autograded("blank", "mini_project") / "practice.ipynb").read_text("utf-8")
    released = (course.release("mini_project") / "practice.ipynb").read_text("utf-8")

    assert "**Step 1: Understand the purpose of Responsible AI**" in graded
    assert "Understand the purpose" not in released


@pytest.mark.parametrize(
    ("name", "cell_id"), [("beyond_accuracy", "a7"), ("fairness_monitor", "b6")]
)
def test_a_written_note_waits_for_a_person(results, name, cell_id):
    """What the teacher reads has no score until then; where nothing was written it is 0."""
    scores = [
        next(cell.score for cell in results[who, name].cells if cell.grade_id == cell_id)
        for who in ("key", "blank")
    ]

    assert [None, 0] == scores
