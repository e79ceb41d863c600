"""One sentence for a variable that does not hold what the task asks for, and how much of it is right."""

import ast
import decimal
import fractions
import math
import re

from grader.checks.source import Source, calls, names_stored, nearest, show, stored

Outcome = tuple[float, str]  # share of the points earned, sentence ("" when all is right)
RIGHT: Outcome = (1.0, "")


def compare(name: str, values: dict[str, object], expected: object, source: Source) -> Outcome:
    """Compare a step's variable with the value the task asks for: exact values of exact types."""
    if name not in values:
        return _absent(name, values, expected, source)
    got = values[name]
    if got is ...:
        what = f"a dictionary that has the keys {_keys(expected)}" if isinstance(expected, dict) else show(expected).strip("`")
        return 0.0, f"`{name}` still holds the placeholder `...`. Replace it with {what}."
    if isinstance(expected, dict):
        return _dictionary(name, got, expected)
    return _number(name, got, expected, source)


def same(got: object, expected: object) -> bool:
    """Equal in value and in type, all the way down; a NumPy float counts as the float it is, a bool never as an int."""
    if isinstance(expected, float):
        return isinstance(got, float) and float(got) == expected
    if isinstance(expected, dict):
        return isinstance(got, dict) and set(got) == set(expected) and all(same(got[k], expected[k]) for k in expected)
    if isinstance(expected, list):
        return isinstance(got, list) and len(got) == len(expected) and all(map(same, got, expected))
    return type(got) is type(expected) and bool(got == expected)


def _keys(expected: dict) -> str:
    return " and ".join(f"`{key!r}`" for key in expected)


def _absent(name: str, values: dict[str, object], expected: object, source: Source) -> Outcome:
    is_dict = isinstance(expected, dict)
    own = names_stored(source.tree)
    twin = next((other for other, value in values.items() if other in own and same(value, expected)), None)
    if twin:
        right = "The dictionary is right, but it" if is_dict else f"The value {expected} is right, but the variable"
        return 0.5, f"{right} is called `{twin}`. {_rename(twin, name)}"
    if any(isinstance(n, ast.Compare) and isinstance(n.left, ast.Name) and n.left.id == name for n in source.walk(ast.Compare)):
        return 0.0, f"`{name}` is compared with `==` but never stored. Use a single `=` to give it its value."
    kind = "dictionary" if is_dict else "value"
    literal = ast.Dict if is_dict else ast.Constant
    if any(any(isinstance(arg, literal) for arg in call.args) for call in calls(source.tree, "print")):
        return 0.0, f"The {kind} is printed but not stored. Start the line with `{name} =` to give it a name."
    if any(isinstance(n.value, literal) for n in source.walk(ast.Expr)):
        return 0.0, f"The {kind} is written but not stored. Start the line with `{name} =` to give it a name."
    near = nearest(name, own & set(values))
    if near:
        return 0.0, f"There is no variable `{name}`, but one called `{near}`. {_rename(near, name)}"
    if is_dict:
        return 0.0, f"`{name}` does not exist yet. Create a dictionary with that name and the keys {_keys(expected)}."
    return 0.0, f"`{name}` does not exist yet. Create a variable with that name and set it to the number in the task."


def _rename(wrong: str, name: str) -> str:
    if wrong.lower() == name.lower():
        return f"Python names are case-sensitive: use `{name}`."
    if wrong.lower().replace("_", "") == name.replace("_", ""):
        return f"Use an underscore: `{name}`."
    if wrong + "s" == name:
        return f"It needs the s: `{name}`."
    return f"Rename it to `{name}`."


