"""A learner's loop is recorded in the very run the learner starts, and replayed turn by turn."""

import re
import sys
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.kernels import Kernel, write
from support.modules import own_bytes

from grader.sanitize import safe_html
from grader.widgets.kernel import recorder
from grader.widgets.kernel.recorder import Recorder, recordings, shown
from grader.widgets.live import style
from grader.widgets.loop import find
from grader.widgets.progress import Progress
from grader.widgets.trace import LoopTrace

DATA = "model_results = {'predictions': [1, 0, 1, 1, 0], 'true_labels': [1, 0, 0, 1, 0]}"
LOOP = """
matches = 0
for i in range(5):
    if model_results['predictions'][i] == model_results['true_labels'][i]:
        matches += 1
accuracy = matches / 5
"""

ODD_KEY = """
class Odd:
    def __hash__(self):
        return hash("predictions")
    def __eq__(self, other):
        raise RuntimeError
model_results = {Odd(): 1}
"""


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    """A kernel in which the data of step 1 is there, and no check."""
    kernel = Kernel(monkeypatch, write(tmp_path / "build_and_apply.ipynb", {}))
    kernel.run("step_1", DATA)
    return kernel


@pytest.fixture
def replay(kernel):
    """Run a cell as step 3; the part that replays it."""

    def run(source: str) -> LoopTrace:
        part = LoopTrace("step_3")
        kernel.run("step_3", source)
        return part

    return run


def rows(part: LoopTrace) -> list[list[str]]:
    """The rows of the table of turns."""
    return part.props()["table"]["rows"]


def test_before_the_first_run_the_part_says_what_to_do(kernel):
    """There is one sentence and no empty table."""
    part = LoopTrace("step_3")

    assert "Run step 3 first; then its loop can be replayed here." == part.props()["note"]
    assert ([], []) == (part.props()["turns"], rows(part))
    assert "<table>" not in part.static_html()


def test_each_turn_has_a_row_with_the_learners_own_names(replay):
    """Index, both entries, whether they match, and the count under the name it has in the cell."""
    part = replay(LOOP)

    assert ["Turn", "i", "prediction", "label", "match", "matches"] == part.props()["table"][
        "columns"
    ]
    assert [
        ["1", "0", "1", "1", "✔ yes", "1"],
        ["2", "1", "0", "0", "✔ yes", "2"],
        ["3", "2", "1", "0", "✘ no", "2"],
        ["4", "3", "1", "1", "✔ yes", "3"],
        ["5", "4", "0", "0", "✔ yes", "4"],
    ] == rows(part)
    assert "The loop took 5 turns: `matches` goes from 0 to 4." == part.props()["note"]


def test_each_turn_says_in_one_sentence_what_happened(replay):
    """The page shows and speaks it, and lights the lines that ran; line 4 is left out in turn 3."""
    turn = replay(LOOP).props()["turns"][2]

    assert (
        "Turn 3 of 5: `i` is 2, prediction 1, label 0: no match. `matches` stays 2." == turn["says"]
    )
    assert ([2, 3], []) == (turn["lines"], turn["changed"])


def test_a_loop_that_goes_too_far_shows_its_rows_up_to_the_error(replay):
    """The turn that stopped is there, with the line and the words of the error."""
    part = replay(LOOP.replace("range(5)", "range(6)"))
    last = part.props()["turns"][-1]

    assert ["6", "5", "–", "–", "–", "4"] == rows(part)[-1]
    assert 3 == last["stopped"]
    assert "Line 3 stopped it with IndexError: list index out of range." in last["says"]
    assert "The loop stopped in turn 6: line 3," in part.props()["note"]


def test_an_error_that_the_loop_catches_stops_nothing(replay):
    """Only what ends the cell is told as a stop."""
    part = replay(
        "n = 0\nfor x in 'ab':\n    try:\n        1 / 0\n    except Exception:\n        n += 1"
    )

    assert "The loop took 2 turns: `n` goes from 0 to 2." == part.props()["note"]


@pytest.mark.parametrize(
    ("loop", "columns", "last"),
    [
        ("for k in [3, 4]: t = t + k", ["k", "t"], ["2", "4", "7"]),
        ("for a, b in zip('x', 'y'):\n    t += a > b", ["a", "b", "t"], ["1", "'x'", "'y'", "0"]),
        ("for k in range(9):\n    if k == 2: break\n    t += 1", ["k", "t"], ["3", "2", "2"]),
        ("for k in range(4):\n    if k: continue\n    t += 1", ["k", "t"], ["4", "3", "1"]),
        ("for k in (\n  1,\n  2):\n    p = k\n    t += p", ["k", "t"], ["2", "2", "3"]),
        ("while t < 2:\n    for k in [7]:\n        t += 1", ["k", "t"], ["2", "7", "2"]),
        ("if True:\n    for k in [7]:\n        t += 1", ["k", "t"], ["1", "7", "1"]),
        ("for k in [1]:\n    for m in [1, 2]:\n        t += m", ["k", "t"], ["1", "1", "3"]),
    ],
)  # fmt: skip
def test_loops_of_all_kinds_are_followed(replay, loop, columns, last):
    """One line or many, broken off, nested, or with two targets."""
    part = replay(f"t = 0\n{loop}\nt = -1")

    assert ["Turn", *columns] == part.props()["table"]["columns"]
    assert last == rows(part)[-1]


