"""Keeps a step quiet while it runs again: what it prints, logs or displays is caught."""

import contextlib
import ctypes
import io
import logging
import signal
import threading
import time
import warnings
from collections.abc import Iterator

from IPython.utils.capture import capture_output


class Caught:
    """Both streams of a step, readable while it runs."""

    def __init__(self, out: io.StringIO, err: io.StringIO) -> None:
        self._out, self._err = out, err

    stdout = property(lambda self: self._out.getvalue())
    stderr = property(lambda self: self._err.getvalue())


@contextlib.contextmanager
def awake() -> Iterator[None]:
    """Let time.sleep return at once: a step that pauses for show is run a dozen times."""
    sleep, time.sleep = time.sleep, lambda seconds: None
    try:
        yield
    finally:
        time.sleep = sleep


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Press the stop button after so many seconds."""
    here = threading.current_thread() is threading.main_thread()
    with _by_signal(seconds) if here and hasattr(signal, "setitimer") else _by_thread(seconds):
        yield


@contextlib.contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    """
    As on Windows, and in a thread: Python raises it between two lines, and wakes no sleeper. What
    was pressed at the last moment comes while the watch is waited for; it cannot be taken back.
    """
    here, over = ctypes.c_ulong(threading.get_ident()), threading.Event()
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def press() -> None:
        if not over.wait(seconds):
            raise_in(here, ctypes.py_object(KeyboardInterrupt))

    watch = threading.Thread(target=press, daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()


@contextlib.contextmanager
def undisplayed() -> Iterator[None]:
    """Catch every display; log handlers made earlier write to the real stderr, so they rest."""
    handlers, logging.root.handlers = logging.root.handlers, []
    try:
        with capture_output(False, False, True):
            yield
    finally:
        logging.root.handlers = handlers


@contextlib.contextmanager
def streams() -> Iterator["Caught"]:
    """Catch both streams, and keep what a step does to warnings from others."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        warnings.catch_warnings(),
    ):
        yield Caught(out, err)


@contextlib.contextmanager
def quiet() -> Iterator["Caught"]:
    """Catch both streams and every display."""
    with undisplayed(), streams() as caught:
        yield caught
