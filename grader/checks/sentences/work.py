"""A learner's function, and what its calls came to: what sentences about it look at."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from grader.checks.called import Call, Called
from grader.checks.difference import Difference


@dataclass(frozen=True)
class Work:
    """
    A function of this name as it was written, and the calls that a check misses: each with what
    came of it. `example` is where the shortest of them went wrong, and `takes` the names of the
    arguments in the task, () where nobody knows.
    """

    name: str
    tree: ast.Module
    calls: list[tuple[Call, Called]]
    example: Difference | None = None
    takes: tuple[str, ...] = ()

    @cached_property
    def node(self) -> ast.FunctionDef | None:
        """The definition that counts, None where the name stands for something else."""
        found = (one for one in self.tree.body if isinstance(one, ast.FunctionDef))
        return next((one for one in [*found][::-1] if one.name == self.name), None)

    @cached_property
    def parameters(self) -> list[str]:
        """The names of its arguments."""
        return [one.arg for one in self.node.args.args]

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the function, without those of functions in it."""
        return list(own(self.node))

    @cached_property
    def errors(self) -> set[tuple[str, str]]:
        """The errors with which the calls stopped."""
        return {one.error for _, one in self.calls if one.error is not None}

    @cached_property
    def stored(self) -> set[str]:
        """The names that get a value, in the function or beside it."""
        names = (one for one in ast.walk(self.tree) if isinstance(one, ast.Name))
        return {one.id for one in names if isinstance(one.ctx, ast.Store)}


def own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes of a function, without those of functions in it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)


def calls_name(node: ast.AST) -> bool:
    """Tell whether a node calls something by its name."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


def loads(node: ast.Name) -> bool:
    """Tell whether a name is read."""
    return isinstance(node.ctx, ast.Load)
