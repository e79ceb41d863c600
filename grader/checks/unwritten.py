"""
Tells whether a cell holds code of a learner's yet: whether it differs in meaning from what was
released.

Where the released text is at hand, the two are compared without comments, docstrings and `pass`. A
learner's own kernel does not have it: there the name must be bound by nothing but a function
without code or a dictionary of None, beside definitions and imports. Else the code is judged.
"""

import ast
import functools
import re
from collections.abc import Sequence

from grader.rerun.watch import read

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
MAGIC = re.compile(r"(?m)^\s*[%!]")  # may bind any name
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


def unwritten(cells: Sequence[str], name: str, released: str | None) -> bool:
    """
    Tell whether cells hold nothing of a learner's for this name. `released` is the text that the
    learner began with, None where nobody knows it.
    """
    try:
        body = [line for cell in cells for line in _meaning(read(cell))]
        first = None if released is None else _first(released)
    except UNREADABLE:
        return False
    if any(map(MAGIC.search, cells)):
        return False
    if first is not None and _dumped(body) == first:
        return True
    return not body if first is not None else _is_untouched(body, name)


def _meaning(tree: ast.Module) -> list[ast.stmt]:
    """Return the lines of a cell that say something."""
    return [line for line in tree.body if not _says_nothing(line)]


@functools.lru_cache(maxsize=100)  # one for all who began with it
def _first(released: str) -> str:
    return _dumped(_meaning(read(released)))


def _dumped(body: list[ast.stmt]) -> str:
    return ast.dump(_Bare().visit(ast.parse(ast.unparse(ast.Module(body, [])))))


class _Bare(ast.NodeTransformer):
    """Takes out of every body what says nothing."""

    def visit(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        for part in ("body", "orelse", "finalbody"):
            lines = getattr(node, part, None)
            if isinstance(lines, list):
                setattr(node, part, [line for line in lines if not _says_nothing(line)])
        return node


def _is_untouched(body: list[ast.stmt], name: str) -> bool:
    """
    Tell whether all that binds a name here is a stub. Another line than a definition or an import
    may bind it too, if only by what it calls.
    """
    return all(
        _is_stub(line) if _binds(line, name) else isinstance(line, IMPORTS) or _is_defined(line)
        for line in body
    )


def _binds(line: ast.stmt, name: str) -> bool:
    if isinstance(line, IMPORTS):
        return any(
            alias.name == "*" or (alias.asname or alias.name) == name for alias in line.names
        )
    if isinstance(line, DEFINITIONS):
        return line.name == name
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(line))


def _is_stub(line: ast.stmt) -> bool:
    """Tell whether a line is a function without code, or a name for None or a dictionary of it."""
    if isinstance(line, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return _is_defined(line) and all(map(_says_nothing, line.body))
    if isinstance(line, (ast.Assign, ast.AnnAssign)) and line.value is not None:
        targets = line.targets if isinstance(line, ast.Assign) else [line.target]
        return all(isinstance(one, ast.Name) for one in targets) and _is_nothing(line.value)
    return False


def _is_defined(line: ast.stmt) -> bool:
    """Tell whether a definition runs nothing of its own: no decorators, no calls in defaults."""
    if not isinstance(line, (ast.FunctionDef, ast.AsyncFunctionDef)) or line.decorator_list:
        return False
    asked = (ast.Call, ast.Await, ast.NamedExpr)
    return not any(isinstance(node, asked) for node in ast.walk(line.args))


def _is_nothing(value: ast.expr) -> bool:
    if isinstance(value, ast.Dict):
        return all(map(_is_nothing, value.values))
    return isinstance(value, ast.Constant) and value.value in (None, ...)


def _says_nothing(line: ast.stmt) -> bool:
    """Tell whether a line is `pass`, a docstring or another constant."""
    constant = isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
    return constant or isinstance(line, ast.Pass)
