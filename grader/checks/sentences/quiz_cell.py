"""What is wrong with a cell that should write the letters of a quiz into `quiz_answers`."""

import ast
import difflib
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
    cell = _cell(cells)
    try:
        tree = ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _broken(cell, error, key)
    told = ""
    for line in tree.body:
        told = _shape(line.value, key) if _is_meant(line) else told or _entry(line, key)
    return told


def absent(cells: Sequence[str], key: str) -> str:
    """Say that the cell has letters for other questions only, and which name may be misspelt."""
    try:
        tree = ast.parse(_cell(cells))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    written = [line.value for line in tree.body if _is_meant(line)][-1:]
    names = {
        str(name.value): name.lineno
        for value in written
        if isinstance(value, ast.Dict)
        for name in value.keys
        if isinstance(name, ast.Constant)
    }
    if not names or key in names:
        return ""
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.8)
    if near and near[0][-1:] == key[-1:]:  # quizz1 for quiz1, and not quiz2
        line = f"Line {names[near[0]]} of the cell `{NAME}`"
        return f"{line} names `{near[0][:30]}`. The name of this question is `'{key}'`."
    return (
        f"The cell `{NAME}` has no entry for this question. Add `'{key}': 'A'`, with your letter."
    )


def _cell(cells: Sequence[str]) -> str:
    """Return the last cell that names `quiz_answers`, or nothing."""
    return next((one for one in reversed(cells) if WRITTEN.search(one)), "")


def _is_meant(line: ast.stmt) -> bool:
    """Tell whether a statement gives `quiz_answers` as a whole."""
    if not isinstance(line, (ast.Assign, ast.AnnAssign)) or line.value is None:
        return False
    return any(isinstance(one, ast.Name) and one.id == NAME for one in _targets(line))


def _targets(line: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return line.targets if isinstance(line, ast.Assign) else [line.target]


def _entry(line: ast.stmt, key: str) -> str:
    """Say what is wrong with `quiz_answers[...] = ...`, or with `quiz_answers.update(...)`."""
    if isinstance(line, (ast.Assign, ast.AnnAssign)) and line.value is not None:
        for one in _targets(line):
            if isinstance(one, ast.Subscript) and _is_answers(one.value):
                return _entries(ast.Dict([one.slice], [line.value]), key)
    call = line.value if isinstance(line, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return ""
    if not _is_answers(call.func.value) or call.func.attr != "update":
        return ""
    return "".join(_shape(given, key) for given in call.args) or _bare(call)


def _is_answers(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id == NAME


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
