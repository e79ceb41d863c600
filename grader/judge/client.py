"""
The trusted side's handle on the process that grades: starts it, watches it, starts it again.

A `WorkerClient` may be used from any thread, one notebook at a time. A check that hangs or explodes
takes only the grading process down: the cells judged so far are kept, that check waits for a
person, and the rest is graded by a new process.
"""

import atexit
import json
import threading
import time
from collections.abc import Iterable
from dataclasses import replace

from grader.errors import SandboxFailed, WallMissing
from grader.judge.process import GradingProcess, started
from grader.judge.task import CHECK, Graded, GradedCell, Task, not_graded
from grader.sandbox import Level, Limits, codec
from grader.sandbox.levels import NO_WALLS

CHECK_SECONDS = 30.0  # for a check, beyond what its calls into the sandbox may take
START_SECONDS = 60.0  # for Python, bubblewrap and the modules of the notebook, on a busy machine
TAKEN_DOWN = "the check took the grading process down"
TOO_LONG = "the check did not end in time"


class WorkerClient:
    """One grading process with its sandbox; hidden data follow from the seed, "" for any."""

    def __init__(
        self, level: Level | None = None, limits: Limits | None = None, seed: str = ""
    ) -> None:
        self.limits, self.seed = limits or Limits(), seed
        self.level = level
        self._lock = threading.Lock()
        self._abandoned = False
        self._process: GradingProcess | None = None

    def __enter__(self) -> "WorkerClient":
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def grade(self, task: Task) -> Graded:
        """
        Grade one notebook; WallMissing where learner code cannot be run safely here.

        Raises: SandboxFailed where grading was abandoned from outside.
        """
        suspects: set[str] = set()
        with self._lock:
            while not self._abandoned:
                results, reason = self._attempt(task)
                if not reason:
                    return self._graded(results)
                cell = task.cells[len(results)] if len(results) < len(task.cells) else None
                if cell is None or cell.cell_id in task.skip:
                    return self._graded(_filled(task, results, reason))
                if cell.role == CHECK and (reason == TOO_LONG or cell.cell_id in suspects):
                    task = replace(task, skip=task.skip | {cell.cell_id: reason})
                elif cell.cell_id in suspects:
                    return self._graded(_filled(task, results, reason))
                suspects.add(cell.cell_id)  # once may have been the machine: out of memory, say
        raise SandboxFailed("The grading process was ended from outside.")

    def _graded(self, results: Iterable[GradedCell]) -> Graded:
        return Graded(tuple(results), walls=self.level != NO_WALLS)

    def abandon(self) -> None:
        """End for good, from any thread: a notebook in work gets no result."""
        self._abandoned = True
        if (process := self._process) is not None:
            process.kill()

    def close(self) -> None:
        """End the process; the next notebook starts another."""
        self._stop()

    def _stop(self) -> str:
        """End the process and return its last words."""
        process, self._process = self._process, None
        return process.stop() if process else ""

    def _attempt(self, task: Task) -> tuple[list[GradedCell], str]:
        """Grade once; return the results and, if the process was lost, why."""
        results: list[GradedCell] = []
        try:
            self._send(task)
            patience = START_SECONDS + self.limits.total_seconds
            while True:
                message = self._receive(patience)
                if "failed" in message:
                    raise WallMissing(message["failed"])
                if "lost" in message:
                    self._stop()
                    return results, message["lost"]
                if "done" in message:
                    return results, ""
                results += [GradedCell.of(result) for result in message["results"]]
                patience = CHECK_SECONDS + self.limits.total_seconds
        except codec.CodecError as error:
            words = self._stop()
            return results, TOO_LONG if isinstance(error, codec.TimedOut) else TAKEN_DOWN + words

    def _send(self, task: Task) -> None:
        order = json.dumps(task.plain()).encode()
        for retry in (True, False):  # an idle process may just have ended
            if self._process is None or self._process.has_ended():
                self._start()
            try:
                self._process.connection.settimeout(None)
                codec.send(self._process.connection, order)
                return
            except OSError:
                self.close()
                if not retry:
                    raise codec.Closed("the grading process ends at once") from None

    def _receive(self, patience: float) -> dict[str, object]:
        deadline = time.monotonic() + patience
        return json.loads(codec.receive(self._process.connection, deadline))

    def _start(self) -> None:
        self.close()
        self._process = started()
        level = self.level.name if self.level else ""
        settings = {"level": level, "limits": self.limits.as_data(), "seed": self.seed}
        codec.send(self._process.connection, json.dumps(settings).encode())


def _filled(task: Task, results: list[GradedCell], reason: str) -> tuple[GradedCell, ...]:
    """Return results for all cells where grading stopped for good: no mark for the rest."""
    rest = [
        not_graded(cell, reason) if cell.role == CHECK else GradedCell(cell.cell_id, [])
        for cell in task.cells[len(results) :]
    ]
    return (*results, *rest)


_shared: list[WorkerClient] = []


def shared_client(level: Level, limits: Limits, seed: str) -> WorkerClient:
    """Return the one client of this process for these settings, started when it is first used."""
    if _shared and (_shared[0].level, _shared[0].limits, _shared[0].seed) != (level, limits, seed):
        _shared.pop().close()
    if not _shared:
        _shared.append(WorkerClient(level, limits, seed))
        atexit.register(_shared[0].close)
    return _shared[0]
