"""
One sentence for a variable that does not hold what the task asks for, and how much of it is
right.
"""

import ast

from grader.checks.dictionaries import compare_dictionary, keys_of
from grader.checks.numbers import compare_number
from grader.checks.outcome import Outcome, same
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
    is_dict = isinstance(expected, dict)
    own = names_stored(source.tree)
    twin = next(
        (other for other, value in values.items() if other in own and same(value, expected)), None
    )
    if twin:
        right = (
            "The dictionary is right, but it"
            if is_dict
            else f"The value {expected} is right, but the variable"
        )
        return 0.5, f"{right} is called `{twin}`. {_rename(twin, name)}"
    if any(
        isinstance(n, ast.Compare) and isinstance(n.left, ast.Name) and n.left.id == name
        for n in source.walk(ast.Compare)
    ):
        return (
            0.0,
            (
                f"`{name}` is compared with `==` but never stored. Use a single `=` to give it its"
                " value."
            ),
        )
    if any(
        n.value is None and isinstance(n.target, ast.Name) and n.target.id == name
        for n in source.walk(ast.AnnAssign)
    ):
        return 0.0, f"A colon after `{name}` stores nothing. Write `{name} =` and then the value."
    if any(
        isinstance(t, ast.Name) and t.id == name for n in source.walk(ast.Delete) for t in n.targets
    ):
        return 0.0, f"`{name}` is deleted again by `del`. Remove that line."
    kind = "dictionary" if is_dict else "value"
    literal = ast.Dict if is_dict else ast.Constant
    if any(
        any(isinstance(arg, literal) for arg in call.args) for call in calls(source.tree, "print")
    ):
        return (
            0.0,
            (
                f"The {kind} is printed but not stored. Start the line with `{name} =` to give it a"
                " name."
            ),
        )
    if any(isinstance(n.value, literal) for n in source.walk(ast.Expr)):
        return (
            0.0,
            (
                f"The {kind} is written but not stored. Start the line with `{name} =` to give it a"
                " name."
            ),
        )
    near = nearest(name, own & set(values))
    if near:
        return 0.0, f"There is no variable `{name}`, but one called `{near}`. {_rename(near, name)}"
    if is_dict:
        return (
            0.0,
            (
                f"`{name}` does not exist yet. Create a dictionary with that name and the keys"
                f" {keys_of(expected)}."
            ),
        )
    return (
        0.0,
        (
            f"`{name}` does not exist yet. Create a variable with that name and set it to the"
            " number in the task."
        ),
    )


def _rename(wrong: str, name: str) -> str:
    if wrong.lower() == name.lower():
        return f"Python names are case-sensitive: use `{name}`."
    if wrong.lower().replace("_", "") == name.replace("_", ""):
        return f"Use an underscore: `{name}`."
    if wrong + "s" == name:
        return f"It needs the s: `{name}`."
    return f"Rename it to `{name}`."
