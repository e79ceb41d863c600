"""
The walkthrough says what the original page "Step-by-Step Execution" says.

| items | what | test |
|---|---|---|
| 73, 74 | title, track, category, duration | test_title_names_the_page |
| 75, 115 | learning styles | test_chooser_counts_ten_modes |
| 76-79 | flow | test_flow_has_eight_nodes_in_order |
| 80, 81 | execution sample | test_sample_has_five_numbered_lines |
| 82-89, 106 | process table | test_process_table_is_a_table_with_the_exact_rows |
| 90 | key insight | test_insight_stands_under_the_table |
| 91-94, 106 | status tracker | test_status_tracker_is_a_table_with_the_exact_rows |
| 95-98 | key moments | test_key_moments_ask_first_and_then_answer |
| 99-103 | visual quiz | test_checklist_visual_quiz.py |
| 104 | snapshot | test_snapshot_lists_seven_practices |
| 105 | transcript | test_transcript_has_five_sentences |
"""

import pytest
from support.notebooks import STAGES, cells, in_order, table, texts

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
PROCESS = """\
| Step | Action | Check/Result | Decision/Next Step |
|---|---|---|---|
| 1 | Collect data | Data gathered from sources | Proceed to bias check |
| 2 | Check for bias | Bias detected in data | Apply bias mitigation |
| 3 | Train model | Model trained on cleaned data | Test model fairness |
| 4 | Test fairness | Fairness metrics acceptable | Prepare for deployment |
| 5 | Deploy with monitoring | Monitoring enabled | Ongoing audit and update |
| 6 | Monitor & audit | No major issues found | Continue operation |
| 7 | Update & improve | Feedback incorporated | Cycle repeats for improvement |"""
TRACKER = """\
| Variable | Start | After Step 2 | After Step 3 | After Step 4 | After Step 5 | Final |
|---|---|---|---|---|---|---|
| Data Quality | Raw data | Bias reduced | Clean data | Clean data | Clean data | Clean data |
| Model Fairness | N/A | N/A | Unverified | Verified fair | Verified fair | Verified fair |
| Monitoring Status | Off | Off | Off | Off | On | On |"""

in_source_and_release = pytest.mark.parametrize("stage", STAGES)
in_both_notebooks = pytest.mark.parametrize("name", ["walkthrough", "visual_quiz"])


def part(stage: str, cell_id: str) -> str:
    """The text of one cell of the walkthrough."""
    return cells(stage, "walkthrough")[cell_id]["source"]


@in_source_and_release
def test_title_names_the_page(stage):
    """The first cell names the page, its track, its category and its duration."""
    title = part(stage, "title")

    assert title.startswith("# Responsible AI practices in MLOps - Step-by-Step Execution\n")
    assert in_order(title, ["Track **MLOps**", "Category **devops**", "Duration **~10 mins**"])


@in_source_and_release
def test_chooser_counts_ten_modes(stage):
    """The chooser of this page counts the same ten modes as the mini project."""
    title = part(stage, "title")

    assert in_order(title, ["Choose your learning style", "10 modes available"])
    assert "9 modes" not in texts(stage, "walkthrough")


@in_source_and_release
def test_flow_has_eight_nodes_in_order(stage):
    """The flow shows its eight nodes in order, unnumbered, with a loop back at the end."""
    text = part(stage, "as_text")
    nodes = [row[0] for row in table(text)[1:9]]

    assert "## Process Flow - Responsible AI practices" == part(stage, "heading_flow")
    assert [f"**{node}** ↓" for node in NODES[:-1]] + [f"**{NODES[-1]}** ↺"] == nodes
    assert "This flow shows the step-by-step process" in text


@in_source_and_release
def test_flow_and_table_are_mapped_honestly(stage):
    """A node without a row, and a row without a node, are named as such."""
    rows = dict(table(part(stage, "flow_and_table"))[1:])

    assert [*NODES, "no node"] == list(rows)
    assert {"Define AI Goals", "Implement Transparency", "Ensure Privacy & Security"} == {
        node for node, row in rows.items() if row == "no row"
    }
    assert "3 · Train model" == rows["no node"]


@in_source_and_release
def test_sample_has_five_numbered_lines(stage):
    """The execution sample is labelled and has its five exact lines."""
    text = part(stage, "as_text")

    assert in_order(text, ["## Execution Sample\n", "**MLOps**", "A simplified sequence of"])
    assert [
        "1. Collect data",
        "2. Check for bias",
        "3. Train model",
        "4. Test fairness",
        "5. Deploy with monitoring",
    ] == text.split("```")[1].splitlines()[1:]


@in_source_and_release
@in_both_notebooks
def test_process_table_is_a_table_with_the_exact_rows(stage, name):
    """The process table has its four columns and seven exact rows, under both of its names."""
    text = texts(stage, name)

    assert in_order(text, ["## Process Table\n", "Process Table (execution_table)", PROCESS])


@in_source_and_release
def test_insight_stands_under_the_table(stage):
    """The key insight follows the process table."""
    assert in_order(
        part(stage, "as_text"),
        [PROCESS, "💡 Process continues in a cycle to maintain responsible AI practices"],
    )


@in_source_and_release
@in_both_notebooks
def test_status_tracker_is_a_table_with_the_exact_rows(stage, name):
    """The tracker has its seven columns and three exact rows, under both of its names."""
    text = texts(stage, name)

    assert in_order(text, ["## Status Tracker\n", "Status Tracker (variable_tracker)", TRACKER])


@in_source_and_release
def test_key_moments_ask_first_and_then_answer(stage):
    """The three key moments show their exact question and keep the answer closed."""
    assert in_order(
        part(stage, "key-moments") + "\n" + part(stage, "key_moments_as_text"),
        [
            '<a id="key-moments"></a>',
            "## Key Moments - 3 Insights\n",
            "### Why do we check for bias before training the model?\n",
            "Step 2 of the execution_table",
            "before step 3 trains",
            "### What happens if fairness tests fail after training?\n",
            "retrained or adjusted before it may be deployed",
            "between steps 3 and 4",
            "### Why is monitoring important after deployment?\n",
            "Step 5 switches monitoring on, and step 6 audits",
        ],
    )


@in_source_and_release
def test_snapshot_lists_seven_practices(stage):
    """The snapshot lists its seven practices in order."""
    text = part(stage, "snapshot_as_text")

    assert in_order(part(stage, "snapshot"), ['<a id="snapshot"></a>', "## Concept Snapshot"])
    assert (
        "Responsible AI practices:\n\n"
        "1. Define clear AI goals\n"
        "2. Collect and assess data quality\n"
        "3. Detect and mitigate bias\n"
        "4. Test model fairness\n"
        "5. Ensure transparency and privacy\n"
        "6. Deploy with monitoring\n"
        "7. Continuously audit and improve\n"
    ) in text


@in_source_and_release
def test_transcript_has_five_sentences(stage):
    """The transcript tells the whole process in five sentences."""
    told = part(stage, "transcript_as_text").split("\n\n")[1]

    assert in_order(part(stage, "transcript"), ['<a id="transcript"></a>', "## Full Transcript"])
    assert 5 == told.count(".")
    assert in_order(told, ["step-by-step process", "before training", "fairness", "cycle repeats"])
