"""Why a name is unknown to Python: no quotes, no starting value, or another spelling."""

import ast
import builtins
import re

from grader.checks.source import Source, calls, names_stored, nearest
from grader.rerun.rerun import Stop


def name_error(stop: Stop, source: Source, inputs: dict[str, object]) -> str:
    """Why Python knows no variable of this name, to follow "Line N stops with NameError: "."""
    found = re.search(r"(?:name|variable) '(\w+)'", stop.message)
    name = found[1] if found else "?"
    if any(
        isinstance(key, ast.Name) and key.id == name
        for node in source.walk(ast.Dict)
        for key in node.keys
    ):
        return (
            f"`{name}` has no quotes, so Python looks for a variable. Put quotes around both keys."
        )
    if name == "f" and calls(source.tree, "f"):
        return (
            "`f` is not a function. Put the letter `f` directly before the quote, with no brackets:"
            ' f"...".'
        )
    if any(
        isinstance(n.target, ast.Name) and n.target.id == name for n in source.walk(ast.AugAssign)
    ) or (name in names_stored(source.tree) and name not in inputs):
        return (
            f"`{name}` has no starting value. Add `{name} = 0` before the loop."
            if list(source.walk(ast.For, ast.While))
            else (f"`{name}` is used before it has a value. Set it on an earlier line.")
        )
    if re.search(rf"\b{name}\s*==", stop.text):
        return f"`==` compares two values. To store one under the name `{name}`, use a single `=`."
    called = re.search(rf"\b{name}\s*\(", stop.text)
    builtin = (
        n
        for n in dir(builtins)
        if (n.islower() or n in ("True", "False", "None")) and not n.startswith("_")
    )
    proper = nearest(name, builtin, 0.6 if called else 0.8)
    if proper and proper not in inputs and not (inputs and nearest(name, inputs, 0.8)):
        return f"there is no `{name}`. Python's own name is `{proper}`."
    if inputs:
        listed = " and ".join(f"`{key}`" for key in sorted(inputs))
        return (
            f"there is no variable `{name}`. The variable{'s are' if len(inputs) > 1 else ' is'}"
            f" {listed}."
        )
    near = nearest(name, names_stored(source.tree), 0.7)
    return f"there is no variable `{name}`." + (
        f" Did you mean `{near}`?" if near else " Check its spelling, or put quotes around text."
    )
