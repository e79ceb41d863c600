"""
The Concept Snapshot: seven practices that a learner puts in order. The page knows the order; it is
course text, nothing here is graded.
"""

from typing import Any

from grader.widgets.base import SCREEN, Widget, escape

TITLE = "Concept Snapshot"
LEAD = "Responsible AI practices:"
PRACTICES = (
    "Define clear AI goals",
    "Collect and assess data quality",
    "Detect and mitigate bias",
    "Test model fairness",
    "Ensure transparency and privacy",
    "Deploy with monitoring",
    "Continuously audit and improve",
)
# Where the cards lie at first: none in its place, and no two neighbours as they belong.
SHUFFLED = (3, 6, 1, 4, 0, 2, 5)
NOTE = "These numbers count practices. They are not the step numbers of the Process Table."


class Snapshot(Widget):
    """Seven practices to put in order, with the mouse or the keyboard."""

    assets = (*SCREEN, "snapshot")
    name = "snapshot"

    def props(self) -> dict[str, Any]:
        """Return the practices in order, and how they lie at first."""
        return {
            "title": TITLE,
            "lead": LEAD,
            "practices": list(PRACTICES),
            "shuffled": list(SHUFFLED),
            "note": NOTE,
        }

    def static_html(self) -> str:
        """Return the practices in order."""
        practices = "".join(f"<li>{escape(practice)}</li>" for practice in PRACTICES)
        return f"<p><strong>{TITLE}</strong></p><p>{LEAD}</p><ol>{practices}</ol><p>{NOTE}</p>"

    def plain_text(self) -> str:
        """Return the practices in one line."""
        numbered = (f"{number}. {practice}" for number, practice in enumerate(PRACTICES, 1))
        return f"{LEAD} {' '.join(numbered)}"
