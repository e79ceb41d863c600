"""Sentences that are true in any course, name odd signs, and say what a quiz cell lacks."""

import pytest
from support import judging
from support.checking import Facts

from grader.checks import cell, follows, is_float, loops, step, value, verdict
from grader.checks.numbers import compare_number
from grader.checks.quiz import judge_answered
from grader.checks.sentences.quiz_cell import problem
from grader.checks.sentences.signs import odd_sign
from grader.checks.source import read

OF_THIS_COURSE = ("prediction", "correct = 0", "label", "match", "accuracy")


@pytest.fixture(autouse=True)
def _grading(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


def told(monkeypatch, capsys, code: str, check) -> str:
    """Return what the check of a step says about this code."""
    monkeypatch.setattr(cell.now, "session", Facts((code,)))
    step("greeting", given={"numbers": [3, 4]})
    check()
    verdict("Right.")
    return capsys.readouterr().out.split("\n")[0]


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        ("hello", "hallo", "should be `'hallo'`"),
        ("Hallo", "hallo", "capital letters"),
        ("hallo ", "hallo", "blanks"),
        (5, "hallo", "text, in quotes"),
        (None, "hallo", "text, in quotes"),
        ("True", True, "without quotes"),
        (1, True, "`True` or `False`"),
        ([1], [1, 2], "should be `[1, 2]`"),
        ((1, 2), [1, 2], "a list"),
        ([1], (1,), "a tuple"),
    ],
)
def test_advice_fits_the_kind_of_value_that_is_asked_for(got, expected, words):
    """A text is not called a number, and nobody is told to leave out quotes that belong there."""
    share, sentence = compare_number("greeting", got, expected, read(("",)))

    assert 0 == share
    assert words in sentence
    assert isinstance(expected, bool) or "without quotes" not in sentence
    assert "number" not in sentence


@pytest.mark.parametrize("code", ["", "greeting = 'hello'", "greeting = 5", "greetin = 'x'"])
def test_a_text_that_is_missing_is_no_number(monkeypatch, capsys, code):
    """The sentence for a value of another subject says nothing of this course."""
    said = told(monkeypatch, capsys, code, lambda: value("greeting", "hallo", points=1))

    assert said
    assert "number" not in said
    assert not any(word in said for word in (*OF_THIS_COURSE, "without quotes"))


def _counts() -> None:
    examples = [({"numbers": [3, 4]}, 12.0), ({"numbers": [5, 2, 2]}, 20.0)]
    loops("i", over="numbers", makes="product", examples=examples, points=2)
    is_float("product", examples, points=1)
    follows("product", examples, points=1)


LOOPS = [
    "",
    "product = 1",
    "product = 'x'",
    "product = 3 / 0",
    "product = 1.0\nfor i in range(len(numbers)):\n    product += numbers[i]",
    "product = []\nfor i in range(len(numbers)):\n    product.append(i)",
    "total = 1\nfor i in range(len(numbers)):\n    total *= numbers[i]",
    "for i in range(1):\n    pass",
    "import math\nproduct = float(math.prod(numbers))",
]


@pytest.mark.parametrize("code", LOOPS)
def test_a_loop_of_another_subject_counts_no_predictions(monkeypatch, capsys, code):
    """A product of numbers has no predictions, no labels and no count of matches."""
    said = told(monkeypatch, capsys, code, _counts)

    assert said
    assert not said.startswith("Correct")
    assert not any(word in said for word in OF_THIS_COURSE)


SIGNS = [
    ("x\u00a0= 0.8", "U+00A0", "type a space"),
    ("x = \u200b0.8", "U+200B", "cannot be seen"),
    ("x\u00ad = 0.8", "U+00AD", "cannot be seen"),
    ("x = \u22120.8", "U+2212", "type `-`"),
    ("x = \uff080.8\uff09", "U+FF08", "type `(`"),
    ("x = \u201ca\u201d", "U+201C", "straight quotes"),
    ("\u0445 = 0.8", "U+0445", "type `x`"),
]


@pytest.mark.parametrize(("line", "sign", "typed"), SIGNS)
def test_a_sign_that_looks_like_another_is_named(line, sign, typed):
    """The sentence says which sign it is, where it stands, and what to type."""
    said = odd_sign(line)

    assert sign in said
    assert typed in said
    assert f"character {[sign == f'U+{ord(c):04X}' for c in line].index(True) + 1} " in said
    assert "" == odd_sign("x = 'Größe' # ok")


