"""The parts of `make bench`: each measures one thing and returns its table."""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from classes import ASSIGNMENT, autograde, classroom, generate_feedback, graded, sharded
from libraries import assignments, libraries
from measure import Cost, table
from opening import opening
from single import hanging, starting
from verdicts import verdicts

from grader import gradebook
from grader.course import Course
from grader.feedback import feedback
from grader.results import Entry, NotebookEntry
from grader.sandbox.sandbox import ROOMS_PER_SERVER

ROUNDS = 5
FEW = 4  # submissions of a slow way in one round
CLASS = 200
SIZES = (50, 100, 200, 400, 1000, 2000, 5000)


def grading(place: Path) -> str:
    """
    A submission through stock nbgrader, through nbgrader with the sandbox, and through `grade`.
    """
    stock = classroom(place / "stock", ROUNDS * FEW + FEW, stock=True)
    door = classroom(place / "door", ROUNDS * FEW + FEW)
    ours = classroom(place / "ours", CLASS)
    ways = {name: Cost() for name in ("nbgrader autograde", "the same with the sandbox", "grade")}
    students = stock.students(ASSIGNMENT)
    autograde(stock, students[:FEW])  # what is done once is left out for all three
    autograde(door, students[:FEW])
    graded(ours)
    for number in range(1, ROUNDS + 1):
        part = students[number * FEW :][:FEW]
        ways["nbgrader autograde"].measure(lambda part=part: autograde(stock, part), FEW)
        ways["the same with the sandbox"].measure(lambda part=part: autograde(door, part), FEW)
        cost = graded(ours)
        ways["grade"].note(cost.wall, cost.cpu, CLASS)
        _tell("grading", number, ROUNDS)
    wall, cpu = ways["nbgrader autograde"].median
    rows = [
        [name, *cost.median, f"{wall / cost.median[0]:.1f}x", f"{cpu / cost.median[1]:.1f}x"]
        for name, cost in ways.items()
    ]
    apart = min(sharded(stock) for _ in range(2)) / len(students) * 1000
    rows.append(["nbgrader autograde, 4 processes", apart, "", f"{wall / apart:.1f}x", ""])
    return (
        f"A submission of two notebooks; a class of {CLASS} for `grade`, started and ended each"
        f" time; medians of {ROUNDS} interleaved rounds.\n\n"
        + table(["way", "wall ms", "CPU ms", "wall", "CPU"], rows)
        + f"\n\nFour stock processes at once take {apart / ways['grade'].median[0]:.1f} times the"
        " wall time of `grade`."
    )


def growth(place: Path, sizes: list[int] | tuple[int, ...] = SIZES) -> str:
    """What a submission costs in classes of several sizes, and the memory they take."""
    rows = []
    for number, size in enumerate(sizes, start=1):
        course = classroom(place / str(size), size)
        costs = [graded(course) for _ in range(3 if size < 1000 else 1)]
        wall, cpu = (statistics.median(getattr(c, name) for c in costs) for name in ("wall", "cpu"))
        most = max(cost.memory for cost in costs)
        # A sandbox's server is replaced after 1,000 guests, and its CPU is then counted nowhere.
        each = cpu / size * 1000 if size < ROOMS_PER_SERVER else "–"
        rows.append([size, wall, wall / size * 1000, each, most])
        _tell("growth", number, len(sizes))
    head = ["submissions", "wall s", "wall ms each", "CPU ms each", "memory MB"]
    return "Growth, starting and ending all processes included.\n\n" + table(head, rows)


def feedback_pages(place: Path) -> str:
    """A learner's feedback pages, by nbgrader's generate_feedback as it is and by `feedback`."""
    stock, ours = classroom(place / "stock", FEW * 5, stock=True), classroom(place / "ours", CLASS)
    autograde(stock, stock.students(ASSIGNMENT))
    graded(ours)
    ways = {"nbgrader generate_feedback": Cost(), "feedback": Cost()}
    for number in range(ROUNDS + 1):  # the first is left out
        part = stock.students(ASSIGNMENT)[number % 5 * FEW :][:FEW]
        costs = [Cost(), Cost()]
        costs[0].measure(lambda part=part: generate_feedback(stock, part), FEW)
        costs[1].measure(lambda: feedback(ours, ASSIGNMENT), CLASS)
        for cost, one in zip(ways.values(), costs, strict=True):
            if number:
                cost.wall += one.wall
                cost.cpu += one.cpu
        _tell("feedback", number, ROUNDS)
    wall, cpu = ways["nbgrader generate_feedback"].median
    rows = [
        [name, *cost.median, f"{wall / cost.median[0]:.1f}x", f"{cpu / cost.median[1]:.1f}x"]
        for name, cost in ways.items()
    ]
    head = ["way", "wall ms", "CPU ms", "wall", "CPU"]
    return f"Feedback of a learner, two pages; class of {CLASS}.\n\n" + table(head, rows)


def recording(place: Path) -> str:
    """The marks of a submission into the gradebook, by nbgrader's own functions and in bulk."""
    course = classroom(place / "course", 0)
    ways = {"nbgrader's functions, one submission": Cost(), "in bulk, new": Cost()}
    ways["in bulk, again"] = Cost()
    for number in range(ROUNDS):
        own = [_entry(f"a{number}-{one:03}") for one in range(20)]
        ways["nbgrader's functions, one submission"].measure(
            lambda own=own: _by_orm(course, own), 20
        )
        many = [_entry(f"b{number}-{one:03}") for one in range(CLASS)]
        for name in ("in bulk, new", "in bulk, again"):
            ways[name].measure(lambda many=many: _in_bulk(course, many), CLASS)
        _tell("recording", number + 1, ROUNDS)
    wall, _ = next(iter(ways.values())).median
    rows = [[name, *cost.median, f"{wall / cost.median[0]:.1f}x"] for name, cost in ways.items()]
    return "Recording a submission of two notebooks.\n\n" + table(
        ["way", "wall ms", "CPU ms", "wall"], rows
    )


def _entry(student: str) -> Entry:
    steps = {f"check_step_{number}": 1.0 for number in range(1, 5)}
    questions = {f"check_practice{number}": 1.0 for number in range(1, 6)}
    notebooks = {
        "build_and_apply": NotebookEntry(steps, {}),
        "practice": NotebookEntry(questions, {}),
    }
    return Entry(student, datetime(2026, 5, 4, 12, 0), notebooks)


def _by_orm(course: Course, entries: list[Entry]) -> None:
    with gradebook.opened(course) as book:
        for entry in entries:
            book.update_or_create_student(entry.student)
            made = book.update_or_create_submission(
                ASSIGNMENT, entry.student, timestamp=entry.timestamp
            )
            for notebook in made.notebooks:
                for grade in notebook.grades:
                    grade.auto_score = entry.notebooks[notebook.name].scores[grade.name]
                    grade.needs_manual_grade = False
            book.db.commit()


def _in_bulk(course: Course, entries: list[Entry]) -> None:
    with gradebook.writing(course, ASSIGNMENT) as ledger:
        for start in range(0, len(entries), 50):
            ledger.record(entries[start : start + 50])


def _tell(what: str, done: int, total: int) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what} {done}/{total}", file=sys.stderr, flush=True)


PARTS: dict[str, Callable[..., str]] = {
    "grading": grading,
    "growth": growth,
    "hanging": hanging,
    "starting": starting,
    "feedback": feedback_pages,
    "recording": recording,
    "libraries": libraries,
    "assignments": assignments,
    "verdicts": verdicts,
    "opening": opening,
}
