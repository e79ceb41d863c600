"""
What a step's source text says, read from its syntax tree: loops, assignments, calls, f-strings.
Nothing is run here.
"""

import ast
import difflib
import functools
from collections.abc import Iterator
from dataclasses import dataclass

from grader.checks.reach import reaches
from grader.rerun.watch import names_in
from grader.rerun.watch import read as read_cell

TOOLS = {"In", "Out", "_ih", "_oh", "get_ipython", "__builtins__"}  # IPython's own
COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)


@dataclass(frozen=True)
class Source:
    """
    The cells of a step as text and, joined, as one tree; a cell that does not parse is missing
    from the tree.
    """

    cells: tuple[str, ...]
    tree: ast.Module

    def walk(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Every node of these kinds, in the order of the text's tree."""
        return (node for node in nodes(self.tree) if isinstance(node, kinds))

    @property
    def empty(self) -> bool:
        """True where the learner has written nothing yet: only comments, blank lines or `pass`."""
        return all(not cell_code(cell) for cell in self.cells)

    @functools.cached_property
    def meddles(self) -> bool:
        """
        True where the step changes what is not its own: a part of a module, IPython's history, or
        what `print` means.
        """
        modules = {
            alias.asname or alias.name.split(".")[0]
            for node in self.walk(ast.Import)
            for alias in node.names
        } | TOOLS
        changed = [node for node in self.walk(ast.Attribute, ast.Subscript) if _stores(node)]
        printers = {node.name for node in self.walk(ast.FunctionDef, ast.ClassDef)}
        return any(
            names_in(node.value) & modules for node in changed
        ) or "print" in printers | names_stored(self.tree)

    @functools.cached_property
    def reaches(self) -> bool:
        """
        True where the step may get hold of what runs it: a name with underscores before it, a text
        that holds one, a name such as `globals`, or a module that does more than compute.
        """
        return any(map(reaches, nodes(self.tree)))


def _stores(node: ast.Attribute | ast.Subscript) -> bool:
    return isinstance(node.ctx, (ast.Store, ast.Del))


@functools.lru_cache(maxsize=256)
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Every node of a tree that nobody changes, as `ast.walk` gives them; kept, as many ask."""
    return tuple(ast.walk(tree))


def read(cells: tuple[str, ...]) -> Source:
    """Read the cells of a step."""
    body: list[ast.stmt] = []
    for cell in cells:
        try:
            body += read_cell(cell).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return Source(cells, ast.Module(body, []))


def cell_code(cell: str) -> str:
    """The lines of a cell that are not blank, comments or `pass`."""
    lines = [line.strip() for line in cell.splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("#") and line != "pass")


def stored(tree: ast.AST, name: str) -> list[tuple[int, ast.expr]]:
    """Each plain assignment to a name: (line, the expression assigned)."""
    found = []
    for node in nodes(tree):
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == name for t in node.targets
        ):
            found.append((node.lineno, node.value))
        if (
            isinstance(node, ast.AnnAssign)
            and node.value
            and isinstance(node.target, ast.Name)
            and node.target.id == name
        ):
            found.append((node.lineno, node.value))
    return sorted(found, key=lambda pair: pair[0])


def names_stored(tree: ast.AST) -> set[str]:
    """Every name that is given a value anywhere."""
    return {
        node.id
        for node in nodes(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def typed_in(expression: ast.expr) -> bool:
    """True for an expression made of literals alone, such as 0.8 or 4 / 5 or float("0.8")."""
    return not names_in(expression) - {"float", "round", "int"} and any(
        isinstance(n, ast.Constant) for n in ast.walk(expression)
    )


def loops_over(tree: ast.AST, variable: str) -> list[ast.For]:
    """The `for` statements whose target holds this variable."""
    return [
        node
        for node in nodes(tree)
        if isinstance(node, ast.For) and variable in names_in(node.target)
    ]


def calls(tree: ast.AST, name: str) -> list[ast.Call]:
    """Every call of a function or method of this name."""
    return [
        node
        for node in nodes(tree)
        if isinstance(node, ast.Call)
        and name == (getattr(node.func, "id", None) or getattr(node.func, "attr", None))
    ]


def fstring_names(tree: ast.AST) -> set[str]:
    """The variable names that stand in the fields of f-strings."""
    return {
        name
        for node in nodes(tree)
        if isinstance(node, ast.FormattedValue)
        for name in names_in(node.value)
    }


def nearest(name: str, among: object, cutoff: float = 0.6) -> str | None:
    """The candidate spelled most like a name, case and underscores aside; None if none is near."""
    plain = {str(candidate): str(candidate).lower().replace("_", "") for candidate in among}
    wanted = name.lower().replace("_", "")
    best = max(
        plain, key=lambda c: difflib.SequenceMatcher(None, wanted, plain[c]).ratio(), default=None
    )
    if best is None or difflib.SequenceMatcher(None, wanted, plain[best]).ratio() < cutoff:
        return None
    return best


def show(value: object, limit: int = 48) -> str:
    """A value as Python writes it, in code font, cut where it is long."""
    try:
        text = repr(value)
    except Exception:
        text = f"a {type(value).__name__}"
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        text = str(value)
    return f"`{text if len(text) <= limit else text[:limit] + ' …'}`"


def number(value: float) -> str:
    """
    A number as a learner would write it: at most four decimals, no float noise, a float with its
    point.
    """
    if not isinstance(value, float) or value != value or abs(value) > 1e15:
        return str(value)
    text = f"{value:.4f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def fed_by_loop(tree: ast.AST, name: str, variable: str) -> bool:
    """
    True where the number's assignments lead back, name by name, to a name that the watched loop
    changes.
    """
    changed: set[str] = set()
    for loop in loops_over(tree, variable):
        changed |= set().union(*(names_stored(part) for part in loop.body))
        changed |= {call.func.value.id for part in loop.body for call in _methods(part)}
    reached, todo = set(), [name]
    while todo:
        current = todo.pop()
        if current not in reached:
            reached.add(current)
            todo += sorted(_sources(tree, current))
    return bool(reached & changed)


def _methods(node: ast.AST) -> list[ast.Call]:
    return [
        call
        for call in nodes(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
    ]


def _sources(tree: ast.AST, name: str) -> set[str]:
    """
    The names that stand on the right of a name's assignments; for a function's name, those in
    what it returns.
    """
    found: set[str] = set()
    for node in nodes(tree):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(name in names_in(target) for target in targets):
                found |= names_in(node.value)
        if isinstance(node, ast.FunctionDef) and node.name == name:
            returned = {
                n
                for part in nodes(node)
                if isinstance(part, ast.Return) and part.value
                for n in names_in(part.value)
            }
            found |= returned or names_in(node)
    return found


def root_of(expression: str) -> str:
    """The variable that an expression such as `data['x']` starts from."""
    return min(names_in(ast.parse(expression)))
