"""How much a guest may use: one value that the trusted side makes and both sides read."""

from dataclasses import asdict, dataclass

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What one guest may use.

    1536 MB of address space fit the whole data stack, which maps 442 MB before it does anything.
    """

    cell_seconds: float = 10.0  # one question, unless it brings its own time
    total_seconds: float = 60.0  # all questions of a guest together, and its CPU
    memory_mb: int = 1536
    box_mb: int = 32  # files of a guest; at the fallback level there are none
    box_files: int = 4096
    threads: int = 256
    reply_mb: int = 32

    def as_data(self) -> dict[str, float]:
        """Return plain data for the wire; `Limits(**data)` is its way back."""
        return asdict(self)
