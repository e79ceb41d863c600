"""
What went wrong in a cell, told safely: the text of an exception is learner code, too.

An exception is copied into a bare one of the same name whose text was asked for once and cut;
only the copy meets IPython's traceback printer.
"""

import os
import re
import sys
import sysconfig
from itertools import islice
from types import CodeType, TracebackType

from grader.sandbox import walls
from grader.sandbox.codec.introspection import class_name, text

LONGEST_TEXT = 10_000  # characters of the text of an exception
LONGEST_MESSAGE = 300  # characters of it in `stop`
MOST_FRAMES = 60  # of one traceback
DEEPEST_CHAIN = 10  # exceptions that caused each other
BUTTONS = "grader.sandbox.guest.loop"  # the module that takes signals
FOLDER = "/tmp/ipykernel_1/"  # where the code of cells seems to lie, as a kernel has it
_CAUSE = BaseException.__dict__["__cause__"].__get__
_CONTEXT = BaseException.__dict__["__context__"].__get__
_SUPPRESS = BaseException.__dict__["__suppress_context__"].__get__
_TRACEBACK = BaseException.__dict__["__traceback__"].__get__
_SYNTAX = {
    name: SyntaxError.__dict__[name].__get__
    for name in ("filename", "lineno", "offset", "text", "end_lineno", "end_offset")
}
_MESSAGE = SyntaxError.__dict__["msg"].__get__
Stop = dict[str, object]


def said(error: BaseException) -> str:
    """Return the text of an exception, whatever its `__str__` does."""
    try:
        words = text(str(error))
    except BaseException:  # the `__str__` of a learner may raise SystemExit, or be interrupted
        words = f"<unprintable {class_name(type(error))[0]} object>"
    wall = walls.wall_of(error) or walls.wall_in(words)
    if wall and wall not in words and words not in walls.REFUSALS:
        words = f"{words[:LONGEST_TEXT]} – {wall}" if words else wall
    return without_paths(words[:LONGEST_TEXT])


def tame(error: BaseException, chain: int = DEEPEST_CHAIN) -> BaseException:
    """Copy an exception, and those that caused it, into bare ones of the same names."""
    words, name = said(error), class_name(type(error))[0]
    if issubclass(type(error), SyntaxError):
        copy = _bare(name, SyntaxError, words)(text(_MESSAGE(error)))
        for key, get in _SYNTAX.items():
            value = get(error)
            setattr(copy, key, value if type(value) in (int, str) else None)
    else:
        copy = _bare(name, Exception, words)()
    if words in walls.REFUSALS:
        copy._render_traceback_ = lambda: [f"{name}: {words}"]
    copy.__traceback__ = shorten(_TRACEBACK(error))
    cause, context = _CAUSE(error), _CONTEXT(error)
    if chain and cause is not None and cause is not error:
        copy.__cause__ = tame(cause, chain - 1)
    if chain and context is not None and context is not error:
        copy.__context__ = tame(context, chain - 1)
    copy.__suppress_context__ = _SUPPRESS(error)
    return copy


def _bare(name: str, base: type, words: str) -> type:
    return type(name, (base,), {"__str__": lambda self: words, "__module__": "builtins"})


def shorten(traceback: TracebackType | None) -> TracebackType | None:
    """
    Leave out the middle of a long traceback: 1,000 frames take IPython 0.6 s. And where somebody
    pressed the stop button, that is not shown.
    """
    frames = []
    while traceback is not None:
        frames.append(traceback)
        traceback = traceback.tb_next
    if len(frames) > 1 and frames[-1].tb_frame.f_globals.get("__name__") == BUTTONS:
        frames.pop()
    if len(frames) > MOST_FRAMES:
        frames = frames[: MOST_FRAMES // 2] + frames[-MOST_FRAMES // 2 :]
    for frame in reversed(frames):
        traceback = TracebackType(traceback, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return traceback


def stop(error: BaseException, words: str, file: str) -> Stop:
    """
    Tell why a cell stopped: the class, the text, and the line of the cell, 0 if unknown. `at` is
    where the statement stands which that belongs to, and which may have called a function of the
    cell: its line, and the byte in it.
    """
    places = _places(_TRACEBACK(error), file)
    line, at = (places[-1][0], places[0]) if places else (0, (0, 0))
    if not line and issubclass(type(error), SyntaxError) and _SYNTAX["filename"](error) == file:
        number = _SYNTAX["lineno"](error)
        line = number if type(number) is int else 0
    kind = class_name(type(error))[0]
    return {"kind": kind, "message": words[:LONGEST_MESSAGE], "line": line, "at": at}


def _places(traceback: TracebackType | None, file: str) -> list[tuple[int, int]]:
    """Return the places in a cell that a traceback goes through, the innermost last."""
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == file:
            found.append(place(code, traceback.tb_lasti))
        traceback = traceback.tb_next
    return found


def place(code: CodeType, instruction: int) -> tuple[int, int]:
    """Return the line and the byte in it that an instruction comes from; 0 where nobody knows."""
    line, _, column, _ = next(islice(code.co_positions(), instruction // 2, None), (0,) * 4)
    return line or 0, column or 0


def without_paths(words: str) -> str:
    """Take the folders of this machine, and the endings of the names of cells, out of a text."""
    return _CELLS.sub(r"\1", _FOLDERS.sub("", words))


def _folders() -> re.Pattern:
    paths = {*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix}
    paths |= {path for path in sys.path if len(path) > 1}
    home = os.path.expanduser("~")
    paths |= {"~" + path[len(home) :] for path in paths if path.startswith(home + "/")}
    longest_first = sorted(paths, key=len, reverse=True)
    return re.compile("(?:" + "|".join(re.escape(path) for path in longest_first) + ")/")


_FOLDERS = _folders()
_CELLS = re.compile(rf"(?:{FOLDER})?(Cell In\[\d+\])\.py")
