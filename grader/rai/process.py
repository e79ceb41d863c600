"""
The process that the course shows: a flow of eight nodes, a table of seven steps, and a tracker of
three variables. The flow and the table tell it in different orders; `NODES_OF_STEP` says where they
meet, and where they do not.
"""

FLOW = (
    ("Define AI Goals", "Say what the system is for and whom it may affect"),
    ("Assess Data Quality", "Look at what the data holds and what it lacks"),
    ("Check Bias & Fairness", "Compare how groups of people are treated"),
    ("Implement Transparency", "Make decisions open to questions"),
    ("Ensure Privacy & Security", "Protect the people in the data"),
    ("Monitor & Audit AI", "Keep watching the system in use"),
    ("Update & Improve AI", "Put right what was found"),
    ("Deploy Responsibly", "Go live with care, and go round again"),
)
SAMPLE = (
    "1. Collect data",
    "2. Check for bias",
    "3. Train model",
    "4. Test fairness",
    "5. Deploy with monitoring",
)
COLUMNS = ("Step", "Action", "Check/Result", "Decision/Next Step")
STEPS = (
    ("1", "Collect data", "Data gathered from sources", "Proceed to bias check"),
    ("2", "Check for bias", "Bias detected in data", "Apply bias mitigation"),
    ("3", "Train model", "Model trained on cleaned data", "Test model fairness"),
    ("4", "Test fairness", "Fairness metrics acceptable", "Prepare for deployment"),
    ("5", "Deploy with monitoring", "Monitoring enabled", "Ongoing audit and update"),
    ("6", "Monitor & audit", "No major issues found", "Continue operation"),
    ("7", "Update & improve", "Feedback incorporated", "Cycle repeats for improvement"),
)
INSIGHT = "💡 Process continues in a cycle to maintain responsible AI practices"
MOMENTS = ("Start", "After Step 2", "After Step 3", "After Step 4", "After Step 5", "Final")
TRACKED = (
    (
        "Data Quality",
        "Raw data",
        "Bias reduced",
        "Clean data",
        "Clean data",
        "Clean data",
        "Clean data",
    ),
    (
        "Model Fairness",
        "N/A",
        "N/A",
        "Unverified",
        "Verified fair",
        "Verified fair",
        "Verified fair",
    ),
    ("Monitoring Status", "Off", "Off", "Off", "Off", "On", "On"),
)
# The index of the flow's node for each step; None where the flow has no node: it trains no model.
NODES_OF_STEP = (1, 2, None, 2, 7, 5, 6)
# The index of the tracker's column that holds after each step.
MOMENT_OF_STEP = (0, 1, 2, 3, 4, 5, 5)


def process_table() -> dict[str, object]:
    """Return the Process Table: its caption, columns and rows."""
    return {
        "caption": "Process Table (execution_table)",
        "columns": list(COLUMNS),
        "rows": [list(row) for row in STEPS],
    }


def status_tracker() -> dict[str, object]:
    """Return the Status Tracker: its caption, columns and rows."""
    return {
        "caption": "Status Tracker (variable_tracker)",
        "columns": ["Variable", *MOMENTS],
        "rows": [list(row) for row in TRACKED],
    }
