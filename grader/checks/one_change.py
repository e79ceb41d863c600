"""
Whether one small change makes a function right: a comparison that treats equal sides the other way,
a number that is one more or less, the other end of `min` and `max`, "is None" in place of "not".

That is tried in a learner's own kernel, with the learner's own function and all calls that were
tried before; elsewhere nothing is said.
"""

import ast
import time
from collections.abc import Iterator, Sequence

from IPython import get_ipython

from grader.checks.called import Case
from grader.checks.sentences.work import Work
from grader.checks.task import Calls, Check, holds

SECONDS = 0.1  # for all changes together; after that nothing is said
ALL = 0.3  # seconds that all calls of one change may take; slower functions are left alone
LONGEST = 60  # characters of a piece of code in a sentence
EQUAL = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
ROUND = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
ENDS = {"min": "max", "max": "min"}
SIDES = "what if both sides are equal?"
WRONG_WAY = "it compares the wrong way round."
OTHER_END = "does it take the right end?"
ONE_OFF = "it is one off."
EMPTY = "0 and what is empty count as nothing there too."


def one_change(work: Work, missed: Check, checks: Sequence[Check], calls: Calls) -> str:
    """
    Return which piece of a function alone makes it miss a check, if all checks are right without
    it; "" where there is none.
    """
    shell = get_ipython()
    space = shell.user_ns if shell is not None else {}
    function = space.get(work.name)
    # Another condition of a `while` might never end.
    endless = work.node is None or any(isinstance(one, ast.While) for one in ast.walk(work.node))
    # A decorator would run once more for each change.
    if endless or work.node.decorator_list or not hasattr(function, "__globals__"):
        return ""
    first = [(missed, case) for case, _ in missed.missed][:1]
    rest = [(one, case) for one in checks for case in one.cases]
    end = time.monotonic() + SECONDS
    try:
        for words in _changes(work.node):
            space[work.name] = _compiled(work, function.__globals__)
            start = time.monotonic()
            if start > end:
                return ""
            right = _are_right(work.name, first, calls)
            if (time.monotonic() - start) * len(rest) > ALL:
                return ""
            if right and _are_right(work.name, rest, calls):
                return words
    except Exception:  # what is said here is an extra: it must not cost the verdict
        return ""
    finally:
        space[work.name] = function
    return ""


def _changes(function: ast.FunctionDef) -> Iterator[str]:
    """Make one change of a function after the other, and yield what to look at because of it."""
    for parent in list(ast.walk(function)):
        for name, held in list(ast.iter_fields(parent)):
            for place, node in enumerate(held if isinstance(held, list) else [held]):
                for new, words in _instead(node, name in ("test", "ifs")):
                    shown = parent if words == ONE_OFF else node
                    code = " ".join(ast.unparse(shown).split())
                    code = code if len(code) <= LONGEST else f"{code[: LONGEST - 1]}…"
                    told = f"Look at `{code}` in line {node.lineno}: {words}"
                    changed = [*held[:place], new, *held[place + 1 :]] if held is not node else new
                    setattr(parent, name, changed)
                    try:
                        yield told
                    finally:
                        setattr(parent, name, held)


def _instead(node: object, asked: bool) -> Iterator[tuple[ast.expr, str]]:
    """
    Yield what could stand in place of a node, and what that would say about the node; `asked` of
    one on whose truth something depends.
    """
    made: list[tuple[ast.expr, str]] = []
    if asked and isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
        made.append((ast.Compare(node, [ast.IsNot()], [ast.Constant(None)]), EMPTY))
    if isinstance(node, ast.Compare) and type(node.ops[0]) in EQUAL:
        for others, words in ((EQUAL, SIDES), (ROUND, WRONG_WAY)):
            ops = [others[type(node.ops[0])](), *node.ops[1:]]
            made.append((ast.Compare(node.left, ops, node.comparators), words))
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        made += [(ast.Constant(node.value + step), ONE_OFF) for step in (1, -1)]
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ENDS:
        other = ast.Name(ENDS[node.func.id], ast.Load())
        made.append((ast.Call(other, node.args, node.keywords), OTHER_END))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        made.append((ast.Compare(node.operand, [ast.Is()], [ast.Constant(None)]), EMPTY))
    for new, words in made:
        yield ast.fix_missing_locations(ast.copy_location(new, node)), words


def _compiled(work: Work, known: dict[str, object]) -> object:
    """Return the function as its text is now."""
    space = dict(known)
    exec(compile(ast.Module([work.node], []), f"<{work.name}>", "exec"), space)
    return space[work.name]


def _are_right(name: str, tried: list[tuple[Check, Case]], calls: Calls) -> bool:
    made = calls([case.plan(name) for _, case in tried], ())
    return len(made) == len(tried) and all(
        holds(check, case, case.read(name, came))
        for (check, case), came in zip(tried, made, strict=True)
    )
