"""What the parts about the process say: their props, their sentences and their static twins."""

import html
import json
import re
from itertools import pairwise

import pytest
from support.modules import own_bytes

from grader.sanitize import safe_html
from grader.widgets import KeyMoments, ProcessFlow, Snapshot, Transcript
from grader.widgets.base import VIEW, Widget

PARTS = [ProcessFlow, KeyMoments, Snapshot, Transcript]
NODES = [
    "Define AI Goals",
    "Assess Data Quality",
    "Check Bias & Fairness",
    "Implement Transparency",
    "Ensure Privacy & Security",
    "Monitor & Audit AI",
    "Update & Improve AI",
    "Deploy Responsibly",
]
ROWS = [
    ["1", "Collect data", "Data gathered from sources", "Proceed to bias check"],
    ["2", "Check for bias", "Bias detected in data", "Apply bias mitigation"],
    ["3", "Train model", "Model trained on cleaned data", "Test model fairness"],
    ["4", "Test fairness", "Fairness metrics acceptable", "Prepare for deployment"],
    ["5", "Deploy with monitoring", "Monitoring enabled", "Ongoing audit and update"],
    ["6", "Monitor & audit", "No major issues found", "Continue operation"],
    ["7", "Update & improve", "Feedback incorporated", "Cycle repeats for improvement"],
]
TRACKER = [
    ["Data Quality", "Raw data", "Bias reduced", *["Clean data"] * 4],
    ["Model Fairness", "N/A", "N/A", "Unverified", *["Verified fair"] * 3],
    ["Monitoring Status", *["Off"] * 4, "On", "On"],
]
UNCHANGED = "The Status Tracker is unchanged."


def text(twin: str) -> list[str]:
    """Return the words that a page shows."""
    return html.unescape(re.sub(r"<[^>]+>", " ", twin)).split()


def steps() -> list[dict]:
    """Return what is told at each step."""
    return ProcessFlow().props()["steps"]


def test_the_flow_holds_the_four_views_word_for_word():
    """Nodes, sample, table and tracker are those of the course."""
    props = ProcessFlow().props()

    assert "Process Flow - Responsible AI practices" == props["title"]
    assert NODES == [node["name"] for node in props["nodes"]]
    assert ["Execution Sample", "MLOps"] == [props["sample"]["title"], props["sample"]["label"]]
    assert [
        "1. Collect data",
        "2. Check for bias",
        "3. Train model",
        "4. Test fairness",
        "5. Deploy with monitoring",
    ] == props["sample"]["lines"]
    assert {
        "caption": "Process Table (execution_table)",
        "columns": ["Step", "Action", "Check/Result", "Decision/Next Step"],
        "rows": ROWS,
    } == props["process_table"]
    assert {
        "caption": "Status Tracker (variable_tracker)",
        "columns": [
            "Variable",
            "Start",
            "After Step 2",
            "After Step 3",
            "After Step 4",
            "After Step 5",
            "Final",
        ],
        "rows": TRACKER,
    } == props["status_tracker"]
    assert (
        "💡 Process continues in a cycle to maintain responsible AI practices" == props["insight"]
    )


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (1, f"Collect data. Data gathered from sources. Next: Proceed to bias check. {UNCHANGED}"),
        (
            2,
            "Check for bias. Bias detected in data. Next: Apply bias mitigation. "
            "Data Quality is now Bias reduced.",
        ),
        (
            3,
            "Train model. Model trained on cleaned data. Next: Test model fairness. "
            "Data Quality is now Clean data. Model Fairness is now Unverified.",
        ),
        (
            4,
            "Test fairness. Fairness metrics acceptable. Next: Prepare for deployment. "
            "Model Fairness is now Verified fair.",
        ),
        (
            5,
            "Deploy with monitoring. Monitoring enabled. Next: Ongoing audit and update. "
            "Monitoring Status is now On.",
        ),
        (6, f"Monitor & audit. No major issues found. Next: Continue operation. {UNCHANGED}"),
        (
            7,
            "Update & improve. Feedback incorporated. Next: Cycle repeats for improvement. "
            f"{UNCHANGED}",
        ),
    ],
)
def test_each_step_is_told_in_one_sentence_with_what_it_changes(number: int, sentence: str):
    """The action, its result, what comes next, and the new values of the tracker."""
    step = steps()[number - 1]

    assert f"Step {number} of 7: {sentence}" == f"{step['head']} {step['says']}"


