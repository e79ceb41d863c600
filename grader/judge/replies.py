"""
The shapes that a guest's answers may have. Whatever else comes is Tampered, before anybody uses it.

What the values in an answer are is not looked at here: they are the learner's, and only claims.
"""

import json
from collections.abc import Callable

from grader.sandbox import Tampered

Reply = dict[str, object]
Shape = Callable[[Reply, Reply], bool]  # (reply, fields of the question)


def checked(operation: str, reply: Reply, fields: Reply) -> Reply:
    """
    Return the reply if it has the shape of an answer to this question.

    Raises: Tampered for a reply that no honest guest gives.
    """
    if not SHAPES[operation](reply, fields):
        raise Tampered("the answer has another shape than the question asks for")
    return reply


def _ran(reply: Reply, fields: Reply) -> bool:
    return type(reply.get("outputs")) is list


def _values(reply: Reply, fields: Reply) -> bool:
    values = reply.get("values")
    return type(values) is dict and all(type(name) is str for name in values)


def _names(reply: Reply, fields: Reply) -> bool:
    return _texts(reply.get("names"))


def _done(reply: Reply, fields: Reply) -> bool:
    return reply == {}


def _acted(reply: Reply, fields: Reply) -> bool:
    """A value, or an exception with its classes and its words; and what was printed."""
    raised = reply.get("raised")
    if type(reply.get("printed", "")) is not str:
        return False
    if "raised" not in reply:
        return "value" in reply
    return (
        type(raised) is dict
        and raised.keys() == {"kinds", "message"}
        and _texts(raised["kinds"])
        and type(raised["message"]) is str
    )


def _called(reply: Reply, fields: Reply) -> bool:
    """As `_acted`, with the arguments back: as many as were sent, under the same names."""
    args, kwargs = reply.get("args"), reply.get("kwargs")
    return (
        _acted(reply, fields)
        and type(args) is list
        and len(args) == len(fields["args"])
        and type(kwargs) is dict
        and list(kwargs) == list(fields["kwargs"])
    )


def _protocols(reply: Reply, fields: Reply) -> bool:
    return _texts(reply.get("methods")) and _texts(reply.get("kinds"))


def _reran(reply: Reply, fields: Reply) -> bool:
    """A Run for the first question at least, and none that nobody asked for."""
    runs = reply.get("runs")
    return (
        type(runs) is list
        and 1 <= len(runs) <= len(fields["asked"])
        and all(
            type(run) is dict and _is_run(run, inputs)
            for run, (inputs, _) in zip(runs, fields["asked"], strict=False)
        )
    )


def _is_run(reply: Reply, inputs: Reply) -> bool:
    """
    The parts of a Run, with the names of those inputs that are as they were; a stop is five plain
    facts and whether it was in a loop.
    """
    stop, turns = reply.get("stop"), reply.get("turns")
    kinds = [type(part) for part in stop] if type(stop) is list else []
    return (
        _values(reply, inputs)
        and _texts(reply.get("same"))
        and set(reply["same"]) <= set(inputs)
        and type(reply.get("printed")) is type(reply.get("logged")) is str
        and (stop is None or kinds == [str, str, int, int, str, bool])
        and type(turns) is list
        and all(type(one) is list for one in turns)
    )


def _went(reply: Reply, fields: Reply) -> bool:
    """What came of the acts of the first case at least; a case may have ended early."""
    cases, plan = reply.get("cases"), json.loads(fields["plan"])
    return (
        type(cases) is list
        and 1 <= len(cases) <= len(plan)
        and all(type(came) is list for came in cases)
        and all(1 <= len(came) <= len(acts) for came, acts in zip(cases, plan, strict=False))
        and all(type(one) is dict and _came(one) for came in cases for one in came)
    )


def _came(one: Reply) -> bool:
    """JSON as a text, or the class, words and bases of an error; what was printed; arguments."""
    raised = one.get("raised", ["", ""])
    texts = [one.get("value", ""), one.get("printed"), one.get("after", "")]
    return (
        one.keys() <= {"value", "raised", "kinds", "printed", "after"}
        and _texts(texts)
        and _texts(raised)
        and len(raised) == 2
        and _texts(one.get("kinds", []))
        and ("value" in one) != ("raised" in one)
    )


def wants(reply: Reply) -> bool:
    """
    Tell whether this is no answer yet: code in the guest calls a function that lives elsewhere, and
    `args` and `kwargs` are what it is called with.
    """
    args, kwargs = reply.get("args"), reply.get("kwargs")
    return (
        reply.keys() == {"wants", "args", "kwargs"}
        and type(reply["wants"]) is str
        and type(args) is list
        and type(kwargs) is dict
        and all(type(name) is str for name in kwargs)
    )


def _or_wants(shape: Shape) -> Shape:
    return lambda reply, fields: wants(reply) or shape(reply, fields)


def _goes_on(reply: Reply, fields: Reply) -> bool:
    """The answer to a question before, or to none: who asked that looks at its shape."""
    return True


def _texts(value: object) -> bool:
    return type(value) is list and all(type(item) is str for item in value)


SHAPES: dict[str, Shape] = {
    "run": _ran,
    "get": _values,
    "has": _names,
    "set": _done,
    "delete": _done,
    "names": _names,
    "call": _or_wants(_called),
    "act": _or_wants(_acted),
    "attribute": _or_wants(_acted),
    "number": _or_wants(_acted),
    "is_instance": _or_wants(_acted),
    "is_subclass": _or_wants(_acted),
    "seed": _or_wants(_acted),
    "protocols": _protocols,
    "stand_in_for": _acted,
    "known": _acted,
    "rerun": _reran,
    "calls": _or_wants(_went),
    "go_on": _goes_on,
    "stand_in": _done,
}
