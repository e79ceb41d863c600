"""What goes to the sandbox in place of proxies, and calls that the sandbox makes meanwhile."""

import time
from collections.abc import Callable

from grader.judge.objects import facts_of, is_proxy
from grader.judge.replies import checked, wants
from grader.sandbox import Timeout
from grader.sandbox.codec import CodecError, Function, NotPlain, Opaque, Ref, dumps, loads

MOST = 20_000  # calls in one question
PATIENCE = 5  # times the seconds of one question, for a question with calls
SIMPLE = frozenset((type(None), bool, int, float, complex, str, bytes))
Reply = dict[str, object]
Ask = Callable[..., Reply]  # ask(operation, **fields) -> reply
Answer = Callable[[str, list[object], dict[str, object]], Reply]


class Endless(Timeout):
    """A guest that calls and calls; it is still there, in the middle of a question."""


def far(value: object, lend: Callable[[object], object] | None = None) -> object:
    """
    Put what the sandbox knows in place of the proxies in a value that goes there.

    `lend` does that for a function or class. NotPlain where the value holds an object of the
    check's own, or a function that nobody lends.
    """
    kind = type(value)
    if kind in SIMPLE:
        return value
    if is_proxy(value):
        return facts_of(value)
    if kind in (list, tuple):
        return kind(far(item, lend) for item in value)
    if kind is dict:
        return {key: far(item, lend) for key, item in value.items()}
    crossed = type(loads(dumps(value), resolve=Ref))
    if lend is not None and crossed is Function:
        return lend(value)
    if crossed in (Function, Opaque):
        raise NotPlain(f"a {kind.__name__} of the check's own")
    return value


def exchange(ask: Ask, seconds: float, answer: Answer, operation: str, **fields: object) -> Reply:
    """
    Ask a question, answer the calls that the guest makes meanwhile, and return the reply.
    GuestError.

    Raises: Endless where the calls go on for too long.
    """
    deadline, calls = time.monotonic() + PATIENCE * seconds, 0
    reply = ask(operation, **fields)
    if not wants(reply):
        return reply
    while wants(reply):
        calls += 1
        if calls > MOST or time.monotonic() > deadline:
            raise Endless("the guest calls other functions without end")
        came = answer(reply["wants"], reply["args"], reply["kwargs"])
        reply = ask("go_on", came=came)
    return checked(operation, reply, fields)


def with_data_alone(answer: Answer) -> Answer:
    """Have calls answered with plain data, or with an error where one is about anything else."""

    def answered(name: str, args: list[object], kwargs: dict[str, object]) -> Reply:
        try:
            return far(answer(name, far(args), far(kwargs)))
        except (NotPlain, CodecError, TypeError) as error:
            return {"raised": {"kinds": ["TypeError"], "message": str(error)[:300]}}

    return answered
