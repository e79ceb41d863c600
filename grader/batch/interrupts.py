"""Ctrl-C comes between two steps, not in the middle of one."""

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def deferred_interrupt() -> Iterator[None]:
    """
    Hold Ctrl-C back until the end of the block, in the thread that gets it; pressed a second time,
    it breaks in at once. Where Ctrl-C is ignored, as by `nohup`, it stays so.

    Raises: KeyboardInterrupt at the end of the block, where Ctrl-C was pressed in it.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    pressed = False

    def press(*_: object) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True

    signal.signal(signal.SIGINT, press)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt
