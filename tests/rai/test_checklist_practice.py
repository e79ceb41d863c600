"""
The five practice questions are those of the original page, and their answers stay at home.

| items | what | test |
|---|---|---|
| 37, 108 | five questions with a counter | test_questions_come_one_at_a_time |
| 38, 45, 52, 59, 66 | stem, level, code | test_question_has_its_exact_stem_and_level |
| 39, 46, 53, 60, 67 | options | test_question_has_its_four_exact_options |
| 40, 47, 54, 61, 68 | answer | test_key_has_the_right_letter |
| 41, 48, 55, 62, 69 | solution steps | test_solution_has_its_two_steps |
| 42, 49, 56, 63, 70 | quick check | test_solution_has_its_exact_lines |
| 43, 50, 57, 64, 71 | hint | test_last_hint_is_the_exact_one, test_solution_has_its_exact_lines |
| 44, 51, 58, 65, 72 | common mistakes | test_solution_has_its_exact_lines |
| 54, 61 | the code really does so | test_code_of_question_3_runs, test_code_of_question_4_stops |
| 109 | hidden cells | test_release_has_no_answer |
| 120 | feedback for every option | test_every_option_has_its_own_feedback |
"""

import pytest
from support.notebooks import STAGES, asked, calls, cells, in_order

NAME = "practice"
FAIRNESS_CODE = """\
fairness_scores = {'groupA': 0.85, 'groupB': 0.65}
if min(fairness_scores.values()) < 0.7:
    alert = 'Bias detected'
else:
    alert = 'Fair model'"""
LOG_CODE = """\
def log_decision(input, decision):
    print(f"Input: {input}, Decision: {decision}")

log_decision('data1', decision)"""
STEMS = {
    1: ["What is the main goal of Responsible AI practices?"],
    2: ["Which of the following is a correct practice to check AI bias in a model?"],
    3: [
        "Consider this Python snippet for monitoring AI model fairness:",
        FAIRNESS_CODE,
        "What will be the value of alert after running this code?",
    ],
    4: [
        "You have this code snippet to log AI model decisions for explainability:",
        LOG_CODE,
        "in a fresh session",
        "What is the error in this code?",
    ],
    5: [
        "You want to build a monitoring system that alerts when AI model fairness drops below 0.75 "
        "and also logs explanations for decisions. Which combination of practices best supports "
        "Responsible AI?"
    ],
}
LEVELS = {1: "easy", 2: "easy", 3: "medium", 4: "medium", 5: "hard"}
POINTS = {1: 1, 2: 1, 3: 2, 4: 2, 5: 3}
ANSWERS = {1: "A", 2: "A", 3: "D", 4: "C", 5: "B"}
OPTIONS = {
    1: [
        "To ensure AI systems are fair, safe, and trustworthy",
        "To make AI run faster on all devices",
        "To increase the complexity of AI models",
        "To reduce the cost of AI hardware",
    ],
    2: [
        "Using fairness metrics to evaluate model outputs",
        "Avoiding transparency in model decisions",
        "Only testing the model on training data",
        "Ignoring data diversity during training",
    ],
    3: ["'Fair model'", "KeyError", "TypeError", "'Bias detected'"],
    4: [
        "Print statement syntax error",
        "Function name is invalid",
        "Missing quotes around 'decision' in function call",
        "No error, code runs fine",
    ],
    5: [
        "Only monitor model speed and ignore fairness",
        "Use fairness metrics for alerts and log decision explanations transparently",
        "Log decisions but do not monitor fairness scores",
        "Monitor fairness but keep decision logic secret",
    ],
}
STEPS = {
    1: ["Understand the purpose of Responsible AI", "Identify the key goals"],
    2: ["Identify bias checking methods", "Match correct practice"],
    3: ["Evaluate fairness scores", "Check condition in if statement"],
    4: ["Check function call parameters", "Identify correct usage"],
    5: ["Identify key Responsible AI practices", "Evaluate options for best fit"],
}
QUICK_CHECKS = {
    1: "Responsible AI = fairness, safety, trust [OK]",
    2: "Bias check = fairness metrics [OK]",
    3: "Min fairness < 0.7 means bias alert [OK]",
    4: "Undefined variable needs quotes [OK]",
    5: "Fairness + transparency = Responsible AI [OK]",
}
HINTS = {
    1: "Responsible AI means fairness and safety first [OK]",
    2: "Use fairness metrics to spot bias [OK]",
    3: "Check minimum fairness score for bias alert [OK]",
    4: "Strings need quotes in function calls [OK]",
    5: "Combine fairness alerts with transparent logs [OK]",
}
MISTAKES = {
    1: [
        "Confusing performance optimization with ethical goals",
        "Thinking cost reduction is the main focus",
        "Assuming complexity equals responsibility",
    ],
    2: [
        "Ignoring diverse data leads to hidden bias",
        "Testing only on training data misses real bias",
        "Lack of transparency hides bias issues",
    ],
    3: [
        "Confusing greater than and less than signs",
        "Expecting error instead of string output",
        "Ignoring dictionary value extraction",
    ],
    4: [
        "Assuming variable 'decision' is predefined",
        "Ignoring syntax of print with f-string",
        "Thinking function name causes error",
    ],
    5: [
        "Ignoring fairness monitoring",
        "Hiding decision explanations",
        "Focusing only on performance metrics",
    ],
}

