"""
The wrong answers of a class to code tasks, read from the graded notebooks: what was missed stands
in their metadata, as data. Work that is missing, untouched or could not be graded is none.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.course import Course
from grader.feedback.words import judged
from grader.graded import MISSED, NO_ANSWER, NOT_GRADED, read
from grader.judge.marking import task_of
from grader.judge.task import ANSWER, CHECK, LEARNERS, Cell, Task
from grader.lesson.choosing import Answer
from grader.lesson.nameless import lines_left


@dataclass(slots=True)
class Work:
    """
    What a class did: its wrong answers, by whom each task was handed in, as (notebook, answer
    cell), who is in it at all, and files that could not be read.
    """

    answers: list[Answer] = field(default_factory=list)
    handed_in: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    students: set[str] = field(default_factory=set)
    unread: list[Path] = field(default_factory=list)


def read_work(course: Course, assignment: str, blank: Mapping[str, Task]) -> Work:
    """Return what the class did; `blank` are the untouched notebooks of the release, by name."""
    work = Work()
    folder = course.root / "autograded"
    for place in sorted(folder.glob(f"*/{assignment}")):
        student = place.parent.name
        for number, name in enumerate(sorted(blank)):
            path = place / f"{name}.ipynb"
            if not path.is_file():
                continue
            work.students.add(student)
            try:
                nb = json.loads(path.read_text(encoding="utf-8"))
                found = list(_of_notebook(nb, name, number, student, blank[name], work))
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                work.unread.append(path)
            else:
                work.answers += found
    return work


def _of_notebook(
    nb: dict, name: str, number: int, student: str, blank: Task, work: Work
) -> Iterator[Answer]:
    """Yield the wrong answers in a notebook, the first miss of each answer cell."""
    results, cells = read(nb).results, task_of(nb, {}).cells
    released = {cell.cell_id: cell.source for cell in blank.cells}
    told: set[str] = set()
    for at, cell in enumerate(cells):
        result = results.get(cell.cell_id) if cell.role == CHECK else None
        if result is None or result.choice is not None or result.outcome == NOT_GRADED:
            continue
        own = answer_of(cells, at)
        answer_id = own[0].cell_id if own else ""
        if not own or answer_id in told or answer_id not in released:
            continue
        work.handed_in.setdefault((name, answer_id), set()).add(student)
        text = "\n\n".join(one.source.rstrip() for one in own if one.source.strip())
        text = text.encode("utf-8", "replace").decode()  # half a surrogate pair fits into no file
        untouched = text.strip() == released[answer_id].strip()
        if result.outcome != MISSED or result.rule == NO_ANSWER or untouched:
            continue
        told.add(answer_id)
        if left := lines_left(text):
            about = name, answer_id, cell.cell_id, (number, at)
            code = "\n".join(left.values())
            yield Answer(student, *about, result.rule, result.message, code, tuple(left))


def answer_of(cells: tuple[Cell, ...], check: int) -> list[Cell]:
    """
    Return the answer cell that a check is about, and the learner's cells below it: the one that
    the check is named after, else the nearest above; [] for none.
    """
    above = [n for n in range(check) if cells[n].role == ANSWER]
    named = [n for n in above if cells[n].cell_id == judged(cells[check].cell_id)]
    if not above:
        return []
    start = (named or above)[-1]
    end = start + 1
    while end < check and cells[end].role == LEARNERS:
        end += 1
    return list(cells[start:end])
