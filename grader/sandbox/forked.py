"""
The process of a guest that a server has forked, seen from the trusted side: measured, told, ended.

Trusted. It is held by its pidfd, so that neither a slow server nor a lying guest can keep us from
ending it, and read in /proc: Linux alone.
"""

import contextlib
import mmap
import os
import select
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

BURIAL_SECONDS = 5.0
QUEUED = frozenset("RD")  # states of a thread that would go on if it could


class Forked:
    """A guest's process and, with `programs`, all that came from it."""

    def __init__(self, pidfd: int, programs: bool) -> None:
        self._pidfd, self._programs = pidfd, programs
        self.pid = _pid(pidfd)

    def stop(self) -> None:
        """Press the stop button."""
        self._signal(signal.SIGINT)

    def tell_full(self) -> None:
        """Tell it that it has all the memory there is."""
        self._signal(signal.SIGUSR2)

    def kill(self) -> None:
        """Kill it and all in it; when this returns, it is gone."""
        self._signal(signal.SIGKILL)
        self.is_gone(BURIAL_SECONDS)
        os.close(self._pidfd)

    def is_gone(self, seconds: float) -> bool:
        """Tell whether it ends within so many seconds."""
        waiter = select.poll()
        waiter.register(self._pidfd, select.POLLIN)
        return bool(waiter.poll(seconds * 1000))

    def cpu(self) -> float | None:
        """Return the seconds of CPU so far, None once that cannot be told any more."""
        if self._programs:
            return sum(map(_cpu_with_the_dead, _family(self.pid)))
        with contextlib.suppress(OSError):
            return time.clock_gettime((~self.pid) << 3 | 2)  # as clock_getcpuclockid(3) makes it
        return None

    def would_go_on(self) -> bool:
        """Tell whether a thread only waits for a core or for a disk."""
        pids = _family(self.pid) if self._programs else (self.pid,)
        return any(state in QUEUED for state in _states(pids))

    def memory(self, most: int) -> int:
        """Return its bytes of memory; shared pages may count twice as long as that is no more."""
        pids = list(_family(self.pid)) if self._programs else [self.pid]
        resident = sum(map(_resident, pids))
        if len(pids) == 1 or resident <= most:
            return resident
        return sum(map(_share, pids))

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)


def _pid(pidfd: int) -> int:
    """Return the process of a pidfd as a number in our own pid namespace."""
    lines = Path(f"/proc/self/fdinfo/{pidfd}").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))


def _family(pid: int) -> Iterator[int]:
    """Yield a process and all that came from it; what loses its parent goes to the guest itself."""
    yield pid
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text("utf-8").split():
                yield from _family(int(child))


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
        return sum(map(int, _fields(str(pid))[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _fields(process: str) -> list[str]:
    """Return the fields of a stat file in /proc that follow the name of the program."""
    return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) * mmap.PAGESIZE
    except (OSError, IndexError, ValueError):  # it has ended
        return 0


def _share(pid: int) -> int:
    """Return the memory of a process with its part of what it shares, as far as we may know it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration, IndexError, ValueError):
        return _resident(pid)
