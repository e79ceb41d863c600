"""
Where nbgrader hands over what learners handed in, before anything of it is parsed or copied.

Named in nbgrader_config.py as the exporter of Autograde, so `nbgrader autograde`, the formgrader's
button and `grader grade` all go through here. Paths of submissions come in, sound notebooks go on
to nbgrader's preprocessors; a notebook that cannot be read is replaced by a stand-in, so that one
file neither stops the class nor loses its learner.
"""

import glob
import os
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from grader import gradebook
from grader.documents import folder as submitted
from grader.documents import key as keys
from grader.documents.key import Key
from grader.documents.repair import read_file
from grader.documents.sound import sound
from grader.errors import GraderError, WallMissing
from grader.executor import JailedExecute
from grader.grading.bench import shared_bench
from grader.grading.task import Reference
from grader.jail import levels
from grader.trial import tried


class PatientDirectory(CourseDirectory):
    """nbgrader's course folder, for which a timestamp without a date is none."""

    def get_existing_timestamp(self, dest_path: str) -> datetime | None:
        """Return when a folder was handed in; called by nbgrader."""
        return submitted.timestamp(Path(dest_path))


class SubmissionExporter(NotebookExporter):
    """Reads submitted notebooks for Autograde, whatever state they are in."""

    def __init__(self, **kwargs: Any) -> None:
        """Look at all submissions; nbgrader makes one exporter per run, after finding them."""
        super().__init__(**kwargs)
        directory = self.parent.coursedir
        try:
            self._level = levels.choose()
            levels.keep_out_of_sight(directory.root)
        except WallMissing as missing:  # before any mark is touched; nbgrader ends with exit code 1
            self.log.error("%s", missing)
            raise NbGraderException(str(missing)) from None
        traits = {name: getattr(directory, name) for name in directory.trait_names(config=True)}
        # The formgrader uses one directory for all requests: it gets back unchanged.
        self.parent.coursedir = PatientDirectory(parent=directory.parent, **traits)
        source = directory.format_path(directory.source_directory, ".", directory.assignment_id)
        self._keys = keys.read_all(
            directory.db_url, directory.course_id, directory.assignment_id, Path(source)
        )
        self.references = self._tried()
        self._files: dict[str, Path] = {}
        self._notes: dict[str, list[str]] = {}
        for folder in self.parent.assignments:
            self._prepare(folder)

    def _tried(self) -> dict[str, Reference]:
        """Return what trying the keys showed; one that does not hold stops nbgrader."""
        directory, limits = self.parent.coursedir, JailedExecute(parent=self).limits
        try:
            self.seed = gradebook.seed(directory, directory.assignment_id)
            about = shared_bench(limits, self.seed).grade, self._level.name, self.seed
            found = tried(directory, self.config, self._keys, limits, *about)
        except GraderError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        return {name: trial.reference for name, trial in found.items()}

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Convert a notebook; called by nbgrader, first with a submitted one, then with ours."""
        folder, base = os.path.split(filename)
        if folder not in self._notes or resources is None:
            return super().from_filename(filename, resources=resources, **kw)
        name = os.path.splitext(base)[0]
        resources["metadata"] = ResourcesDict(name=name, path=folder)
        nb = self._sound(self._files.get(filename, Path(filename)), self._keys[name])
        return self.from_notebook_node(nbformat.from_dict(nb), resources=resources, **kw)

    def _prepare(self, folder: str) -> None:
        """Give nbgrader the right files of a submission under the names that it knows."""
        coursedir = self.parent.coursedir
        unsafe = submitted.unsafe_files(folder, coursedir.max_file_size * 1000)
        notes = [submitted.set_timestamp_aside(Path(folder))]
        notes += [f"`{os.path.basename(path)}` is no plain file: left out." for path in unsafe[:3]]
        self._notes[folder] = [note for note in notes if note]
        few = len(unsafe) <= submitted.MOST_UNSAFE
        coursedir.ignore = [
            *coursedir.ignore,
            *(glob.escape(path) for path in (unsafe if few else [folder])),
        ]
        chosen, renamed = submitted.choose_notebooks(Path(folder), self._keys)
        found = self.parent.assignments[folder]
        for name, note in renamed.items():
            if fnmatchcase(name, coursedir.notebook_id):
                path = os.path.join(folder, f"{name}.ipynb")
                self._files[path] = chosen[name]
                self._notes[path] = [note]
                found.append(path)

    def _sound(self, path: Path, key: Key) -> dict[str, Any]:
        """Return the notebook in a file as it is to be graded, or what stands in for it."""
        asked = os.path.join(path.parent, f"{key.notebook}.ipynb")
        notes = self._notes[str(path.parent)] + self._notes.get(asked, [])
        return sound(lambda: read_file(path), key, notes, self.log)
