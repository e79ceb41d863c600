"""How strong a pattern is: what answers add up to, and which of them there are."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.kernels import Kernel, write

from grader.judge.static_widgets import card
from grader.sanitize import safe_html
from grader.widgets import Question, Strength, base
from grader.widgets.base import VIEW
from grader.widgets.kernel import hooks, session
from grader.widgets.live import module
from grader.widgets.strength import LATER, SOON, Scale

KEYS = ("q1", "q2", "q3")
QUESTIONS = {
    "q1": ("A", 1, "easy", ["C1"]),
    "q2": ("B", 2, "medium", ["C2", "C1"]),
    "q3": ("C", 4, "hard", ["C3"]),
}
CONCEPTS = {"C1": ("Count", "Part 1"), "C2": ("Divide", "Part 2"), "C3": ("Compare", "Part 3")}
SCALE = {"questions": QUESTIONS, "concepts": CONCEPTS, "strong": 6, "hard": 1, "nearly": 3}
RIGHT = {"q1": "A", "q2": "B", "q3": "C"}


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    """A kernel of a notebook with three questions, somebody looking at it."""
    monkeypatch.setattr(base, "_shown", {})
    monkeypatch.setattr(session, "picked", {})
    monkeypatch.setattr(session, "given", {})
    made = Kernel(monkeypatch, write(tmp_path / "test.ipynb", dict.fromkeys(KEYS, "")))
    yield made
    for live in base._shown.values():
        live.close()


def save(kernel: Kernel, **rai: object) -> None:
    """Save answers, or the material of a practice edition, in the notebook of a kernel."""
    saved = json.loads(kernel.notebook.read_text(encoding="utf-8"))
    saved["metadata"]["rai"] = rai
    kernel.notebook.write_text(json.dumps(saved), encoding="utf-8")


def states(part: Strength) -> list[str]:
    """The states of the questions, in order."""
    return [question["state"] for question in part.props()["questions"]]


@pytest.mark.parametrize(
    ("answers", "state", "sentence"),
    [
        (RIGHT, "Strong", "Strong: 7 of 7 points, 1 of 1 hard questions right."),
        (RIGHT | {"q1": "B"}, "Strong", "Strong: 6 of 7 points, 1 of 1 hard questions right."),
        (RIGHT | {"q2": ""}, "Nearly there", "Nearly there: 5 of 7 points, 1 of 1 hard"),
        (RIGHT | {"q3": "D"}, "Nearly there", "Nearly there: 3 of 7 points, 0 of 1 hard"),
        ({"q2": "B"}, "Not yet", "Not yet: 2 of 7 points, 0 of 1 hard questions right."),
        ({}, "Not yet", "Not yet: 0 of 7 points, 0 of 1 hard questions right."),
    ],
)
def test_points_and_hard_questions_make_the_verdict(answers, state, sentence):
    """A question that was not answered is missed."""
    verdict = Scale(**SCALE).judge(answers)

    assert state == verdict.state
    assert verdict.sentence.startswith(sentence)


def test_enough_points_without_the_hard_ones_is_nearly_there():
    """Both are asked for."""
    scale = Scale(**SCALE | {"strong": 3})

    assert "Nearly there" == scale.judge({"q1": "A", "q2": "B"}).state


def test_what_was_missed_is_read_again_most_points_first():
    """Every concept once, with the points of all its questions; at a tie by name."""
    scale = Scale(**SCALE)

    assert [("Compare", "Part 3"), ("Count", "Part 1"), ("Divide", "Part 2")] == list(
        scale.judge({}).read
    )
    assert [("Count", "Part 1"), ("Divide", "Part 2")] == list(
        scale.judge(RIGHT | {"q2": "A"}).read
    )
    assert () == scale.judge(RIGHT).read


def test_letters_are_read_as_people_write_them():
    """A letter from a cell counts like one from a card."""
    assert "Strong" == Scale(**SCALE).judge({"q1": "a)", "q2": " (b) ", "q3": "C."}).state


@given(st.dictionaries(st.sampled_from(KEYS), st.text(max_size=4)))
def test_a_better_answer_never_makes_it_worse(answers):
    """Whatever was answered, one more right answer adds its points and takes nothing away."""
    scale = Scale(**SCALE)
    order = ["Not yet", "Nearly there", "Strong"]
    before = scale.judge(answers)
    for key, letter in RIGHT.items():
        after = scale.judge(answers | {key: letter})

        assert order.index(after.state) >= order.index(before.state)
        assert set(after.read) <= set(before.read)


def test_the_note_lists_what_to_read():
    """As Markdown, the place first."""
    note = Scale(**SCALE).judge(RIGHT | {"q3": "A"}).as_markdown()

    assert "Read again, most points first:\n\n- **Part 3**: Compare" == note


def test_each_question_is_given_chosen_or_open(kernel):
    """A choice is chosen wherever it comes from; what is no letter is nothing."""
    part = Strength("pattern", *KEYS)
    found = [states(part)]
    kernel.shell.user_ns["quiz_answers"] = {"q1": "B", "q2": "none"}
    found.append(states(part))
    save(kernel, answers={"q1": "A", "q2": "B"}, given={"q2": "B", "q9": "A"})
    found.append(states(part))
    session.picked["q3"] = "D"
    session.given["q1"] = "A"
    found.append(states(part))

    assert [
        ["open", "open", "open"],
        ["chosen", "open", "open"],
        ["chosen", "given", "open"],
        ["given", "given", "chosen"],
    ] == found


def test_a_graded_edition_tells_when_the_verdict_comes(kernel):
    """All answers given or not, it knows none."""
    save(kernel, given=RIGHT)
    props = Strength("pattern", *KEYS).props()

    assert (None, LATER) == (props["verdict"], props["later"])
    assert json.dumps(props)


def test_a_practice_edition_tells_the_verdict_when_all_is_checked(kernel):
    """Not before, and only from what was given."""
    part = Strength("pattern", *KEYS)
    save(kernel, practice={"pattern": SCALE}, answers=RIGHT, given={"q1": "A", "q2": "A"})
    before = part.props()
    session.given["q3"] = "C"
    after = part.props()

    assert (None, SOON) == (before["verdict"], before["later"])
    assert {
        "sign": "◐",
        "sentence": "Nearly there: 5 of 7 points, 1 of 1 hard questions right.",
        "lead": "Read again, most points first:",
        "read": [["Count", "Part 1"], ["Divide", "Part 2"]],
    } == after["verdict"]
    assert ("●", "checked") == after["states"]["given"]
    assert json.dumps(after)


@pytest.mark.parametrize(
    "broken", [5, [], {}, {"questions": {}}, SCALE | {"more": 1}, SCALE | {"questions": {"q1": 5}}]
)
def test_a_scale_that_makes_no_sense_is_none(kernel, broken):
    """The file may hold anything: the part is that of a graded edition then."""
    save(kernel, practice={"pattern": broken}, given=RIGHT)

    assert (None, LATER) == tuple(
        Strength("pattern", *KEYS).props()[name] for name in ("verdict", "later")
    )


def test_the_twin_says_the_same(kernel):
    """Signs and words, the count, and the verdict or when it comes; harmless HTML."""
    part = Strength("pattern", *KEYS)
    save(kernel, given={"q1": "A"}, answers={"q2": "B"})
    before, words = part.static_html(), part.plain_text()
    save(kernel, practice={"pattern": SCALE}, given=RIGHT)

    assert "How strong is this pattern? 1 of 3 answers given." == words
    assert (
        "<ul><li>● Q 1: given</li><li>◐ Q 2: chosen, not given</li><li>○ Q 3: open</li>" in before
    )
    assert f"<p>{LATER}</p>" in before
    assert (
        "<strong>✔ Strong: 7 of 7 points, 1 of 1 hard questions right.</strong>"
        in part.static_html()
    )
    assert "there is nothing to read again" in part.static_html()
    assert all(safe_html(page) == page for page in (before, part.static_html()))


def test_a_graded_notebook_shows_what_was_handed_in():
    """There a choice that was never given counts as given; no file is read for it."""
    source = 'from grader.widgets import Strength\n\nStrength("pattern", "q1", "q2", "q3")'
    (output,) = card(source, {"q1": "A", "q3": "c"})

    assert "2 of 3 answers given" in output["data"]["text/html"]
    assert "○ Q 2: open" in output["data"]["text/html"]


def test_the_live_page_follows_the_cards(kernel, monkeypatch):
    """A choice and an answer that is given reach it at once."""
    monkeypatch.setattr(hooks, "check", lambda *names: None)
    part = Strength("pattern", *KEYS)
    question = Question("q1", "Which?", {"A": "a", "B": "b"}, once=True)
    for one in (question, part):
        one._ipython_display_()
    found = [part.live.props["questions"][0]["state"]]
    question.live.picked = "B"
    found.append(part.live.props["questions"][0]["state"])
    question.live._ask(question.live, {"give": "B"}, [])
    found.append(part.live.props["questions"][0]["state"])

    assert ["open", "chosen", "given"] == found


def test_a_part_stays_small():
    """Module and twin keep to their limits."""
    part = Strength("pattern", *(f"pt{n:02}" for n in range(1, 11)))
    (page,) = part.pages()
    page[VIEW] = {"model_id": "0" * 32, "version_major": 2, "version_minor": 0}

    assert len(module(part).encode()) <= 12_000
    assert len(json.dumps(page, ensure_ascii=False).encode()) <= 4096


def test_a_practice_edition_shows_each_question_right_or_not(kernel):
    """Once it was checked; before that it is chosen or open, and in a graded edition given."""
    part = Strength("pattern", *KEYS)
    letters = {"q1": RIGHT["q1"], "q2": "D", "q3": RIGHT["q3"]}
    given = {"q1": letters["q1"], "q2": letters["q2"]}
    save(kernel, practice={"pattern": SCALE}, answers=letters, given=given)
    assert ["right", "wrong", "chosen"] == states(part)
    assert "2 of 3 answers checked" in part.static_html()
    assert "✘ Q 2: not right" in part.static_html()

    save(kernel, answers=letters, given=given)
    assert ["given", "given", "chosen"] == states(part)
