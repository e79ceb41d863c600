"""
Judges a check beside the learner's code, where nothing else will do.

The check needs a live object that no proxy can stand for, as the reference solution shows. It runs
in a room of its own after the notebook's cells, so that no output of the learner's can carry the
hidden test away. Its result can be forged, like any check's in an ordinary kernel, and is marked.
"""

from grader.grading.check import Checked
from grader.grading.process import outputs
from grader.grading.replies import checked
from grader.grading.sources import shared
from grader.grading.task import CHECK, Cell, Task
from grader.jail import Jail


def judge_inside(task: Task, check: Cell, jail: Jail) -> Checked:
    """Run the cells before a check, and then the check, in a new room."""
    sources = []
    for cell in task.cells:
        if cell.cell_id == check.cell_id:
            break
        sources.append(shared(cell.source) if cell.role == CHECK else cell.source)
    with jail.open(task.files) as room:
        for number, source in enumerate(sources, start=1):
            room.ask("run", jail.limits.cell_seconds, cell=source, number=number)
        number = len(sources) + 1
        fields = {"cell": check.source, "number": number}
        reply = room.ask("run", jail.limits.cell_seconds, **fields)
    found = outputs(checked("run", reply, fields)["outputs"])
    error = next((one for one in found if one["output_type"] == "error"), None)
    result = next((one for one in found if one["output_type"] == "execute_result"), None)
    text = result["data"].get("text/plain", "") if result else None
    return Checked(found, result=text if type(text) is str else None, error=_words(error))


def _words(error: dict[str, object] | None) -> str:
    return f"{error['ename']}: {error['evalue']}"[:2000] if error else ""
