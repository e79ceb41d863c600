"""The invented loans: the same table everywhere, and the facts that the assignments build on."""

import hashlib
import random

import pytest

from grader.rai import loans
from grader.rai.groups import ends, measured
from grader.rai.loans import COLUMNS, CUTOFF, make_loans, make_weeks, score_of

# SHA-256 of the tables as CSV, from 3.10 to 3.13 the same.
TABLE = "ae2e133eabb941ec7a378cc216188b20ef29305390b85ab04205db4e8f922eee"
UNBIASED = "daa87bbe0d4984e012f4cbd73035cc42e698ccfefca50b150b5bdd591cfc3334"


def fingerprint(rows: list[dict]) -> str:
    """The hash of a table as CSV."""
    lines = [",".join(COLUMNS), *(",".join(str(row[name]) for name in COLUMNS) for row in rows)]
    return hashlib.sha256(("\n".join(lines) + "\n").encode()).hexdigest()


def right(rows: list[dict]) -> float:
    """The share of right decisions."""
    return sum(row["approved"] == row["repaid"] for row in rows) / len(rows)


def test_the_tables_are_the_same_bit_for_bit():
    """With every Python and on every machine."""
    assert TABLE == fingerprint(make_loans())
    assert UNBIASED == fingerprint(make_loans(bias=0.0))


def test_a_table_is_the_callers_own():
    """Who changes a row changes no other table, and random numbers of others do not matter."""
    rows = make_loans()
    rows[0]["gender"] = "changed"
    random.seed(1)
    random.random()

    assert TABLE == fingerprint(make_loans())


def test_a_smaller_table_is_the_start_of_a_larger_one():
    """The first five people are the same five."""
    assert make_loans()[:5] == make_loans(5)


def test_the_tables_of_the_notebooks_are_ready():
    """What is made when the module is imported is what would be made when it is asked for."""
    asked: list[tuple] = []
    kept = dict(loans._ready)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loans, "_ready", {})
        patch.setattr(
            loans, "_applications", lambda *made_of: asked.append(made_of) or kept[made_of]
        )
        make_loans()
        make_weeks()

    assert set(kept) == set(asked)
    for made_of, rows in kept.items():
        assert loans._applications(*made_of) == rows


def test_the_total_passes_and_groups_do_not():
    """0.802 for everybody, 0.769 for women, 0.773 for the young; the gaps are those of the text."""
    rows = make_loans()
    by_gender, by_age = measured(rows, "gender"), measured(rows, "age_band")

    assert 0.802 == right(rows)
    assert {"man": 989, "nonbinary": 67, "woman": 944} == {
        name: one["count"] for name, one in by_gender.items()
    }
    assert 0.769 == round(right([row for row in rows if row["gender"] == "woman"]), 3)
    assert 0.773 == round(right([row for row in rows if row["age_band"] == "18-29"]), 3)
    for groups, ratio in ((by_gender, 0.759), (by_age, 0.814)):
        low, high = ends(groups, "selection_rate")

        assert ratio == round(groups[low]["selection_rate"] / groups[high]["selection_rate"], 3)


def test_the_score_uses_neither_gender_nor_age():
    """It is a weighted sum of four whole numbers, and the cutoff decides."""
    for row in make_loans(300):
        other = row | {"gender": "x", "age_band": "y"}

        assert row["score"] == score_of(other)
        assert row["approved"] == int(row["score"] >= CUTOFF)


def test_without_bias_the_gaps_vanish():
    """At 0.0 recorded income means the same for everybody."""
    groups = measured(make_loans(bias=0.0), "gender")
    low, high = ends(groups, "selection_rate")

    assert groups[low]["selection_rate"] / groups[high]["selection_rate"] > 0.97


@pytest.mark.parametrize("bias", [-0.1, 1.1])
def test_a_bias_outside_its_range_is_refused(bias):
    """The knob goes from 0 to 1."""
    with pytest.raises(ValueError, match=r"between 0\.0 and 1\.0"):
        make_loans(bias=bias)


def test_weeks_change_in_week_eight():
    """Twelve weeks of 160 decisions; from week 8 on women get fewer right ones than 0.75."""
    weeks = make_weeks()
    women = [
        [d["decision"] == d["outcome"] for d in week["decisions"] if d["group"] == "woman"]
        for week in weeks
    ]

    assert list(range(1, 13)) == [week["week"] for week in weeks]
    assert {160} == {len(week["decisions"]) for week in weeks}
    assert [0.659, 0.676, 0.747, 0.655, 0.549] == [round(sum(w) / len(w), 3) for w in women[7:]]
    assert all(sum(w) / len(w) >= 0.75 for w in women[:7])