def _dictionary(name: str, got: object, expected: dict) -> Outcome:
    wrong = _wrong_container(name, got, expected)
    if wrong:
        return 0.0, wrong
    right = [key for key in expected if key in got and same(got[key], expected[key])]
    share = len(right) / len(expected)
    extra = [key for key in got if key not in expected]
    missing = [key for key in expected if key not in got]
    start = f"`{right[0]!r}` is right. " if right else ""
    if missing:
        return share, start + _missing_key(missing[0], extra)
    if len(right) == len(expected):
        if not extra:
            return RIGHT
        return 0.75, f"Both entries are right. There is one entry too many, `{extra[0]!r}`: the task asks for exactly two, so remove it."
    keys = list(expected)
    if len(keys) == 2 and same(got[keys[0]], expected[keys[1]]) and same(got[keys[1]], expected[keys[0]]):
        return 0.25, (
            f"Both keys exist, but the two lists are swapped: `{keys[0]!r}` holds the values meant for `{keys[1]!r}` "
            "and the reverse. Exchange them."
        )
    faulty = [key for key in expected if key not in right]
    told = [_entry(key, got[key], expected[key]) for key in faulty]
    both = len(faulty) > 1
    shared = _both(faulty, got, expected) if both else None
    looks = [_looks_right(got[key], expected[key]) for key in expected]
    return max(share, 0.5 if all(looks) else 0.25 if both else share), shared or start + told[0]


def _wrong_container(name: str, got: object, expected: dict) -> str | None:
    if isinstance(got, dict):
        return None
    wanted = f"the task asks for a dictionary: use `{{ }}` with the keys {_keys(expected)}."
    if isinstance(got, set):
        return f"`{name}` is a set, because the braces hold no `key: value` pairs. Write each entry as `'key': [values]`."
    if isinstance(got, str):
        return f"`{name}` is text, not a dictionary: remove the quotes around `{{...}}`."
    if got is None:
        return f"`{name}` is `None`: `print( )` and methods such as `update` give nothing back. Store the dictionary itself."
    kind = type(got).__name__
    return f"`{name}` is {'an' if kind[0] in 'aeiou' else 'a'} {kind}, but {wanted}"


def _missing_key(key: str, extra: list) -> str:
    near = nearest(key, [k for k in extra if isinstance(k, str)], 0.4)
    if near is None:
        return f"There is no key `{key!r}` yet: add it with its list."
    if near + "s" == key:
        return f"There is a key `{near!r}` but no key `{key!r}`: add the final s."
    if near.lower() == key:
        return f"There is a key `{near!r}` but no key `{key!r}`: write it in small letters."
    if near.strip() == key:
        return f"The key `{near!r}` holds a blank: remove it so that it reads `{key!r}`."
    return f"There is a key `{near!r}` but the task needs `{key!r}`: rename that key."


def _looks_right(got: object, wanted: list) -> bool:
    """Right values in another type: text, bools, decimals, a tuple."""
    try:
        return [int(v) for v in got] == wanted and not isinstance(got, str)
    except (TypeError, ValueError, OverflowError):
        return False


def _both(keys: list[str], got: dict, expected: dict) -> str | None:
    if all(isinstance(got[key], str) for key in keys):
        return "Both keys exist, but their values are text, not lists: remove the quotes around `[...]`."
    told = {_entry(key, got[key], expected[key]).replace(f"`{key!r}`", "") for key in keys}
    if all(isinstance(got[k], list) and got[k] and all(isinstance(v, bool) for v in got[k]) for k in keys):
        return "The pattern is right, but the lists hold `True`/`False`; the task asks for the numbers 1 and 0."
    if len(told) == 1 and all(_looks_right(got[key], expected[key]) for key in keys):
        told_once = _entry(keys[0], got[keys[0]], expected[keys[0]]).replace(f"`{keys[0]!r}`", "each list")
        return told_once[0].upper() + told_once[1:]
    return None


def _entry(key: str, got: object, wanted: list) -> str:
    """What is wrong with the list of one key."""
    if got is ...:
        return f"`{key!r}` still holds the placeholder `...`. Replace it with the list."
    if isinstance(got, str):
        return f"The value of `{key!r}` is text, not a list: remove the quotes around `[...]`."
    if isinstance(got, tuple):
        return f"`{key!r}` holds a tuple, because of its round brackets. Write a list with square brackets `[ ]`."
    if not isinstance(got, list):
        return f"`{key!r}` holds a {type(got).__name__}, but the task asks for a list: use square brackets `[ ]`."
    if len(got) == 1 and isinstance(got[0], list):
        return f"`{key!r}` holds a list inside a list. Remove one pair of square brackets."
    if len(got) != len(wanted):
        return _length(key, got, wanted)
    return _values(key, got, wanted)


