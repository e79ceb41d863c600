"""
One learner's submission through nbgrader's Autograde, notebook by notebook.

Runs in a worker process of batch: a `Job` comes in, and out goes a reason for each notebook that
could not be graded. Stock autograde drops a whole submission for one bad notebook; here the others
keep their marks. The marks themselves are in the gradebook afterwards.
"""

import hashlib
import json
import shutil
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.course import Course, course_directory, load_config, quiet_nbgrader
from grader.errors import NotANotebook

MARKER = "graded_from"
BY_THE_NOTEBOOK = {
    "DeadKernelError": "the notebook ended its own Python process",
    "UnresponsiveKernelError": "a cell could not be stopped after its time limit",
    "CellTimeoutError": "a cell could not be stopped after its time limit",
    "SchemaTooOldError": "a graded cell was split or copied, so its nbgrader metadata is gone",
    "SchemaTooNewError": "the notebook was made for a newer nbgrader",
}


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to grade one submission."""

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
        """The folder that nbgrader writes."""
        return self.course.autograded(self.student, self.assignment)


def digest(job: Job) -> str:
    """Return a text that changes with any byte of the submission and with the key."""
    found = hashlib.sha256(job.key.encode())
    for path in sorted(job.submitted.rglob("*")):
        if path.is_file():
            found.update(str(path.relative_to(job.submitted)).encode() + b"\0")
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def is_current(job: Job) -> bool:
    """Tell whether this very submission was graded before, completely, with this very key."""
    present = [name for name in job.notebooks if (job.submitted / f"{name}.ipynb").is_file()]
    if not present:
        return False
    wanted = digest(job)
    return all(_marker(job.autograded / f"{name}.ipynb") == wanted for name in present)


def grade_submission(job: Job) -> dict[str, str]:
    """Grade every notebook of a submission and return why the others could not be, by name."""
    from grader import gradebook

    config = load_config(job.course)
    paths = {name: job.submitted / f"{name}.ipynb" for name in job.notebooks}
    missing = [name for name, path in paths.items() if not path.is_file()]
    problems = {}
    for name in paths.keys() - missing:
        try:
            check_readable(paths[name])
        except NotANotebook as error:
            problems[name] = str(error)
    timestamp, trouble = _timestamp(job)
    if trouble:
        problems |= dict.fromkeys(paths.keys() - missing, trouble)
    if job.autograded.exists():
        shutil.rmtree(job.autograded)
    gradebook.prepare(job.course, config, job.student, job.assignment, timestamp, missing)
    graded_from = digest(job)
    for name in sorted(paths.keys() - missing - problems.keys()):
        if reason := _autograde(job, name):
            problems[name] = reason
        else:
            _mark(job.autograded / f"{name}.ipynb", graded_from)
    return problems


def check_readable(path: Path) -> None:
    """Raise NotANotebook with a short reason unless the file is a notebook that can be graded."""
    try:
        nb = json.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise NotANotebook("the file is not text in UTF-8") from None
    except ValueError as error:
        place = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise NotANotebook(f"the file is cut or damaged: its JSON breaks{place}") from None
    except (OSError, RecursionError) as error:
        raise NotANotebook(f"the file cannot be read: {type(error).__name__}") from None
    if not isinstance(nb, dict) or not isinstance(nb.get("cells"), list):
        raise NotANotebook("the file is JSON, but not a notebook: it has no list of cells")
    if nb.get("nbformat") != 4:
        raise NotANotebook(f"the notebook has format {nb.get('nbformat')!r}, 4 is needed")


def _timestamp(job: Job) -> tuple[datetime | None, str]:
    """Return when the submission was handed in, and what is wrong with that if something is."""
    from nbgrader.coursedir import CourseDirectory

    try:
        return CourseDirectory().get_existing_timestamp(str(job.submitted)), ""
    except (ValueError, OverflowError, OSError):
        return None, "timestamp.txt holds no date: write one such as 2026-05-01 12:00:00 UTC"


def _autograde(job: Job, notebook: str) -> str:
    """
    Run nbgrader's Autograde on one notebook; return "" or the reason why it stopped.

    A kernel may fail to start on a busy machine, through no fault of the notebook: whatever the
    notebook itself does not explain is tried once more.
    """
    error, log = _attempt(job, notebook)
    if error is not None and type(error).__name__ not in BY_THE_NOTEBOOK:
        error, log = _attempt(job, notebook)
    if error is None:
        return ""
    name = type(error).__name__
    detail = (str(error).strip().splitlines() or log or ["no details"])[0]
    return BY_THE_NOTEBOOK.get(name, f"nbgrader stopped with {name}: {detail}")


def _attempt(job: Job, notebook: str) -> tuple[BaseException | None, list[str]]:
    """Run nbgrader's Autograde once; return what stopped it, if anything, and its errors."""
    from nbgrader.converters import Autograde

    class OneNotebook(Autograde):
        """Autograde that remembers the exception which its own loop only logs."""

        reason: BaseException | None = None

        def convert_single_notebook(self, notebook_filename: str) -> None:
            try:
                super().convert_single_notebook(notebook_filename)
            except BaseException as error:
                self.reason = error
                raise

    config = load_config(job.course)
    names = {"student_id": job.student, "assignment_id": job.assignment, "notebook_id": notebook}
    converter = OneNotebook(coursedir=course_directory(config, **names), config=config)
    converter.force = True
    with quiet_nbgrader() as log:
        try:
            converter.start()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return converter.reason or error, log
    return None, []


def _marker(path: Path) -> str | None:
    """Return what a graded notebook was graded from, None if it does not say."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))["metadata"]["grader"][MARKER]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _mark(path: Path, graded_from: str) -> None:
    """Write into a graded notebook what it was graded from; nbgrader leaves it read-only."""
    mode = stat.S_IMODE(path.stat().st_mode)
    nb = json.loads(path.read_text(encoding="utf-8"))
    nb["metadata"]["grader"] = {MARKER: graded_from}
    path.chmod(mode | stat.S_IWUSR)
    path.write_text(json.dumps(nb, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    path.chmod(mode)
