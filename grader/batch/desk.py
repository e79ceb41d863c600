"""
Submits parcels to workers, collects what they made, and has it recorded in batches.

One thread does all of this, so files and gradebook have one writer. Whatever ends it early, what is
finished is recorded first.
"""

import errno
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait

from grader.batch.finish import Finisher
from grader.batch.job import Job
from grader.batch.parcel import Exam, Lost, Marked, Paper, Parcel, Workers
from grader.batch.shelf import Shelf
from grader.batch.unbroken import unbroken
from grader.errors import GraderError, NotANotebook
from grader.gradebook import Ledger
from grader.graded import Grading
from grader.progress import Progress
from grader.results import Entry, NotebookEntry
from grader.submissions.discovery import Choice, choose_notebooks
from grader.submissions.own_files import read
from grader.submissions.parsing import LARGEST, data_files

EVERY = 0.5  # seconds between two transactions, at least
MOST = 50  # submissions in one transaction
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
TAKEN_DOWN = "grading it took the whole worker process down, twice"


class Desk:
    """
    Works off submissions. `gradings` are what their graded notebooks say, by learner and notebook;
    `problems` says by learner what could not be graded at all.
    """

    def __init__(
        self, exam: Exam, workers: Workers, finisher: Finisher, shelf: Shelf, ledger: Ledger
    ) -> None:
        self._exam, self._workers, self._finisher = exam, workers, finisher
        self._shelf, self._ledger = shelf, ledger
        self._finished: list[tuple[Job, Entry]] = []
        self._written = time.monotonic()
        self.gradings: dict[tuple[str, str], Grading] = {}
        self.problems: dict[str, str] = {}

    def work_off(self, jobs: list[Job], progress: Progress) -> None:
        """Grade all of these and have them recorded, telling how far it is."""
        suspects: list[Job] = []
        done = 0
        progress(done, len(jobs))
        try:
            for job, future in self._answers(jobs):
                if isinstance(future.exception(), Lost):
                    suspects.append(job)
                else:
                    self._take(job, future)
                    done += 1
                    progress(done, len(jobs))
            for suspect in suspects:  # one at a time, so that it is known who takes a worker down
                for job, future in self._answers([suspect]):
                    self._take(job, future)
                    done += 1
                    progress(done, len(jobs))
        finally:
            self._write()

    def _answers(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, "Future[Marked]"]]:
        """Yield submissions as workers finish them; only so many are held ready at a time."""
        running: dict[Future[Marked], Job] = {}
        waiting = iter(jobs)
        more = True
        while more or running:
            while more and len(running) < self._workers.width:
                if more := (job := next(waiting, None)) is not None:
                    running[self._handed_out(job)] = job
            for future in wait(running, EVERY, FIRST_COMPLETED).done:
                yield running.pop(future), future
            if time.monotonic() - self._written > EVERY or len(self._finished) >= MOST:
                self._write()

    def _handed_out(self, job: Job) -> "Future[Marked]":
        """Give a submission to the workers; one that cannot be read is done at once."""
        try:
            return self._workers.submit(self._packed(job))
        except (OSError, NotANotebook) as error:
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                raise
            failed: Future[Marked] = Future()
            failed.set_exception(error)
            return failed

    def _packed(self, job: Job) -> Parcel:
        """Read a submission, or say of each notebook why it cannot be read."""
        if job.refusal:
            self._shelf.clear(job)
            refused = {name: Paper(b"", job.refusal) for name in self._exam.keys}
            return Parcel(job.student, refused, {})
        notes = self._shelf.begin(job)
        chosen = choose_notebooks(job.submitted, self._exam.keys)
        papers = {name: _paper(job, choice, notes) for name, choice in chosen.items()}
        return Parcel(job.student, papers, data_files(self._shelf.aside(job)))

    def _take(self, job: Job, future: "Future[Marked]") -> None:
        """Take back what a worker made of a submission."""
        error = future.exception()
        if isinstance(error, GraderError) and not isinstance(error, NotANotebook):
            raise error  # nothing to do with this submission: there is no sandbox, say
        if error is not None:
            return self._give_up(job, error)
        entries: dict[str, NotebookEntry] = {}
        for name, (nb, results) in future.result().notebooks.items():
            made = self._finisher.finish(job, name, nb, results)
            self._shelf.add(job, name, made.text)
            entries[name] = made.entry
            self.gradings[job.student, name] = made.grading
        self._finished.append((job, Entry(job.student, job.timestamp, entries)))

    def _give_up(self, job: Job, error: BaseException) -> None:
        """Leave a submission to a person: no mark of the machine, and no graded notebook."""
        self.problems[job.student] = _words(error)
        self._shelf.discard(job)
        waiting = {
            name: NotebookEntry(
                {cell.grade_id: None for cell in key.cells if cell.grade},
                {cell.grade_id: None for cell in key.cells if cell.solution or cell.task},
            )
            for name, key in self._exam.keys.items()
        }
        self._finished.append((job, Entry(job.student, job.timestamp, waiting)))

    def _write(self) -> None:
        """Record what is finished and put it in place; Ctrl-C waits for the end of it."""
        with unbroken():
            finished, self._finished = self._finished, []
            if finished:
                with self._shelf.placing([job for job, _ in finished]):
                    self._ledger.record([entry for _, entry in finished])
            self._written = time.monotonic()


def _paper(job: Job, choice: Choice, notes: list[str]) -> Paper:
    """Read the file that stands for a notebook."""
    own_notes = tuple(filter(None, (*notes, choice.note)))
    if choice.problem:
        return Paper(b"", choice.problem, own_notes)
    try:
        return Paper(read(job.submitted, choice.name, LARGEST), "", own_notes)
    except NotANotebook as error:
        return Paper(b"", str(error), own_notes)


def _words(error: BaseException) -> str:
    """Say in one line why a submission could not be graded."""
    if isinstance(error, Lost):
        return TAKEN_DOWN
    if isinstance(error, GraderError):
        return str(error)
    first = (str(error).strip().splitlines() or ["no details"])[0]
    return f"{type(error).__name__}: {first}"
