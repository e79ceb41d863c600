"""
Records the loop of a learner's cell, turn by turn, in the very run that the learner starts.

Nothing is run twice and nothing of the learner's is called: the recorder reads plain values only.
A long loop goes on by itself after a bound, unrecorded and at full speed. `record` is for a text
that nobody runs otherwise: it runs it, so who calls it means to.
"""

import ast
import contextlib
import io
import reprlib
import sys
import time
from collections.abc import Mapping
from types import CodeType, FrameType, NoneType
from typing import TYPE_CHECKING, Any

from grader.widgets.kernel.recording import TURNS, Recording, Turn
from grader.widgets.loop import Plan, find, find_in, why_no_turns

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

EVENTS, SECONDS = 2000, 3.0  # what is recorded of one run at most
SCALARS = (int, float, str, bool)
# Others are not shown: to sort the entries of a set or a dictionary calls the learner's code.
PLAIN = (*SCALARS, NoneType, list, tuple)
NONE = "–"
LONGEST_CAME = 160  # characters of what a call gave
TRACED = "A debugger or another tool follows this cell, so its loop was not recorded."
recordings: dict[str, Recording] = {}  # the latest of each step


class _Short(reprlib.Repr):
    def repr1(self, x: Any, level: int) -> str:
        """Show plain values; of any other its type, for its own `repr` is the learner's code."""
        return super().repr1(x, level) if type(x) in PLAIN else f"<{type(x).__name__}>"


def shown(value: object) -> str:
    """Return a value as Python writes it, in at most 40 characters; nothing of it is called."""
    short = _Short()
    short.maxstring = short.maxother = short.maxlong = 40
    try:
        if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
            value = value.item()
        text = short.repr(value)
    except Exception:
        return "?"
    return text if len(text) <= 40 else f"{text[:39]}…"


class Recorder:
    """Follows the loop of one run of a cell in this shell; the cell runs just as it would."""

    def __init__(self, source: str, plan: Plan, shell: "InteractiveShell") -> None:
        self.recording = Recording(source, plan=plan)
        self._plan, self._shell, self._space = plan, shell, shell.user_ns
        self._own, self._wrapped = shell.run_code, vars(shell).get("run_code")
        self._code: CodeType | None = None
        self._turn: Turn | None = None
        self._raised: tuple[int, str] | None = None
        self._looping = False
        self._depth = 0
        self._left, self._until = EVENTS, 0.0

    def begin(self) -> None:
        """
        Wait for the statement that holds the loop: IPython hands each statement of a cell to
        `run_code`. To trace IPython's own work before it would take ten times as long.
        """
        self._shell.run_code = self._run_code

    def end(self, error: BaseException | None) -> Recording:
        """Stop and return the recording; `error` is what the cell stopped with."""
        if vars(self._shell).get("run_code") == self._run_code:
            del self._shell.run_code
            if self._wrapped is not None:  # by another tool
                self._shell.run_code = self._wrapped
        if error is not None and self._raised and self._raised[1] == type(error).__name__:
            line, kind = self._raised
            self.recording.stop = line, f"{kind}: {_error_text(error)}".removesuffix(": ")
        return self.recording

    async def _run_code(self, code_obj: CodeType, *args: Any, **kwargs: Any) -> Any:
        self._depth += 1  # a statement of the cell may run another cell
        if self._depth == 1 and any(line == self._plan.first for *_, line in code_obj.co_lines()):
            self._trace(code_obj)
        try:
            return await self._own(code_obj, *args, **kwargs)
        finally:
            self._depth -= 1
            if not self._depth:
                self._leave()
                self._close()

    def _trace(self, code: CodeType) -> None:
        if sys.gettrace() is not None:
            self.recording.problem = TRACED
            return
        self._code, self._until = code, time.monotonic() + SECONDS
        sys.settrace(self._enter)

    def _leave(self) -> None:
        if sys.gettrace() == self._enter:  # the learner's code may have set another
            sys.settrace(None)

    def _enter(self, frame: FrameType, event: str, _: object) -> Any:
        """Called for each call: only the statement that holds the loop is followed."""
        if time.monotonic() > self._until:
            self._give_up()
        return self._follow if frame.f_code is self._code else None

    def _follow(self, frame: FrameType, event: str, arg: Any) -> Any:
        """Called for each line of that statement; an error in here must not reach its cell."""
        try:
            if event == "line":
                self._left -= 1
                if self._left < 0 or time.monotonic() > self._until:
                    self._give_up()
                else:
                    self._raised = None
                    self._line(frame.f_lineno)
            elif event == "exception" and self._looping:
                self._raised = frame.f_lineno, arg[0].__name__
        except Exception:
            self._give_up()
        return self._follow

    def _line(self, line: int) -> None:
        plan = self._plan
        if not plan.first <= line <= plan.last:
            self._looping = False
            self._close()
        elif plan.body == plan.first:  # all on one line: it comes round at the end of each turn
            if self._looping:
                self._open()
                self._close()
            self._begin_loop()
        elif line < plan.body:
            self._close()
            self._begin_loop()
        else:
            self._open()
            if self._turn and line not in self._turn.lines:
                self._turn.lines.append(line)

    def _begin_loop(self) -> None:
        if not self._looping and not self.recording.turns:
            self.recording.start = self._values(self._plan.counters)
        self._looping = True

    def _open(self) -> None:
        if self._turn is not None:
            return
        if len(self.recording.turns) == TURNS:
            self._give_up()
            return
        targets = self._values(self._plan.targets)
        self._turn = Turn([self._plan.first], targets, *self._pair())
        self.recording.turns.append(self._turn)

    def _close(self) -> None:
        if self._turn is not None:
            self._turn.counters = self._values(self._plan.counters)
            self._turn = None

    def _give_up(self) -> None:
        """Let the cell run on by itself, at full speed."""
        self._leave()
        self.recording.more = self._looping or not self.recording.turns
        if self._turn is not None:  # half a turn tells nothing true
            self.recording.turns.pop()
            self._turn = None

    def _values(self, names: tuple[str, ...]) -> list[str]:
        return [shown(self._space[name]) if name in self._space else NONE for name in names]

    def _pair(self) -> tuple[list[str] | None, bool | None]:
        """The two entries at the index of this turn, and whether they are equal."""
        if (pair := self._plan.pair) is None:
            return None, None
        data, at = self._space.get(pair.data), self._space.get(self._plan.targets[0])
        if type(at) is not int or type(data) is not dict:
            return None, None
        lists = [data.get(key) for key in pair.keys]
        if any(type(entries) is not list for entries in lists):
            return None, None
        inside = [entries[at : at + 1] if at >= 0 else [] for entries in lists]
        pair = [shown(entries[0]) if entries else NONE for entries in inside]
        plain = all(entries and type(entries[0]) in SCALARS for entries in inside)
        return pair, inside[0] == inside[1] if plain else None


