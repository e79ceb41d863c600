"""
Workers on a Dask cluster: they get context and requests as bytes, and see no gradebook and no
source.

Dask sends the context to each worker once and makes it again where it was lost, and gives the
requests of a lost worker to another. What Dask does not do is done here: a request that was on too
many lost workers is `WorkerLost`, long before Dask would give it up, and trouble with the cluster
is one line.
"""

import asyncio
import contextlib
import pickle
import platform
import sys
import time
import uuid
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from grader.batch.dask import worker
from grader.batch.dask.connection import close, connect, event_loop, quiet
from grader.batch.messages import GradedSubmission, GradingContext, GradingRequest, WorkerLost
from grader.errors import GraderError
from grader.judge.task import Graded, Reference, Task

if TYPE_CHECKING:
    import distributed

WORKERS_SECONDS = 60.0  # without any running worker, at the start or later
CHECK_SECONDS = 60.0  # for all workers to try their sandboxes
LOOK_SECONDS = 1.0  # between two looks at the workers
LOSSES = 2  # workers lost with a request before it is a suspect; and again when it is alone
AGAIN = "What was finished is kept; run the same command to go on."


class Cluster:
    """
    The workers of a Dask scheduler at an address. `count` is how many to reckon with at first.

    An event loop in a thread of its own talks to the scheduler; what is `async` runs there.
    """

    def __init__(self, context: GradingContext, count: int, address: str) -> None:
        self.width = 2 * count  # requests to hold ready: follows the threads of the workers
        self._context, self._address = context, address
        self._sent_context: distributed.Future | None = None
        self._requests: dict[distributed.Future, int] = {}  # in work: losses that are still allowed
        self._suspects: set[str] = set()  # learners
        self._given_up: set[str] = set()  # keys of tasks
        self._over: GraderError | None = None
        self._sent = worker.by_value()
        self._closing = contextlib.ExitStack()

    def submit(self, request: GradingRequest) -> "Future[GradedSubmission]":
        """
        Have a request graded.

        Raises: GraderError once the run is over, as where the scheduler is gone.
        """
        if self._over is not None:
            raise self._over
        return self._started(self._marked(pickle.dumps(request), request.student))

    def grade(self, task: Task) -> Graded:
        """Grade one task on some worker."""
        packed = pickle.dumps((task, self._context.limits, self._context.seed))
        return self._started(self._graded(packed)).result()

    def learn(self, references: Mapping[str, Reference]) -> None:
        """Take what the trial of the key showed, before the first request."""
        self._context = replace(self._context, references=dict(references))
        self._sent_context = None

    def __enter__(self) -> "Cluster":
        with contextlib.ExitStack() as closing:
            closing.enter_context(quiet())
            self._loop = closing.enter_context(event_loop())
            self._client = self._started(connect(self._address)).result()
            closing.callback(lambda: self._started(close(self._client)).result())
            self._started(self._get_ready()).result()
            self._started(self._watch())
            self._closing = closing.pop_all()
        return self

    def __exit__(self, *reason: object) -> None:
        self._closing.close()

    def _started(self, coroutine: Coroutine[Any, Any, Any]) -> "Future[Any]":
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    async def _get_ready(self) -> None:
        """Wait until there is a worker, and see that all of them can grade."""
        self._context_task()  # some clusters start workers when there is something to do
        try:
            await self._client.wait_for_workers(1, WORKERS_SECONDS)
        except TimeoutError:
            advice = "Start some (dask worker ADDRESS) and run the same command again."
            raise self._nobody(advice) from None
        except OSError:
            raise self._gone() from None
        await self._check()
        self.width = 2 * sum((await self._threads()).values())
        self._client.subscribe_topic("all", self._heard)

    def _context_task(self) -> "distributed.Future":
        """
        Return the context as a task: it has a recipe, so it survives the workers that hold it.
        """
        if self._sent_context is None or self._sent_context.status in (
            "error",
            "cancelled",
            "lost",
        ):
            key = f"context-{uuid.uuid4().hex}"
            recipe = pickle.dumps(self._context)
            self._sent_context = self._client.submit(bytes, recipe, key=key, pure=False)
        return self._sent_context

    async def _marked(self, request: bytes, student: str) -> GradedSubmission:
        """Have a request graded, and say what it means when it does not come back."""
        from distributed import CancelledError, KilledWorker

        if student in self._suspects:
            await self._be_alone()
        if self._client.status != "running":
            raise self._gone()
        key = f"grade-{uuid.uuid4().hex}"  # others can see it, so it names no learner
        given = (worker.fingerprint(), self._context_task(), request)
        task = self._client.submit(self._sent.work, *given, key=key, pure=False)
        del request, given  # from here on the scheduler has it
        self._requests[task] = LOSSES
        try:
            made = pickle.loads(await task)
        except (CancelledError, KilledWorker) as error:
            if isinstance(error, CancelledError) and self._requests[task] > 0:
                raise self._over or self._gone() from None
            self._suspects.add(student)
            raise WorkerLost from None
        except ImportError:  # a worker that joined later has no package grader
            await self._check()
            raise WorkerLost from None  # and has left again
        finally:
            del self._requests[task]
            task.release()
        if isinstance(made, GraderError):
            raise made
        return made

    async def _graded(self, task: bytes) -> Graded:
        """Have a task graded; who is lost with it ends the run."""
        from distributed import CancelledError, KilledWorker

        key = f"grade-{uuid.uuid4().hex}"
        try:
            sent = self._client.submit(
                self._sent.task, worker.fingerprint(), task, key=key, pure=False
            )
            made = pickle.loads(await sent)
        except KilledWorker:
            raise GraderError("Trying the key took a worker of the Dask cluster down.") from None
        except (CancelledError, OSError):
            raise self._over or self._gone() from None
        if isinstance(made, GraderError):
            raise made
        return made

    async def _heard(self, event: tuple[float, dict[str, Any]]) -> None:
        """Count the losses of requests: the scheduler tells what a lost worker had."""
        _, said = event
        if said.get("action") != "remove-worker" or said.get("expected"):
            return
        had = said.get("processing-tasks", ())
        for task in [task for task in self._requests if task.key in had]:
            self._requests[task] -= 1
            if self._requests[task] <= 0:
                self._given_up.add(task.key)
                await task.cancel()

    async def _be_alone(self) -> None:
        """
        Wait until no worker has a request that was given up: one that takes workers down may have
        been started again before it was cancelled, and would be taken for the next one's fault.
        """
        patience = LOOK_SECONDS
        while self._over is None:
            tasks = [self._look(address) for address in await self._threads()]
            try:
                held = await asyncio.wait_for(self._client.gather(tasks), patience)
            except Exception:  # a worker has left, or others keep it busy
                held, patience = None, min(2 * patience, CHECK_SECONDS)
            if held and not any(held):
                return
            await self._client.cancel(tasks)
            await asyncio.sleep(LOOK_SECONDS / 10)
        raise self._over

    def _look(self, address: str) -> "distributed.Future":
        """Ask a worker what it has, by a task: it comes after all that was sent there before."""
        key = f"look-{uuid.uuid4().hex}"
        given = sorted(self._given_up)
        return self._client.submit(self._sent.held, given, key=key, workers=[address], pure=False)

    async def _watch(self) -> None:
        """Follow the workers as they come and go; without any for long, end the run."""
        seen = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                threads = await self._threads()
            except GraderError:  # all futures say so
                continue
            if threads:
                seen = time.monotonic()
                self.width = 2 * sum(threads.values())
            elif time.monotonic() - seen > WORKERS_SECONDS:
                self._over = self._nobody(AGAIN)
                for task in list(self._requests):
                    await task.cancel()

    async def _threads(self) -> dict[str, int]:
        """Return how many threads each worker has; one whose memory is nearly full is paused."""
        try:
            return await self._client.scheduler.ncores_running()
        except OSError:
            raise self._gone() from None

    async def _check(self) -> None:
        """Ask all workers whether they can grade; the first that cannot is named."""
        for address, found in (await self._asked(platform.python_version)).items():
            if isinstance(found, str) and found.split(".")[:2] != _python():
                raise GraderError(
                    f"The worker at {address} has Python {found}, this machine has"
                    f" {platform.python_version()}. Install there what this machine has."
                )
        for address, found in (await self._asked(self._sent.problem, worker.fingerprint())).items():
            if isinstance(found, Exception) and not isinstance(found, OSError):  # else it just left
                found = f"The worker at {address} cannot grade. {type(found).__name__}: {found}"
            if found and isinstance(found, str):
                raise GraderError(found)

    async def _asked(self, question: Callable[..., Any], *given: Any) -> dict[str, Any]:
        """Return what each worker answers, or what kept it from that."""
        asked = self._client.run(question, *given, on_error="return")
        try:
            return await asyncio.wait_for(asked, CHECK_SECONDS)
        except TimeoutError:
            raise GraderError(
                f"Not all workers of the Dask scheduler at {self._address} answer"
                f" within {CHECK_SECONDS:.0f} seconds. {AGAIN}"
            ) from None
        except OSError:
            raise self._gone() from None

    def _nobody(self, advice: str) -> GraderError:
        return GraderError(
            f"The Dask scheduler at {self._address} has no running worker"
            f" for {WORKERS_SECONDS:.0f} seconds. {advice}"
        )

    def _gone(self) -> GraderError:
        return GraderError(f"The Dask scheduler at {self._address} is gone. {AGAIN}")


def _python() -> list[str]:
    return [str(number) for number in sys.version_info[:2]]
