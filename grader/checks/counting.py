"""
Judges a number that a loop counts: does it follow other data, and is the loop what makes it?

`judge_number` and `judge_loop` decide; the sentences for what went wrong stand in
`grader.checks.sentences.numbers` and `causes`, or are a course's own.
"""

import ast
import math
import operator
from types import ModuleType

from grader.checks.effect import ALL, Experiment, depends, left_out
from grader.checks.facts import Counting, close
from grader.checks.outcome import RIGHT, Outcome, really
from grader.checks.sentences import loops, numbers
from grader.checks.sentences.own import say
from grader.checks.sentences.stops import sentence as stop_sentence
from grader.checks.source import calls, fed_by_loop, loops_over, names_stored
from grader.rerun.rerun import Asked, Run


def stored_elsewhere(case: Counting) -> str | None:
    """
    Another name that holds the right number for every example, where the name asked for does not
    exist.
    """
    runs = [case.watched(inputs) for inputs, _ in case.examples]
    if any(case.name in run.values for run in runs):
        return None
    own = sorted(names_stored(case.source.tree))
    wanted = [expected for _, expected in case.examples]
    return next(
        (
            n
            for n in own
            if all(close(r.values.get(n), e) for r, e in zip(runs, wanted, strict=True))
        ),
        None,
    )


def judge_float(case: Counting) -> Outcome:
    """The number is a float."""
    inputs, expected = case.examples[0]
    got, run = case.got(inputs), case.watched(inputs)
    if really(got, float) and math.isfinite(got) and (run.stop is None or close(got, expected)):
        return RIGHT
    if got is ... or run.stop is not None:
        return 0.0, _unfinished(case, run)
    return 0.0, case.on(0, _wrong_type(case, got))


def judge_number(case: Counting) -> Outcome:
    """The number is right for every example."""
    if hidden_code(case):
        return 0.0, numbers.HIDDEN_CODE
    for position, (inputs, expected) in enumerate(case.examples):
        run = case.watched(inputs)
        got = run.values.get(case.name, ...)
        if close(got, expected):
            continue
        if position == 0 and (run.stop is not None or got is ...):
            return 0.0, _unfinished(case, run)
        if ignores_data(case):
            return 0.0, sentences_for(case).typed(case)
        if run.stop is not None:
            return 0.0, case.on(position, stop_sentence(run.stop, case.source, inputs))
        if not isinstance(got, (int, float)) or isinstance(got, bool):
            return 0.0, case.on(position, _wrong_type(case, got))
        return 0.0, case.on(position, sentences_for(case).wrong_number(case, position))
    return RIGHT


def judge_loop(case: Counting) -> Outcome:
    """
    A `for` statement takes its variable through every index, and the number comes from it.

    Where the number is right, results show that (see `effect`). What the re-run says about turns
    comes from the process that the learner's code runs in: for a wrong number it is believed only
    of code that cannot write it.
    """
    if not loops_over(case.source.tree, case.variable):
        return 0.0, loops.no_loop(case)
    if case.source.reaches and not case.right():
        return 0.0, loops.UNSEEN
    for inputs, _ in case.examples:
        run = case.watched(inputs)
        hollow = run.stop is not None and run.stop.in_loop
        turns = (case.watched(inputs, hollow=True) if hollow else run).turns
        if run.stop is not None and not any(turns):
            return 0.0, stop_sentence(run.stop, case.source, inputs)
        if not any(every_index(taken, case.length(inputs)) for taken in turns):
            return 0.0, loops.not_every_index(case, turns, case.length(inputs))
    return RIGHT if _fed(case) else (0.0, loops.decorative(case))


def every_index(taken: list[object], length: int) -> bool:
    """
    True where the values hold every index of a list, in any order; negative ones count from the
    end.
    """
    return set(range(length)) <= {
        value % length
        for value in map(_index, taken)
        if value is not None and -length <= value < length
    }


def _index(value: object) -> int | None:
    """
    A value as a list index, NumPy's whole numbers included; None for what is none, a bool among
    it.
    """
    try:
        return None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        return None


def hidden_code(case: Counting) -> bool:
    """
    True where the code stands in a text that is run by exec or eval, out of sight of everybody
    who reads the cell.
    """
    return bool(calls(case.source.tree, "exec") or calls(case.source.tree, "eval"))


def ignores_data(case: Counting) -> bool:
    """True where the number was typed in: it stays the same although the data change."""
    if hidden_code(case):
        return True
    values, wanted = case.values(), [expected for _, expected in case.examples]
    if len(set(wanted)) < 2 or not all(isinstance(value, (int, float, str)) for value in values):
        return False
    if any(value != values[0] for value in values[1:]):
        return False
    return close(values[0], wanted[0]) or not fed_by_loop(
        case.source.tree, case.name, case.variable
    )


def _fed(case: Counting) -> bool:
    """
    Does the loop make the number? A row that it does not look at must make no difference to it.

    A number that is wrong anyway may not look at the rows, so there the source text decides.
    """
    if all(value is ... for value in case.values()):
        return any(
            isinstance(p, ast.AugAssign)
            for loop in loops_over(case.source.tree, case.variable)
            for p in ast.walk(loop)
        )
    if not case.right():
        return fed_by_loop(case.source.tree, case.name, case.variable)
    if not case.experiments:  # nothing in the data can be changed row by row
        return all(case.got(data, stop_after=1) != case.got(data) for data, _ in case.examples)
    found = [_comes_from_loop(case, experiment) for experiment in case.experiments]
    return False not in found and True in found


def _comes_from_loop(case: Counting, experiment: Experiment) -> bool | None:
    """Make an experiment, first with the row that most loops leave out then."""
    row = experiment.turn
    told = _depends(case, experiment, row)
    if told is not True:
        row = left_out(_runs(case, experiment.asked(number=1))[0], experiment.length)
    return told if row in (None, experiment.turn) else _depends(case, experiment, row)


def _depends(case: Counting, experiment: Experiment, row: int) -> bool | None:
    """Make the runs of an experiment, and the last ones only where the others do not tell."""
    told = depends(_runs(case, experiment.asked(row)), case.name)
    return depends(_runs(case, experiment.asked(row, ALL)), case.name) if told is None else told


def _runs(case: Counting, asked: list[Asked]) -> list[Run]:
    case.ahead(asked)
    return [case.run(inputs, **options) for inputs, options in asked]


def _unfinished(case: Counting, run: Run) -> str:
    inputs = case.examples[0][0]
    if run.stop is not None:
        return stop_sentence(run.stop, case.source, inputs)
    return sentences_for(case).absent(case, run)


def _wrong_type(case: Counting, got: object) -> str:
    return sentences_for(case).wrong_type(case, got, judge_loop(case) == RIGHT)


def sentences_for(case: Counting) -> ModuleType:
    """Return the sentences for a case: the course's own, or the engine's."""
    return say("counting", case) or numbers
