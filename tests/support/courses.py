"""Courses to test with: copies in temporary folders, and submissions put into them."""

import copy
import functools
import importlib.util
import json
import os
import shutil
import tempfile
from pathlib import Path
from types import ModuleType

import pytest

from grader.course import Course, put_tools_on_path
from grader.errors import WallMissing
from grader.judge.learner_process import MOST_LOST
from grader.sandbox import Level, levels

ROOT = Path(__file__).parents[2]
# What courses say where a test run sees another system: see support/another_system.
ELSEWHERE = "c.Sandbox.walls = False\n" if "COURSE_SYSTEM" in os.environ else ""


def copy_course(folder: Path, gradebook: bool = True) -> Course:
    """
    Copy what an instructor needs of the course into a folder; copies share trials of keys. Without
    an empty gradebook, the first command makes one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(config + ELSEWHERE, encoding="utf-8")
    for name in ("source", "release"):
        shutil.copytree(ROOT / name, folder / name)
    (ROOT / ".grader/tried").mkdir(parents=True, exist_ok=True)
    (folder / ".grader").mkdir(exist_ok=True)
    (folder / ".grader/tried").symlink_to(ROOT / ".grader/tried")
    (folder / "exchange").mkdir(exist_ok=True)  # as `grader lab` makes it
    (folder / "tests" / "cases").mkdir(parents=True)
    shutil.copy(ROOT / "tests/cases/sample_class.json", folder / "tests/cases")
    if gradebook:
        shutil.copy(_empty_gradebook(), folder / "gradebook.db")
    return Course(folder.resolve())


def sample_class() -> dict:
    """Return the sample class: right answers, and learners with theirs."""
    path = ROOT / "tests/cases/sample_class.json"
    return json.loads(path.read_text(encoding="utf-8"))


def answer(folder: Path, **changes: str | None) -> None:
    """
    Put right answers into the notebooks of mini_project in a folder.

    A keyword replaces the source of the cell of this id; None leaves the cell as it is.
    """
    sample = sample_class()
    sources = sample["answers"]["steps"] | {
        "quiz_answers": f"quiz_answers = {sample['quiz']['answers']!r}"
    }
    sources = {cell: code for cell, code in (sources | changes).items() if code is not None}
    for path in folder.glob("*.ipynb"):
        nb = json.loads(path.read_text(encoding="utf-8"))
        for cell in nb["cells"]:
            cell["source"] = sources.get(cell["id"], cell["source"])
        path.write_text(json.dumps(nb), encoding="utf-8")


def hand_in(course: Course, student: str, **changes: str | None) -> Path:
    """Put right answers, with changes, into submitted/ and return the folder."""
    folder = course.submitted(student, "mini_project")
    shutil.copytree(course.release("mini_project"), folder)
    answer(folder, **changes)
    return folder


def split_and_paste(path: Path) -> None:
    """Split the answer of step 1 and paste check 2 once more, as happens in JupyterLab."""
    nb = json.loads(path.read_text(encoding="utf-8"))
    where = {cell["id"]: number for number, cell in enumerate(nb["cells"])}
    pasted = copy.deepcopy(nb["cells"][where["check_step_2"]]) | {"id": "pasted"}
    head = copy.deepcopy(nb["cells"][where["step_1"]]) | {"id": "head", "source": "# my answer:"}
    nb["cells"].insert(where["check_step_2"], pasted)
    nb["cells"].insert(where["step_1"], head)
    path.write_text(json.dumps(nb), encoding="utf-8")


def end_python_again_and_again(path: Path) -> None:
    """Put so many cells before step 3 that end Python that nothing after them is checked."""
    nb = json.loads(path.read_text(encoding="utf-8"))
    place = next(n for n, cell in enumerate(nb["cells"]) if cell["id"] == "step_3")
    fatal = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    nb["cells"][place:place] = [
        fatal | {"id": f"fatal{n}", "source": f"import os\nos._exit({n})"} for n in range(MOST_LOST)
    ]
    path.write_text(json.dumps(nb), encoding="utf-8")


def need(what: str, variable: str, found: str | None) -> str:
    """Return what was found; skip loudly without it, or fail where the variable demands it."""
    if found:
        return found
    if os.environ.get(variable):
        pytest.fail(f"{variable} is set, but there is no {what} on this machine")
    pytest.skip(f"NOT TESTED: there is no {what} on this machine")


def need_library(name: str) -> ModuleType:
    """Import a library that only `make libraries` installs; skip loudly without it: see `need`."""
    found = importlib.util.find_spec(name)
    need(f"library {name}", "COURSE_REQUIRE_LIBRARIES", found and name)
    return importlib.import_module(name)


def need_sandbox() -> Level:
    """Return the level of sandbox that this machine has; skip loudly without one: see `need`."""
    if ELSEWHERE:
        return levels.NO_WALLS
    try:
        return levels.choose()
    except WallMissing as missing:
        need(f"sandbox: {missing}", "COURSE_REQUIRE_JAIL", None)
        raise


def small_course(folder: Path, *cells: dict, config: str = "", files: dict = {}) -> Course:  # noqa: B006
    """
    Make a course of another subject in a folder: one assignment `week` with one notebook `sheet`,
    of cells made by `answer_cell`, `check_cell` and `cell`; `files` lie beside the notebook.
    """
    source = folder / "source" / "week"
    source.mkdir(parents=True)
    enable = "c = get_config()\nfrom grader.course.config import enable\nenable(c)\n"
    text = enable + config + ELSEWHERE
    (folder / "nbgrader_config.py").write_text(text, encoding="utf-8")
    for name, text in files.items():
        (source / name).write_text(text, encoding="utf-8")
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nb = {
        "cells": list(cells),
        "metadata": {"kernelspec": spec},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (source / "sheet.ipynb").write_text(json.dumps(nb), encoding="utf-8")
    shutil.copy(_empty_gradebook(), folder / "gradebook.db")
    return Course(folder.resolve())


@functools.cache
def _empty_gradebook() -> Path:
    """Return a gradebook with nothing in it: nbgrader takes seconds to make one."""
    from nbgrader.api import Gradebook

    put_tools_on_path()
    path = Path(tempfile.mkdtemp(prefix="gradebook-")) / "gradebook.db"
    Gradebook(f"sqlite:///{path}").close()
    return path


def cell(name: str, source: str, kind: str = "code", **nbgrader: object) -> dict:
    """Return a cell; with keywords it is one of nbgrader's, with these and no other flags."""
    made = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    if nbgrader:
        flags = {"grade": False, "solution": False, "locked": False, "task": False}
        about = {"grade_id": name, "schema_version": 3, "cell_type": kind} | flags | nbgrader
        made["metadata"] = {"nbgrader": about}
    return made


def answer_cell(name: str, solution: str, before: str = "") -> dict:
    """Return a cell that a learner fills in."""
    source = f"{before}### BEGIN SOLUTION\n{solution}\n### END SOLUTION"
    return cell(name, source, solution=True)


def check_cell(name: str, hidden: str, points: float = 1, visible: str = "") -> dict:
    """Return a check with hidden tests."""
    source = f"{visible}### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
    return cell(name, source, grade=True, locked=True, points=points)


def hand_in_sheet(course: Course, student: str, **answers: str) -> Path:
    """Hand in the released notebook of a small course with these answers; return its path."""
    folder = course.submitted(student, "week")
    shutil.copytree(course.release("week"), folder)
    path = folder / "sheet.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    for one in nb["cells"]:
        one["source"] = answers.get(one["id"], one["source"])
    path.write_text(json.dumps(nb), encoding="utf-8")
    return path