def test_a_loop_that_waits_is_followed(replay):
    """A cell may hold a top-level await; it runs in a thread without an event loop of others."""
    cell = "import asyncio\nt = 0\nfor k in [1, 2]:\n    await asyncio.sleep(0)\n    t += k"
    thread = threading.Thread(target=replay, args=(cell,))
    thread.start()
    thread.join()

    assert [["1", "1", "1"], ["2", "2", "3"]] == rows(LoopTrace("step_3"))


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        ("x = 1", "There is no for loop in this cell: write one"),
        ("x = [k for k in 'ab']", "a comprehension takes all its turns in one expression"),
        ("def f():\n    for k in 'ab':\n        pass\nf()", "stands inside a function"),
        ("for k in 'ab'\n    pass", "Python cannot read this cell"),
        ("for k in nothing:\n    pass", "stopped before its first turn: line 1, NameError: name"),
        ("for k in []:\n    pass", "The loop took no turn in this run."),
        ("nothing\nfor k in 'ab':\n    pass", "The loop took no turn in this run."),
        ("for k in range(\n  2): x = k", "Start the body of the loop on a line of its own"),
    ],
)
def test_without_turns_one_sentence_says_why(replay, cell, note):
    """Nobody is left with an empty page."""
    part = replay(cell)

    assert note in part.props()["note"]
    assert ([], []) == (part.props()["turns"], part.props()["code"])


def test_a_long_loop_goes_on_by_itself(replay, kernel):
    """A hundred turns are kept; the cell still does all its work."""
    part = replay("t = 0\nfor k in range(100_000):\n    t += 1")

    assert "Shown: the first 100 turns. The loop went on unrecorded." == part.props()["note"]
    assert (100, "Turn 100: `k` is 99. `t` goes from 99 to 100.") == (
        len(rows(part)),
        part.props()["turns"][-1]["says"],
    )
    assert 100_000 == kernel.shell.user_ns["t"]
    assert part.static_html().count("<tr>") == 21
    assert "80 more turns are not shown here." in part.static_html()


@pytest.mark.parametrize(("bound", "turns"), [("EVENTS", 20), ("SECONDS", 0.05)])
def test_a_turn_that_takes_too_long_is_not_shown(replay, monkeypatch, bound, turns):
    """Half a turn tells nothing true, so whole turns are kept only."""
    monkeypatch.setattr(recorder, bound, turns)
    part = replay(
        "t = 0\nfor k in range(3):\n    for m in range(6 if k == 0 else 200_000):\n        t += 1"
    )

    assert [["1", "0", "6"]] == rows(part)
    assert "Shown: the first 1 turn. The loop went on unrecorded." == part.props()["note"]


def test_another_tracer_keeps_its_place(replay):
    """A debugger or a coverage tool follows the cell undisturbed."""
    seen = []

    def tracer(frame, event, arg):
        seen.append(event)

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        part = replay(LOOP)
        kept = sys.gettrace()
    finally:
        sys.settrace(before)

    assert tracer is kept
    assert "call" in seen
    assert "A debugger or another tool follows this cell" in part.props()["note"]


def test_nothing_stays_behind(replay, kernel):
    """After a run neither a tracer nor a changed shell is left, however the run ended."""
    before = sys.gettrace()
    for cell in (
        LOOP,
        "for k in range(3):\n    1 / 0",
        "for k in 'a':\n    raise KeyboardInterrupt",
    ):
        replay(cell)

        assert before is sys.gettrace()
        assert "run_code" not in vars(kernel.shell)
    assert not {"Recorder", "recordings"} & set(kernel.shell.user_ns)


def test_only_the_cells_own_loop_is_followed(replay, kernel):
    """A cell that the loop's cell runs has lines of the same numbers."""
    part = replay(
        "x = 1\nget_ipython().run_cell('y = 0\\n\\nfor k in [8]: y = 1')\nfor k in [1]:\n    x += 1"
    )

    assert [["1", "1", "2"]] == rows(part)


