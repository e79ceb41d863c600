"""
The key as a hand-in: one notebook of an assignment, with the key's own solutions, goes the whole
way of a learner's, from the bytes of a file to the marks.

Trials that went well are kept, and what they ran on may have changed since: a library whose import
starts a thread, a package that is gone, a slower machine. `grader doctor` asks here.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader.judge.marking import marked
from grader.judge.sources import modules
from grader.judge.task import CHECK, Graded, GradedCell, Task
from grader.submissions.key import Key
from grader.submissions.load import load_submission
from grader.submissions.parsing import read_notebook
from grader.trial.notebook import Trial, with_noun
from grader.trial.reading import Pair, hand_ins, own_source

Grade = Callable[[Task], Graded]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the key of a notebook got as a hand-in, and the checks that it should have passed."""

    notebook: str
    score: float
    points: float
    missed: tuple[str, ...] = ()

    def __str__(self) -> str:
        got = f"gets {self.score:g} of {with_noun(self.points)}" if self.points else "is graded"
        return f"{self.notebook}.ipynb, handed in with the key's answers, {got}"


def rehearse(
    directory: CourseDirectory,
    config: Config,
    keys: Mapping[str, Key],
    trials: Mapping[str, Trial],
    grade: Grade,
) -> Rehearsal:
    """
    Grade one notebook of an assignment by what its trial showed: of those with points the one that
    imports the most.
    """
    pairs = hand_ins(directory, config, keys)
    name = max(
        sorted(pairs), key=lambda one: (any(trials[one].checks.values()), _imports(pairs[one]))
    )
    place = Path(directory.format_path(directory.source_directory, ".", directory.assignment_id))
    data = json.dumps(own_source(directory, config, place / f"{name}.ipynb")).encode()

    def read() -> dict[str, Any]:
        return read_notebook(data)

    trial = trials[name]
    nb = load_submission(read, keys[name], (), _log)
    results = marked(nb, pairs[name][0].files, trial.reference, grade)
    known = {fault.cell_id for fault in trial.faults}
    missed = [
        _told(check, points, results[check])
        for check, points in trial.checks.items()
        if check not in known and not _is_full(results[check].score, points)
    ]
    score = sum(results[check].score or 0.0 for check in trial.checks)
    return Rehearsal(name, score, sum(trial.checks.values()), tuple(missed))


def _imports(pair: Pair) -> int:
    """Return how many large libraries and parts of the course the cells of a key import."""
    return len(modules((), (cell.source for cell in pair[0].cells if cell.role != CHECK)))


def _is_full(score: float | None, points: float) -> bool:
    return score is not None and score >= points


def _told(check: str, points: float, result: GradedCell) -> str:
    """Say what a check of the key's hand-in got, and what it says."""
    got = "no mark" if result.score is None else f"{result.score:g} of {with_noun(points)}"
    said = result.check.reason or result.check.message or "the check says nothing"
    return f"{check} gives {got}: {said.rstrip('.')}."