def test_steps_and_nodes_meet_where_they_do():
    """Three nodes have no row, one has two rows, and training has no node."""
    nodes = ProcessFlow().props()["nodes"]

    assert [[], [0], [1, 3], [], [], [5], [6], [4]] == [node["steps"] for node in nodes]
    assert [1, 2, None, 2, 7, 5, 6] == [step["node"] for step in steps()]
    assert [
        "Define AI Goals has no row in the Process Table.",
        "Implement Transparency has no row in the Process Table.",
        "Ensure Privacy & Security has no row in the Process Table.",
    ] == [node["alone"] for node in nodes if node["alone"]]
    assert "Train model has no node in the flow." == steps()[2]["where"]
    assert "In the flow: Deploy Responsibly." == steps()[4]["where"]


def test_the_tracker_carries_values_forward():
    """Steps 1, 6 and 7 have no column of their own and change nothing."""
    assert [0, 1, 2, 3, 4, 5, 5] == [step["moment"] for step in steps()]
    assert [1, 6, 7] == [n for n, step in enumerate(steps(), 1) if not step["changes"]]


def test_what_the_views_cannot_say_is_said_in_words():
    """Data was cleaned before training, and flow and table differ in where monitoring stands."""
    notes = {n: step["note"] for n, step in enumerate(steps(), 1) if step["note"]}

    assert {
        3: "Clean data: cleaned before training, visible from here.",
        6: "The flow shows Monitor & Audit AI before Deploy Responsibly; "
        "in a cycle both come round again.",
    } == notes


def test_every_step_but_the_first_is_asked_for_before_it_opens():
    """By turns what a step changes and which step it is; the right answer is among the options."""
    first, *asked = [step["ask"] for step in steps()]

    assert first is None
    assert [
        "Data Quality",
        "Train model",
        "Model Fairness",
        "Deploy with monitoring",
        "None of them",
        "Update & improve",
    ] == [ask["right"] for ask in asked]
    assert all(ask["right"] in ask["options"] for ask in asked)
    assert ["Deploy with monitoring", "Test fairness", "Train model"] == asked[1]["options"]
    assert "after “Apply bias mitigation” comes Train model." == asked[1]["why"]
    assert "Model Fairness is now Verified fair." == asked[2]["why"]
    assert "this step changes no variable." == asked[4]["why"]


def test_the_key_moments_are_three_questions_whose_answers_name_their_rows():
    """Questions word for word, answers in the course's own words, rows of the Process Table."""
    props = KeyMoments().props()
    moments = props["moments"]

    assert "Key Moments - 3 Insights" == props["title"]
    assert [
        (
            "Why do we check for bias before training the model?",
            "A model that learns from biased data can become unfair. Step 2 of the execution_table "
            "finds the bias and reduces it, before step 3 trains the model.",
            "Process Table: rows 2 and 3",
        ),
        (
            "What happens if fairness tests fail after training?",
            "If fairness is not acceptable, the model is retrained or adjusted before it may be "
            "deployed. The table implies this between steps 3 and 4, where fairness is tested "
            "before the process goes on.",
            "Process Table: rows 3 and 4",
        ),
        (
            "Why is monitoring important after deployment?",
            "Some problems appear only in real use. Monitoring helps to catch them, so that the AI "
            "stays responsible. Step 5 switches monitoring on, and step 6 audits how the system is "
            "doing.",
            "Process Table: rows 5 and 6",
        ),
    ] == [(moment["question"], moment["answer"], moment["rows"]) for moment in moments]
    assert moments[1]["note"].endswith(
        "the way leads back to step 2 or 3, then to step 4 again, and only then to step 5."
    )


