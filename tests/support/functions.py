"""Runs the checks of the two assignments on group fairness in this process, on given answers."""

import ast
import contextlib
import functools
import io
import json
import random
import re
from types import SimpleNamespace

from cases.mistakes import MISTAKES

from grader.checks import cell
from grader.checks.cell import judging
from grader.checks.verdict import VerdictPage
from grader.judge.fresh import known
from grader.rerun.calls import calls
from grader.rerun.rerun import reruns
from support import notebooks
from support.checking import Facts

NOTEBOOK = {"a": "beyond_accuracy", "b": "fairness_monitor"}
FUNCTION = {  # by the task in which it is written
    **{"a1": "accuracy", "a2": "accuracy_by_group", "a3": "group_report", "a4": "fairness_gaps"},
    **{"a5": "group_fairness_report", "b0": "repaired", "b1": "explain_decision"},
    **{"b2": "log_decision", "b3": "fairness_scores", "b4": "fairness_alert", "b5": "run_monitor"},
}


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
    tree = ast.parse(source(task)[f"{task}_check"]["source"])
    last = ast.Expression(tree.body.pop().value)
    noted, printed = [], io.StringIO()

    def ask(plan: list, model: tuple[str, ...] = ()) -> list | None:
        made: list = []
        while not model and len(made) < len(plan):
            made += calls(plan[len(made) :], space)
        return None if model else made

    asked = known(source(task)[f"{task}_check"]["source"], task)
    random.seed(f"{seed} {task}")
    facts = Facts((code,), before)
    with judging(facts, reruns, ask, asked), contextlib.redirect_stdout(printed):
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


@functools.cache
def examples(task: str) -> str:
    """The examples that the released notebook has for a task, packed."""
    path = notebooks.ROOT / f"release/{NOTEBOOK[task[0]]}/{NOTEBOOK[task[0]]}.ipynb"
    return json.loads(path.read_bytes())["metadata"]["rai"]["examples"].get(task, "")


def shown(task: str, code: str, drawn: str | None = None, error: str = "") -> VerdictPage:
    """
    Return the verdict that a learner's kernel shows for an answer to a task, with the examples of
    the release or with others. `error` ended the cell, if any did.
    """
    space, before = _before(task)
    space = dict(space)
    with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, task, "exec"), space)
    facts = Facts((code,), before, drawn=examples(task) if drawn is None else drawn, error=error)
    pages: list[VerdictPage] = []

    def ask(plan: list, model: tuple[str, ...] = ()) -> list | None:
        made: list = []
        while not model and len(made) < len(plan):
            made += calls(plan[len(made) :], space)
        return None if model else made

    check = notebooks.cells("release", NOTEBOOK[task[0]])[f"{task}_check"]["source"]
    display, cell.display = cell.display, lambda page, **options: pages.append(page)
    try:
        with judging(facts, reruns, ask):
            exec(compile(check, f"{task}_check", "exec"), {})
    finally:
        cell.display = display
    return pages[-1]


def visible_calls(task: str) -> list[tuple[list, object, str]]:
    """What the released check calls, what it should give and print: (arguments, value, printed)."""
    cells = notebooks.cells("release", NOTEBOOK[task[0]])
    space, before = _before(task)
    space = dict(space)
    exec(compile(reference(task), task, "exec"), space)
    found = []

    def ask(plan: list, model: tuple[str, ...] = ()) -> list:
        made = calls(plan, space)
        for case, came in zip(plan, made, strict=True):
            for act, one in zip(case, came, strict=True):
                found.append((act["args"], json.loads(one["value"]), one["printed"]))
        return made

    with judging(Facts((reference(task),), before), reruns, ask), contextlib.redirect_stdout(None):
        exec(compile(cells[f"{task}_check"]["source"], f"{task}_check", "exec"), {})
    return found
