"""
Judges the checks of a function: asks for all their calls at once, and says what was missed.

Where every call gives nothing and prints nothing, the function does nothing, and no check counts:
some edge cases would be right by accident.
"""

import json
from collections.abc import Iterator

from grader.checks.called import Call, Called
from grader.checks.hollow import Tried, bends_most, by_heart, same_for_most
from grader.checks.one_change import one_change
from grader.checks.sentences.calls import cause
from grader.checks.sentences.stops import sentence as stop_sentence
from grader.checks.sentences.work import Work
from grader.checks.source import nearest
from grader.checks.step import Step
from grader.checks.task import ODD, Calls, Check, FunctionTask, holds, judge
from grader.checks.verdict import Report, Result
from grader.widgets.guesses import Guess

LONGEST = 180  # characters of a sentence
GUESSES, LONGEST_GUESS = 3, 220  # calls to guess about, and characters of one
LONGEST_ERROR = 100  # characters of an error in it
HALF = 0.5  # of the cases of a check, from which on it is wrong on most data
MODEL = "*Judged with the model answers of the tasks that this one builds on: yours are not right.*"
BY_HEART = "`{}` is right for what the notebook shows and no other data: that counts for nothing."


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
    if task.stopped:
        run = step.run({})
        told = f"The cell stops with `{task.stopped[:LONGEST_ERROR]}`: mend that first."
        told = stop_sentence(run.stop, step.source, {}) if run.stop is not None else told
        report.results.append(Result(0.0, told, task.points, rank=0, rule="stopped"))
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
    report.results += _results(task, step, void, calls)
    report.noted = bool(task.checks) and all(check.noted for check in task.checks)
    if task.points:
        report.notes.append(_listing(task))
    else:
        _say_what_was_tried(task, report)


def _told_first(task: FunctionTask) -> Check | None:
    """
    Return the missed check whose sentence is told. Of those that the task shows it is the first.
    Where they are right, a rule is told that is wrong throughout; but where most data is, no rule
    explains it, and the sentence about any data is told.
    """
    missed = [one for one in task.checks if not one.passed]
    shown = task.checks[: len(task.checks) - task.drawn]
    if not missed or any(one in shown for one in missed):
        return next(iter(missed), None)
    general = [one for one in missed if one.general and one.wrong >= HALF]
    rules = [one for one in missed if not one.general]
    return max((general or rules or missed)[::-1], key=lambda one: (one.wrong, -bool(rules)))


def _with_yours(check: Check) -> str:
    """Return the sentence of a check, with what came where that is short enough to read."""
    told = f"{check.sentence} {check.example.yours() if check.example else ''}".strip()
    return told if len(told) <= LONGEST else check.sentence


def _cause(task: FunctionTask, check: Check, step: Step, calls: Calls) -> str:
    """Return the sentence for why a check was missed, where the function's text tells."""
    made = [
        (act, one)
        for case, came in check.missed
        for act, one in zip(case.acts, came, strict=False)
        if isinstance(act, Call) and act.to in ("", task.name)
    ]
    if not made or check.explain is not None:
        return ""
    try:
        work = Work(task.name, step.source.tree, made, check.example, task.takes)
        return cause(work) or _with_place(check, one_change(work, check, task.checks, calls))
    except ODD:  # an odd text: the check's own sentence is told
        return ""


def _with_place(check: Check, place: str) -> str:
    """Return the sentence of a check with the place to look at, "" without one."""
    told = f"{check.sentence} {place}"
    return (told if len(told) <= LONGEST else place) if place else ""


def _results(task: FunctionTask, step: Step, void: bool, calls: Calls) -> Iterator[Result]:
    """Yield the result of each check, with the sentence that is told first where it is missed."""
    first = _told_first(task)
    why = _cause(task, first, step, calls) if first is not None else ""
    for rank, (check, points) in enumerate(zip(task.checks, task.shares(), strict=True)):
        sentence, detail = ("", "") if check.passed else (check.sentence, check.detail)
        if check is first:
            rank = -1
            # In grading the check's own sentence stays: its title stands in the list.
            graded = f"{why} {sentence}".strip()
            sentence = graded if task.points else why or _with_yours(check)
        example = None if check.passed else check.example
        yield Result(
            float(check.passed), sentence, points, rank, void, detail, check.check_id, example
        )


def _say_what_was_tried(task: FunctionTask, report: Report) -> None:
    """Say in a learner's kernel how much is right, and on how much that rests."""
    right, number = task.passed, len(task.checks)
    if right < number and number > 1:
        report.tried = f"{right} of {number} rules right so far"
    elif right == number and task.calls:
        calls = f"{task.calls} call{'s' * (task.calls != 1)}"
        report.partial = "" if task.drawn else calls
        report.guesses = tuple(_guesses(task))
        report.tried = f"{calls} tried" if task.drawn else ""


def _guesses(task: FunctionTask) -> Iterator[Guess]:
    """
    Yield a few calls at the boundaries of a right function, for a learner to guess what it gives:
    one for each rule, as far as they are short enough to read.
    """
    found = []
    for check in task.checks[len(task.checks) - task.drawn :]:
        short = [
            (act, one)
            for case, came in check.tried
            for act, one in zip(case.acts, came, strict=True)
            if not check.general
            and len(case.acts) == 1
            and not (case.instead or case.other)
            and isinstance(act, Call)
            and len(act.shown(task.name)) <= LONGEST_GUESS
        ]
        if short:
            act, one = min(short, key=lambda pair: len(pair[0].shown(task.name)))
            about = act.shown(task.name), one.as_text(), check.sentence
            found.append(Guess(*about, tuple(_said_as(one))))
    yield from found[:GUESSES]


def _said_as(came: Called) -> Iterator[str]:
    """Yield how people may write down what came of a call."""
    if came.error is not None:
        yield from (came.error[0], "error", "an error")
        return
    yield repr(came.value)
    if isinstance(came.value, str):
        yield came.value


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


def _with_model_answers(task: FunctionTask, report: Report, calls: Calls) -> Tried | None:
    """Judge again with model answers where they help; return what came of each case if they do."""
    before = [(check.passed, check.detail, check.example) for check in task.checks]
    passed = task.passed
    tried = judge(task, calls, task.needs)
    if tried is not None and task.passed > passed:
        report.notes.append(MODEL)
        return tried
    for check, known in zip(task.checks, before, strict=True):
        check.passed, check.detail, check.example = known
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
