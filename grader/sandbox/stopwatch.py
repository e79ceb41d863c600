"""
How long a guest has computed and how long it has waited, seen from outside.

Trusted. Only these two count against a limit, and not the time on the clock: on a full machine a
guest that computes stands in the kernel's queue most of the time, and that is nobody's fault.
"""

import time
from typing import Protocol

WAITING = 0.25  # part of an interval; a guest that computes for less of it waits for something
LONGEST_LOOK = 0.1  # seconds of waiting that one look shows


class Computing(Protocol):
    """What a stopwatch asks about a guest and all that it started."""

    def cpu(self) -> float | None:
        """Return the seconds of CPU so far, None once that cannot be told any more."""

    def would_go_on(self) -> bool:
        """Tell whether a thread only waits for a core or for a disk."""


class Stopwatch:
    """Measures one question at a time: the seconds that a guest `computed` and `waited`."""

    def __init__(self, guest: Computing) -> None:
        self._guest = guest
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
        if worked < WAITING * passed and not self._guest.would_go_on():
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
        cpu = self._guest.cpu()
        return self._before if cpu is None else cpu
