"""
The facts that judges and sentences look at: what a step's source says, and what its runs give.

A judge decides on them, a sentence explains them; neither changes them.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from grader.checks.effect import Experiment
from grader.checks.outcome import really
from grader.checks.sentences.stops import sentence as stop_sentence
from grader.checks.source import Source
from grader.rerun.rerun import Asked, Run

TOLERANCE = 1e-9  # sums of floats differ in the last digits between Python 3.11 and 3.12


def close(got: object, expected: float) -> bool:
    """A real float within 1e-9 of the expected one."""
    return really(got, float) and math.isclose(got, expected, rel_tol=0, abs_tol=TOLERANCE)


@dataclass(frozen=True, slots=True)
class Counting:
    """
    The facts: a step's source, the examples, and `run(inputs, **options)` to run the step.

    `name` is the variable that holds the number, `variable` the loop's, `over` an expression for
    the list it goes through. `examples` are (inputs, expected). `shown`: the learner can read them
    in the cell; otherwise the first is the task's own data. `experiments` show what the loop does.
    """

    name: str
    variable: str
    over: str
    source: Source
    examples: list[tuple[dict[str, object], float]]
    run: Callable[..., Run]
    shown: bool = False
    experiments: tuple[Experiment, ...] = ()
    ahead: Callable[[list[Asked]], None] = lambda asked: None  # makes runs in one go

    def watched(self, inputs: dict[str, object], **options: object) -> Run:
        """Run the step with its loop variable watched."""
        return self.run(inputs, watch=self.variable, **options)

    def got(self, inputs: dict[str, object], **options: object) -> object:
        """What the variable holds after a run; `...` where it does not exist."""
        return self.watched(inputs, **options).values.get(self.name, ...)

    def length(self, inputs: dict[str, object]) -> int:
        """
        How many indexes the loop has to take: the length of the list named by `over`, which the
        check's author wrote.
        """
        return len(eval(self.over, {}, dict(inputs)))

    def values(self) -> list[object]:
        """What the variable holds for each example."""
        return [self.got(inputs) for inputs, _ in self.examples]

    def on(self, position: int, sentence: str) -> str:
        """
        A sentence about one example, which says the example's number where the learner can look
        it up.
        """
        if self.shown:
            return f"On example {position + 1}, {sentence[0].lower()}{sentence[1:]}"
        return f"With other data {sentence[0].lower()}{sentence[1:]}" if position else sentence

    def right(self) -> bool:
        """True where the number is right for every example."""
        return all(
            close(got, expected)
            for got, (_, expected) in zip(self.values(), self.examples, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Printing:
    """
    The facts: the line with its fields in braces, the inputs to try, the source, and
    `run(inputs, **options)`.
    """

    line: str
    examples: list[dict[str, object]]
    source: Source
    run: Callable[..., Run]

    def expected(self, inputs: dict[str, object]) -> str:
        """The line as it should read for some inputs."""
        return self.line.format(**inputs)

    def lines(self, inputs: dict[str, object], **options: object) -> list[str]:
        """What the step prints, line by line."""
        return self.run(inputs, **options).printed.split("\n")

    def stopped(self, run: Run, inputs: dict[str, object]) -> str:
        """Where a run stopped, told with the names of the line's fields."""
        return stop_sentence(run.stop, self.source, {name: inputs[name] for name in self.fields()})

    def fields(self) -> list[str]:
        """The names in the line's braces."""
        return re.findall(r"\{(\w+)\}", self.line)

    def swapped(self) -> bool:
        """True where the line is exact once its two fields are exchanged."""
        fields = self.fields()
        if len(fields) != 2:
            return False
        inputs = next((i for i in self.examples if i[fields[0]] != i[fields[1]]), None)
        return inputs is not None and self.line.format(
            **{**inputs, fields[0]: inputs[fields[1]], fields[1]: inputs[fields[0]]}
        ) in self.lines(inputs)
