"""
The ten questions of "Test this pattern" are those of the question bank, and the code in them does
what their answers say.

| items | what | test |
|---|---|---|
| 6, 116 | title, ten questions in three levels | test_the_first_page_says_what_it_is |
| 116 | order, levels, suggested times | test_questions_come_one_at_a_time |
| 116 | stem, code, table, points | test_question_has_its_exact_stem_and_code |
| 116 | options | test_question_has_its_four_exact_options |
| 116 | answer | test_key_has_the_right_letter |
| 116 | feedback, steps, lines, mistakes | test_solution_is_the_exact_one |
| 116 | hints | test_last_hint_is_the_exact_one |
| 116 | what the code does | test_code_prints_what_its_answer_says and those below |
| 116 | verdict "strong or not" | test_the_scale_is_the_exact_one |
| 109 | hidden cells | test_release_has_no_answer |
"""

import contextlib
import io
from collections import Counter

import pytest
from support.notebooks import STAGES, asked, calls, cells, texts

NAME = "pattern_test"
STEMS = {
    "pt01": (
        "A loan model gave the right decision for 1604 of 2000 applicants: accuracy 0.802. The "
        "team's line is 0.8. What is still missing before anyone talks about fairness?"
    ),
    "pt02": "A monitor should alert when a score drops below 0.75. What does this code print?",
    "pt03": (
        "A colleague wants to reuse your deployed model. Which document should tell her what "
        "the model is meant for, where it must not be used, and how well it works for each "
        "group?"
    ),
    "pt04": "What does this code print?",
    "pt05": (
        "The code compares how often two groups are approved. What does it print, and what "
        "does the number mean?"
    ),
    "pt06": (
        "Group C is served badly, yet this monitor stays silent (it prints False). Which "
        "single change makes it notice group C and stay silent when every group is at 0.9?"
    ),
    "pt07": (
        "Step 4 of the process, the fairness test, comes out below the line the team agreed "
        "on. What comes next?"
    ),
    "pt08": (
        "A team picks one of three models. Group A has 80 people and group B has 20. What does "
        "the code print?"
    ),
    "pt09": "A hiring model is checked on two groups (table). Which statement is right?",
    "pt10": "Decisions are logged for a later audit. What does the code print, and why?",
}
CODE = {
    "pt02": """\
scores = [0.74, 0.75, 0.76]
alerts = [s for s in scores if s < 0.75]
print(alerts)""",
    "pt04": """\
true_labels = [1, 0, 1, 1, 0, 0, 1, 1]
predictions = [1, 0, 0, 1, 0, 0, 0, 0]
groups = ['A', 'A', 'B', 'A', 'B', 'B', 'A', 'B']
right, total = {}, {}
for i in range(len(groups)):
    g = groups[i]
    total[g] = total.get(g, 0) + 1
    right[g] = right.get(g, 0) + (predictions[i] == true_labels[i])
print({g: right[g] / total[g] for g in total})""",
    "pt05": """\
approved = {'A': 45, 'B': 30}
applied = {'A': 60, 'B': 50}
rates = {g: approved[g] / applied[g] for g in applied}
print(round(min(rates.values()) / max(rates.values()), 2))""",
    "pt06": """\
scores = {'A': 0.91, 'B': 0.88, 'C': 0.58}
average = sum(scores.values()) / len(scores)
print(average < 0.75)""",
    "pt08": """\
models = {'m1': {'A': 0.95, 'B': 0.72},
          'm2': {'A': 0.84, 'B': 0.79},
          'm3': {'A': 0.88, 'B': 0.76}}
size = {'A': 80, 'B': 20}

def overall(scores):
    return sum(scores[g] * size[g] for g in scores) / sum(size.values())

allowed = [m for m in models if min(models[m].values()) >= 0.75]
best = max(allowed, key=lambda m: overall(models[m]))
print(best, round(overall(models[best]), 3))""",
    "pt10": """\
log = []
entry = {'id': None, 'decision': None}
for name, decision in [('a1', 'approve'), ('a2', 'decline')]:
    entry['id'] = name
    entry['decision'] = decision
    log.append(entry)
print(log[0]['id'], log[0]['decision'], len(log))""",
}
FIGURES = {
    "columns": ["Group", "Applicants", "Qualified", "Selected", "Selected and qualified"],
    "rows": [["A", "100", "60", "50", "45"], ["B", "100", "60", "50", "30"]],
}
OPTIONS = {
    "pt01": [
        "Nothing: 0.802 is above 0.8",
        "The accuracy and the number of people in each group",
        "More training until the total reaches 0.9",
        "The group column, deleted so that nobody can compare",
    ],
    "pt02": [
        "[0.74]",
        "[0.74, 0.75]",
        "[0.76]",
        "[0.75, 0.76]",
    ],
    "pt03": [
        "The requirements file",
        "The server's uptime report",
        "A datasheet of the training data",
        "A model card",
    ],
    "pt04": [
        "{'A': 3, 'B': 2}",
        "{'A': 0.375, 'B': 0.25}",
        "{'A': 0.75, 'B': 0.5}",
        "TypeError, because True cannot be added to a number",
    ],
    "pt05": [
        "0.8: group B is approved 0.8 times as often as group A",
        "0.67: group B got two thirds of the approvals that group A got",
        "0.15: the approval rates differ by 0.15",
        "0.8: the model is right for 80 percent of the applicants",
    ],
    "pt06": [
        "Raise the limit from 0.75 to 0.95",
        "Use min(scores.values()) instead of the average",
        "Use max(scores.values()) instead of the average",
        "Use min(scores) instead of the average",
    ],
    "pt07": [
        "Deploy with monitoring, and repair it if users complain",
        "Lower the line until the model passes",
        "Go back, adjust data or model, train and test again, then decide about deployment",
        "Leave the failing group out of the test data",
    ],
    "pt08": [
        "m1 0.904",
        "m2 0.83",
        "m3 0.856",
        "m3 0.82",
    ],
    "pt09": [
        "Both groups have the same selection rate, so there is nothing to look into",
        (
            "The selection rates are equal, but a qualified person is picked less often in B: "
            "0.5 against 0.75"
        ),
        "The selection rates differ by 0.25, while qualified people are picked equally often",
        "Nothing can be said without knowing how the model works inside",
    ],
    "pt10": [
        "a1 approve 2: every append stores its own snapshot",
        "a2 decline 1: the second append replaces the first",
        "None None 2: the dict is stored as it was created",
        "a2 decline 2: both entries are the same dict, so the first decision is lost",
    ],
}
ANSWERS = {
    "pt01": "B",
    "pt02": "A",
    "pt03": "D",
    "pt04": "C",
    "pt05": "A",
    "pt06": "B",
    "pt07": "C",
    "pt08": "C",
    "pt09": "B",
    "pt10": "D",
}
SECONDS = {
    "pt01": 45,
    "pt02": 45,
    "pt03": 40,
    "pt04": 120,
    "pt05": 90,
    "pt06": 90,
    "pt07": 60,
    "pt08": 150,
    "pt09": 150,
    "pt10": 120,
}
LEVELS = {
    "pt01": "easy",
    "pt02": "easy",
    "pt03": "easy",
    "pt04": "medium",
    "pt05": "medium",
    "pt06": "medium",
    "pt07": "medium",
    "pt08": "hard",
    "pt09": "hard",
    "pt10": "hard",
}
POINTS = {"easy": 1, "medium": 2, "hard": 3}
CONCEPTS = {
    "pt01": ["C01", "C06"],
    "pt02": ["C03"],
    "pt03": ["C10"],
    "pt04": ["C01", "C02"],
    "pt05": ["C04"],
    "pt06": ["C03", "C09"],
    "pt07": ["C12"],
    "pt08": ["C03", "C08"],
    "pt09": ["C04", "C05"],
    "pt10": ["C11"],
}
FEEDBACK = {
    "pt01": [
        (
            "The line was drawn for one number about everybody. A small group can be served "
            "badly while the total stays high."
        ),
        (
            "Right. Fairness questions compare groups, so the total has to be split by group, "
            "and the counts say how far to trust each part."
        ),
        "A higher total can still hide a badly served group; nothing has been compared yet.",
        (
            "Without group labels an unequal result stays, only nobody can see it. The labels "
            "are needed for the check, even if the model never uses them."
        ),
    ],
    "pt02": [
        (
            "Right. Only 0.74 is smaller than 0.75; a score of exactly 0.75 has reached the "
            "line and has not dropped below it."
        ),
        "That would need <=. With < the value 0.75 itself is left out.",
        "That is the score above the line; the condition keeps the scores below it.",
        (
            "These are the scores that do not alert. The list keeps a score when the condition "
            "is true."
        ),
    ],
    "pt03": [
        (
            "It lists library versions, which is needed to run the model but says nothing "
            "about purpose or groups."
        ),
        (
            "Uptime tells whether the service answers, not whether its answers are fit for a "
            "purpose."
        ),
        (
            "Close: a datasheet describes where data came from and how it may be used. The "
            "questions here are about the model."
        ),
        (
            "Right. A model card states intended use, limits, and results split by group, for "
            "people who did not build the model."
        ),
    ],
    "pt04": [
        (
            "These are the numbers of right decisions. The last line divides them by the size "
            "of each group."
        ),
        "That divides by all 8 rows. Each group is divided by its own 4 rows.",
        (
            "Right: A is right in 3 of 4 rows and B in 2 of 4. The total, 5 of 8, would have "
            "shown neither."
        ),
        "In Python True counts as 1 and False as 0, so the sum works.",
    ],
    "pt05": [
        (
            "Right. 30/50 = 0.6 and 45/60 = 0.75, and 0.6 / 0.75 = 0.8. It compares approval "
            "rates and says nothing about right or wrong."
        ),
        (
            "30 / 45 compares head counts. Different numbers of people applied, so the rates "
            "have to be compared."
        ),
        "That is the difference 0.75 - 0.6. The code divides.",
        (
            "The number is right, the meaning is not: true outcomes do not occur anywhere in "
            "this code."
        ),
    ],
    "pt06": [
        (
            "Then it alerts now, but it would also alert when every group is at 0.9. An alarm "
            "that always rings is soon ignored."
        ),
        (
            "Right: the smallest value is 0.58, which is below 0.75. With all groups at 0.9 "
            "the smallest is 0.9 and nothing rings."
        ),
        (
            "The best group is at 0.91, so the monitor would stay silent as long as one single "
            "group does well."
        ),
        (
            "min of a dict looks at its keys and gives 'A'. Comparing 'A' with 0.75 raises a "
            "TypeError."
        ),
    ],
    "pt07": [
        (
            "Monitoring is for what tests cannot foresee. Here the problem is known, and "
            "people would be harmed until somebody complains."
        ),
        (
            "A line that moves to fit the result measures nothing. It can be changed, but for "
            "reasons, before the test, and in writing."
        ),
        (
            "Right. A failed test leads back to the data (step 2) or the model (step 3) and "
            "through the test again before step 5."
        ),
        ("The model would still decide about these people; the test would just no longer see it."),
    ],
    "pt08": [
        (
            "m1 is best overall, but its worst group is at 0.72, below 0.75, so it never "
            "reaches the comparison."
        ),
        (
            "m2 has the best worst group (0.79). The condition only asks for at least 0.75; "
            "after that the overall accuracy decides."
        ),
        "Right: m2 and m3 meet the condition, and 0.88 x 0.8 + 0.76 x 0.2 = 0.856 beats 0.83.",
        (
            "0.82 is the plain mean of 0.88 and 0.76. The groups have 80 and 20 people, so "
            "they weigh 0.8 and 0.2."
        ),
    ],
    "pt09": [
        (
            "The selection rates are indeed equal (0.5). They do not show who is selected: in "
            "B, half of the qualified people are passed over."
        ),
        (
            "Right. 50/100 is selected in both groups, while of the 60 qualified people A "
            "finds 45 and B only 30."
        ),
        (
            "It is the other way round: selected/applicants is 0.5 in both groups, "
            "qualified-and-selected/qualified is 0.75 and 0.5."
        ),
        (
            "These checks need decisions and true labels only. That is why outsiders can audit "
            "a model."
        ),
    ],
    "pt10": [
        (
            "append stores the dict itself, not a copy of it. Both places in the list hold the "
            "same dict, which was changed afterwards."
        ),
        "append always makes the list longer, so its length is 2.",
        (
            "The dict in the list is the same object the loop fills in, so it shows the values "
            "set last."
        ),
        (
            "Right. The log has two entries, but both are one dict holding the last decision. "
            "Make a new dict, or copy it, for each entry."
        ),
    ],
}
STEPS = {
    "pt01": [
        "See what one number can tell",
        (
            "0.802 is an average over 2000 people. It says nothing about who the 396 wrong "
            "decisions hit."
        ),
        "Ask the fairness question",
        (
            "Fairness compares groups, so compute the same number for each group and show how "
            "many people are in it."
        ),
    ],
    "pt02": [
        "Read the condition",
        "s < 0.75 is true only for numbers smaller than 0.75.",
        "Test each score",
        ("0.74 < 0.75 is true, 0.75 < 0.75 is false, 0.76 < 0.75 is false, so one score is kept."),
    ],
    "pt03": [
        "Find the subject",
        (
            "Purpose, limits and results per group are all facts about a model, not about its "
            "data or its server."
        ),
        "Match the document",
        "Data has a datasheet; a model has a model card.",
    ],
    "pt04": [
        "Split the rows",
        "Group A is rows 0, 1, 3, 6 and group B is rows 2, 4, 5, 7.",
        "Count and divide",
        "A is wrong only in row 6: 3 / 4 = 0.75. B is wrong in rows 2 and 7: 2 / 4 = 0.5.",
    ],
    "pt05": [
        "Turn counts into rates",
        "Approved divided by applied: A has 45 / 60 = 0.75, B has 30 / 50 = 0.6.",
        "Divide smallest by largest",
        "0.6 / 0.75 = 0.8. This is the selection rate ratio (demographic parity ratio).",
    ],
    "pt06": [
        "See why it is silent",
        (
            "(0.91 + 0.88 + 0.58) / 3 = 0.79, and 0.79 is not below 0.75: two good groups hide "
            "the third."
        ),
        "Judge by the worst group",
        "min(scores.values()) is 0.58, so the alert fires; at 0.9 everywhere it does not.",
    ],
    "pt07": [
        "Recall the order",
        (
            "The fairness test stands before deployment so that a failure can still change "
            "something."
        ),
        "Close the loop",
        (
            "A failure leads back to data or model, then through the same test again, with the "
            "same line."
        ),
    ],
    "pt08": [
        "Apply the condition",
        "Worst groups: m1 0.72, m2 0.79, m3 0.76. At least 0.75: m2 and m3.",
        "Compare what is left",
        (
            "Overall: m2 = 0.84 x 0.8 + 0.79 x 0.2 = 0.83, m3 = 0.88 x 0.8 + 0.76 x 0.2 = "
            "0.856. The larger is m3."
        ),
    ],
    "pt09": [
        "Selection rate: base is everybody",
        "A: 50 / 100 = 0.5. B: 50 / 100 = 0.5. The gap is 0, demographic parity holds.",
        "True positive rate: base is the qualified",
        ("A: 45 / 60 = 0.75. B: 30 / 60 = 0.5. The gap is 0.25, equal opportunity does not hold."),
    ],
    "pt10": [
        "Count the dicts",
        (
            "entry is created once, before the loop. The loop changes this one dict and "
            "appends it twice."
        ),
        "Read the log",
        (
            "log[0] and log[1] are the same dict with the values of the last round: a2 and "
            "decline. The length is 2."
        ),
    ],
}
MISTAKES = {
    "pt01": [
        "Reading a good total as good news for every group",
        "Raising the total instead of looking inside it",
        "Believing that not looking at groups makes a model fair",
    ],
    "pt02": [
        "Reading < as <= and alerting exactly at the line",
        "Mixing up < and >",
        "Listing the scores that pass instead of those that alert",
    ],
    "pt03": [
        "Confusing how to run a model with what it is good for",
        "Taking operational health for responsible use",
        "Mixing up the document for the data with the document for the model",
    ],
    "pt04": [
        "Stopping at the counts instead of the shares",
        "Dividing by the size of the whole table",
        "Forgetting that comparing gives True or False, which add up as 1 and 0",
    ],
    "pt05": [
        "Comparing head counts although the groups differ in size",
        "Mixing up the difference and the ratio of two rates",
        "Reading a ratio of approval rates as an accuracy",
    ],
    "pt06": [
        "Moving the threshold to repair the wrong statistic",
        "Taking the best group as the judge for all",
        "Forgetting .values(), so that names are compared instead of scores",
    ],
    "pt07": [
        "Using monitoring as an excuse to skip the test",
        "Moving the threshold after seeing the result",
        "Repairing the report instead of the model",
    ],
    "pt08": [
        "Ranking first and forgetting the condition every model has to meet",
        "Turning a minimum requirement into the thing to maximise",
        "Averaging group results without the group sizes",
    ],
    "pt09": [
        "Treating equal selection rates as the whole of fairness",
        "Swapping the two rates: everybody as the base, or only the qualified",
        "Believing that only the inside of a model can show unfairness",
    ],
    "pt10": [
        "Expecting append to copy what it is given",
        "Thinking that appending the same object twice keeps it once",
        "Thinking that a stored dict is frozen at creation",
    ],
}
QUICK_CHECKS = {
    "pt01": "Fairness = compare groups, with counts [OK]",
    "pt02": "Below means <, and equal is not below [OK]",
    "pt03": "Model -> model card, data -> datasheet [OK]",
    "pt04": "Right in the group / size of the group [OK]",
    "pt05": "Smallest rate / largest rate [OK]",
    "pt06": "An average hides, a minimum shows [OK]",
    "pt07": "Failed test -> back, not forward [OK]",
    "pt08": "First the floor for every group, then the total [OK]",
    "pt09": "Same rate of yes, different chance for the qualified [OK]",
    "pt10": "One dict twice = one memory, overwritten [OK]",
}
HINTS = {
    "pt01": "Ask: right for whom? [OK]",
    "pt02": "Try the middle value first [OK]",
    "pt03": "Is it about the data or about the model? [OK]",
    "pt04": "Write the two groups under each other and tick the matches [OK]",
    "pt05": "Rates first, then the ratio [OK]",
    "pt06": "Which number changes when only the worst group changes? [OK]",
    "pt07": "Who pays if the next step is wrong? [OK]",
    "pt08": "Cross out before you rank [OK]",
    "pt09": "Ask for each rate: divided by whom? [OK]",
    "pt10": "How many times is { } evaluated? [OK]",
}
MEANINGS = {
    "C01": "Split a result by group and show the counts",
    "C02": "Compute a metric correctly: loop, count, divide; unknown is not zero",
    "C03": "Use a threshold: below means <, exact numbers, worst group, agreed in advance",
    "C04": "Selection rate: difference and ratio between groups, and what they do not say",
    "C05": "True and false positive rate per group: choose the rate by the harm",
    "C06": "Small groups and uncertainty: minimum counts, ranges instead of points",
    "C07": "Check the data before training: who is in it, base rates, proxies",
    "C08": "Compare models under a floor for every group",
    "C09": "Monitor after deployment: windows, late outcomes, alerts that are not noise",
    "C10": "Document: model card, datasheet, limits in words",
    "C11": "Explain and log decisions: reasons that add up, copies, no private fields",
    "C12": "Follow the process: a gate before deployment, a way back when it fails",
}

