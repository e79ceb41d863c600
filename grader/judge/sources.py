"""What the text of cells says: the modules to have ready, and lines of a check for everybody."""

import ast
import builtins
import contextlib
import functools
from collections.abc import Iterable, Iterator

import grader.widgets
from grader.aliases import today
from grader.course.regions import without_hidden_tests
from grader.rerun.watch import parse, read

HEAVY = frozenset(
    """
    altair anywidget bokeh fairlearn ipywidgets lightgbm matplotlib networkx numba numpy pandas
    plotly scipy seaborn sklearn statsmodels sympy
    """.split()  # noqa: SIM905 - a list of quoted names is harder to read
)


@functools.lru_cache(maxsize=256)
def shared(check: str) -> str:
    """
    Return the imports and definitions in the visible part of a check, which later cells may use
    as they would in one kernel; "" for none.
    """
    try:
        body = parse(without_hidden_tests(check)).body
    except SyntaxError:
        return ""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    return "\n".join(
        ast.unparse(node) for node in body if isinstance(node, kinds) and not _ours(node)
    )


@functools.lru_cache(maxsize=256)
def asks_only_for_answers(check: str) -> bool:
    """Tell whether a check looks at saved quiz answers and at nothing that the notebook ran."""
    # Imported here: the process that hands out hand-ins judges nothing.
    from grader.checks.words import ANSWERS, WORDS, WORK

    called = {node.func.id for node in _nodes([check]) if _is_plain_call(node)}
    asks = {WORDS[name].asks if name in WORDS else WORK for name in called}
    return ANSWERS in asks and WORK not in asks


def _is_plain_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


@functools.lru_cache(maxsize=256)
def asks_for_numpy(check: str) -> bool:
    """Tell whether a check imports NumPy, or a library that does."""
    return any(name.split(".")[0] in HEAVY for name in imported(check))


@functools.lru_cache(maxsize=256)
def imports_words(check: str) -> bool:
    """
    Tell whether a check says words of grader.checks, which are judged outside the sandbox alone.
    """
    return any(
        isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader.checks")
        for node in _nodes([check])
    )


def always_true(check: str) -> str:
    """
    Return the first assertion of a check that holds whatever was answered, "" for none: of a tuple,
    which is meant to be a condition and its message, or of a condition `or` something true.
    """
    for node in _nodes([check]):
        if isinstance(node, ast.Assert) and _holds_always(node.test):
            return ast.unparse(node)
    return ""


def _holds_always(test: ast.expr) -> bool:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(isinstance(one, ast.Constant) and bool(one.value) for one in test.values)
    return isinstance(test, ast.Tuple) and bool(test.elts)


def _ours(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader")


def modules(learners: Iterable[str], keys: Iterable[str]) -> tuple[str, ...]:
    """
    Return what the sandbox has ready before it starts: the large libraries that cells import, and
    of the key's own cells also the modules in them and the parts of the course that they show.
    """
    large = {name.split(".")[0] for name in set().union(*map(imported, learners))} & HEAVY
    named = set().union(*map(imported, keys))
    return tuple(
        sorted(large | {name for name in named if name.split(".")[0] in HEAVY | {"grader"}})
    )


@functools.lru_cache(maxsize=1024)
def imported(source: str) -> frozenset[str]:
    """Return the names of the modules that a cell imports; none of one that does not parse."""
    found: set[str] = set()
    for node in _nodes([source]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif (
            isinstance(node, ast.ImportFrom) and today(node.module or "") == grader.widgets.__name__
        ):
            parts = (grader.widgets.module_of(alias.name) for alias in node.names)
            found |= set(filter(None, parts))
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return frozenset(found)


def names_bound(sources: Iterable[str]) -> set[str]:
    """Return the names that cells give a value to at any level; of imports, only what they say."""
    found: set[str] = set()
    for node in _nodes(sources):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.split(".")[0])
    return found


def handed_over(cells: Iterable[str], checks: Iterable[str]) -> tuple[str, ...]:
    """
    Return the names that checks give a value to for functions of the cells: the cells use them and
    never bind them.
    """
    cells = list(cells)
    loads = (node for node in _nodes(cells) if isinstance(node, ast.Name))
    used = {node.id for node in loads if isinstance(node.ctx, ast.Load)}
    parameters = {node.arg for node in _nodes(cells) if isinstance(node, ast.arg)}
    own = names_bound(cells) | parameters | set(dir(builtins))
    return tuple(sorted((used - own) & names_bound(checks)))


def _nodes(sources: Iterable[str]) -> Iterator[ast.AST]:
    """Yield every node of the cells that parse."""
    for source in sources:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            yield from ast.walk(read(source))
