"""Whatever happens to a notebook, grading gets a sound one or a clear refusal."""

import copy
import json
import random
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.small_assignment import DAMAGE, GARBAGE, KEY, answered

from grader.errors import NotANotebook
from grader.submissions.parsing import read_notebook
from grader.submissions.restore import Restored, restore

NUMBERS = st.integers(0, 2**20)
STEPS = st.lists(st.tuples(st.sampled_from(range(len(DAMAGE))), NUMBERS, NUMBERS), max_size=12)


def damaged(steps: list[tuple[int, int, int]]) -> dict[str, Any]:
    """Return an answered notebook after some steps of damage."""
    nb = answered()
    for kind, a, b in steps:
        DAMAGE[kind](nb["cells"], a, b)
    return nb


def outcome(data: bytes) -> Restored | None:
    """Return what grading makes of a file; None if it is refused. No other exception passes."""
    try:
        return restore(read_notebook(data), KEY)
    except NotANotebook as error:
        assert str(error) and "\n" not in str(error)
        return None


def assert_sound(done: Restored) -> None:
    """Check everything that grading relies on."""
    nb = done.notebook
    nbformat.validate(nbformat.from_dict(nb))
    json.dumps(nb, allow_nan=False, ensure_ascii=False).encode()
    parts = {one.grade_id: one for one in KEY.cells}
    ours = [cell for cell in nb["cells"] if cell["metadata"]]
    assert sorted(parts) == sorted(cell["metadata"]["nbgrader"]["grade_id"] for cell in ours)
    checks_above: set[str] = set()
    order = [one.grade_id for one in KEY.cells]
    for cell in ours:
        about = cell["metadata"]["nbgrader"]
        one = parts[about["grade_id"]]
        assert cell["id"] == one.grade_id and cell["cell_type"] == one.cell_type
        assert not one.locked or cell["source"] == one.source
        flags = ("grade", "solution", "locked", "task", "checksum")
        assert all(about[flag] == getattr(one, flag) for flag in flags)
        assert about.get("points") == one.points
        if one.is_check:
            checks_above.add(one.grade_id)
        elif one.solution:
            assert not checks_above & set(order[order.index(one.grade_id) :]), one.grade_id
    assert all(set(cell["metadata"]) <= {"nbgrader"} for cell in nb["cells"])


@settings(max_examples=300)
@given(STEPS)
def test_damaged_cells_give_a_sound_notebook_or_a_refusal(steps):
    """Shuffled, copied, deleted, retyped and spoilt cells never break what grading relies on."""
    done = outcome(json.dumps(damaged(steps)).encode())

    if done is not None:
        assert_sound(done)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from((0, 1, 2, 3, 4)), NUMBERS, NUMBERS), max_size=8))
def test_what_an_editor_can_do_is_never_refused(steps):
    """Moving, copying, deleting, writing and adding cells leaves a notebook that can be graded."""
    nb = damaged(steps)
    known = {one.grade_id for one in KEY.cells}
    left = [c for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") in known]

    done = outcome(json.dumps(nb).encode())

    assert (done is not None) == bool(left)


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(data):
    """A file of anything is no reason to stop."""
    assert outcome(data) is None


@pytest.mark.slow
def test_ten_thousand_damaged_files_raise_nothing_else():
    """Damage to cells, to the notebook around them and to the bytes ends in one of two ways."""
    chance = random.Random(6)
    refused = 0
    for number in range(10_000):
        steps = [
            (chance.randrange(len(DAMAGE)), chance.randrange(2**20), chance.randrange(2**20))
            for _ in range(chance.randrange(8))
        ]
        nb = damaged(steps)
        if number % 5 == 0:
            field = chance.choice(("cells", "metadata", "nbformat", "nbformat_minor"))
            nb[field] = copy.deepcopy(chance.choice(GARBAGE))
        data = bytearray(json.dumps(nb).encode())
        if number % 7 == 0:
            for _ in range(chance.randrange(1, 4)):
                data[chance.randrange(len(data))] = chance.randrange(256)
        if number % 11 == 0:
            del data[chance.randrange(len(data)) :]
        done = outcome(bytes(data))
        refused += done is None
        if done is not None and number % 10 == 0:  # the format takes 1 ms to check
            assert_sound(done)

    assert 500 < refused < 9_500
