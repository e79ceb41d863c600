"""A step of an exercise: its own source, and runs of it on inputs that a check chooses."""

from grader.checks.facts import Printing
from grader.checks.rerun import Run, rerun
from grader.checks.source import Source, read


class Step:
    """A step's own source, and runs of it, each made once."""

    def __init__(
        self,
        answer_id: str,
        before: tuple[str, ...],
        cells: tuple[str, ...],
        given: dict[str, object],
    ) -> None:
        self.answer_id, self.before, self.cells, self.given = answer_id, before, cells, given
        self.source: Source = read(cells)
        self.reference: dict[str, object] = dict(given)
        self.loop: tuple[str, str] = ("", "")
        self.printing: Printing | None = None
        self._seconds = 2.0
        self._runs: dict[str, Run] = {}

    def run(self, inputs: dict[str, object], **options: object) -> Run:
        """
        Run the step with these inputs; where it needs a name from an earlier cell, the cells
        before it run first.
        """
        key = repr((inputs, sorted(options.items()), sorted(self.reference)))
        if key not in self._runs:
            run = rerun(
                self.cells, inputs, reference=self.reference, seconds=self._seconds, **options
            )
            if run.stop is not None and run.stop.kind == "NameError" and self.before:
                again = rerun(
                    self.cells,
                    inputs,
                    before=self.before,
                    reference=self.reference,
                    seconds=self._seconds,
                    **options,
                )
                run = again if again.stop is None else run
            if run.stop is not None and run.stop.kind == "TimeLimit":
                self._seconds = (
                    0.1  # a step that did not end once will not end with other inputs either
                )
            self._runs[key] = run
        return self._runs[key]
