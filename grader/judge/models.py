"""
Functions that stand in for a learner's, run where the learner's code cannot read them.

A guest in which learner code runs only knows the names. It says what a function is called with, and
is told what came of it: `exchange` goes to and fro between the two. The text, the compiled code and
the exceptions' frames of a model answer stay in a guest of their own; the stand-ins of a check run
in the trusted process, which they are part of.

What remains: learner code may ask for as many calls as it likes, with any plain data, and so learns
what a model answer gives. That answer belongs to an earlier task, which was judged before.
"""

import time
from collections.abc import Callable

from grader.judge.remote import far
from grader.judge.replies import checked, wants
from grader.judge.sources import names_bound
from grader.sandbox import GuestProcess, Timeout
from grader.sandbox.codec import CodecError, Function, NotPlain, Opaque

MOST = 20_000  # calls in one question
PATIENCE = 2  # times the seconds of one question, for a question with calls
Reply = dict[str, object]
Ask = Callable[..., Reply]  # ask(operation, **fields) -> reply
Answer = Callable[[str, list[object], dict[str, object]], Reply]


class Endless(Timeout):
    """A guest that calls and calls; it is still there, in the middle of a question."""


def exchange(ask: Ask, seconds: float, answer: Answer, operation: str, **fields: object) -> Reply:
    """
    Ask a question, answer the calls that the guest makes meanwhile, and return the reply.
    GuestError.

    Raises: Endless where the calls go on for too long.
    """
    deadline, calls = time.monotonic() + PATIENCE * seconds, 0
    reply = ask(operation, **fields)
    while wants(reply):
        calls += 1
        if calls > MOST or time.monotonic() > deadline:
            raise Endless("the guest calls other functions without end")
        reply = ask("go_on", came=_answered(answer, reply))
    return reply


def _answered(answer: Answer, asked: Reply) -> Reply:
    """Answer a call with plain data, or with an error where it is about anything else."""
    try:
        return far(answer(asked["wants"], far(asked["args"]), far(asked["kwargs"])))
    except (NotPlain, CodecError, TypeError) as error:
        return {"raised": {"kinds": ["TypeError"], "message": str(error)[:300]}}


class Models:
    """The model answers of some cells, in a guest where nothing but the key's own cells has run."""

    def __init__(
        self, guest: GuestProcess, seconds: float, sources: list[str], chosen: list[str]
    ) -> None:
        self._guest, self._seconds = guest, seconds
        for number, source in enumerate(sources, start=1):
            guest.ask("run", seconds, cell=source, number=number)
        found = self._asked("get", names=sorted(names_bound(chosen)))["values"]
        self._functions = {name: one for name, one in found.items() if _is_function(one)}
        self.values = {name: one for name, one in found.items() if _is_plain(one)}

    @property
    def functions(self) -> list[str]:
        """The names of the functions."""
        return sorted(self._functions)

    def answer(self, name: str, args: list[object], kwargs: dict[str, object]) -> Reply:
        """
        Call a function of the model answers.

        Raises: TypeError for a function that these answers do not have.
        """
        if name not in self._functions:
            raise TypeError(f"there is no {name}")
        return self._asked("call", thing=self._functions[name], args=args, kwargs=kwargs)

    def _asked(self, operation: str, **fields: object) -> Reply:
        return checked(operation, self._guest.ask(operation, self._seconds, **fields), fields)


def _is_function(value: object) -> bool:
    return type(value) is Function and not value.is_class


def _is_plain(value: object) -> bool:
    try:
        return type(value) not in (Function, Opaque) and far(value) is not None
    except (NotPlain, CodecError):
        return False
