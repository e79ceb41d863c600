"""
Which cells of a graded notebook belong together on a page.

A `Part` is one graded cell with the work it is about: the learner's cells before it, or the card of
the question that it asks for by name (`check_quiz1` is about `quiz1`). Whatever else a
learner wrote is the rest. The course's own texts are told from a learner's by what stands in
source/.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from grader.feedback.safe import Cell, about, is_check
from grader.feedback.words import judged, spoken, title


@dataclass(slots=True)
class Part:
    """
    A graded cell with its task and the learner's work, or with the card of its question.

    Where an answer is marked by a person, `check` is the answer itself.
    """

    check: Cell
    title: str
    task: list[Cell] = field(default_factory=list)
    card: Cell | None = None
    work: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class Sorted:
    """The parts of a notebook in their order, and what else the learner wrote, with headings."""

    parts: list[Part] = field(default_factory=list)
    rest: list[tuple[str, Cell]] = field(default_factory=list)


def name(cell: Cell) -> str:
    """Return nbgrader's name of a cell, "" where it has none."""
    return about(cell).get("grade_id", "")


def is_marked(cell: Cell) -> bool:
    """Tell whether a cell carries points: a check, an answer marked by a person, a task."""
    return bool(about(cell).get("grade") or about(cell).get("task"))


def sort(cells: Sequence[Cell], given: Collection[str]) -> Sorted:
    """Sort the cells of a notebook; `given` are the course's own texts."""
    found = Sorted()
    subjects = _subjects(cells)
    taken = {id(subject) for subject in subjects.values()}
    before: list[Cell] = []
    task: Part | None = None  # a task whose work stands below it
    for cell in cells:
        if is_marked(cell):
            subject = subjects.get(name(cell))
            if subject is None or (not _is_locked(subject) and _holds(before, subject)):
                loose = [other for other in before if other is subject or id(other) not in taken]
                part = _with_work(cell, loose, subject, given)
                _give_back(found.parts, part, loose)
            else:
                part = _apart(cell, subject)
                found.rest += _rest(before, taken, given)
            found.parts.append(part)
            before, task = [], part if about(cell).get("task") else None
        elif task and not about(cell) and not _is_given(cell, given):
            task.work.append(cell)
        else:
            before.append(cell)
            task = None
    found.rest += _rest(before, taken, given)
    return found


def _subjects(cells: Sequence[Cell]) -> dict[str, Cell]:
    """Return the cell that each check is about, where its name says so."""
    by_name = {name(cell): cell for cell in cells if name(cell) and not is_marked(cell)}
    wanted = {name(cell): judged(name(cell)) for cell in cells if is_check(cell)}
    return {check: by_name[own] for check, own in wanted.items() if own in by_name}


def _with_work(
    check: Cell, before: Sequence[Cell], subject: Cell | None, given: Collection[str]
) -> Part:
    """Return the part of a graded cell that stands below its work."""
    task = _task(before, subject, given)
    own, heading = spoken(name(check)), _heading(task[0]) if task else ""
    called = heading if own and own.casefold() in heading.casefold() else title(name(check))
    return Part(check, called, task, work=[cell for cell in before if _is_work(cell, given)])


def _give_back(parts: Sequence[Part], part: Part, before: Sequence[Cell]) -> None:
    """
    Let the part before keep what stands between its check and the text of this task: it ran the
    code of that part, and says nothing about this one.
    """
    if not parts or parts[-1].card is not None or not part.task:
        return
    start = next(n for n, cell in enumerate(before) if cell is part.task[0])
    earlier = [cell for cell in part.work if _holds(before[:start], cell)]
    parts[-1].work += earlier
    part.work = [cell for cell in part.work if not _holds(earlier, cell)]


def _apart(check: Cell, subject: Cell) -> Part:
    """Return the part of a check whose question or answer stands elsewhere."""
    if _is_locked(subject):
        return Part(check, title(name(check)), card=subject)
    return Part(check, title(name(check)), work=[subject])


def _task(before: Sequence[Cell], subject: Cell | None, given: Collection[str]) -> list[Cell]:
    """Return the course's texts right before the work, from the last heading on."""
    if subject is not None:
        before = before[: next(n for n, cell in enumerate(before) if cell is subject)]
    texts: list[Cell] = []
    for cell in reversed(before):
        if cell["cell_type"] != "markdown" or not _is_given(cell, given):
            if texts:
                break
            continue
        texts.insert(0, cell)
        if cell["source"].lstrip().startswith("#"):
            break
    return texts


def _rest(
    before: Sequence[Cell], taken: Collection[int], given: Collection[str]
) -> list[tuple[str, Cell]]:
    """Return what a learner wrote besides, each with the heading that stands above it."""
    found, heading = [], ""
    for cell in before:
        if _is_given(cell, given):
            heading = _heading(cell) or heading
        elif id(cell) not in taken and cell["source"].strip():
            found.append((title(name(cell)) if name(cell) else heading, cell))
            heading = ""
    return found


def _is_locked(cell: Cell) -> bool:
    return bool(about(cell).get("locked"))


def _is_given(cell: Cell, given: Collection[str]) -> bool:
    """Tell whether a cell is the course's own."""
    if about(cell):
        return _is_locked(cell)
    return cell["cell_type"] != "code" and cell["source"].strip() in given


def _is_work(cell: Cell, given: Collection[str]) -> bool:
    """Tell whether a cell is worth showing: the learner's, or the course's with an output."""
    return bool(cell.get("outputs") if _is_given(cell, given) else cell["source"].strip())


def _holds(cells: Sequence[Cell], wanted: Cell) -> bool:
    return any(cell is wanted for cell in cells)


def _heading(cell: Cell) -> str:
    """Return the first heading of a text without its signs, "" where it begins with none."""
    if cell["cell_type"] != "markdown":
        return ""
    found = re.match(r"\s*#{1,6}[ \t]+([^\n]+)", cell["source"])
    return re.sub(r"[`*]|\s+#+\s*$", "", found[1]).strip() if found else ""
