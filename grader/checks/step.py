"""A step of an exercise: its own source, and runs of it on inputs that a check chooses."""

from grader.checks.facts import Printing
from grader.checks.rerun import Run, rerun
from grader.checks.source import Source, read

TIME_LIMIT = 2.0  # seconds for one run of a step
ONCE_STOPPED = 0.1  # a step that did not end once will not end with other inputs either


class Step:
    """A step's own source, and runs of it, each made once."""

    def __init__(
        self,
        before: tuple[str, ...],
        cells: tuple[str, ...],
        given: dict[str, object],
    ) -> None:
        self.before, self.cells, self.given = before, cells, given
        self.source: Source = read(cells)
        self.reference: dict[str, object] = dict(given)
        self.loop: tuple[str, str] = ("", "")
        self.printing: Printing | None = None
        self._seconds = TIME_LIMIT
        self._runs: dict[str, Run] = {}

    def run(self, inputs: dict[str, object], **options: object) -> Run:
        """
        Run the step with these inputs; where it needs a name from an earlier cell, the cells
        before it run first.
        """
        key = repr((inputs, sorted(options.items()), sorted(self.reference)))
        if key not in self._runs:
            self._runs[key] = self._new_run(inputs, options)
        return self._runs[key]

    def _new_run(self, inputs: dict[str, object], options: dict[str, object]) -> Run:
        options = {"reference": self.reference, "seconds": self._seconds, **options}
        run = rerun(self.cells, inputs, **options)
        if run.stop is not None and run.stop.kind == "NameError" and self.before:
            again = rerun(self.cells, inputs, before=self.before, **options)
            run = run if again.stop == run.stop else again
        if run.stop is not None and run.stop.kind == "TimeLimit":
            self._seconds = ONCE_STOPPED
        return run
