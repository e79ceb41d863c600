"""A step of an exercise: its own source, and runs of it on inputs that a check chooses."""

from collections.abc import Callable, Iterable

from grader.checks.effect import Experiment
from grader.checks.facts import Printing
from grader.checks.source import Source, read
from grader.rerun.rerun import Asked, Run

TIME_LIMIT = 2.0  # seconds for one run of a step
ONCE_STOPPED = 0.1  # a step that did not end once will not end with other inputs either


class Step:
    """A step's own source, and runs of it by `reruns`, each made once."""

    def __init__(
        self,
        before: tuple[str, ...],
        cells: tuple[str, ...],
        given: dict[str, object],
        reruns: Callable[[tuple[str, ...], list[Asked]], list[Run]],
    ) -> None:
        self.before, self.cells, self.given, self._reruns = before, cells, given, reruns
        self.source: Source = read(cells)
        self.reference: dict[str, object] = dict(given)
        self.loop: tuple[str, str] = ("", "")
        self.experiments: tuple[Experiment, ...] = ()
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
        key = self._key(inputs, options)
        if key not in self._runs:
            self.ahead([(inputs, options)])
        return self._runs[key]

    def ahead(self, asked: Iterable[Asked]) -> None:
        """
        Make runs that will be asked for in one go, which in the sandbox is one question. The first
        is made for sure, the others perhaps.
        """
        new = {self._key(*one): one for one in asked}
        new = {key: one for key, one in new.items() if key not in self._runs}
        if not new:
            return
        runs = dict(zip(new, self._made(list(new.values())), strict=False))
        helpless = [key for key, run in runs.items() if self._needs_help(run, new[key][1])]
        if helpless:
            again = [(new[key][0], {"before": self.before} | new[key][1]) for key in helpless]
            for key, run in zip(helpless, self._made(again), strict=False):
                runs[key] = runs[key] if run.stop == runs[key].stop else run
        self._runs |= runs

    def _made(self, asked: list[Asked]) -> list[Run]:
        common = {"reference": self.reference, "seconds": self._seconds}
        runs = self._reruns(self.cells, [(inputs, common | options) for inputs, options in asked])
        if runs[-1].stop is not None and runs[-1].stop.kind == "TimeLimit":
            self._seconds = ONCE_STOPPED
        return runs

    def _needs_help(self, run: Run, options: dict[str, object]) -> bool:
        """Tell whether a run stopped at a name that an earlier cell may hold."""
        missed = run.stop is not None and run.stop.kind == "NameError"
        return missed and bool(self.before) and "before" not in options

    def _key(self, inputs: dict[str, object], options: dict[str, object]) -> str:
        return repr((inputs, sorted(options.items()), sorted(self.reference)))
