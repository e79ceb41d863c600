"""
The mini project says and asks what the original page "Build & Apply" says and asks.

| items | what | test |
|---|---|---|
| 1-3 | title, track, category, duration | test_title_names_the_project |
| 4-6, 115 | learning styles | test_chooser_offers_ten_modes |
| 7-9 | heading, scenario, goal | test_scenario_and_goal_are_told |
| 10-13 | what you will learn | test_four_things_to_learn |
| 14-15 | why it matters | test_reasons_are_given |
| 16 | progress | test_progress_starts_at_zero |
| 17, 18, 21, 22, 25, 26, 31, 32 | titles and tasks | test_step_has_its_exact_title_and_task |
| 20, 24, 30, 35 | hints | test_last_hint_is_the_exact_one |
| 36 | number, label, collapsed hint | test_step_has_number_label_and_collapsed_hints |
| 19, 23, 27-29, 33-34, 109 | hidden checks | test_checklist_hidden_checks.py |
| 108 | the notebook follows the steps | test_steps_come_in_order |
| 117 | ethical considerations | test_ethics_note_asks_its_question |
"""

import re

import pytest
from support.notebooks import NOTEBOOKS, STAGES, calls, cells, in_order, path, texts

from grader.widgets.progress import Progress

NAME = "build_and_apply"
LINK = re.compile(r"\]\(([^)#:]+\.ipynb)(?:#cell-id=([a-z-]+))?\)")
REPORT = "Model fairness check: Accuracy = {accuracy}, Threshold = {fairness_threshold}"
TITLES = {
    1: "Create model predictions and true labels dictionary",
    2: "Add fairness threshold variable",
    3: "Calculate fairness metric",
    4: "Print fairness report",
}
TASKS = {
    1: (
        "Create a dictionary called model_results with these exact entries: "
        "'predictions': [1, 0, 1, 1, 0] and 'true_labels': [1, 0, 0, 1, 0]."
    ),
    2: "Add a variable called fairness_threshold and set it to 0.8.",
    3: (
        "Use a for loop with variable i to iterate over the indexes of "
        "model_results['predictions']. Calculate the accuracy by counting how many predictions "
        "match true labels. Store the accuracy as a float in a variable called accuracy."
    ),
    4: (
        f'Write a print statement to display the text: "{REPORT}" using an f-string with the '
        "variables accuracy and fairness_threshold."
    ),
}
HINTS = {
    1: (
        "Use a dictionary with keys 'predictions' and 'true_labels' and assign the exact lists as "
        "values."
    ),
    2: "Just create a variable named fairness_threshold and assign 0.8 to it.",
    3: (
        "Count matches between predictions and true_labels using a for loop over indexes, then "
        "divide by total count."
    ),
    4: f'Use print(f"{REPORT}") to show the result.',
}
POINTS = {1: 2, 2: 1, 3: 4, 4: 3}

in_source_and_release = pytest.mark.parametrize("stage", STAGES)
for_each_step = pytest.mark.parametrize("n", TITLES)


@in_source_and_release
def test_title_names_the_project(stage):
    """The first cell names the page, its track, its category and its duration."""
    title = cells(stage, NAME)["title"]["source"]

    assert title.startswith("# Responsible AI practices in MLOps - Mini Project: Build & Apply\n")
    assert in_order(title, ["Track **MLOps**", "Category **devops**", "Duration **~30 mins**"])


@in_source_and_release
def test_chooser_offers_ten_modes(stage):
    """The chooser shows both ways in and a table of ten modes."""
    chooser = cells(stage, NAME)["choose"]["source"]
    modes = [
        line for line in chooser.splitlines() if line.startswith("| ") and line.split()[1].isdigit()
    ]

    assert in_order(
        chooser,
        [
            "Choose your learning style",
            "10 modes available",
            "Start learning this pattern below",
            "Jump into concepts and practice - no test required",
            "\n> or\n",
            "Test this pattern",
            "Recommended",
            "10 questions across easy, medium, and hard to know if this pattern is strong",
        ],
    )
    assert 10 == len(modes)


@in_source_and_release
def test_scenario_and_goal_are_told(stage):
    """Under the heading stand a scenario of three sentences and a goal of two."""
    text = cells(stage, NAME)["scenario"]["source"]
    scenario, goal = text.split("**🎯 Goal:**")

    assert text.startswith("## Responsible AI Practices with MLOps\n")
    assert "**📖 Scenario:**" in scenario
    assert scenario.rstrip().endswith("check model fairness and document ethical considerations.")
    assert goal.rstrip().endswith("responsible AI checks in an MLOps pipeline.")
    assert (3, 2) == (scenario.count("."), goal.count("."))


