"""
How much memory a guest has, seen from outside: all its processes together.

Trusted. The address space of a guest is limited by the kernel, but so widely that an array which is
never touched costs nothing. What is touched is counted here while a question waits for its answer.
A guest that is full gets a signal, which is a MemoryError in the cell; one that goes on is ended.
"""

import contextlib
import resource
import signal
import time
from pathlib import Path

from grader.sandbox.limits import MB
from grader.sandbox.stopwatch import family

EVERY = 0.05  # seconds between two looks
AGAIN = 0.5  # seconds before a full guest is told again
EXCESS_MB = 2048  # what a guest may have for a moment: one large array is made before it is told
PATIENCE = 5.0  # seconds that a guest may stay full after it was told
FULL = signal.SIGUSR2  # what a full guest is sent

_PAGE = resource.getpagesize()


class Memory:
    """Watches the memory of one guest. `used` is what it had at the last look, in bytes."""

    def __init__(self, pid: int, pidfd: int, most_mb: int, programs: bool) -> None:
        self._pid, self._pidfd, self._most = pid, pidfd, most_mb * MB
        self._programs = programs
        self._full_since = self._told = 0.0

    def begin(self) -> None:
        """Forget what was before a question."""
        self._full_since = self._told = 0.0

    def is_too_much(self) -> bool:
        """Look once, tell a guest that is full, and say whether it has to be ended."""
        used = self._used()
        now = time.monotonic()
        if used <= self._most:
            self._full_since = 0.0
            return False
        self._full_since = self._full_since or now
        if used > self._most + EXCESS_MB * MB or now - self._full_since > PATIENCE:
            return True
        if now - self._told > AGAIN:
            self._told = now
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, FULL)
        return False

    def _used(self) -> int:
        """Return the bytes of all processes; shared pages count once where that makes it full."""
        pids = list(family(self._pid)) if self._programs else [self._pid]
        resident = sum(map(_resident, pids))
        if len(pids) == 1 or resident <= self._most:
            return resident
        return sum(map(_share, pids))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):  # it has ended
        return 0


def _share(pid: int) -> int:
    """Return the memory of a process with its part of what it shares, as far as we may know it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration, IndexError, ValueError):
        return _resident(pid)
