"""
Runs a check cell of the source notebooks on given code, without a kernel: the facts are handed
in.
"""

import ast
import contextlib
import io
from dataclasses import dataclass, field

from grader.checks import cell
from support import notebooks


@dataclass
class Facts:
    """Stands in for a kernel's session: these cells were run, these answers saved."""

    own: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    saved: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    drawn: str = ""
    error: str = ""

    def step_cells(self, answer_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The cells before the step, and its own."""
        return self.before, self.own

    def mark_check(self, answer_id: str = "") -> None:
        """Nothing to note here."""

    def stopped(self, answer_id: str) -> str:
        """The error that ended the answer cell: none, unless a test says so."""
        return self.error

    def missing(self, names: list[str], answer_id: str) -> list[str]:
        """Return nothing: only a kernel has names that stand for something."""
        return []

    def released(self, answer_id: str) -> None:
        """Nobody knows here what was released."""

    def material(self, answer_id: str) -> dict[str, object]:
        """What an edition for self-study tells: nothing."""
        return {}

    def solution(self, answer_id: str) -> str:
        """Return nothing: only an edition for self-study shows one."""
        return ""

    def examples(self, answer_id: str) -> str:
        """The examples drawn at release, packed: none."""
        return self.drawn

    def quiz_cells(self) -> tuple[str, ...]:
        """The cells that may hold quiz answers."""
        return self.own

    def answers(self, key: str) -> dict[str, str]:
        """The saved answers."""
        return self.saved


def run_check(monkeypatch, check: str, facts: Facts, stage: str = "source") -> tuple[object, str]:
    """Run one check cell as `nbgrader autograde` does: (what it returns, what it prints)."""
    monkeypatch.setattr(cell.now, "session", facts)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    notebook = next(n for n in notebooks.NOTEBOOKS if check in notebooks.cells("source", n))
    tree = ast.parse(notebooks.cells(stage, notebook)[check]["source"])
    last = ast.Expression(tree.body.pop().value)
    space: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, check, "exec"), space)
        score = eval(compile(last, check, "eval"), space)
    return score, printed.getvalue().splitlines()[0]
