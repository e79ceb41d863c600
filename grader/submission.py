"""
One learner's submission through nbgrader's Autograde.

Runs in a worker process of batch: a `Job` comes in, and out goes a reason for each notebook that
could not be graded. The exporter and the executor see to it that no document and no code stops
Autograde; what still can is the machine, such as a full disk. The marks are in the gradebook
afterwards.
"""

import hashlib
import json
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from grader.course import Course, course_directory, load_config, quiet_nbgrader
from grader.documents import folder

MARKER = "graded_from"


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
        if path.is_file() and not path.is_symlink():
            found.update(str(path.relative_to(job.submitted)).encode() + b"\0")
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def is_current(job: Job) -> bool:
    """Tell whether this very submission was graded before, completely, with this very key."""
    graded = [_marker(job.autograded / f"{name}.ipynb") for name in job.notebooks]
    present = [name for name in job.notebooks if (job.submitted / f"{name}.ipynb").is_file()]
    wanted = digest(job)
    return len(present) <= graded.count(wanted) and set(graded) - {None} == {wanted}


def grade_submission(job: Job) -> dict[str, str]:
    """Grade every notebook of a submission and return why the others could not be, by name."""
    from grader import gradebook

    if job.autograded.exists():
        shutil.rmtree(job.autograded)
    when = folder.timestamp(job.submitted)
    gradebook.prepare(job.course, load_config(job.course), job.student, job.assignment, when)
    if reason := _autograde(job):
        return dict.fromkeys(job.notebooks, reason)
    graded_from = digest(job)
    for path in job.autograded.glob("*.ipynb"):
        _mark(path, graded_from)
    return {}


def _autograde(job: Job) -> str:
    """Run nbgrader's Autograde on a submission; return "" or what stopped it."""
    from nbgrader.converters import Autograde

    class OneSubmission(Autograde):
        """Autograde that remembers the exception which its own loop only logs."""

        reason: BaseException | None = None

        def convert_single_notebook(self, notebook_filename: str) -> None:
            try:
                super().convert_single_notebook(notebook_filename)
            except BaseException as error:
                self.reason = error
                raise

    config = load_config(job.course)
    names = {"student_id": job.student, "assignment_id": job.assignment}
    converter = OneSubmission(coursedir=course_directory(config, **names), config=config)
    converter.force = True
    with quiet_nbgrader() as log:
        try:
            converter.start()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            stopped = converter.reason or error
            detail = (str(stopped).strip().splitlines() or log or ["no details"])[0]
            return f"nbgrader stopped with {type(stopped).__name__}: {detail}"
    return ""


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
    nb["metadata"].setdefault("grader", {})[MARKER] = graded_from
    path.chmod(mode | stat.S_IWUSR)
    path.write_text(json.dumps(nb, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    path.chmod(mode)
