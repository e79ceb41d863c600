"""Questions: one letter, read leniently, judged after submission, explained in the feedback."""

import pytest
from checking import Facts, run_check
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.quiz import LETTERS, Material, clean, judge_answered, judge_choice
from grader.learn.session import question_title as title

ANSWERS = {
    "practice1": ("A", 1),
    "practice2": ("A", 1),
    "practice3": ("D", 2),
    "practice4": ("C", 2),
    "practice5": ("B", 3),
    "visual1": ("A", 2),
    "visual2": ("C", 2),
    "visual3": ("B", 2),
}


@pytest.mark.parametrize("key", ANSWERS)
def test_each_question_pays_for_its_letter_only(key, monkeypatch):
    """The right letter earns all points, every other letter none and a reason of its own."""
    right, points = ANSWERS[key]
    told = {}
    for letter in LETTERS:
        score, told[letter] = run_check(monkeypatch, f"check_{key}", Facts(saved={key: letter}))

        assert score == (points if letter == right else 0)

    assert len(set(told.values())) == 4
    assert not any(f"answer is {right}" in told[letter] for letter in LETTERS if letter != right)


@pytest.mark.parametrize("key", ANSWERS)
def test_no_answer_earns_nothing_and_says_so(key, monkeypatch):
    """A missing letter is 0 points and says where to write it."""
    score, sentence = run_check(monkeypatch, f"check_{key}", Facts())

    assert 0.0 == score
    assert "No answer yet" in sentence


@pytest.mark.parametrize("written", ["C", "c", " C ", "(C)", "c)", "C.", "C:"])
def test_a_letter_is_read_as_people_write_it(written):
    """Case, brackets and blanks do not cost a mark."""
    assert "C" == clean(written)


@given(st.text(max_size=40))
def test_any_text_is_a_letter_or_a_clear_sentence(text):
    """Whatever stands in the answer, the check answers with a letter accepted or a sentence."""
    share, sentence = judge_answered("visual1", text)

    assert (share == 1.0) == (clean(text) in set(LETTERS))
    assert share == 1.0 or sentence


def test_a_wrong_option_gets_its_own_reason():
    """The reason belongs to the option chosen and never names the right letter."""
    sheet = Material("visual1", "A", feedback={"A": "Right: yes.", "B": "B trains the model."})

    assert (0.0, "B trains the model.") == judge_choice(sheet, "b")


def test_the_explanation_holds_steps_mistakes_and_a_spoken_tick():
    """The feedback page shows the solution, and `[OK]` as a tick that is also a word."""
    sheet = Material(
        "practice1",
        "A",
        options={"A": "one", "B": "two"},
        steps=[("Look", "Here.")],
        quick_check="x = y [OK]",
        common_mistakes=["Mixing up"],
    )
    text = sheet.as_markdown("B")

    assert "**Your answer:** B. two" in text
    assert "**Step 1: Look**" in text and "- Mixing up" in text
    assert "x = y ✔ correct" in text and "[OK]" not in text


def test_questions_are_named_for_people():
    """A key becomes a name."""
    assert ("Practice 1", "Visual 3") == (title("practice1"), title("visual3"))
