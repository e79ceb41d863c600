"""
A learner's notebook with everything that belongs to the instructor put back from the key.

The exporter hands in what repair has read, and gets a valid notebook in which every cell of the key
stands exactly once. Whatever the submitted metadata claims has no effect on the marks. Nothing here
reads or writes a file.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.errors import NotANotebook
from grader.submissions.key import Key, KeyCell
from grader.submissions.matching import choose, is_as_released, nbgrader_of, places
from grader.submissions.ordering import Item, arrange, name
from grader.submissions.parsing import CELL_ID, number_or_none

SCHEMA = 3  # of nbgrader's cell metadata
LONGEST_TEXT = 200_000  # characters of a text cell: feedback renders it, and a person reads it
PYTHON = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}


@dataclass(frozen=True, slots=True)
class Restored:
    """
    A sound notebook, what was repaired in it, the checks that a person has to look at, and the
    answers for a person that stand in a cell below the one meant for them.
    """

    notebook: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)
    below: list[str] = field(default_factory=list)


def restore(nb: dict[str, Any], key: Key) -> Restored:
    """
    Return the notebook with the key's cells in it; refuse one not made from this release.

    Raises: NotANotebook for one with none of its graded cells, or with cells of another release.
    """
    cells: list[dict[str, Any]] = nb["cells"]
    _refuse_foreign(cells)
    claimed, damaged = places(cells, key)
    if key.cells and not claimed:
        raise NotANotebook("it holds none of the graded cells of this notebook")
    items, notes = _sort_out(cells, claimed, key)
    notes += [
        f"The check `{grade_id}` lost its grade_id: see to it." for grade_id in sorted(damaged)
    ]
    notes += _unknown_checks(items, key)
    notes += arrange(items, key)
    notes += [note for item in items if item.part for note in _changes(item.cell, item.part)]
    cut = [item for item in items if _is_too_long(item)]
    notes += [f"A text cell of {len(item.cell['source']):,} characters was cut." for item in cut]
    below = _answered_below(items, key)
    notes += [
        f"The answer to `{one}` stands in a cell below it: a person reads it." for one in below
    ]
    return Restored(_notebook(items, _kernel(key) | _answers(nb)), notes, damaged, below)


def _unknown_checks(items: list[Item], key: Key) -> list[str]:
    """Name the cells that say they are checks and are none of the key's: the key alone pays."""
    about = [nbgrader_of(item.cell) for item in items if item.part is None]
    claimed = {str(one.get("grade_id")) for one in about if one.get("grade") is True}
    found = sorted(claimed - key.grade_ids)
    if not found:
        return []
    names = ", ".join(f"`{one[:60]}`" for one in found[:5])
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return [f"Not checks of this notebook, so without points: {names}{more}."]


def _answered_below(items: list[Item], key: Key) -> list[str]:
    """Return the answers for a person that were left as released while a cell below holds text."""
    found = []
    for place, item in enumerate(items):
        part = item.part
        if not (part and part.grade and part.solution and is_as_released(item.cell, part)):
            continue
        rest = itertools.takewhile(lambda one: one.part is None, items[place + 1 :])
        texts = {one.cell["source"].strip() for one in rest} - {""} - key.texts
        found += [part.grade_id] if texts else []
    return found


