"""Reads a learner's cell for the loop that can be replayed: where it stands and what it counts."""

import ast
import functools
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from grader.widgets import offered, plugged

OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)


@dataclass(frozen=True, slots=True)
class Pair:
    """
    Two lists that loops over indexes compare: the entries `keys` of the dictionary `data`, and what
    one value of each is called. A course names its pairs as entry points of `grader.pairs`.
    """

    data: str
    keys: tuple[str, str]
    names: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """
    Where a loop stands in its cell, what its `for` sets, and the names that it keeps a count in.
    `pair`: what the cell compares, None where it works on no pair of lists that is known.
    """

    first: int
    body: int
    last: int
    targets: tuple[str, ...]
    counters: tuple[str, ...]
    pair: Pair | None


def find(source: str) -> Plan | str:
    """Return the plan of the first `for` loop of a cell, or why there is nothing to replay."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _plan(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "Python cannot read this cell, so none of it ran: the message below it says where."


def find_in(source: str, function: str) -> Plan | None:
    """Return the plan of the first `for` loop of a function in a cell; None for none to replay."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == function]
    plan = _plan(ast.Module(found[-1].body, [])) if found else ""
    return plan if isinstance(plan, Plan) else None


def why_no_turns(source: str) -> str:
    """Say of a text that is no learner's own cell why there are no turns to step through."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "Python cannot read this code, so none of it ran."
    why = "This code has no for loop to step through."
    if any(isinstance(node, COMPREHENSIONS) for node in nodes):
        return f"{why} A comprehension takes all its turns in one expression."
    return why


def _plan(tree: ast.Module) -> Plan | str:
    loop = next((node for node in _own(tree) if isinstance(node, ast.For)), None)
    if loop is None:
        return _no_loop(tree)
    body = loop.body[0].lineno
    if loop.lineno < body <= loop.iter.end_lineno:
        return "Start the body of the loop on a line of its own; then it can be replayed here."
    names = [node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)]
    counters = [name for name in _counters(tree, loop) if name not in names]
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    pair = next((one for one in _pairs() if one.data in read), None) if len(names) == 1 else None
    end = loop.body[-1].end_lineno
    return Plan(loop.lineno, body, end, tuple(names[:3]), tuple(counters[:3]), pair)


@functools.cache
def _pairs() -> tuple[Pair, ...]:
    return tuple(plugged("grader.pairs", name) for name in offered("grader.pairs"))


def _no_loop(tree: ast.Module) -> str:
    nodes = list(ast.walk(tree))
    if any(isinstance(node, ast.For) for node in nodes):
        return "The for loop stands inside a function: only a loop of the cell itself is replayed."
    if any(isinstance(node, COMPREHENSIONS) for node in nodes):
        return (
            "There is no for loop in this cell: a comprehension takes all its turns in one "
            "expression. Written as a `for` statement, they can be replayed here."
        )
    return "There is no for loop in this cell: write one, and it is replayed here turn by turn."


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Every node of a cell in the order of its text, but for functions and classes."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, OWN_SCOPE):
            yield child
            yield from _own(child)


def _names(node: ast.AST, kind: type[ast.expr_context]) -> list[str]:
    nodes = (part for part in ast.walk(node) if isinstance(part, ast.Name))
    return [name.id for name in nodes if isinstance(name.ctx, kind)]


def _counters(tree: ast.Module, loop: ast.For) -> list[str]:
    """The names that a loop builds up: those it reads and sets, or sets after they were set."""
    known = {
        name
        for node in _own(tree)
        if isinstance(node, ast.stmt) and node.end_lineno < loop.lineno
        for name in _names(node, ast.Store)
    }
    found = []
    for node in _own(ast.Module(loop.body, [])):
        if isinstance(node, ast.AugAssign):
            found += _names(node.target, ast.Store)
        elif isinstance(node, ast.Assign):
            names = [name for target in node.targets for name in _names(target, ast.Store)]
            found += [n for n in names if n in known or n in _names(node.value, ast.Load)]
    return list(dict.fromkeys(found))
