"""
What is wrong in the way a function is written, as its text and the errors of its calls tell: one
cause and one thing to do, or "".
"""

import ast
import builtins
import difflib
import re

from grader.checks.called import MISSING, alike
from grader.checks.difference import CHANGED, LEFT, VALUE
from grader.checks.sentences.work import Work, calls_name, loads

IN_PLACE = {"append", "extend", "insert", "remove", "reverse", "sort", "update", "add", "clear"}
LOOPS = (ast.For, ast.While)


def count(work: Work) -> str:
    """A call with the task's arguments does not fit the function."""
    for kind, words in work.errors:
        own = words.startswith(f"{work.name}() ")
        if kind == "TypeError" and own and ("positional argument" in words or "keyword" in words):
            takes = ", ".join(work.takes) or "..."
            return (
                f"`{work.name}` cannot be called as the task calls it: write its first line as it"
                f" was given, `def {work.name}({takes})`."
            )
    return ""


def order(work: Work) -> str:
    """The function has the arguments of the task in another order."""
    if work.parameters == list(work.takes) or sorted(work.parameters) != sorted(work.takes):
        return ""
    return (
        f"The arguments of `{work.name}` are swapped: the task has them in the order"
        f" `{', '.join(work.takes)}`."
    )


def of_names(work: Work) -> str:
    """The least or the greatest of a dictionary is one of its names."""
    given = {
        name
        for act, _ in work.calls
        for name, value in zip(work.parameters, act.plain(), strict=False)
        if isinstance(value, dict)
    }
    for one in filter(calls_name, work.nodes):
        of = one.args[0].id if len(one.args) == 1 and isinstance(one.args[0], ast.Name) else ""
        if one.func.id in ("min", "max") and of in given - work.stored and not one.keywords:
            return (
                f"`{ast.unparse(one)}` in line {one.lineno} compares the names in a dictionary, and"
                f" not its values: look at `{of}.values()`, or say `key={of}.get`."
            )
    return ""


def shadowed(work: Work) -> str:
    """A variable has the name of a function that is called."""
    for kind, words in work.errors:
        found = re.search(r"local variable '(\w+)'", words)
        called = {one.func.id for one in work.nodes if calls_name(one)}
        taken = called & work.stored
        name = found[1] if found else next(iter(sorted(taken)), "")
        callable_ = kind == "TypeError" and "not callable" in words
        if name in called and (callable_ or found):
            what = "Python's own" if hasattr(builtins, name) else "the function"
            return (
                f"`{name}` is a variable of yours, so {what} `{name}(...)` cannot be called:"
                " give the variable another name."
            )
        if found:
            return (
                f"`{name}` is used before it has a value: give it one in a line above, before the"
                " loop begins."
            )
    return ""


def unknown(work: Work) -> str:
    """The function uses a name that stands for nothing."""
    for kind, words in work.errors:
        found = re.search(r"name '(\w+)' is not defined", words)
        if kind != "NameError" or not found:
            continue
        known = {*work.parameters, *work.stored, *dir(builtins)}
        near = difflib.get_close_matches(found[1], sorted(known), 1, 0.7)
        more = f"write `{near[0]}`" if near else "give it a value first, or import it"
        return f"`{work.name}` uses `{found[1]}`, and nothing has that name: {more}."
    return ""


def gives_nothing(work: Work) -> str:
    """A result is printed, or computed and not returned."""
    wanting = [one for one in work.calls if one[0].gives not in (MISSING, None)]
    if not wanting or any(one.error or one.value is not None for _, one in wanting):
        return ""
    returns = [one for one in work.nodes if isinstance(one, ast.Return) and not _empty(one)]
    if not returns:
        if any(one.printed and act.prints is MISSING for act, one in wanting):
            return (
                f"`{work.name}` prints its result and gives nothing back: write `return` in place"
                " of `print`."
            )
        return f"`{work.name}` gives nothing back: end it with `return` and the result."
    for one in returns:
        if calls_name(one.value) and one.value.func.id == "print":
            return f"Line {one.lineno}: `print(...)` gives nothing back. Return the result itself."
        changes = isinstance(one.value, ast.Call) and isinstance(one.value.func, ast.Attribute)
        if changes and one.value.func.attr in IN_PLACE:
            attribute = one.value.func.attr
            return (
                f"Line {one.lineno}: `.{attribute}(...)` gives nothing back. Call it in a line of"
                " its own, and return what it changed."
            )
    if not _falls_through(work.node.body):
        return ""
    return (
        f"`{work.name}` ends here without its `return` in line {returns[-1].lineno}: move that line"
        " so that every way through the function ends in one."
    )


