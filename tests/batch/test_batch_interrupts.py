"""A batch is recorded and put in place as a whole, also when somebody presses Ctrl-C meanwhile."""

import signal
import threading
import time

import pytest

from grader.batch.interrupts import deferred_interrupt


@pytest.fixture
def seen():
    """What ran; Ctrl-C means what it meant before, whatever the test did."""
    before = signal.getsignal(signal.SIGINT)
    yield []
    signal.signal(signal.SIGINT, before)


def press() -> None:
    """Press Ctrl-C, and give Python the moment in which it notices."""
    signal.raise_signal(signal.SIGINT)
    time.sleep(0.01)


def test_ctrl_c_waits_for_the_end(seen):
    """The block ends, and then the key counts."""
    with pytest.raises(KeyboardInterrupt), deferred_interrupt():
        press()
        seen.append("end")

    assert ["end"] == seen


def test_without_it_ctrl_c_comes_at_once(seen):
    """The control: the same block breaks off in the middle."""
    with pytest.raises(KeyboardInterrupt):
        press()
        seen.append("end")

    assert [] == seen


def test_a_second_press_does_not_wait(seen):
    """Who insists is heard, as when another program holds the gradebook."""
    with pytest.raises(KeyboardInterrupt), deferred_interrupt():
        press()
        seen.append("first")
        press()
        seen.append("second")

    assert ["first"] == seen


def test_after_the_block_ctrl_c_is_as_before(seen):
    """Whether it was pressed, and whether the block failed, or neither."""
    before = signal.getsignal(signal.SIGINT)
    with deferred_interrupt():
        pass
    assert before is signal.getsignal(signal.SIGINT)
    with pytest.raises(ValueError, match="disk"), deferred_interrupt():
        raise ValueError("disk")
    assert before is signal.getsignal(signal.SIGINT)


def test_an_error_of_the_block_comes_first(seen):
    """It says more than that a key was pressed."""
    with pytest.raises(ValueError, match="disk"), deferred_interrupt():
        press()
        raise ValueError("disk")


def test_where_ctrl_c_is_ignored_it_stays_so(seen):
    """As in a command that runs on after its terminal was closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with deferred_interrupt():
        press()
        seen.append("end")
    press()

    assert ["end"] == seen


def test_another_thread_just_does_its_work(seen):
    """Python tells signals to its first thread only, and only that may listen."""

    def work() -> None:
        with deferred_interrupt():
            seen.append("end")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert ["end"] == seen
