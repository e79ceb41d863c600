"""Loops of a class are recorded in the sandbox: what a learner's code tries there harms nobody."""

import json
import os

import pytest
from support.courses import need_sandbox
from support.judging import reference, task

from grader.lesson import replaying
from grader.lesson.replaying import Question, replay, replayed
from grader.sandbox import Limits, Sandbox

pytestmark = pytest.mark.slow

RIGHT = """matches = 0
for i in range(len(model_results['predictions'])):
    if model_results['predictions'][i] == model_results['true_labels'][i]:
        matches += 1
accuracy = matches / len(model_results['predictions'])"""
WRONG = RIGHT.replace("['true_labels'][i]", "['predictions'][i]")
FORGED = """import json
json.JSONEncoder.encode = lambda self, found: {claim!r}
for i in range(3):
    pass"""
CLAIM = {"source": "", "problem": "", "plan": None, "start": [], "turns": [], "more": False}
CLAIM |= {"stop": None, "came": ""}
TURN = {"lines": [3, 4], "targets": ["0"], "pair": None, "match": None, "counters": []}


@pytest.fixture(scope="module")
def sandbox():
    """A sandbox at the best level of this machine."""
    with Sandbox(need_sandbox(), Limits(total_seconds=300.0)) as made:
        yield made


@pytest.fixture
def recorded(sandbox, monkeypatch):
    """Record an answer to step 3 beside the right one."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setattr(replaying, "SECONDS", 2.0)

    def run(wrong: str):
        question = Question("check_step_3", "step_3", "follows accuracy", wrong, RIGHT)
        return next(replay(reference(), [question], sandbox, ""))

    return run


def test_both_loops_are_recorded_on_the_data_of_the_key(recorded):
    """The right steps before the answer have run, whatever the learner wrote there."""
    found = recorded(WRONG)

    assert [["1"], ["2"], ["3"], ["4"], ["5"]] == [one.counters for one in found.wrong.turns]
    assert [["1"], ["2"], ["2"], ["3"], ["4"]] == [one.counters for one in found.right.turns]
    assert "" == found.call


def test_an_answer_cannot_write_where_the_teacher_works(recorded, tmp_path):
    """The file is not there afterwards; the control, in this process, writes it."""
    path = tmp_path / "owned.txt"
    attack = f"open({str(path)!r}, 'w').write('x')"
    found = recorded(f"for i in range(3):\n    {attack}")

    assert not path.exists()
    assert found.wrong.stop is not None or "stopped" in found.wrong.came
    exec(attack)
    assert path.exists()


def test_an_answer_sees_nothing_of_this_process(recorded, monkeypatch):
    """No variable of the environment and no file of the course comes into a recording."""
    monkeypatch.setenv("DATABASE_PASSWORD", "secret-1234")
    here = os.path.abspath(__file__)
    code = f"import os\nfor i in [os.environ.get('DATABASE_PASSWORD'), os.path.exists({here!r})]:\n"
    found = recorded(f"{code}    seen = i")

    assert "secret" not in json.dumps(found.wrong.came) + str(found.wrong.turns)
    assert ["None"] == found.wrong.turns[0].targets


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("while True:\n    pass", replaying.ENDLESS),
        ("for i in range(3):\n    while True: pass", replaying.ENDLESS),
        ("import os\nos._exit(3)", replaying.ENDED),
        ("import signal, os\nos.kill(os.getpid(), 9)", replaying.ENDED),
        ("for i in range(3)\n    pass", "Python cannot read this code"),
        ("%timeit 1\nfor i in range(3):\n    pass", replaying.MAGIC),
        ("accuracy = 0.8", "This code has no for loop to step through."),
        ("x = [i for i in range(3)]", "A comprehension takes all its turns"),
    ],
)
def test_what_cannot_be_replayed_says_why(recorded, code, problem):
    """One that hangs, dies or is no Python has no turns, and costs the right one nothing."""
    found = recorded(code)

    assert problem in found.wrong.problem
    assert [] == found.wrong.turns
    assert 5 == len(found.right.turns)


def test_a_flood_is_no_part_of_a_recording(recorded):
    """Ten megabytes are printed in each turn; the recording stays small."""
    found = recorded("for i in range(3):\n    print('x' * 10_000_000)\n    big = 'y' * 10_000_000")

    assert 3 == len(found.wrong.turns)
    assert len(str(found.wrong)) < 5000


def test_a_recording_that_is_sound_is_taken(recorded):
    """The control of the next test: a guest may claim what a recording may hold."""
    found = recorded(FORGED.format(claim=json.dumps(CLAIM | {"turns": [TURN] * 2})))

    assert 2 == len(found.wrong.turns)


@pytest.mark.parametrize(
    "claim",
    [
        [],
        None,
        "x" * 2_000_000,
        CLAIM | {"more": "yes"},
        CLAIM | {"came": "x" * 1000},
        CLAIM | {"problem": "<script>"},
        CLAIM | {"stop": [99, "x"]},
        CLAIM | {"extra": 1},
        CLAIM | {"turns": [TURN] * 101},
        CLAIM | {"turns": [TURN | {"lines": ["<b>"]}]},
        CLAIM | {"turns": [TURN | {"lines": [True]}]},
        CLAIM | {"turns": [TURN | {"targets": ["x" * 100]}]},
        CLAIM | {"turns": [TURN | {"targets": [["x"]]}]},
        CLAIM | {"turns": [TURN | {"counters": ["1"]}]},
        CLAIM | {"turns": [TURN | {"match": 1}]},
        CLAIM | {"turns": [TURN | {"pair": ["1", "2"]}]},
        CLAIM | {"turns": 7},
        CLAIM | {"start": None, "turns": [TURN]},
    ],
)
def test_what_an_answer_claims_is_looked_through(recorded, claim):
    """It may change all that is beside it: what is no recording is none."""
    found = recorded(FORGED.format(claim=json.dumps(claim)))

    assert (replaying.ODD, []) == (found.wrong.problem, found.wrong.turns)


def test_a_claim_never_changes_the_code_that_is_shown(recorded):
    """Text and place of the loop are known before: they are not taken from the guest."""
    code = FORGED.format(claim=json.dumps(CLAIM | {"source": "other", "plan": {"first": 99}}))
    found = recorded(code)

    assert (code, 3) == (found.wrong.source, found.wrong.plan.first)


def test_answers_of_two_learners_never_meet(sandbox, monkeypatch):
    """Each has a guest of its own: what the first leaves behind the second does not find."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    first = "import builtins\nbuiltins.left = 1\nfor i in range(2):\n    pass"
    second = "import builtins\nfor i in [hasattr(builtins, 'left')]:\n    pass"
    asked = [Question("check_step_3", "step_3", "x", one, RIGHT) for one in (first, second)]
    found = list(replay(reference(), asked, sandbox, ""))

    assert ["False"] == found[1].wrong.turns[0].targets


def test_a_function_is_called_as_it_goes_wrong():
    """With a short call of the missed rule; what came stands beside the right value."""
    key = task({}, "beyond_accuracy")
    right = next(cell.source for cell in key.cells if cell.cell_id == "a1")
    wrong = right.replace("right / len", "right // len")
    asked = [Question("a1_check", "a1", "A1.seed", wrong, right)]
    (found,) = replayed(key, asked, need_sandbox(), Limits(), "")

    assert "accuracy([1, 0, 0, 1, 0], [1, 0, 1, 1, 0])" == found.call
    assert ("gave `0`", "gave `0.8`") == (found.wrong.came, found.right.came)
    assert 5 == len(found.wrong.turns) == len(found.right.turns)
