"""
What runs on a Dask worker: a grading process for each of its threads, kept as long as the worker's
process.

In: an context and a request as bytes, or a task. Out: bytes of what it became, or of the error that
ends the run. It imports no Dask, reads no course and writes no file. It ends with
the worker's, however that ends.
"""

import functools
import pickle
import platform
import threading
from collections.abc import Callable
from typing import NamedTuple

from grader.batch.messages import GradedSubmission, GradingContext, mark
from grader.errors import GraderError, NotANotebook
from grader.judge.client import WorkerClient
from grader.judge.task import Graded
from grader.sandbox import Limits, levels
from grader.version import fingerprint

_own = threading.local()


class Sent(NamedTuple):
    """Functions for a worker, as Dask sends them."""

    work: Callable[[str, bytes, bytes], bytes]
    task: Callable[[str, bytes], bytes]
    problem: Callable[[str], str]
    held: Callable[[list[str]], list[str]]


def by_value() -> Sent:
    """
    Return what a worker is asked to do as inner functions, which Dask sends whole.

    Others go by name, and a worker that knows no such name, as it has no package grader, would drop
    its connection and with it the work of other people.
    """

    def call_work(wanted: str, context: bytes, request: bytes) -> bytes:
        from grader.batch.dask import worker

        return worker.work(wanted, context, request)

    def call_task(wanted: str, task: bytes) -> bytes:
        from grader.batch.dask import worker

        return worker.one_task(wanted, task)

    def call_problem(wanted: str) -> str:
        import platform

        try:
            from grader.batch.dask import worker
        except ImportError as error:
            return (
                f"The worker on {platform.node()} cannot load the package grader ({error})."
                " Install there what this machine has."
            )
        return worker.problem(wanted)

    def held(keys: list[str]) -> list[str]:
        from distributed import get_worker

        known = get_worker().state.tasks
        return [key for key in keys if key in known]

    return Sent(call_work, call_task, call_problem, held)


def problem(wanted: str) -> str:
    """Say why this machine cannot grade for one whose package has this fingerprint, or nothing."""
    if fingerprint() != wanted:
        return (
            f"The worker on {platform.node()} has another version of the package grader than this"
            " machine. Install there what this machine has."
        )
    try:
        levels.choose()
    except GraderError as error:
        return _named(error)
    return ""


def work(wanted: str, context: bytes, request: bytes) -> bytes:
    """Grade a request in the grading process of this thread."""
    return pickle.dumps(_worked(wanted, context, request))


def one_task(wanted: str, task: bytes) -> bytes:
    """Grade a task, packed with limits and seed, in the grading process of this thread."""
    made, *settings = pickle.loads(task)
    return pickle.dumps(_safely(wanted, lambda: _worker(*settings).grade(made)))


def _worked(wanted: str, context: bytes, request: bytes) -> GradedSubmission | GraderError:
    def marked() -> GradedSubmission:
        known = _context(context)
        return mark(pickle.loads(request), known, _worker(known.limits, known.seed).grade)

    return _safely(wanted, marked)


def _safely(
    wanted: str, work: Callable[[], GradedSubmission | Graded]
) -> GradedSubmission | Graded | GraderError:
    """Return what came of some work, or the error that ends the run, with this machine's name."""
    if fingerprint() != wanted:
        return GraderError(problem(wanted))
    try:
        return work()
    except NotANotebook:
        raise
    except GraderError as error:
        return type(error)(_named(error))
    except OSError as error:  # its disk is full, say: nothing to do with the submission
        return GraderError(_named(error))


@functools.lru_cache(maxsize=2)
def _context(data: bytes) -> GradingContext:
    """Unpack an context once for all its requests."""
    return pickle.loads(data)


def _worker(limits: Limits, seed: str) -> WorkerClient:
    """Return the client of this thread's grading process; another run may want other settings."""
    worker = getattr(_own, "worker", None)
    if worker is not None and (worker.limits, worker.seed) != (limits, seed):
        worker.close()
        worker = None
    if worker is None:
        worker = _own.worker = WorkerClient(limits=limits, seed=seed)
    return worker


def _named(error: Exception) -> str:
    return f"The worker on {platform.node()} cannot grade. {error}"