def _length(key: str, got: list, wanted: list) -> str:
    start = f"`{key!r}` has {len(got)} value{'' if len(got) == 1 else 's'} but should have {len(wanted)}"
    if got == wanted[: len(got)] and got:
        return f"{start}: the last {'one is' if len(wanted) - len(got) == 1 else 'ones are'} missing."
    if got[: len(wanted)] == wanted:
        return f"{start}: remove what comes after the first {len(wanted)}."
    return f"{start}. Compare them one by one with the task."


def _values(key: str, got: list, wanted: list) -> str:
    if all(isinstance(v, str) for v in got):
        return f"The values in `{key!r}` are text (`{got[0]!r}`), not numbers (`{got[0]}`): remove the quotes around them."
    if all(isinstance(v, bool) for v in got):
        return f"`{key!r}` holds `True`/`False`; the task asks for the numbers 1 and 0."
    for place, (mine, right) in enumerate(zip(got, wanted, strict=True)):
        if same(mine, right):
            continue
        if isinstance(mine, str):
            return f"Value {place + 1} of `{key!r}` is text ({show(mine)}): remove its quotes."
        if isinstance(mine, float) and mine == right:
            return f"The values in `{key!r}` are decimals (`{mine}`); the task asks for whole numbers (`{right}`)."
        if mine == right:
            kind = type(mine).__name__
            return f"Value {place + 1} of `{key!r}` is a `{kind}`; the task asks for the plain number {right}."
        return f"Value {place + 1} of `{key!r}` is {show(mine).strip('`')} but should be {right} (index {place}). Compare the list with the task."
    return f"`{key!r}` does not hold the list of the task."


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
            return 0.5, f"The value looks right but it is text ({show(got)}), so it cannot be compared with a number. Remove the quotes."
        return 0.0, f"`{name}` is the text {show(got)}, but it should be the number {expected}: write it without quotes."
    if isinstance(got, tuple):
        if re.fullmatch(r"\d+,\d+", ",".join(map(str, got))):
            return 0.0, f"`{name}` is the pair {show(got)}: Python reads the comma as a separator. Write the decimal with a point: {expected}."
        return 0.0, f"`{name}` is the tuple {show(got)}, perhaps because of a comma. Write the number alone: {expected}."
    if isinstance(got, (list, set, dict)):
        return 0.0, f"`{name}` is a {type(got).__name__}. Write the number alone, without brackets: {expected}."
    if isinstance(got, bool):
        return 0.0, f"`{name}` is `{got}`, the answer of a comparison. Store the number {expected} with a single `=`."
    if got is None:
        return 0.0, f"`{name}` is `None`, because `print( )` gives nothing back. Store the number itself: {expected}."
    if callable(got):
        return 0.0, f"`{name}` is a function, not a number. Set it to {expected}."
    return None


def _changed_later(name: str, got: object, expected: float, source: Source) -> Outcome | None:
    lines = stored(source.tree, name)
    held = [line for line, value in lines[:-1] if isinstance(value, ast.Constant) and value.value == expected]
    if not held:
        return None
    return 0.0, f"`{name}` is set to {expected} and then changed to {show(got).strip('`')} on line {lines[-1][0]}. Remove line {lines[-1][0]}."


def _other_number_type(name: str, got: object, expected: float, source: Source) -> Outcome | None:
    if isinstance(got, fractions.Fraction) and got == fractions.Fraction(str(expected)):
        return 0.5, f"The value is right, but a `Fraction` is shown as `{got}`, so the report in step 4 would not read {expected}. Use the decimal {expected}."
    if isinstance(got, decimal.Decimal) and math.isclose(got, expected):
        if len(str(got)) > 10:
            return 0.5, f"The value is about {expected}, but this `Decimal` is shown with {len(str(got)) - 2} decimals. Use the plain number {expected}."
        return 0.5, f"The value is right, but it is a `Decimal`; the task asks for a plain float. Write {expected}."
    if isinstance(got, float) and math.isclose(got, expected, rel_tol=1e-9):
        return 0.5, f"`{name}` is {float(got)!r}, because adding decimals rounds. Write {expected} directly."
    if type(got).__module__ == "numpy" and getattr(got, "ndim", 1) == 0:
        return 0.5, f"`{name}` is a NumPy `{type(got).__name__}`. Write the plain number {expected}."
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


