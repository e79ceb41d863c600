"""What things cost: CPU and memory of this process with all its descendants, and wall time."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """What one way has cost so far: milliseconds for each submission, once a round."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def measure(self, act: Callable[[], object], count: int) -> None:
        """Do something with `count` submissions and note what each cost."""
        start, before = time.perf_counter(), cpu_of_tree()
        act()
        self.note(time.perf_counter() - start, cpu_of_tree() - before, count)

    def note(self, wall: float, cpu: float, count: int) -> None:
        """Note what `count` submissions cost together, in seconds."""
        self.wall.append(wall / count * 1000)
        self.cpu.append(cpu / count * 1000)

    @property
    def median(self) -> tuple[float, float]:
        """Return the medians: wall and CPU."""
        return statistics.median(self.wall), statistics.median(self.cpu)


def tree() -> list[int]:
    """Return this process and all its descendants."""
    found, todo = [], [os.getpid()]
    while todo:
        pid = todo.pop()
        found.append(pid)
        try:
            for thread in os.listdir(f"/proc/{pid}/task"):
                children = Path(f"/proc/{pid}/task/{thread}/children").read_text()
                todo += [int(child) for child in children.split()]
        except OSError:
            continue
    return found


def cpu_of_tree() -> float:
    """Return the CPU seconds of this process, its descendants, and those they have waited for."""
    total = 0.0
    for pid in tree():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(int(fields[place]) for place in (11, 12, 13, 14)) / TICKS
    return total


def memory_of_tree() -> float:
    """Return the megabytes of this process and its descendants, what they share counted once."""
    total = 0
    for pid in tree():
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def table(head: list[str], rows: list[list[object]]) -> str:
    """Return a Markdown table; numbers are rounded to what can be trusted."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_shown, line))} |" for line in lines)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if value >= 100 else f"{value:.1f}"
    return str(value)
