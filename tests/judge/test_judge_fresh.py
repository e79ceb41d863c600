"""Which calls of a check everybody can know beforehand."""

import json
import random

import pytest
from support.functions import FUNCTION, source

from grader.judge.fresh import known

CHECK = """from grader.checks import call, expect, function, verdict

function("a", "f")
expect("A.shown", "shown", "One gives one.", call(1, gives=1))
### BEGIN HIDDEN TESTS
import random
from grader.checks import worth

worth(1)
expect("A.edge", "zero", "Zero gives zero.", call(0, gives=0))
expect("A.any", "any", "Any.", *(call(n, gives=n) for n in random.sample(range(10**9), 5)))
### END HIDDEN TESTS
verdict("Right.")
"""


def test_what_stands_in_the_text_is_known_and_what_is_drawn_is_not():
    """Under another seed the shown and the fixed calls are the same; drawn ones are others."""
    random.seed("this class")
    found = known(CHECK, "a_check")

    assert {1, 0} <= {json.loads(case)[0]["args"][0] for case in found}
    assert 7 == len(found)
    drawn = random.Random("this class").sample(range(10**9), 5)
    assert not {json.dumps([{"call": "f", "args": [n]}]) for n in drawn} & found


def test_looking_beforehand_leaves_chance_alone():
    """What a check draws without a seed is as random as before."""
    random.seed(5)
    wanted = random.random()
    random.seed(5)
    known(CHECK.replace("A.any", "A.other"), "a_check")

    assert wanted == random.random()


@pytest.mark.parametrize(
    "text",
    ["assert f(1) == 1", CHECK.replace("worth(1)", ""), "worth(1)\nraise SystemExit", "worth("],
)
def test_other_checks_have_none(text):
    """A plain check, one without points, and one that breaks are judged as they always were."""
    try:
        assert known(text, "a_check") is None
    except SyntaxError:  # the judge tells the author
        assert text == "worth("


@pytest.mark.parametrize("task", sorted(FUNCTION))
def test_every_function_of_the_course_is_asked_new_things(task):
    """Each check of the course has calls that stand in its text."""
    assert known(source(task)[f"{task}_check"]["source"], f"{task}_check")
