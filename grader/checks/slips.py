"""The sentences for a counting loop that went wrong; each cause is looked for in the numbers and in the source text.

The order is the order of telling: the earliest cause that explains everything seen.
"""

import ast
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from grader.checks.rerun import Run, names_in
from grader.checks.source import COMPREHENSIONS, calls, loops_over, names_stored, nearest, number, show, stored, typed_in

if TYPE_CHECKING:
    from grader.checks.counting import Counting


def absent(case: "Counting", run: Run) -> str:
    """The variable does not exist, although nothing stopped."""
    own = names_stored(case.source.tree) & set(run.values)
    expected = case.examples[0][1]
    twin = next((n for n in sorted(own) if isinstance(run.values[n], float) and math.isclose(run.values[n], expected)), None)
    near = twin or nearest(case.name, own, 0.5)
    if near:
        return f"The number is stored under the name `{near}`. Rename it to `{case.name}`."
    if any(isinstance(n, ast.Name) and n.id == case.name for n in case.source.walk(ast.Name)):
        return f"`{case.name}` gets its value in code that never runs. Set it after the loop."
    if loops_over(case.source.tree, case.variable):
        return f"The loop is there, but `{case.name}` does not exist yet. Divide the count by how many predictions there are and store it."
    return f"`{case.name}` does not exist yet. Start with `correct = 0`, then write a `for` loop with variable `{case.variable}` over the indexes."


def wrong_type(case: "Counting", got: object) -> str:
    """The variable holds something that is no float."""
    start = "The loop is right. " if _loop_is_right(case) else ""
    if got is ...:
        return f"`{case.name}` still holds the placeholder `...`. Count the matches in a loop and divide."
    if got is None:
        called = next((ast.unparse(v.func) for _, v in stored(case.source.tree, case.name) if isinstance(v, ast.Call)), None)
        if called == "print":
            return f"{start}`{case.name}` is `None`, because `print( )` shows a value but gives nothing back: write `{case.name} = correct / ...`."
        why = f"because `{called}( )` has no `return`" if called and called.isidentifier() else "so nothing was given back"
        return f"{start}`{case.name}` is `None`, {why}. Store the number itself."
    if isinstance(got, str):
        by = next((f for f in ("str", "format") if calls(case.source.tree, f)), None)
        action = f"remove `{by}( )`" if by else "store the number itself, without quotes or f-string"
        return f"{start}`{case.name}` is the text {show(got)}; the task asks for a float, so {action}."
    if isinstance(got, bool):
        return f"`{case.name}` is `{got}`, the answer of one comparison. Count the matches in the loop, then divide."
    if isinstance(got, int):
        return _whole_number(case, got)
    if isinstance(got, (list, tuple)):
        return f"`{case.name}` is a {type(got).__name__} with {len(got)} values. The task asks for one float: the matches divided by the number of predictions."
    kind = type(got).__name__
    return f"{start}`{case.name}` is a `{kind}`; the task asks for a float. Divide two whole numbers with `/`."


def _whole_number(case: "Counting", got: int) -> str:
    inputs, expected = case.examples[0]
    length = case.length(inputs)
    if any(isinstance(n.op, ast.FloorDiv) for n in case.source.walk(ast.BinOp, ast.AugAssign)):
        return f"`{case.name}` is {got}, a whole number: `//` drops the decimals. Divide with a single `/`."
    if calls(case.source.tree, "int") and got != round(expected * length):
        return f"`{case.name}` is {got}, a whole number: `int( )` drops the decimals. Remove it from the division."
    if got == round(expected * length):
        return (
            f"The loop is right: it counts {got} matches. `{case.name}` is that count; "
            f"divide it by the number of predictions ({length}) to get a share."
        )
    if calls(case.source.tree, "round"):
        return f"`{case.name}` is {got}, a whole number: `round( )` drops the decimals. Remove it."
    return f"`{case.name}` is the whole number {got}; the task asks for a float. Divide the matches by the number of predictions with `/`."