def stand_in(key: Key, reason: str, notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return what stands in for a notebook that cannot be read: the key's cells, and the reason."""
    told = f"This notebook could not be read: {reason}. No mark was given; a person has to look."
    items = [Item({"id": "could-not-be-read", "cell_type": "markdown", "source": told})]
    items += [Item({"source": part.source}, part) for part in key.cells]
    about = {"problem": reason} | ({"notes": list(notes)} if notes else {})
    return _notebook(items, _kernel(key) | {"grader": about})


def _kernel(key: Key) -> dict[str, Any]:
    """Return the metadata of a notebook about its kernel, which is the release's."""
    return PYTHON | ({"kernelspec": key.kernelspec} if key.kernelspec else {})


def _refuse_foreign(cells: list[dict[str, Any]]) -> None:
    """Raise NotANotebook if some nbgrader metadata cannot come from a release of this course."""
    for cell in cells:
        about = cell["metadata"].get("nbgrader", {})
        if not isinstance(about, dict):
            raise NotANotebook("the nbgrader metadata of a cell is damaged")
        version = about.get("schema_version", SCHEMA)
        if version != SCHEMA:
            told = number_or_none(version)
            raise NotANotebook(f"a cell has nbgrader metadata of version {told}, not {SCHEMA}")


def _sort_out(
    cells: list[dict[str, Any]], claimed: dict[str, list[int]], key: Key
) -> tuple[list[Item], list[str]]:
    """Return the cells that stay, each with its part of the key, and what became of copies."""
    chosen = choose(cells, claimed, key)
    parts = {place: part for part in key.cells for place in claimed.get(part.grade_id, [])}
    items, notes = [], []
    for place, cell in enumerate(cells):
        part = parts.get(place)
        if part is None or chosen[part.grade_id] == place:
            items.append(Item(cell, part))
        elif is_as_released(cell, part):
            notes.append(f"{name(part)} was there twice; the copy is dropped.")
        else:
            items.append(Item(cell))
            notes.append(f"{name(part)} was there twice; one of them is a plain cell now.")
    return items, notes


def _changes(cell: dict[str, Any], part: KeyCell) -> list[str]:
    """Say what of a submitted cell is put back from the key; nothing if the author changed it."""
    if _is_of_a_release(cell):
        return []
    notes = []
    if part.locked and not is_as_released(cell, part):
        notes.append(f"{name(part)} was changed; it is as released again.")
    about, ours = nbgrader_of(cell), _metadata(part)
    told = ("grade", "solution", "locked", "points", "task")
    if cell.get("cell_type", part.cell_type) != part.cell_type or any(
        setting in about and about[setting] != ours.get(setting) for setting in told
    ):
        notes.append(f"{name(part)} had other settings; they are as released again.")
    return notes


def _is_of_a_release(cell: dict[str, Any]) -> bool:
    """
    Tell whether a cell is as some release left it: its own checksum fits. Nothing else follows from
    that, so it does no harm that anybody can compute one.
    """
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum

    checksum = nbgrader_of(cell).get("checksum")
    try:
        return checksum == compute_checksum(from_dict({"cell_type": "", **cell}))
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


def _answers(nb: dict[str, Any]) -> dict[str, Any]:
    """
    Return the quiz answers in the metadata of a notebook, chosen and given: texts under texts,
    nothing else.
    """
    rai = nb["metadata"].get("rai")
    found = {}
    for what in ("answers", "given"):
        answers = rai.get(what) if isinstance(rai, dict) else None
        if isinstance(answers, dict):
            found[what] = {
                k: v for k, v in answers.items() if isinstance(k, str) and isinstance(v, str)
            }
    return {"rai": found} if found else {}


def _is_too_long(item: Item) -> bool:
    """Tell whether a text cell is longer than anybody reads."""
    kind = item.part.cell_type if item.part else item.cell["cell_type"]
    return kind != "code" and len(item.cell["source"]) > LONGEST_TEXT


def _metadata(part: KeyCell) -> dict[str, Any]:
    """Return nbgrader's metadata of a cell of the key."""
    points = {} if part.points is None else {"points": part.points}
    return points | {
        "schema_version": SCHEMA,
        "grade_id": part.grade_id,
        "grade": part.grade,
        "solution": part.solution,
        "locked": part.locked,
        "task": part.task,
        "cell_type": part.cell_type,
        "checksum": part.checksum,
    }


def _notebook(items: list[Item], metadata: dict[str, Any]) -> dict[str, Any]:
    """Write the items down as a notebook of format 4.5, with an id of its own for each cell."""
    ours = {item.part.grade_id for item in items if item.part}
    taken, cells = set(ours), []
    for number, item in enumerate(items):
        wanted = item.part.grade_id if item.part else item.cell["id"]
        if not CELL_ID.fullmatch(wanted) or (not item.part and wanted in taken):
            wanted = f"cell-{number}"
            while wanted in taken:
                wanted += "-"
        taken.add(wanted)
        cells.append(_finished(item, wanted))
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _finished(item: Item, cell_id: str) -> dict[str, Any]:
    """Return a cell with what the format asks for and what the key or the learner wrote."""
    part, cell = item.part, item.cell
    kind = part.cell_type if part else cell["cell_type"]
    source = part.source if part and part.locked else cell["source"]
    if not (part and part.locked) and _is_too_long(item):
        source = source[:LONGEST_TEXT] + "\n\n(The rest was cut.)"
    made = {
        "id": cell_id,
        "cell_type": kind,
        "source": source,
        "metadata": {"nbgrader": _metadata(part)} if part else {},
    }
    if kind == "code":
        return made | {"outputs": [], "execution_count": None}
    return made | ({"attachments": files} if (files := _attachments(cell)) else {})


def _attachments(cell: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return the pictures pasted into a text cell."""
    bundles = {n: b for n, b in cell.get("attachments", {}).items() if isinstance(b, dict)}
    return {
        file: {mime: data for mime, data in bundle.items() if isinstance(data, str)}
        for file, bundle in bundles.items()
    }
