"""
One sentence for a step that stops: invalid Python, an error while running, or a loop that never
ends.
"""

import ast
import builtins
import re

from grader.checks.sentences.names import name_error
from grader.checks.sentences.own import say
from grader.checks.sentences.syntax import indentation, syntax
from grader.checks.source import Source, names_stored
from grader.rerun.rerun import Stop
from grader.rerun.watch import names_in, parse

# (pattern in Python's own words, sentence after "Line N stops with Kind: ")
TYPE_RULES: list[tuple[str, str]] = [
    (
        r"'list' object cannot be interpreted as an integer",
        "`range` needs a number, and it was given a list. Put `len( )` around the list.",
    ),
    (
        r"'dict' object cannot be interpreted as an integer",
        "`range` needs a number, and it was given a dictionary. Use the length of its list.",
    ),
    (
        r"'float' object cannot be interpreted as an integer",
        "`range` needs a whole number, and it was given a decimal.",
    ),
    (
        r"'str' object cannot be interpreted as an integer",
        "`range` needs a number, and it was given text.",
    ),
    (
        r"'int' object is not iterable",
        "a single number cannot be looped over. Put `range( )` around it.",
    ),
    (
        r"list indices must be integers or slices, not str",
        "a list is read with a number in `[ ]`, and here stands text.",
    ),
    (
        r"list indices must be integers or slices, not (list|tuple)",
        "a list is read with one index such as `i`, and here stands a {0}.",
    ),
    (
        r"list indices must be integers or slices, not float",
        "a list is read with a whole number, and here stands a decimal.",
    ),
    (
        r"'(dict|list)' object is not callable",
        "round brackets call a function. An entry of a {0} is read with square brackets `[ ]`.",
    ),
    (
        r"'(int|float|str)' object is not callable",
        "a name here holds a value, not a function. Perhaps a variable took a function's name.",
    ),
    (
        r"'(int|float|NoneType)' object is not subscriptable",
        "only a list or a dictionary can be read with `[ ]`, and here stands a single value.",
    ),
    (
        r"unhashable type: '(list|dict)'",
        "a {0} cannot be a key or stand in a set. Write `'key': [values]`.",
    ),
    (
        r"unsupported operand .*'(list|dict)'",
        "a whole {0} cannot be calculated with. Take one entry at a time, or its `len( )`.",
    ),
    (
        r"'\w+' is an invalid keyword argument for print|print\(\) got an unexpected keyword",
        "`print( )` cannot store a value. Write the assignment on a line of its own.",
    ),
    (
        r"(can only concatenate str|must be str, not)",
        "text and a number cannot be joined by `+`. Put the number in `{{ }}` inside an f-string.",
    ),
    (
        r"unsupported operand .*'str'",
        "text cannot be calculated with. Remove the quotes around the number.",
    ),
    (
        r"unsupported operand .*'NoneType'",
        "one of the values is `None`. `print( )` gives nothing back: keep the value itself.",
    ),
]


ENDED = {  # what only happens where steps are run again in the sandbox
    "Exited": "The code ends Python itself, so nothing of it is left."
    " Remove the line that does so.",
    "Tampered": "The code answers the grader with something that is no answer. Only compute.",
}


def sentence(stop: Stop, source: Source, inputs: dict[str, object]) -> str:
    """Say where a step stopped, why, and what to do next."""
    place = (
        "The code"
        if not stop.line
        else f"Line {stop.line}"
        if len(source.cells) == 1 or not stop.cell
        else f"Line {stop.line} of cell {stop.cell + 1}"
    )
    if stop.kind == "TimeLimit":
        return _endless(source)
    if stop.kind in ENDED:
        return ENDED[stop.kind]
    if stop.kind in ("IndentationError", "TabError"):
        return f"{place} {indentation(stop, source)}"
    if stop.kind in ("SyntaxError", "ValueError") and not _ran(stop, source):
        return f"{place} is not valid Python: {syntax(stop)}"
    return f"{place} stops with {stop.kind}: {_running(stop, source, inputs)}"


