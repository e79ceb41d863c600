"""
Reads a cell as IPython would, and puts watchers into its loops.

The calls inserted here, `__turns__` and the others, are answered by the clock of
`grader.rerun`.
"""

import ast
import functools
import warnings

TRANSPARENT = ("time", "timeit", "capture", "prun")  # magics that only watch their code


def parse(cell: str) -> ast.Module:
    """
    Parse a cell as IPython would; magics that only watch are looked through, others are left
    out. SyntaxError if invalid.
    """
    with warnings.catch_warnings():
        # "invalid decimal literal" and friends go to stderr, which nbgrader counts as a failure.
        warnings.simplefilter("ignore")
        return ast.fix_missing_locations(_Magics().visit(ast.parse(as_python(cell))))


@functools.lru_cache(maxsize=256)
def read(cell: str) -> ast.Module:
    """Parse a cell for those who only look at the tree: it is one for all of them."""
    return parse(cell)


def as_python(cell: str) -> str:
    """Return a cell with its magics as calls, as IPython makes them. SyntaxError if it gives up."""
    text = _transformed(cell)
    if text is None:
        raise SyntaxError("More than 500 magics: IPython runs no such cell")
    return text


@functools.lru_cache(maxsize=256)
def _transformed(cell: str) -> str | None:
    """
    Return what IPython makes of a cell, None where it gives up, which takes it seconds; a step is
    run again some thirty times.
    """
    # Imported here: most of those who ask which names a cell binds have no other need of IPython.
    from IPython.core.inputtransformer2 import TransformerManager

    # One kind of line end: a cell pasted on Windows counts its lines like any other.
    text = cell.replace("\r\n", "\n")
    try:
        return TransformerManager().transform_cell(text)
    except RuntimeError:  # after 500 magics
        return None


class _Magics(ast.NodeTransformer):
    """Replaces IPython's magic calls by the code they were given, or by nothing."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        words = _magic_words(node.value)
        if words is None:
            return self.generic_visit(node)
        if words[0] not in TRANSPARENT:
            return ast.copy_location(ast.Pass(), node)
        return parse(words[-1]).body or ast.copy_location(ast.Pass(), node)


def _magic_words(node: ast.expr) -> list[str] | None:
    """
    The string arguments of a `get_ipython().…(…)` call, which is what IPython makes of a magic;
    None for anything else.
    """
    call = node if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    owner = call.func.value if call else None
    if not (
        isinstance(owner, ast.Call)
        and isinstance(owner.func, ast.Name)
        and owner.func.id == "get_ipython"
    ):
        return None
    return [str(arg.value) for arg in call.args if isinstance(arg, ast.Constant)] or [""]


class Watch(ast.NodeTransformer):
    """
    Puts a watcher into every loop: it keeps the time, notes the loop variable, and can end a
    watched loop early.
    """

    def __init__(
        self, variable: str | None, hollow: bool, inputs: frozenset[str], blank: bool
    ) -> None:
        self.variable, self.hollow, self.inputs, self.blank = variable, hollow, inputs, blank

    def visit_For(self, node: ast.For) -> ast.For:
        watched = self.variable is not None and self.variable in names_in(node.target)
        self.generic_visit(node)
        node.iter = _call("__turns__", node.iter, ast.Constant(watched))
        if watched:
            body = [] if self.hollow else node.body
            node.body = [ast.Expr(_call("__saw__", ast.Name(self.variable, ast.Load()))), *body]
        return node

    def visit_While(self, node: ast.While) -> ast.While:
        self.generic_visit(node)
        node.body.insert(0, ast.Expr(_call("__tick__")))
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        self.generic_visit(node)
        if not node.is_async:
            node.iter = _call("__turns__", node.iter, ast.Constant(False))
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.body.insert(1 if ast.get_docstring(node) else 0, ast.Expr(_call("__tick__")))
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        self.generic_visit(node)
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id in self.inputs:
                node.value = _call("__given__", ast.Constant(target.id), node.value)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        self.generic_visit(node)
        if (
            node.value is not None
            and isinstance(node.target, ast.Name)
            and node.target.id in self.inputs
        ):
            node.value = _call("__given__", ast.Constant(node.target.id), node.value)
        return node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        return ast.Constant("") if self.blank else self.generic_visit(node)


def names_in(node: ast.AST) -> set[str]:
    """All variable names that stand anywhere in a piece of source."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _call(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])
