"""
The results of a notebook that holds none in its metadata: stock nbgrader graded it, or this grader
did before it kept results. They are read from what its cells show, which is the one place where
sentences are taken apart. A notebook that this grader grades today never comes here.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from grader.graded.result import MISSED, NOT_CHECKED, NOT_GRADED, NOTED, PASSED, CheckResult, said

BEGINNINGS = {  # how the sentences of our own checks began
    "Not checked, because": NOT_CHECKED,
    "Could not be graded: ": NOT_GRADED,
    "Strong: ": NOTED,
    "Nearly there: ": NOTED,
    "Not yet: ": NOTED,
    "Correct": PASSED,
}
CHOICE = re.compile(r"\*\*Your answer:\*\* (?:([A-Z])\.|no answer)")

Cell = Mapping[str, Any]


def results(cells: Iterable[Cell]) -> dict[str, CheckResult]:
    """Return the results of check cells by grade_id, as far as their outputs show them."""
    found = {}
    for cell in cells:
        about = cell["metadata"].get("nbgrader") or {}
        if cell["cell_type"] == "code" and about.get("grade") and not about.get("solution"):
            found[about["grade_id"]] = _result(cell, about.get("points") or 0)
    return found


def _result(cell: Cell, points: float) -> CheckResult:
    """Return the result of one check cell that has so many points."""
    message = said(cell["outputs"])
    outcome = _outcome(cell, message, points)
    rule = " ".join(message.split()) if outcome == MISSED else ""  # nothing else tells misses apart
    return CheckResult(outcome, message, rule, choice=_choice(cell["outputs"]))


def _outcome(cell: Cell, message: str, points: float) -> str:
    """Return the outcome of a check that ended with this message."""
    for beginning, outcome in BEGINNINGS.items():
        if message.startswith(beginning):
            return outcome
    if any(output["output_type"] == "error" for output in cell["outputs"]):
        return MISSED
    mark = _mark(cell["outputs"])
    if mark is None or points <= 0:  # a check without points that speaks of ours has missed
        ours = "grader.checks" in "".join(cell.get("source", ""))
        return MISSED if message and ours else PASSED
    return PASSED if mark >= points else MISSED


def _mark(outputs: Iterable[Mapping[str, Any]]) -> float | None:
    """Return the number that nbgrader takes for partial credit, None where there is none."""
    for output in outputs:
        if output["output_type"] == "execute_result":
            try:
                return float("".join(output["data"].get("text/plain", "")).strip("[]()'\""))
            except ValueError:
                return None
    return None


def _choice(outputs: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the letter that an explanation says was chosen, "" for none; None without one."""
    for output in outputs:
        text = "".join(output.get("data", {}).get("text/markdown", ""))
        if found := CHOICE.match(text):
            return found[1] or ""
    return None