in_source_and_release = pytest.mark.parametrize("stage", STAGES)
for_each_question = pytest.mark.parametrize("key", STEMS)


def options(key: str) -> dict[str, str]:
    """The options of a question by letter."""
    return dict(zip("ABCD", OPTIONS[key], strict=True))


def chosen(key: str) -> tuple[str, tuple, dict]:
    """The call of the hidden part that holds the answer and the solution of a question."""
    return next(call for call in calls("source", NAME, f"check_{key}") if call[0] == "chose")


def printed(code: str) -> str:
    """What a piece of code prints in a fresh session."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {})
    return out.getvalue()


@in_source_and_release
def test_the_first_page_says_what_it_is(stage):
    """Its name, its line from the start page, time, points, what to know, and the one try."""
    title = cells(stage, NAME)["title"]["source"]

    assert title.startswith("# Test this pattern\n\n10 questions across easy, medium, and hard to")
    assert "hard to know if this pattern is strong" in title
    assert all(part in title for part in ("15 minutes", "20 points", "Good to have done before"))
    assert "**One try a question: your first answer counts.**" in title
    assert "you can change it until you press the button" in title
    assert "Hints cost nothing." in title


@in_source_and_release
def test_questions_come_one_at_a_time(stage):
    """Each has a cell with a counter and a time above it, in three groups; the strength follows."""
    found = cells(stage, NAME)
    order = list(found)
    groups = [line for line in texts(stage, NAME).splitlines() if line.startswith("## ")]

    assert {"easy": 3, "medium": 4, "hard": 3} == Counter(LEVELS.values())
    assert [
        "## Easy: 3 questions, 1 point each",
        "## Medium: 4 questions, 2 points each",
        "## Hard: 3 questions, 3 points each",
        "## How strong is this pattern?",
    ] == groups[:4]
    for n, key in enumerate(STEMS, 1):
        heading = found[f"heading_{key}"]["source"]
        assert f"### Question {n} of 10\n\nAbout {SECONDS[key]} seconds" in heading
        assert order.index(key) == order.index(f"heading_{key}") + 1
    assert order.index("strength") == order.index("pt10") + 2
    assert [f"check_{key}" for key in (*STEMS, "pattern")] == [
        key for key in order if key.startswith("check_p")
    ]


@in_source_and_release
@for_each_question
def test_question_has_its_exact_stem_and_code(stage, key):
    """A card shows its level, its points, its exact stem, code and table, and counts once."""
    card = asked(stage, NAME, key)
    figures = card.get("figures", {})

    assert (LEVELS[key], POINTS[LEVELS[key]]) == (card["level"], card["points"])
    assert (STEMS[key], CODE.get(key)) == (card["stem"], card.get("code"))
    assert (FIGURES if key == "pt09" else {}) == {
        name: figures[name] for name in figures if name != "caption"
    }
    assert card["once"] is True


@in_source_and_release
@for_each_question
def test_question_has_its_four_exact_options(stage, key):
    """A question offers exactly its four options, lettered A to D."""
    assert options(key) == asked(stage, NAME, key)["options"]
    assert list("ABCD") == list(asked(stage, NAME, key)["options"])


@in_source_and_release
@for_each_question
def test_last_hint_is_the_exact_one(stage, key):
    """There are one or two hints, of 40 words at most; none names a letter."""
    hints = asked(stage, NAME, key)["hints"]

    assert HINTS[key] == f"{hints[-1]} [OK]"
    assert 1 <= len(hints) <= 2
    assert all(len(hint.split()) <= 40 for hint in hints)
    assert not any(f"option {letter}" in hint.lower() for hint in hints for letter in "abcd")


@for_each_question
def test_key_has_the_right_letter(key):
    """The key gives the points of a question for its right letter."""
    _, arguments, keywords = chosen(key)

    assert (key, ANSWERS[key]) == arguments
    assert POINTS[LEVELS[key]] == keywords["points"]
    assert options(key) == keywords["options"]


@for_each_question
def test_solution_is_the_exact_one(key):
    """Feedback for every option, steps, lines and mistakes; only the right option is called so."""
    solution = chosen(key)[2]
    feedback = solution["feedback"]

    assert FEEDBACK[key] == list(feedback.values())
    assert [ANSWERS[key]] == [k for k, words in feedback.items() if words.startswith("Right")]
    assert STEPS[key] == [text for step in solution["steps"] for text in step]
    assert f"{options(key)[ANSWERS[key]]} -> Option {ANSWERS[key]}" == solution["final_answer"]
    assert (QUICK_CHECKS[key], HINTS[key]) == (solution["quick_check"], solution["hint"])
    assert MISTAKES[key] == solution["common_mistakes"]


def test_the_scale_is_the_exact_one():
    """Letters, points, levels and concepts; strong from 16 with 2 hard ones, nearly from 11."""
    ((_, (name, questions), scale),) = [
        call for call in calls("source", NAME, "check_pattern") if call[0] == "strength"
    ]

    assert "pattern" == name
    assert questions == {
        key: (ANSWERS[key], POINTS[LEVELS[key]], LEVELS[key], CONCEPTS[key]) for key in STEMS
    }
    assert 20 == sum(points for _, points, _, _ in questions.values())
    assert (16, 2, 11) == (scale["strong"], scale["hard"], scale["nearly"])
    assert MEANINGS == {name: words for name, (words, _) in scale["concepts"].items()}
    assert all(place for _, place in scale["concepts"].values())


@pytest.mark.parametrize("key", ["pt02", "pt04", "pt08"])
def test_code_prints_what_its_answer_says(key):
    """The code of a question prints its right option."""
    assert f"{options(key)[ANSWERS[key]]}\n" == printed(CODE[key])


@pytest.mark.parametrize(("key", "also"), [("pt05", ["D"]), ("pt10", [])])
def test_code_prints_what_its_answer_begins_with(key, also):
    """Where the option goes on with a reason, it begins with what the code prints."""
    out = printed(CODE[key]).strip()
    begun = [k for k, text in options(key).items() if text.startswith(f"{out}:")]

    assert sorted([ANSWERS[key], *also]) == begun


def test_what_the_other_options_of_question_4_would_need():
    """Counts, and shares of all rows, are what other last lines would print."""
    counts = CODE["pt04"].replace("right[g] / total[g]", "right[g]")

    assert f"{options('pt04')['A']}\n" == printed(counts)
    assert f"{options('pt04')['B']}\n" == printed(
        counts.replace("right[g] for", "right[g] / 8 for")
    )


def test_code_of_question_6_is_silent_and_one_change_mends_it():
    """The monitor prints False; only the right change sees group C and stays silent at 0.9."""
    code = CODE["pt06"]
    fine = code.replace("{'A': 0.91, 'B': 0.88, 'C': 0.58}", "{'A': 0.9, 'B': 0.9, 'C': 0.9}")
    average = "sum(scores.values()) / len(scores)"
    changes = {
        "A": ("0.75", "0.95"),
        "B": (average, "min(scores.values())"),
        "C": (average, "max(scores.values())"),
    }
    found = {
        letter: [printed(one.replace(*change)).strip() for one in (code, fine)]
        for letter, change in changes.items()
    }

    assert "False\n" == printed(code)
    assert {"A": ["True", "True"], "B": ["True", "False"], "C": ["False", "False"]} == found
    with pytest.raises(TypeError):
        printed(code.replace(average, "min(scores)"))


def test_numbers_of_question_1_and_8_are_right():
    """1604 of 2000 is 0.802; the three models reach what the options and the solution say."""
    overall = [round(a * 0.8 + b * 0.2, 3) for a, b in ((0.95, 0.72), (0.84, 0.79), (0.88, 0.76))]

    assert (0.802, 396) == (1604 / 2000, 2000 - 1604)
    assert [0.904, 0.83, 0.856] == overall
    assert 0.82 == round((0.88 + 0.76) / 2, 2)


def test_rates_of_question_9_are_right():
    """Both groups are selected alike; of the qualified, B finds fewer."""
    rows = [[int(cell) for cell in row[1:]] for row in FIGURES["rows"]]

    assert [0.5, 0.5] == [selected / applied for applied, _, selected, _ in rows]
    assert [0.75, 0.5] == [both / qualified for _, qualified, _, both in rows]


@for_each_question
def test_release_has_no_answer(key):
    """The release asks for a letter and holds none: no key, no feedback, no solution."""
    released = cells("release", NAME)
    names: dict[str, dict] = {}
    exec(released["quiz_answers"]["source"], names)
    sources = "\n".join(cell["source"] for cell in released.values())

    assert [("answered", (key,), {"once": True}), ("verdict", (), {})] == calls(
        "release", NAME, f"check_{key}"
    )
    assert "" == names["quiz_answers"][key]
    assert not any(text in sources for text in (QUICK_CHECKS[key], *FEEDBACK[key], *STEPS[key]))


def test_release_has_no_scale():
    """The last check of the release only counts answers."""
    assert [("all_answered", ("pattern", *STEMS), {}), ("verdict", (), {})] == calls(
        "release", NAME, "check_pattern"
    )