def test_the_snapshot_lists_seven_practices_and_shuffles_them_well():
    """No card lies in its place at first, and no two neighbours lie as they belong."""
    props = Snapshot().props()
    shuffled = props["shuffled"]

    assert "Responsible AI practices:" == props["lead"]
    assert (
        "Responsible AI practices: 1. Define clear AI goals 2. Collect and assess data quality "
        "3. Detect and mitigate bias 4. Test model fairness 5. Ensure transparency and privacy "
        "6. Deploy with monitoring 7. Continuously audit and improve"
    ) == Snapshot().plain_text()
    assert list(range(7)) == sorted(shuffled)
    assert all(place != index for place, index in enumerate(shuffled))
    assert all(one + 1 != other for one, other in pairwise(shuffled))
    assert (
        "These numbers count practices. They are not the step numbers of the Process Table."
        == props["note"]
    )


def test_the_transcript_is_five_sentences_that_know_their_rows():
    """The sentences together are the transcript; each names the rows it is about."""
    props = Transcript().props()

    assert "Full Transcript" == props["title"]
    assert (
        "Responsible AI practices form a step-by-step process: define the AI goals, collect data, "
        "check for bias, train the model, test fairness, deploy with monitoring, and keep auditing "
        "and improving. Finding bias before training is crucial, because it helps to avoid unfair "
        "models. Testing fairness before deployment checks that the model treats all groups "
        "fairly. Monitoring after deployment helps to catch real-world issues early. Then the "
        "cycle repeats, so that AI systems stay responsible."
    ) == " ".join(sentence["text"] for sentence in props["sentences"])
    assert [[1, 2, 3, 4, 5, 6, 7], [2, 3], [4], [5, 6], [7]] == [
        sentence["rows"] for sentence in props["sentences"]
    ]
    assert ["rows 1 to 7", "rows 2 and 3", "row 4", "rows 5 and 6", "row 7"] == [
        sentence["where"].removeprefix("Process Table: ") for sentence in props["sentences"]
    ]
    assert (
        "a test can find unfair treatment. It cannot make sure that there is none." == props["note"]
    )


def test_the_twin_of_the_flow_tells_all_four_views():
    """Every node, line, row and value, the insight, and that the flow goes back to the start."""
    shown = " ".join(text(ProcessFlow().static_html()))
    cells = [cell for row in (*ROWS, *TRACKER) for cell in row]

    assert all(
        words in shown
        for words in (
            *NODES,
            *cells,
            "5. Deploy with monitoring",
            "Process Table (execution_table)",
            "Status Tracker (variable_tracker)",
            "then back to the start",
            "💡 Process continues in a cycle to maintain responsible AI practices",
        )
    )


def test_nodes_of_the_flow_carry_no_numbers():
    """A number would be read as a step of the Process Table, which counts differently."""
    assert "<ol" not in ProcessFlow().static_html()


def test_the_twin_of_the_snapshot_is_the_right_order():
    """The practices are course text: the static page numbers them as they belong."""
    listed = re.search(r"<ol>(.*)</ol>", Snapshot().static_html()).group(1)

    assert Snapshot().props()["practices"] == re.findall(r"<li>(.*?)</li>", listed)


@pytest.mark.parametrize("part", PARTS)
def test_twins_survive_where_a_notebook_is_made_harmless(part: type[Widget]):
    """The feedback page and the formgrader show every word of the static page."""
    twin = part().static_html()

    assert len(text(twin)) > 30
    assert text(twin) == text(safe_html(twin))


@pytest.mark.parametrize("part", PARTS)
def test_parts_stay_small(part: type[Widget]):
    """Its own module has at most 9,000 bytes, the twin 3,600, what a notebook keeps 4,000."""
    shown = part()
    view = {VIEW: {"model_id": "0" * 32, "version_major": 2, "version_minor": 0}}
    bundle = {"text/plain": shown.plain_text(), "text/html": shown.static_html()} | view

    assert own_bytes(shown) <= 9_000
    assert len(shown.static_html().encode()) <= 3_600
    assert len(json.dumps(bundle, ensure_ascii=False).encode()) <= 4_000
    assert "\n" not in shown.plain_text()


@pytest.mark.parametrize("part", PARTS)
def test_facts_can_be_sent_to_the_page(part: type[Widget]):
    """They are JSON data, and the same each time."""
    props = part().props()

    assert props == json.loads(json.dumps(part().props()))


def test_no_two_parts_share_a_name():
    """The page on show is known by its name."""
    assert 4 == len({part.name for part in PARTS})