def _ran(stop: Stop, source: Source) -> bool:
    try:
        compile(
            parse(source.cells[stop.cell]), "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        )
    except (SyntaxError, ValueError, IndexError):
        return False
    return True


def _endless(source: Source) -> str:
    for loop in source.walk(ast.While):
        tested = sorted(names_in(loop.test) - set(dir(builtins)))
        changed = set().union(*(names_stored(part) for part in loop.body)) if loop.body else set()
        fixed = [name for name in tested if name not in changed]
        if fixed == tested:
            name = "i" if "i" in tested else next(iter(tested), None)
            why = (
                f"`{name}` never changes inside the `while` loop"
                if name
                else "the `while` condition is always true"
            )
            return (
                f"The code was stopped after the time limit: {why}, so it never ends. Use `for i in"
                " range(...)`."
            )
    return (
        "The code was stopped after the time limit: a loop or a wait in it does not end. Let the"
        " loop run over the indexes only."
    )


def _running(stop: Stop, source: Source, inputs: dict[str, object]) -> str:
    tell = {
        "NameError": name_error,
        "UnboundLocalError": name_error,
        "KeyError": _key,
        "AttributeError": _attribute,
        "TypeError": _type,
        "IndexError": _index,
    }.get(stop.kind)
    if tell:
        return tell(stop, source, inputs)
    if stop.kind == "ZeroDivisionError":
        return f"the number divided by is 0. {say('divided_by_zero', inputs) or ''}".rstrip()
    if stop.kind == "ModuleNotFoundError":
        return f"{stop.message}. The task needs no extra module: remove the import."
    if stop.kind == "RecursionError":
        return "a function calls itself without end. Use a loop instead."
    return f"{stop.message[:100]}." if stop.message else "an error of this kind was raised."


def _key(stop: Stop, source: Source, inputs: dict[str, object]) -> str:
    owner = re.search(rf"(\w+)\[\s*{re.escape(stop.message)}\s*\]", stop.text)
    held = (
        inputs.get(owner[1])
        if owner
        else next((v for v in inputs.values() if isinstance(v, dict)), None)
    )
    name = (
        owner[1] if owner else next((k for k, v in inputs.items() if v is held), "the dictionary")
    )
    if not isinstance(held, dict):
        return f"there is no key `{stop.message}`."
    if re.fullmatch(r"-?\d+", stop.message):
        return (
            f"`{name}` is a dictionary, so it is read by key first:"
            f" `{name}[{next(iter(held))!r}][i]`."
        )
    return (
        f"`{name}` has no key `{stop.message}`. Its keys are"
        f" {' and '.join(f'`{key!r}`' for key in held)}."
    )


def _attribute(stop: Stop, source: Source, inputs: dict[str, object]) -> str:
    found = re.search(r"'(\w+)' object has no attribute '(\w+)'", stop.message)
    if found and found[1] in ("dict", "OrderedDict"):
        owner = re.search(rf"(\w+)\.{found[2]}\b", stop.text)
        return (
            "a dictionary entry is read with square brackets,"
            f" `{owner[1] if owner else 'name'}['{found[2]}']`."
        )
    if found:
        return (
            f"a value of type `{found[1]}` has no `.{found[2]}`. Check what stands before the"
            " point."
        )
    return f"{stop.message[:100]}."


def _type(stop: Stop, source: Source, inputs: dict[str, object]) -> str:
    for pattern, told in TYPE_RULES:
        found = re.search(pattern, stop.message)
        if found:
            return told.format(*found.groups())
    return f"{stop.message[:110]}."


def _index(stop: Stop, source: Source, inputs: dict[str, object]) -> str:
    for loop in source.walk(ast.For):
        arguments = (
            loop.iter.args
            if isinstance(loop.iter, ast.Call) and getattr(loop.iter.func, "id", "") == "range"
            else []
        )
        if any(
            isinstance(a, ast.Constant) and isinstance(a.value, int) and a.value > 1
            for a in arguments[:2]
        ):
            return (
                f"`{ast.unparse(loop.iter)}` fits one number of rows only. Use the length of the"
                " list, `len( )`."
            )
        if any(isinstance(a, ast.BinOp) and isinstance(a.op, ast.Add) for a in arguments):
            return (
                "the loop goes one index too far: the last index is the length minus 1. Remove"
                " `+ 1`."
            )
    if re.search(r"\[\s*\w+\s*\+\s*1\s*\]", stop.text):
        return (
            "the index `+ 1` goes past the end of the list. Use the same index `i` for both lists."
        )
    return "an index goes past the end of the list. The last index is the length minus 1."
