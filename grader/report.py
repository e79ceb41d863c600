"""
The class's page: a table of marks, and the mistakes that cost the class most often.

Takes results and gives text; it asks the gradebook room for marks that are already there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.course import Course
from grader.errors import NotGraded
from grader.results import (
    GRADED,
    MISSING,
    NOT_GRADED,
    CellResult,
    NotebookResult,
    points,
    so_many,
    span,
    total,
)

WITHOUT_WALLS = "run without walls"  # where learner code was not locked in
MESSAGE_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Mistake:
    """
    One rule of a check that learners missed first, with how many did and what it cost them, in
    points; `message` is what most of them were told, and `told` how many that are.
    """

    notebook: str
    grade_id: str
    rule: str
    message: str
    learners: int
    lost: float
    told: int


def marks_table(results: Sequence[NotebookResult]) -> str:
    """Return a table with a row for each learner and a column for each notebook."""
    notebooks = sorted({result.notebook for result in results})
    most = {result.notebook: result.max_score for result in results}
    by_learner: dict[str, dict[str, NotebookResult]] = {}
    for result in results:
        by_learner.setdefault(result.student, {})[result.notebook] = result
    head = ["learner", *(f"{name} /{points(most[name])}" for name in notebooks), "sum", "remarks"]
    rows = [
        [
            _printable(student),
            *(_mark(own[name]) if name in own else "" for name in notebooks),
            points(total(own.values()).score),
            "; ".join(remarks(own.values())),
        ]
        for student, own in sorted(by_learner.items())
    ]
    return _aligned([head, *rows])


def course_table(course: Mapping[str, Sequence[NotebookResult]]) -> str:
    """Return a table with a row for each learner and a column for each assignment with marks."""
    marked = {name: results for name, results in course.items() if results}
    most = {
        name: sum({result.notebook: result.max_score for result in results}.values())
        for name, results in marked.items()
    }
    by_learner: dict[str, dict[str, list[NotebookResult]]] = {}
    for name, results in marked.items():
        for result in results:
            by_learner.setdefault(result.student, {}).setdefault(name, []).append(result)
    heads = [
        ["learner", *marked, "sum"],
        ["", *(f"/{points(most[name])}" for name in marked), f"/{points(sum(most.values()))}"],
    ]
    rows = [
        [
            _printable(student),
            *(_standing(own.get(name, ())) for name in marked),
            _standing([result for results in own.values() for result in results]),
        ]
        for student, own in sorted(by_learner.items())
    ]
    legend = "open: points that a person still has to give; –: not handed in"
    late = [
        line for student, own in sorted(by_learner.items()) for line in _taken_off(student, own)
    ]
    table = _aligned([*heads, *rows], 2, (0,))
    return "\n".join(["The whole course", "", table, "", *late, legend])


def _taken_off(student: str, own: Mapping[str, Sequence[NotebookResult]]) -> Iterable[str]:
    """Yield a line for each assignment of a learner from which points are taken off."""
    for name, results in own.items():
        if total(results).penalty:
            yield f"{_printable(student)}, {name}: {lateness(results)}"


def _standing(own: Sequence[NotebookResult]) -> str:
    """Return the points of some notebooks, and those that are still open."""
    there = total(own)
    parts = [points(there.score)] if there.score is not None or not there.open else []
    return " + ".join(parts + [f"{points(there.open)} open"] * bool(there.open))


def _mark(result: NotebookResult) -> str:
    """Return the points of one notebook; of one that was not handed in there are none."""
    return points(result.score or None if result.status == MISSING else result.score)


def ungraded(results: Iterable[NotebookResult]) -> list[str]:
    """Return a line for each notebook or hand-in that a person has to look at, with the reason."""
    waiting: dict[tuple[str, str, str], list[str]] = {}
    for result in results:
        if result.status == NOT_GRADED or result.reason:
            reason = result.reason or "grade it again to see the reason"
            whose = (result.student, result.assignment, reason)
            waiting.setdefault(whose, []).append(f"{result.notebook}.ipynb")
    return [
        f"{_printable(student)}/{assignment}/{', '.join(names)}: {_printable(reason)}"
        for (student, assignment, reason), names in waiting.items()
    ]


def forgeable(results: Iterable[NotebookResult]) -> list[str]:
    """Return a heading and a line for each notebook with checks that ran beside learner code."""
    found: dict[str, list[str]] = {}
    for result in results:
        known = found.setdefault(result.notebook, [])
        known += [cell for cell in result.inside if cell not in known]
    lines = [f"{name}: {', '.join(sorted(own))}" for name, own in sorted(found.items()) if own]
    return ["Judged beside learner code: can be forged", *lines] if lines else []


def unwalled(results: Iterable[NotebookResult]) -> list[str]:
    """Return a line for each assignment in which learner code was not locked in."""
    found: dict[str, set[str]] = {}
    for result in results:
        if not result.walls:
            found.setdefault(result.assignment, set()).add(result.student)
    return [
        f"{WITHOUT_WALLS.capitalize()}: {name}, {so_many(len(students), 'learner')}"
        for name, students in sorted(found.items())
    ]


def repairs(results: Iterable[NotebookResult]) -> list[str]:
    """Return one line for each thing that was put right before grading, or was left out."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for result in results:
        for note in result.notes:
            whose = (result.student, result.assignment, note)
            found.setdefault(whose, []).append(f"{result.notebook}.ipynb")
    return [
        f"{_printable(student)}/{assignment}/{', '.join(names)}: {_printable(note)}"
        for (student, assignment, note), names in found.items()
    ]


