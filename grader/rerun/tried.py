"""
Watches the tests that a check starts through unittest and doctest: how many ran, and did they pass?

Both report to the screen and go on, so a check that found no test looks like one that passed. Used
where a check is judged, here or in the sandbox; `problem` says in words what a check must not be
paid for.

nbgrader gives nothing for a check that writes to stderr. Meanwhile only what is meant for it goes
there: no warning, no record of a log that nobody has set up, and no report of a test runner.
"""

import doctest
import io
import logging
import sys
import unittest
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

NOTHING = "its {} ran no test at all"
FAILED = "{} of its {} tests failed"


@dataclass(slots=True)
class Tried:
    """What unittest and doctest did while it watched, from `start` to `stop`."""

    problem: str = ""
    _undo: list[Callable[[], None]] = field(default_factory=list)
    _attempted: int = 0

    def start(self) -> None:
        """Begin to watch."""
        self._put(unittest.TextTestRunner, "run", self._runner)
        self._put(doctest.DocTestRunner, "run", self._examples)
        self._put(doctest, "testmod", self._doctests)
        self._put(doctest, "testfile", self._doctests)
        self._put(doctest, "run_docstring_examples", self._doctests)
        self._set(warnings, "showwarning", lambda *args, **kwargs: None)
        # Without any handler `logging` writes to stderr, or makes one that does and that stays.
        self._set(logging.root, "handlers", logging.root.handlers or [logging.NullHandler()])

    def stop(self) -> None:
        """Leave both libraries as they were."""
        while self._undo:
            self._undo.pop()()

    def __enter__(self) -> "Tried":
        self.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self.stop()

    def _put(self, place: object, name: str, around: Callable[..., object]) -> None:
        """Call `around` with the original first wherever the original was called."""
        original = getattr(place, name)

        def instead(*args: object, **kwargs: object) -> object:
            return around(original, *args, **kwargs)

        self._set(place, name, instead)

    def _set(self, place: object, name: str, value: object) -> None:
        original = getattr(place, name)
        setattr(place, name, value)
        self._undo.append(lambda: setattr(place, name, original))

    def _runner(self, original: Callable[..., object], *args: object, **kwargs: object) -> object:
        """A runner that writes to stderr tells its failures there, and to nobody else."""
        stream, report = args[0].stream, io.StringIO()
        alone = getattr(stream, "stream", None) is sys.stderr
        if alone:
            stream.stream = report
        result = original(*args, **kwargs)
        if not result.wasSuccessful():
            sys.stdout.write(report.getvalue())
        if not result.testsRun:
            self.problem = self.problem or NOTHING.format("unittest")
        elif not result.wasSuccessful() and alone:
            bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
            self.problem = self.problem or FAILED.format(bad, result.testsRun)
        return result

    def _examples(self, original: Callable[..., object], *args: object, **kwargs: object) -> object:
        result = original(*args, **kwargs)
        self._attempted += result.attempted
        return result

    def _doctests(self, original: Callable[..., object], *args: object, **kwargs: object) -> object:
        before = self._attempted
        result = original(*args, **kwargs)
        if self._attempted == before:
            self.problem = self.problem or NOTHING.format("doctest")
        return result


def start() -> Tried:
    """Return a watch that has begun: for a guest of the sandbox, where a check runs as a cell."""
    watch = Tried()
    watch.start()
    return watch
