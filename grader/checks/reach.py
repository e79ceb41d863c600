"""What code could use to get hold of what runs it, and the names of what it calls."""

import ast

COMPUTING = frozenset(
    """
    collections copy dataclasses datetime decimal enum fractions functools itertools json math
    matplotlib numpy operator pandas random scipy sklearn statistics string time tqdm typing
    """.split()  # noqa: SIM905 - a list of quoted names is harder to read
)
REACHING = frozenset(
    """
    builtins compile ctypes dir eval exec gc getattr globals importlib inspect locals open os
    setattr sys vars
    """.split()  # noqa: SIM905
)


def reaches(node: ast.AST) -> bool:
    """Tell whether a node of the source names something that reaches beyond values."""
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] not in COMPUTING for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        names = {alias.name for alias in node.names}
        return (node.module or "").split(".")[0] not in COMPUTING or bool(names & REACHING)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and "__" in node.value
    if isinstance(node, ast.Attribute):
        return node.attr.startswith("_") or node.attr in REACHING
    return isinstance(node, ast.Name) and (node.id.startswith("__") or node.id in REACHING)


def called_names(tree: ast.AST) -> set[str]:
    """The names of what is called; of what goes by another name (`mine = …`), its own name too."""
    own: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.alias) and node.asname:
            own.setdefault(node.asname, set()).add(node.name.split(".")[-1])
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                own.setdefault(_last_name(target), set()).add(_last_name(node.value))
    called = {_last_name(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return called.union(*(own.get(name, ()) for name in called))


def _last_name(node: ast.expr) -> str:
    return getattr(node, "id", None) or getattr(node, "attr", "")
