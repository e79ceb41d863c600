"""
Finds out once for a key which of its checks can be judged outside the jail: the reference does.

A check that the reference solution does not pass out here needs something that only the learner's
own process has. For all others a learner's value that is no plain data is simply wrong. So it is
the key that decides, and no submission can ask for the easier way.
"""

import builtins
from collections.abc import Callable, Iterator
from dataclasses import replace

from grader.grading.sources import names_bound
from grader.grading.task import ANSWER, CHECK, PASSED, CellResult, Task
from grader.jail import Jail


def with_reference(
    task: Task, reference: Task | None, jail: Jail, grade: Callable[..., Iterator[CellResult]]
) -> Task:
    """Return the task with what its reference shows; without one it stays as it is."""
    if reference is None:
        return task
    own = names_bound(cell.source for cell in reference.cells if cell.role != CHECK)
    asked_for = tuple(sorted(name for name in own if hasattr(builtins, name)))
    sure = replace(reference, asked_for=asked_for, judged_outside=True)
    inside = tuple(
        result.cell_id for result in grade(sure, jail) if result.outcome not in ("", PASSED)
    )
    models = {cell.cell_id: cell.source for cell in reference.cells if cell.role == ANSWER}
    return replace(task, inside=inside, asked_for=asked_for, judged_outside=True, models=models)
