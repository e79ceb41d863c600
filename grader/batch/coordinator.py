"""
Submits requests to workers, collects what they made, and has it recorded in batches.

One thread does all of this, so files and gradebook have one writer. Whatever ends it early, what is
finished is recorded first.
"""

import errno
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait

from grader.batch.interrupts import deferred_interrupt
from grader.batch.job import Job
from grader.batch.messages import (
    GradedSubmission,
    GradingContext,
    GradingRequest,
    SubmittedNotebook,
    WorkerLost,
    Workers,
)
from grader.batch.postprocess import Postprocessor
from grader.batch.staging import Staging
from grader.errors import GraderError, NotANotebook
from grader.gradebook import GradebookWriter
from grader.graded import Grading
from grader.results import Entry, NotebookEntry
from grader.submissions.discovery import Choice, choose_notebooks
from grader.submissions.own_files import read
from grader.submissions.parsing import LARGEST, data_files
from grader.terminal import Progress

EVERY = 0.5  # seconds between two transactions, at least
MOST = 50  # submissions in one transaction
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
TAKEN_DOWN = "grading it took the whole worker process down, twice"


class Coordinator:
    """
    Works off submissions. `gradings` are what their graded notebooks say, by learner and notebook;
    `problems` says by learner what could not be graded at all.
    """

    def __init__(
        self,
        context: GradingContext,
        workers: Workers,
        postprocessor: Postprocessor,
        staging: Staging,
        writer: GradebookWriter,
    ) -> None:
        self._context, self._workers, self._postprocessor = context, workers, postprocessor
        self._staging, self._writer = staging, writer
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
                if isinstance(future.exception(), WorkerLost):
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

    def _answers(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, "Future[GradedSubmission]"]]:
        """Yield submissions as workers finish them; only so many are held ready at a time."""
        running: dict[Future[GradedSubmission], Job] = {}
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

    def _handed_out(self, job: Job) -> "Future[GradedSubmission]":
        """Give a submission to the workers; one that cannot be read is done at once."""
        try:
            return self._workers.submit(self._packed(job))
        except (OSError, NotANotebook) as error:
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                raise
            failed: Future[GradedSubmission] = Future()
            failed.set_exception(error)
            return failed

    def _packed(self, job: Job) -> GradingRequest:
        """Read a submission, or say of each notebook why it cannot be read."""
        if job.refusal:
            self._staging.clear(job)
            refused = {name: SubmittedNotebook(b"", job.refusal) for name in self._context.keys}
            return GradingRequest(job.student, refused, {})
        notes = self._staging.begin(job)
        chosen = choose_notebooks(job.submitted, self._context.keys)
        notebooks = {name: _submitted(job, choice, notes) for name, choice in chosen.items()}
        return GradingRequest(job.student, notebooks, data_files(self._staging.aside(job)))

    def _take(self, job: Job, future: "Future[GradedSubmission]") -> None:
        """Take back what a worker made of a submission."""
        error = future.exception()
        if isinstance(error, GraderError) and not isinstance(error, NotANotebook):
            raise error  # nothing to do with this submission: there is no sandbox, say
        if error is not None:
            return self._give_up(job, error)
        entries: dict[str, NotebookEntry] = {}
        for name, (nb, results) in future.result().notebooks.items():
            made = self._postprocessor.finish(job, name, nb, results)
            self._staging.add(job, name, made.text)
            entries[name] = made.entry
            self.gradings[job.student, name] = made.grading
        self._finished.append((job, Entry(job.student, job.timestamp, entries)))

    def _give_up(self, job: Job, error: BaseException) -> None:
        """Leave a submission to a person: no mark of the machine, and no graded notebook."""
        self.problems[job.student] = _reason(error)
        self._staging.discard(job)
        waiting = {
            name: NotebookEntry(
                {cell.grade_id: None for cell in key.cells if cell.grade},
                {cell.grade_id: None for cell in key.cells if cell.solution or cell.task},
            )
            for name, key in self._context.keys.items()
        }
        self._finished.append((job, Entry(job.student, job.timestamp, waiting)))

    def _write(self) -> None:
        """Record what is finished and put it in place; Ctrl-C waits for the end of it."""
        with deferred_interrupt():
            finished, self._finished = self._finished, []
            if finished:
                with self._staging.placing([job for job, _ in finished]):
                    self._writer.record([entry for _, entry in finished])
            self._written = time.monotonic()


def _submitted(job: Job, choice: Choice, notes: list[str]) -> SubmittedNotebook:
    """Read the file that stands for a notebook."""
    own_notes = tuple(filter(None, (*notes, choice.note)))
    if choice.problem:
        return SubmittedNotebook(b"", choice.problem, own_notes)
    try:
        return SubmittedNotebook(read(job.submitted, choice.name, LARGEST), "", own_notes)
    except NotANotebook as error:
        return SubmittedNotebook(b"", str(error), own_notes)


def _reason(error: BaseException) -> str:
    """Say in one line why a submission could not be graded."""
    if isinstance(error, WorkerLost):
        return TAKEN_DOWN
    if isinstance(error, GraderError):
        return str(error)
    first = (str(error).strip().splitlines() or ["no details"])[0]
    return f"{type(error).__name__}: {first}"
