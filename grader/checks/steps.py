"""
The words of check cells for the steps of an exercise.

A check cell opens with `step("step_3")`, says what has to hold, and ends with `verdict()`. The
lines between `### BEGIN HIDDEN TESTS` and `### END HIDDEN TESTS` carry the points. The same cell
runs in the learner's kernel, where it shows one sentence, and under nbgrader, where it also gives
the marks.
"""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.checks import counting, printing, values
from grader.checks.cell import now, session
from grader.checks.difference import RAN, RAN_AND_PRINTED, Difference
from grader.checks.effect import experiments
from grader.checks.facts import Counting, Printing, close
from grader.checks.outcome import RIGHT, Outcome
from grader.checks.sentences.stops import sentence as stop_sentence
from grader.checks.step import Step
from grader.checks.verdict import Report, Result
from grader.checks.words import word
from grader.rerun.rerun import Asked
from grader.widgets.kernel.session import title as step_title

Examples = list[tuple[dict[str, object], float]]  # the inputs by name, and the number expected


@word()
def step(answer_id: str, of: int = 0, given: dict[str, object] | None = None) -> None:
    """
    Open the check of a step: the learner's cells from its answer cell to this one. `of` is how
    many steps there are.
    """
    facts = session()
    facts.mark_check(answer_id)
    before, own = facts.step_cells(answer_id)
    opened = Step(before, own, given or {}, now.reruns)
    started = not opened.source.empty
    now.open(Report(step_title(answer_id), of, started=started, answer_id=answer_id), opened)


def _note(
    found: Outcome,
    points: float,
    rank: float,
    rule: str,
    void: bool = False,
    example: Difference | None = None,
) -> None:
    share, sentence = found
    if share < 1 and now.step is not None and now.step.source.meddles:
        share = 0.0  # partial credit is for honest slips, not for code that changes Python's tools
    shown = example if sentence else None
    now.report.results.append(Result(share, sentence, points, rank, void, "", rule, shown))


def _judged(judge: Callable[..., Outcome], *facts: object) -> Outcome:
    """Ask a judge; a value of the learner's that cannot be compared costs the points only."""
    try:
        return judge(*facts)
    except (ArithmeticError, RecursionError, TypeError, ValueError):
        return 0.0, (
            "This step holds a value that cannot be compared. Use plain lists, numbers and text."
        )


@word()
def value(name: str, expected: object, points: float = 0) -> None:
    """
    The variable holds exactly this value, in exactly this type: an int is no bool, 0.8 is a
    float.
    """
    run = now.step.run(now.step.given)
    found = _judged(values.compare, name, run.values, expected, now.step.source)
    if (
        name not in run.values
        and name in (whole := now.step.run(now.step.given, all_before=True)).values
    ):
        earlier = _judged(values.compare, name, whole.values, expected, now.step.source)
        if earlier == RIGHT:  # written into the cell of an earlier step, and right all the same
            run, found, now.report.started = whole, earlier, True
    if found == RIGHT or run.stop is None:
        here = name in run.values
        _note(found, points, 3 if here else 1, f"{'value' if here else 'absent'} {name}")
    else:
        sentence = stop_sentence(run.stop, now.step.source, now.step.given)
        _note((0.0, sentence), points, 0, f"stops {run.stop.kind}")


@word()
def loops(variable: str, over: str, makes: str, examples: Examples, points: float = 0) -> None:
    """
    A `for` statement takes the variable through every index of the list `over`, and the number
    `makes` comes from it. Say this before `is_float` and `follows`, which look at the same loop.
    """
    now.step.loop = (variable, over)
    planned = experiments(examples, over, variable)
    now.step.experiments = planned if points else planned[:1]  # learners do not wait for more
    tried = [one for experiment in now.step.experiments for one in experiment.asked()]
    _ahead(examples, [{"watch": variable}], tried)
    _count(counting.judge_loop, makes, examples, points, 4, f"loops {over}")


@word()
def is_float(name: str, examples: Examples, points: float = 0) -> None:
    """The variable is a float."""
    _count(counting.judge_float, name, examples, points, 2, f"is_float {name}")


@word()
def follows(name: str, examples: Examples, points: float = 0) -> None:
    """The step, run again on each example's inputs, gives its expected number (within 1e-9)."""
    _count(counting.judge_number, name, examples, points, 3, f"follows {name}")


def _count(
    judge: Callable[..., Outcome],
    name: str,
    examples: Examples,
    points: float,
    rank: float,
    rule: str,
) -> None:
    inputs = examples[0][0]
    _ahead(examples, [{"watch": now.step.loop[0]}])
    case = Counting(
        name,
        *now.step.loop,
        now.step.source,
        examples,
        now.step.run,
        shown=not points,
        experiments=now.step.experiments,
        ahead=now.step.ahead,
    )
    twin = counting.stored_elsewhere(case)
    if twin:
        share, _ = _judged(judge, replace(case, name=twin))
        told = (
            f"The number is right, but it is stored under the name `{twin}`. Rename it to `{name}`."
        )
        _note((share / 2, told), points, 1, f"absent {name}")
        return
    run = case.watched(inputs)
    if name not in run.values:
        rank = (0 if run.stop else 1) + rank / 10
        rule = f"stops {run.stop.kind}" if run.stop else f"absent {name}"
    void = counting.ignores_data(case)
    _note(_judged(judge, case), points, rank, rule, void, _other_number(case))


def _other_number(case: Counting) -> Difference | None:
    """Return the first of the examples for which the step gives another number."""
    for inputs, expected in case.examples:
        got = case.got(inputs)
        if isinstance(got, (int, float)) and not close(got, expected):
            return Difference(RAN, case.name, (inputs,), got, expected)
    return None


def _other_line(case: Printing) -> Difference | None:
    """Return the first of the examples for which the step prints another line."""
    for inputs in case.examples:
        wanted, lines = case.expected(inputs), case.lines(inputs)
        if wanted in lines:
            continue
        near = difflib.get_close_matches(wanted, filter(None, lines), 1, 0.0)
        if near:
            return Difference(RAN_AND_PRINTED, "", (inputs,), near[0], wanted)
    return None


def _ahead(examples: Examples, ways: list[dict[str, object]], more: Sequence[Asked] = ()) -> None:
    """Have the step run on all examples in all these ways, and for these more, in one go."""
    now.step.reference = examples[0][0] | now.step.given
    now.step.ahead([*((inputs, way) for way in ways for inputs, _ in examples), *more])


@word()
def printed(line: str, examples: list[dict[str, object]], points: float = 0) -> None:
    """
    The step prints this line exactly and once; the fields in its braces follow the values of
    every example.
    """
    blank = (examples[0], {"blank": True})  # what `fstring` asks for
    now.step.ahead([*((inputs, {}) for inputs in examples), blank])
    case = Printing(line, examples, now.step.source, now.step.run)
    now.step.printing = case
    rank, rule = _stopped(case) or (3, "printed")
    _note(_judged(printing.judge_line, case), points, rank, rule, example=_other_line(case))


@word()
def fstring(*names: str, points: float = 0) -> None:
    """The printed line comes from an f-string that holds these variables. Say `printed` first."""
    case = now.step.printing
    rank, rule = _stopped(case) or (4, "fstring")
    _note(_judged(printing.judge_fstring, case, names), points, rank, rule)


def _stopped(case: Printing) -> tuple[float, str] | None:
    """Return the rank and the rule of a step that stops; None for one that does not."""
    stop = case.run(case.examples[0]).stop
    return (0, f"stops {stop.kind}") if stop else None
