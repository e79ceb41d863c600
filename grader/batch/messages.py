"""
What a worker needs of a submission, as plain data, and what it makes of it.

A request goes to a thread here or to another machine. The context, which is the same for the whole
class, holds the key with its hidden tests: workers are trusted, learner code is in their sandboxes.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.errors import NotANotebook
from grader.judge.marking import Results, marked
from grader.judge.task import Graded, Reference, Task
from grader.sandbox.levels import Level
from grader.sandbox.limits import Limits
from grader.submissions.key import Key
from grader.submissions.load import load_submission
from grader.submissions.parsing import read_notebook

Grade = Callable[[Task], Graded]
_log = logging.getLogger(__name__)
_log.setLevel(logging.ERROR)  # which notebook cannot be read is in the table, with its learner


@dataclass(frozen=True, slots=True)
class GradingContext:
    """
    The keys of an assignment by notebook, the limits, the seed of hidden data, and what trying the
    keys showed: without that nothing is graded. `level` is that of this machine's sandbox, None
    where other machines grade: each tries its own.
    """

    keys: dict[str, Key]
    limits: Limits
    seed: str = field(default="", repr=False)
    level: Level | None = None
    references: dict[str, Reference] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SubmittedNotebook:
    """The bytes of a submitted notebook, or why there are none, and what was put right in it."""

    data: bytes
    problem: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GradingRequest:
    """A submission: its notebooks by their names, and the files beside them."""

    student: str
    notebooks: dict[str, SubmittedNotebook]
    files: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class GradedSubmission:
    """What a worker made of a request: each notebook as graded, and the results of its cells."""

    notebooks: dict[str, tuple[dict[str, Any], Results]] = field(default_factory=dict)


class WorkerLost(Exception):
    """A worker was lost with this request, as often as may be an accident."""


class Workers(Protocol):
    """Grades requests, several at a time; who leaves it by an error leaves what is in work."""

    width: int  # requests to hold ready

    def grade(self, task: Task) -> Graded:
        """Grade one task, for the trial of the key."""

    def learn(self, references: Mapping[str, Reference]) -> None:
        """Take what the trial of the key showed, before the first request."""

    def submit(self, request: GradingRequest) -> "Future[GradedSubmission]":
        """Have a request graded; the future may raise WorkerLost."""

    def __enter__(self) -> "Workers": ...

    def __exit__(self, *reason: object) -> None: ...


def mark(request: GradingRequest, context: GradingContext, grade: Grade) -> GradedSubmission:
    """Restore and grade the notebooks of a request."""
    made = {}
    for name, submitted in request.notebooks.items():
        nb = load_submission(
            lambda submitted=submitted: _read(submitted), context.keys[name], submitted.notes, _log
        )
        made[name] = nb, marked(nb, request.files, context.references[name], grade)
    return GradedSubmission(made)


def _read(submitted: SubmittedNotebook) -> dict[str, Any]:
    if submitted.problem:
        raise NotANotebook(submitted.problem)
    return read_notebook(submitted.data)
