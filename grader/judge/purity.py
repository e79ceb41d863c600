"""
What code can be known to do from its text alone. The text is the learner's, and it is all that is
believed here: code that cannot be understood is not plain.
"""

import ast
import builtins
import functools
import warnings

from grader.rerun.watch import read

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
LONGEST_CONSTANTS = 20_000  # characters of a cell whose values are read here
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
        tree = read(cell)
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


@functools.lru_cache(maxsize=1024)
def leaves_python_alone(cell: str) -> bool:
    """
    Tell whether a cell, run by IPython, only computes: plain code in which IPython reads no magic.

    In a cell of one line a first word may be a magic without its sign, as in `run other.py`.
    """
    tree = _as_it_stands(cell)
    if tree is None or not is_plain(cell):
        return False
    return len(cell.splitlines()) != 1 or all(map(_is_no_magic, tree.body))


def _is_no_magic(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        call = statement.value
        called = call.func if isinstance(call, ast.Call) else None
        return isinstance(called, ast.Name) and called.id in FUNCTIONS
    return _constant_names(statement) != [] or isinstance(statement, (ast.For, ast.If, ast.While))


@functools.lru_cache(maxsize=1024)
def constants(cell: str) -> tuple[tuple[str, ast.expr], ...] | None:
    """
    Return the names to which a cell gives constants if it does nothing else, each with the
    expression from which `ast.literal_eval` makes a new value; None for any other cell.
    """
    tree = _as_it_stands(cell) if len(cell) <= LONGEST_CONSTANTS else None
    found = []
    for statement in tree.body if tree else ():
        names = _constant_names(statement)
        if not names or not _is_literal(statement.value):
            return None
        found += [(name, statement.value) for name in names]
    return tuple(found) if tree else None


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _constant_names(statement: ast.stmt) -> list[str]:
    """Return the targets of an assignment to names alone; none for any other statement."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return names if len(names) == len(targets) else []


def _as_it_stands(cell: str) -> ast.Module | None:
    """Parse a cell that is Python without IPython's help, and without a warning; else None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return ast.parse(cell)
    except (SyntaxError, ValueError, Warning, RecursionError, MemoryError):
        return None
