"""
What runs on a Dask worker: a bench for each of its threads, kept as long as the worker's process.

In: an exam and a parcel as bytes. Out: bytes of what the parcel became, or of the error that ends
the run. It imports no Dask, reads no course and writes no file. A bench's process ends with the
worker's, however that ends.
"""

import functools
import hashlib
import pickle
import platform
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import grader
from grader.batch.parcel import Exam, Marked, mark
from grader.errors import GraderError, NotANotebook
from grader.grading.bench import Bench
from grader.jail import Limits, levels

_own = threading.local()


@functools.cache
def fingerprint() -> str:
    """Return a text that changes with any byte of the code of this package."""
    folder = Path(grader.__file__).parent
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        found.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


class Sent(NamedTuple):
    """Functions for a worker, as Dask sends them."""

    work: Callable[[str, bytes, bytes], bytes]
    problem: Callable[[str], str]
    held: Callable[[list[str]], list[str]]


def by_value() -> Sent:
    """
    Return what a worker is asked to do as inner functions, which Dask sends whole.

    Others go by name, and a worker that knows no such name, as it has no package grader, would drop
    its connection and with it the work of other people.
    """

    def call_work(wanted: str, exam: bytes, parcel: bytes) -> bytes:
        from grader.batch import there

        return there.work(wanted, exam, parcel)

    def call_problem(wanted: str) -> str:
        import platform

        try:
            from grader.batch import there
        except ImportError as error:
            return (
                f"The worker on {platform.node()} cannot load the package grader ({error})."
                " Install there what this machine has."
            )
        return there.problem(wanted)

    def held(keys: list[str]) -> list[str]:
        from distributed import get_worker

        known = get_worker().state.tasks
        return [key for key in keys if key in known]

    return Sent(call_work, call_problem, held)


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


def work(wanted: str, exam: bytes, parcel: bytes) -> bytes:
    """Grade a parcel on the bench of this thread."""
    return pickle.dumps(_worked(wanted, exam, parcel))


def _worked(wanted: str, exam: bytes, parcel: bytes) -> Marked | GraderError:
    if fingerprint() != wanted:
        return GraderError(problem(wanted))
    known = _exam(exam)
    try:
        return mark(pickle.loads(parcel), known, _bench(known.limits).grade)
    except NotANotebook:
        raise
    except GraderError as error:
        return type(error)(_named(error))
    except OSError as error:  # its disk is full, say: nothing to do with the submission
        return GraderError(_named(error))


@functools.lru_cache(maxsize=2)
def _exam(data: bytes) -> Exam:
    """Unpack an exam once for all its parcels."""
    return pickle.loads(data)


def _bench(limits: Limits) -> Bench:
    """Return the bench of this thread; another run may want other limits."""
    bench = getattr(_own, "bench", None)
    if bench is not None and bench.limits != limits:
        bench.close()
        bench = None
    if bench is None:
        bench = _own.bench = Bench(limits=limits)
    return bench


def _named(error: Exception) -> str:
    return f"The worker on {platform.node()} cannot grade. {error}"
