"""One sentence for a number that is not the one asked for, and how much of it is right."""

import ast
import decimal
import fractions
import math
import re

from grader.checks.outcome import RIGHT, Outcome, missed, same
from grader.checks.sentences.own import say
from grader.checks.sentences.signs import odd_sign
from grader.checks.source import Source, show, stored


def compare_number(name: str, got: object, expected: object, source: Source) -> Outcome:
    """Compare a value with the float asked for: the exact number, and a real float."""
    if same(got, expected):
        return RIGHT
    if isinstance(expected, bool) or not isinstance(expected, (int, float)):
        return _another(name, got, expected)
    for tell in (_not_a_number, _changed_later, _other_number_type, _scaled):
        outcome = tell(name, got, expected, source)
        if outcome:
            return outcome
    return 0.0, f"`{name}` is {show(got).strip('`')}, but it should be {expected}."


def _another(name: str, got: object, expected: object) -> Outcome:
    """Compare with what is no number: a text, a list, a truth value, nothing."""
    kinds = {str: "text, in quotes", bool: "`True` or `False`, without quotes", list: "list"}
    kinds |= {tuple: "tuple", set: "set", type(None): "`None`"}
    wanted = kinds.get(type(expected), type(expected).__name__)
    if type(got) is type(expected):
        if isinstance(got, str) and (told := odd_sign(got, expected)):
            return 0.0, f"In the text of `{name}`, {told}"
        if isinstance(got, str) and got.strip().lower() == expected.strip().lower():
            about = "blanks" if got.strip() == expected.strip() else "capital letters"
            return 0.0, f"`{name}` is {show(got)}. Compare the {about} with {show(expected)}."
        return 0.0, f"`{name}` is {show(got)}, but it should be {show(expected)}."
    article = "" if wanted.startswith(("text", "`")) else "a "
    return 0.0, (
        f"`{name}` is {show(got)}, of type `{type(got).__name__}`, but it should be"
        f" {show(expected)}: {article}{wanted}."
    )


def _not_a_number(name: str, got: object, expected: float, source: Source) -> Outcome | None:
    if isinstance(got, str):
        return _text(name, got, expected)
    if isinstance(got, tuple) and re.fullmatch(r"\d+,\d+", ",".join(map(str, got))):
        return missed(
            f"`{name}` is the pair {show(got)}: Python reads the comma as a separator."
            f" Write the decimal with a point: {expected}."
        )
    told = None
    if isinstance(got, tuple):
        told = f"the tuple {show(got)}, perhaps because of a comma. Write the number alone"
    elif isinstance(got, (list, set, dict)):
        told = f"a {type(got).__name__}. Write the number alone, without brackets"
    elif isinstance(got, bool):
        told = f"`{got}`, the answer of a comparison. Store the number with a single `=`"
    elif got is None:
        told = "`None`, because `print( )` gives nothing back. Store the number itself"
    elif callable(got):
        told = "a function, not a number. Store the number itself"
    return missed(f"`{name}` is {told}: {expected}.") if told else None


def _text(name: str, got: str, expected: float) -> Outcome:
    try:
        right = float(got) == expected
    except ValueError:
        right = False
    if right:
        return missed(
            f"The value looks right but it is text ({show(got)}), so it cannot be compared"
            " with a number. Remove the quotes.",
            share=0.5,
        )
    after = " and with a decimal point" if "," in got else " and as a decimal" if "%" in got else ""
    return missed(
        f"`{name}` is the text {show(got)}, but it should be the number {expected}: write"
        f" it without quotes{after}."
    )


def _changed_later(name: str, got: object, expected: float, source: Source) -> Outcome | None:
    lines = stored(source.tree, name)
    held = [
        line
        for line, value in lines[:-1]
        if isinstance(value, ast.Constant) and value.value == expected
    ]
    if not held:
        return None
    return missed(
        f"`{name}` is set to {expected} and then changed to {show(got).strip('`')} on line"
        f" {lines[-1][0]}. Remove line {lines[-1][0]}."
    )


def _other_number_type(name: str, got: object, expected: float, source: Source) -> Outcome | None:
    if isinstance(got, fractions.Fraction) and got == fractions.Fraction(str(expected)):
        return missed(
            f"The value is right, but a `Fraction` is shown as `{got}`, so"
            f" {say('fraction', name, expected) or f'it is not printed as {expected}'}."
            f" Use the decimal {expected}.",
            share=0.5,
        )
    if isinstance(got, decimal.Decimal) and math.isclose(got, expected):
        if len(str(got)) > 10:
            return missed(
                f"The value is about {expected}, but this `Decimal` is shown with"
                f" {len(str(got)) - 2} decimals. Use the plain number {expected}.",
                share=0.5,
            )
        return missed(
            "The value is right, but it is a `Decimal`; the task asks for a plain float. Write"
            f" {expected}.",
            share=0.5,
        )
    if isinstance(got, float) and math.isclose(got, expected, rel_tol=1e-9):
        return missed(
            f"`{name}` is {float(got)!r}, because adding decimals rounds. Write {expected}"
            " directly.",
            share=0.5,
        )
    if type(got).__module__ == "numpy" and getattr(got, "ndim", 1) == 0:
        return missed(
            f"`{name}` is a NumPy `{type(got).__name__}`. Write the plain number {expected}.",
            share=0.5,
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
