"""
Workers on this machine: a thread for each core, with a grading process and its sandbox.

The threads mostly wait for their processes, so one Python serves several cores.
"""

import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from grader.batch.messages import GradedSubmission, GradingContext, GradingRequest, mark
from grader.judge.client import WorkerClient
from grader.judge.task import Graded, Reference, Task

LARGE = 20_000_000  # bytes of a notebook; reading it takes ten times that, so one at a time


class Threads:
    """Threads, each with a grading process; as a context manager it ends them all."""

    def __init__(self, context: GradingContext, count: int) -> None:
        self.width = 2 * count  # requests to hold ready
        self._context = context
        self._own = threading.local()
        self._workers: list[WorkerClient] = []
        self._large = threading.Lock()
        self._pool = ThreadPoolExecutor(count, "grading", self._start)

    def grade(self, task: Task) -> Graded:
        """Grade one task in some grading process."""
        return self._pool.submit(lambda: self._own.worker.grade(task)).result()

    def learn(self, references: Mapping[str, Reference]) -> None:
        """Take what the trial of the key showed, before the first request."""
        self._context = replace(self._context, references=dict(references))

    def submit(self, request: GradingRequest) -> "Future[GradedSubmission]":
        """Have a request graded."""
        return self._pool.submit(self._mark, request)

    def __enter__(self) -> "Threads":
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            for worker in self._workers:
                worker.abandon()
        self._pool.shutdown()
        for worker in self._workers:
            worker.close()

    def _start(self) -> None:
        context = self._context
        self._own.worker = WorkerClient(context.level, context.limits, context.seed)
        self._workers.append(self._own.worker)

    def _mark(self, request: GradingRequest) -> GradedSubmission:
        if (
            max((len(submitted.data) for submitted in request.notebooks.values()), default=0)
            > LARGE
        ):
            with self._large:
                return mark(request, self._context, self._own.worker.grade)
        return mark(request, self._context, self._own.worker.grade)
