"""
Random numbers of a check, the same in every run: drawn from the seed of the assignment.

Python's `random` and NumPy's generators follow it; `os.urandom` and `secrets` do not.
"""

import hashlib

import grader.rerun.chance as guests
from grader.judge.sources import asks_for_numpy


def begin(seed: str, check_id: str, source: str) -> None:
    """Let all that this check draws follow from the seed; "" leaves it to chance."""
    if not seed:
        return
    if asks_for_numpy(source):
        import numpy.random  # noqa: F401 - it would be seeded by chance when the check imports it
    guests.begin(hashlib.sha256(f"{seed}/{check_id}".encode()).digest())
