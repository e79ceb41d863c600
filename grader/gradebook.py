"""
The one room that opens nbgrader's gradebook (the database).

It tells whether the key of an assignment is there and as in source/, and which marks are there; and
it prepares the rows of a submission that nbgrader itself would leave out.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import api
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from grader.course import Course, course_directory, load_config, quiet_nbgrader
from grader.errors import GraderError, NotGraded
from grader.results import (
    GRADED,
    MISSING,
    NOT_GRADED,
    CellResult,
    NotebookResult,
    messages,
    remarks,
)


@contextmanager
def opened(course: Course, config: Config | None = None) -> Iterator[api.Gradebook]:
    """Open the gradebook of the course; it is made if there is none."""
    directory = course_directory(config or load_config(course))
    with quiet_nbgrader(), opened_at(directory.db_url, directory.course_id) as book:
        yield book


@contextmanager
def opened_at(db_url: str, course_id: str) -> Iterator[api.Gradebook]:
    """Open the gradebook at this address, with nbgrader's log as it is."""
    try:
        with api.Gradebook(db_url, course_id) as book:
            yield book
    except (SQLAlchemyError, api.InvalidEntry) as error:
        first = str(error).splitlines()[0]
        advice = "Put a backup of it in place, or move it away and grade again."
        if re.search(r"full|I/O error|readonly|too large", first):
            advice = "See that there is room on the disk and that the file may be written."
            advice += " Then run the same command again: what was finished is kept."
        raise GraderError(f"The gradebook {db_url} cannot be used: {first}. {advice}") from None


def has_key(course: Course, assignment: str) -> bool:
    """Tell whether the gradebook holds the key of this assignment as it is in source/ now."""
    config = load_config(course)
    paths = {
        name: course.source(assignment) / f"{name}.ipynb" for name in course.notebooks(assignment)
    }
    wanted = {name: _checksums(path, config) for name, path in paths.items()}
    with opened(course, config) as book:
        return wanted == _stored_checksums(book, assignment)


def knows(course: Course, assignment: str) -> bool:
    """Tell whether the gradebook has any key of this assignment, current or not."""
    with opened(course) as book:
        return bool(_stored_checksums(book, assignment))


def fingerprint(course: Course, assignment: str) -> str:
    """Return a short text that changes when the key of the assignment changes."""
    with opened(course) as book:
        stored = _stored_checksums(book, assignment)
    return hashlib.sha256(json.dumps(stored, sort_keys=True).encode()).hexdigest()


def key_rows(db_url: str, course_id: str, assignment: str) -> dict[str, list[dict[str, Any]]]:
    """Return the cells of the key of an assignment as plain data, by notebook."""
    with opened_at(db_url, course_id) as book:
        row = _assignment(book, assignment)
        return {notebook.name: _key_cells(notebook) for notebook in (row.notebooks if row else [])}


def set_duedate(course: Course, assignment: str, duedate: datetime) -> None:
    """Give the assignment a due date (in UTC)."""
    with opened(course) as book:
        book.update_or_create_assignment(assignment, duedate=duedate)


def enrol(course: Course, students: Iterable[str]) -> None:
    """Add learners in this order: an export lists them as they came in, and workers race."""
    with opened(course) as book:
        for student in students:
            book.update_or_create_student(student)


def prepare(
    course: Course,
    config: Config,
    student: str,
    assignment: str,
    timestamp: datetime | None,
) -> None:
    """
    Make the rows of a submission as if nothing in it had been graded yet.

    Every mark of the machine is taken back, so that a notebook which cannot be graded this time
    does not keep an old one. What a person entered stays.
    """
    with opened(course, config) as book:
        book.update_or_create_student(student)
        when = {"timestamp": timestamp} if timestamp else {}
        submission = book.update_or_create_submission(assignment, student, **when)
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                grade.auto_score = None
                grade.needs_manual_grade = True
        book.db.commit()


def results(
    course: Course, assignment: str, students: Collection[str] | None = None
) -> list[NotebookResult]:
    """Return a result for each notebook of each learner who has rows, sorted by learner."""
    with opened(course) as book:
        if (book_assignment := _assignment(book, assignment)) is None:
            raise NotGraded(f"{assignment} has no marks yet. Run: grader grade {assignment}")
        found = [
            _result(course, assignment, submission, notebook)
            for submission in book_assignment.submissions
            if students is None or submission.student_id in students
            for notebook in submission.notebooks
        ]
    return sorted(found, key=lambda result: (result.student, result.notebook))


