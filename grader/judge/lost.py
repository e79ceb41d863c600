"""
Cells that cost themselves alone: they ended Python, or computed or waited without end.

The notebook goes on with what stands in such a cell before the statement that did it. That is the
learner's own text, and no more than they could have handed in without the rest: it is safe to
believe the guest which statement it was.
"""

import ast
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace

from grader.checks.sentences import stops
from grader.checks.source import read
from grader.judge.task import LOST, GradedCell, printed
from grader.rerun.rerun import Stop
from grader.rerun.watch import as_python, names_in
from grader.sandbox import Exited, GuestError, OutOfMemory, Tampered, Timeout
from grader.sandbox.walls import MEMORY

MOST_STATEMENTS = 300  # of a cell that are tried one by one
LONGEST_SHOWN = 60  # characters of a line
COMPUTED, WAITED, EXITED = "computed", "waited", "exited"
STUCK, FULL, TAMPERED = "stuck", "full", "tampered"
ADVICE = {
    WAITED: "Remove that wait: nothing below it ran.",
    EXITED: "Remove that: nothing below it ran.",
    STUCK: "Remove that: nothing below it ran.",
    FULL: "Take less data at a time.",
    TAMPERED: "Only compute.",
}
STOPS = {COMPUTED: "TimeLimit", WAITED: "TimeLimit", STUCK: "TimeLimit", FULL: "MemoryError"}
KINDS = {OutOfMemory: FULL, Tampered: TAMPERED, Timeout: STUCK, Exited: EXITED}
WORDS = {
    COMPUTED: "computed for {seconds:.0f} s and was stopped",
    WAITED: "waited for {seconds:.0f} s for something that did not come, and was stopped",
    EXITED: "ended Python itself",
    STUCK: "did not end within {seconds:.0f} s and could not be interrupted",
    FULL: f"took more memory than it may have ({MEMORY})",
    TAMPERED: "answered the grader with something that is no answer",
}
LEAVING = (
    *(ast.Break, ast.Return, ast.Raise, ast.Assert, ast.Yield, ast.YieldFrom, ast.Await),
    *(ast.Call, ast.Subscript, ast.Attribute, ast.BinOp, ast.Global, ast.Nonlocal),
)
SIMPLE = (ast.Name, ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.expr_context)
SIMPLE += (ast.cmpop, ast.boolop, ast.unaryop)
ENDING = re.compile(r"(?<![\w.])(?:\w+\.)*(?:_exit|abort|kill|killpg|raise_signal|string_at)\s*\(")


def kind_of(error: GuestError) -> str:
    """Return what became of a guest, as a key of `WORDS`."""
    return next(kind for error_type, kind in KINDS.items() if isinstance(error, error_type))


@dataclass(frozen=True, slots=True)
class Lost:
    """
    What became of a cell: a key of `WORDS`, and after how many `seconds`. `line` counts from 1, 0
    where nobody knows; `text` is that line and `kept` what stands before its statement.
    """

    cell_id: str
    kind: str
    seconds: float
    line: int = 0
    text: str = ""
    kept: str = ""

    @property
    def by_time(self) -> bool:
        """Whether it would perhaps have ended on a slower clock."""
        return self.kind in (COMPUTED, WAITED, STUCK)

    @property
    def words(self) -> str:
        """What happened, as the end of a sentence that starts with the code."""
        return WORDS[self.kind].format(seconds=self.seconds)

    @property
    def stop(self) -> str:
        """The kind of stop that this is where steps are run again: see `Stop`."""
        return STOPS.get(self.kind, self.kind.capitalize())

    def as_text(self, of_cell: bool = False) -> str:
        """Return a sentence about the line, if it is known; on request it names the cell."""
        cell = f"The cell `{self.cell_id}`" if of_cell else "This cell"
        if not self.line:
            return f"{cell} {self.words}."
        line = f"{cell}, line {self.line}," if of_cell else f"Line {self.line}"
        return f"{line} {self.words}: `{_shown(self.text)}`."

    def output(self) -> dict[str, object]:
        """Return the output, in nbformat's shape, that a cell has at its end."""
        sentence = f"{self.as_text()} The notebook went on without it."
        name = TimeoutError.__name__ if self.by_time else LOST
        lines = [f"{name}: {sentence}"]
        return {"output_type": "error", "ename": name, "evalue": sentence, "traceback": lines}


@dataclass(frozen=True, slots=True)
class Piece:
    """
    One statement of a cell with what follows it up to the next, the line and the byte in it where
    it starts, and its last line.
    """

    before: str
    text: str
    start: tuple[int, int]
    last: int


