"""
autograded/: what graded submissions leave there, written aside and put in place when it counts.

A folder of ours in autograded/ takes what is not in place yet; its name starts with a dot, so
nobody takes it for a learner. It is gone after every run, and what a killed run left is removed by
the next one.
"""

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout
from nbgrader.converters import Autograde

from grader.batch.job import Job
from grader.course import Course
from grader.errors import GraderError
from grader.submissions import folder, own_files

ASIDE = ".not-in-place"
LOCK = Path(".grader", "grade.lock")
AGAIN = "Then run the same command again: what was finished is kept."


class Staging:
    """The graded folders of one assignment; made by `opened`, for one process at a time."""

    def __init__(self, course: Course, converter: Autograde) -> None:
        self._root = course.root / "autograded"
        self._converter = converter
        self._directory = converter.coursedir
        self._aside = self._root / ASIDE
        assignment = self._directory.assignment_id
        source = course.source(assignment)
        kept = converter.exclude_overwriting.get(assignment, [])
        beside = _beside_notebooks(source, self._directory.ignore)
        self._instructors = [name for name in beside if name not in kept]

    def aside(self, job: Job) -> Path:
        """Return where a submission's files are written before they are put in place."""
        return self._aside / "new" / job.student

    def clear(self, job: Job) -> Path:
        """Make an empty folder for a submission aside and return it."""
        new = self.aside(job)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        return new

    def begin(self, job: Job) -> list[str]:
        """
        Write aside what nbgrader copies beside the notebooks: the learner's files, then those of
        source/ over them. Return notes about what was left out.
        """
        new = self.clear(job)
        notes = [folder.settle_timestamp(job.submitted)]
        largest = self._directory.max_file_size * 1000  # it is in KB
        theirs, told = folder.to_copy(job.submitted, self._directory.ignore, largest)
        for name in theirs:
            about = job.submitted.joinpath(name).lstat()
            _put(new / name, own_files.read(job.submitted, name), stat.S_IMODE(about.st_mode))
        for name in self._instructors:
            path = job.course.source(job.assignment) / name
            _put(new / name, path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
        return [note for note in (*notes, *told) if note]

    def add(self, job: Job, name: str, text: str) -> None:
        """Write a graded notebook aside."""
        (self.aside(job) / f"{name}.ipynb").write_text(text, encoding="utf-8")

    def discard(self, job: Job) -> None:
        """Remove what was written aside."""
        shutil.rmtree(self.aside(job), ignore_errors=True)

    @contextlib.contextmanager
    def placing(self, jobs: Iterable[Job]) -> Iterator[None]:
        """
        Put these submissions in place after the body has recorded them. If it fails, what was
        there before is back; if the process is killed, nothing is there that was not recorded.
        """
        jobs = list(jobs)
        for job in jobs:
            self._set_permissions(self.aside(job))
        gone: list[tuple[Path, Path]] = []
        try:
            for job in jobs:
                if job.autograded.exists():
                    old = self._aside / "old" / job.student
                    shutil.rmtree(old, ignore_errors=True)
                    old.parent.mkdir(exist_ok=True)
                    job.autograded.rename(old)
                    gone.append((old, job.autograded))
            yield
        except BaseException:
            for old, place in gone:
                old.rename(place)
            raise
        for job in jobs:
            if self.aside(job).exists():  # else nothing of it could be graded
                job.autograded.parent.mkdir(exist_ok=True)
                self.aside(job).rename(job.autograded)
        for old, _ in gone:
            shutil.rmtree(old, ignore_errors=True)

    def _set_permissions(self, place: Path) -> None:
        """Set the permissions of files, and of folders that a group shares, as nbgrader does."""
        mode = int(str(self._converter.permissions), 8)
        for path, _, files in os.walk(place):
            for name in files:
                os.chmod(os.path.join(path, name), mode)
            if self._directory.groupshared:
                os.chmod(path, (stat.S_IMODE(os.stat(path).st_mode) | 0o2770) & 0o2777)


@contextlib.contextmanager
def opened(course: Course, converter: Autograde) -> Iterator[Staging]:
    """Open autograded/ for this process alone; whatever goes wrong there is one clear line."""
    root = course.root / "autograded"
    with _errors_in_one_line(root), _held(course, root):
        (root / ASIDE).mkdir()
        yield Staging(course, converter)


def tidy(course: Course) -> None:
    """Remove what a killed run has left in autograded/, if there is anything."""
    root = course.root / "autograded"
    if (root / ASIDE).exists():
        with _errors_in_one_line(root), _held(course, root):
            pass


@contextlib.contextmanager
def _held(course: Course, root: Path) -> Iterator[None]:
    """Keep other graders out of a folder, and leave it without a folder of ours."""
    root.mkdir(exist_ok=True)
    lock = FileLock(course.root / LOCK, timeout=0)
    Path(lock.lock_file).parent.mkdir(exist_ok=True)
    try:
        lock.acquire()
    except Timeout:
        raise GraderError(
            f"Another `grader grade` is writing to {root}. Wait until it is done."
        ) from None
    try:
        shutil.rmtree(root / ASIDE, ignore_errors=True)
        yield
    finally:
        shutil.rmtree(root / ASIDE, ignore_errors=True)
        lock.release()


@contextlib.contextmanager
def _errors_in_one_line(root: Path) -> Iterator[None]:
    """Tell a full disk, or a folder that cannot be written, in one line."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            advice = f"Make room on the disk. {AGAIN}"
        elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            advice = f"See that the folder may be written. {AGAIN}"
        else:
            advice = AGAIN
        raise GraderError(f"{root} cannot be written: {error.strerror}. {advice}") from None


def _beside_notebooks(place: Path, ignore: list[str]) -> list[str]:
    """Return all files of source/ that are no notebooks, as nbgrader chooses them."""
    found = [os.path.join(at, name) for at, _, files in os.walk(place) for name in files]
    return folder.beside_notebooks((os.path.relpath(path, place) for path in found), ignore)


def _put(path: Path, content: bytes, mode: int) -> None:
    """Write a file with its folders, with the permissions that it had."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
