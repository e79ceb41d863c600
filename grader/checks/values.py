"""
One sentence for a variable that does not hold what the task asks for, and how much of it is
right.
"""

import ast
import decimal
import fractions
import math
import re

from grader.checks.dictionaries import compare_dictionary, keys_of
from grader.checks.outcome import RIGHT, Outcome, same
from grader.checks.source import Source, calls, names_stored, nearest, show, stored


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
    return _number(name, got, expected, source)


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


def _number(name: str, got: object, expected: float, source: Source) -> Outcome:
    if same(got, expected):
        return RIGHT
    for tell in (_not_a_number, _changed_later, _other_number_type, _scaled):
        outcome = tell(name, got, expected, source)
        if outcome:
            return outcome
    return 0.0, f"`{name}` is {show(got).strip('`')}, but it should be {expected}."


def _not_a_number(name: str, got: object, expected: float, source: Source) -> Outcome | None:
    if isinstance(got, str):
        try:
            looks = float(got.strip().rstrip("%").replace(",", ".")) == expected
        except ValueError:
            looks = False
        if looks and "," not in got and "%" not in got:
            return (
                0.5,
                (
                    f"The value looks right but it is text ({show(got)}), so it cannot be compared"
                    " with a number. Remove the quotes."
                ),
            )
        after = (
            " and with a decimal point" if "," in got else " and as a decimal" if "%" in got else ""
        )
        return (
            0.0,
            (
                f"`{name}` is the text {show(got)}, but it should be the number {expected}: write"
                f" it without quotes{after}."
            ),
        )
    if isinstance(got, tuple):
        if re.fullmatch(r"\d+,\d+", ",".join(map(str, got))):
            return (
                0.0,
                (
                    f"`{name}` is the pair {show(got)}: Python reads the comma as a separator."
                    f" Write the decimal with a point: {expected}."
                ),
            )
        return (
            0.0,
            (
                f"`{name}` is the tuple {show(got)}, perhaps because of a comma. Write the number"
                f" alone: {expected}."
            ),
        )
    if isinstance(got, (list, set, dict)):
        return (
            0.0,
            (
                f"`{name}` is a {type(got).__name__}. Write the number alone, without brackets:"
                f" {expected}."
            ),
        )
    if isinstance(got, bool):
        return (
            0.0,
            (
                f"`{name}` is `{got}`, the answer of a comparison. Store the number {expected} with"
                " a single `=`."
            ),
        )
    if got is None:
        return (
            0.0,
            (
                f"`{name}` is `None`, because `print( )` gives nothing back. Store the number"
                f" itself: {expected}."
            ),
        )
    if callable(got):
        return 0.0, f"`{name}` is a function, not a number. Set it to {expected}."
    return None


def _changed_later(name: str, got: object, expected: float, source: Source) -> Outcome | None:
    lines = stored(source.tree, name)
    held = [
        line
        for line, value in lines[:-1]
        if isinstance(value, ast.Constant) and value.value == expected
    ]
    if not held:
        return None
    return (
        0.0,
        (
            f"`{name}` is set to {expected} and then changed to {show(got).strip('`')} on line"
            f" {lines[-1][0]}. Remove line {lines[-1][0]}."
        ),
    )


def _other_number_type(name: str, got: object, expected: float, source: Source) -> Outcome | None:
    if isinstance(got, fractions.Fraction) and got == fractions.Fraction(str(expected)):
        return (
            0.5,
            (
                f"The value is right, but a `Fraction` is shown as `{got}`, so the report in step 4"
                f" would not read {expected}. Use the decimal {expected}."
            ),
        )
    if isinstance(got, decimal.Decimal) and math.isclose(got, expected):
        if len(str(got)) > 10:
            return (
                0.5,
                (
                    f"The value is about {expected}, but this `Decimal` is shown with"
                    f" {len(str(got)) - 2} decimals. Use the plain number {expected}."
                ),
            )
        return (
            0.5,
            (
                "The value is right, but it is a `Decimal`; the task asks for a plain float. Write"
                f" {expected}."
            ),
        )
    if isinstance(got, float) and math.isclose(got, expected, rel_tol=1e-9):
        return (
            0.5,
            (
                f"`{name}` is {float(got)!r}, because adding decimals rounds. Write {expected}"
                " directly."
            ),
        )
    if type(got).__module__ == "numpy" and getattr(got, "ndim", 1) == 0:
        return (
            0.5,
            f"`{name}` is a NumPy `{type(got).__name__}`. Write the plain number {expected}.",
        )
    return None


def _scaled(name: str, got: object, expected: float, source: Source) -> Outcome | None:
    if not isinstance(got, (int, float)) or isinstance(got, bool):
        return None
    start = f"`{name}` is {show(got).strip('`')}, but it should be {expected}"
    if math.isclose(got, expected * 100):
        return 0.0, f"{start}: write the share as a decimal between 0 and 1, not as a percentage."
    if any(math.isclose(got, expected * factor) for factor in (10, 0.1, 0.01, 0.001)):
        return 0.0, f"{start}: check the decimal point."
    if math.isclose(got, -expected):
        return 0.0, f"{start}: remove the minus sign."
    return None
