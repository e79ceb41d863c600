"""
Runs a step again in guests of the sandbox where nothing else of the notebook has run.

The learner's own process may have been changed by the learner's code, so a step is run again there
only if all of the notebook is plain code, which cannot change Python itself. Else plain steps share
one guest, and any other step gets a guest of its own.
"""

import copy
import marshal
from collections.abc import Callable

from grader.judge.learner_process import ATTEMPTS
from grader.judge.purity import is_plain
from grader.judge.replies import checked
from grader.judge.static_values import known_run
from grader.rerun.ready import Stop
from grader.rerun.rerun import AT_ONCE, Asked, Run
from grader.sandbox import Exited, GuestError, GuestProcess, Timeout
from grader.sandbox.codec import Function, Opaque, about

INTERRUPT = KeyboardInterrupt.__name__
SLACK = 0.5  # seconds of computing for a re-run beyond its own time limit
AGAIN = 0.3  # seconds of waiting for a re-run, where several together have waited too long


class Reruns:
    """
    Runs steps again; called like `grader.rerun.rerun.reruns`. `shared` gives a guest in which
    nothing but plain code has run, if there is one: plain steps may run there too.
    """

    def __init__(
        self, open_guest: Callable[[], GuestProcess], shared: Callable[[], GuestProcess | None]
    ) -> None:
        self._open, self._shared = open_guest, shared
        self._guests: dict[tuple[str, ...], GuestProcess] = {}

    def __call__(self, cells: tuple[str, ...], asked: list[Asked]) -> list[Run]:
        """
        Run `cells` once for each that is asked for, or fewer times, but at least once; what the
        sandbox answers is only taken if it is plain data.
        """
        known = [known_run(cells, inputs, options) for inputs, options in asked]
        if None not in known:
            return known
        waits = asked[0][1]["seconds"]
        if len(asked) > 1:
            try:
                return self._ask(cells, asked, AT_ONCE, waits)
            except Timeout:
                waits = min(waits, AGAIN)
            except GuestError:
                pass  # perhaps only by one of the others
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._ask(cells, asked[:1], 0.0, waits)
            except GuestError as error:
                # A death is perhaps not the step's: the machine may be out of memory.
                if attempt == ATTEMPTS or not isinstance(error, Exited):
                    kind = "TimeLimit" if isinstance(error, Timeout) else type(error).__name__
                    return [Run({}, "", "", Stop(kind, str(error)))]
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close every guest."""
        for guest in self._guests.values():
            guest.close()
        self._guests.clear()

    def _ask(
        self, cells: tuple[str, ...], asked: list[Asked], more: float, waits: float
    ) -> list[Run]:
        """Ask in the sandbox; a GuestError costs the guest."""
        options = asked[0][1]
        guest = self._guest(options.get("before", ()) + cells)
        fields = {"cells": list(cells), "asked": _packed(asked)}
        try:
            reply = guest.ask("rerun", options["seconds"] + more + SLACK, waits, **fields)
            if guest.stopped:
                raise Timeout("the step does not end")
            if _is_interrupted(reply):
                return [Run({}, "", "", Stop(INTERRUPT, ""))]
            runs = checked("rerun", reply, {"asked": asked})["runs"]
            return [_run(run, one[0]) for run, one in zip(runs, asked, strict=False)]
        except GuestError:
            self._forget(guest)
            raise

    def _guest(self, cells: tuple[str, ...]) -> GuestProcess:
        key = () if all(is_plain(cell) for cell in cells) else cells
        if key not in self._guests:
            shared = None if key else self._shared()
            if shared is not None:
                return shared
            self._guests[key] = self._open()
        return self._guests[key]

    def _forget(self, guest: GuestProcess) -> None:
        """Close a guest that gave no answer; one of its own takes the place of a shared one."""
        guest.close()
        self._guests = {key: one for key, one in self._guests.items() if one is not guest}


def _is_interrupted(reply: dict[str, object]) -> bool:
    """Tell whether the step raised what the stop button raises, and nobody had pressed it."""
    raised = reply.get("raised")
    kinds = raised.get("kinds") if type(raised) is dict else None
    return type(kinds) is list and kinds[:1] == [INTERRUPT]


def _packed(asked: list[Asked]) -> object:
    """Pack what a guest shall run; it trusts us, so a fast way will do for plain data."""
    try:
        return marshal.dumps(asked)
    except ValueError:
        return [list(one) for one in asked]


def _run(reply: dict[str, object], inputs: dict[str, object]) -> Run:
    """Make a Run of a checked reply; `same` are inputs that the step left as they were."""
    values = {name: inert(value) for name, value in reply["values"].items()}
    values |= {name: copy.deepcopy(inputs[name]) for name in reply["same"]}
    turns = [[inert(value) for value in one] for one in reply["turns"]]
    stop = reply["stop"] and Stop(*reply["stop"])
    return Run(values, reply["printed"], reply["logged"], stop, turns)


def inert(value: object) -> object:
    """
    Put a lifeless object of the same type name in place of what cannot cross the wall, so that a
    judge can name it and compare it with nothing.
    """
    if type(value) is Function:
        return _function if not value.is_class else type(value.name, (), {})
    if type(value) is Opaque:
        known = about(value)
        return type(known.type_name, (), {"__module__": known.module})()
    if type(value) in (list, tuple):
        return type(value)(inert(item) for item in value)
    if type(value) is dict:
        return {key: inert(item) for key, item in value.items()}
    return value


def _function() -> None:
    """Stands for any function of a learner's."""
