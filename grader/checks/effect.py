"""
Shows by results whether a number comes from what a loop does at each turn.

In an experiment one turn of the loop takes the value of the turn before once more, so that one row
is never looked at. Whoever computes in the loop gets the same number then, whatever stands in that
row; whoever looks at all the rows elsewhere does not. And another row must make a difference.

What the code says about its turns only suggests which row it was: a wrong word fails the
experiment. Code that finds out about its own re-run could still answer as if it had left that row
out. It would have to do so for a turn drawn anew for each run, without computing in the loop, and
gets the points of the loop alone.
"""

import copy
import functools
import marshal
import random
import types
from dataclasses import dataclass

from grader.rerun.rerun import Asked, Run

MOST = 2  # examples to experiment on
FIRST, ALL = 4, 6  # runs of an experiment: those that nearly always tell, and all of them
Inputs = dict[str, object]


@dataclass(frozen=True, slots=True)
class Experiment:
    """One example with a turn that is taken twice, and a row that shall make a difference."""

    inputs: Inputs
    over: str
    variable: str
    turn: int
    other: int

    @property
    def length(self) -> int:
        """How many rows there are."""
        return len(_rows(self.inputs, self.over)[0])

    def asked(self, left_out: int | None = None, number: int = FIRST) -> list[Asked]:
        """
        Return the first so many runs: as it is, with the row left out changed in two ways, and with
        another row changed in three. In a loop from the start the row left out is the turn's.
        """
        row = self.turn if left_out is None else left_out
        other = self.other if self.other != row else self.turn - 1 if row == self.turn else row - 1
        everything = set(range(self.length))
        changes = [
            (set(), set()),
            (set(), {row}),
            ({row}, {row}),
            (set(), {other}),
            ({other}, set()),
            (everything, everything),
        ]
        options = {"watch": self.variable, "repeat": self.turn}
        return [(changed(self.inputs, self.over, *rows), options) for rows in changes[:number]]


def experiments(
    examples: list[tuple[Inputs, float]], over: str, variable: str
) -> tuple[Experiment, ...]:
    """Plan experiments on some examples with at least two rows that can be changed."""
    fit = [inputs for inputs, _ in examples if len(_rows(inputs, over)[0]) > 1]
    chosen = random.sample(fit, min(MOST, len(fit)))
    made = []
    for inputs in chosen:
        length = len(_rows(inputs, over)[0])
        turn = random.randrange(1, length)
        other = random.choice([n for n in range(length) if n != turn])
        made.append(Experiment(inputs, over, variable, turn, other))
    return tuple(made)


def depends(runs: list[Run], name: str) -> bool | None:
    """
    Tell whether a number comes from the loop, given the runs of one experiment; None where the row
    left out makes no difference, but no other does either.
    """
    as_is, *others = [run.values.get(name, ...) for run in runs]
    if any(value != as_is for value in others[:2]):
        return False
    return True if any(value != as_is for value in others[2:]) else None


def left_out(run: Run, length: int) -> int | None:
    """Return the one row that a run says it has not looked at; None if there is not just one."""
    taken = max(run.turns, key=len, default=[])
    seen = {value % length for value in taken if type(value) is int and -length <= value < length}
    missing = set(range(length)) - seen
    return missing.pop() if len(missing) == 1 else None


def changed(inputs: Inputs, over: str, rows: set[int], beside: set[int]) -> Inputs:
    """
    Return the inputs with other values in these `rows` of the list that the loop goes over, and in
    the rows `beside` of all other lists of that length; in all its rows where there is none.
    """
    made = _copied(inputs)
    main, others = _rows(made, over)
    for row in rows if others else rows | beside:
        main[row] = _another(main[row])
    for one in others:
        for row in beside:
            one[row] = _another(one[row])
    return made


def _copied(inputs: Inputs) -> Inputs:
    """Return a copy in which nothing is shared with the inputs; plain data are copied quickly."""
    try:
        return marshal.loads(marshal.dumps(inputs))
    except ValueError:
        return copy.deepcopy(inputs)


def _another(value: object) -> object:
    """Return another value of the same type, if it is a number or a text."""
    if value in (0, 1) and isinstance(value, (bool, int)):
        return type(value)(1 - value)
    if isinstance(value, (int, float)):
        return value + 1
    return f"{value}x" if isinstance(value, str) else value


@functools.lru_cache(maxsize=100)
def _compiled(over: str) -> types.CodeType:
    return compile(over, "<over>", "eval")


def _rows(inputs: Inputs, over: str) -> tuple[list[object], list[list[object]]]:
    """Return the list named by `over`, which the check's author wrote, and those of its length."""
    main = eval(_compiled(over), {}, dict(inputs))
    if type(main) is not list:
        return [], []
    found: list[list[object]] = []
    todo: list[object] = list(inputs.values())
    while todo:
        one = todo.pop()
        if type(one) is dict:
            todo += one.values()
        elif type(one) is list and one is not main and len(one) == len(main):
            found.append(one)
    return main, found
