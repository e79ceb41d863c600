"""
The course folder: where things lie in it, how nbgrader is configured there, and how nbgrader's own
converters and exchange classes are run inside this process.

A `Course` is only a place. Nothing here opens the gradebook.
"""

import contextlib
import logging
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.course.config import enable
from grader.course.names import is_systems
from grader.errors import NbgraderFailed, NoAssignment, NotACourse

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

CONFIG = "nbgrader_config.py"
SEARCHED = "*?["  # nbgrader looks for files with paths that it does not escape


@dataclass(frozen=True, slots=True)
class Course:
    """A course folder, by its absolute path."""

    root: Path

    def source(self, assignment: str = "") -> Path:
        """Return source/, or the folder of one assignment in it."""
        return self.root / "source" / assignment

    def release(self, assignment: str = "") -> Path:
        """Return release/, or the folder of one assignment in it."""
        return self.root / "release" / assignment

    def submitted(self, student: str, assignment: str) -> Path:
        """Return the folder that holds what a learner handed in."""
        return self.root / "submitted" / student / assignment

    def autograded(self, student: str, assignment: str) -> Path:
        """Return the folder that holds a learner's graded notebooks."""
        return self.root / "autograded" / student / assignment

    def feedback(self, student: str, assignment: str) -> Path:
        """Return the folder that holds a learner's feedback pages."""
        return self.root / "feedback" / student / assignment

    def assignments(self) -> list[str]:
        """Return the names of the assignments: the folders of source/ that hold notebooks."""
        folders = self.source().iterdir() if self.source().is_dir() else ()
        return sorted(f.name for f in folders if f.is_dir() and self.notebooks(f.name))

    def notebooks(self, assignment: str) -> list[str]:
        """Return the names of the notebooks of an assignment, without their ending."""
        found = self.source(assignment).glob("*.ipynb")
        return sorted(path.stem for path in found if not path.name.startswith("."))

    def students(self, assignment: str) -> list[str]:
        """Return everyone who handed in something for this assignment, be it a link to nothing."""
        place = self.root / "submitted"
        names = sorted(os.listdir(place)) if place.is_dir() else []
        return [
            name
            for name in names
            if not name.startswith(".")
            and not is_systems(name)
            and (os.path.lexists(place / name / assignment) or _leads_nowhere(place / name))
        ]


def _leads_nowhere(path: Path) -> bool:
    """Tell whether a path is a link to what is not there."""
    return path.is_symlink() and not path.exists()


def find_course(folder: Path | None = None) -> Course:
    """
    Return the course in this folder (default: the current one).

    Raises: NotACourse where there is none, or its path is one that nbgrader cannot search.
    """
    root = (folder or Path.cwd()).resolve()
    if not (root / CONFIG).is_file() or not (root / "source").is_dir():
        raise NotACourse(
            f"{root} is no course folder: it needs {CONFIG} and source/."
            " Change into the course folder."
        )
    if sign := _unfit(str(root), SEARCHED):
        raise NotACourse(
            f"{root} has a {sign} in its path, which nbgrader takes for a pattern."
            " Rename that folder."
        )
    return Course(root)


def _unfit(name: str, signs: str) -> str:
    """Return the first of these signs in a name, "" for none."""
    return next((sign for sign in name if sign in signs), "")


def check_assignment(course: Course, assignment: str) -> str:
    """
    Return the name of the assignment if the course has it.

    Raises: NoAssignment where the course has none of the name, or nbgrader takes no such name.
    """
    names = course.assignments()
    if assignment not in names:
        there = ", ".join(names) or "none yet"
        raise NoAssignment(f"There is no assignment {assignment!r} in source/. There is: {there}.")
    if sign := _unfit(assignment, SEARCHED + "+"):
        raise NoAssignment(
            f"nbgrader takes no assignment with a {sign} in its name. Rename source/{assignment}/"
            f" and submitted/<student>/{assignment}/."
        )
    return assignment


def put_tools_on_path() -> None:
    """Put the commands beside this Python on PATH: nbgrader runs a bare `alembic`."""
    binaries = str(Path(sys.executable).parent)
    if binaries not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = binaries + os.pathsep + os.environ.get("PATH", "")


def make_importable(course: Course) -> None:
    """Let a course's own plugins be imported from its folder, as nbgrader's commands do."""
    if str(course.root) not in sys.path:
        sys.path.insert(0, str(course.root))


def load_config(course: Course) -> "Config":
    """Return nbgrader's configuration as its own commands see it in this folder."""
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config.loader import Config, ConfigFileNotFound, PyFileConfigLoader

    put_tools_on_path()
    make_importable(course)
    config = Config()
    enable(config)  # so that a course whose own config does not say it is graded in the sandbox too
    for folder in [*reversed(jupyter_config_path()), str(course.root)]:
        with contextlib.suppress(ConfigFileNotFound):
            config.merge(PyFileConfigLoader(CONFIG, path=folder).load_config())
    config.CourseDirectory.root = str(course.root)
    return config


def course_directory(config: "Config", **names: str) -> "CourseDirectory":
    """Return nbgrader's view of the folder, narrowed by student_id, assignment_id, notebook_id."""
    from nbgrader.coursedir import CourseDirectory

    return CourseDirectory(config=config, **names)


@contextlib.contextmanager
def quiet_nbgrader() -> Iterator[list[str]]:
    """Keep nbgrader's log off the screen and give the errors in it, one line each."""
    from traitlets.log import get_logger

    errors: list[str] = []
    # The gradebook writes its stack traces to tornado's log.
    logs = [get_logger(), logging.getLogger("tornado.application")]
    before = [(log.handlers[:], log.propagate, log.level) for log in logs]
    for log, handler in zip(logs, (_Keeper(errors), logging.NullHandler()), strict=True):
        log.handlers, log.propagate = [handler], False
        log.setLevel(logging.ERROR)
    try:
        yield errors
    finally:
        for log, (handlers, propagate, level) in zip(logs, before, strict=True):
            log.handlers, log.propagate = handlers, propagate
            log.setLevel(level)


def run_nbgrader(job: Any, what: str) -> None:
    """
    Run a converter or exchange class of nbgrader quietly; its last words become the error.

    Raises: NbgraderFailed with the first error that nbgrader logged.
    """
    with quiet_nbgrader() as errors:
        try:
            job.start()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # nbgrader also leaves by SystemExit
            told = [line for line in errors if not line.startswith("There was an error")]
            reason = told[0] if told else str(error) or type(error).__name__
            full = "disk is full" in reason or "No space left" in reason
            advice = " Make room on the disk and run the same command again." if full else ""
            raise NbgraderFailed(f"{what} did not work: {reason.rstrip('.')}.{advice}") from None


LONGEST = 500  # characters of an error
RAISED = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception): ")


class _Keeper(logging.Handler):
    """Keeps error records as one line each; of a stack trace only what was raised is of use."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.ERROR)
        self.errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        lines = [line.strip() for line in record.getMessage().splitlines() if line.strip()]
        raised = [line for line in lines if RAISED.match(line)]
        if lines and lines[0].startswith("Traceback"):
            # What an exception adds below its first line, such as a schema, is of no use.
            self.errors.append(raised[-1] if raised else lines[-1])
        elif lines:
            self.errors.append(" ".join(lines)[:LONGEST])
