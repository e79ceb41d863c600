"""What large libraries cost a submission, and what a submission of each assignment costs."""

import functools
import json
import shutil
import time
from pathlib import Path

from classes import autograde
from measure import Cost, cpu_of_tree, table
from support.courses import copy_course
from support.notebooks import NOTEBOOKS
from table import use_stock
from test_whole_course import solve

from grader.batch import grade
from grader.course import Course
from grader.judge.sources import modules
from grader.release import release
from grader.sandbox import Sandbox, levels

ROUNDS = 5
GUESTS = 40
CLASS, FEW = 24, 2


def libraries(place: Path) -> str:
    """A guest that runs one line, and a guest that imports what Beyond Accuracy imports."""
    path = Path(__file__).parents[2] / "source" / "beyond_accuracy" / "beyond_accuracy.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    imports = "\n".join(
        line
        for source in code
        for line in source.split("### BEGIN HIDDEN TESTS")[0].splitlines()
        if line.startswith(
            ("import pandas", "from sklearn", "from fairlearn", "from grader.widgets.")
        )
    ).replace("import (", "import *")
    ways = {"one line, nothing warm": Cost(), "one line": Cost(), "the imports": Cost()}
    level = levels.choose()
    with Sandbox(level) as bare, Sandbox(level) as warm:
        warm.warm(modules((), code))
        for number in range(ROUNDS + 1):
            _guests(bare, "x = 1", ways["one line, nothing warm"], number)
            _guests(warm, "x = 1", ways["one line"], number)
            _guests(warm, imports, ways["the imports"], number)
    rows = [[name, *cost.median] for name, cost in ways.items()]
    return (
        "A guest of the sandbox, opened and closed; "
        f"{ROUNDS} interleaved rounds of {GUESTS} guests.\n\n"
        + table(["guest", "wall ms", "CPU ms"], rows)
    )


def assignments(place: Path) -> str:
    """A solved submission of each assignment through stock nbgrader and through `grade`."""
    stock, course = copy_course(place / "stock"), copy_course(place / "course")
    use_stock(stock)
    names = sorted(set(NOTEBOOKS.values()))
    ways, slow = {name: Cost() for name in names}, {name: Cost() for name in names}
    for one, count in ((stock, FEW), (course, CLASS)):
        release(one, names)
        for name in names:
            for number in range(count):
                _hand_in(one, name, f"s{number:03}")
    for _ in range(3):
        for name in names:
            act = functools.partial(autograde, stock, stock.students(name), name)
            slow[name].measure(act, FEW)
            start, before = time.perf_counter(), cpu_of_tree()
            spent = {"cpu": 0.0}

            def progress(done: int, total: int, before=before, spent=spent) -> None:
                if done == total:  # while the sandboxes live: what is killed is not counted
                    spent["cpu"] = cpu_of_tree() - before

            grade(course, name, force=True, progress=progress)
            ways[name].note(time.perf_counter() - start, spent["cpu"], CLASS)
    head = ["assignment", "stock: wall ms", "CPU ms", "grade: wall ms", "CPU ms", "wall", "CPU"]
    rows = []
    for name in names:
        old, new = slow[name].median, ways[name].median
        times = (f"{a / b:.1f}x" for a, b in zip(old, new, strict=True))
        rows.append([name, *old, *new, *times])
    return (
        f"A solved submission; a class of {CLASS} for `grade`, started and ended each time, medians"
        " of three interleaved rounds.\n\n" + table(head, rows)
    )


def _guests(sandbox: Sandbox, cell: str, cost: Cost, number: int) -> None:
    start, before = time.perf_counter(), cpu_of_tree()
    for _ in range(GUESTS):
        with sandbox.open() as guest:
            reply = guest.ask("run", 10.0, cell=cell, number=1)
            assert reply["stop"] is None, reply["stop"]
    if number:  # the first round only warms up
        cost.note(time.perf_counter() - start, cpu_of_tree() - before, GUESTS)


def _hand_in(course: Course, assignment: str, student: str) -> None:
    folder = course.submitted(student, assignment)
    shutil.copytree(course.release(assignment), folder)
    for path in folder.glob("*.ipynb"):
        solve(path, path.stem)