def typed(case: "Counting") -> str:
    """The number ignores the data."""
    if calls(case.source.tree, "exec") or calls(case.source.tree, "eval"):
        return "The code of this step is hidden in a text given to `exec`. Write the loop itself in the cell."
    value = case.values()[0]
    shown = number(value) if isinstance(value, float) else show(value).strip("`")
    stays = f"stays {shown} when the data change"
    loops = loops_over(case.source.tree, case.variable)
    assigned = stored(case.source.tree, case.name)
    ran = any(turns for inputs, _ in case.examples for turns in case.watched(inputs).turns)
    if not loops:
        last = assigned[-1][1] if assigned else None
        numbers = [n.value for n in ast.walk(last) if isinstance(n, ast.Constant)] if last is not None and typed_in(last) else []
        what = f"{numbers[0]} and {numbers[1]} were typed in" if len(numbers) > 1 else "it was typed in"
        other = list(case.source.walk(ast.For, ast.While, *COMPREHENSIONS))
        if other:
            return f"`{case.name}` {stays}: the loop does not use `{case.over}`. Compare the two lists inside the loop."
        return f"`{case.name}` is {shown}, but {what}: there is no `for` loop, and the result {stays}. Count the matches in a loop."
    if not ran:
        return f"The loop never runs, and `{case.name}` was typed in, so it {stays}. Let the loop count the matches."
    if assigned and typed_in(assigned[-1][1]):
        if any(isinstance(part, (ast.Compare, ast.AugAssign)) for loop in loops for part in ast.walk(loop)):
            return f"The loop counts, but `{case.name}` is typed in on line {assigned[-1][0]} and {stays}. Divide the count instead."
        return f"The loop visits every index but counts nothing, and `{case.name}` {stays}. Compare the two lists inside the loop."
    return f"`{case.name}` {stays}: the values were typed into this cell. Read them from `{_root(case)}`."


def wrong_number(case: "Counting", position: int) -> str:
    """The number is a number, but not the right one for an example."""
    inputs, expected = case.examples[position]
    got = case.got(inputs)
    start = f"`{case.name}` is {number(got)} but should be {number(expected)}"
    if position:
        start = f"With other data `{case.name}` is {number(got)} but should be {number(expected)}"
    for tell in CAUSES:
        cause = tell(case, got, expected, inputs)
        if cause:
            return cause if cause.startswith("The loop is right") else f"{start}. {cause}"
    return f"{start}. Count how often the two lists agree at the same index, then divide once by how many predictions there are."


def _everywhere(case: "Counting", formula: Callable[[list[tuple], float], float]) -> bool:
    """True where a formula over (pairs, expected) gives the number seen for every example that ran through."""
    pairs = [(_pairs(inputs), expected, case.got(inputs)) for inputs, expected in case.examples]
    seen = [(p, e, g) for p, e, g in pairs if isinstance(g, (int, float))]
    try:
        return bool(seen) and all(math.isclose(g, formula(p, e), abs_tol=1e-9) for p, e, g in seen)
    except ZeroDivisionError:
        return False


def _pairs(inputs: dict[str, object]) -> list[tuple]:
    held = next(value for value in inputs.values() if isinstance(value, dict))
    return list(zip(*held.values(), strict=False))


def _loop_is_right(case: "Counting") -> bool:
    from grader.checks.counting import judge_loop

    return judge_loop(case)[1] == ""


