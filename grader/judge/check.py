"""
Runs one check cell here, in the trusted process, and says what nbgrader would make of it.

The cell comes from the key. It meets the learner's work through a `Namespace` alone: plain data,
and proxies that ask in the sandbox.
"""

import ast
import asyncio
import contextlib
import functools
import inspect
import io
import linecache
import sys
import traceback
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager

from grader.checks.verdict import Slip
from grader.judge.display_capture import DisplayCapture
from grader.judge.namespace import Namespace
from grader.rerun.tried import Tried
from grader.sandbox import GuestError
from grader.sandbox.codec import NotPlain, refusals

WROTE = "the check wrote to stderr, for which nbgrader gives no points"
NO_CLASS = "catching classes that do not inherit from BaseException is not allowed"


class NotHere(Exception):
    """This check cannot be judged outside the sandbox."""


@dataclass(frozen=True, slots=True)
class Checked:
    """
    The outputs of a check cell in nbformat's shape, and its error if it stopped, at `line` of the
    check ("line 3", "" where it did not stop there). `result` is the text of its last expression,
    None without one. `doubt` is why a person has to look, "" where nothing is in doubt.
    """

    outputs: list[dict[str, object]]
    result: str | None = None
    error: str = ""
    line: str = ""
    doubt: str = ""

    def score(self, points: float) -> float:
        """
        Return the points earned: none for an error, a number as partial credit, else all.

        ValueError for a doubt, or a number that is no mark, such as one above `points` or below 0:
        the check's author has to look at it.
        """
        if self.error:
            return 0.0
        if self.doubt:
            raise ValueError(self.doubt)
        try:
            part = float((self.result or "").strip("[]()'\""))
        except ValueError:
            return points
        if not 0 <= part <= points:  # nor is nan
            raise ValueError(f"the check gave {part:g}, but its points go from 0 to {points:g}")
        return part


def run_check(source: str, name: str, space: Namespace) -> Checked:
    """Run a check cell; NotHere where it needs what only the learner's process has."""
    body, last = _compiled(source, f"<{name}>")
    shown, stdout, stderr = DisplayCapture(), io.StringIO(), io.StringIO()
    error: BaseException | None = None
    value: object = None
    with (
        Tried() as tried,
        _as_main(space),
        shown,
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stderr),
        warnings.catch_warnings(),
        _plain_alone(),
    ):
        try:
            _run(body, space)
            value = _run(last, space) if last else None
        except (KeyboardInterrupt, GuestError, NotPlain, Slip):
            raise
        except BaseException as caught:
            error = caught
    if isinstance(error, TypeError) and NO_CLASS in str(error):
        raise NotHere("an exception class of the learner's") from None
    if error is None and (problem := tried.problem or (stderr.getvalue() and WROTE)):
        error = AssertionError(problem)
    outputs = _streams(stdout.getvalue(), stderr.getvalue()) + shown.outputs
    if error is not None:
        frames = _frames(error, f"<{name}>")
        line = f"line {frames[-1].lineno}" if frames else ""
        return Checked([*outputs, _error(error, frames)], error=_error_text(error), line=line)
    if value is None:
        return Checked(outputs)
    with _plain_alone():
        data = shown.formatted(value)
    result = {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
    return Checked([*outputs, result], result=data["text/plain"])


@contextlib.contextmanager
def _plain_alone() -> Iterator[None]:
    """Raise NotHere for a use of what is not plain, even where a library has swallowed that."""
    try:
        with refusals() as refused:
            yield
    except NotPlain as reason:
        raise NotHere(str(reason)) from None
    if refused:
        raise NotHere(refused[0])


class _Main(types.ModuleType):
    """The module `__main__` of a check: its names, and behind them the learner's."""

    def __init__(self, space: Namespace) -> None:
        super().__init__("__main__")
        self.__space = space

    def __getattr__(self, name: str) -> object:
        try:
            return self.__space[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self) -> list[str]:
        return self.__space.keys()


@contextlib.contextmanager
def _as_main(space: Namespace) -> Iterator[None]:
    """Let `unittest.main()` and the like find what a check defines, as in a notebook's kernel."""
    kept = sys.modules["__main__"]
    sys.modules["__main__"] = _Main(space)
    try:
        yield
    finally:
        sys.modules["__main__"] = kept


@functools.lru_cache(maxsize=256)
def _compiled(source: str, filename: str) -> tuple[object, object]:
    """Return the code of a cell: its statements, and its last expression if that is shown."""
    text = TransformerManager().transform_cell(source)
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    tree = ast.parse(text)
    if any(isinstance(node, ast.Name) and node.id == "get_ipython" for node in ast.walk(tree)):
        raise NotHere("a magic command")
    shown = tree.body and isinstance(tree.body[-1], ast.Expr) and not _silenced(text)
    last = ast.Expression(tree.body.pop().value) if shown else None
    flags = {"flags": ast.PyCF_ALLOW_TOP_LEVEL_AWAIT}
    try:
        return (
            compile(tree, filename, "exec", **flags),
            compile(last, filename, "eval", **flags) if last else None,
        )
    except SyntaxError:
        raise NotHere("code that only a notebook's own process runs") from None


def _run(code: types.CodeType, space: Namespace) -> object:
    """Run code, in an event loop where it awaits at its top, and return its value."""
    if code.co_flags & inspect.CO_COROUTINE:
        return asyncio.run(eval(code, space))
    return eval(code, space)


def _silenced(text: str) -> bool:
    """Tell whether the cell ends in a semicolon, which hides its last value."""
    lines = [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    return bool(lines) and lines[-1].rstrip().endswith(";")


def _streams(*texts: str) -> list[dict[str, object]]:
    return [
        {"output_type": "stream", "name": name, "text": text}
        for name, text in zip(("stdout", "stderr"), texts, strict=True)
        if text
    ]


def _frames(error: BaseException, filename: str) -> list[traceback.FrameSummary]:
    """Return the frames of an error that are in the check's own lines."""
    return [f for f in traceback.extract_tb(error.__traceback__) if f.filename == filename]


def _error(error: BaseException, frames: list[traceback.FrameSummary]) -> dict[str, object]:
    """Return an error output whose traceback shows these frames only."""
    lines = ["Traceback (most recent call last):"]
    lines += [part.rstrip("\n") for part in traceback.format_list(frames)]
    words = _error_text(error)
    return {
        "output_type": "error",
        "ename": type(error).__name__,
        "evalue": words,
        "traceback": [*lines, f"{type(error).__name__}: {words}".rstrip(": ")],
    }


def _error_text(error: BaseException) -> str:
    try:
        return str(error)[:2000] or type(error).__name__
    except Exception:
        return type(error).__name__