def test_what_the_learner_made_is_never_called():
    """A value of the learner's own is shown by its type: its `repr` might print or count."""

    class Odd:
        """Fails whatever is asked of it."""

        def _fail(self, *_: object) -> None:
            raise AssertionError

        __repr__ = __eq__ = __lt__ = __hash__ = __len__ = _fail

    assert "<Odd>" == shown(Odd())
    assert "[<Odd>]" == shown([Odd()])
    assert "<dict>" == shown({1: 2})
    assert "?" == shown(10**5000)
    assert 40 >= len(shown("x" * 100)) and 40 >= len(shown([["x" * 30] * 9] * 9))


def test_an_error_of_the_recorder_does_not_reach_the_cell(replay, kernel):
    """Even a key that breaks when it is looked up costs the recording only."""
    kernel.run(None, ODD_KEY)
    part = replay("t = 0\nfor i in range(3):\n    t += len(model_results)")

    assert 3 == kernel.shell.user_ns["t"]
    assert "The loop could not be recorded." == part.props()["note"]


def test_recording_costs_almost_nothing(kernel):
    """A run of the exercise takes less than 5 milliseconds more."""
    seconds = {True: [], False: []}
    for _ in range(10):
        for recorded in seconds:
            start = time.perf_counter()
            recorder = Recorder(LOOP.lstrip(), find(LOOP.lstrip()), kernel.shell)
            if recorded:
                recorder.begin()
            kernel.shell.run_cell(LOOP)
            recorder.end(None)
            seconds[recorded].append(time.perf_counter() - start)

    assert 0.005 > min(seconds[True]) - min(seconds[False])


def test_progress_records_too(kernel):
    """Run All reaches the bar on top first, so step 3 is recorded before its replay is shown."""
    Progress("step_3")
    kernel.run("step_3", LOOP)

    assert 5 == len(rows(LoopTrace("step_3")))


def test_the_cell_is_run_once(replay, kernel):
    """The recording is the run itself."""
    kernel.run(None, "ran = []")
    replay("for k in 'ab':\n    ran.append(k)")

    assert ["a", "b"] == kernel.shell.user_ns["ran"]


def test_the_twin_is_harmless_and_all_of_it_small(replay):
    """No value of the learner's becomes markup; module and twin stay within their bounds."""
    part = replay("t = ''\nfor k in range(30):\n    t = '<script>alert(1)</script>'")

    assert own_bytes(part) <= 9_000
    assert len(style(part).encode()) <= 16_000
    assert len((part.static_html() + part.plain_text()).encode()) <= 4_000
    assert part.static_html() == re.sub("</?tbody>", "", safe_html(part.static_html()))
    assert "&lt;script&gt;" in part.static_html()


HEADS = ["range(4)", "[2, 1, 0]", "(c for c in 'abc')", "enumerate('ab')", "[]", "sorted({3, 1})"]
BODIES = [
    "n += 1",
    "print(k, n)",
    "m = n",
    "n = n * 2 + m",
    "if n > 3: continue",
    "if n > 4:\n        break",
    "try:\n        1 / (n - 1)\n    except ZeroDivisionError:\n        m -= 1",
    "for j in range(2):\n        m += j",
    "while n < 0:\n        n += 1",
    "seen.append((k, n))",
    "n = helper(n)",
    "[1, 2][n]",
    "raise ValueError(n)",
]
TAILS = ["print('end', n)", "else:\n    m = 9", "seen = len(seen)", "if m:\n    1 / 0"]
CELLS = st.builds(
    "n = 0\nm = 1\nseen = []\ndef helper(x):\n    return x + 1\nfor k in {}:\n    {}\n{}".format,
    st.sampled_from(HEADS),
    st.lists(st.sampled_from(BODIES), min_size=1, max_size=5).map("\n    ".join),
    st.sampled_from(TAILS),
)


@given(cell=CELLS)
@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_a_recorded_cell_computes_and_prints_the_same(kernel, capsys, cell):
    """Whatever the loop does: values, output and the error are those of an unrecorded run."""
    plain = _ran(kernel, capsys, cell, None)
    recorder = Recorder(cell, find(cell), kernel.shell)

    assert plain == _ran(kernel, capsys, cell, recorder)
    assert len(recorder.recording.turns) <= 4


def _ran(kernel, capsys, cell, recorder) -> tuple[object, ...]:
    if recorder:
        recorder.begin()
    result = kernel.shell.run_cell(cell)
    if recorder:
        recorder.end(result.error_in_exec)
    names = ("k", "j", "m", "n", "seen")
    values = [kernel.shell.user_ns.pop(name, None) for name in names]
    return repr(result.error_in_exec), capsys.readouterr().out, repr(values)


def test_a_new_run_replaces_the_recording(replay):
    """The page on show follows by itself: the coach refreshes it after each run."""
    part = replay(LOOP)
    replay("x = 1")

    assert recordings["step_3"].turns == []
    assert "There is no for loop" in part.props()["note"]
