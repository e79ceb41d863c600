"""
One sentence for a dictionary of lists that is not the one asked for, and how much of it is
right.
"""

from grader.checks.outcome import RIGHT, Outcome, missed, really, same
from grader.checks.source import nearest, show


def keys_of(expected: dict) -> str:
    """The keys of a dictionary, for a sentence."""
    return " and ".join(f"`{key!r}`" for key in expected)


def compare_dictionary(name: str, got: object, expected: dict) -> Outcome:
    """Compare a value with a dictionary of lists: each entry that is right earns its share."""
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
        return missed(
            f"Both entries are right. There is one entry too many, `{extra[0]!r}`: the task"
            " asks for exactly two, so remove it.",
            share=0.75,
        )
    keys = list(expected)
    if (
        len(keys) == 2
        and same(got[keys[0]], expected[keys[1]])
        and same(got[keys[1]], expected[keys[0]])
    ):
        return missed(
            f"Both keys exist, but the two lists are swapped: `{keys[0]!r}` holds the values"
            f" meant for `{keys[1]!r}` and the reverse. Exchange them.",
            share=0.25,
        )
    faulty = [key for key in expected if key not in right]
    told = [_entry(key, got[key], expected[key]) for key in faulty]
    both = len(faulty) > 1
    shared = _both(faulty, got, expected) if both else None
    if all(_looks_right(got[key], expected[key]) for key in expected):
        share = 0.5
    elif all(_half_right(got[key], expected[key]) for key in expected):
        share = max(share, 0.25)
    return share, shared or start + told[0]


def _wrong_container(name: str, got: object, expected: dict) -> str | None:
    if really(got, dict):
        return None
    wanted = f"the task asks for a dictionary: use `{{ }}` with the keys {keys_of(expected)}."
    if isinstance(got, set):
        return (
            f"`{name}` is a set, because the braces hold no `key: value` pairs. Write each entry as"
            " `'key': [values]`."
        )
    if isinstance(got, str):
        return f"`{name}` is text, not a dictionary: remove the quotes around `{{...}}`."
    if got is None:
        return (
            f"`{name}` is `None`: `print( )` and methods such as `update` give nothing back. Store"
            " the dictionary itself."
        )
    return f"`{name}` is {article(got)}, but {wanted}"


def article(value: object) -> str:
    """A value's type for people: "a list", "an int", "a NumPy array"."""
    kind = "NumPy array" if type(value).__name__ == "ndarray" else type(value).__name__
    return f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"


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


def _half_right(got: object, wanted: list) -> bool:
    """At least half of the values stand where they belong, or the whole list is text or nested."""
    if isinstance(got, str):
        return got == str(wanted)
    if got == [wanted]:
        return True
    return really(got, list) and 2 * sum(map(same, got, wanted)) >= len(wanted)


def _both(keys: list[str], got: dict, expected: dict) -> str | None:
    if all(isinstance(got[key], str) for key in keys):
        return (
            "Both keys exist, but their values are text, not lists: remove the quotes around"
            " `[...]`."
        )
    told = {_entry(key, got[key], expected[key]).replace(f"`{key!r}`", "") for key in keys}
    if all(
        isinstance(got[k], list) and got[k] and all(isinstance(v, bool) for v in got[k])
        for k in keys
    ):
        return (
            "The pattern is right, but the lists hold `True`/`False`; the task asks for the numbers"
            " 1 and 0."
        )
    if len(told) == 1 and all(_looks_right(got[key], expected[key]) for key in keys):
        told_once = _entry(keys[0], got[keys[0]], expected[keys[0]]).replace(
            f"`{keys[0]!r}`", "each list"
        )
        return told_once[0].upper() + told_once[1:]
    return None


def _entry(key: str, got: object, wanted: list) -> str:
    """What is wrong with the list of one key."""
    if got is ...:
        return f"`{key!r}` still holds the placeholder `...`. Replace it with the list."
    if isinstance(got, str):
        return f"The value of `{key!r}` is text, not a list: remove the quotes around `[...]`."
    if isinstance(got, tuple):
        return (
            f"`{key!r}` holds a tuple, because of its round brackets. Write a list with square"
            " brackets `[ ]`."
        )
    if not isinstance(got, list):
        return (
            f"`{key!r}` holds {article(got)}, but the task asks for a list: use square brackets"
            " `[ ]`."
        )
    if len(got) == 1 and isinstance(got[0], list):
        return f"`{key!r}` holds a list inside a list. Remove one pair of square brackets."
    if len(got) != len(wanted):
        return _length(key, got, wanted)
    return _values(key, got, wanted)


def _length(key: str, got: list, wanted: list) -> str:
    start = (
        f"`{key!r}` has {len(got)} value{'' if len(got) == 1 else 's'} but should have"
        f" {len(wanted)}"
    )
    if got == wanted[: len(got)] and got:
        return (
            f"{start}: the last {'one is' if len(wanted) - len(got) == 1 else 'ones are'} missing."
        )
    if got[: len(wanted)] == wanted:
        return f"{start}: remove what comes after the first {len(wanted)}."
    return f"{start}. Compare them one by one with the task."


def _values(key: str, got: list, wanted: list) -> str:
    if all(isinstance(v, str) for v in got):
        return (
            f"The values in `{key!r}` are text (`{got[0]!r}`), not numbers (`{got[0]}`): remove the"
            " quotes around them."
        )
    if all(isinstance(v, bool) for v in got):
        return f"`{key!r}` holds `True`/`False`; the task asks for the numbers 1 and 0."
    for place, (mine, right) in enumerate(zip(got, wanted, strict=True)):
        if same(mine, right):
            continue
        if isinstance(mine, str):
            return f"Value {place + 1} of `{key!r}` is text ({show(mine)}): remove its quotes."
        if isinstance(mine, float) and mine == right:
            return (
                f"The values in `{key!r}` are decimals (`{mine}`); the task asks for whole numbers"
                f" (`{right}`)."
            )
        if mine == right:
            kind = type(mine).__name__
            return (
                f"Value {place + 1} of `{key!r}` is a `{kind}`; the task asks for the plain number"
                f" {right}."
            )
        return (
            f"Value {place + 1} of `{key!r}` is {show(mine).strip('`')} but should be {right}"
            f" (index {place}). Compare the list with the task."
        )
    return f"`{key!r}` does not hold the list of the task."
