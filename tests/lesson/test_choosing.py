"""Which mistakes of a class are worth a question, and whose code stands for them."""

import random
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from grader.lesson.choosing import MOST, MOST_OF_A_TASK, Answer, chosen, shape, typical

LOOP = "total = 0\nfor i in range(3):\n    total += i"
_numbers = count()


def answer(
    told: str = "It is wrong.", task: str = "a1", rule: str = "A1.one", code: str = "x = 1", **more
) -> Answer:
    """Return a wrong answer of a learner who wrote no other."""
    about = {"place": (0, int(task[1:])), "notebook": "nb"} | more
    student = f"learner {next(_numbers)}"
    return Answer(
        student, answer_id=task, check_id=f"{task}_check", rule=rule, message=told, code=code,
        **about,
    )  # fmt: skip


def told(answers: list[Answer], **more) -> list[tuple[str, int]]:
    """Return what the chosen mistakes say, and how many made them."""
    return [(one.shown.told, one.learners) for one in chosen(answers, **more)]


def test_the_commonest_mistakes_come_first():
    """By how many learners made them, and not by how they come."""
    answers = [answer("few", task="a1")] * 2 + [answer("many", task="a2")] * 4
    random.Random(1).shuffle(answers)

    assert [("many", 4), ("few", 2)] == told(answers)


def test_one_rule_that_was_missed_in_two_ways_is_two_mistakes():
    """A typed-in number and a forgotten colon miss the same rule; what they are told differs."""
    answers = [answer("Its values were typed in.")] * 3 + [answer("A colon is missing.")] * 2

    assert [("Its values were typed in.", 3), ("A colon is missing.", 2)] == told(answers)


def test_names_and_numbers_in_a_sentence_make_no_other_mistake():
    """Line 3 or line 4, `total` or `count`: it is the same mistake; what else was missed, too."""
    answers = [
        answer("Line 3: `total` is 4 but should be 2. Also: more."),
        answer("Line 14: `count` is 0 but should be 1."),
    ]

    assert [2] == [one.learners for one in chosen(answers)]


def test_a_line_is_named_by_its_number_in_the_code_that_is_shown():
    """Comments above it are gone, and with them their lines; what is no line stays as it is."""
    one = answer("Line 4: `//` drops all; in line 9, 4 of 5 are right.", lines=(2, 4, 5))

    assert "Line 2: `//` drops all; in line 9, 4 of 5 are right." == one.told_of_code


def test_another_task_or_another_rule_is_another_mistake():
    """Also where learners were told the same."""
    answers = [answer(task="a1"), answer(task="a2"), answer(task="a2", rule="A2.two")]

    assert [1, 1, 1] == [one.learners for one in chosen(answers)]


def test_equally_common_mistakes_come_in_the_order_of_the_course():
    """Of notebooks, then of tasks, and not of their names."""
    answers = [
        answer("third", task="a1", place=(1, 2)),
        answer("second", task="a9", place=(0, 7)),
        answer("first", task="a3", place=(0, 3)),
    ]

    assert [("first", 1), ("second", 1), ("third", 1)] == told(answers)


def test_at_most_two_questions_are_about_one_task():
    """A fourth-commonest mistake of another task comes before the third of the same."""
    answers = [
        one
        for words, number in (("one", 5), ("two", 4), ("three", 3))
        for one in [answer(words)] * number
    ]

    assert [("one", 5), ("two", 4), ("else", 2)] == told([*answers, *[answer("else", "a2")] * 2])


def test_a_mistake_of_one_learner_only_fills_up():
    """It comes after all that more learners made."""
    answers = [answer("alone", task="a1"), *[answer("common", task="a2")] * 2]

    assert [("common", 2), ("alone", 1)] == told(answers)


def test_the_answer_shown_is_the_one_that_most_wrote_and_then_the_shortest():
    """Names, quotes and layout make no difference to what is the same."""
    twice = [answer(code="a  = f('x')"), answer(code='b = f("x")')]

    assert 'b = f("x")' == typical([answer(code="x"), *twice]).code
    assert "x" == typical([answer(code="x"), answer(code="long = 1")]).code


def test_code_of_a_lower_rank_is_shown_first():
    """However common the other is."""
    answers = [*[answer(code="ada = 1")] * 3, answer(code="much_longer = 1 + 1")]

    assert "much_longer = 1 + 1" == typical(answers, lambda code: int("ada" in code)).code


def test_the_shape_of_code_is_what_it_does():
    """Another operation is another shape, another name is not; what is no Python is its text."""
    assert shape(LOOP) == shape(LOOP.replace("total", "t").replace("    ", "  "))
    assert shape(LOOP) != shape(LOOP.replace("+=", "-="))
    assert shape(LOOP) != shape(LOOP.replace("range(3)", "range(4)"))
    assert shape("def f(x): return x") == shape("def f(y):\n    return y")
    assert "for i in" == shape("for  i\nin")


@given(st.text(max_size=200))
def test_any_text_has_a_shape(code):
    """A learner may have written anything."""
    assert isinstance(shape(code), str)


@given(
    st.lists(
        st.builds(
            answer,
            st.sampled_from(["one", "two", "three"]),
            st.sampled_from(["a1", "a2", "a3"]),
            code=st.sampled_from(["x = 1", "y = 2", "for"]),
        ),
        max_size=30,
    )
)
def test_the_choice_does_not_depend_on_the_order_of_learners(answers):
    """Nor is anybody counted twice, and no task fills the lesson."""
    found = chosen(answers)
    again = chosen(answers[::-1])

    assert [(o.shown.told, o.shown.code, o.learners) for o in found] == [
        (o.shown.told, o.shown.code, o.learners) for o in again
    ]
    assert len(found) <= MOST
    tasks = [one.shown.answer_id for one in found]
    assert all(tasks.count(task) <= MOST_OF_A_TASK for task in tasks)
    assert sum(one.learners for one in found) <= len(answers)