@pytest.mark.parametrize(("line", "sign", "typed"), SIGNS[1:-1])
def test_code_that_python_cannot_read_is_told_its_sign(monkeypatch, capsys, line, sign, typed):
    """A line that stops at such a sign is explained by it, and not by Python's own words."""
    said = told(monkeypatch, capsys, line, lambda: value("x", 0.8, points=1))

    assert sign in said
    assert typed in said


def test_a_name_with_a_foreign_letter_is_told_so(monkeypatch, capsys):
    """Two names that look the same are told apart by the letter."""
    said = told(
        monkeypatch, capsys, "gr\u0435eting = 5.5", lambda: value("greeting", 5.0, points=1)
    )

    assert "U+0435 (cyrillic small letter ie)" in said


@pytest.mark.parametrize(
    ("answer", "sign"),
    [
        ("\u0410", "U+0410"),
        ("\uff21", "U+FF21"),
        ("\u201cA\u201d", "U+201C"),
        ("A\u200b", "U+200B"),
    ],
)
def test_a_quiz_letter_with_a_foreign_sign_is_told_so(answer, sign):
    """A letter that only looks like A is no A, and the sentence says why."""
    share, said = judge_answered("practice1", answer)

    assert 0 == share
    assert sign in said
    assert "`'A'`" in said


CELLS = [
    ("{'practice1': A}", 1, "quotes"),
    ("{practice1: 'A'}", 1, "quotes"),
    ("dict(practice1=A)", 1, "quotes"),
    ("{\n  'practice1': 'A'\n  'practice2': 'B'\n}", 2, "comma"),
    ("{'practice1': 'A' 'practice2': 'B'}", 1, "practice1"),
    ("{'practice1': \u2018A\u2019}", 1, "straight quotes"),
    ("['A', 'B']", 1, "a list"),
    ("'A', 'B'", 1, "a tuple"),
    ("{'A', 'B'}", 1, "a set"),
    ("{\n  'practice1': ['A'],\n}", 2, "one letter"),
    ("{'practice1': 'A'", 1, "not valid Python"),
    ("{}\nquiz_answers['practice1'] = A", 2, "quotes"),
    ("{}\nquiz_answers[practice1] = 'A'", 2, "quotes"),
    ("{}\nquiz_answers['practice1'] = ['A']", 2, "one letter"),
    ("{}\nquiz_answers.update({'practice1': A})", 2, "quotes"),
    ("{}\nquiz_answers.update(practice1=A)", 2, "quotes"),
]


@pytest.mark.parametrize(("written", "line", "words"), CELLS)
def test_a_malformed_quiz_cell_is_told_what_is_wrong(written, line, words):
    """Its line and what to write there, and not that there is no answer."""
    said = problem(["x = 1", f"quiz_answers = {written}\n"], "practice1")

    assert f"Line {line} of the cell `quiz_answers`" in said
    assert words in said
    assert said == judge_answered("practice1", "", [f"quiz_answers = {written}\n"])[1]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{'practice2': 'B'}", "has no entry for this question. Add `'practice1': 'A'`"),
        ("{\n  'practise1': 'B'}", "Line 2 of the cell `quiz_answers` names `practise1`"),
        ("{'Practice 1': 'B'}", "names `Practice 1`. The name of this question is `'practice1'`"),
        ("{1: 'B'}", "has no entry for this question"),
    ],
)
def test_a_cell_with_other_questions_only_is_told_so(written, words):
    """A question that the dictionary lacks, or names otherwise, is told by its own name."""
    cells = [f"quiz_answers = {written}\n"]

    assert "" == problem(cells, "practice1")  # nothing is wrong with it: it just is not started
    assert words in judge_answered("practice1", "", cells)[1]


EMPTY = "quiz_answers = {'practice1': '', 'practice2': 'B'}"


@pytest.mark.parametrize("written", [EMPTY, "quiz_answers = {}", "# quiz_answers\nx = (", "x = 1"])
def test_a_cell_without_fault_has_just_no_answer(written):
    """Nothing is said about cells that are empty or about something else."""
    assert "" == problem([written], "practice1")
    assert "No answer yet" in judge_answered("practice1", "", [written])[1]


def test_the_judge_tells_it_too(worker):
    """What is wrong in the quiz cell is in the message of a graded question."""
    cells = judging.task({"quiz_answers": "quiz_answers = {'practice1': A}\n"}, "practice")
    results = [one for one in worker.grade(cells).results if one.check]

    assert "Line 1 of the cell `quiz_answers`" in results[0].check.message
    assert 0.0 == results[0].score
