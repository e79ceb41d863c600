"""
How much memory a guest has, seen from outside: all its processes together.

Trusted. The address space of a guest is limited by the kernel, but so widely that an array which is
never touched costs nothing. What is touched is counted here while a question waits for its answer.
A guest that is full is told, which is a MemoryError in the cell; one that goes on is ended.
"""

import time
from typing import Protocol

from grader.sandbox.limits import MB

EVERY = 0.05  # seconds between two looks
AGAIN = 0.5  # seconds before a full guest is told again
EXCESS_MB = 2048  # what a guest may have for a moment: one large array is made before it is told
PATIENCE = 5.0  # seconds that a guest may stay full after it was told


class Remembering(Protocol):
    """What is asked of a guest and all that it started."""

    def memory(self, most: int) -> int:
        """Return its bytes of memory; shared pages may count twice as long as that is no more."""

    def tell_full(self) -> None:
        """Tell the guest that it has all the memory there is."""


class Memory:
    """Watches the memory of one guest."""

    def __init__(self, guest: Remembering, most_mb: int) -> None:
        self._guest, self._most = guest, most_mb * MB
        self._full_since = self._told = 0.0

    def begin(self) -> None:
        """Forget what was before a question."""
        self._full_since = self._told = 0.0

    def is_too_much(self) -> bool:
        """Look once, tell a guest that is full, and say whether it has to be ended."""
        used = self._guest.memory(self._most)
        now = time.monotonic()
        if used <= self._most:
            self._full_since = 0.0
            return False
        self._full_since = self._full_since or now
        if used > self._most + EXCESS_MB * MB or now - self._full_since > PATIENCE:
            return True
        if now - self._told > AGAIN:
            self._told = now
            self._guest.tell_full()
        return False