def pieces(source: str) -> list[Piece]:
    """Return the statements of a cell; none where they cannot be told apart line by line."""
    source = source.replace("\r\n", "\n")
    try:
        text = as_python(source)
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    lines = source.splitlines(keepends=True)
    if len(lines) != len(text.splitlines()) or len(body) > MOST_STATEMENTS:
        return []  # a magic over several lines
    same = text.rstrip("\n") == source.rstrip("\n")
    starts = [_start(node, same) for node in body]
    places = [_place(lines, *start) for start in starts]
    ends = [*places[1:], len(source)]
    return [
        Piece(source[:place], source[place:end], start, node.end_lineno or start[0])
        for node, start, place, end in zip(body, starts, places, ends, strict=True)
    ]


def _start(node: ast.stmt, same: bool) -> tuple[int, int]:
    """Return the line and the byte of a statement; IPython may have made other columns of it."""
    first = min(one.lineno for one in (node, *getattr(node, "decorator_list", ())))
    return first, node.col_offset if same and first == node.lineno else 0


def _place(lines: list[str], line: int, byte: int) -> int:
    """Return where in a text a line and a byte in it are."""
    whole = sum(map(len, lines[: line - 1]))
    return whole + len(lines[line - 1].encode()[:byte].decode(errors="ignore"))


def where(reply: dict[str, object]) -> tuple[int, tuple[int, int]]:
    """Return where a cell says that it stopped: its line, and where that statement is; 0 if not."""
    stop = reply.get("stop")
    stop = stop if type(stop) is dict else {}
    line, at = stop.get("line"), stop.get("at")
    if type(at) is not tuple or [type(one) for one in (line, *at)] != [int] * 3:
        return 0, (0, 0)
    return line, at


def piece_at(source: str, at: tuple[int, int]) -> Piece | None:
    """Return the statement of a cell that a line and a byte in it belong to."""
    found = [one for one in pieces(source) if one.start <= at]
    return found[-1] if found and at[0] <= found[-1].last else None


def cut(
    cell_id: str, source: str, kind: str, seconds: float, piece: Piece | None, line: int
) -> Lost:
    """
    Return a cell as lost in a statement; `line` is where in it, or in a function that it calls.
    Without a statement, or with a line that the cell does not have, it is lost as a whole.
    """
    lines = source.splitlines()
    if piece is None or not 0 < line <= len(lines):
        return Lost(cell_id, kind, seconds)
    return Lost(cell_id, kind, seconds, line, lines[line - 1], piece.before.rstrip(" ;"))


def never_ends(sources: Iterable[str], functions: Container[str]) -> bool:
    """Tell whether one of these functions has a loop that its text alone shows to have no end."""
    trees = (read((source,)).tree for source in sources)
    return any(
        isinstance(loop, ast.While) and _is_endless(loop)
        for tree in trees
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef) and one.name in functions
        for loop in ast.walk(one)
    )


def _is_endless(loop: ast.While) -> bool:
    """Tell whether nothing in a loop leaves it, or can change what it asks for."""
    parts = [part for statement in loop.body for part in ast.walk(statement)]
    asked = [part for part in ast.walk(loop.test) if not isinstance(part, SIMPLE)]
    changed = {part.id for part in parts if isinstance(part, ast.Name) and _is_stored(part)}
    fixed = not asked and not changed & names_in(loop.test)
    return fixed and not any(isinstance(part, LEAVING) for part in parts)


def _is_stored(name: ast.Name) -> bool:
    return not isinstance(name.ctx, ast.Load)


def line_that_ends(piece: Piece) -> int:
    """Return the line of a statement that ended Python, as far as its text tells."""
    number = _ending(piece.text)
    return piece.start[0] + number if number is not None else piece.start[0]


def ending(sources: Iterable[str]) -> str:
    """Name a line of cells whose functions end Python when they are called; "" for none."""
    for source in sources:
        if (number := _ending(source)) is not None:
            return f" in line {number + 1}, `{_shown(source.splitlines()[number])}`"
    return ""


def _ending(text: str) -> int | None:
    lines = enumerate(text.splitlines())
    return next((number for number, line in lines if ENDING.search(line)), None)


def _shown(line: str) -> str:
    line = line.strip().replace("`", "'")
    return line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1]}…"


def why(lost: Lost, source: str) -> str:
    """Return the sentence for the learner whose step did not get through, whatever its text was."""
    if lost.kind == COMPUTED:
        return stops.sentence(Stop(lost.stop, ""), read((source,)), {})
    return f"{lost.as_text()} {ADVICE[lost.kind]}"


def told(result: GradedCell, sentence: str, rule: str) -> GradedCell:
    """Return the result of a check with a sentence in place of its own; before it, if it pays."""
    check = result.check
    message = f"{sentence} {check.message}" if result.score else sentence
    kept = [one for one in result.outputs if one["output_type"] in ("error", "execute_result")]
    check = replace(check, message=message, rule=rule)
    return replace(result, outputs=[printed(message), *kept], check=check)
