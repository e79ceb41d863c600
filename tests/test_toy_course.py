"""
Another course, about text, taken from release to feedback by an engine that knows no course.

It lies in tests/toy_course/: two coding steps, a question, a function and an answer for a person.
"""

import json
import re
import shutil
from types import SimpleNamespace

import pytest
from support.courses import need_sandbox
from support.notebooks import ROOT
from test_structure import OF_THE_COURSE

from grader import gradebook
from grader.batch import grade
from grader.course import Course
from grader.feedback import feedback
from grader.feedback.rubric import rubric_of
from grader.release import release
from grader.report import common_mistakes

LOOP = (
    "letters = 0\nfor i in range(len(words)):\n    letters += len(words[i])\n"
    "mean_length = letters / len(words)"
)
RIGHT = {
    "step_1": 'vowels = "aeiou"',
    "step_2": LOOP,
    "a1": 'def shout(text):\n    return text.upper() + "!"',
    "thought": "In a mail it is rude: it reads as shouting.",
}
IS_125 = "`mean_length` is 1.25 but should be 3.75."
# An answer that is not right: its cell, its code, its points, and what its learner is told.
WRONG = {
    "text": ("step_1", 'vowels = "AEIOU"', 0, "Compare the capital letters with `'aeiou'`."),
    "type": ("step_1", "vowels = 5", 0, "`vowels` is `5`, of type `int`"),
    "name": ("step_1", 'vowel = "aeiou"', 0.5, "It needs the s: `vowels`."),
    "floor": ("step_2", LOOP.replace(" / ", " // "), 1, "`//` drops the decimals."),
    "end": ("step_2", LOOP.replace("(len", "(1, len"), 1, "skips index 0: start it at 0."),
    "restart": (
        "step_2",
        "for i in range(len(words)):\n    letters = 0\n    letters += len(words[i])\n"
        "mean_length = letters / len(words)",
        2,
        f"{IS_125} `letters = 0` is inside the loop, so `letters` restarts each time: move it",
    ),
    "last": (
        "step_2",
        "for i in range(len(words)):\n    mean_length = len(words[i]) / len(words)",
        2,
        f"{IS_125} After the loop `mean_length` holds what its last turn gave",
    ),
    "break": (
        "step_2",
        LOOP.replace("    letters", "    if i == 2:\n        break\n    letters"),
        1,
        "`break` ends the loop before every index was seen: remove it.",
    ),
    "round": (
        "step_2",
        LOOP.replace("letters / len(words)", "round(letters / len(words), 1)"),
        2,
        "`round( )` changes the number: store it unrounded.",
    ),
    "length": ("step_2", LOOP.replace("/ len(words)", "/ 4"), 2, "so it fits one length only"),
    "typed": ("step_2", "mean_length = 3.75", 0, "it was typed in, and there is no `for` loop."),
    "sum": (
        "step_2",
        "mean_length = sum(map(len, words)) / len(words)",
        2,
        "`mean_length` is right (3.75). The task asks for a `for` loop with variable `i`",
    ),
    "print": (
        "step_2",
        LOOP.replace("letters / len(words)", "print(letters / len(words))"),
        1,
        "shows a value but gives nothing back: write `mean_length = ...`.",
    ),
    "zero": ("step_2", LOOP.replace("/ len(words)", "/ 0"), 1, "the number divided by is 0."),
    "call": (
        "a1",
        "def shout(text):\n    return text.upper()",
        0,
        "`shout('owl')` gave `'OWL'`; it should give `'OWL!'`.",
    ),
    "letter": ("quiz1", "A", 0, "An index ends at 2, a length does not."),
}
CHECKS = {
    "step_1": "check_step_1",
    "step_2": "check_step_2",
    "a1": "a1_check",
    "quiz1": "check_quiz1",
}


