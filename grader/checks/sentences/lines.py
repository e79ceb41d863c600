"""What differs in a printed line: a character, a word, or where its values come from."""

import ast
import re

from grader.checks.facts import Printing
from grader.checks.sentences.own import say
from grader.checks.source import calls, fstring_names, stored
from grader.rerun.rerun import Run


def half_typed(case: Printing, got: str, wanted: str, inputs: dict) -> str | None:
    """One field comes from its variable, the other was typed in."""
    held = fstring_names(case.source.tree)
    right, typed = (
        [n for n in case.fields() if n in held],
        [n for n in case.fields() if n not in held],
    )
    if not right or not typed:
        return None
    label = re.search(rf"(\w+)\W*\{{{typed[0]}\}}", case.line)
    what = f"The {label[1].lower() if label else 'other value'}"
    if label and label[1].lower() not in case.run(inputs).printed.lower():
        return (
            f"`{{{right[0]}}}` is right. {what} is missing from the line: put `{{{typed[0]}}}` into"
            " it too."
        )
    return f"`{{{right[0]}}}` is right. {what} was typed in: use `{{{typed[0]}}}`."


def nothing_printed(case: Printing, run: Run) -> str:
    """Nothing reached the output."""
    wanted = case.line.split("{")[0].strip()
    if any(
        keyword.arg == "file"
        for call in calls(case.source.tree, "print")
        for keyword in call.keywords
    ):
        return (
            "The line goes to another stream than the notebook's output. Remove `file=` from"
            " `print( )`."
        )
    if wanted[:12] in run.logged:
        return (
            "The f-string is right, but the line goes to the log, with `WARNING:root:` or the like"
            " before it. Use `print( )`."
        )
    expressions = [
        n
        for n in case.source.tree.body
        if isinstance(n, ast.Expr) and isinstance(n.value, (ast.JoinedStr, ast.Constant))
    ]
    if expressions:
        return (
            "The f-string is shown by the notebook, but it is not printed. Put it inside"
            " `print( )`."
        )
    if any(
        isinstance(n, ast.Name) and n.id == "print" for n in case.source.walk(ast.Name)
    ) and not calls(case.source.tree, "print"):
        return (
            "`print` stands there without round brackets, so nothing is printed. Write"
            " `print(...)`."
        )
    if calls(case.source.tree, "display"):
        return "`display( )` shows the text with its quotes. Use `print( )`."
    if any(isinstance(n, (ast.Assign, ast.AnnAssign)) for n in case.source.tree.body):
        return "The text is stored but not printed. Put the variable inside `print( )`."
    own = say("line", case)
    what = f"the {own} line" if own else "the line"
    return f"Nothing is printed yet. Print {what} with `print( )` and an f-string."


def called(case: Printing) -> str:
    """Return what the printed line is called."""
    return say("line", case) or "line"


def no_fstring(case: Printing, names: tuple[str, ...], held: set[str]) -> str:
    """The f-string with the names is missing; "" where the line itself tells more."""
    right = case.expected(case.examples[0]) in case.lines(case.examples[0])
    start = f"The {called(case)} is right. " if right else ""
    ask = f"{start}The task asks for an f-string, and this "
    if held & set(names):
        missing = next(name for name in names if name not in held)
        return (
            f"`{{{next(n for n in names if n in held)}}}` is right. Put `{{{missing}}}` into the"
            " f-string too."
        )
    if calls(case.source.tree, "format"):
        return ask + 'uses `.format()`: write f"... {' + names[0] + '} ..." instead.'
    if any(
        isinstance(n.op, ast.Mod) and isinstance(n.left, ast.Constant)
        for n in case.source.walk(ast.BinOp)
    ):
        return ask + 'uses `%`: write f"... {' + names[0] + '} ..." instead.'
    if any(isinstance(n.op, ast.Add) for n in case.source.walk(ast.BinOp)):
        return ask + "joins pieces with `+`: put the variables in `{ }` inside one f-string."
    if any(len(call.args) > 1 for call in calls(case.source.tree, "print")):
        return ask + "gives `print` several pieces: put the variables in `{ }` inside one f-string."
    if (
        calls(case.source.tree, "join")
        or calls(case.source.tree, "replace")
        or calls(case.source.tree, "substitute")
    ):
        return (
            ask + "builds the line in another way: put the variables in `{ }` inside one f-string."
        )
    return ask + "has none with both variables: put them in its `{ }`." if right else ""


def does_not_follow(case: Printing) -> str:
    """Right for the values of today, wrong for others: values typed in, or the names exchanged."""
    again = [name for name in case.fields() if stored(case.source.tree, name)]
    if again:
        return (
            f"This cell gives `{again[0]}` a value again, so the {called(case)} would be wrong for"
            " other data. Remove that line."
        )
    fields, held = case.fields(), fstring_names(case.source.tree)
    today = case.examples[0]
    if case.swapped():
        equal = today[fields[0]] == today[fields[1]]
        start = (
            f"The line looks right because both values are {today[fields[0]]}, but the"
            if equal
            else "The"
        )
        label = case.line.split("{")[0].split(":")[-1].strip()
        return f"{start} two variables are swapped: `{{{fields[0]}}}` belongs after `{label}`."
    typed = [name for name in fields if name not in held] or fields
    wanted = " and ".join(f"`{{{name}}}`" for name in fields)
    strings = list(case.source.walk(ast.JoinedStr))
    if held & set(fields) and typed != fields:
        return half_typed(case, "", "", today)
    if strings and not held:
        return (
            "The text is right today, but the f-string has no `{ }`, so its values were typed"
            f" in. Put {wanted} in it."
        )
    return (
        "The text is right today, but its values were typed in, so it would be wrong for other"
        f" data. Use an f-string with {wanted}."
    )


def too_often(case: Printing, times: int) -> str:
    """The line is printed more than once."""
    loops = list(case.source.walk(ast.For, ast.While))
    inside = any(calls(part, "print") for loop in loops for part in loop.body)
    return f"The {called(case)} is right but it is printed {times} times: print it once" + (
        ", outside the loop." if inside else "."
    )
