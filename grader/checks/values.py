"""
One sentence for a variable that does not hold what the task asks for, and how much of it is
right.
"""

import ast

from grader.checks.dictionaries import compare_dictionary, keys_of
from grader.checks.numbers import compare_number
from grader.checks.outcome import Outcome, missed, same
from grader.checks.sentences.signs import odd_sign
from grader.checks.source import Source, calls, names_stored, nearest, show


def compare(name: str, values: dict[str, object], expected: object, source: Source) -> Outcome:
    """Compare a step's variable with the value the task asks for: exact values of exact types."""
    if name not in values:
        return _absent(name, values, expected, source)
    got = values[name]
    if got is ...:
        what = (
            f"a dictionary that has the keys {keys_of(expected)}"
            if isinstance(expected, dict)
            else show(expected).strip("`")
        )
        return 0.0, f"`{name}` still holds the placeholder `...`. Replace it with {what}."
    if isinstance(expected, dict):
        return compare_dictionary(name, got, expected)
    return compare_number(name, got, expected, source)


def _absent(name: str, values: dict[str, object], expected: object, source: Source) -> Outcome:
    kind = "dictionary" if isinstance(expected, dict) else "value"
    own = names_stored(source.tree)
    twin = next((n for n, value in values.items() if n in own and same(value, expected)), None)
    if twin:
        right = f"The {kind}" if kind == "dictionary" else f"The value {expected!r}"
        what = "it" if kind == "dictionary" else "the variable"
        return missed(
            f"{right} is right, but {what} is called `{twin}`. {_rename(twin, name)}", 0.5
        )
    told = _never_stored(name, kind, source)
    if told:
        return missed(told)
    near = nearest(name, own & set(values))
    if near:
        told = f"There is no variable `{name}`, but one called `{near}`. {_rename(near, name)}"
    elif isinstance(expected, dict):
        told = f"`{name}` does not exist yet. Create a dictionary with that name and the keys"
        told += f" {keys_of(expected)}."
    elif isinstance(expected, bool) or not isinstance(expected, (int, float)):
        told = f"`{name}` does not exist yet. Create a variable with that name and give it the"
        told += " value in the task."
    else:
        told = f"`{name}` does not exist yet. Create a variable with that name and set it to the"
        told += " number in the task."
    return missed(told)


def _never_stored(name: str, kind: str, source: Source) -> str | None:
    """The value is there and was compared, annotated, deleted, printed or shown, but not stored."""
    if any(_is(node.left, name) for node in source.walk(ast.Compare)):
        return (
            f"`{name}` is compared with `==` but never stored. Store its value with a single `=`."
        )
    if any(node.value is None and _is(node.target, name) for node in source.walk(ast.AnnAssign)):
        return f"A colon after `{name}` stores nothing. Write `{name} =` and then the value."
    if any(_is(target, name) for node in source.walk(ast.Delete) for target in node.targets):
        return f"`{name}` is deleted again by `del`. Remove that line."
    literal = ast.Dict if kind == "dictionary" else ast.Constant
    given = [argument for call in calls(source.tree, "print") for argument in call.args]
    ending = f"but not stored. Start the line with `{name} =` to give it a name."
    if any(isinstance(argument, literal) for argument in given):
        return f"The {kind} is printed {ending}"
    if any(isinstance(node.value, literal) for node in source.walk(ast.Expr)):
        return f"The {kind} is written {ending}"
    return None


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _rename(wrong: str, name: str) -> str:
    if told := odd_sign(wrong):
        return f"In that name, {told}"
    if wrong.lower() == name.lower():
        return f"Python names are case-sensitive: use `{name}`."
    if wrong.lower().replace("_", "") == name.replace("_", ""):
        return f"Use an underscore: `{name}`."
    if wrong + "s" == name:
        return f"It needs the s: `{name}`."
    return f"Rename it to `{name}`."
