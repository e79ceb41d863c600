"""
The line that shows how far a long job is: a bar on a terminal, a few plain lines anywhere else.

A job calls its `progress(done, total)` after each piece of work and knows nothing of the screen.
"""

import contextlib
import sys
import time
from collections.abc import Callable
from typing import TextIO

Progress = Callable[[int, int], None]
WIDTH = 30


def silent(done: int, total: int) -> None:
    """Show nothing."""


def shown(label: str, stream: TextIO | None = None) -> Progress:
    """Return a progress that shows `label`, the count, the rate and the time left on stderr."""
    out = stream or sys.stderr
    start = time.monotonic()
    show = _bar if out.isatty() else _sparse_lines

    def progress(done: int, total: int) -> None:
        rate = done / max(time.monotonic() - start, 1e-6)
        left = f", {_span((total - done) / rate)} left" if 0 < done < total else ""
        with contextlib.suppress(BrokenPipeError):  # the work goes on when nobody looks any more
            show(out, label, done, total, f"{rate:.1f}/s{left}" if done else "")

    return progress


def _span(seconds: float) -> str:
    """Return a time as people say it: 8 s, 3 min, 2 h 10 min."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _bar(out: TextIO, label: str, done: int, total: int, rate: str) -> None:
    """Redraw one line in place; the last one stays."""
    filled = WIDTH * done // max(total, 1)
    line = f"\r{label} [{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{total} {rate}"
    line += " " * 12  # over what is left of a longer one
    out.write(line + ("\n" if done >= total else ""))
    out.flush()


def _sparse_lines(out: TextIO, label: str, done: int, total: int, rate: str) -> None:
    """Print about five lines for the whole job: a log must stay readable."""
    step = max(total // 5, 1)
    if done >= total or done % step == 0:
        out.write(f"{label}: {done}/{total} {rate}".rstrip() + "\n")
        out.flush()
