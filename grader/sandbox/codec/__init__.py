"""
PLAIN DATA AS BYTES, and back: the only thing that crosses the wall of the sandbox, in both
directions.

    frames      a length and that many bytes, on a socket, before a deadline
    plain       one value as bytes (`writer`, `encoder`) and back (`reader`)
    compounds, arrays, moments, columns, tables
                sets, dates, NumPy and pandas, taken apart and put together
    opaque      what is written for a function, an object, an instance of a learner's class;
                `introspection` looks at those without running anything of theirs
    placeholders  what stands on the trusted side for them
    limits      how large and deep a message may be

Only exact types are written as data, so that no method of a learner's class ever runs. The reader
is strict: whatever is not exactly what the writer writes is a CodecError.
"""

from grader.sandbox.codec.frames import Closed, TimedOut, receive, send
from grader.sandbox.codec.limits import CodecError
from grader.sandbox.codec.placeholders import (
    About,
    Function,
    NotPlain,
    Opaque,
    Ref,
    about,
    refusals,
)
from grader.sandbox.codec.plain import dumps, loads

__all__ = [
    "About",
    "Closed",
    "CodecError",
    "Function",
    "NotPlain",
    "Opaque",
    "Ref",
    "TimedOut",
    "about",
    "dumps",
    "loads",
    "receive",
    "refusals",
    "send",
]
