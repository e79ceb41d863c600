"""
Which calls of a check are the same in every class: what a learner can know of beforehand.

A check that draws its data asks other things under another seed. What it asks under both stands in
its text, and in what the released notebook brings along: see `grader.checks.hollow`.
"""

import functools
import json
import random

from grader.checks.cell import judging
from grader.checks.task import Plan
from grader.judge import chance
from grader.judge.check import run_check
from grader.rerun.rerun import reruns

OTHER = "another class"  # the seed to compare with
HIDDEN = "worth("  # what the hidden tests of a function say


class _Asked(Exception):
    """Carries what a check asks for, in place of an answer."""


class _Nobody:
    """The session of a notebook in which somebody has written something."""

    def __getattr__(self, name: str) -> object:
        """Answer whatever is asked about the notebook with nothing."""
        return lambda *args: None

    def step_cells(self, answer_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return a cell that is no longer as it was released."""
        return (), ("written = True",)


@functools.lru_cache(maxsize=64)
def known(source: str, check_id: str) -> frozenset[str] | None:
    """
    Return the cases of a check of a function that it asks for under another seed, as JSON of their
    plans; None for a check of something else, or one that needs the notebook first.
    """
    if HIDDEN not in source:
        return None
    asked: list[str] = []

    def ask(plan: Plan, model: tuple[str, ...] = ()) -> None:
        asked.extend(map(json.dumps, plan))
        raise _Asked

    kept = random.getstate()
    chance.begin(OTHER, check_id, source)
    try:
        with judging(_Nobody(), reruns, ask):
            run_check(source, check_id, {"__name__": "__main__"})
    finally:
        random.setstate(kept)  # where no seed is given, it is left to chance
    return frozenset(asked) or None
