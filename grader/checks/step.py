"""A step of an exercise: its own source, and runs of it on inputs that a check chooses."""

from collections.abc import Callable

from grader.checks.facts import Printing
from grader.checks.source import Source, read
from grader.rerun.rerun import Run

TIME_LIMIT = 2.0  # seconds for one run of a step
ONCE_STOPPED = 0.1  # a step that did not end once will not end with other inputs either


class Step:
    """A step's own source, and runs of it by `rerun`, each made once."""

    def __init__(
        self,
        before: tuple[str, ...],
        cells: tuple[str, ...],
        given: dict[str, object],
        rerun: Callable[..., Run],
    ) -> None:
        self.before, self.cells, self.given, self._rerun = before, cells, given, rerun
        self.source: Source = read(cells)
        self.reference: dict[str, object] = dict(given)
        self.loop: tuple[str, str] = ("", "")
        self.printing: Printing | None = None
        self._seconds = TIME_LIMIT
        self._runs: dict[str, Run] = {}

    def run(self, inputs: dict[str, object], *, all_before: bool = False, **options: object) -> Run:
        """
        Run the step with these inputs. Where it needs a name from an earlier cell, the cells before
        it run first, and always with `all_before`.
        """
        if all_before:
            options["before"] = self.before
        key = repr((inputs, sorted(options.items()), sorted(self.reference)))
        if key not in self._runs:
            self._runs[key] = self._new_run(inputs, options)
        return self._runs[key]

    def _new_run(self, inputs: dict[str, object], options: dict[str, object]) -> Run:
        options = {"reference": self.reference, "seconds": self._seconds, **options}
        run = self._rerun(self.cells, inputs, **options)
        helped = self.before and "before" not in options
        if run.stop is not None and run.stop.kind == "NameError" and helped:
            again = self._rerun(self.cells, inputs, before=self.before, **options)
            run = run if again.stop == run.stop else again
        if run.stop is not None and run.stop.kind == "TimeLimit":
            self._seconds = ONCE_STOPPED
        return run
