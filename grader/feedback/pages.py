"""
A whole class: the page of each graded notebook, written where nbgrader releases feedback from.

nbgrader's layout is kept, feedback/<student>/<assignment>/<notebook>.html with the other files of
the submission beside it: the exchange finds a learner's page by the name of the notebook and by
submission_secret.txt. The gradebook is asked once, for everybody.
"""

import fnmatch
import glob
import json
import os
import shutil
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.course import Course, check_assignment, load_config
from grader.errors import GraderError, NotGraded
from grader.feedback.page import LearnerMarks, page
from grader.feedback.safe import text_of
from grader.sanitize import safe_markdown
from grader.course.regions import Region, regions
from grader.course.names import is_systems
from grader.terminal import Progress, silent
from grader.results import NotebookMarks

IGNORED = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")  # nbgrader's own default
PAGES = ("*.ipynb", "*.html", "*.htm")  # a learner's own pages are not given back as feedback
DAMAGED = (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)


@dataclass(frozen=True, slots=True)
class _Rules:
    """How nbgrader is told to leave files and folders behind, what to leave out, what to hide."""

    mode: int
    shared: bool
    ignored: tuple[str, ...]
    hidden: tuple[Region, ...]


def feedback(
    course: Course,
    assignment: str,
    progress: Progress = silent,
    students: Collection[str] | None = None,
) -> list[Path]:
    """
    Write the pages of every learner with graded notebooks, or of these, and return the pages.

    What cannot be written is told at the end, and all other pages are there.

    Raises: GraderError after all other pages are written, where one could not be.
    """
    from grader import gradebook

    check_assignment(course, assignment)
    graded = _graded(course, assignment, students)
    marks: dict[str, list[NotebookMarks]] = {}
    for own in gradebook.marks(course, assignment, students):
        marks.setdefault(own.student, []).append(own)
    given, rules = given_texts(course, assignment), _rules(course)
    pages: list[Path] = []
    failed: list[str] = []
    for done, (student, names) in enumerate(graded.items(), start=1):
        folder = course.autograded(student, assignment)
        own = with_status(course, assignment, marks.pop(student, ()), names)
        submission = LearnerMarks(student, assignment, own, names, handed_in(folder), given, rules.hidden)
        try:
            pages += _write(submission, folder, course.feedback(student, assignment), rules)
        except (OSError, GraderError) as error:
            failed.append(_reason(error))
        progress(done, len(graded))
    if failed:
        others = f" The same goes for {len(failed) - 1} more." if len(failed) > 1 else ""
        raise GraderError(
            f"{failed[0]}.{others} All other pages are there."
            " Put that right and run the same command again."
        )
    return pages


def with_status(
    course: Course, assignment: str, marks: Iterable[NotebookMarks], graded: Collection[str]
) -> tuple[NotebookMarks, ...]:
    """Return a learner's marks by notebook; those that are not graded say why."""
    from grader import gradebook

    found = (
        own if own.notebook in graded else gradebook.without_page(course, assignment, own)
        for own in marks
    )
    return tuple(sorted(found, key=lambda one: one.notebook))


def given_texts(course: Course, assignment: str) -> frozenset[str]:
    """Return the texts of source/, as they are there and as they are in a graded notebook."""
    found = set()
    for path in course.source(assignment).glob("*.ipynb"):
        with suppress(OSError, *DAMAGED):
            cells = json.loads(path.read_bytes())["cells"]
            found |= {text_of(cell["source"]) for cell in cells if cell["cell_type"] != "code"}
    return frozenset(text.strip() for one in found for text in (one, safe_markdown(one)))


def handed_in(folder: Path) -> str:
    """Return what a submission says about when it came."""
    try:
        return (folder / "timestamp.txt").read_bytes()[:100].decode("utf-8", "replace")
    except OSError:
        return ""


def _graded(
    course: Course, assignment: str, students: Collection[str] | None
) -> dict[str, tuple[str, ...]]:
    """Return the graded notebooks of each learner; NotGraded where one asked for has none."""
    found: dict[str, list[str]] = {}
    for path in (course.root / "autograded").glob(f"*/{glob.escape(assignment)}/*.ipynb"):
        if is_systems(path.name) or is_systems(path.parent.parent.name):
            continue
        found.setdefault(path.parent.parent.name, []).append(path.stem)
    for student in students or ():
        if student not in found:
            raise NotGraded(f"{student} has no graded notebook of {assignment} yet.")
    if not found:
        raise NotGraded(f"{assignment} has no graded notebook yet. Run: grader grade {assignment}")
    wanted = sorted(found if students is None else set(students))
    return {student: tuple(sorted(found[student])) for student in wanted}


def _rules(course: Course) -> _Rules:
    """Return what the course's nbgrader_config.py says about files."""
    config = load_config(course)
    shared = bool(config.CourseDirectory.get("groupshared", False))
    mode = config.GenerateFeedback.get("permissions", 664 if shared else 644)
    ignored = tuple(config.CourseDirectory.get("ignore", IGNORED))
    return _Rules(int(str(mode), 8), shared, (*ignored, *PAGES), regions(config))


def _write(submission: LearnerMarks, source: Path, target: Path, rules: _Rules) -> list[Path]:
    """Write a learner's pages, put the other files beside them, and take old pages away."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name in submission.pages:
        path = target / f"{name}.html"
        try:
            made = page(json.loads((source / f"{name}.ipynb").read_bytes()), name, submission)
        except DAMAGED as error:
            raise GraderError(
                f"{source / name}.ipynb is not as grading leaves it ({type(error).__name__}:"
                f" {error}): grade it again"
            ) from None
        _put(path, made.encode("utf-8", "replace"), rules.mode)
        written.append(path)
    for path in set(target.glob("*.html")) - set(written):
        path.unlink()
    for path in _others(source, rules.ignored):
        _copy(path, target / path.relative_to(source), rules.mode)
    if rules.shared:
        for folder in (target.parent, *(Path(place) for place, _, _ in os.walk(target))):
            folder.chmod(stat.S_IMODE(folder.stat().st_mode) | 0o2770)
    return written


def _others(folder: Path, ignored: tuple[str, ...]) -> Iterator[Path]:
    """Yield the other files of a graded submission, without links."""
    for entry in os.scandir(folder):
        if entry.is_symlink() or is_systems(entry.name):
            continue
        if any(fnmatch.fnmatch(entry.name, one) for one in ignored):
            continue
        if entry.is_dir():
            yield from _others(Path(entry.path), ignored)
        elif entry.is_file():
            yield Path(entry.path)


def _put(path: Path, content: bytes, mode: int) -> None:
    """Write a page, unless it is there as it is."""
    with suppress(OSError):
        if path.read_bytes() == content and stat.S_IMODE(path.stat().st_mode) == mode:
            return
    _replace(path, mode, lambda new: new.write_bytes(content))


def _copy(source: Path, target: Path, mode: int) -> None:
    """Copy a file, unless it is there as it is."""
    about = source.stat()
    with suppress(OSError):
        there = target.stat()
        if (there.st_size, there.st_mtime_ns) == (about.st_size, about.st_mtime_ns):
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    _replace(target, mode, lambda new: shutil.copy2(source, new))


def _replace(path: Path, mode: int, fill: Callable[[Path], object]) -> None:
    """Write a file so that whoever opens it finds the old one or the new one, whole."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fill(new)
        new.chmod(mode)
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None


def _reason(error: Exception) -> str:
    """Say in one line what stopped a page."""
    if isinstance(error, OSError):
        return f"{error.filename or 'A page'} could not be written: {error.strerror or error}"
    return str(error)
