"""
The order of a learner's cells: what was deleted comes back, and no check stands above its answer.

Only restore talks to this. The learner's order stays wherever it does no harm.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from grader.submissions.key import Key, KeyCell


@dataclass(slots=True, eq=False)
class Item:
    """One cell on its way into the restored notebook; `part` is what it is in the key, if it is."""

    cell: dict[str, Any]
    part: KeyCell | None = None


def arrange(items: list[Item], key: Key) -> list[str]:
    """Bring the items into a sound order, in place, with every cell of the key; tell what moved."""
    notes = _put_in_order(items, key) + _send_home(items, key)
    notes += _bring_back(items, key)
    # A cell that came back stands behind the one before it in the source, which a learner may
    # have moved below another answer.
    return notes + _put_in_order(items, key)


def name(part: KeyCell) -> str:
    """Name a cell of the key at the beginning of a sentence."""
    kind = "check" if part.is_check else "answer cell" if part.solution else "locked cell"
    return f"The {kind} `{part.grade_id}`"


def _put_in_order(items: list[Item], key: Key) -> list[str]:
    """
    Move answers above the checks that follow them in the source.

    The cell that is in the way of most others moves, so that one check pulled to the top does not
    drag all answers along; of two it is the answer. It is then in nobody's way: each moves once.
    """
    rank = _ranks(key)
    notes = []
    while wrong := _wrong_pairs(items, rank):
        counts = Counter(item for pair in wrong for item in pair)
        worst = max(counts, key=lambda item: (counts[item], item.part.solution, -rank[_id(item)]))
        others = [pair[1] if pair[0] is worst else pair[0] for pair in wrong if worst in pair]
        items.remove(worst)
        places = [items.index(other) for other in others]
        if worst.part.solution:
            items.insert(min(places), worst)
            notes.append(f"{name(worst.part)} stood below its check; it is above it again.")
        else:
            items.insert(_behind_code(items, max(places) + 1), worst)
            notes.append(f"{name(worst.part)} stood above its answer; it is below it again.")
    return notes


def _send_home(items: list[Item], key: Key) -> list[str]:
    """
    Move each check that stands below the answer of a later step up behind its own answers.

    The code between two checks is judged as one step.
    """
    rank = _ranks(key)
    notes = []
    for item in [item for item in items if item.part and item.part.is_check]:
        mine, place = rank[_id(item)], items.index(item)
        answers = [n for n in range(place) if (part := items[n].part) and part.solution]
        start = max((n + 1 for n in answers if rank[_id(items[n])] < mine), default=place)
        if any(n >= start for n in answers):
            home = start
            while rank.get(_id(items[home]), -1) < mine:  # stops at the check itself, at the latest
                home += 1
            items.remove(item)
            items.insert(start + _behind_own(items[start:home]), item)
            notes.append(f"{name(item.part)} stood below a later step; it is in its place.")
    return notes


def _behind_own(gap: list[Item]) -> int:
    """Return the place behind the last code or check in these cells."""
    own = [n + 1 for n, item in enumerate(gap) if item.part or item.cell["cell_type"] == "code"]
    return max(own, default=0)


def _wrong_pairs(items: list[Item], rank: dict[str, int]) -> list[tuple[Item, Item]]:
    """Return each answer that stands below a check which follows it in the source."""
    pairs, checks = [], []
    for item in items:
        if item.part and item.part.is_check:
            checks.append(item)
        elif item.part and item.part.solution:
            pairs += [(item, check) for check in checks if rank[_id(item)] < rank[_id(check)]]
    return pairs


def _bring_back(items: list[Item], key: Key) -> list[str]:
    """
    Put each missing cell of the key behind the one before it in the source.

    What a learner typed into a new cell instead of a deleted answer cell stands behind that then;
    a deleted check stands behind what a learner added to the answer.
    """
    notes = []
    before: Item | None = None
    there = {_id(item): item for item in items if item.part}
    for part in key.cells:
        item = there.get(part.grade_id)
        if item is None:
            item = Item({"source": part.source}, part)
            start = items.index(before) + 1 if before else 0
            place = _above_code(items, start) if part.solution else _behind_code(items, start)
            items.insert(start if part.locked and before is None else place, item)
            notes.append(f"{name(part)} was deleted; it is back.")
        before = item
    return notes


def _above_code(items: list[Item], start: int) -> int:
    """Return the place before the first code of the learner's own, or before the next key cell."""
    end = _gap_end(items, start)
    code = (n for n in range(start, end) if items[n].cell.get("cell_type") == "code")
    return next(code, end)


def _behind_code(items: list[Item], start: int) -> int:
    """Return the place behind the learner's own code that starts here, if there is any."""
    gap = range(start, _gap_end(items, start))
    return max((n + 1 for n in gap if items[n].cell.get("cell_type") == "code"), default=start)


def _gap_end(items: list[Item], start: int) -> int:
    """Return the place of the next key cell."""
    return next((n for n in range(start, len(items)) if items[n].part), len(items))


def _ranks(key: Key) -> dict[str, int]:
    """Return the place of each cell in the source."""
    return {part.grade_id: number for number, part in enumerate(key.cells)}


def _id(item: Item) -> str:
    """Return the grade_id of an item that is in the key."""
    return item.part.grade_id if item.part else ""
