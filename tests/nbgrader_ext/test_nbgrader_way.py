"""The course with nothing but nbgrader's own commands, in an environment that is not activated."""

import csv
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.courses import answer, copy_course

from grader import gradebook
from grader.course import Course

pytestmark = pytest.mark.slow

NBGRADER = Path(sys.executable).parent / "nbgrader"


def start(course: Course, folder: Path, *arguments: str) -> subprocess.Popen:
    """Start an nbgrader command as a user with a bare PATH would."""
    home = course.root.parent / "home"
    home.mkdir(exist_ok=True)
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "JUPYTER_CONFIG_PATH": str(course.root),  # a learner's folder has no configuration
    }
    return subprocess.Popen(
        [NBGRADER, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(course: Course, folder: Path, *arguments: str) -> str:
    """Run an nbgrader command to its end and return what it said."""
    process = start(course, folder, *arguments)
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, f"nbgrader {' '.join(arguments)}:\n{said}"
    return said


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """From source/ to grades.csv: ada has everything right, ben a typed-in number."""
    course = copy_course(tmp_path_factory.mktemp("way") / "course")
    desk = course.root.parent / "desk"
    desk.mkdir()
    run(course, course.root, "generate_assignment", "mini_project", "--force")
    run(course, course.root, "release_assignment", "mini_project")
    run(course, desk, "fetch_assignment", "mini_project")
    fetched = {path.name: path.read_bytes() for path in (desk / "mini_project").iterdir()}
    for student, change in (("ada", {}), ("ben", {"step_3": "accuracy = 0.8"})):
        answer(desk / "mini_project", **change)
        run(course, desk, "submit", "mini_project", f"--student={student}")
    run(course, course.root, "collect", "mini_project")
    run(course, course.root, "autograde", "mini_project")
    jobs = [
        start(course, course.root, "generate_feedback", "mini_project"),
        start(course, course.root, "export", "--to=grades.csv"),
    ]
    assert [job.wait(300) for job in jobs] == [0, 0]
    return SimpleNamespace(course=course, fetched=fetched)


def test_learners_fetch_exactly_the_release(way):
    """What arrives at a learner's desk is release/."""
    release = way.course.release("mini_project")

    assert way.fetched == {path.name: path.read_bytes() for path in release.iterdir()}


def test_stock_autograde_gives_the_same_marks(way, graded):
    """`nbgrader autograde` and `grader grade` agree on every cell and every sentence."""
    stock = gradebook.results(way.course, "mini_project")

    for result in stock:
        assert result.cells == graded.by_name[result.student, result.notebook].cells
    assert [r.score for r in stock if r.student == "ada"] == [10, 9]


def test_feedback_and_export_are_written(way):
    """Every learner has two pages without hidden checks, and a row in the table."""
    pages = sorted((way.course.root / "feedback").rglob("*.html"))
    with (way.course.root / "grades.csv").open(encoding="utf-8") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}

    assert len(pages) == 4
    assert not any("HIDDEN TESTS" in page.read_text(encoding="utf-8") for page in pages)
    assert scores["ada"] == 19
    assert 0 < scores["ben"] < 19


def test_validate_tells_right_from_wrong(way):
    """`nbgrader validate` praises the right notebook and finds the failing check of the other."""
    jobs = {
        student: start(
            way.course,
            way.course.submitted(student, "mini_project"),
            "validate",
            "build_and_apply.ipynb",
        )
        for student in ("ada", "ben")
    }
    said = {student: job.communicate(timeout=300)[0] for student, job in jobs.items()}

    assert "Success" in said["ada"]
    assert "VALIDATION FAILED ON 1 CELL" in said["ben"]
