"""
What a verdict in a learner's kernel rests on: names that have no value yet, and earlier answers
that are not right now.
"""

import ast
import builtins
import re
from collections.abc import Mapping

from grader.checks.source import Source, names_stored, read
from grader.widgets.kernel.session import title

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
ASSIGNED = re.compile(r"(?m)^[ \t]*(\w+)[ \t]*=(?!=)|^[ \t]*def (\w+)")  # in text that is no Python
AGAIN = "Choose Run > Run All Above Selected Cell, then run this cell again."


def reads(source: Source, inner: bool = False) -> list[str]:
    """
    Return the names that code needs from elsewhere, as they first come up; with `inner` also those
    in functions.
    """
    own = names_stored(source.tree) | {
        node.name for node in source.walk(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    }
    own |= {node.arg for node in source.walk(ast.arg)}
    own |= {node.name for node in source.walk(ast.ExceptHandler, ast.MatchAs, ast.MatchStar)}
    own |= {
        (one.asname or one.name).split(".")[0]
        for node in source.walk(ast.Import, ast.ImportFrom)
        for one in node.names
    }
    found: dict[str, None] = {}
    waiting: list[ast.AST] = list(source.tree.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Name):
            found[node.id] = None
        if inner or not isinstance(node, SCOPES):
            waiting[:0] = ast.iter_child_nodes(node)
    return [name for name in found if name not in own and not hasattr(builtins, name)]


def held_up(missing: list[str], stopped: str) -> str:
    """
    Say what keeps right code from running: names without a value, or the error that stopped it; ""
    for nothing.
    """
    if missing:
        what = f"nothing has given `{missing[0]}` a value"
        return f"This is right, but it cannot run yet: {what}. {AGAIN}"
    if stopped:
        return f"This is right, but it stopped when it ran: `{stopped[:80]}`. {AGAIN}"
    return ""


def rests_on(
    source: Source, answer_id: str, verdicts: Mapping[str, tuple[str, tuple[str, ...]]]
) -> str:
    """Name an earlier answer that this one uses and that is not right now; "" for none."""
    names = reads(source, inner=True)
    for other, (state, cells) in verdicts.items():
        if other == answer_id or state != "missed":
            continue
        text = "\n".join(cells)
        gives = names_stored(read(cells).tree) | {a or b for a, b in ASSIGNED.findall(text)}
        if used := [name for name in names if name in gives]:
            return f"`{used[0]}` comes from {title(other)}, which is not right now"
    return ""
