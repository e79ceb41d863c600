"""
What happens around a learner's run of a step: its loop is recorded while it runs, its check runs
by itself afterwards, and the parts on show follow.
"""

import contextlib
import re
from typing import TYPE_CHECKING

from IPython import get_ipython

from grader.widgets import notebook
from grader.widgets.base import Widget, has_frontend
from grader.widgets.kernel import session
from grader.widgets.kernel.recorder import Recorder, Recording, recordings
from grader.widgets.loop import Plan, find

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

HIDDEN = re.compile(r"(?s)[^\n]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[^\n]*\n?")
_coach: "Coach | None" = None


def follow(part: Widget, steps: tuple[str, ...]) -> None:
    """
    Coach these steps from now on, and show in this part what comes of them; a no-op without a live
    front end. A part of the same name takes the place of the former.
    """
    global _coach
    if not has_frontend():
        return
    if _coach is None or _coach.shell is not get_ipython():
        _coach = Coach(get_ipython())
    _coach.steps.update(steps)
    _coach.parts[part.name] = part


class Coach:
    """Looks after the steps of one kernel."""

    def __init__(self, shell: "InteractiveShell") -> None:
        self.shell = shell
        self.session = session.current()  # hears of each run first
        self.steps: set[str] = set()
        self.parts: dict[str, Widget] = {}
        self._recorder: tuple[ExecutionInfo, str, Recorder] | None = None
        shell.events.register("pre_run_cell", self._before)
        shell.events.register("post_run_cell", self._after)

    def _before(self, info: "ExecutionInfo") -> None:
        with contextlib.suppress(Exception):
            step = self.session.step_of(getattr(info, "cell_id", None), self.steps)
            if step:
                self._record(step, info)

    def _record(self, step: str, info: "ExecutionInfo") -> None:
        source = _as_python(info.raw_cell, self.shell)
        plan = find(source)
        if not isinstance(plan, Plan):
            if info.cell_id == step:  # a cell added below may well hold no loop
                recordings[step] = Recording(source, problem=plan)
        else:
            recorder = Recorder(source, plan, self.shell)
            self._recorder = info, step, recorder
            recorder.begin()

    def _after(self, result: "ExecutionResult | None") -> None:
        """Called after each run; without a result where the learner interrupted it."""
        with contextlib.suppress(Exception):
            info = getattr(result, "info", None)
            if self._recorder and (info is None or info is self._recorder[0]):
                _, step, recorder = self._recorder
                self._recorder = None
                recordings[step] = recorder.end(getattr(result, "error_in_exec", None))
            step = self.session.step_of(getattr(info, "cell_id", None), self.steps)
            if step:
                check(f"check_{step}", f"{step}_check")
            refresh()


def check(*names: str) -> None:
    """
    Run a check cell of one of these names by itself, as it was saved and without hidden tests; its
    verdict stands below the cell just run. Where it breaks nothing is told: the check cell is there
    too.
    """
    found = ((name, notebook.source(name)) for name in names)
    cell_id, text = next(((name, text) for name, text in found if text), (names[0], ""))
    source = HIDDEN.sub("", text)
    with (
        session.by_itself(),
        session.current().meanwhile(cell_id, source),
        contextlib.suppress(Exception, KeyboardInterrupt),
    ):
        exec(compile(source, f"<{cell_id}>", "exec"), {"__name__": cell_id})


def refresh() -> None:
    """Bring the parts that follow up to date, after something that is no run."""
    if _coach is not None:
        for part in _coach.parts.values():
            part.refresh()


def _as_python(cell: str, shell: "InteractiveShell") -> str:
    """Return a cell as IPython runs it; what IPython cannot read as it is."""
    try:
        return shell.transform_cell(cell)
    except (SyntaxError, RuntimeError):  # the second after 500 magics
        return cell
