"""
Makes the calls of a check in the jail: in the notebook's own process, or in a room of its own where
model answers stand in the place of the learner's.

The room gets the arguments and never what is expected of them.
"""

import json
from collections.abc import Callable, Iterator

from grader.checks.calling import Plan
from grader.grading.process import Process
from grader.grading.replies import checked
from grader.grading.sources import shared
from grader.grading.task import ANSWER, CHECK, Task
from grader.jail import Room
from grader.rerun.calls import interrupted

STOPS = 2  # calls that do not end, before the rest is not tried
Ask = Callable[[str], dict[str, object]]  # ask(plan as JSON) -> reply of the right shape


class Calls:
    """
    Makes the calls of one notebook's checks; called like `grader.checks.cell.calls_here`. Before
    each use `cell_id` says which check asks.
    """

    def __init__(self, process: Process, task: Task, open_room: Callable[[], Room]) -> None:
        self._process, self._task, self._open = process, task, open_room
        self.cell_id = ""

    def __call__(self, plan: Plan, model: tuple[str, ...] = ()) -> Plan | None:
        """
        Make the calls of a plan and return what came of each; fewer cases where two did not end.

        None where a model answer is asked for that nobody has. RoomError where a call ends the
        learner's process.
        """
        if not model:
            return _all(plan, lambda part: self._process.learner.ask("calls", plan=part))
        if not set(model) <= set(self._task.models):
            return None
        with self._open() as room:
            for number, source in enumerate(self._sources(model), start=1):
                room.ask("run", self._process.seconds, cell=source, number=number)

            def ask(part: str) -> dict[str, object]:
                fields = {"plan": part}
                return checked("calls", room.ask("calls", self._process.seconds, **fields), fields)

            return _all(plan, ask)

    def _sources(self, model: tuple[str, ...]) -> Iterator[str]:
        """Yield the cells before the check, with model answers in place of the learner's."""
        for cell in self._task.cells:
            if cell.cell_id == self.cell_id:
                return
            if cell.role == CHECK:
                yield shared(cell.source)
            else:
                own = cell.role != ANSWER or cell.cell_id not in model
                yield cell.source if own else self._task.models[cell.cell_id]


def _all(plan: Plan, ask: Ask) -> Plan:
    """Ask for the cases of a plan, part by part, until all are made or too many do not end."""
    made: Plan = []
    stops = 0
    while len(made) < len(plan) and stops < STOPS:
        cases = ask(json.dumps(plan[len(made) :]))["cases"]
        made += cases
        stops += interrupted(cases[-1])
    return made
