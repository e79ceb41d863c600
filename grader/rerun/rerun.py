"""
Runs a step's own source again, in a fresh namespace, with inputs the check chooses.

In: the step's cells as text and the inputs by name. Out: a `Run`, which says what the cells left
behind, what they printed, where they stopped, and which values each watched loop variable took.
Every cell runs by itself, as in a notebook: one that stops does not keep the next from running.
Nothing is displayed, nothing waits for the keyboard, and a loop that never ends is left at the time
limit. Needs the standard library and IPython only.
"""

import asyncio
import builtins
import copy
import inspect
import threading
import time
import traceback
import types
from collections.abc import Iterable
from dataclasses import dataclass, field

from IPython.display import display

from grader.rerun.quiet import awake, streams, undisplayed
from grader.rerun.ready import UNWATCHED, Stop, Watched, file_name, line_of, ready

AT_ONCE = 2.0  # seconds for several runs together, before the rest has to be asked for again
PATIENCE = 5  # times the time limit, on a clock
PRINTED_LIMIT = 100_000  # characters kept of what a step prints


Asked = tuple[dict[str, object], dict[str, object]]  # inputs by name, and options: see `reruns`


@dataclass(frozen=True, slots=True)
class Run:
    """
    What one run of a step left behind; `turns` holds one list of loop-variable values per run of
    each watched loop.
    """

    values: dict[str, object]
    printed: str
    logged: str
    stop: Stop | None
    turns: list[list[object]] = field(default_factory=list)


class TimeLimit(BaseException):
    """
    Raised inside a step that runs longer than its time limit; no `except Exception` of the step
    catches it.
    """


class _Clock:
    """The watcher's other half: what the inserted calls do while the step runs."""

    def __init__(
        self,
        seconds: float,
        stop_after: int | None,
        repeat: int | None,
        inputs: dict,
        reference: dict,
    ) -> None:
        self.computed = time.process_time() + seconds
        self.deadline = time.monotonic() + PATIENCE * seconds
        self.stop_after, self.repeat = stop_after, repeat
        self.inputs, self.reference = inputs, reference
        self.turns: list[list[object]] = []

    def tick(self) -> None:
        if time.process_time() > self.computed or time.monotonic() > self.deadline:
            raise TimeLimit

    def each(self, iterable: object, watched: bool) -> object:
        turns: list[object] = []
        if watched:
            self.turns.append(turns)
        return self._turns(iter(iterable), watched)

    def _turns(self, items: object, watched: bool) -> object:
        before: object = None
        for number, item in enumerate(items):
            self.tick()
            if watched and self.stop_after is not None and number >= self.stop_after:
                return
            before = before if watched and number and number == self.repeat else item
            yield before

    def saw(self, value: object) -> None:
        self.turns[-1].append(value)

    def given(self, name: str, value: object) -> object:
        """
        A step may write its input again; the same values as in the reference stand for whatever
        the check puts in.
        """
        try:
            same = value == self.reference[name]
        except Exception:
            same = False
        return copy.deepcopy(self.inputs[name]) if same is True else value


def reruns(cells: tuple[str, ...], asked: Iterable[Asked]) -> list[Run]:
    """
    Run `cells` once for each that is asked for, with its inputs set just before them.

    Options: `before`: cells run first, their stops and prints ignored. `watch`: the loop variable
    to follow; `stop_after` ends its loops after so many turns, in turn number `repeat` (from 0)
    they take the value of the turn before again, `hollow` empties their bodies. `blank` makes every
    f-string field empty. `reference`: input values which the step may write itself without
    replacing the inputs. `seconds` (2.0) is the time limit for one run: so long it may compute, and
    five times as long on a clock, for on a full machine computing takes longer.

    Returns fewer runs, but at least one, if one reaches its time limit or all take long together.
    """
    start, made = time.monotonic(), []
    with undisplayed():
        for inputs, options in asked:
            made.append(_run(cells, copy.deepcopy(inputs), **options))
            late = time.monotonic() - start > AT_ONCE
            if late or (made[-1].stop and made[-1].stop.kind == TimeLimit.__name__):
                break
    return made


def _run(
    cells: tuple[str, ...],
    inputs: dict[str, object],
    *,
    before: tuple[str, ...] = (),
    reference: dict[str, object] | None = None,
    watch: str | None = None,
    stop_after: int | None = None,
    repeat: int | None = None,
    hollow: bool = False,
    blank: bool = False,
    seconds: float = 2.0,
) -> Run:
    clock = _Clock(seconds, stop_after, repeat, inputs, reference or {})
    watched = watch, hollow, frozenset(reference or {}) & frozenset(inputs), blank
    space = _namespace(clock)
    with awake(), streams() as caught:
        for number, cell in enumerate(before):
            _run_cell(cell, -1 - number, space, UNWATCHED)
        start, start_log = len(caught.stdout), len(caught.stderr)
        space.update(inputs)
        clock.turns.clear()
        stops = [_run_cell(cell, number, space, watched) for number, cell in enumerate(cells)]
        printed, logged = caught.stdout[start : start + PRINTED_LIMIT], caught.stderr[start_log:]
    stop = next((stop for stop in stops if stop), None)
    return Run(_left_behind(space), printed, logged, stop, clock.turns)


def _namespace(clock: _Clock) -> dict[str, object]:
    def no_keyboard(*args: object) -> str:
        raise RuntimeError("input() waits for the keyboard, and nobody types while the check runs")

    def leave(*args: object) -> None:
        raise SystemExit

    return {
        "__name__": "__main__",
        "__builtins__": dict(vars(builtins)),
        "__tick__": clock.tick,
        "__turns__": clock.each,
        "__saw__": clock.saw,
        "__given__": clock.given,
        "display": display,
        "input": no_keyboard,
        "exit": leave,
        "quit": leave,
    }


def _left_behind(space: dict[str, object]) -> dict[str, object]:
    own = {"display", "input", "exit", "quit"}
    return {
        k: v
        for k, v in space.items()
        if not k.startswith("__") and not (k in own and inspect.isfunction(v))
    }


def _run_cell(cell: str, number: int, space: dict[str, object], watched: Watched) -> Stop | None:
    made = ready(cell, number, watched)
    if isinstance(made, Stop):
        return made
    try:
        _execute(made.code, space)
    except (SystemExit, KeyboardInterrupt) as error:
        if isinstance(error, KeyboardInterrupt):
            raise
    except BaseException as error:
        line = _line_of(error, file_name(number))
        where = number, line, line_of(cell, line), made.in_loop(line)
        return Stop(type(error).__name__, _error_text(error), *where)
    return None


def _execute(code: types.CodeType, space: dict[str, object]) -> None:
    """
    Run code; a top-level await gets an event loop in a thread of its own, since the notebook's
    is busy running the check.
    """
    if not code.co_flags & inspect.CO_COROUTINE:
        exec(code, space)
        return
    failure: list[BaseException] = []

    def drive() -> None:
        try:
            asyncio.run(eval(code, space))
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=drive, daemon=True)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]


def _line_of(error: BaseException, name: str) -> int:
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == name
    ]
    return lines[-1] if lines else 0


def _error_text(error: BaseException) -> str:
    try:
        return str(error)[:300]
    except Exception:
        return ""
