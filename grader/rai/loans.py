"""
The invented loan applications of the fairness assignments. Nobody in the table exists.

Everybody's ability to repay is drawn from one distribution, and whether a loan is repaid follows
from it for all alike. The lender does not see that ability. It scores recorded income and the
length of the credit file, and the `bias` knob lets these two say too little: recorded income about
women and nonbinary people, the credit file about those under 30. The score itself uses neither
gender nor age.

The same seed gives the same rows, bit for bit, with every Python and on every machine: each number
is made of `random.Random(seed).random()` by + - * and rounding. There is no `sum` of floats, which
rounds differently since Python 3.12, and no logarithm, which depends on the machine.
"""

import random

Row = dict[str, object]

FEATURES = ("income_k", "years_history", "missed_payments", "debt_ratio")
COLUMNS = ("applicant_id", "gender", "age_band", *FEATURES, "score", "approved", "repaid")
WEIGHTS = {"income_k": 2, "years_history": 4, "missed_payments": -15, "debt_ratio": -1}
CUTOFF = 66  # points from which a loan is approved
_ready: dict[tuple[int, int, float], list[Row]] = {}  # tables by what they are made of
GENDERS = (("woman", 0.485), ("man", 0.49), ("nonbinary", 0.025))
AGE_BANDS = (("18-29", 0.25), ("30-59", 0.55), ("60+", 0.20))


def make_loans(n: int = 2000, seed: int = 2024, bias: float = 0.6) -> list[Row]:
    """
    Return `n` applications as dictionaries with the keys `COLUMNS`.

    `income_k` is in thousands a year, `years_history` in years, `debt_ratio` in percent;
    `approved` and `repaid` are 1 or 0. `bias` goes from 0.0, where the records mean the same for
    everybody, to 1.0; ValueError outside.
    """
    if not 0.0 <= bias <= 1.0:
        raise ValueError("bias must be between 0.0 and 1.0")
    rows = _ready.get((n, seed, bias)) or _applications(n, seed, bias)
    return [dict(row) for row in rows]


def make_weeks(
    weeks: int = 12,
    per_week: int = 160,
    seed: int = 7,
    bias_before: float = 0.1,
    bias_after: float = 1.0,
    drift_week: int = 8,
) -> list[dict[str, object]]:
    """
    Return a deployed lender's decisions, week by week: `{"week": 1, "decisions": [...]}`.

    A decision is `{"id", "group", "decision", "outcome"}`: the group is the gender, the last two
    are `approved` and `repaid`. From `drift_week` on the records are biased by `bias_after`.
    """
    made = []
    for week in range(1, weeks + 1):
        bias = bias_after if week >= drift_week else bias_before
        rows = make_loans(per_week, seed * 1000 + week, bias)
        made.append({"week": week, "decisions": [_decision(week, row) for row in rows]})
    return made


def score_of(row: Row) -> int:
    """Return the lender's score of an application: whole points, weight times value, added up."""
    return sum(WEIGHTS[name] * row[name] for name in FEATURES)


def _applications(n: int, seed: int, bias: float) -> list[Row]:
    dice = random.Random(seed)
    return [_application(f"L{number:04d}", bias, dice) for number in range(1, n + 1)]


def _application(applicant_id: str, bias: float, dice: random.Random) -> Row:
    # The order in which numbers are drawn is part of the table.
    gender, age_band = _one_of(GENDERS, dice), _one_of(AGE_BANDS, dice)
    ability, trouble = _bell(dice), _bell(dice)
    missed = _whole(0.7 - 0.45 * ability + 0.75 * trouble, 0, 5)
    debt = _whole(32.0 - 3.0 * ability + 10.0 * _bell(dice), 3, 75)
    income = 42.0 + 9.0 * ability + 5.0 * _bell(dice)
    history = 10.0 + 3.0 * ability + 2.0 * _bell(dice)
    if gender != "man":
        income -= 13.0 * bias
    if age_band == "18-29":
        history -= 5.0 * bias
    elif age_band == "60+":
        history += 2.0 * bias
    row: Row = {"applicant_id": applicant_id, "gender": gender, "age_band": age_band}
    recorded = _whole(income, 8, 120), _whole(history, 0, 40), missed, debt
    row |= dict(zip(FEATURES, recorded, strict=True))
    row["score"] = score_of(row)
    row["approved"] = int(row["score"] >= CUTOFF)
    health = ability - 0.55 * missed - 0.02 * (debt - 32) + 0.55 * _bell(dice)
    row["repaid"] = int(health > -1.15)
    return row


def _decision(week: int, row: Row) -> Row:
    return {
        "id": f"W{week:02d}-{row['applicant_id']}",
        "group": row["gender"],
        "decision": row["approved"],
        "outcome": row["repaid"],
    }


def _bell(dice: random.Random) -> float:
    """Return a number close to normally distributed: twelve even ones, added up, minus six."""
    total = 0.0
    for _ in range(12):
        total += dice.random()
    return total - 6.0


def _one_of(shares: tuple[tuple[str, float], ...], dice: random.Random) -> str:
    at, reached = dice.random(), 0.0
    for name, share in shares:
        reached += share
        if at < reached:
            return name
    return shares[-1][0]


def _whole(number: float, low: int, high: int) -> int:
    return int(min(max(round(number), low), high))


# The table and the weeks that every notebook asks for. The sandbox's server imports this module
# once, and the rooms that are forked from it find them here.
_ready[2000, 2024, 0.6] = _applications(2000, 2024, 0.6)
for _week in range(1, 13):
    _made_of = 160, 7000 + _week, 1.0 if _week >= 8 else 0.1
    _ready[_made_of] = _applications(*_made_of)