def _empty(line: ast.Return) -> bool:
    """Tell whether a return says nothing, or `None`."""
    value = line.value
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _falls_through(body: list[ast.stmt]) -> bool:
    """Tell whether lines may come to their end without a return or an error."""
    last = body[-1]
    if isinstance(last, (ast.Return, ast.Raise)):
        return False
    if isinstance(last, ast.If) and last.orelse:
        return _falls_through(last.body) or _falls_through(last.orelse)
    if isinstance(last, ast.With):
        return _falls_through(last.body)
    return not isinstance(last, (ast.Try, ast.Match))


def too_early(work: Work) -> str:
    """A return stands in a loop, so that only the first turn counts."""
    for loop in (one for one in work.nodes if isinstance(one, LOOPS)):
        for line in loop.body:
            if isinstance(line, ast.Return):
                return (
                    f"Line {line.lineno}: `return` stands in the loop, so the function ends in the"
                    " first turn. Move it to the left, below the loop."
                )
    return ""


def kept(work: Work) -> str:
    """A default is made once, and keeps what calls put into it."""
    made = [
        one for one in work.node.args.defaults if isinstance(one, (ast.List, ast.Dict, ast.Set))
    ]
    if not made:
        return ""
    return (
        f"`{ast.unparse(made[0])}` in the line of `def` is made once, and every call adds to it:"
        " make a new one inside the function."
    )


def changed(work: Work) -> str:
    """The function changes what it is given, or leaves what it should change."""
    example = work.example
    if example is None or example.kind not in (CHANGED, LEFT):
        return ""
    if example.kind == CHANGED:
        place = next((n for n, one in enumerate(example.args) if alike(one, example.came)), None)
        name = work.parameters[place] if place is not None and place < len(work.parameters) else ""
        return (
            f"`{work.name}` changes `{name or 'what it is given'}`, which is not its own:"
            " work on a copy of it."
        )
    name = example.place[0]
    untouched = all(
        alike(act.left(one).get(name), start)
        for act, one in work.calls
        for start in [shared.start for shared in act.args if getattr(shared, "name", 0) == name]
    )
    if not untouched:
        return ""
    if name in work.stored:
        return (
            f"`{name}` stays as it was: change the list that you are given, with `append(...)`."
            " A new one made by `+` is lost."
        )
    return f"`{name}` stays as it was: nothing is put into it. Call `{name}.append(...)`."


def ignored(work: Work) -> str:
    """An argument plays no part."""
    read = {one.id for one in ast.walk(work.node) if isinstance(one, ast.Name)}
    unused = [name for name in work.parameters if name not in read]
    if not unused:
        return ""
    return f"`{work.name}` never looks at `{unused[0]}`: use it, so that the result follows it."


def overwritten(work: Work) -> str:
    """An argument gets a value of the function's own before anybody has looked at it."""
    for line in work.node.body:
        read = {n.id for n in ast.walk(line) if isinstance(n, ast.Name) and loads(n)}
        targets = line.targets if isinstance(line, ast.Assign) else []
        names = [one.id for one in targets if isinstance(one, ast.Name)]
        for name in names:
            if name in work.parameters and name not in read:
                return (
                    f"Line {line.lineno} gives `{name}` a value of its own, and what was"
                    " given is lost: leave that line out."
                )
    return ""


def divided(work: Work) -> str:
    """A division gives whole numbers only."""
    example = work.example
    if example is None or not isinstance(example.wanted, float) or example.kind != VALUE:
        return ""
    for one in work.nodes:
        if isinstance(one, (ast.BinOp, ast.AugAssign)) and isinstance(one.op, ast.FloorDiv):
            return f"Line {one.lineno}: `//` leaves away what is behind the point. Divide with `/`."
    return ""


def rounded(work: Work) -> str:
    """A rounded number decides."""
    for one in (one for one in work.nodes if isinstance(one, ast.Compare)):
        for side in (one.left, *one.comparators):
            if calls_name(side) and side.func.id == "round":
                return (
                    f"Line {one.lineno} compares a rounded number: compare the number itself, and"
                    " round only what is shown."
                )
    return ""
