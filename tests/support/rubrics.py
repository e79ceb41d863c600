"""A small course with one answer that a person marks, and learners who handed it in."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from grader.course import Course
from support.courses import ROOT

LINES = [
    "1 point: Says what the `score` is for, and one use it is not for",
    "1 point: Names a harmed group with its number and the harm",
    "1 point: Names a harmed group with its number and the harm it does to them",
    "0.5 points: Compares <b>two</b> measures",
    "1.5 points: Ends with a recommendation",
]
PROMPT = "*Write your entry here: five to eight sentences.*"
ITEMS = "\n".join(f"- [ ] {line.split()[0]} · {line.partition(': ')[2]}" for line in LINES)
ANSWER = f"""{PROMPT}
### BEGIN SOLUTION
The score helps an officer to **decide**. Its accuracy for women is 0.769.

**Rubric**

{ITEMS}
### END SOLUTION
"""
WRITTEN = "It helps an officer. For **women** it is right in 0.769 of all cases."


def text(cell_id: str, source: str, points: int | None = None) -> dict:
    """Return a Markdown cell; with points a person marks it."""
    about = {"grade": True, "solution": True, "locked": False, "task": False, "points": points}
    about |= {"grade_id": cell_id, "schema_version": 3}
    metadata = {} if points is None else {"nbgrader": about}
    return {"cell_type": "markdown", "id": cell_id, "metadata": metadata, "source": source}


def notebook(*cells: dict) -> dict:
    """Return a notebook with these cells."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def essay_course(folder: Path) -> Course:
    """Make a course whose assignment `essay` has one notebook, with the answers a6 and a7."""
    course = Course(folder.resolve())
    course.source("essay").mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    entry = notebook(
        text("top", "# Model card"),
        text("a6", f"{PROMPT}\n### BEGIN SOLUTION\nAny one.\n### END SOLUTION", 2),
        text("a7", ANSWER, 5),
    )
    path = course.source("essay") / "entry.ipynb"
    path.write_text(json.dumps(entry), encoding="utf-8")
    run(course, "grader", "release", "essay")
    return course


def hand_in(course: Course, student: str, **written: str) -> None:
    """Put an essay into submitted/, with what a learner wrote into cells by their id."""
    folder = course.submitted(student, "essay")
    shutil.copytree(course.release("essay"), folder)
    path = folder / "entry.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        cell["source"] = written.get(cell["id"], cell["source"])
    path.write_text(json.dumps(nb), encoding="utf-8")


def run(course: Course, *command: str) -> str:
    """Run a module with arguments in the course and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=course.root, capture_output=True, text=True
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout
