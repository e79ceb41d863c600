"""
Where nbgrader hands over what learners handed in, before anything of it is parsed or copied.

Named in nbgrader_config.py as the exporter of Autograde, so `nbgrader autograde`, the formgrader's
button and `grader grade` all go through here. Paths of submissions come in, sound notebooks go on
to nbgrader's preprocessors; a notebook that cannot be read is replaced by a stand-in, so that one
file neither stops the class nor loses its learner.
"""

import contextlib
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
from grader.course.languages import other_language
from grader.course.names import is_systems
from grader.errors import GraderError, NotANotebook, WallMissing
from grader.judge.client import shared_client
from grader.judge.limits import SandboxLimits
from grader.judge.task import Reference
from grader.sandbox.levels import require_hidden
from grader.submissions import folder as submitted
from grader.submissions import key as keys
from grader.submissions import own_files
from grader.submissions.discovery import Choice, choose_notebooks
from grader.submissions.key import Key
from grader.submissions.load import load_submission
from grader.submissions.parsing import read_file
from grader.trial import tried


class PatientDirectory(CourseDirectory):
    """CourseDirectory that treats a timestamp that cannot be parsed as missing."""

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
            self._level = SandboxLimits(parent=self).level
            require_hidden(directory.root)
        except WallMissing as missing:  # before any mark is touched; nbgrader ends with exit code 1
            self.log.error("%s", missing)
            raise NbGraderException(str(missing)) from None
        traits = {name: getattr(directory, name) for name in directory.trait_names(config=True)}
        # The formgrader uses one directory for all requests: it gets back unchanged.
        self.parent.coursedir = PatientDirectory(parent=directory.parent, **traits)
        source = directory.format_path(directory.source_directory, ".", directory.assignment_id)
        try:
            with gradebook.use(directory) as book:
                self._keys = keys.read_all(book, directory.assignment_id, Path(source))
                self.seed = gradebook.seed(book, directory.assignment_id)
        except GraderError as error:  # it is locked or cannot be written: one line, no stack trace
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        self.references = self._tried()
        self._choices: dict[str, Choice] = {}
        self._notes: dict[str, list[str]] = {}
        self._tell()
        self._refuse()
        for folder in self.parent.assignments:
            self._prepare(folder)

    def _tried(self) -> dict[str, Reference]:
        """Return what trying the keys showed; one that does not hold stops nbgrader."""
        directory, limits = self.parent.coursedir, SandboxLimits(parent=self).limits
        try:
            self._refuse_other_languages()
            worker = shared_client(self._level, limits, self.seed)
            about = worker.grade, self._level.name, self.seed
            found = tried(directory, self.config, self._keys, limits, *about)
        except GraderError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        for name, trial in found.items():
            if told := trial.told_of_files():
                self.log.warning("%s.ipynb, %s", name, told)
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
        nb = self._loaded(folder, self._choices.get(filename, Choice(base)), self._keys[name])
        return self.from_notebook_node(nbformat.from_dict(nb), resources=resources, **kw)

    def _refuse_other_languages(self) -> None:
        """Raise GraderError if a key is not for Python: all marks would be wrong."""
        for name, key in self._keys.items():
            if other := other_language({"kernelspec": key.kernelspec}):
                raise GraderError(
                    f"{key.assignment}/{name} was released for {other}: only Python is graded here."
                    " Give it a Python kernel in source/ and release it again, or grade it with"
                    " nbgrader alone."
                )

    def _tell(self) -> None:
        """Say what nbgrader's own switches do not do here."""
        if str(self.config.Execute.get("enabled", True)).lower() in ("false", "0"):
            self.log.warning(
                "--no-execute is not obeyed: no mark comes from outputs that a learner saved,"
                " so all cells are run."
            )

    def _language_of(self, folder: str) -> str:
        """Return why a hand-in cannot be taken for Python where its key does not say; "" if so."""
        for name, key in self._keys.items():
            with contextlib.suppress(NotANotebook):
                nb = {} if key.kernelspec else read_file(Path(folder), f"{name}.ipynb")
                if other := other_language(nb.get("metadata", {})):
                    return (
                        f"{os.path.join(folder, name)}.ipynb is for {other}, and source/ names no"
                        " kernel for it. Give that notebook a Python kernel and release it again"
                    )
        return ""

    def _refuse(self) -> None:
        """Take what must not be opened from nbgrader's list, and let it end with exit code 1."""
        submissions, coursedir = self.parent.assignments, self.parent.coursedir
        asked = self.parent._format_source(coursedir.assignment_id, coursedir.student_id)
        for folder in glob.glob(asked):
            submissions.setdefault(folder, [])  # nbgrader passes over one without a notebook
        for folder in list(submissions):
            if is_systems(os.path.basename(os.path.dirname(folder))):
                del submissions[folder]  # __MACOSX is no learner
        refused = {
            folder: why
            for folder in submissions
            if (
                why := gradebook.unfit(Path(folder).parent.name).rstrip(".")
                or own_files.refusal(Path(folder))
                or self._language_of(folder)
            )
        }
        for folder, why in refused.items():
            del submissions[folder]
            self.log.error("Not graded: %s.", why)
        if not refused:
            return
        if not submissions:
            raise NbGraderException("; ".join(refused.values()))
        convert = self.parent.convert_notebooks

        def convert_the_others() -> None:
            convert()
            raise NbGraderException("; ".join(refused.values()))

        self.parent.convert_notebooks = convert_the_others

    def _prepare(self, folder: str) -> None:
        """Give nbgrader the right files of a submission under the names that it knows."""
        coursedir, place = self.parent.coursedir, Path(folder)
        notes = [submitted.settle_timestamp(place)]
        largest = coursedir.max_file_size * 1000  # it is in KB
        unsafe, told = submitted.left_out(place, largest)
        self._notes[folder] = [note for note in (*notes, *told) if note]
        few = len(unsafe) <= submitted.MOST_UNSAFE
        away = [*unsafe, *own_files.look_through(place).systems] if few else ["."]
        away = [os.path.normpath(os.path.join(folder, name)) for name in away]
        coursedir.ignore = [*coursedir.ignore, *map(glob.escape, away)]
        found = self.parent.assignments[folder]
        for name, choice in choose_notebooks(place, self._keys).items():
            if fnmatchcase(name, coursedir.notebook_id):
                path = os.path.join(folder, f"{name}.ipynb")
                self._choices[path] = choice
                if path not in found:
                    found.append(path)

    def _loaded(self, folder: str, choice: Choice, key: Key) -> dict[str, Any]:
        """Return the notebook in a file as it is to be graded, or what stands in for it."""

        def read() -> dict[str, Any]:
            if choice.problem:
                raise NotANotebook(choice.problem)
            return read_file(Path(folder), choice.name)

        notes = [*self._notes[folder], *filter(None, [choice.note])]
        nb = load_submission(read, key, notes, self.log)
        for note in nb["metadata"].get("grader", {}).get("notes", ()):
            self.log.warning("%s: %s", os.path.join(folder, choice.name or key.notebook), note)
        return nb
