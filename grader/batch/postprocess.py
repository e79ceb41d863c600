"""
A worker's notebooks become what nbgrader's own Autograde would have written, and their marks.

The preprocessors are those that the course configures for Autograde, in its order. Those that run
the notebook or talk to the gradebook have done their part by other ways.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode, from_dict
from nbgrader.converters import Autograde
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    Execute,
    SaveAutoGrades,
)
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from grader.batch.job import MARKER, Job
from grader.batch.nbwriter import notebook_text
from grader.course import course_directory
from grader.graded import Grading, read
from grader.judge.limits import SandboxLimits
from grader.judge.marking import Results
from grader.nbgrader_ext.executor import SandboxedExecute
from grader.results import NotebookEntry

# Workers run notebooks, the gradebook room saves marks, and restored cells have the key's metadata.
ELSEWHERE = (SandboxedExecute, Execute, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata)


@dataclass(frozen=True, slots=True)
class Finished:
    """A graded notebook: its text, its marks for the gradebook, and what it says about itself."""

    text: str
    entry: NotebookEntry
    grading: Grading


class Postprocessor:
    """Finishes notebooks of one assignment as its course configures Autograde."""

    def __init__(self, config: Config, assignment: str) -> None:
        directory = course_directory(config, assignment_id=assignment)
        self.converter = Autograde(coursedir=directory, config=config)
        kinds = [
            import_item(item) if isinstance(item, str) else item
            for item in self.converter.autograde_preprocessors
        ]
        made = [kind(parent=self.converter) for kind in kinds if not issubclass(kind, ELSEWHERE)]
        self._steps = [step for step in made if step.enabled]
        self.by_hand: set[str] = set()  # learners to whom a person has given points before
        runs = SandboxLimits(parent=self.converter)
        self.limits = runs.limits

    def finish(self, job: Job, name: str, nb: dict[str, Any], results: Results) -> Finished:
        """Finish one notebook of a submission."""
        node = from_dict(nb)
        about = {"student": job.student, "assignment": job.assignment, "notebook": name}
        resources = {
            "unique_key": name,
            "metadata": {"name": name, "path": str(job.autograded)},
            "nbgrader": about | {"db_url": self.converter.coursedir.db_url},
        }
        for step in self._steps:
            node, resources = step.preprocess(node, resources)
        grading = read(node)
        entry = _entry(node, results, bool(grading.problem))
        if job.student in self.by_hand:
            entry = replace(entry, kept=unchanged(node, job.autograded / f"{name}.ipynb"))
        node.metadata.setdefault("grader", NotebookNode())[MARKER] = job.fingerprint
        return Finished(notebook_text(node), entry, grading)


def _entry(nb: NotebookNode, results: Results, unread: bool) -> NotebookEntry:
    """Return what nbgrader's SaveAutoGrades would store, with the judge's scores."""
    below = nb.metadata.get("grader", {}).get("below", ())
    scores: dict[str, float | None] = {}
    comments: dict[str, str | None] = {}
    for cell in nb.cells:
        about = cell.metadata.get("nbgrader", {})
        if is_grade(cell):
            waits = unread or about["grade_id"] in below
            scores[about["grade_id"]] = None if waits else _score(cell, results)
        if is_solution(cell) or is_task(cell):
            same = not is_task(cell) and compute_checksum(cell) == about.get("checksum")
            silent = unread or about["grade_id"] in below
            comments[about["grade_id"]] = "No response." if same and not silent else None
    return NotebookEntry(scores, comments)


def unchanged(nb: NotebookNode, before: Path) -> frozenset[str]:
    """
    Return the graded cells whose answer is the one in the graded notebook from before: an answer
    that a person reads by its own text, everything else by all that the learner wrote.
    """
    try:
        old = json.loads(before.read_text(encoding="utf-8"))["cells"]
        same = _written(nb.cells) == _written(old)
        texts = {_id(cell): "".join(cell["source"]) for cell in old}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return frozenset()
    below = nb.metadata.get("grader", {}).get("below", ())
    return frozenset(
        _id(cell)
        for cell in nb.cells
        if is_grade(cell) or is_task(cell)
        if same
        or (is_solution(cell) and _id(cell) not in below and texts.get(_id(cell)) == cell.source)
    )


def _id(cell: dict[str, Any]) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def _written(cells: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return all that a learner can have written: what is no locked cell of the key."""
    return [
        (_id(cell), "".join(cell["source"]))
        for cell in cells
        if not cell["metadata"].get("nbgrader", {}).get("locked")
    ]


def _score(cell: NotebookNode, results: Results) -> float | None:
    """Return what the machine gives for a cell; nothing for a check that has no result."""
    if is_solution(cell) or cell.cell_type != "code":
        return determine_grade(cell)[0]
    result = results.get(cell.metadata.nbgrader["grade_id"])
    return result.score if result else None
