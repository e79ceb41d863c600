"""
The process in linked views: the flow, the Execution Sample, the Process Table and the Status
Tracker move together, one step at a time. The page steps by itself: it is told every sentence
beforehand.
"""

from typing import Any

from grader.rai import process
from grader.rai.process import FLOW, INSIGHT, MOMENT_OF_STEP, NODES_OF_STEP, STEPS, TRACKED
from grader.widgets.base import SCREEN, Widget, escape, table

TITLE = "Process Flow - Responsible AI practices"
ABOUT_FLOW = (
    "This flow shows the step-by-step process of building AI systems responsibly and keeping them "
    "so, from the first goals to deployment with ongoing monitoring."
)
ABOUT_SAMPLE = (
    "A simplified sequence of responsible AI steps: it begins with the data and ends with "
    "deployment, with fairness checks and monitoring on the way."
)
BACK = "then back to the start"
# Where flow and table do not agree, and what the tracker cannot say; by step.
NOTES = {
    "3": "Clean data: cleaned before training, visible from here.",
    "6": "The flow shows Monitor & Audit AI before Deploy Responsibly; in a cycle both come round "
    "again.",
}
NONE = "None of them"
UNCHANGED = "The Status Tracker is unchanged."


class ProcessFlow(Widget):
    """The process step by step, to be shown, played, or predicted before each step opens."""

    assets = (*SCREEN, "flow")
    name = "process_flow"

    def props(self) -> dict[str, Any]:
        """Return the four views, and what is told at each step."""
        return {
            "title": TITLE,
            "about": ABOUT_FLOW,
            "nodes": [_node(index) for index in range(len(FLOW))],
            "back": BACK,
            "sample": {
                "title": "Execution Sample",
                "label": "MLOps",
                "lines": list(process.SAMPLE),
                "about": ABOUT_SAMPLE,
            },
            "process_table": process.process_table(),
            "insight": INSIGHT,
            "status_tracker": process.status_tracker(),
            "final": "Final is the end of this pass. The cycle goes on after it.",
            "steps": [_step(index) for index in range(len(STEPS))],
        }

    def static_html(self) -> str:
        """Return the four views as a list, a text and two tables."""
        # Not an <ol>: its numbers would look like those of the table's steps, which they are not.
        nodes = "".join(
            f"<li><strong>{escape(name)}</strong> {'↺' if name == FLOW[-1][0] else '↓'} "
            f"{escape(about)}</li>"
            for name, about in FLOW
        )
        return "".join(
            [
                f"<p><strong>{TITLE}</strong></p><ul>{nodes}</ul><p>… {BACK}</p>",
                "<p><strong>Execution Sample</strong> MLOps</p>",
                f"<pre>{escape(chr(10).join(process.SAMPLE))}</pre>",
                table(**process.process_table()),
                f"<p>{INSIGHT}</p>",
                table(**process.status_tracker()),
            ]
        )

    def plain_text(self) -> str:
        """Return the flow in one line."""
        return f"{TITLE}: {', '.join(name for name, _ in FLOW)}, {BACK}."


def _node(index: int) -> dict[str, Any]:
    name, about = FLOW[index]
    steps = [step for step, node in enumerate(NODES_OF_STEP) if node == index]
    alone = "" if steps else f"{name} has no row in the Process Table."
    return {"name": name, "about": about, "steps": steps, "alone": alone}


def _step(index: int) -> dict[str, Any]:
    number, action, check, decision = STEPS[index]
    node = NODES_OF_STEP[index]
    changes = " ".join(f"{name} is now {value}." for name, value in _changes(index))
    return {
        "node": node,
        "moment": MOMENT_OF_STEP[index],
        "changes": bool(changes),
        "head": f"Step {number} of {len(STEPS)}: {action}.",
        "says": f"{check}. Next: {decision}. {changes or UNCHANGED}",
        "change": changes or UNCHANGED,
        "where": f"{action} has no node in the flow."
        if node is None
        else f"In the flow: {FLOW[node][0]}.",
        "note": NOTES.get(number, ""),
        "ask": _ask(index) if index else None,
    }


def _changes(index: int) -> list[tuple[str, str]]:
    """Return the variables that a step changes, with their new values."""
    column = MOMENT_OF_STEP[index] + 1
    return [
        (row[0], row[column]) for row in TRACKED if column > 1 and row[column] != row[column - 1]
    ]


def _ask(index: int) -> dict[str, Any]:
    """
    Return what learners predict before a step opens: for every second step what it changes, for
    the others what it is. (Step 3 changes two variables, so it must be one of the others.)
    """
    action, before = STEPS[index][1], STEPS[index - 1][3]
    if index % 2:
        name, value = (_changes(index) or [(NONE, "")])[0]
        return {
            "question": f"The next row is {action}. Which variable of the tracker changes?",
            "options": [*(row[0] for row in TRACKED), NONE],
            "right": name,
            "why": f"{name} is now {value}." if value else "this step changes no variable.",
        }
    # The next rows, round the cycle: nobody is asked to choose between rows that are open already.
    options = [STEPS[(index + ahead) % len(STEPS)][1] for ahead in range(3)]
    return {
        "question": "What comes next?",
        "options": sorted(options),
        "right": action,
        "why": f"after “{before}” comes {action}.",
    }