@in_source_and_release
def test_four_things_to_learn(stage):
    """The list of what a learner will learn has the four exact entries."""
    text = cells(stage, NAME)["what_you_will_learn"]["source"]
    entries = [line[2:] for line in text.splitlines() if line.startswith("- ")]

    assert "📋 What You'll Learn" in text
    assert [
        "Create a dictionary with exact model predictions and true labels",
        "Add a fairness threshold variable",
        "Calculate fairness metric using a for loop",
        "Print the fairness report with exact formatting",
    ] == entries


@in_source_and_release
def test_reasons_are_given(stage):
    """The project says why it matters, in the world and for a career."""
    text = cells(stage, NAME)["why_this_matters"]["source"]

    assert in_order(
        text,
        [
            "💡 Why This Matters",
            "🌍 Real World",
            "This reduces harm and builds trust.",
            "💼 Career",
            "required by companies and regulators.",
        ],
    )


@in_source_and_release
def test_progress_starts_at_zero(stage, monkeypatch):
    """Progress starts at 0 of 4, and every check announces one of the four steps."""
    announced = [calls(stage, NAME, f"check_step_{n}")[0] for n in TITLES]
    monkeypatch.setattr("grader.widgets.kernel.session.verdicts", {})

    assert "# Progress 0 / 4 steps" in cells(stage, NAME)["progress_bar"]["source"]
    assert Progress(*(f"step_{n}" for n in TITLES)).plain_text().startswith("Progress 0 / 4 steps")
    assert [("step", (f"step_{n}",), 4) for n in TITLES] == [
        (word, names, options["of"]) for word, names, options in announced
    ]


@in_source_and_release
@for_each_step
def test_step_has_its_exact_title_and_task(stage, n):
    """A step opens with its number, its exact title and its exact task."""
    text = cells(stage, NAME)[f"task_{n}"]["source"]

    assert text.startswith(f"### Step {n} · {TITLES[n]}\n")
    assert f"\n> {TASKS[n]}\n" in text


@in_source_and_release
@for_each_step
def test_last_hint_is_the_exact_one(stage, n):
    """The last hint of a step, and only the last, is the page's own."""
    *earlier, last = cells(stage, NAME)[f"task_{n}"]["source"].split("<summary>")[1:]

    assert 1 <= len(earlier) <= 2
    assert HINTS[n] in last
    assert not any(HINTS[n] in hint for hint in earlier)


@in_source_and_release
@for_each_step
def test_step_has_number_label_and_collapsed_hints(stage, n):
    """A step shows its number and its editor label, and its hints start closed."""
    text = cells(stage, NAME)[f"task_{n}"]["source"]

    assert f"**{n}** / 4 · {POINTS[n]} point" in text
    assert text.endswith("**MLOps · Python**")
    assert "<details><summary>Hint 1: " in text
    assert "<details open" not in text


@in_source_and_release
def test_steps_come_in_order(stage):
    """Each step is a task, an answer cell and a check cell, one step after the other."""
    found = [cell_id for cell_id in cells(stage, NAME) if cell_id[-1].isdigit()]

    assert [id for n in TITLES for id in (f"task_{n}", f"step_{n}", f"check_step_{n}")] == found


@in_source_and_release
def test_ethics_note_asks_its_question(stage):
    """After the steps an ungraded cell waits for a note on ethics."""
    found = cells(stage, NAME)

    assert (
        "Which ethical question does this report leave open?" in found["ethics_question"]["source"]
    )
    assert "no points" in found["ethics_question"]["source"]
    assert "markdown" == found["ethics_note"]["cell_type"]
    assert not found["ethics_note"]["metadata"].get("nbgrader", {}).get("grade", False)
    assert list(found).index("ethics_note") == list(found).index("ethics_question") + 1


@in_source_and_release
def test_links_lead_to_notebooks_and_cells_that_exist(stage):
    """Every link of the four notebooks opens a notebook of the course, at a cell it has."""
    for name, folder in NOTEBOOKS.items():
        for target, cell_id in LINK.findall(texts(stage, name)):
            linked = (path(stage, name).parent / target).resolve()

            assert linked.is_file(), f"{folder}/{name} links to {target}"
            assert not cell_id or cell_id in cells(stage, linked.stem)
