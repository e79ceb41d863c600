"""
The Key Moments: three questions that a learner answers first and opens then. What is written stays
on the page: nobody reads it, nothing keeps it.
"""

from typing import Any

from grader.widgets.base import SCREEN, Widget, escape

TITLE = "Key Moments - 3 Insights"
LEAD = "Answer each question in your own words first, then open the answer."
# Question, answer, note, and the rows of the Process Table that the answer can be read from.
MOMENTS = (
    (
        "Why do we check for bias before training the model?",
        "A model that learns from biased data can become unfair. Step 2 of the execution_table "
        "finds the bias and reduces it, before step 3 trains the model.",
        "",
        (2, 3),
    ),
    (
        "What happens if fairness tests fail after training?",
        "If fairness is not acceptable, the model is retrained or adjusted before it may be "
        "deployed. The table implies this between steps 3 and 4, where fairness is tested before "
        "the process goes on.",
        "the table shows only the way on which the test passes. When it fails in step 4, the way "
        "leads back to step 2 or 3, then to step 4 again, and only then to step 5.",
        (3, 4),
    ),
    (
        "Why is monitoring important after deployment?",
        "Some problems appear only in real use. Monitoring helps to catch them, so that the AI "
        "stays responsible. Step 5 switches monitoring on, and step 6 audits how the system is "
        "doing.",
        "",
        (5, 6),
    ),
)


class KeyMoments(Widget):
    """Three questions about the process, each with an answer that the learner opens."""

    assets = (*SCREEN, "moments")
    name = "key_moments"

    def props(self) -> dict[str, Any]:
        """Return the questions, their answers, and the rows that these are read from."""
        moments = [
            {"question": question, "answer": answer, "note": note, "rows": _rows(rows)}
            for question, answer, note, rows in MOMENTS
        ]
        return {"title": TITLE, "lead": LEAD, "moments": moments}

    def static_html(self) -> str:
        """Return the questions with answers to open."""
        moments = "".join(
            f"<p><strong>{escape(question)}</strong></p>"
            f"<details><summary>Show the answer</summary><p>{escape(answer)}</p>"
            f"{f'<p><em>Note:</em> {escape(note)}</p>' if note else ''}"
            f"<p>{_rows(rows)}</p></details>"
            for question, answer, note, rows in MOMENTS
        )
        return f"<p><strong>{TITLE}</strong></p><p>{LEAD}</p>{moments}"

    def plain_text(self) -> str:
        """Return the questions in one line."""
        return f"{TITLE}: {' '.join(question for question, *_ in MOMENTS)}"


def _rows(rows: tuple[int, ...]) -> str:
    return f"Process Table: rows {' and '.join(map(str, rows))}"