class CallRecorder(Recorder):
    """Follows the loop of a function in the first call of it that comes, as long as it is open."""

    def __init__(self, source: str, plan: Plan, code: CodeType) -> None:
        self.recording = Recording(source, plan=plan)
        self._plan, self._code, self._space = plan, code, {}
        self._turn, self._raised, self._looping = None, None, False
        self._left, self._until = EVENTS, time.monotonic() + SECONDS
        self._frame: FrameType | None = None

    def __enter__(self) -> Recording:
        if sys.gettrace() is None:
            sys.settrace(self._enter)
        else:
            self.recording.problem = TRACED
        return self.recording

    def __exit__(self, *reason: object) -> None:
        self._leave()
        self._close()
        if self._raised is not None:
            self.recording.stop = self._raised

    def _enter(self, frame: FrameType, event: str, _: object) -> Any:
        if time.monotonic() > self._until:
            self._give_up()
        if self._frame is None and frame.f_code is self._code:
            self._frame = frame
        return self._follow if frame is self._frame else None

    def _follow(self, frame: FrameType, event: str, arg: Any) -> Any:
        self._space = frame.f_locals
        if event == "return":
            self._close()
        super()._follow(frame, event, arg)
        return self._follow


class _Nowhere(io.TextIOBase):
    """Where prints go that nobody reads."""

    def write(self, text: str) -> int:
        return len(text)


def record(source: str, call: str = "", given: Mapping[str, object] | None = None) -> Recording:
    """
    Run a text with these names given, and then a call of a function in it if one is named, and
    return the first loop: of the text, or of that function. What it prints goes nowhere.

    Raises: ValueError for a call that is none.
    """
    space: dict[str, object] = {"__name__": "__main__", **(given or {})}
    function = _function_of(call) if call else ""
    plan = find_in(source, function) if call else find(source)
    found = Recording(source, problem=why_no_turns(source))
    try:
        with contextlib.redirect_stdout(_Nowhere()):
            code = compile(source, "<code>", "exec")
            if call:
                exec(code, space)
                if function not in space:
                    raise NameError(f"name '{function}' is not defined")
                code = getattr(space[function], "__code__", code)
            with contextlib.ExitStack() as stack:
                if isinstance(plan, Plan):
                    found = stack.enter_context(CallRecorder(source, plan, code))
                if call:
                    found.came = f"gave `{_in_full(eval(call, space))}`"
                else:
                    exec(code, space)
    except SyntaxError as error:
        found.came = f"is not valid Python in line {error.lineno}"
    except (Exception, SystemExit) as error:
        words = f"{type(error).__name__}: {_error_text(error)}".removesuffix(": ")
        found.came = f"stopped with `{words[:LONGEST_CAME]}`"
    return found


def _function_of(call: str) -> str:
    """Return the name of the function that is called."""
    try:
        return ast.parse(call, mode="eval").body.func.id
    except (SyntaxError, AttributeError):
        raise ValueError(f"{call!r} is no call of a function, such as mean([1, 2])") from None


def _in_full(value: object) -> str:
    """Return a value as Python writes it, on one line and cut where it is long."""
    value = value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value
    text = " ".join(repr(value).split()).replace("`", "'")
    return text if len(text) <= LONGEST_CAME else f"{text[: LONGEST_CAME - 1]}…"


def _error_text(error: BaseException) -> str:
    """What one of Python's own errors says; the text of any other is the learner's code."""
    if type(error).__module__ != "builtins" or any(type(arg) not in SCALARS for arg in error.args):
        return ""
    with contextlib.suppress(Exception):
        return str(error)[:200]
    return ""
