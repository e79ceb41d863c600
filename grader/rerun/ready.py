"""
Makes a cell ready to run: its code with the watchers in it, or why there is none.

Kept for the next time: a step runs some twenty times with other inputs, and nearly all of the work
is here.
"""

import ast
import functools
import types
from dataclasses import dataclass

from grader.rerun.watch import Watch, parse

Watched = tuple[str | None, bool, frozenset[str], bool]  # what a `Watch` is made of
UNWATCHED: Watched = (None, False, frozenset(), False)


@dataclass(frozen=True, slots=True)
class Stop:
    """
    Where and why a cell stopped: `kind` is the exception's class name, `line` counts from 1 in
    cell number `cell`.
    """

    kind: str
    message: str
    cell: int = 0
    line: int = 0
    text: str = ""
    in_loop: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """The code of a cell, and the first and last line of the body of each of its loops."""

    code: types.CodeType
    bodies: tuple[tuple[int, int], ...]

    def in_loop(self, line: int) -> bool:
        """Tell whether a line stands in the body of a loop."""
        return any(first <= line <= last for first, last in self.bodies)


@functools.lru_cache(maxsize=64)
def ready(cell: str, number: int, watched: Watched) -> Ready | Stop:
    """Compile cell number so and so; a Stop where it does not compile."""
    try:
        original = parse(cell)
        loops = [node for node in ast.walk(original) if isinstance(node, ast.For)]
        bodies = tuple((node.body[0].lineno, node.end_lineno) for node in loops)
        tree = ast.fix_missing_locations(Watch(*watched).visit(original))
        code = compile(tree, file_name(number), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError) as error:  # ValueError: a null byte in the source
        line = getattr(error, "lineno", None) or 1
        return Stop(
            type(error).__name__,
            getattr(error, "msg", None) or str(error),
            number,
            line,
            line_of(cell, line),
        )
    except (RecursionError, MemoryError):
        return Stop("SyntaxError", "the code is nested too deeply", number, 1, line_of(cell, 1))
    return Ready(code, bodies)


def file_name(number: int) -> str:
    """Return the name under which the code of a cell is compiled."""
    return f"<cell {number}>"


def line_of(cell: str, line: int) -> str:
    """Return a line of a cell, which counts from 1; "" where there is none."""
    lines = cell.splitlines()
    return lines[line - 1] if 0 < line <= len(lines) else ""
