"""
The Full Transcript: five sentences, each of which lights up its rows of the Process Table. A
browser that has an English voice of its own can read them aloud.
"""

from typing import Any

from grader.rai import process
from grader.widgets.base import SCREEN, Widget, escape

TITLE = "Full Transcript"
# Each sentence with the rows of the Process Table that it is about.
SENTENCES = (
    (
        "Responsible AI practices form a step-by-step process: define the AI goals, collect data, "
        "check for bias, train the model, test fairness, deploy with monitoring, and keep auditing "
        "and improving.",
        (1, 2, 3, 4, 5, 6, 7),
    ),
    (
        "Finding bias before training is crucial, because it helps to avoid unfair models.",
        (2, 3),
    ),
    (
        "Testing fairness before deployment checks that the model treats all groups fairly.",
        (4,),
    ),
    ("Monitoring after deployment helps to catch real-world issues early.", (5, 6)),
    ("Then the cycle repeats, so that AI systems stay responsible.", (7,)),
)
NOTE = "a test can find unfair treatment. It cannot make sure that there is none."


class Transcript(Widget):
    """The transcript beside the Process Table; a sentence shows its rows."""

    assets = (*SCREEN, "transcript")
    name = "transcript"

    def props(self) -> dict[str, Any]:
        """Return the sentences with their rows, and the table."""
        return {
            "title": TITLE,
            "sentences": [
                {"text": text, "rows": list(rows), "where": f"Process Table: {_rows(rows)}"}
                for text, rows in SENTENCES
            ],
            "note": NOTE,
            "process_table": process.process_table(),
        }

    def static_html(self) -> str:
        """Return the text, its note, and the rows of each sentence."""
        rows = "".join(
            f"<li>Sentence {number}: {_rows(rows)}</li>"
            for number, (_, rows) in enumerate(SENTENCES, 1)
        )
        return (
            f"<p><strong>{TITLE}</strong></p><p>{escape(self._text())}</p>"
            f"<p><em>Note:</em> {NOTE}</p><p>In the Process Table:</p><ul>{rows}</ul>"
        )

    def plain_text(self) -> str:
        """Return the text."""
        return f"{TITLE}: {self._text()}"

    def _text(self) -> str:
        return " ".join(text for text, _ in SENTENCES)


def _rows(rows: tuple[int, ...]) -> str:
    """Name rows for people: "row 4", "rows 2 and 3", "rows 1 to 7"."""
    if len(rows) == 1:
        return f"row {rows[0]}"
    return f"rows {rows[0]} {'to' if len(rows) > 2 else 'and'} {rows[-1]}"
