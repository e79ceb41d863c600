"""What a cell met where the sandbox ends, as its outputs tell it."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.sandbox.walls import met, stopped_by_time


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

    def __str__(self) -> str:
        if self.by_time:
            return f"the cell `{self.cell_id}` was {self.words} (c.Sandbox.seconds)"
        return f"the cell `{self.cell_id}` met a wall of the sandbox: {self.words.rstrip('.')}"


def met_by(cell_id: str, outputs: Sequence[dict[str, object]]) -> Met | None:
    """Return what a cell met, None for nothing; its outputs have nbformat's shape."""
    errors = [one for one in outputs if one["output_type"] == "error"]
    if words := stopped_by_time(errors):
        return Met(cell_id, words, stopped=True, by_time=True)
    if words := met(errors):
        return Met(cell_id, words, stopped=True)
    if words := met(outputs):
        return Met(cell_id, words, stopped=False)
    return None
