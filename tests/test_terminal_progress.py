"""The line that shows how far a long job is."""

import io

import pytest

from grader import terminal


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        """Tell so."""
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by half a second each time it is asked."""
    times = iter(range(1000))
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(times) / 2)


def test_a_terminal_sees_one_line_with_rate_and_time_left(clock):
    """The line is drawn in place; the last one stays and says no time left."""
    out = Terminal()
    tell = terminal.progress_line("Grading", out)
    for done in (0, 10, 40):
        tell(done, 40)
    lines = [line.rstrip() for line in out.getvalue().split("\r")[1:]]

    assert ["0/40", "10/40 10.0/s, 3 s left", "40/40 26.7/s"] == [
        line.split("] ")[1] for line in lines
    ]
    assert 1 == out.getvalue().count("\n")


def test_a_log_gets_a_few_plain_lines(clock):
    """Where nobody watches there are about five lines for the whole job."""
    out = io.StringIO()
    tell = terminal.progress_line("Grading", out)
    for done in range(101):
        tell(done, 100)
    lines = out.getvalue().splitlines()

    assert 6 == len(lines)
    assert "Grading: 0/100" == lines[0]
    assert lines[1].startswith("Grading: 20/100 ") and lines[1].endswith(" left")
    assert not lines[-1].endswith("left")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (42, "42 s"), (200, "3 min"), (7800, "2 h 10 min")],
)
def test_times_are_told_as_people_say_them(seconds, words):
    """Seconds, minutes, hours: whatever is long enough to plan with."""
    assert words == terminal._span(seconds)