in_source_and_release = pytest.mark.parametrize("stage", STAGES)
for_each_question = pytest.mark.parametrize("n", STEMS)


def options(n: int) -> dict[str, str]:
    """The options of a question by letter."""
    return dict(zip("ABCD", OPTIONS[n], strict=True))


def chosen(n: int) -> tuple[str, tuple, dict]:
    """The call of the hidden part that holds the answer and the solution of a question."""
    return next(call for call in calls("source", NAME, f"check_practice{n}") if call[0] == "chose")


@in_source_and_release
def test_questions_come_one_at_a_time(stage):
    """Each of the five questions has a cell of its own with a counter."""
    found = list(cells(stage, NAME))
    headings = [cells(stage, NAME)[f"heading_practice{n}"]["source"] for n in STEMS]

    assert [f"## Practice ({n}/5)" for n in STEMS] == headings
    for n in STEMS:
        assert found.index(f"practice{n}") == found.index(f"heading_practice{n}") + 1


@in_source_and_release
@for_each_question
def test_question_has_its_exact_stem_and_level(stage, n):
    """A card shows its level, its points, its exact stem and its exact code."""
    card = asked(stage, NAME, f"practice{n}")
    parts = [card["stem"], *(card.get(part, "") for part in ("code", "note", "after"))]

    assert (LEVELS[n], POINTS[n]) == (card["level"], card["points"])
    assert in_order("\n".join(parts), STEMS[n])


@in_source_and_release
@for_each_question
def test_question_has_its_four_exact_options(stage, n):
    """A question offers exactly its four options, lettered A to D."""
    assert options(n) == asked(stage, NAME, f"practice{n}")["options"]


@in_source_and_release
@for_each_question
def test_last_hint_is_the_exact_one(stage, n):
    """There are two hints; the second is the page's own, with a tick that can be read aloud."""
    first, last = asked(stage, NAME, f"practice{n}")["hints"]

    assert HINTS[n].replace("[OK]", "✔ correct") == last
    assert "[OK]" not in first + last


@for_each_question
def test_key_has_the_right_letter(n):
    """The key gives the points of a question for its right letter."""
    _, arguments, keywords = chosen(n)

    assert (f"practice{n}", ANSWERS[n]) == arguments
    assert POINTS[n] == keywords["points"]
    assert options(n) == keywords["options"]


@for_each_question
def test_solution_has_its_two_steps(n):
    """The solution of a question has the page's two steps, each with a sentence."""
    steps = chosen(n)[2]["steps"]

    assert STEPS[n] == [title for title, _ in steps]
    assert all(sentence.endswith(".") for _, sentence in steps)


@for_each_question
def test_solution_has_its_exact_lines(n):
    """Final answer, quick check, hint and common mistakes are the page's own."""
    solution = chosen(n)[2]

    assert f"{options(n)[ANSWERS[n]]} -> Option {ANSWERS[n]}" == solution["final_answer"]
    assert QUICK_CHECKS[n] == solution["quick_check"]
    assert HINTS[n] == solution["hint"]
    assert MISTAKES[n] == solution["common_mistakes"]


@for_each_question
def test_every_option_has_its_own_feedback(n):
    """Every option of a question has a sentence, and only the right one is called right."""
    feedback = chosen(n)[2]["feedback"]

    assert ["A", "B", "C", "D"] == list(feedback)
    assert 4 == len(set(feedback.values()))
    assert [ANSWERS[n]] == [k for k, words in feedback.items() if words.startswith("Right:")]
    assert chosen(n)[2]["note"]


def test_code_of_question_3_runs():
    """The code of question 3 ends with `alert` at 'Bias detected'."""
    names: dict[str, object] = {}
    exec(FAIRNESS_CODE, names)

    assert "Bias detected" == names["alert"]


def test_code_of_question_4_stops(capsys):
    """The code of question 4 stops in a fresh session, and runs with quotes."""
    with pytest.raises(NameError, match="name 'decision' is not defined"):
        exec(LOG_CODE, {})
    exec(LOG_CODE.replace("'data1', decision", "'data1', 'decision'"), {})

    assert "Input: data1, Decision: decision\n" == capsys.readouterr().out


@for_each_question
def test_release_has_no_answer(n):
    """The release asks for a letter and holds none: no key, no feedback, no solution."""
    released = cells("release", NAME)
    names: dict[str, dict] = {}
    exec(released["quiz_answers"]["source"], names)

    assert [("answered", (f"practice{n}",), {}), ("verdict", (), {})] == calls(
        "release", NAME, f"check_practice{n}"
    )
    assert "" == names["quiz_answers"][f"practice{n}"]
    assert not any(QUICK_CHECKS[n] in cell["source"] for cell in released.values())
