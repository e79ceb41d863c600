"""Another nbgrader course, nbgrader's own demo with its sample submissions: the marks of stock."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbgrader
import pytest
from table import use_stock

from grader import gradebook
from grader.batch import grade
from grader.course import Course

pytestmark = pytest.mark.slow

GUIDE = Path(nbgrader.__file__).parent / "docs/source/user_guide"
MARKS = (
    "select a.student_id, n.name, b.name, g.auto_score, g.needs_manual_grade from grade g"
    " join submitted_notebook s on g.notebook_id = s.id join notebook n on s.notebook_id = n.id"
    " join submitted_assignment a on s.assignment_id = a.id join base_cell b on g.cell_id = b.id"
    " order by 1, 2, 3"
)
COMMENTS = (
    "select a.student_id, n.name, b.name, c.auto_comment from comment c"
    " join submitted_notebook s on c.notebook_id = s.id join notebook n on s.notebook_id = n.id"
    " join submitted_assignment a on s.assignment_id = a.id join base_cell b on c.cell_id = b.id"
    " order by 1, 2, 3"
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> dict[str, Path]:
    """`nbgrader quickstart` with its sample submissions, graded by stock nbgrader and here."""
    folder = tmp_path_factory.mktemp("quickstart")
    command = [sys.executable, "-m", "nbgrader", "quickstart", "course"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    shutil.copytree(GUIDE / "submitted", folder / "course/submitted")
    places = {}
    for name in ("stock", "here"):
        places[name] = folder / name
        shutil.copytree(folder / "course", places[name])
    use_stock(Course(places["stock"]))
    stock = [sys.executable, "-m", "nbgrader"]
    for words in (["generate_assignment", "ps1", "--force"], ["autograde", "ps1"]):
        subprocess.run([*stock, *words], cwd=places["stock"], check=True, capture_output=True)
    results = grade(Course(places["here"]), "ps1")
    assert [] == [result.reason for result in results if result.reason]
    return places


@pytest.mark.parametrize("query", [MARKS, COMMENTS], ids=["marks", "comments"])
def test_the_demo_course_gets_stocks_marks(demo, query):
    """Plain asserts, partial credit, manual cells and a task: row by row as stock nbgrader."""
    rows = {}
    for name, place in demo.items():
        with sqlite3.connect(place / "gradebook.db") as database:
            rows[name] = database.execute(query).fetchall()

    assert 10 < len(rows["stock"])
    assert rows["stock"] == rows["here"]


def test_a_plain_assert_that_failed_is_named(demo):
    """The result of a check without words of its own says at least what stopped it."""
    results = gradebook.results(Course(demo["here"]), "ps1", {"bitdiddle"})
    said = {cell.grade_id: cell.message for result in results for cell in result.cells}

    assert "AssertionError" == said["correct_squares"]
    assert "" == said["squares_invalid_input"]


def test_nothing_of_the_demo_course_was_judged_inside(demo):
    """Its functions are called through proxies, `del squares` included."""
    for path in demo["here"].glob("autograded/*/ps1/*.ipynb"):
        assert "inside" not in json.loads(path.read_text()).get("metadata", {}).get("grader", {})


def test_outputs_of_learners_are_those_of_stock(demo):
    """What a learner's cell shows in the graded notebook is what stock nbgrader would keep."""
    compared = 0
    for path in demo["here"].glob("autograded/*/ps1/*.ipynb"):
        stock = demo["stock"] / path.relative_to(demo["here"])
        for one, other in zip(_code(path), _code(stock), strict=True):
            if not one["metadata"].get("nbgrader", {}).get("grade"):
                assert _plain(other) == _plain(one)
                compared += 1

    assert 5 < compared


def _code(path: Path) -> list[dict]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def _plain(cell: dict) -> list[tuple]:
    return [
        (out["output_type"], out.get("ename"), out.get("text"), out.get("data"))
        for out in cell["outputs"]
    ]