def max_scores(course: Course, assignment: str) -> dict[str, float]:
    """Return the points of each notebook of an assignment."""
    with opened(course) as book:
        row = _assignment(book, assignment)
        return {notebook.name: notebook.max_score for notebook in row.notebooks} if row else {}


def _assignment(book: api.Gradebook, assignment: str) -> api.Assignment | None:
    """Return the row of an assignment, or None."""
    try:
        return book.find_assignment(assignment)
    except api.MissingEntry:
        return None


def _key_cells(notebook: api.Notebook) -> list[dict[str, Any]]:
    """Return the fields of a KeyCell for each cell that a release stored."""
    grade = {cell.name: cell.max_score for cell in notebook.grade_cells}
    task = {cell.name: cell.max_score for cell in notebook.task_cells}
    solution = {cell.name for cell in notebook.solution_cells}
    return [
        {
            "grade_id": cell.name,
            "cell_type": cell.cell_type,
            "source": cell.source or "",
            "grade": cell.name in grade,
            "solution": cell.name in solution,
            "locked": bool(cell.locked),
            "task": cell.name in task,
            "points": (grade | task).get(cell.name),
            "checksum": cell.checksum,
        }
        for cell in notebook.source_cells
    ]


def _checksums(path: Path, config: Config) -> dict[str, str]:
    """Return the checksum that a release of this source notebook stores for each of its cells."""
    nb = nbformat.read(path, as_version=4)
    for step in (LockCells, ClearSolutions, ComputeChecksums):
        nb, _ = step(config=config).preprocess(nb, {})
    about = [cell.metadata.nbgrader for cell in nb.cells if "nbgrader" in cell.metadata]
    return {entry["grade_id"]: entry["checksum"] for entry in about if "checksum" in entry}


def _stored_checksums(book: api.Gradebook, assignment: str) -> dict[str, dict[str, str]]:
    """Return the checksums in the gradebook, by notebook and cell."""
    row = _assignment(book, assignment)
    notebooks = row.notebooks if row else []
    return {nb.name: {cell.name: cell.checksum for cell in nb.source_cells} for nb in notebooks}


def _result(
    course: Course,
    assignment: str,
    submission: api.SubmittedAssignment,
    notebook: api.SubmittedNotebook,
) -> NotebookResult:
    """Build the result of one notebook from its rows and from the files beside them."""
    student, file = submission.student_id, f"{notebook.name}.ipynb"
    graded_file = course.autograded(student, assignment) / file
    status, problem, notes = NOT_GRADED, "", ()
    if graded_file.is_file():
        problem, notes = remarks(graded_file)
        status = NOT_GRADED if problem else GRADED
    elif not (course.submitted(student, assignment) / file).is_file():
        status = MISSING
    told = messages(graded_file)
    place = {name: number for number, name in enumerate(told)}
    grades = sorted(notebook.grades, key=lambda grade: (place.get(grade.name, 0), grade.name))
    return NotebookResult(
        student=student,
        assignment=assignment,
        notebook=notebook.name,
        score=None if status == NOT_GRADED else notebook.score,
        max_score=notebook.max_score,
        status=status,
        cells=tuple(
            CellResult(
                grade_id=grade.name,
                score=_mark(grade),
                max_score=grade.max_score,
                message=told.get(grade.name, ""),
            )
            for grade in grades
        ),
        late=submission.total_seconds_late,
        reason=problem or _waiting(grades, told),
        notes=notes,
    )


def _waiting(grades: list[api.Grade], told: dict[str, str]) -> str:
    """Return which checks the judge left to a person, if any; hand-graded cells are none."""
    waiting = [grade.name for grade in grades if _mark(grade) is None and told.get(grade.name)]
    return f"{', '.join(waiting)}: {told[waiting[0]]}" if waiting else ""


def _mark(grade: api.Grade) -> float | None:
    """Return the points of a cell, None while neither the machine nor a person gave any."""
    if grade.auto_score is None and grade.manual_score is None:
        return None
    return grade.score
