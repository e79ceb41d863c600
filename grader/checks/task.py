"""
What a check cell asks of a function: checks, the calls they make, and whether what came is right.

A `Check` is about one rule of the task and has cases; `judge` makes all their calls at once and
notes in each check whether it holds.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from grader.checks.called import Call, Called, Case
from grader.checks.difference import Difference, first_difference
from grader.checks.hollow import Tried

VISIBLE = 0.4  # the share of the points for the checks that learners see
ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

Judge = Callable[[list[Called]], bool]
Plan = list[list[dict[str, object]]]
# Makes the calls of a plan, with model answers in the cells named; None where there are none.
Calls = Callable[[Plan, tuple[str, ...]], Plan | None]


@dataclass(slots=True)
class Check:
    """
    One check of a function. `judge` says whether what came of a case is right; without one, the
    calls themselves say what they should give. A check without cases was judged from the text.
    With `may_change` a call may change what it is given. `explain` says of what came of a missed
    case what it looked like, in place of the usual words. A check that is `noted` looks at the form
    of an answer alone: whether it is right is judged later. `exact` says that nothing else is right
    than what the model answer gives: release may draw examples from its cases. A `general` check is
    about any data, and not about one rule.

    Set when it is judged: `passed`; `detail`, what a missed case looked like, and `example`, where
    it went wrong; `tried`, what came of its cases, `missed`, those that were wrong, and `wrong`,
    which share of all they are.
    """

    check_id: str
    title: str
    sentence: str
    cases: Sequence[Case] = ()
    judge: Judge | None = None
    may_change: bool = False
    explain: Callable[[list[Called]], str] | None = None
    noted: bool = False
    exact: bool = False
    general: bool = False
    passed: bool = True
    detail: str = ""
    example: Difference | None = None
    tried: Tried = field(default_factory=list)
    missed: Tried = field(default_factory=list)
    wrong: float = 0.0


@dataclass(slots=True)
class FunctionTask:
    """
    The function that a check cell is about, and its checks. The first `visible` of them are seen by
    learners and carry this `share` of the points; 0 `points` where nothing is graded. The check
    `asks` for the examples that release draws; so many checks at the end are `drawn`. `takes` are
    the names of its arguments, () where nobody knows, and `stopped` the error that ended its cell:
    what stands under its name is older.
    """

    name: str
    needs: tuple[str, ...] = ()
    answer_id: str = ""
    checks: list[Check] = field(default_factory=list)
    visible: int = 0
    share: float = VISIBLE
    points: float = 0.0
    asks: bool = False
    drawn: int = 0
    takes: tuple[str, ...] = ()
    stopped: str = ""

    @property
    def calls(self) -> int:
        """How many calls the checks make of a learner's functions."""
        cases = {id(case): case for check in self.checks for case in check.cases}.values()
        return sum(isinstance(act, Call) for case in cases for act in case.acts)

    @property
    def passed(self) -> int:
        """How many checks are right."""
        return sum(check.passed for check in self.checks)

    def shares(self) -> list[float]:
        """Return the points of each check."""
        visible, hidden = self.visible, len(self.checks) - self.visible
        if not visible or not hidden:
            return [self.points / len(self.checks)] * len(self.checks)
        seen, unseen = self.points * self.share / visible, self.points * (1 - self.share) / hidden
        return [seen] * visible + [unseen] * hidden


def judge(task: FunctionTask, calls: Calls, model: tuple[str, ...]) -> Tried | None:
    """Judge every check, and return what came of each case; None where that cannot be done."""
    cases = list({id(case): case for check in task.checks for case in check.cases}.values())
    made = calls([case.plan(task.name) for case in cases], model)
    if made is None:
        return None
    came = {id(case): case.read(task.name, one) for case, one in zip(cases, made, strict=False)}
    for check in filter(lambda check: check.cases, task.checks):
        tried = [(case, came.get(id(case), [])) for case in check.cases]
        wrong = [one for one in tried if not holds(check, *one)]
        check.tried, check.missed = tried, wrong
        check.passed, check.wrong = not wrong, len(wrong) / len(tried)
        check.example = _shortest(check, task.name, wrong)
        check.detail = _detail(check, wrong)
    return [(case, came.get(id(case), [])) for case in cases]


def holds(check: Check, case: Case, came: list[Called]) -> bool:
    """Tell whether a case is right; a learner's value that a judge stumbles over is not."""
    try:
        if check.judge is None:
            return case.as_wanted(came)
        sound = len(came) == len(case.acts) and all(one.error is None for one in came)
        left_alone = check.may_change or all(one.untouched for one in came)
        return sound and left_alone and check.judge(came) is True
    except ODD:
        return False


def _shortest(check: Check, function: str, wrong: Tried) -> Difference | None:
    """Return where the shortest of the missed cases went wrong, if anybody can say."""
    found = []
    for case, came in wrong if check.explain is None else ():
        with contextlib.suppress(*ODD):
            found.append(first_difference(case, came, function, check.may_change))
    return min(filter(None, found), key=lambda one: len(one.call), default=None)


def _detail(check: Check, wrong: Tried) -> str:
    """Say what a missed case looked like."""
    if not wrong:
        return ""
    if check.example is not None:
        return check.example.as_text()
    if check.explain is not None:
        with contextlib.suppress(*ODD):
            return check.explain(wrong[0][1])
    untried = not any(came for _, came in wrong)
    return "It was not tried, because a call before it did not end in time." if untried else ""
