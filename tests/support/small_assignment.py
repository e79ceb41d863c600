"""A small assignment with every kind of nbgrader cell, and ways to damage a notebook of it."""

import copy
import json
from collections.abc import Callable
from typing import Any

from grader.course.regions import without_hidden_tests
from grader.submissions.key import Key, KeyCell
from grader.submissions.parsing import read_notebook
from grader.submissions.restore import Restored, restore

Notebook = dict[str, Any]


def part(name: str, cell_type: str = "code", points: float | None = None, **flags: bool) -> KeyCell:
    """Return a cell of the key whose source tells its name."""
    hidden = f"\n### BEGIN HIDDEN TESTS\nassert secret_{name}\n### END HIDDEN TESTS"
    source = f"# {name}" + (hidden if flags.get("locked") and cell_type == "code" else "")
    roles = dict.fromkeys(("grade", "solution", "locked", "task"), False) | flags
    return KeyCell(name, cell_type, source, points=points, checksum="0" * 32, **roles)


def answer(name: str) -> KeyCell:
    """Return an answer cell."""
    return part(name, solution=True)


def check(name: str, points: float = 2) -> KeyCell:
    """Return a check."""
    return part(name, points=points, grade=True, locked=True)


KEY = Key(
    "homework",
    "steps",
    (
        part("intro", "markdown", locked=True),
        answer("step_1"),
        check("check_1"),
        answer("step_2"),
        check("check_2"),
        check("check_2b", 0.5),
        answer("step_3"),
        check("check_3"),
        part("essay", "markdown", points=4, grade=True, solution=True),
        part("drawing", "markdown", points=3, task=True, locked=True),
    ),
)


def text(name: str) -> Notebook:
    """Return a text cell."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": f"About {name}."}


def code(name: str, source: str = "x = 1") -> Notebook:
    """Return a code cell of a learner's own."""
    cell = {"cell_type": "code", "id": name, "metadata": {}, "source": source}
    return cell | {"outputs": [], "execution_count": None}


def released() -> Notebook:
    """Return the notebook of KEY as learners get it, with a text before each step."""
    cells = []
    for one in KEY.cells:
        flags = {name: getattr(one, name) for name in ("grade", "solution", "locked", "task")}
        about = flags | {"grade_id": one.grade_id, "schema_version": 3, "checksum": one.checksum}
        if one.points is not None:
            about["points"] = one.points
        cell = code(one.grade_id) if one.cell_type == "code" else text(one.grade_id)
        cell |= {"source": without_hidden_tests(one.source), "metadata": {"nbgrader": about}}
        cells += [text(f"task-{one.grade_id}"), cell] if one.solution else [cell]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def answered() -> Notebook:
    """Return the notebook with `step_N = "done"` in every answer cell."""
    nb = released()
    for cell in nb["cells"]:
        if cell["id"].startswith("step_"):
            cell["source"] += f'\n{cell["id"]} = "done"'
    return nb


def at(nb: Notebook, name: str) -> int:
    """Return where the cell of this id stands."""
    return ids(nb).index(name)


def ids(nb: Notebook) -> list[str]:
    """Return the ids of all cells in order."""
    return [cell["id"] for cell in nb["cells"]]


def pasted(nb: Notebook, name: str, place: int, new: str = "pasted") -> Notebook:
    """Insert a copy of a cell, as JupyterLab pastes it, and return the copy."""
    made = copy.deepcopy(nb["cells"][at(nb, name)]) | {"id": new}
    nb["cells"].insert(place, made)
    return made


def mended(nb: Notebook) -> Restored:
    """Return what grading makes of a notebook that was saved and handed in."""
    return restore(read_notebook(json.dumps(nb).encode()), KEY)


GARBAGE: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    float("nan"),
    "",
    "step_1",
    "check_2",
    "no such name",
    "\ud800",
    "</script>",
    [],
    ["a", 1],
    {},
    {"a": {"b": [None]}},
    {"nbgrader": "text"},
    {"image.png": {"image/png": "aGk=", "text/plain": ["a"]}},
    10**30,
    "x" * 70,
)
FIELDS = ("cell_type", "id", "metadata", "source", "outputs", "attachments", "execution_count")
SETTINGS = ("grade_id", "grade", "solution", "locked", "task", "points", "checksum", "cell_type")


def _pick(cells: list[Any], number: int) -> Any:
    """Return one of the cells; damage may have made something else of it."""
    return cells[number % len(cells)]


def _move(cells: list[Any], a: int, b: int) -> None:
    cells.insert(b % len(cells), cells.pop(a % len(cells)))


def _copy(cells: list[Any], a: int, b: int) -> None:
    cells.insert(b % len(cells), copy.deepcopy(_pick(cells, a)))


def _delete(cells: list[Any], a: int, b: int) -> None:
    if len(cells) > 1:
        del cells[a % len(cells)]


def _write(cells: list[Any], a: int, b: int) -> None:
    if isinstance(cell := _pick(cells, a), dict):
        cell["source"] = f"answer = {b}"


def _spoil_field(cells: list[Any], a: int, b: int) -> None:
    if isinstance(cell := _pick(cells, a), dict):
        cell[FIELDS[b % len(FIELDS)]] = copy.deepcopy(GARBAGE[b // len(FIELDS) % len(GARBAGE)])


def _drop_field(cells: list[Any], a: int, b: int) -> None:
    if isinstance(cell := _pick(cells, a), dict):
        cell.pop(FIELDS[b % len(FIELDS)], None)


def _spoil_setting(cells: list[Any], a: int, b: int) -> None:
    cell = _pick(cells, a)
    about = cell.get("metadata") if isinstance(cell, dict) else None
    about = about.get("nbgrader") if isinstance(about, dict) else None
    if isinstance(about, dict):
        about[SETTINGS[b % len(SETTINGS)]] = copy.deepcopy(
            GARBAGE[b // len(SETTINGS) % len(GARBAGE)]
        )


def _drop_setting(cells: list[Any], a: int, b: int) -> None:
    cell = _pick(cells, a)
    about = cell.get("metadata") if isinstance(cell, dict) else None
    about = about.get("nbgrader") if isinstance(about, dict) else None
    if isinstance(about, dict):
        about.pop(SETTINGS[b % len(SETTINGS)], None)


def _spoil_cell(cells: list[Any], a: int, b: int) -> None:
    cells[a % len(cells)] = copy.deepcopy(GARBAGE[b % len(GARBAGE)])


def _add(cells: list[Any], a: int, b: int) -> None:
    cells.insert(a % len(cells), code(f"own-{b}", f"x = {b}"))


DAMAGE: tuple[Callable[[list[Any], int, int], None], ...] = (
    _move,
    _copy,
    _delete,
    _write,
    _add,
    _spoil_field,
    _drop_field,
    _spoil_setting,
    _drop_setting,
    _spoil_cell,
)
