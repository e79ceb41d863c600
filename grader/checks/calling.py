"""
Judges the checks of a function: asks for all their calls at once, and says what was missed.

Where every call gives nothing and prints nothing, the function does nothing, and no check counts:
some edge cases would be right by accident.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from grader.checks.called import Call, Called, Case
from grader.checks.hollow import Tried, bends_most, by_heart, same_for_most
from grader.checks.sentences.stops import sentence as stop_sentence
from grader.checks.source import nearest
from grader.checks.step import Step
from grader.checks.verdict import Report, Result

VISIBLE = 0.4  # the share of the points for the checks that learners see
MODEL = "*Judged with the model answers of the tasks that this one builds on: yours are not right.*"
BY_HEART = "`{}` is right for what the notebook shows and no other data: that counts for nothing."
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

    Set when it is judged: `passed`; `detail`, what a missed case looked like; `wrong`, the share of
    its cases that were missed.
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
    wrong: float = 0.0


@dataclass(slots=True)
class FunctionTask:
    """
    The function that a check cell is about, and its checks. The first `visible` of them are seen by
    learners and carry this `share` of the points; 0 `points` where nothing is graded. The check
    `asks` for the examples that release draws; so many checks at the end are `drawn`.
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


def settle(
    task: FunctionTask,
    step: Step,
    report: Report,
    calls: Calls,
    known: frozenset[str] | None = None,
) -> None:
    """
    Judge a task, and note the results and the list of its checks in the report. `known` are the
    cases that every class is asked, as JSON of their plans; None where nobody knows which.
    """
    report.several = task.points > 0
    if not report.started:
        told = f"`{task.name}` holds no code of yours yet. Write it into the cell of this task."
        report.results.append(Result(0.0, told, task.points, rule="unwritten"))
        return
    tried = judge(task, calls, ())
    if task.needs and task.passed < len(task.checks):
        tried = _with_model_answers(task, report, calls) or tried
    came = [one for _, found in tried for one in found]
    all_right = task.passed == len(task.checks)
    if not all_right:
        _take_back(task, tried, known)
    if not all_right and (told := _absent(task, step, came)):
        report.results.append(Result(0.0, told, task.points, rank=0, rule="absent"))
        return
    void = not all_right and (step.source.meddles or not any(map(_does_something, came)))
    first = _most_general(task)
    for rank, (check, points) in enumerate(zip(task.checks, task.shares(), strict=True)):
        sentence, detail = ("", "") if check.passed else (check.sentence, check.detail)
        rank = 0.5 if check is first else rank
        result = Result(float(check.passed), sentence, points, rank, void, detail, check.check_id)
        report.results.append(result)
    report.noted = bool(task.checks) and all(check.noted for check in task.checks)
    if task.points:
        report.notes.append(_listing(task))
    else:
        _say_what_was_tried(task, report)


def _most_general(task: FunctionTask) -> Check | None:
    """
    Return the check whose sentence says most about a function that is wrong on most data: there the
    sentence about a rule that it misses as well would name another cause.
    """
    if not all(one.passed for one in task.checks[: len(task.checks) - task.drawn]):
        return None
    wrong = [one for one in task.checks if one.general and one.wrong >= 0.5]
    return max(wrong, key=lambda one: (one.wrong, task.checks.index(one)), default=None)


def _say_what_was_tried(task: FunctionTask, report: Report) -> None:
    """Say in a learner's kernel how much is right, and on how much that rests."""
    right, number = task.passed, len(task.checks)
    if right < number and number > 1:
        report.tried = f"{right} of {number} rules right so far"
    elif right == number and task.calls:
        calls = f"{task.calls} call{'s' * (task.calls != 1)}"
        report.partial = "" if task.drawn else calls
        report.tried = f"{calls} tried" if task.drawn else ""


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
        details = [_detail(check, task.name, *one) for one in wrong]
        check.passed, check.wrong = not wrong, len(wrong) / len(tried)
        check.detail = min(filter(None, details), key=len, default="")
    return [(case, came.get(id(case), [])) for case in cases]


