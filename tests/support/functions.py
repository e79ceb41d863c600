"""Runs the checks of the two assignments on group fairness in this process, on given answers."""

import ast
import contextlib
import functools
import io
import random
import re
from types import SimpleNamespace

from cases.mistakes import MISTAKES

from grader.checks import cell
from grader.checks.cell import judging
from grader.rerun.calls import calls
from grader.rerun.rerun import reruns
from support import notebooks
from support.checking import Facts

NOTEBOOK = {"a": "beyond_accuracy", "b": "fairness_monitor"}


@functools.cache
def source(task: str) -> dict[str, dict]:
    """The cells of the notebook that a task is in."""
    return notebooks.cells("source", NOTEBOOK[task[0]])


def reference(task: str) -> str:
    """The reference's answer to a task, without the marks around the solution."""
    return re.sub(r"(?m)^ *### (BEGIN|END) SOLUTION\n?", "", source(task)[task]["source"])


def wrong(task: str, mistake: tuple[str, ...]) -> str:
    """The code of a mistake."""
    _, _, *change = mistake
    if len(change) == 1:
        return change[0]
    old, new = change
    code = reference(task)
    assert old in code, f"{old!r} is not in the reference of {task}"
    return code.replace(old, new)


def everything() -> list[tuple[str, tuple[str, ...]]]:
    """Every mistake with its task."""
    return [(task, one) for task, found in MISTAKES.items() for one in found]


@functools.cache
def _before(task: str) -> tuple[dict[str, object], tuple[str, ...]]:
    """The names that cells before a task define, and those cells: imports and answers only."""
    space: dict[str, object] = {}
    cells = []
    for name, one in source(task).items():
        if name == task:
            break
        answers = re.fullmatch(r"[ab]\d", name) and one["cell_type"] == "code"
        if answers or name == "tools":
            exec(compile(one["source"], name, "exec"), space)
            cells.append(one["source"])
    return space, tuple(cells)


def judged(task: str, code: str, seed: int = 0) -> SimpleNamespace:
    """
    Judge an answer to a task: `score`, the `sentence`, the list of checks (`notes`), and the
    checks that it missed, by id (`missed`).
    """
    space, before = _before(task)
    space = dict(space)
    with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, task, "exec"), space)
    random.seed(f"{seed} {task}")
    tree = ast.parse(source(task)[f"{task}_check"]["source"])
    last = ast.Expression(tree.body.pop().value)
    noted, printed = [], io.StringIO()

    def ask(plan: list, model: tuple[str, ...] = ()) -> list | None:
        made: list = []
        while not model and len(made) < len(plan):
            made += calls(plan[len(made) :], space)
        return None if model else made

    with judging(Facts((code,), before), reruns, ask), contextlib.redirect_stdout(printed):
        names: dict[str, object] = {}
        exec(compile(tree, f"{task}_check", "exec"), names)
        found = cell.now.task
        settle = cell.settle
        cell.settle = lambda *args: (settle(*args), noted.extend(args[2].notes))
        try:
            score = eval(compile(last, f"{task}_check", "eval"), names)
        finally:
            cell.settle = settle
    missed = {check.check_id: check for check in found.checks if not check.passed}
    return SimpleNamespace(
        score=score, sentence=printed.getvalue().splitlines()[0], notes=noted, missed=missed
    )
