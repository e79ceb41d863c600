"""
The one loop that runs beside learner code, in a guest of the sandbox.

In: requests of the trusted side over one socket, each with a random id. Out: one reply each, made
of plain data (see `wire`). In the middle of a request learner code may call a function that lives
elsewhere: then the reply says which and with what, and the next request brings what came of it, so
that its text is never here. Ends when the other side closes the socket, or is killed. Whatever it
says is only a claim: learner code shares this process and may change all of it.
"""

import importlib
import json
import marshal
import signal
import socket
import time
from collections.abc import Callable

from grader.rerun import chance
from grader.rerun.calls import calls
from grader.rerun.elsewhere import stand_in
from grader.rerun.quiet import quiet
from grader.rerun.rerun import Run, reruns
from grader.sandbox import codec, walls
from grader.sandbox.guest import protocols, shell

LARGEST_VALUE = 8 * 1024 * 1024  # bytes of one value; a larger one is named, not sent
LONGEST_TEXT = 100_000  # characters kept of what a called function prints
MOST_TURNS = 10_000  # values kept of a loop variable
FULL = getattr(signal, "SIGUSR2", signal.SIGTERM)  # what a full guest is sent
EXACT = 2  # a version of marshal that does not depend on who else holds an object
Reply = dict[str, object]


def prepare() -> None:
    """
    Do once, in the warm server, what every guest would do for the first time: guests then share the
    memory that it takes.
    """
    shell.prepare()
    step = "total = 0\nfor i in range(2):\n    total += i\nprint(f'{total}')"
    (run,) = reruns((step,), [({"total": 1}, {"watch": "i", "reference": {"total": 0}})])
    codec.loads(codec.dumps({"id": b"", "reply": {"runs": [_as_data(run, {"total": 1})]}}))


def serve(connection: socket.socket, programs: bool = False) -> None:
    """Answer requests until the other side is gone; other programs may start if that is said."""
    guest = Guest(connection, programs)
    while True:
        try:
            request = codec.loads(codec.receive(connection), resolve=guest.live)
        except codec.Closed:
            return
        codec.send(connection, guest.answer(request))


