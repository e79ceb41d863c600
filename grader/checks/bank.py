"""
Examples of what a function should give, drawn at release from the model answer.

    examples()

in the visible part of a check: the notebook as it is released brings calls along and what came of
them, at every rule that a hidden test knows, and a learner's kernel tries them. They are inputs and
results; neither the model answer nor a hidden test is among them. Of each check those that a wrong
answer might pass without are always tried, and of the others a few, chosen afresh each time.

A bank of examples is one line of text for each answer cell, packed JSON, in the metadata of the
notebook.
"""

import base64
import bz2
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.checks.called import MISSING, Call, Called, Case, Shared, Spoil, alike
from grader.checks.cell import now, session
from grader.checks.difference import first_difference
from grader.checks.task import Check, holds
from grader.checks.words import word

FRESH = 4  # examples of a check that are chosen anew in each run, at most
ENOUGH = 0.07  # seconds for these of one check; a function that takes long is tried with fewer
DIGITS = 15  # of a number that is kept: the last ones differ between versions of Python
Data = dict[str, Any]


@dataclass(frozen=True)
class Example(Case):
    """
    A case with all that came of it with the model answer. `asked` are the calls of stand-ins that
    it made, None where that is of no importance. `usual` is what the call gives where a library's
    work is not altered.
    """

    asked: object = None
    usual: object = MISSING
    may_change: bool = False

    def as_wanted(self, came: list[Called]) -> bool:
        """Tell whether all came as with the model answer."""
        if len(came) != len(self.acts):
            return False
        if self.usual is not MISSING:
            gives = self.acts[0].gives
            return came[0].error is None and _follows(came[0].value, gives, self.usual)
        if first_difference(self, came, "", self.may_change) is not None:
            return False
        return self.asked is None or alike([list(one) for one in came[-1].asked], self.asked)


@word()
def examples() -> None:
    """
    Try the function on the examples that release drew from the model answer. Say it after the
    checks that learners see; in grading it tries nothing.
    """
    answer_id = now.report.answer_id
    number = fresh(now.pace.get(answer_id))
    takes, drawn = unpacked(session().examples(answer_id), number)
    now.task.asks, now.task.drawn, now.task.takes = True, len(drawn), takes
    now.task.checks += drawn


def fresh(seconds: float | None) -> int:
    """
    Return how many examples of a check are to be chosen anew where a call takes so many seconds;
    None where nobody knows yet.
    """
    if seconds is None:
        return 1
    return max(1, min(FRESH, int(ENOUGH / max(seconds, 1e-9))))


def packed(takes: Sequence[str], checks: Sequence[Data]) -> str:
    """
    Return the arguments of a function and examples for its checks as one line of text; `unpacked`
    is its way back.
    """
    made = {"takes": takes, "checks": checks}
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))  # in the order of each
    return base64.b85encode(bz2.compress(text.encode())).decode("ascii")


def unpacked(text: str, number: int = FRESH) -> tuple[tuple[str, ...], list[Check]]:
    """
    Return the arguments of a function, and the checks of a bank with the examples of one run, so
    many of each chosen anew; none where it cannot be read.
    """
    known: dict[str, Example] = {}
    try:
        bank = read(text) if text else {"takes": [], "checks": []}
        return tuple(map(str, bank["takes"])), [
            _check(one, known, number) for one in bank["checks"]
        ]
    except (ValueError, OSError, LookupError, TypeError, AttributeError):
        return (), []


def read(text: str) -> Data:
    """Return a bank as data."""
    return json.loads(bz2.decompress(base64.b85decode(text)))


def _check(one: Data, known: dict[str, Example], number: int) -> Check:
    """Return a check with examples; those that another one has too are tried once."""
    chance = random.Random()
    some = chance.sample(one["some"], min(number, len(one["some"])))
    cases = [
        known.setdefault(f"{case}{one['may_change']}", unpacked_case(case, one["may_change"]))
        for case in [*one["always"], *some]
    ]
    return Check(
        one["id"],
        one["title"],
        one["sentence"],
        cases,
        may_change=one["may_change"],
        general=bool(one["some"]),
    )


def unpacked_case(case: Data, may_change: bool) -> Example:
    """Return one case of a bank."""
    acts = tuple(map(_act, case["acts"]))
    return Example(
        acts,
        case.get("instead", {}),
        case.get("other", {}),
        case.get("whole", False),
        case.get("asked"),
        case.get("usual", MISSING),
        may_change,
    )


def _act(act: Data) -> Call | Spoil:
    if "spoil" in act:
        return Spoil(act["spoil"])
    shared = act.get("shared", {})
    given = enumerate(act["args"])
    args = [Shared(shared[str(n)], one) if str(n) in shared else one for n, one in given]
    told = {
        name: act[name] for name in ("gives", "prints", "raises", "to", "leaves") if name in act
    }
    return Call(tuple(args), **told)


def as_example(check: Check, case: Case, came: list[Called], usual: list[Called]) -> Data | None:
    """
    Return a case as data for a bank, with what came of it with the model answer, or what its check
    says itself. `usual` is what came of it where no library's work was altered, if that was asked.

    None for a case that says nothing: it is no plain data, or nobody knows what else were right.
    """
    acts = list(_acts(check, case, came))
    made: Data = {"acts": acts}
    if case.instead:
        made |= {"instead": case.instead, "asked": [list(one) for one in came[-1].asked]}
    if case.other:
        made |= {"other": case.other, "usual": usual[0].value}
    if check.judge and not holds(check, case, [replace(o, value=_floats(o.value)) for o in came]):
        made["whole"] = True
    try:
        return _rounded(json.loads(json.dumps(made, allow_nan=False)))
    except (TypeError, ValueError):
        return None


def _acts(check: Check, case: Case, came: list[Called]) -> Iterator[Data]:
    for act, plain, one in zip(case.acts, case.plan(""), came, strict=True):
        if not isinstance(act, Call):
            yield dict(plain)
            continue
        told: Data = {"args": plain["args"]} | ({"to": act.to} if act.to else {})
        if "shared" in plain:
            told |= {"shared": plain["shared"], "leaves": act.left(one)}
        if check.judge is None:
            wanted = {"gives": act.gives, "prints": act.prints}
            told |= {name: value for name, value in wanted.items() if value is not MISSING}
            told |= {"raises": act.raises} if act.raises else {}
        elif one.error is not None:
            told["raises"] = one.error[0]
        else:
            told["gives"] = one.value
            told |= {"prints": one.printed} if one.printed else {}
        yield told


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _rounded(one) for name, one in value.items()}
    return value


def _floats(value: object) -> object:
    """Return a value with a float in place of each whole number."""
    if type(value) is int:
        return float(value)
    if isinstance(value, list):
        return [_floats(one) for one in value]
    if isinstance(value, dict):
        return {name: _floats(one) for name, one in value.items()}
    return value


def _follows(value: object, altered: object, usual: object) -> bool:
    """Tell whether somewhere a value is what the altered library makes it, and not as usual."""
    if isinstance(altered, dict) and isinstance(usual, dict) and isinstance(value, dict):
        return any(
            _follows(value[key], altered[key], usual[key])
            for key in altered.keys() & usual.keys() & value.keys()
        )
    if isinstance(altered, list) and isinstance(usual, list) and isinstance(value, list):
        return any(map(_follows, value, altered, usual))
    return alike(value, altered) and not alike(value, usual)
