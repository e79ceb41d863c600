"""What the key makes of every submission of an assignment: notebooks and cells with row ids."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from nbgrader import api
from sqlalchemy import Connection, func, select

ASSIGNMENT = api.Assignment.__table__
KEY_NOTEBOOK = api.Notebook.__table__
CELL = api.BaseCell.__table__
GRADED = api.GradeCell.__table__
TASK = api.TaskCell.__table__


@dataclass(frozen=True, slots=True)
class GradedCell:
    """A cell with points; a task is one that nbgrader leaves to a person whatever comes in."""

    id: str
    name: str
    max_score: float
    task: bool


@dataclass(frozen=True, slots=True)
class NotebookSchema:
    """One notebook: its graded cells, and the cells that take a comment, as names by id."""

    id: str
    name: str
    graded: tuple[GradedCell, ...]
    commented: dict[str, str]

    @property
    def max_score(self) -> float:
        """Return the points of the notebook."""
        return sum((cell.max_score for cell in self.graded), 0.0)


@dataclass(frozen=True, slots=True)
class AssignmentSchema:
    """The notebooks of an assignment, sorted by name, and when it is due (in UTC)."""

    id: str
    duedate: datetime | None
    pages: tuple[NotebookSchema, ...]


def read_schema(connection: Connection, assignment: str) -> AssignmentSchema | None:
    """Return what the gradebook has as the key of an assignment; None if it has none."""
    wanted = select(ASSIGNMENT.c.id, ASSIGNMENT.c.duedate).where(ASSIGNMENT.c.name == assignment)
    found = connection.execute(wanted).first()
    if found is None:
        return None
    wanted = select(KEY_NOTEBOOK.c.name, KEY_NOTEBOOK.c.id).where(
        KEY_NOTEBOOK.c.assignment_id == found.id
    )
    notebooks = sorted(tuple(row) for row in connection.execute(wanted))
    graded, commented = _cells(connection, found.id)
    pages = tuple(
        NotebookSchema(at, name, tuple(graded[at]), commented[at]) for name, at in notebooks
    )
    return AssignmentSchema(found.id, found.duedate, pages)


def _cells(
    connection: Connection, assignment_id: str
) -> tuple[dict[str, list[GradedCell]], dict[str, dict[str, str]]]:
    """Return the graded cells and the names of the commented ones, both by notebook id."""
    points = func.coalesce(GRADED.c.max_score, TASK.c.max_score)
    wanted = (
        select(CELL.c.notebook_id, CELL.c.id, CELL.c.name, CELL.c.type, points)
        .join(KEY_NOTEBOOK, KEY_NOTEBOOK.c.id == CELL.c.notebook_id)
        .outerjoin(GRADED, GRADED.c.id == CELL.c.id)
        .outerjoin(TASK, TASK.c.id == CELL.c.id)
        .where(KEY_NOTEBOOK.c.assignment_id == assignment_id)
    )
    graded: dict[str, list[GradedCell]] = defaultdict(list)
    commented: dict[str, dict[str, str]] = defaultdict(dict)
    for notebook_id, cell_id, name, kind, most in connection.execute(wanted):
        if kind != "SolutionCell":
            graded[notebook_id].append(GradedCell(cell_id, name, most, kind == "TaskCell"))
        if kind != "GradeCell":
            commented[notebook_id][cell_id] = name
    return graded, commented
