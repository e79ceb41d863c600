"""
How long a guest has computed and how long it has waited, seen from outside.

Trusted. Only these two count against a limit, and not the time on the clock: on a full machine a
guest that computes stands in the kernel's queue most of the time, and that is nobody's fault.
"""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

WAITING = 0.25  # part of an interval; a guest that computes for less of it waits for something
LONGEST_LOOK = 0.1  # seconds of waiting that one look shows
QUEUED = frozenset("RD")  # states of a thread that would go on if it could
TICKS = os.sysconf("SC_CLK_TCK")


class Stopwatch:
    """Measures one question at a time: the seconds that a guest `computed` and `waited`."""

    def __init__(self, pid: int, programs: bool) -> None:
        """Watch a process; with `programs` all that came from it, too."""
        self._pid, self._programs = pid, programs
        self.computed = self.waited = self._last = self._before = 0.0

    @property
    def seconds(self) -> float:
        """The seconds that count."""
        return self.computed + self.waited

    def begin(self) -> None:
        """Start at zero."""
        self.computed = self.waited = 0.0
        self._last, self._before = time.monotonic(), self._cpu()

    def look(self) -> None:
        """
        Count what has passed since the last look. Who looks seldom, because the machine is full,
        has not seen what the guest did meanwhile: that counts as a short wait.
        """
        passed, worked = self._count()
        if worked < WAITING * passed and not self._would_go_on():
            self.waited += min(passed - worked, LONGEST_LOOK)

    def end(self) -> None:
        """Count what was computed since the last look: the guest has answered."""
        self._count()

    def _count(self) -> tuple[float, float]:
        now, cpu = time.monotonic(), self._cpu()
        passed, worked = now - self._last, max(0.0, cpu - self._before)
        self._last, self._before = now, cpu
        self.computed += worked
        return passed, worked

    def _cpu(self) -> float:
        """Return the seconds of CPU so far; 0 once all is over."""
        if self._programs:
            return sum(map(_cpu_with_the_dead, family(self._pid)))
        with contextlib.suppress(OSError):
            return time.clock_gettime((~self._pid) << 3 | 2)  # as clock_getcpuclockid(3) makes it
        return self._before

    def _would_go_on(self) -> bool:
        """Tell whether a thread only waits for a core or for a disk."""
        pids = family(self._pid) if self._programs else (self._pid,)
        return any(state in QUEUED for state in _states(pids))


def family(pid: int) -> Iterator[int]:
    """Yield a process and all that came from it; what loses its parent goes to the guest itself."""
    yield pid
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                yield from family(int(child))


def _states(pids: Iterable[int]) -> Iterator[str]:
    """Yield the state of each thread, as in proc(5)."""
    for pid in pids:
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{pid}/task"):
                with contextlib.suppress(OSError, IndexError):
                    yield _fields(f"{pid}/task/{task}")[0]


def _cpu_with_the_dead(pid: int) -> float:
    """Return the seconds of CPU of a process and of the children that it has waited for."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        return sum(map(int, _fields(str(pid))[11:15])) / TICKS
    return 0.0


def _fields(process: str) -> list[str]:
    """Return the fields of a stat file in /proc that follow the name of the program."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
