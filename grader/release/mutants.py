"""
One-rule mutants of a model answer: the answer with one thing changed, as a learner might slip.

Each is the whole text of a cell with one boundary moved, one branch left out, one number typed in,
one copy shared, one key misspelled. An example that shows the change tells right from wrong; what
no call shows is the same answer written in another way.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SWAPPED: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add,),
    ast.Div: (ast.FloorDiv, ast.Mult),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
OTHERS = {"min": "max", "max": "min", "any": "all", "all": "any", "sum": "len", "sorted": "list"}
PLAIN = {"abs", "set", "deepcopy", "copy", "float", "int", "round", "str"}  # left out: f(x) is x
SHALLOW = {"deepcopy": "copy"}
LONGEST = 60  # characters of a piece of code in a description
Change = tuple[ast.AST, ast.AST]  # a node, and what stands in its place


@dataclass(frozen=True, slots=True)
class Mutant:
    """The text of a cell with one change, at a line of the cell, and what was changed."""

    source: str
    line: int
    change: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.change}"


def mutants(source: str, name: str) -> list[Mutant]:
    """
    Return the mutants of the function of this name in a cell, each text once; none where the cell
    cannot be parsed or defines no such function.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    found: dict[str, Mutant] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name == name:
            for old, new in _changes(function):
                text = ast.unparse(_replaced(tree, old, new))
                line = getattr(old, "lineno", getattr(getattr(old, "target", None), "lineno", 0))
                found.setdefault(text, Mutant(text, line, _described(old, new)))
            for words, new in _arguments(function):
                text = ast.unparse(_replaced(tree, function, new))
                found.setdefault(text, Mutant(text, function.lineno, words))
    found.pop(ast.unparse(tree), None)
    return list(found.values())


def arguments(source: str, name: str) -> list[str]:
    """Return the names of the arguments of a function in a cell; [] where it has none."""
    try:
        found = [one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.FunctionDef)]
    except (SyntaxError, ValueError):
        return []
    named = (one.args.args for one in found if one.name == name)
    return [one.arg for one in next(named, [])]


def _changes(function: ast.FunctionDef) -> Iterator[Change]:
    """Yield every change of a node in a function; its docstring stays."""
    said = function.body[0] if ast.get_docstring(function) is not None else None
    for node in ast.walk(function):
        if node is not said and node is not getattr(said, "value", None):
            for rule in RULES:
                yield from rule(node)


