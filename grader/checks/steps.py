"""
The words of check cells for the steps of an exercise.

A check cell opens with `step("step_3")`, says what has to hold, and ends with `verdict()`. The
lines between `### BEGIN HIDDEN TESTS` and `### END HIDDEN TESTS` carry the points. The same cell
runs in the learner's kernel, where it shows one sentence, and under nbgrader, where it also gives
the marks.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.checks import counting, printing, values
from grader.checks.cell import now, session
from grader.checks.effect import experiments
from grader.checks.facts import Counting, Printing
from grader.checks.outcome import RIGHT, Outcome
from grader.checks.sentences.stops import sentence as stop_sentence
from grader.checks.step import Step
from grader.checks.verdict import Report, Result
from grader.learn.session import title as step_title
from grader.rerun.rerun import Asked

Examples = list[tuple[dict[str, object], float]]  # the inputs by name, and the number expected


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


def _note(found: Outcome, points: float, rank: float, void: bool = False) -> None:
    share, sentence = found
    if share < 1 and now.step is not None and now.step.source.meddles:
        share = 0.0  # partial credit is for honest slips, not for code that changes Python's tools
    now.report.results.append(Result(share, sentence, points, rank, void))


def _judged(judge: Callable[..., Outcome], *facts: object) -> Outcome:
    """Ask a judge; a value of the learner's that cannot be compared costs the points only."""
    try:
        return judge(*facts)
    except (ArithmeticError, RecursionError, TypeError, ValueError):
        return 0.0, (
            "This step holds a value that cannot be compared. Use plain lists, numbers and text."
        )


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
        _note(found, points, rank=1 if name not in run.values else 3)
    else:
        _note((0.0, stop_sentence(run.stop, now.step.source, now.step.given)), points, rank=0)


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
    _count(counting.judge_loop, makes, examples, points, rank=4)


def is_float(name: str, examples: Examples, points: float = 0) -> None:
    """The variable is a float."""
    _count(counting.judge_float, name, examples, points, rank=2)


def follows(name: str, examples: Examples, points: float = 0) -> None:
    """The step, run again on each example's inputs, gives its expected number (within 1e-9)."""
    _count(counting.judge_number, name, examples, points, rank=3)


def _count(
    judge: Callable[..., Outcome], name: str, examples: Examples, points: float, rank: float
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
        _note((share / 2, told), points, rank=1)
        return
    run = case.watched(inputs)
    if name not in run.values:
        rank = (0 if run.stop else 1) + rank / 10
    _note(_judged(judge, case), points, rank, void=counting.ignores_data(case))


def _ahead(examples: Examples, ways: list[dict[str, object]], more: Sequence[Asked] = ()) -> None:
    """Have the step run on all examples in all these ways, and for these more, in one go."""
    now.step.reference = examples[0][0] | now.step.given
    now.step.ahead([*((inputs, way) for way in ways for inputs, _ in examples), *more])


def printed(line: str, examples: list[dict[str, object]], points: float = 0) -> None:
    """
    The step prints this line exactly and once; the fields in its braces follow the values of
    every example.
    """
    blank = (examples[0], {"blank": True})  # what `fstring` asks for
    now.step.ahead([*((inputs, {}) for inputs in examples), blank])
    case = Printing(line, examples, now.step.source, now.step.run)
    now.step.printing = case
    _note(_judged(printing.judge_line, case), points, rank=0 if _stops(case) else 3)


def fstring(*names: str, points: float = 0) -> None:
    """The printed line comes from an f-string that holds these variables. Say `printed` first."""
    case = now.step.printing
    _note(_judged(printing.judge_fstring, case, names), points, rank=0 if _stops(case) else 4)


def _stops(case: Printing) -> bool:
    return case.run(case.examples[0]).stop is not None
