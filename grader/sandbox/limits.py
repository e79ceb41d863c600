"""What a guest may use: one value that the trusted side makes and both sides read."""

from dataclasses import asdict, dataclass

MB = 1024 * 1024
ONCE_STOPPED = 0.125  # part of the least seconds that is left then
UNTOUCHED_MB = 4096  # 300 threads map 2.4 GB of stacks


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What one guest may use. A question may compute or wait for `times_the_key` times as long as the
    key's own took, but `least_seconds` at least and `cell_seconds` at most. `memory_mb` is what all
    its processes have in memory together; the whole data stack takes 190 MB of it before it does
    anything.
    """

    cell_seconds: float = 10.0  # one question, unless it brings its own time
    least_seconds: float = 2.0
    times_the_key: float = 20.0
    total_seconds: float = 60.0  # all questions of a guest together, and its CPU
    memory_mb: int = 1536
    box_mb: int = 128  # files of a guest; at the fallback level there are none
    box_files: int = 4096
    processes: int = 512  # threads count, too
    reply_mb: int = 32
    programs: bool | None = None  # whether it may start others, None as the key does; strong only
    network: bool = False  # whether its processes may talk to each other over loopback

    @property
    def address_bytes(self) -> int:
        """The address space of one process: memory that is taken and never touched costs none."""
        return (self.memory_mb + UNTOUCHED_MB) * MB

    def seconds_for(self, took: float | None, again: bool = False) -> float:
        """
        Return the seconds for what took the key so many seconds, None where nobody knows. There are
        fewer for what may only call `again` a function that had to be stopped before.
        """
        if took is None:
            return self.cell_seconds
        least = self.least_seconds * (ONCE_STOPPED if again else 1.0)
        return min(self.cell_seconds, max(least, self.times_the_key * took))

    def as_data(self) -> dict[str, float]:
        """Return plain data for the wire; `Limits(**data)` is its way back."""
        return asdict(self)
