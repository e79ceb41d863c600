"""
Runs a step again in rooms of the jail where nothing else of the notebook has run.

The learner's own process may have been changed by the learner's code, so a step is never run again
there. Steps made of plain code share one room, since plain code cannot change Python itself; any
other step gets a room of its own.
"""

import ast
import builtins
import functools
from collections.abc import Callable

from grader.grading.process import ATTEMPTS
from grader.grading.replies import checked
from grader.jail import Died, Hung, Room, RoomError
from grader.rerun.rerun import Run, Stop
from grader.rerun.watch import parse
from grader.wire import Function, Opaque, about

SLACK = 4.0  # seconds for a re-run beyond its own time limit, on a busy machine
METHODS = frozenset(
    """
    append capitalize clear copy count endswith extend find format get index insert is_integer
    isdigit items join keys lower pop remove replace reverse setdefault sort split startswith strip
    title update upper values
    """.split()  # noqa: SIM905 - a list of 30 quoted names is harder to read
)
FUNCTIONS = frozenset(
    """
    abs all any bool complex dict divmod enumerate filter float frozenset int isinstance len list
    map max min pow print range reversed round set slice sorted str sum tuple zip
    """.split()  # noqa: SIM905
)
IPYTHONS = frozenset(("get_ipython", "display", "exit", "quit", "In", "Out"))
REACHING = (
    ast.Import,
    ast.ImportFrom,
    ast.ClassDef,
    ast.AsyncFunctionDef,
    ast.Await,
    ast.With,
    ast.Match,  # a class pattern reads any attribute
)


@functools.lru_cache(maxsize=1024)
def is_plain(cell: str) -> bool:
    """
    Tell whether a cell only computes: no import, no class, no attribute but well-known methods, and
    no name of Python's that reaches beyond values. A cell that does not parse runs nothing.
    """
    try:
        tree = parse(cell)
    except (SyntaxError, ValueError):
        return True
    except (RecursionError, MemoryError):
        return False
    return all(_is_plain_node(node) for node in ast.walk(tree))


def _is_plain_node(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in METHODS
    if isinstance(node, ast.Name):
        python = getattr(builtins, node.id, None)
        known = node.id in FUNCTIONS or not hasattr(builtins, node.id)
        known = known or (isinstance(python, type) and issubclass(python, Exception))
        return known and not node.id.startswith("__") and node.id not in IPYTHONS
    if isinstance(node, ast.FunctionDef):
        return not node.decorator_list and not node.name.startswith("__")
    return not isinstance(node, REACHING)


class Reruns:
    """Runs steps again; called like `grader.rerun.rerun.rerun`."""

    def __init__(self, open_room: Callable[[], Room]) -> None:
        self._open = open_room
        self._rooms: dict[tuple[str, ...], Room] = {}

    def __call__(
        self,
        cells: tuple[str, ...],
        inputs: dict[str, object],
        *,
        before: tuple[str, ...] = (),
        seconds: float = 2.0,
        **options: object,
    ) -> Run:
        """Run `cells` with `inputs`; what the jail answers is only taken if it is plain data."""
        options |= {"before": before, "seconds": seconds}
        fields = {"cells": list(cells), "inputs": inputs, "options": options}
        for attempt in range(1, ATTEMPTS + 1):
            room = self._room(before + cells)
            try:
                return _run(checked("rerun", room.ask("rerun", seconds + SLACK, **fields), fields))
            except RoomError as error:
                self._forget(room)
                # A death is perhaps not the step's: the machine may be out of memory.
                if attempt == ATTEMPTS or not isinstance(error, Died):
                    kind = "TimeLimit" if isinstance(error, Hung) else type(error).__name__
                    return Run({}, "", "", Stop(kind, str(error)))
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close every room."""
        for room in self._rooms.values():
            room.close()
        self._rooms.clear()

    def _room(self, cells: tuple[str, ...]) -> Room:
        key = () if all(is_plain(cell) for cell in cells) else cells
        if key not in self._rooms:
            self._rooms[key] = self._open()
        return self._rooms[key]

    def _forget(self, room: Room) -> None:
        room.close()
        self._rooms = {key: one for key, one in self._rooms.items() if one is not room}


def _run(reply: dict[str, object]) -> Run:
    """Make a Run of a checked reply."""
    values = {name: inert(value) for name, value in reply["values"].items()}
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
