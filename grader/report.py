"""
The class's page: a table of marks, and the mistakes that cost the class most often.

Takes results and gives text; it asks the gradebook room for marks that are already there.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.course import Course
from grader.results import GRADED, MISSING, NOT_GRADED, NotebookResult

MESSAGE_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Mistake:
    """One sentence that check cells gave, with how many learners got it and what it cost them."""

    notebook: str
    grade_id: str
    message: str
    learners: int
    lost: float


def points(number: float | None) -> str:
    """Return points as people write them: 4, 2.5, or – while nobody has decided."""
    return "–" if number is None else f"{number:.2f}".rstrip("0").rstrip(".")


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
            *(points(own[name].score) if name in own else "" for name in notebooks),
            points(_total(own.values())),
            "; ".join(_remarks(own.values())),
        ]
        for student, own in sorted(by_learner.items())
    ]
    return _aligned([head, *rows])


def _total(results: Iterable[NotebookResult]) -> float | None:
    """Return the points of a learner's graded notebooks, None where none was graded."""
    scores = [result.score for result in results if result.score is not None]
    return sum(scores) if scores else None


def ungraded(results: Iterable[NotebookResult]) -> list[str]:
    """Return one line for each notebook that a person has to look at, with its reason."""
    return [
        f"{_printable(result.student)}/{result.assignment}/{result.notebook}.ipynb: "
        + _printable(result.reason or "grade it again to see the reason")
        for result in results
        if result.status == NOT_GRADED or result.reason
    ]


def repairs(results: Iterable[NotebookResult]) -> list[str]:
    """Return one line for each thing that was put right before grading."""
    return [
        f"{result.student}/{result.assignment}/{result.notebook}.ipynb: {_printable(note)}"
        for result in results
        for note in result.notes
    ]


def _printable(text: str) -> str:
    """Return a text without signs that a terminal would obey: a note may hold a learner's words."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def common_mistakes(results: Iterable[NotebookResult], count: int = 3) -> list[Mistake]:
    """Return the sentences that came with lost points, those of most learners first."""
    learners: Counter[tuple[str, str, str]] = Counter()
    lost: Counter[tuple[str, str, str]] = Counter()
    for result in results:
        for cell in result.cells:
            message = " ".join(cell.message.split())
            if result.status == GRADED and message and (cell.score or 0) < cell.max_score:
                key = (result.notebook, cell.grade_id, message)
                learners[key] += 1
                lost[key] += cell.max_score - (cell.score or 0)
    ranked = sorted(learners, key=lambda key: (-learners[key], -lost[key], key))
    return [Mistake(*key, learners[key], lost[key]) for key in ranked[:count]]


def mistake_lines(mistakes: Iterable[Mistake]) -> list[str]:
    """Return the mistakes as numbered lines."""
    return [
        f"{number}. {mistake.notebook}, {mistake.grade_id}: {_cut(mistake.message)}"
        f" ({mistake.learners} learner{'s' * (mistake.learners != 1)},"
        f" {points(mistake.lost)} point{'s' * (mistake.lost != 1)})"
        for number, mistake in enumerate(mistakes, start=1)
    ]


def report(course: Course, assignment: str, count: int = 5) -> str:
    """Return the class's page of an assignment as text."""
    from grader import gradebook

    results = gradebook.results(course, assignment)
    if not results:
        return f"{assignment}: no marks yet. Run: grader grade {assignment}"
    lines = [f"{assignment}: {len({result.student for result in results})} learners", ""]
    lines.append(marks_table(results))
    if mistakes := common_mistakes(results, count):
        lines += ["", "Most common mistakes:", *mistake_lines(mistakes)]
    return "\n".join(lines)


def _remarks(own: Iterable[NotebookResult]) -> Iterable[str]:
    """Yield what stands beside the marks of one learner."""
    own = list(own)
    if own and own[0].late > 0:
        yield f"late by {_span(own[0].late)}"
    for result in own:
        if result.status in (MISSING, NOT_GRADED):
            yield f"{result.notebook} {result.status}"


def _span(seconds: float) -> str:
    """Return a length of time in its largest whole unit."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {unit}{'s' * (number != 1)}"
    return "less than a minute"


def _cut(message: str) -> str:
    """Return a message of readable length."""
    return message if len(message) <= MESSAGE_LENGTH else message[: MESSAGE_LENGTH - 1] + "…"


def _aligned(rows: list[list[str]]) -> str:
    """Return rows as columns: names and remarks to the left, points to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    last = len(widths) - 1
    lines = [
        "  ".join(
            text.ljust(widths[column]) if column in (0, last) else text.rjust(widths[column])
            for column, text in enumerate(row)
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])