def _take_back(task: FunctionTask, tried: Tried, known: frozenset[str] | None) -> None:
    """Miss the checks that are right by chance: see `hollow`."""
    shown = all(check.passed for check in task.checks[: task.visible])
    if known is not None and shown and by_heart(*_right(task, tried, known)):
        for check in task.checks:
            check.sentence = check.sentence if not check.passed else BY_HEART.format(task.name)
            check.passed = False
        return
    bends = bends_most(
        [case for one in task.checks if not one.may_change for case in one.cases], tried
    )
    for check in [one for one in task.checks if one.passed and one.cases]:
        answer = same_for_most(check.cases, tried)
        if bends:
            check.sentence = f"`{task.name}` changes what it is given: work on a copy of it."
        elif answer:
            check.sentence = (
                f"`{task.name}` gives `{answer}` to nearly everything, so it counts for nothing"
                f" that this fits here: {check.title}."
            )
        check.passed = not (bends or answer)


def _right(
    task: FunctionTask, tried: Tried, known: frozenset[str]
) -> tuple[list[bool], list[bool]]:
    """
    Tell of each case whether a check accepts it: of those that a learner may know, from what is
    shown or from examples of it, and of those that nobody can know beforehand.
    """
    came = {id(case): one for case, one in tried if one}
    right: dict[int, bool] = {}
    told: dict[int, bool] = {}
    for place, check in enumerate(task.checks):
        for case in filter(lambda case: id(case) in came, check.cases):
            asked = json.dumps(case.plan(task.name)) in known
            if not asked or check.exact or place < task.visible:
                told[id(case)] = asked
                right[id(case)] = right.get(id(case), False) or holds(check, case, came[id(case)])
    known_ones = [one for case, one in right.items() if told[case]]
    return known_ones, [one for case, one in right.items() if not told[case]]


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


def _with_model_answers(task: FunctionTask, report: Report, calls: Calls) -> Tried | None:
    """Judge again with model answers where they help; return what came of each case if they do."""
    before = [(check.passed, check.detail) for check in task.checks]
    passed = task.passed
    tried = judge(task, calls, task.needs)
    if tried is not None and task.passed > passed:
        report.notes.append(MODEL)
        return tried
    for check, (one, detail) in zip(task.checks, before, strict=True):
        check.passed, check.detail = one, detail
    return None


def _absent(task: FunctionTask, step: Step, came: list[Called]) -> str:
    """Say why there is nothing of the task's name; "" if there is."""
    missing = ("NameError", f"name '{task.name}' is not defined")
    if not came or any(one.error != missing for one in came):
        return ""
    run = step.run({})
    if run.stop is not None:
        return stop_sentence(run.stop, step.source, {})
    near = nearest(task.name, run.values, cutoff=0.75)
    if near:
        return f"There is no `{task.name}`, but a `{near}`. Rename it to `{task.name}`."
    return f"There is no `{task.name}`. Keep the line that gives it its name, and run the cell."


def _does_something(came: Called) -> bool:
    return came.error is None and (came.value is not None or bool(came.printed))


def _detail(check: Check, function: str, case: Case, came: list[Called]) -> str:
    """Say what a missed case looked like, where that is short enough to read."""
    try:
        return _looked_like(check, function, case, came)
    except ODD:
        return ""


def _looked_like(check: Check, function: str, case: Case, came: list[Called]) -> str:
    if check.explain is not None:
        return check.explain(came)
    for act, one in zip(case.acts, came, strict=False):
        if not isinstance(act, Call):
            continue
        call = act.shown(function)
        start = f"`{call}`" if call else "One call"
        if one.error and act.raises not in one.kinds:
            return f"{start} {one.as_text()}."
        if check.judge is None and call:
            return f"{start} {one.as_text()}{act.wish(one)}."
    return "" if came else "It was not tried, because a call before it did not end in time."


def _listing(task: FunctionTask) -> str:
    """Return the list of checks as Markdown, with what was missed."""
    lines = []
    for check in task.checks:
        sign = "✔" if check.passed else "✘"
        more = "" if check.passed else f" — {check.sentence} {check.detail}".rstrip()
        lines.append(f"- {sign} {check.title}{more}")
    return "\n".join(
        [f"**What was checked: {task.passed} of {len(task.checks)} right**", "", *lines]
    )
