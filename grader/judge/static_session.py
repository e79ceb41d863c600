"""Stands in for a kernel's session: what a check asks about the notebook, read from its text."""

import re
from collections.abc import Callable, Sequence

from grader.judge.task import ANSWER, CHECK, GIVEN, LEARNERS, Cell, Task
from grader.widgets.kernel.session import A_PART, letters

SOLUTION = re.compile(r"(?ms)^[^\n]*BEGIN SOLUTION.*?END SOLUTION[^\n]*$")
Cells = tuple[Cell, ...]
LATEST = 50  # cells before a step that are run again for it, at most


class StaticSession:
    """
    The session of a notebook that is being judged. `cells` gives those of the task as they are left
    where some were lost, and `written` the value of `quiz_answers`.
    """

    def __init__(
        self, task: Task, cells: Callable[[], Cells], written: Callable[[], object]
    ) -> None:
        self._task, self._cells, self._written = task, cells, written
        self.done: set[str] = set()

    def mark_check(self, answer_id: str = "") -> None:
        """Say nothing: the roles of cells are known from the key."""

    def step_cells(self, answer_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the cells before a step that hold code to run, and those of the step itself."""
        cells = self._cells()
        found = [n for n, cell in enumerate(cells) if cell.cell_id == answer_id]
        if not found:
            return (), ()
        end = found[0] + 1
        while end < len(cells) and cells[end].role == LEARNERS:
            end += 1
        before = [
            cell
            for cell in cells[: found[0]]
            if cell.role != CHECK and not (cell.role == GIVEN and A_PART.search(cell.source))
        ]
        return _sources(before[-LATEST:]), _sources(cells[found[0] : end])

    def stopped(self, answer_id: str) -> str:
        """Return nothing: every cell ran once, in a process of its own."""
        return ""

    def missing(self, names: list[str], answer_id: str) -> list[str]:
        """Return nothing: only a kernel has names that stand for something."""
        return []

    def released(self, answer_id: str) -> str | None:
        """Return what an answer cell was released with; None where the key does not say."""
        text, solutions = SOLUTION.subn("", self._task.models.get(answer_id, ""))
        return text if solutions else None

    def material(self, answer_id: str) -> dict[str, object]:
        """Return nothing: only an edition for self-study tells, and nobody grades it."""
        return {}

    def solution(self, answer_id: str) -> str:
        """Return nothing: only an edition for self-study shows one."""
        return ""

    def examples(self, answer_id: str) -> str:
        """Return nothing: hidden tests judge here."""
        return ""

    def quiz_cells(self) -> tuple[str, ...]:
        """Return the cells that may hold quiz answers, whatever became of them."""
        return _sources([cell for cell in self._task.cells if cell.role != CHECK])

    def answers(self, key: str) -> dict[str, str]:
        """Return the quiz answers: the notebook's own first, then a `quiz_answers` dictionary."""
        return letters(self._written()) | letters(self._task.answers)


def step_of(cells: Cells, number: int) -> range:
    """Return the numbers of the cells that a check cell looks at: from its answer cell on."""
    start = number
    while start and cells[start - 1].role != CHECK:
        start -= 1
        if cells[start].role == ANSWER:
            break
    return range(start, number)


def _sources(cells: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(cell.source for cell in cells)
