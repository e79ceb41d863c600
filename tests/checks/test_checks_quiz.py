"""Questions: one letter, read leniently, judged after submission, explained in the feedback."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import notebooks
from support.checking import Facts, run_check

from grader.checks import cell
from grader.checks.quiz import LETTERS, Material, clean, judge_answered, judge_choice
from grader.widgets.kernel.session import question_title as title
from grader.widgets.kernel.session import reason

ANSWERS = {
    "practice1": ("A", 1),
    "practice2": ("A", 1),
    "practice3": ("D", 2),
    "practice4": ("C", 2),
    "practice5": ("B", 3),
    "visual1": ("A", 2),
    "visual2": ("C", 2),
    "visual3": ("B", 2),
    "pt01": ("B", 1),
    "pt02": ("A", 1),
    "pt03": ("D", 1),
    "pt04": ("C", 2),
    "pt05": ("A", 2),
    "pt06": ("B", 2),
    "pt07": ("C", 2),
    "pt08": ("C", 3),
    "pt09": ("B", 3),
    "pt10": ("D", 3),
}
PATTERN = {key: letter for key, (letter, _) in ANSWERS.items() if key.startswith("pt")}
WRONG = {key: "A" if letter != "A" else "B" for key, letter in PATTERN.items()}


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
    assert ("Question 1", "Question 10") == (title("pt01"), title("pt10"))
    assert ("Pattern", "Pt", "Ptolemy 1") == (title("pattern"), title("pt"), title("ptolemy1"))


@pytest.mark.parametrize(
    ("missed", "said"),
    [
        ([], "Strong: 20 of 20 points, 3 of 3 hard questions right."),
        (["pt09"], "Strong: 17 of 20 points, 2 of 3 hard questions right."),
        (["pt09", "pt01"], "Strong: 16 of 20 points, 2 of 3 hard questions right."),
        (["pt09", "pt04"], "Nearly there: 15 of 20 points, 2 of 3 hard questions right."),
        (["pt08", "pt09"], "Nearly there: 14 of 20 points, 1 of 3 hard questions right."),
        (["pt08", "pt09", "pt10"], "Nearly there: 11 of 20 points, 0 of 3 hard questions right."),
        (
            ["pt08", "pt09", "pt10", "pt01"],
            "Not yet: 10 of 20 points, 0 of 3 hard questions right.",
        ),
        (list(PATTERN), "Not yet: 0 of 20 points, 0 of 3 hard questions right."),
    ],
)
def test_the_pattern_is_told_and_earns_nothing(missed, said, monkeypatch):
    """What all answers add up to is told in one sentence; each question has its own points."""
    answers = {key: (WRONG if key in missed else PATTERN)[key] for key in PATTERN}
    score, sentence = run_check(monkeypatch, "check_pattern", Facts(saved=answers))

    assert (0.0, said) == (score, sentence)


def test_the_pattern_names_each_section_to_read_once(monkeypatch):
    """Those of the questions that cost most points come first; nothing missed, nothing to read."""
    shown = []
    monkeypatch.setattr(cell, "display", lambda data, **options: shown.append(data))
    run_check(monkeypatch, "check_pattern", Facts(saved=PATTERN))
    run_check(
        monkeypatch,
        "check_pattern",
        Facts(saved=PATTERN | {key: WRONG[key] for key in ("pt02", "pt06", "pt07")}),
    )
    nothing, some = (data["text/markdown"] for data in shown)

    assert "Nothing was missed: there is nothing to read again." == nothing
    assert [
        "Practice, question 3, and Fairness Monitor, Task 4 (the alert)",
        "Fairness Monitor, Task 5 (week by week)",
        "Step-by-Step Execution, Process Flow, and Key Moments, the second one",
    ] == re.findall(r"- \*\*(.*?)\*\*: ", some)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "○ Pattern: Not started. "),
        ({"pt01": "A", "pt02": "5"}, "✘ Pattern: Not yet. Question 2, Question 3, Question 4"),
        (PATTERN | {"pt10": ""}, "✘ Pattern: Not yet. Question 10 has no answer."),
        (
            PATTERN | {"pt09": "", "pt10": "?"},
            "Not yet. Question 9 and Question 10 have no answer.",
        ),
        (WRONG, "● Pattern: Noted. All 10 questions have an answer. They count when you submit."),
    ],
)
def test_before_grading_only_what_is_missing_is_told(answers, said, monkeypatch):
    """The released check names the questions without a letter, and judges none."""
    shown = []
    monkeypatch.setattr(cell, "display", lambda data, **options: shown.append(repr(data)))
    monkeypatch.setattr(cell.now, "session", Facts(saved=answers))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    exec(notebooks.cells("release", "pattern_test")["check_pattern"]["source"], {})

    assert said in shown[0]


def test_an_answer_that_counts_at_once_cannot_be_changed(monkeypatch):
    """The check of such a question does not say that it can."""
    shown = []
    monkeypatch.setattr(cell, "display", lambda data, **options: shown.append(repr(data)))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr(cell.now, "session", Facts(saved={"pt01": "C", "practice1": "C"}))
    for name, key in (("pattern_test", "pt01"), ("practice", "practice1")):
        exec(notebooks.cells("release", name)[f"check_{key}"]["source"], {})

    assert [
        "● Question 1: Noted. Your answer is C. It counts when you submit.",
        "● Practice 1: Noted. Your answer is C. You can change it until you submit.",
    ] == shown


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Right: the metric helps.", "The metric helps."),
        ("Right. Fairness compares groups.", "Fairness compares groups."),
        ("Right: min(2) is 2.", "min(2) is 2."),
        ("Rightly so.", "Rightly so."),
        ("", ""),
    ],
)
def test_a_reason_does_not_repeat_the_verdict(sentence, why):
    """Correct is said beside it; code keeps its case."""
    assert why == reason(sentence)


def test_validate_passes_for_the_authors_own_answers(monkeypatch):
    """A check that only tells something fails nobody's notebook."""
    monkeypatch.setattr(cell.now, "session", Facts(saved=WRONG))
    monkeypatch.setattr(cell, "display", lambda *data, **options: None)
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")

    exec(notebooks.cells("source", "pattern_test")["check_pattern"]["source"], {})