def _printable(text: str) -> str:
    """Return a text without what a terminal would obey: a note may hold a learner's words."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def common_mistakes(results: Iterable[NotebookResult], count: int = 3) -> list[Mistake]:
    """Return the rules whose checks were missed with a loss of points, by most learners first."""
    found: dict[tuple[str, str, str], list[CellResult]] = {}
    for result in results:
        for cell in result.cells:
            decided = result.status == GRADED and cell.score is not None
            if decided and cell.message and cell.score < cell.max_score:
                rule = (result.notebook, cell.grade_id, cell.rule or cell.outcome)
                found.setdefault(rule, []).append(cell)
    mistakes = [_mistake(rule, cells) for rule, cells in found.items()]
    mistakes.sort(key=lambda one: (-one.learners, -one.lost, one.notebook, one.grade_id, one.rule))
    return mistakes[:count]


def _mistake(rule: tuple[str, str, str], cells: Sequence[CellResult]) -> Mistake:
    """Return what these cells, one a learner, have in common."""
    messages = Counter(" ".join(cell.message.split()) for cell in cells)
    message, told = min(messages.items(), key=lambda one: (-one[1], one[0]))
    lost = sum(cell.max_score - cell.score for cell in cells)
    return Mistake(*rule, message, len(cells), lost, told)


def mistake_lines(mistakes: Iterable[Mistake]) -> list[str]:
    """Return the mistakes as numbered lines."""
    return [
        f"{number}. {mistake.notebook}, {mistake.grade_id}: {_cut(mistake.message)}"
        f" ({mistake.learners} learner{'s' * (mistake.learners != 1)}, {so_many(mistake.lost)}"
        f"{_shared(mistake)})"
        for number, mistake in enumerate(mistakes, start=1)
    ]


def _shared(mistake: Mistake) -> str:
    """Say how many of a mistake's learners read its sentence, "" where all did."""
    return "" if mistake.told == mistake.learners else f"; {mistake.told} read this sentence"


def report(course: Course, assignment: str, count: int = 5) -> str:
    """Return the class's page of an assignment as text."""
    from grader import gradebook

    return _page(assignment, gradebook.results(course, assignment), count)


def course_report(course: Course, count: int = 5) -> str:
    """Return the class's page of each assignment, and a table of the whole course."""
    from grader import gradebook

    found: dict[str, list[NotebookResult]] = {}
    with gradebook.use(course) as book:
        for name in course.assignments():
            try:
                found[name] = gradebook.results(book, name)
            except NotGraded:
                found[name] = []
    pages = [_page(name, results, count) for name, results in found.items()]
    if sum(map(bool, found.values())) > 1:
        pages.append(course_table(found))
    return "\n\n".join(pages)


def _page(assignment: str, results: Sequence[NotebookResult], count: int) -> str:
    """Return the class's page of an assignment."""
    if not results:
        return f"{assignment}: no marks yet. Run: grader grade {assignment}"
    lines = [f"{assignment}: {len({result.student for result in results})} learners", ""]
    lines.append(marks_table(results))
    if named := forgeable(results):
        lines += ["", *named]
    if named := unwalled(results):
        lines += ["", *named]
    if mistakes := common_mistakes(results, count):
        lines += ["", "Most common mistakes:", *mistake_lines(mistakes)]
    return "\n".join(lines)


def remarks(own: Iterable[NotebookResult]) -> list[str]:
    """Return what stands beside the marks of one learner in an assignment."""
    own = list(own)
    found = [lateness(own)] if lateness(own) else []
    for result in own:
        if result.status in (MISSING, NOT_GRADED):
            found.append(f"{result.notebook} {result.status}")
        elif result.open:
            found.append(f"{result.notebook}: {so_many(result.open)} open{_proposed(result)}")
    return found


def lateness(own: Sequence[NotebookResult]) -> str:
    """Say how late a submission came and what that cost, "" for nothing of it."""
    late, off = max((result.late for result in own), default=0.0), total(own).penalty
    parts = [f"late by {span(late)}"] if late > 0 else ["late"] if off else []
    return ", ".join(parts + [f"{so_many(off)} off"] * bool(off))


def _proposed(result: NotebookResult) -> str:
    """Say what a person gave before an answer was handed in again, "" for nothing."""
    if result.proposed is None:
        return ""
    return f" (handed in again; {points(result.proposed)} given before)"


def _cut(message: str) -> str:
    """Return a message of readable length."""
    return message if len(message) <= MESSAGE_LENGTH else message[: MESSAGE_LENGTH - 1] + "…"


def _aligned(rows: list[list[str]], heads: int = 1, left: Sequence[int] = (0, -1)) -> str:
    """Return rows as columns below some heads: to the left as named, points to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    to_left = {column % len(widths) for column in left}
    lines = [
        "  ".join(
            text.ljust(widths[column]) if column in to_left else text.rjust(widths[column])
            for column, text in enumerate(row)
        ).rstrip()
        for row in rows
    ]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([*lines[:heads], rule, *lines[heads:]])
