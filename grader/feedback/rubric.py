"""
The rubric of an answer that a person marks, as nbgrader's formgrader shows it.

It stands in the key: in the source notebook the solution of such an answer is a model answer and,
below it, what earns points. Learners never get that region of the cell.

    **Rubric**

    - [ ] 1 · Says what the score is for
    - [ ] 0.5 · Names one use that it is not for

The template `course_formgrade` asks for it by the filter `rubric_of`, named in nbgrader_config.py.
Whatever is wrong with the key costs the page its rubric, never the page.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course import Course
from grader.results import so_many

SOLUTION = re.compile(r"BEGIN SOLUTION[^\n]*\n(.*?)\n[^\n]*END SOLUTION", re.DOTALL)
HEADING = re.compile(r"^\*\*Rubric\*\*\s*$", re.MULTILINE)
LINE = re.compile(r"^- \[ \] (\d+(?:\.\d+)?) · (\S.*?)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that earns points."""

    points: float
    text: str

    @property
    def as_text(self) -> str:
        """Return the line as it is ticked, and as it stands in the comment to the learner."""
        return f"{so_many(self.points)}: {self.text}"


@dataclass(frozen=True, slots=True)
class Rubric:
    """What the key says about an answer: what earns points, and a model answer."""

    lines: tuple[Line, ...]
    answer: str

    @property
    def points(self) -> float:
        """Return the points of all lines."""
        return sum(line.points for line in self.lines)


def read(source: str) -> Rubric | None:
    """Return the rubric in the source of a cell, None where it has no solution to show."""
    found = SOLUTION.search(source)
    if not found:
        return None
    answer, *below = HEADING.split(found[1], maxsplit=1)
    lines = tuple(Line(float(n), text) for n, text in LINE.findall("".join(below)))
    return Rubric(lines, answer.strip()) if lines or answer.strip() else None


def rubrics(cells: Iterable[Mapping[str, Any]]) -> dict[str, Rubric]:
    """Return the rubrics of a source notebook's cells, by grade_id."""
    found = {}
    for cell in cells:
        about = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "markdown" and about.get("grade") and about.get("solution"):
            found[about["grade_id"]] = read("".join(cell["source"]))
    return {grade_id: rubric for grade_id, rubric in found.items() if rubric}


def rubric_of(cell: Mapping[str, Any], resources: Mapping[str, Any]) -> Rubric | None:
    """Return the rubric of a cell of a graded notebook; called by the formgrader's template."""
    place = resources["metadata"]
    folder = Path(place["path"])  # autograded/<student>/<assignment>
    try:
        source = Course(folder.parents[2]).source(folder.name) / f"{place['name']}.ipynb"
        key = rubrics(json.loads(source.read_text(encoding="utf-8"))["cells"])
        return key.get(cell["metadata"]["nbgrader"]["grade_id"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
