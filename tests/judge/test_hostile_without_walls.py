"""
Forging a mark is as hard without walls: what cheats the judge behind walls earns no more here.

Attacks on the machine are not tried: nothing holds them, see docs/operations.md.
"""

import json

import pytest
from support.courses import ROOT
from support.judging import reference, scores, steps

from grader.judge.client import WorkerClient
from grader.sandbox.levels import NO_WALLS

CASES = json.loads((ROOT / "tests/cases/hostile.json").read_text(encoding="utf-8"))
FORGING = [case for case in CASES if case["category"] != "host"]
FULL = (2.0, 1.0, 4.0, 3.0)


@pytest.fixture(scope="module")
def worker():
    """A grading process without walls."""
    with WorkerClient(NO_WALLS) as worker:
        yield worker


@pytest.mark.slow
@pytest.mark.parametrize("case", FORGING, ids=lambda case: case["name"])
def test_a_forger_earns_no_more_than_behind_walls(worker, case):
    """Step by step as the case says, none less where the rest is honest."""
    graded = worker.grade(steps(*case["steps"]))

    assert not graded.walls
    for got, full, deserved in zip(scores(graded.results), FULL, case["deserved"], strict=True):
        if deserved == "full":
            assert full == got
        elif deserved == "none":
            assert got in (0.0, None)
        else:
            assert got is None or got < full
    assert list(FULL) == scores(worker.grade(reference()).results)
