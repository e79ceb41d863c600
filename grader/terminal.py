"""
What is printed arrives, whatever the terminal can show, and a reader may leave when it likes.

A terminal without Unicode gets the nearest plain characters; a closed pipe (head, less) ends a
command without a word.
"""

import codecs
import contextlib
import os
import sys
from collections.abc import Iterator

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
