"""
Tells a right answer from one that fits by chance: of a function that always gives the same, or that
answers other questions than it was asked.

`return None` is right where None is asked for, and a constant does not depend on the order of the
rows. Such a check says something only if the function gives another answer to other questions. Nor
does it say much that a function is right about no rows at all which empties every list it is given,
or that it knows by heart what the notebook shows and what every class is asked.
"""

from collections.abc import Sequence

from grader.checks.called import MISSING, Call, Called, Case, alike, written

FEW = 3  # cases that nobody can know beforehand, before they say something
LITTLE, MOST = 0.1, 0.75  # shares of the cases of a kind that a function is right about

Tried = list[tuple[Case, list[Called]]]


def same_for_most(cases: Sequence[Case], tried: Tried) -> str:
    """
    Return the one answer to all calls of these cases, if at least half of the other questions, all
    of which want another one or nobody knows which, got it too; else "".
    """
    own = {id(case) for case in cases}
    answers = [
        (id(case) in own, act, _answer(one))
        for case, came in tried
        for act, one in zip(case.acts, came, strict=False)
        if isinstance(act, Call) and not act.to
    ]
    mine = [answer for here, _, answer in answers if here]
    if not mine or not all(alike(mine[0], answer) for answer in mine):
        return ""
    asked = [act.args for here, act, _ in answers if here]
    others = [
        answer
        for here, act, answer in answers
        if not here and act.args not in asked and not _wants(act, mine[0])
    ]
    as_here = sum(alike(mine[0], answer) for answer in others)
    return _quoted(mine[0]) if others and 2 * as_here >= len(others) else ""


def bends_most(cases: Sequence[Case], tried: Tried) -> bool:
    """Tell whether at least half of the calls in these cases changed what they were given."""
    own = {id(case) for case in cases}
    made = [one for case, came in tried if id(case) in own for one in came if one.args]
    return bool(made) and 2 * sum(not one.untouched for one in made) >= len(made)


def by_heart(known: Sequence[bool], new: Sequence[bool]) -> bool:
    """
    Tell whether a function is right about what it could know beforehand, and wrong about the rest.
    """
    knows = bool(known) and sum(known) >= MOST * len(known)
    return knows and len(new) >= FEW and sum(new) < LITTLE * len(new)


def _answer(one: Called) -> object:
    """Return what a call gave: a value, the class of its error, or what it printed instead."""
    if one.error is not None:
        return ("raised", one.error[0])
    return ("printed", one.printed) if one.value is None and one.printed else one.value


def _wants(act: Call, answer: object) -> bool:
    if act.raises:
        return answer == ("raised", act.raises)
    return act.gives is not MISSING and alike(answer, act.gives)


def _quoted(answer: object) -> str:
    return f"{answer[1]}" if isinstance(answer, tuple) else written(answer)