@pytest.fixture(scope="module")
def toy(tmp_path_factory) -> SimpleNamespace:
    """The course released, and a class graded: the results by learner."""
    need_sandbox()
    root = tmp_path_factory.mktemp("toy") / "course"
    shutil.copytree(ROOT / "tests" / "toy_course", root)
    course = Course(root)
    release(course)
    hand_in(course, "right", {}, "B")
    hand_in(course, "blank", dict.fromkeys(RIGHT), "")
    for name, (cell, code, *_) in WRONG.items():
        letter = code if cell == "quiz1" else "B"
        hand_in(course, name, {} if cell == "quiz1" else {cell: code}, letter)
    found = {one.student: one for one in grade(course, "words")}
    return SimpleNamespace(course=course, found=found)


def hand_in(course: Course, student: str, changes: dict[str, str | None], letter: str) -> None:
    """Hand in the right answers with changes; None leaves a cell as it was released."""
    folder = course.submitted(student, "words")
    shutil.copytree(course.release("words"), folder)
    path = folder / "first_words.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    answers = {cell: code for cell, code in (RIGHT | changes).items() if code is not None}
    for cell in nb["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    nb["metadata"]["rai"] = {"answers": {"quiz1": letter}}
    path.write_text(json.dumps(nb), encoding="utf-8")


def cells(toy: SimpleNamespace, student: str) -> dict:
    """The results of a learner by check."""
    return {cell.grade_id: cell for cell in toy.found[student].cells}


def test_right_answers_get_all_points_and_the_thought_waits(toy):
    """Ten points by the machine; three wait for a person, who finds the rubric."""
    assert (10, 3) == (toy.found["right"].score, toy.found["right"].open)
    assert {"passed", ""} == {cell.outcome for cell in toy.found["right"].cells}
    assert (0, 0) == (toy.found["blank"].score, toy.found["blank"].open)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_told_as_exactly_as_in_any_course(toy, name):
    """It loses its own points alone, and the sentence names its cause."""
    cell, _, points, says = WRONG[name]
    lost = cells(toy, name).pop(CHECKS[cell])
    others = [one for one in toy.found[name].cells if one.grade_id != CHECKS[cell]]

    assert (points, "missed") == (lost.score, lost.outcome)
    assert says in lost.message
    assert lost.rule
    assert all(one.score in (one.max_score, None) for one in others)


def test_mistakes_of_the_class_are_counted_by_rule(toy):
    """The loop's mistakes come first, with how many learners made them."""
    most = common_mistakes(toy.found.values())[0]

    assert ("check_step_2", "follows mean_length") == (most.grade_id, most.rule)
    assert most.learners >= 4


def test_a_person_gives_the_rest_and_the_pages_show_it(toy):
    """Points by hand count at once; the page shows choice, rubric points and no other course."""
    with gradebook.opened(toy.course) as book:
        mark = book.find_grade("thought", "first_words", "words", "letter")
        mark.manual_score, mark.needs_manual_grade = 2.0, False
        book.db.commit()
    pages = {path.parent.parent.name: path.read_text() for path in feedback(toy.course, "words")}

    assert set(pages) == set(toy.found)
    assert '<li class="chosen none">A. 2 <strong>✘ your choice</strong></li>' in pages["letter"]
    assert "2 of 3 points" in pages["letter"] and "A person gave these points." in pages["letter"]
    assert "An index ends at 2, a length does not." in pages["letter"]
    shown = {name: re.sub(r"(?s)<style>.*?</style>", "", page) for name, page in pages.items()}
    assert [] == [name for name, page in shown.items() if OF_THE_COURSE.search(page)]


def test_the_person_sees_the_rubric(toy):
    """The formgrader gets the lines of the key, and learners none of them."""
    place = {"path": str(toy.course.autograded("right", "words")), "name": "first_words"}
    cell = {"metadata": {"nbgrader": {"grade_id": "thought"}}}
    released = toy.course.release("words") / "first_words.ipynb"

    assert [1.0, 2.0] == [line.points for line in rubric_of(cell, {"metadata": place}).lines]
    assert "Names a place" not in released.read_text(encoding="utf-8")
