"""One learner's submission: its folders, its fingerprint, and whether it was graded before."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from grader.course import Course
from grader.errors import NotANotebook
from grader.submissions import folder, own_files
from grader.submissions.parsing import LARGEST

MARKER = "graded_from"  # in the metadata of a graded notebook, under "grader"


@dataclass(frozen=True)
class Job:
    """One submission to grade; `key` is the fingerprint of the assignment's key."""

    course: Course
    assignment: str
    student: str
    notebooks: tuple[str, ...]
    key: str

    @property
    def submitted(self) -> Path:
        """The folder that the learner handed in."""
        return self.course.submitted(self.student, self.assignment)

    @property
    def autograded(self) -> Path:
        """The folder that nbgrader would write."""
        return self.course.autograded(self.student, self.assignment)

    @cached_property
    def refusal(self) -> str:
        """Why nothing of it may be read, "" if it may."""
        return own_files.refusal(self.submitted)

    @cached_property
    def timestamp(self) -> datetime | None:
        """When it was handed in, in UTC."""
        return None if self.refusal else folder.timestamp(self.submitted)

    @cached_property
    def fingerprint(self) -> str:
        """A text that changes with any byte of the submission and with the key."""
        found = hashlib.sha256(self.key.encode())
        for name, file in folder.as_handed_in(own_files.look_through(self.submitted).files):
            found.update(name.encode(errors="surrogateescape") + b"\0")
            found.update(_digest(self.submitted, file))
        return found.hexdigest()

    def is_current(self, recorded: Mapping[str, datetime | None]) -> bool:
        """
        Tell whether this very submission was graded before, completely and with this very key, and
        stands in the gradebook: `recorded` are the timestamps there.
        """
        if self.refusal or self.student not in recorded:
            return False
        if self.timestamp is not None and recorded[self.student] != self.timestamp:
            return False
        graded = [_marker(self.autograded / f"{name}.ipynb") for name in self.notebooks]
        present = [name for name in self.notebooks if (self.submitted / f"{name}.ipynb").is_file()]
        if not any(graded) or len(present) > len(graded) - graded.count(None):
            return False
        return set(graded) - {None} == {self.fingerprint}


def _digest(folder: Path, name: str) -> bytes:
    """Return the hash of a file; one that is not read, being closed or vast, has an empty one."""
    try:
        return hashlib.sha256(own_files.read(folder, name, LARGEST)).digest()
    except NotANotebook:
        return b""


def _marker(path: Path) -> str | None:
    """Return what a graded notebook was graded from, None if it does not say."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))["metadata"]["grader"][MARKER]
    except (OSError, ValueError, KeyError, TypeError):
        return None