class Guest:
    """The learner's namespace, and what may be asked about it."""

    def __init__(self, connection: socket.socket | None = None, programs: bool = False) -> None:
        self.shell = shell.Shell(connection.fileno() if programs else None)
        self._connection, self._id = connection, b""
        self._handles: list[object] = []
        self._numbers: dict[int, int] = {}  # the handle of each, by its id: all are kept
        self._busy, self._since = False, time.monotonic()
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(FULL, self._full)

    def _stop(self, *_: object) -> None:
        """Take the stop button as meant for learner code, and for nothing else."""
        if self._busy:
            seconds = time.monotonic() - self._since
            raise KeyboardInterrupt(walls.STOPPED.format(seconds=seconds))

    def _full(self, *_: object) -> None:
        """Tell learner code that it has all the memory there is."""
        if self._busy:
            raise MemoryError(walls.MEMORY)

    def live(self, handle: int) -> object:
        """Return the object that a handle stands for."""
        return self._handles[handle - 1]

    def remember(self, thing: object) -> int:
        """Keep an object that cannot cross the wall, and return a handle for it."""
        if id(thing) not in self._numbers:
            self._handles.append(thing)
            self._numbers[id(thing)] = len(self._handles)
        return self._numbers[id(thing)]

    def answer(self, request: Reply) -> bytes:
        """Do what a request asks; one that fails inside is told by name."""
        self._id, operation = request.pop("id"), request.pop("op")
        self._since = time.monotonic()
        try:
            self._busy = True
            reply = getattr(self, f"_{operation}")(**request)
        except BaseException as error:
            reply = {"raised": _raised(error)}
        finally:
            self._busy = False
        return self._packed(reply)

    def _packed(self, reply: Reply) -> bytes:
        told = {"id": self._id, "reply": reply}
        return codec.dumps(told, remember=self.remember, largest=LARGEST_VALUE)

    def _elsewhere(self, name: str, args: list[object], kwargs: dict[str, object]) -> Reply:
        """Have a call answered by the other side, in the middle of a request of its own."""
        self._busy = False
        codec.send(self._connection, self._packed({"wants": name, "args": args, "kwargs": kwargs}))
        request = codec.loads(codec.receive(self._connection), resolve=self.live)
        self._id, self._busy = request["id"], True
        return request["came"]

    def _stand_in(self, names: list[str]) -> Reply:
        for name in names:
            self.shell.space[name] = stand_in(name, self._elsewhere)
        return {}

    def _run(self, cell: str, number: int) -> Reply:
        outputs, stop = self.shell.run(cell, number)
        return {"outputs": outputs, "stop": stop}

    def _get(self, names: list[str]) -> Reply:
        space = self.shell.space
        return {"values": {name: space[name] for name in names if name in space}}

    def _has(self, names: list[str]) -> Reply:
        return {"names": [name for name in names if name in self.shell.space]}

    def _set(self, values: dict[str, object]) -> Reply:
        self.shell.space.update(values)
        return {}

    def _delete(self, names: list[str]) -> Reply:
        for name in names:
            self.shell.space.pop(name, None)
        return {}

    def _call(self, thing: object, args: list[object], kwargs: dict[str, object]) -> Reply:
        return self._watched(lambda: thing(*args, **kwargs)) | {"args": args, "kwargs": kwargs}

    def _calls(self, plan: str) -> Reply:
        return {"cases": calls(json.loads(plan), self.shell.space, self._elsewhere)}

    def _attribute(self, thing: object, name: str) -> Reply:
        return self._watched(lambda: getattr(thing, name))

    def _protocols(self, thing: object) -> Reply:
        return protocols.facts(thing)

    def _act(self, thing: object, name: str, args: list[object]) -> Reply:
        return self._watched(lambda: protocols.act(thing, name, args))

    def _number(self, thing: object) -> Reply:
        return self._watched(lambda: protocols.number(thing))

    def _stand_in_for(self, name: str, key: str) -> Reply:
        """Make a function that calls the one which the other side keeps under a key."""
        return {"value": stand_in(name, lambda _, *given: self._elsewhere(key, *given))}

    def _known(self, module: str, name: str) -> Reply:
        """Return a library's function or class."""
        return self._watched(lambda: getattr(importlib.import_module(module), name))

    def _names(self) -> Reply:
        return {"names": self.shell.names()}

    def _seed(self, module: str, value: object) -> Reply:
        return self._watched(lambda: chance.seed(module, value))

    def _is_instance(self, thing: object, kind: object) -> Reply:
        return self._watched(lambda: bool(isinstance(thing, kind)))

    def _is_subclass(self, thing: object, kind: object) -> Reply:
        return self._watched(lambda: bool(issubclass(thing, kind)))

    def _watched(self, act: Callable[[], object]) -> Reply:
        """Do something with learner code; say what came of it and what it printed."""
        with quiet() as caught:
            try:
                reply: Reply = {"value": act()}
            except BaseException as error:
                reply = {"raised": _raised(error)}
        return reply | {"printed": caught.stdout[:LONGEST_TEXT]}

    def _rerun(self, cells: list[str], asked: object) -> Reply:
        if type(asked) is bytes:  # plain data, packed faster than `wire` does; it comes from there
            asked = marshal.loads(asked)
        asked = [(inputs, options) for inputs, options in asked]
        runs = reruns(tuple(cells), asked)
        return {"runs": [_as_data(run, one[0]) for run, one in zip(runs, asked, strict=False)]}


def _as_data(run: Run, inputs: dict[str, object]) -> Reply:
    same = [name for name in inputs if name in run.values and _same(run.values[name], inputs[name])]
    return {
        "values": {name: value for name, value in run.values.items() if name not in same},
        "same": same,
        "printed": run.printed,
        "logged": run.logged[:LONGEST_TEXT],
        "stop": run.stop and [getattr(run.stop, name) for name in run.stop.__slots__],
        "turns": [turns[:MOST_TURNS] for turns in run.turns[:MOST_TURNS]],
    }


def _same(value: object, given: object) -> bool:
    """Tell whether a value is still the plain data that was given, down to the types."""
    try:
        return marshal.dumps(value, EXACT) == marshal.dumps(given, EXACT)
    except ValueError:
        return False


def _raised(error: BaseException) -> Reply:
    """Name an exception and the classes it comes from; its text is the learner's."""
    try:
        message = str(error)[:1000]
    except BaseException:
        message = ""
    kinds = [kind.__name__[:80] for kind in type.mro(type(error))]
    return {"kinds": kinds, "message": message if type(message) is str else ""}
