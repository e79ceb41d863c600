"""One learner's submission: its folders, its fingerprint, and whether it was graded before."""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from grader.course import Course
from grader.documents import folder

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
    def timestamp(self) -> datetime | None:
        """When it was handed in, in UTC."""
        return folder.timestamp(self.submitted)

    @cached_property
    def fingerprint(self) -> str:
        """A text that changes with any byte of the submission and with the key."""
        found = hashlib.sha256(self.key.encode())
        for name in sorted(_regular_files(os.fspath(self.submitted))):
            found.update(name.encode(errors="surrogateescape") + b"\0")
            found.update(_digest(os.path.join(self.submitted, name)))
        return found.hexdigest()

    def is_current(self, recorded: Mapping[str, datetime | None]) -> bool:
        """
        Tell whether this very submission was graded before, completely and with this very key, and
        stands in the gradebook: `recorded` are the timestamps there.
        """
        if self.student not in recorded:
            return False
        if self.timestamp is not None and recorded[self.student] != self.timestamp:
            return False
        graded = [_marker(self.autograded / f"{name}.ipynb") for name in self.notebooks]
        present = [name for name in self.notebooks if (self.submitted / f"{name}.ipynb").is_file()]
        if not any(graded) or len(present) > len(graded) - graded.count(None):
            return False
        return set(graded) - {None} == {self.fingerprint}


def _regular_files(folder: str, within: str = "") -> Iterator[str]:
    """Yield the names of all files in a folder and its folders that are no links, as paths."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:  # a closed folder, say
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _regular_files(entry.path, f"{within}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                yield within + entry.name


def _digest(path: str) -> bytes:
    """Return the hash of a file; one that cannot be read has an empty one."""
    try:
        with open(path, "rb", buffering=0) as file:
            return hashlib.sha256(file.read()).digest()
    except OSError:
        return b""


def _marker(path: Path) -> str | None:
    """Return what a graded notebook was graded from, None if it does not say."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))["metadata"]["grader"][MARKER]
    except (OSError, ValueError, KeyError, TypeError):
        return None