def _operators(node: ast.AST) -> Iterator[Change]:
    """An operator is another one: `<` is `<=`, `+` is `-`, `and` is `or`."""
    if isinstance(node, ast.Compare):
        for place, one in enumerate(node.ops):
            for other in SWAPPED.get(type(one), ()):
                yield node, _with(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])
        # A number is rounded before it is compared.
        if isinstance(node.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
            rounded = ast.Call(ast.Name("round"), [node.left, ast.Constant(2)], [])
            yield node, _with(node, left=rounded)
    elif isinstance(node, (ast.BinOp, ast.BoolOp, ast.AugAssign)):
        for other in SWAPPED.get(type(node.op), ()):
            yield node, _with(node, op=other())
    if isinstance(node, ast.AugAssign):
        yield node, ast.Assign([node.target], node.value, lineno=node.lineno)
    elif isinstance(node, ast.UnaryOp):
        yield node, node.operand


def _values(node: ast.AST) -> Iterator[Change]:
    """A value is another one: a number is off by one, a text is misspelled."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield node, ast.Constant(not value)
    elif isinstance(value, int):
        yield node, ast.Constant(value + 1)
        yield node, ast.Constant(value - 1)
    elif isinstance(value, float):
        yield node, ast.Constant(value + 0.1)
    elif isinstance(value, str):
        yield node, ast.Constant(f"{value}_" if value else "_")
    elif value is None:
        yield node, ast.Constant(0)


def _texts(node: ast.AST) -> Iterator[Change]:
    """A field of an f-string is shown as it is."""
    if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
        yield node, _with(node, format_spec=None)


def _calls(node: ast.AST) -> Iterator[Change]:
    """A call is another one, or none; an argument is left out, or two are swapped."""
    if not isinstance(node, ast.Call):
        return
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if isinstance(node.func, ast.Name) and name in OTHERS:
        yield node, _with(node, func=ast.Name(OTHERS[name]))
    if name in PLAIN and len(node.args) == 1:
        yield node, node.args[0]
    if name in SHALLOW and isinstance(node.func, ast.Attribute):
        yield node, _with(node, func=_with(node.func, attr=SHALLOW[name]))
    for place in range(len(node.keywords)):
        yield node, _with(node, keywords=node.keywords[:place] + node.keywords[place + 1 :])
    if len(node.args) == 2:
        yield node, _with(node, args=node.args[::-1])
    if len(node.args) > 1:  # what has a default stays at it
        yield node, _with(node, args=node.args[:-1])


def _branches(node: ast.AST) -> Iterator[Change]:
    """A branch is always taken, or never; a statement is left out; a result is not returned."""
    if isinstance(node, (ast.If, ast.IfExp)):
        yield node, _with(node, test=ast.Constant(True))
        yield node, _with(node, test=ast.Constant(False))
    if isinstance(node, ast.Continue):
        yield node, ast.Break()
    elif isinstance(node, ast.Return):
        yield node, ast.Return(ast.Constant(None))
    if isinstance(node, ast.stmt) and not isinstance(node, (ast.FunctionDef, ast.Pass)):
        yield node, ast.Pass()


def _loops(node: ast.AST) -> Iterator[Change]:
    """A loop misses its first or its last turn; a condition of a comprehension is left out."""
    if isinstance(node, (ast.For, ast.comprehension)):
        every = ast.Call(ast.Name("list"), [node.iter], [])
        for part in (ast.Slice(ast.Constant(1)), ast.Slice(None, ast.Constant(-1))):
            yield node, _with(node, iter=ast.Subscript(every, part))
    if isinstance(node, ast.comprehension):
        for place in range(len(node.ifs)):
            yield node, _with(node, ifs=node.ifs[:place] + node.ifs[place + 1 :])
    if isinstance(node, ast.For) and len(node.body) == 1 and isinstance(node.body[0], ast.If):
        yield node, _with(node, body=node.body[0].body)


def _collections(node: ast.AST) -> Iterator[Change]:
    """A part of a pair, a list or a dictionary is missing: a tie is not broken, a key not there."""
    if isinstance(node, (ast.Tuple, ast.List)) and isinstance(node.ctx, ast.Load):
        for place in range(len(node.elts)):
            yield node, _with(node, elts=node.elts[:place] + node.elts[place + 1 :])
    if isinstance(node, ast.Dict):
        for place in range(len(node.keys)):
            kept = [n for n in range(len(node.keys)) if n != place]
            keys, values = [node.keys[n] for n in kept], [node.values[n] for n in kept]
            yield node, _with(node, keys=keys, values=values)


def _arguments(function: ast.FunctionDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    """An argument is ignored for its default, or is emptied; what was changed, and the function."""
    arguments = function.args.args
    defaults = function.args.defaults
    for one, default in zip(arguments[::-1], defaults[::-1], strict=False):
        fixed = ast.Assign([ast.Name(one.arg, ast.Store())], default, lineno=function.lineno)
        words = f"`{one.arg}` is always `{ast.unparse(default)}`"
        yield words, _with(function, body=[fixed, *function.body])
    for one in arguments:
        emptied = ast.parse(f"hasattr({one.arg}, 'clear') and {one.arg}.clear()").body
        whole = ast.Try(function.body, [], [], emptied)
        yield f"`{one.arg}` is emptied", _with(function, body=[whole])


RULES: tuple[Callable[[ast.AST], Iterator[Change]], ...] = (
    *(_operators, _values, _texts, _calls, _branches, _loops, _collections),
)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    """Return a copy of a node with other fields; what is below stays the same object."""
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else self.generic_visit(node)


def _replaced(tree: ast.Module, old: ast.AST, new: ast.AST) -> ast.Module:
    """Return the tree with one node replaced; the tree itself stays as it is."""
    memo: dict[int, object] = {}
    made = copy.deepcopy(tree, memo)
    target = memo[id(old)]
    return ast.fix_missing_locations(_Replace(target, copy.deepcopy(new)).visit(made))


def _described(old: ast.AST, new: ast.AST) -> str:
    if isinstance(new, ast.Pass):
        return f"without `{_piece(old)}`"
    return f"`{_piece(new)}` in place of `{_piece(old)}`"


def _piece(node: ast.AST) -> str:
    text = ast.unparse(node).partition("\n")[0]
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
