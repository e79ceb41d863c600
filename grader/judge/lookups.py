"""What a check finds that looks beyond names: the source of a learner's function, and its dice."""

import ast
import contextlib
import importlib
import inspect
import random
import textwrap
from collections.abc import Callable, Iterable, Iterator

from grader.judge.objects import Proxy, facts_of
from grader.rerun.watch import read
from grader.sandbox.codec import Function

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Sources = Callable[[], Iterable[str]]  # the text of the cells that have run, in order
Seed = Callable[[str, object], None]  # what seeds the learner's generators


@contextlib.contextmanager
def sources_known(check: str, sources: Sources) -> Iterator[None]:
    """Let `inspect.getsource` know the source of a learner's function: it is text that we have."""
    if "getsource" not in check:
        yield
        return
    whole, lines = inspect.getsource, inspect.getsourcelines

    def getsource(thing: object) -> str:
        return source_of(thing, sources()) if isinstance(thing, Proxy) else whole(thing)

    def getsourcelines(thing: object) -> tuple[list[str], int]:
        if isinstance(thing, Proxy):
            return source_of(thing, sources()).splitlines(keepends=True), 1
        return lines(thing)

    inspect.getsource, inspect.getsourcelines = getsource, getsourcelines
    try:
        yield
    finally:
        inspect.getsource, inspect.getsourcelines = whole, lines


def source_of(thing: Proxy, sources: Iterable[str]) -> str:
    """
    Return the text of the last definition of a function or class, with its decorators.

    Raises: OSError where the cells have none of that name, as `inspect` does.
    """
    facts = facts_of(thing)
    if type(facts) is Function:
        for source in reversed(list(sources)):
            if found := _last_definition(source, facts.name):
                return found
    raise OSError("could not get source code")


def _last_definition(source: str, name: str) -> str:
    try:
        nodes = list(ast.walk(read(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    found = [node for node in nodes if isinstance(node, DEFINITIONS) and node.name == name]
    if name == "<lambda>":
        found = [node for node in nodes if isinstance(node, ast.Assign) and _is_lambda(node)]
    if not found:
        return ""
    node = max(found, key=lambda one: one.lineno)
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
    lines = source.splitlines(keepends=True)[first - 1 : node.end_lineno]
    text = textwrap.dedent("".join(lines))
    return text if text.endswith("\n") else f"{text}\n"


def _is_lambda(node: ast.Assign) -> bool:
    return any(isinstance(one, ast.Lambda) for one in ast.walk(node.value))


@contextlib.contextmanager
def seeds_shared(check: str, seed: Seed) -> Iterator[None]:
    """Let a check that seeds random numbers seed the learner's as well, as in one process."""
    if "seed" not in check:
        yield
        return
    modules = {"random": random}
    if "numpy" in check:
        modules["numpy"] = importlib.import_module("numpy").random
    kept = {name: module.seed for name, module in modules.items()}

    def sharing(name: str) -> Callable[..., None]:
        def seeded(value: object = None, *more: object) -> None:
            kept[name](value, *more)
            seed(name, value)

        return seeded

    for name, module in modules.items():
        module.seed = sharing(name)
    try:
        yield
    finally:
        for name, module in modules.items():
            module.seed = kept[name]
