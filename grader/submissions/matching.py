"""
Which cell of a submission is which cell of the key, and which of several copies counts.

Restore and folder ask here. A cell is known by its grade_id, else by its own id.
"""

from collections import defaultdict
from typing import Any

from grader.course.regions import without_hidden_tests
from grader.submissions.key import Key, KeyCell


def claimed_ids(nb: dict[str, Any], key: Key) -> frozenset[str]:
    """Return the ids of the key's cells that a notebook has."""
    return frozenset(places(nb["cells"], key)[0])


def written(nb: dict[str, Any], key: Key) -> tuple[list[Any], frozenset[str]]:
    """
    Return what a learner answered in a notebook, to compare it with another one, and the sources
    of all cells that are not the key's.

    White space at the ends of lines is no difference.
    """
    cells = nb["cells"]
    claimed = places(cells, key)[0]
    found: list[Any] = [
        (part.grade_id, _lines(cells[place]["source"]))
        for part in key.cells
        if part.solution or part.task
        for place in claimed.get(part.grade_id, ())
        if _is_written(cells[place], part)
    ]
    rai = nb["metadata"].get("rai")
    for what in ("answers", "given"):
        chosen = rai.get(what) if isinstance(rai, dict) else None
        found += [chosen] if isinstance(chosen, dict) and chosen else []
    taken = {place for copies in claimed.values() for place in copies}
    others = (cell["source"].strip() for place, cell in enumerate(cells) if place not in taken)
    return found, frozenset(filter(None, others))


def nbgrader_of(cell: dict[str, Any]) -> dict[str, Any]:
    """Return the nbgrader metadata of a submitted cell, {} for anything odd."""
    about = cell.get("metadata", {}).get("nbgrader")
    return about if isinstance(about, dict) else {}


def places(cells: list[dict[str, Any]], key: Key) -> tuple[dict[str, list[int]], set[str]]:
    """
    Return where each cell of the key stands, copies included, and which checks are damaged.

    JupyterLab never takes the grade_id alone away: a check that lost it waits for a person.
    """
    found: dict[str, list[int]] = defaultdict(list)
    known = key.grade_ids
    for place, cell in enumerate(cells):
        grade_id = nbgrader_of(cell).get("grade_id")
        if isinstance(grade_id, str) and grade_id in known:
            found[grade_id].append(place)
    taken = {place for copies in found.values() for place in copies}
    by_id = {cell["id"]: place for place, cell in enumerate(cells)}
    damaged = set()
    for part in key.cells:
        place = by_id.get(part.grade_id)
        if part.grade_id in found or place is None or place in taken:
            continue
        found[part.grade_id].append(place)
        lost = not isinstance(nbgrader_of(cells[place]).get("grade_id"), str)
        if part.grade and lost and "nbgrader" in cells[place]["metadata"]:
            damaged.add(part.grade_id)
    return dict(found), damaged


def choose(cells: list[dict[str, Any]], claimed: dict[str, list[int]], key: Key) -> dict[str, int]:
    """
    Return the place of the one copy that counts, for each cell of the key that is there.

    Of an answer it is the first that was written in; of a check the first behind its answers.
    """
    chosen: dict[str, int] = {}
    for part in key.cells:
        if part.solution and (copies := claimed.get(part.grade_id)):
            written = [place for place in copies if _is_written(cells[place], part)]
            chosen[part.grade_id] = (written or copies)[0]
    answers: list[str] = []
    after_answer = False
    for part in key.cells:
        if part.solution:
            answers = [*(answers if after_answer else []), part.grade_id]
        elif copies := claimed.get(part.grade_id):
            last = max((chosen[answer] for answer in answers if answer in chosen), default=-1)
            behind = [place for place in copies if place > last]
            chosen[part.grade_id] = (behind or copies)[0]
        after_answer = part.solution
    return chosen


def _is_written(cell: dict[str, Any], part: KeyCell) -> bool:
    """Tell whether a learner wrote something into a copy of an answer cell."""
    return bool(cell["source"].strip()) and not is_as_released(cell, part)


def is_as_released(cell: dict[str, Any], part: KeyCell) -> bool:
    """Tell whether a cell reads as it was released, white space at the ends of lines aside."""
    return _lines(cell["source"]) in (
        _lines(without_hidden_tests(part.source)),
        _lines(part.source),
    )


def _lines(source: str) -> list[str]:
    """Return the lines of a source without white space at their ends."""
    return [line.rstrip() for line in source.strip().splitlines()]
