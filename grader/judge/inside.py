"""
Judges a check beside the learner's code, where nothing else will do.

The check needs a live object that no proxy can stand for, as the reference solution shows. It runs
in a guest of its own after the notebook's cells, so that no output of the learner's can carry the
hidden test away. Its result can be forged, like any check's in an ordinary kernel, and is marked.
Whatever goes wrong in it earns nothing.
"""

from collections.abc import Callable
from itertools import takewhile

from grader.judge.check import Checked
from grader.judge.opening import Open
from grader.judge.outputs import outputs
from grader.judge.replies import checked
from grader.judge.sources import shared
from grader.judge.task import CHECK, Cell, Task

# What the tests of unittest and doctest came to stands on the screen alone: see `rerun.tried`.
WATCH = "import grader.rerun.tried\n_grader_tried = grader.rerun.tried.start()"
LOUD = "something wrote to stderr beside it, for which nbgrader gives no points"
LOOK = "assert not _grader_tried.problem, _grader_tried.problem"


def judge_inside(
    task: Task, check: Cell, open_guest: Open, seconds: Callable[[Cell], float]
) -> tuple[Checked, float]:
    """
    Run the cells before a check, and then the check, in a new guest; `seconds` gives each cell its
    time. Return also how many the check took.
    """
    before = list(takewhile(lambda cell: cell.cell_id != check.cell_id, task.cells))
    with open_guest() as guest:

        def run(source: str, number: int, most: float) -> list[dict[str, object]]:
            fields = {"cell": source, "number": number}
            reply = guest.ask("run", most, **fields)
            return outputs(checked("run", reply, fields)["outputs"])

        for number, cell in enumerate(before, start=1):
            source = shared(cell.source) if cell.role == CHECK else cell.source
            run(source, number, seconds(cell))
        last = len(before) + 1
        run(WATCH, last, seconds(check))
        found = run(check.source, last, seconds(check))
        took = guest.took
        look = run(LOOK, last + 1, seconds(check))
        found += [one for one in look if one["output_type"] == "error"]
    error = next((one for one in found if one["output_type"] == "error"), None)
    result = next((one for one in found if one["output_type"] == "execute_result"), None)
    text = result["data"].get("text/plain", "") if result else None
    loud = any(one.get("name") == "stderr" for one in found)
    made = Checked(
        found,
        result=text if type(text) is str else None,
        error=_error_text(error),
        doubt=LOUD if loud else "",
    )
    return made, took


def _error_text(error: dict[str, object] | None) -> str:
    return f"{error['ename']}: {error['evalue']}"[:2000] if error else ""