def _percentage(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    if math.isclose(got, expected * 100):
        return f"The loop is right. `{case.name}` is {got!r}, a percentage; the task asks for the share {number(expected)}, so remove `* 100`."
    return None


def _whole(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    if isinstance(got, int) or got == int(got) != expected and not 0 < got <= 1:
        told = _whole_number(case, int(got))
        return told if told.startswith("The loop is right") else None
    if any(isinstance(n.op, ast.FloorDiv) for n in case.source.walk(ast.BinOp, ast.AugAssign)):
        return "`//` drops the decimals: divide with a single `/`."
    return None


def _nested(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    for loop in case.source.walk(ast.For):
        if any(isinstance(part, ast.For) for inner in loop.body for part in ast.walk(inner)):
            return f"The second loop compares every prediction with every label: use one loop and the same index `{case.variable}` for both lists."
    return None


def _divides_inside(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    for loop in case.source.walk(ast.For, ast.While):
        for part in (p for statement in loop.body for p in ast.walk(statement)):
            value = getattr(part, "value", None)
            divides = isinstance(part, ast.AugAssign) and isinstance(part.op, ast.Div)
            if isinstance(part, ast.Assign) and value is not None:
                divides = any(isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div) for n in ast.walk(value))
            if not divides:
                continue
            target = part.target if isinstance(part, ast.AugAssign) else part.targets[0]
            if isinstance(part, ast.Assign) and not names_in(target) & names_in(value):
                return f"After the loop `{case.name}` holds the last row only. Count in the loop, divide once after it."
            times = sum(a == b for a, b in _pairs(inputs))
            return f"The division is inside the loop, so it happens {times} times: do it once, after the loop."
    return None


def _restarts(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    for loop in case.source.walk(ast.For):
        for part in loop.body:
            if isinstance(part, ast.Assign) and typed_in(part.value) and isinstance(part.targets[0], ast.Name):
                name, value = part.targets[0].id, ast.unparse(part.value)
                return f"`{name} = {value}` is inside the loop, so the count restarts each time: move it above the loop."
            if isinstance(part, ast.Assign) and isinstance(part.value, (ast.List, ast.Tuple)) and not part.value.elts:
                return f"`{ast.unparse(part)}` is inside the loop, so the list restarts each time: move it above the loop."
    for part in (p for loop in case.source.walk(ast.For) for statement in loop.body for p in ast.walk(statement)):
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name) and typed_in(part.value):
            return f"`{ast.unparse(part)}` sets the count instead of adding to it: use `+= 1`."
    return None


def _length_of_dictionary(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    root = _root(case)
    if not any(len(c.args) == 1 and isinstance(c.args[0], ast.Name) and c.args[0].id == root for c in calls(case.source.tree, "len")):
        return None
    keys, length = len(inputs[root]), case.length(inputs)
    turns = case.watched(inputs).turns
    seen = f"so the loop sees only {keys} of {length} predictions" if turns and len(turns[0]) == keys else f"not the {length} predictions"
    return f"`len({root})` counts the {keys} keys, {seen}: use the length of the list `{case.over}`."


def _misses_an_end(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    length = case.length(inputs)
    for taken in case.watched(inputs).turns:
        told = _ends(taken, length)
        if told:
            return told
    return None


def _ends(taken: list[object], length: int) -> str | None:
    if taken == list(range(length - 1)):
        return f"The loop stops at index {length - 2} and skips index {length - 1}: remove `- 1`."
    if taken == list(range(1, length)):
        return "The loop starts at index 1 and skips index 0: start it at 0."
    if taken == list(range(1, length - 1)):
        return f"The loop skips index 0 and index {length - 1}: let it take every index."
    if taken and taken == list(range(0, length, 2)) and length > 2:
        return "The loop takes every second index: remove the step 2."
    return None


def _fixed_range(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    for call in calls(case.source.tree, "range"):
        if call.args and all(typed_in(arg) for arg in call.args):
            return f"`{ast.unparse(call)}` fits one number of rows only. Use `range(len({case.over}))`." if case.right else None
    return None


def _fixed_divisor(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    for node in case.source.walk(ast.BinOp, ast.AugAssign):
        divisor = getattr(node, "right", None) or getattr(node, "value", None)
        if isinstance(node.op, ast.Div) and isinstance(divisor, ast.Constant) and divisor.value not in (1, 100):
            return f"The number divided by was typed in ({divisor.value}), so it fits one length only: use `len({case.over})`."
    return None


def _mismatches(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    if not _everywhere(case, lambda pairs, e: 1 - e):
        return None
    if any(isinstance(op, ast.NotEq) for n in case.source.walk(ast.Compare) for op in n.ops):
        return "The `if` uses `!=`, so it counts the mismatches: use `==`."
    return "This is the share of mismatches: count where the two values are equal."


def _only_some_pairs(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    if _everywhere(case, lambda pairs, e: pairs.count((1, 1)) / len(pairs)):
        if any(isinstance(n.op, ast.Mult) for n in case.source.walk(ast.BinOp)):
            return "Multiplying counts only the pairs (1, 1); compare the two values with `==` so that (0, 0) counts too."
        return "Only the pairs (1, 1) are counted; a match (0, 0) is also correct, so compare the two values with `==`."
    if _everywhere(case, lambda pairs, e: pairs.count((0, 0)) / len(pairs)):
        return "Only the pairs (0, 0) are counted; a match (1, 1) is also correct, so compare the two values with `==`."
    if _everywhere(case, lambda pairs, e: pairs.count((1, 1)) / sum(p[0] for p in pairs)):
        return "This divides by the predictions that are 1 (precision). Divide by how many predictions there are."
    return None


def _one_list_only(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    for place, what in ((0, "predictions"), (1, "true labels")):
        if _everywhere(case, lambda pairs, e, place=place: sum(p[place] for p in pairs) / len(pairs)):
            return f"This is the share of 1s among the {what}: compare the two lists with `==`."
    if any(len(n.comparators) == 1 and ast.dump(n.left) == ast.dump(n.comparators[0]) for n in case.source.walk(ast.Compare)):
        return "Both sides of `==` read the same list: compare the predictions with the true labels."
    return None


def _counts_everything(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    if not _everywhere(case, lambda pairs, e: 1.0):
        return None
    if not list(case.source.walk(ast.Compare)):
        return "Every turn is counted: add 1 only where the two values are equal, with an `if` and `==`."
    return "Every turn is counted. Check that the line that adds 1 stands inside the `if`, and that the `if` compares both lists."


def _never_counts(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    if got != 0 or not _everywhere(case, lambda pairs, e: 0.0):
        return None
    if any(isinstance(op, (ast.Is, ast.Lt, ast.Gt)) for n in case.source.walk(ast.Compare) for op in n.ops):
        return "The count never grows: compare the two values with `==`."
    return "The count never grows: add 1 inside the `if`, with `+= 1`."


def _wrong_divisor(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    for shift, told in ((-1, "one less than"), (1, "one more than")):
        if _everywhere(case, lambda pairs, e, shift=shift: e * len(pairs) / (len(pairs) + shift)):
            return f"The count is right, but it is divided by {told} the number of predictions."
    if _everywhere(case, lambda pairs, e: len(pairs) / (e * len(pairs))):
        return "The division is upside down: divide the matches by the number of predictions."
    if _everywhere(case, lambda pairs, e: (e * len(pairs) + 1) / len(pairs)):
        return "The count starts at 1: start it at 0."
    if _everywhere(case, lambda pairs, e: e * len(pairs) / (2 * len(pairs))):
        return "The count is divided by the length of both lists together: divide by the length of one."
    return None


def _rounds(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    if calls(case.source.tree, "round") and abs(got - expected) < 0.51:
        return "`round( )` changes the number: store it unrounded."
    return None


def _ends_early(case: "Counting", got: float, expected: float, inputs: dict) -> str | None:
    if list(case.source.walk(ast.Break)):
        return "`break` ends the loop before every index was seen: remove it."
    if any(isinstance(p, ast.Return) for loop in case.source.walk(ast.For) for s in loop.body for p in ast.walk(s)):
        return "`return` inside the loop ends it at once: return after the loop."
    return None


CAUSES = (
    _percentage,
    _whole,
    _ends_early,
    _nested,
    _divides_inside,
    _restarts,
    _length_of_dictionary,
    _misses_an_end,
    _fixed_range,
    _mismatches,
    _only_some_pairs,
    _one_list_only,
    _wrong_divisor,
    _fixed_divisor,
    _counts_everything,
    _never_counts,
    _rounds,
)


def no_loop(case: "Counting") -> str:
    """There is no `for` statement with the variable."""
    start = _right_so_far(case)
    loops, variable = list(case.source.walk(ast.For)), case.variable
    if loops:
        names = sorted(names_in(loops[0].target))
        if len(names) > 1 and calls(case.source.tree, "zip") and not calls(case.source.tree, "enumerate"):
            return f"{start}This loop runs over the values with `zip`; the task asks for a loop with variable `{variable}` over the indexes."
        return f"{start}The loop variable is called `{', '.join(names)}`; the task asks for `{variable}`, which takes every index."
    if list(case.source.walk(ast.While)):
        return f"{start}The task asks for a `for` loop, and this is a `while` loop: use `for {variable} in range(...)`."
    made = next(case.source.walk(*COMPREHENSIONS), None)
    if made is not None:
        kind = "list comprehension" if isinstance(made, ast.ListComp) else "generator expression inside a call"
        return f"{start}The task asks for a `for` loop statement, and this is a {kind}: write the loop on its own lines."
    return f"{start}The task asks for a `for` loop with variable `{variable}` over the indexes, and there is none: count the matches in a loop."


def not_every_index(case: "Counting", turns: list[list[object]], length: int) -> str:
    """The loop is there, but its variable does not take every index."""
    start = _right_so_far(case)
    if not any(turns):
        return f"{start}The `for` loop with `{case.variable}` never runs. Call the function it stands in, or take it out of the `if`."
    taken = max(turns, key=len)
    fixed = _fixed_range(case, 0.0, 0.0, {})
    told = _ends(taken, length) or fixed
    if told:
        return start + told
    if any(type(value) is not int for value in taken) or len(taken) == length:
        return f"{start}`{case.variable}` takes the values of a list, not its indexes: loop over `range(len(...))`."
    return f"{start}`{case.variable}` takes {len(taken)} of {length} indexes. Let it take every index with `range(len(...))`."


def decorative(case: "Counting") -> str:
    """The loop takes every index, but the number does not come from it."""
    return f"{_right_so_far(case)}It does not come from the `for` loop, which changes nothing in it. Count the matches inside the loop."


def _right_so_far(case: "Counting") -> str:
    inputs, expected = case.examples[0]
    return f"`{case.name}` is right ({number(expected)}). " if case.right() else ""


def _root(case: "Counting") -> str:
    return min(names_in(ast.parse(case.over)))
