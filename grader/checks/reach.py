"""What code could use to get hold of what runs it: names, attributes, texts and modules."""

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
