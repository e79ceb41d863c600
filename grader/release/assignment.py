"""
source/ -> release/: what learners get, without solutions, hidden checks, answers or leftovers.

nbgrader's own generate_assignment does the work and writes the key into the gradebook. The two
preprocessors here are named in nbgrader_config.py, so `nbgrader generate_assignment` gives the same
bytes as `grader release`.
"""

import contextlib
import itertools
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Callable, Dict, default
from traitlets.config import Config

from grader.course.canonical import GOES_ON, canonical
from grader.course import Course, check_assignment, course_directory, load_config, run_nbgrader
from grader.errors import GraderError, NoAssignment
from grader.course.languages import other_language
from grader.judge.limits import SandboxLimits
from grader.release.examples import EXAMPLES, examples_of, put, released
from grader.release.leftovers import refuse_leftovers
from grader.submissions.parsing import data_files

if TYPE_CHECKING:
    from nbgrader.converters import GenerateAssignment

PYTHON = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class RefuseLeftovers(NbGraderPreprocessor):
    """Stops a release whose source folder holds a file that must not reach learners."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Look at the folder of the notebook; called by nbgrader for each notebook."""
        for line in refuse_leftovers(Path(resources["metadata"]["path"]), self.config):
            self.log.warning(line)
        return nb, resources


class DrawExamples(NbGraderPreprocessor):
    """Draws examples from the solutions of a notebook; must come before they are cleared."""

    draw = Bool(True, help="Whether examples are drawn at all.").tag(config=True)
    known = Dict(help="What notebooks had when they were last released, by name.").tag(config=True)
    tell = Callable(help="Takes lines for the author; without it they are logged.").tag(config=True)

    @default("tell")
    def _log(self) -> Callable:
        return self.log.warning

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Draw the examples of a notebook; called by nbgrader for each notebook."""
        found = {}
        if self.draw:
            about = resources["metadata"]
            path = Path(about["path"]) / f"{about['name']}.ipynb"
            limits = SandboxLimits(config=self.config).limits
            found = examples_of(nb, path, limits, self.known, self.tell)
        put(nb, found)
        resources[EXAMPLES] = found
        return nb, resources


class Canonical(NbGraderPreprocessor):
    """
    Brings a released notebook into the canonical form; must be the last preprocessor. An answer
    that stops with an error, or a given cell that shows what came of it, keeps no cell below it
    from running.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Drop all metadata that does not belong into a release; called by nbgrader for each."""
        complete(nb)
        for cell in nb["cells"]:
            about = cell["metadata"].get("nbgrader", {})
            if cell["cell_type"] == "code" and about and not about.get("grade"):
                cell["metadata"]["tags"] = [*cell["metadata"].get("tags", []), GOES_ON]
        made = nbformat.reads(canonical(nb), as_version=4)
        put(made, resources.get(EXAMPLES, {}))
        return made, resources


def complete(nb: NotebookNode) -> None:
    """Give a notebook of an older format what the canonical form asks for: ids and a kernel."""
    taken = {cell.get("id") for cell in nb["cells"]}
    for number, cell in enumerate(nb["cells"], start=1):
        if "id" in cell:
            continue
        wanted = cell["metadata"].get("nbgrader", {}).get("grade_id") or f"cell-{number}"
        wanted = re.sub(r"[^a-zA-Z0-9_-]", "-", str(wanted))[:50]
        if wanted in taken:
            wanted = next(
                name for n in itertools.count(number) if (name := f"{wanted}-{n}") not in taken
            )
        taken.add(wanted)
        cell["id"] = wanted
    nb["metadata"]["kernelspec"] = PYTHON | dict(nb["metadata"].get("kernelspec") or {})


def _tried(job: "GenerateAssignment") -> list[str]:
    """Try the key just released; return what to tell about it, a line each."""
    from grader.trial.course import notes, try_stored

    return notes(try_stored(job.coursedir, job.config))


def refuse_other_kernels(folder: Path) -> None:
    """Raise GraderError for the first notebook that is not for Python: nobody could be graded."""
    for path in sorted(folder.glob("*.ipynb")):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            if other := other_language(json.loads(path.read_bytes()).get("metadata", {})):
                raise GraderError(
                    f"{path} is for {other}: only Python is graded here."
                    " Give it a Python kernel, or grade it with nbgrader alone."
                )


def _too_large(folder: Path) -> list[str]:
    """Return a line about files that learners get and that grading has no room for."""
    found: list[str] = []
    data_files(folder, found)
    return [f"{folder.name}: {line}" for line in found]


@contextlib.contextmanager
def kept_unless_replaced(folder: Path) -> Iterator[None]:
    """Put a folder aside while a new one is made; bring it back if that fails."""
    aside = folder.with_name(f".{folder.name}.before")
    if folder.is_dir():
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if aside.is_dir():
            aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def release(
    course: Course, assignments: Sequence[str] = (), notes: list[str] | None = None
) -> list[Path]:
    """
    Write release/ and the key of each assignment, and return the folders written.

    Without names, every assignment in source/ is released. A BrokenKey says which checks give the
    key too little or an untouched release anything; release/ then stays as it was. What else a
    teacher should know about checks is added to `notes`, a line each.

    Raises: NoAssignment where source/ holds none; BrokenKey for a key that does not hold.
    """
    names = [check_assignment(course, name) for name in assignments or course.assignments()]
    if not names:
        raise NoAssignment(f"{course.source()} holds no assignment: nothing to release.")
    config = load_config(course)
    along: dict[str, list[str]] = {}
    for name in names:
        refuse_other_kernels(course.source(name))
        along[name] = refuse_leftovers(course.source(name), config)
    for name in names:
        told = along[name] + _too_large(course.source(name))
        config.DrawExamples.known = released(course.release(name))
        config.DrawExamples.tell = told.append
        with kept_unless_replaced(course.release(name)):
            job = _generate(config, name)
            told += _tried(job)
        if notes is not None:
            notes += told
    return [course.release(name) for name in names]


def take_key(course: Course, assignment: str) -> bool:
    """
    Write the key of an assignment as it is in source/ now into the gradebook; release/ stays.

    Return whether release/ is older than source/: learners then work on another text.
    """
    config = load_config(course)
    check_assignment(course, assignment)
    config.DrawExamples.draw = False
    with tempfile.TemporaryDirectory(prefix="key-") as place:
        config.CourseDirectory.release_directory = place
        _generate(config, assignment)
        made = {path.name: _text(path) for path in Path(place).rglob("*.ipynb")}
    there = {path.name: _text(path) for path in course.release(assignment).glob("*.ipynb")}
    return bool(there) and there != made


def _text(path: Path) -> str:
    """Return what a released notebook says, without the examples that were drawn for it."""
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
        return canonical(json.loads(path.read_bytes()))
    return ""


def _generate(config: Config, assignment: str) -> "GenerateAssignment":
    """Run nbgrader's generate_assignment with this configuration, and return it."""
    from nbgrader.converters import GenerateAssignment

    directory = course_directory(config, assignment_id=assignment)
    job = GenerateAssignment(coursedir=directory, config=config)
    job.force = True
    run_nbgrader(job, f"Releasing {assignment}")
    return job
