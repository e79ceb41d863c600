"""The notebooks as the tests read them: source, release, and what a check cell asks for."""

import ast
import json
import re
import sys
import types
from pathlib import Path
from unittest.mock import patch

from grader.course import Course

ROOT = Path(__file__).parents[2]
COURSE = Course(ROOT)
NOTEBOOKS = {  # the assignment of each
    name: assignment for assignment in COURSE.assignments() for name in COURSE.notebooks(assignment)
}
STAGES = ("source", "release")
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS\n", re.DOTALL)
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)


def path(stage: str, name: str) -> Path:
    """The file of one notebook in source/ or release/."""
    return ROOT / stage / NOTEBOOKS[name] / f"{name}.ipynb"


def cells(stage: str, name: str) -> dict[str, dict]:
    """The cells of a notebook by id, in order, each source joined to one text."""
    notebook = json.loads(path(stage, name).read_text(encoding="utf-8"))
    return {cell["id"]: {**cell, "source": "".join(cell["source"])} for cell in notebook["cells"]}


QUESTIONS = {  # the notebook of each question, by the id of its card
    key: name
    for name in NOTEBOOKS
    for key, cell in cells("source", name).items()
    if "\nQuestion(" in cell["source"]
}
FUNCTIONS = [  # notebooks whose tasks are functions
    name
    for name in NOTEBOOKS
    if any(
        "### BEGIN HIDDEN TESTS" in cell["source"] and "\nfunction(" in cell["source"]
        for cell in cells("source", name).values()
    )
]
ESSAYS = [  # notebooks with an answer that a person marks
    name
    for name in NOTEBOOKS
    if any(
        about.get("grade") and about.get("solution")
        for cell in cells("source", name).values()
        for about in [cell["metadata"].get("nbgrader", {})]
    )
]


def texts(stage: str, name: str) -> str:
    """All Markdown of a notebook, which is what a learner reads."""
    found = cells(stage, name).values()
    return "\n\n".join(cell["source"] for cell in found if cell["cell_type"] == "markdown")


def calls(stage: str, name: str, cell_id: str) -> list[tuple[str, tuple, dict]]:
    """The calls of `grader.checks` that a check cell makes, as (name, arguments, keywords)."""
    made: list[tuple[str, tuple, dict]] = []

    def stand_in(word: str):
        return lambda *args, **kwargs: made.append((word, args, kwargs))

    checks = types.ModuleType("grader.checks")
    checks.__getattr__ = stand_in
    with patch.dict(sys.modules, {"grader.checks": checks}):
        exec(cells(stage, name)[cell_id]["source"], {})
    return made


def asked(stage: str, name: str, key: str) -> dict[str, object]:
    """The question of a card: the arguments of its call by name."""
    call = ast.parse(cells(stage, name)[key]["source"]).body[-1].value
    names = [*("key", "stem", "options")[: len(call.args)], *(word.arg for word in call.keywords)]
    values = [*call.args, *(word.value for word in call.keywords)]
    return {name: ast.literal_eval(value) for name, value in zip(names, values, strict=True)}


def hidden(name: str, cell_id: str) -> str:
    """The hidden part of a check cell in source/."""
    return HIDDEN.search(cells("source", name)[cell_id]["source"]).group(1)


def in_order(text: str, parts: list[str]) -> bool:
    """Whether all parts stand in the text, each after the one before."""
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def table(text: str) -> list[list[str]]:
    """The first Markdown table of a text as rows of cells, without the line of dashes."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows if not set("".join(row)) <= set("-| ")]
