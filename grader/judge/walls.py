"""What a cell met where the sandbox ends, as its outputs tell it."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.judge.lost import FULL, Lost
from grader.sandbox.walls import MEMORY, met, stopped_by_time


@dataclass(frozen=True, slots=True)
class Met:
    """
    A wall or a limit that a cell met. `stopped` says whether the cell went no further, `by_time`
    whether that was because of the time it took. As a text, it is why a person has to look.
    """

    cell_id: str
    words: str
    stopped: bool
    by_time: bool = False
    setting: str = "c.Sandbox.seconds"  # that gives it more time

    def __str__(self) -> str:
        if self.by_time:
            return f"the cell `{self.cell_id}` {self.words} ({self.setting})"
        return f"the cell `{self.cell_id}` met a wall of the sandbox: {self.words.rstrip('.')}"


def met_when_lost(lost: Lost) -> Met | None:
    """Return the limit that a lost cell met, None for a cell that ended Python itself."""
    if lost.kind == FULL:
        return Met(lost.cell_id, MEMORY, stopped=True)
    return Met(lost.cell_id, lost.words, stopped=True, by_time=True) if lost.by_time else None


def met_by(cell_id: str, outputs: Sequence[dict[str, object]]) -> Met | None:
    """Return what a cell met, None for nothing; its outputs have nbformat's shape."""
    errors = [one for one in outputs if one["output_type"] == "error"]
    if words := stopped_by_time(errors):
        return Met(cell_id, f"was {words}", stopped=True, by_time=True)
    if words := met(errors):
        return Met(cell_id, words, stopped=True)
    if words := met(outputs):
        return Met(cell_id, words, stopped=False)
    return None
