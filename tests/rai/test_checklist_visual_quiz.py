"""
The visual quiz asks what the original page "Step-by-Step Execution" asks, beside its tables.

| items | what | test |
|---|---|---|
| 82-94, 106 | both tables | test_checklist_step_by_step.py |
| 99, 108 | title, tables first | test_quiz_names_itself_and_its_tables |
| 100-102 | stems and options | test_question_is_the_exact_one |
| 100-102 | answers | test_key_has_the_right_letter |
| 100-103 | hints | test_hints_come_in_two_stages |
| 109 | hidden cells | test_release_has_no_answer |
| 120 | feedback for every option | test_every_option_has_its_own_feedback |
"""

import pytest
from support.notebooks import STAGES, asked, calls, cells, in_order

QUESTIONS = {
    1: (
        "Look at the execution_table, at which step is bias mitigation applied?",
        {"A": "Step 2", "B": "Step 3", "C": "Step 4", "D": "Step 5"},
        "Check the 'Check/Result' and 'Decision/Next Step' columns in row for Step 2",
        "A",
    ),
    2: (
        "According to variable_tracker, when does monitoring status change from Off to On?",
        {"A": "After Step 3", "B": "After Step 4", "C": "After Step 5", "D": "After Step 6"},
        "Look at the 'Monitoring Status' row and see when it changes value",
        "C",
    ),
    3: (
        "If bias was not detected in Step 2, how would the execution_table change?",
        {
            "A": "Repeat data collection",
            "B": "Skip bias mitigation and proceed directly to training",
            "C": "Stop the process",
            "D": "Deploy immediately",
        },
        "Refer to the 'Decision/Next Step' column in Step 2 for bias detected scenario",
        "B",
    ),
}

in_source_and_release = pytest.mark.parametrize("stage", STAGES)
for_each_question = pytest.mark.parametrize("n", QUESTIONS)


def chosen(n: int) -> tuple[str, tuple, dict]:
    """The call of the hidden part that holds the answer to a visual question."""
    made = calls("source", "visual_quiz", f"check_visual{n}")
    return next(call for call in made if call[0] == "chose")


@in_source_and_release
def test_quiz_names_itself_and_its_tables(stage):
    """The quiz opens with its title, and both tables stand before the first question."""
    order = list(cells(stage, "visual_quiz"))
    title = cells(stage, "visual_quiz")["title"]["source"]
    questions = [order.index(f"visual{n}") for n in QUESTIONS]

    assert in_order(title, ["# Visual Quiz - 3 Questions\n", "## Test your understanding\n"])
    assert order.index("tables") < questions[0] < questions[1] < questions[2]


@in_source_and_release
@for_each_question
def test_question_is_the_exact_one(stage, n):
    """A visual question has its exact stem and its four exact options."""
    card = asked(stage, "visual_quiz", f"visual{n}")

    assert QUESTIONS[n][:2] == (card["stem"], card["options"])


@in_source_and_release
@for_each_question
def test_question_stands_beside_its_table(stage, n):
    """A card shows the table that its question names."""
    card = asked(stage, "visual_quiz", f"visual{n}")
    named = "status_tracker" if "variable_tracker" in card["stem"] else "process_table"

    assert named in card["beside"]


@in_source_and_release
@for_each_question
def test_hints_come_in_two_stages(stage, n):
    """A question has two hints: first where to look, then the page's own."""
    first, last = asked(stage, "visual_quiz", f"visual{n}")["hints"]

    assert QUESTIONS[n][2] not in first
    assert QUESTIONS[n][2] == last


@for_each_question
def test_key_has_the_right_letter(n):
    """The key gives 2 points for the letter that the tables prove, and says why."""
    _, options, hint, letter = QUESTIONS[n]
    _, arguments, keywords = chosen(n)

    assert (f"visual{n}", letter) == arguments
    assert (2, options, hint) == (keywords["points"], keywords["options"], keywords["hint"])
    assert f"{options[letter]} -> Option {letter}" == keywords["final_answer"]
    assert ["Reason"] == [title for title, _ in keywords["steps"]]


@for_each_question
def test_every_option_has_its_own_feedback(n):
    """Every option of a question has a sentence, and only the right one is called right."""
    feedback = chosen(n)[2]["feedback"]

    assert 4 == len(set(feedback.values()))
    assert [QUESTIONS[n][3]] == [k for k, words in feedback.items() if words.startswith("Right:")]


@for_each_question
def test_release_has_no_answer(n):
    """The release asks for a letter and holds none: no key, no feedback, no solution."""
    names: dict[str, dict] = {}
    exec(cells("release", "visual_quiz")["quiz_answers"]["source"], names)

    assert [("answered", (f"visual{n}",), {}), ("verdict", (), {})] == calls(
        "release", "visual_quiz", f"check_visual{n}"
    )
    assert "" == names["quiz_answers"][f"visual{n}"]
