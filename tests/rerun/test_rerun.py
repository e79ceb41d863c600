"""A step's source is run again safely: on other inputs, quietly, within its time, and watched."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.rerun.rerun import Run, reruns
from grader.rerun.watch import parse

SUM = "total = 0\nfor i in range(len(data)):\n    total += data[i]\n"


def rerun(cells: tuple[str, ...], inputs: dict[str, object], **options: object) -> Run:
    """Run a step once."""
    return reruns(cells, [(inputs, options)])[0]


def test_inputs_are_set_before_the_step_runs():
    """The step sees the inputs of the check, each time its own copy."""
    inputs = {"data": [1, 2, 3]}
    run = rerun((SUM + "data.append(9)",), inputs)

    assert 6 == run.values["total"]
    assert {"data": [1, 2, 3]} == inputs


def test_prints_are_caught_and_not_shown(capsys):
    """What a step prints is data for the check; the learner's page stays as it is."""
    run = rerun(("print('one')\nimport sys\nprint('two', file=sys.stderr)",), {})

    assert ("one\n", "two\n") == (run.printed, run.logged)
    assert ("", "") == tuple(capsys.readouterr())


def test_a_log_handler_from_before_writes_nothing_real(capsys):
    """nbgrader takes any line on stderr for a failure, so an old log handler must stay silent."""
    import logging

    logging.warning("first")
    capsys.readouterr()
    rerun(("import logging\nlogging.warning('again')",), {})

    assert "" == capsys.readouterr().err


@pytest.mark.parametrize(
    "endless",
    [
        "while True:\n    pass",
        "items = [1]\nfor item in items:\n    items.append(item)",
        "import itertools\nx = [n for n in itertools.count()]",
        "while True:\n    try:\n        g()\n    except BaseException:\n        pass",
    ],
)
def test_an_endless_loop_is_stopped(endless):
    """A loop that never ends is left at the time limit, whatever it catches."""
    started = time.monotonic()
    run = rerun((endless,), {}, seconds=0.3)

    assert "TimeLimit" == run.stop.kind
    assert time.monotonic() - started < 3


def test_a_loop_that_ends_is_not_stopped():
    """The control for the time limit: long work within it is left alone."""
    run = rerun(("n = 0\nwhile n < 20000:\n    n += 1",), {}, seconds=5)

    assert (None, 20000) == (run.stop, run.values["n"])


def test_a_pause_for_show_costs_no_time():
    """A step that sleeps is right or wrong all the same, and the check need not wait for it."""
    started = time.monotonic()
    run = rerun(("import time\nfor n in range(9):\n    time.sleep(1)",), {})

    assert (None, 8) == (run.stop, run.values["n"])
    assert time.monotonic() - started < 1


def test_every_cell_runs_by_itself():
    """A cell that stops does not keep the next from running; the first stop is told."""
    run = rerun(("a = 1\nb = 1 / 0", "c = 3"), {})

    assert ("ZeroDivisionError", 0, 2) == (run.stop.kind, run.stop.cell, run.stop.line)
    assert 3 == run.values["c"]


def test_the_loop_variable_is_watched():
    """The values of the loop variable are noted, turn by turn, in functions too."""
    code = "def f(n):\n    for i in range(n):\n        pass\nf(3)\nfor i in [5]: pass"

    assert [[0, 1, 2], [5]] == rerun((code,), {}, watch="i").turns


def test_a_watched_loop_can_be_ended_early_or_emptied():
    """
    Ended after its first turn a counting loop gives another number; emptied, its body does
    nothing.
    """
    inputs = {"data": [4, 5]}

    assert 9 == rerun((SUM,), inputs, watch="i").values["total"]
    assert 4 == rerun((SUM,), inputs, watch="i", stop_after=1).values["total"]
    assert 0 == rerun((SUM,), inputs, watch="i", hollow=True).values["total"]


def test_an_input_written_again_stays_the_check_s():
    """A step may repeat the data it was given; other data of its own are kept as they are."""
    reference = {"data": [1]}

    assert [7] == rerun(("data = [1]",), {"data": [7]}, reference=reference).values["data"]
    assert [2] == rerun(("data = [2]",), {"data": [7]}, reference=reference).values["data"]


def test_fields_of_f_strings_can_be_blanked():
    """With blank fields a line that comes from an f-string loses its values."""
    assert "x  y\n" == rerun(("print(f'x {data} y')",), {"data": 1}, blank=True).printed


@pytest.mark.parametrize(
    "cell",
    [
        "%%time\nx = 5",
        "%time x = 5",
        "x = 5\n%matplotlib inline",
        "!ls\nx = 5",
        "%%capture out\nx = 5",
    ],
)
def test_magics_are_looked_through(cell):
    """Magics that only watch run their code, the others are left out."""
    assert 5 == rerun((cell,), {}).values["x"]


def test_await_at_the_top_of_a_cell_works():
    """A cell may await, as in a notebook."""
    run = rerun(("import asyncio\nawait asyncio.sleep(0)\nx = 1",), {})

    assert (None, 1) == (run.stop, run.values.get("x"))


def test_nothing_waits_for_the_keyboard():
    """input() stops the cell instead of waiting for somebody to type."""
    assert "RuntimeError" == rerun(("x = input('name? ')",), {}).stop.kind


def test_quit_ends_its_cell_only():
    """quit() at the end of a cell is no mistake of the step."""
    run = rerun(("x = 1\nquit()", "y = 2"), {})

    assert (None, 1, 2) == (run.stop, run.values["x"], run.values["y"])


@settings(max_examples=300)
@given(st.text(max_size=200))
def test_any_text_parses_or_is_a_syntax_error(text):
    """Reading a cell has two outcomes, a tree or an error that names the line; never a crash."""
    try:
        parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
