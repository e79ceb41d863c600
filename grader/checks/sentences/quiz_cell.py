"""What is wrong with a cell that should write the letters of a quiz into `quiz_answers`."""

import ast
import re
from collections.abc import Sequence

from grader.checks.sentences.signs import odd_sign

NAME = "quiz_answers"
WRITTEN = re.compile(rf"(?m)^\s*{NAME}\b")
FORM = "Write it as `quiz_answers = {{'{key}': 'A'}}`"


def problem(cells: Sequence[str], key: str) -> str:
    """
    Say what keeps the last cell that names `quiz_answers` from holding a letter for this question;
    "" where it may just be empty.
    """
    cell = next((one for one in reversed(cells) if WRITTEN.search(one)), "")
    try:
        tree = ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _broken(cell, error, key)
    values = [line.value for line in tree.body if _is_meant(line)]
    return _shape(values[-1], key) if values else ""


def _is_meant(line: ast.stmt) -> bool:
    if not isinstance(line, (ast.Assign, ast.AnnAssign)) or line.value is None:
        return False
    targets = line.targets if isinstance(line, ast.Assign) else [line.target]
    return any(isinstance(one, ast.Name) and one.id == NAME for one in targets)


def _broken(cell: str, error: Exception, key: str) -> str:
    lines = cell.split("\n")
    for number, line in enumerate(lines, start=1):
        if sign := odd_sign(line):
            return f"Line {number} of the cell `{NAME}` cannot be read: {sign}"
    number = min(getattr(error, "lineno", None) or 1, len(lines))
    for place, line in enumerate(lines, start=1):
        ends = re.search(r":\s*['\"]?\w*['\"]?\s*(#.*)?$", line.rstrip())
        if ends and any(re.match(r"\s*['\"]\w+['\"]\s*:", one) for one in lines[place : place + 1]):
            return f"Line {place} of the cell `{NAME}` lacks a comma at its end: put one there."
    if "comma" in str(error):
        return f"Line {number} of the cell `{NAME}` lacks a comma between two answers: add it."
    form = FORM.format(key=key)
    return f"Line {number} of the cell `{NAME}` is not valid Python. {form}, a comma between two."


def _shape(value: ast.expr, key: str) -> str:
    """Say what a value is that is no dictionary of letters in quotes."""
    start, form = f"Line {value.lineno} of the cell `{NAME}`", FORM.format(key=key)
    if isinstance(value, ast.Dict):
        return _entries(value, key)
    kinds = {ast.List: "a list", ast.Tuple: "a tuple", ast.Set: "a set", ast.Constant: "one value"}
    kind = kinds.get(type(value))
    if kind is None:
        return _bare(value)
    return f"{start} holds {kind}, which does not say which question is meant. {form}."


def _bare(value: ast.expr) -> str:
    """Say which letter stands without its quotes in a call such as `dict(question=A)`."""
    given = [one.value for one in value.keywords] if isinstance(value, ast.Call) else []
    names = [one for one in given if isinstance(one, ast.Name) and len(one.id) == 1]
    return _without_quotes(names[0]) if names else ""


def _without_quotes(part: ast.Name) -> str:
    name = part.id[:20]
    return f"Line {part.lineno} of the cell `{NAME}`: `{name}` needs quotes. Write `'{name}'`."


def _entries(value: ast.Dict, key: str) -> str:
    for name, letter in zip(value.keys, value.values, strict=True):
        if isinstance(name, ast.Name) and name.id == key:
            return _without_quotes(name)
        if isinstance(letter, ast.Name) and len(letter.id) == 1:
            return _without_quotes(letter)
        named = isinstance(name, ast.Constant) and name.value == key
        if named and not (isinstance(letter, ast.Constant) and isinstance(letter.value, str)):
            return (
                f"Line {letter.lineno} of the cell `{NAME}`: `{key}` needs one letter in quotes,"
                f" such as `'{key}': 'A'`."
            )
    return ""
