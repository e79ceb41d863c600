"""
Workers on this machine: a thread for each core, with a grading process and its sandbox.

The threads mostly wait for their processes, so one Python serves several cores.
"""

import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from grader.batch.parcel import Exam, Marked, Parcel, mark
from grader.judge.client import WorkerClient
from grader.judge.task import Graded, Reference, Task

LARGE = 20_000_000  # bytes of a notebook; reading it takes ten times that, so one at a time


class Here:
    """Threads, each with a grading process; as a context manager it ends them all."""

    def __init__(self, exam: Exam, count: int) -> None:
        self.width = 2 * count  # parcels to hold ready
        self._exam = exam
        self._own = threading.local()
        self._workers: list[WorkerClient] = []
        self._large = threading.Lock()
        self._pool = ThreadPoolExecutor(count, "grading", self._start)

    def grade(self, task: Task) -> Graded:
        """Grade one task in some grading process."""
        return self._pool.submit(lambda: self._own.worker.grade(task)).result()

    def learn(self, references: Mapping[str, Reference]) -> None:
        """Take what the trial of the key showed, before the first parcel."""
        self._exam = replace(self._exam, references=dict(references))

    def submit(self, parcel: Parcel) -> "Future[Marked]":
        """Have a parcel graded."""
        return self._pool.submit(self._mark, parcel)

    def __enter__(self) -> "Here":
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
        exam = self._exam
        self._own.worker = WorkerClient(exam.level, exam.limits, exam.seed)
        self._workers.append(self._own.worker)

    def _mark(self, parcel: Parcel) -> Marked:
        if max((len(paper.data) for paper in parcel.papers.values()), default=0) > LARGE:
            with self._large:
                return mark(parcel, self._exam, self._own.worker.grade)
        return mark(parcel, self._exam, self._own.worker.grade)
