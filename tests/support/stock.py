"""A course graded twice: by stock nbgrader 0.9, with its own commands alone, and here."""

import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.batch import grade
from grader.course import Course
from grader.release import release
from support.courses import hand_in_sheet, small_course

OURS = "from grader.course.config import enable\nenable(c)\n"
MARKS = (
    "select a.student_id || ' ' || b.name, g.auto_score, g.needs_manual_grade,"
    " coalesce(c.max_score, t.max_score)"
    " from grade g join submitted_notebook s on g.notebook_id = s.id"
    " join submitted_assignment a on s.assignment_id = a.id join base_cell b on g.cell_id = b.id"
    " left join grade_cells c on c.id = b.id left join task_cells t on t.id = b.id order by 1"
)
Marks = dict[str, tuple[float | None, int, float]]  # score, needs a person, and points


@dataclass(frozen=True)
class Both:
    """The marks of both by "learner cell", and the course that was graded here."""

    stock: Marks
    here: Marks
    course: Course


def nbgrader(course: Course, *words: str) -> str:
    """Run a command of nbgrader's in a course folder and return what it said."""
    command = [sys.executable, "-m", "nbgrader", *words]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stderr


def marks(course: Course) -> Marks:
    """Return what a gradebook holds."""
    with sqlite3.connect(course.root / "gradebook.db") as database:
        return {name: tuple(mark) for name, *mark in database.execute(MARKS)}


def graded_by_both(
    folder: Path,
    *cells: dict,
    learners: dict[str, dict[str, str]],
    config: str = "",
    files: dict[str, str] = {},  # noqa: B006
    beside: dict[str, str] = {},  # noqa: B006
) -> Both:
    """
    Release a small course and grade these learners' answers, by cell, in both ways. `files` lie
    beside the notebook, `beside` in the course folder.
    """
    here = small_course(folder / "here", *cells, config=config, files=files)
    for name, text in beside.items():
        (here.root / name).write_text(text, encoding="utf-8")
    stock = Course(here.root.with_name("stock"))
    shutil.copytree(here.root, stock.root)
    path = stock.root / "nbgrader_config.py"
    path.write_text(path.read_text("utf-8").replace(OURS, ""), "utf-8")
    nbgrader(stock, "generate_assignment", "week")
    release(here, ["week"])
    for course in (stock, here):
        for student, answers in learners.items():
            hand_in_sheet(course, student, **answers)
    nbgrader(stock, "autograde", "week")
    grade(here, "week")
    return Both(marks(stock), marks(here), here)
