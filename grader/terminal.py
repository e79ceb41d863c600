"""
What commands print: it arrives, whatever the terminal can show, a reader may leave when it likes,
and a line shows how far a long job is.

A terminal without Unicode gets the nearest plain characters; a closed pipe (head, less) ends a
command without a word. A job calls its `progress(done, total)` after each piece of work and knows
nothing of the screen: a bar on a terminal, a few plain lines anywhere else.
"""

import codecs
import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import TextIO

Progress = Callable[[int, int], None]  # pieces of work that are done, of how many
WIDTH = 30  # characters of a bar
PLAIN = str.maketrans(
    {"–": "-", "—": "-", "…": "...", "‘": "'", "’": "'", "“": '"', "”": '"', "·": "-", "→": "->"}
    | {"×": "x", "≤": "<=", "≥": ">=", "•": "*", "\u00a0": " ", "\u202f": " "}
)


@contextlib.contextmanager
def obliging() -> Iterator[None]:
    """
    Let everything be printed in the body, and be written out at its end.

    BrokenPipeError goes on to the caller when the reader has seen enough; what is still to be
    written goes nowhere then.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="plain")
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
    except BrokenPipeError:
        for stream in (sys.stdout, sys.stderr):
            _let_go(stream)
        raise


def _let_go(stream: object) -> None:
    """Point a stream whose reader is gone to nowhere: Python flushes it once more at its end."""
    try:
        stream.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Return plain characters for those that cannot be written; called by codecs."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(PLAIN)
    return text.encode("ascii", "replace").decode(), error.end


codecs.register_error("plain", _plain)


def silent(done: int, total: int) -> None:
    """Show nothing."""


def progress_line(label: str, stream: TextIO | None = None) -> Progress:
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
