"""
grades.csv with the course's own numbers, through nbgrader's `export`.

nbgrader's columns come first, in its order. What nobody has decided is blank in them, where stock
nbgrader writes a 0 as if it had been earned; the columns behind them say why.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import CsvExportPlugin

from grader import gradebook
from grader.course import Course
from grader.report import WITHOUT_WALLS, remarks
from grader.results import MISSING, NOT_GRADED, NotebookResult, total

NOT_HANDED_IN = "not handed in"
WAITS = "waits for a person"
COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
    "open",
    "seconds_late",
    "status",
    "remarks",
)


class CsvExport(CsvExportPlugin):
    """Writes a row for each learner and assignment; nbgrader calls `export`."""

    def export(self, gradebook: Any) -> None:
        """Write the file: `gradebook` is nbgrader's, open."""
        place = self.to or "grades.csv"
        self.log.info("Exporting grades to %s", place)
        with open(place, "w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
            table.writeheader()
            for row in self._rows(gradebook):
                table.writerow(row)

    def _rows(self, book: Any) -> Iterator[dict[str, Any]]:
        """Yield the rows of the learners and assignments that were asked for, or of all."""
        directory = getattr(self.parent, "coursedir", None) or CourseDirectory(config=self.config)
        course = Course(Path(directory.root).resolve())
        names, learners = map(str, self.assignment), {str(name) for name in self.student}
        wanted = set(names)
        students = [one for one in book.students if not learners or one.id in learners]
        for assignment in book.assignments:
            if wanted and assignment.name not in wanted:
                continue
            found = _by_learner(course, book, assignment.name)
            times = {one.student_id: one.timestamp for one in assignment.submissions}
            for student in students:
                about = {
                    "assignment": assignment.name,
                    "duedate": assignment.duedate,
                    "timestamp": times.get(student.id),
                    "student_id": student.id,
                    "last_name": student.last_name,
                    "first_name": student.first_name,
                    "email": student.email,
                    "max_score": assignment.max_score,
                }
                yield about | _standing(found.get(student.id, []), student.id in times)


def _by_learner(course: Course, book: Any, assignment: str) -> dict[str, list[NotebookResult]]:
    """Return the results of an assignment by learner."""
    found: dict[str, list[NotebookResult]] = {}
    for result in gradebook.results_in(book, course, assignment):
        found.setdefault(result.student, []).append(result)
    return found


def _standing(own: Sequence[NotebookResult], recorded: bool) -> dict[str, Any]:
    """Return what a learner's row says about an assignment; None is written as a blank."""
    there = total(own)
    return {
        "raw_score": there.raw_score,
        "late_submission_penalty": None if there.score is None else there.penalty,
        "score": there.score,
        "open": there.open if own else None,
        "seconds_late": max((one.late for one in own), default=None),
        "status": _status(own, recorded),
        "remarks": "; ".join(remarks(own) + [WITHOUT_WALLS] * (not all(one.walls for one in own))),
    }


def _status(own: Sequence[NotebookResult], recorded: bool) -> str:
    """Return what became of a learner's assignment; `recorded` says that it was handed in."""
    statuses = {result.status for result in own}
    if NOT_GRADED in statuses or (recorded and not own):
        return NOT_GRADED
    if statuses <= {MISSING}:
        return NOT_HANDED_IN
    return WAITS if any(result.open for result in own) else "graded"
