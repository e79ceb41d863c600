"""
A WHOLE CLASS THROUGH GRADING: submitted/ -> autograded/ and the gradebook.

    run          who is graded, in what order, and what comes of it: `grade`
    job          one submission: its folders, its fingerprint, whether it was graded before
    coordinator  hands submissions to workers and has what they made recorded
    messages     what a worker needs of a submission, as plain data, and what it makes of it
    threads      workers on this machine: a thread and a sandbox for each core
    dask/        workers on a Dask cluster, which see neither gradebook nor source
    postprocess  a worker's notebooks become what nbgrader would have written, and their marks
    nbwriter     a notebook as nbformat writes it
    staging      autograded/: written aside, put in place when the gradebook has the marks
    interrupts   Ctrl-C comes between two batches

One process writes, in batches: first the files of a batch are written aside, then the gradebook
takes all its marks in one transaction, then the files take their places. Whatever ends it, a batch
is in the gradebook as a whole or not at all, and what is not in place is graded again.

`grade` is imported lazily: workers on other machines need neither nbgrader nor SQLAlchemy.
"""

from collections.abc import Callable

__all__ = ["grade"]


def __getattr__(name: str) -> Callable[..., object]:
    """Return what the command runs."""
    if name in __all__:
        from grader.batch import run

        return getattr(run, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
