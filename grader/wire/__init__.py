"""
PLAIN DATA AS BYTES, and back: the only thing that crosses the wall of the jail, in both directions.

    frames      a length and that many bytes, on a socket, before a deadline
    plain       one value as bytes (`writer`, `draft`) and back (`reader`)
    compounds, arrays, tables
                sets, dates, NumPy and pandas, taken apart and put together
    strangers   what is written for a function, an object, an instance of a learner's class;
                `glance` looks at those without running anything of theirs
    stand_ins   what stands on the trusted side for them
    bounds      how large and deep a message may be

Only exact types are written as data, so that no method of a learner's class ever runs. The reader
is strict: whatever is not exactly what the writer writes is a WireError.
"""

from grader.wire.bounds import WireError
from grader.wire.frames import Closed, TimedOut, receive, send
from grader.wire.plain import dumps, loads
from grader.wire.stand_ins import About, Function, NotPlain, Opaque, Ref, about

__all__ = [
    "About",
    "Closed",
    "Function",
    "NotPlain",
    "Opaque",
    "Ref",
    "TimedOut",
    "WireError",
    "about",
    "dumps",
    "loads",
    "receive",
    "send",
]
