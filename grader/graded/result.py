"""The result of one check cell, and how it is written into the notebook."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

VERSION = 1
PASSED = "passed"
MISSED = "missed"
NOTED = "noted"
NOT_CHECKED = "not checked"
NOT_GRADED = "could not be graded"
NO_ANSWER = "no answer"  # the rule that is missed where there is none
OUTCOMES = (PASSED, MISSED, NOTED, NOT_CHECKED, NOT_GRADED)
COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")  # as terminals take them
LONGEST_RULE = 200  # characters; a rule may hold the name of a learner's exception


@dataclass(frozen=True, slots=True)
class CheckResult:
    """
    What one check came to. `outcome` is one of `OUTCOMES`, `message` the sentence for people,
    `rule` what was missed first, `NO_ANSWER` where nothing was written or chosen. `choice` is the
    letter chosen in a question and `right` the one to choose, None where the check is about none.
    `reason` says why a person has to look.
    """

    outcome: str
    message: str = ""
    rule: str = ""
    choice: str | None = None
    right: str | None = None
    reason: str = ""


def write(nb: dict[str, Any], results: Mapping[str, CheckResult]) -> None:
    """Write the results of its check cells, by grade_id, into a notebook's metadata."""
    about = nb["metadata"].setdefault("grader", {})
    about |= {"version": VERSION, "results": {name: _plain(one) for name, one in results.items()}}


def _plain(result: CheckResult) -> dict[str, str]:
    """Return a result without what it does not say."""
    made = {"outcome": result.outcome, "message": result.message}
    if result.rule:
        made["rule"] = result.rule[:LONGEST_RULE]
    if result.choice is not None:
        made["choice"] = result.choice
    if result.right is not None:
        made["right"] = result.right
    if result.reason:
        made["reason"] = result.reason
    # What a learner wrote may hold half a surrogate pair, which no file takes.
    return {name: text.encode("utf-8", "replace").decode() for name, text in made.items()}


def said(outputs: Iterable[Mapping[str, Any]]) -> str:
    """Return what a check says in its outputs: the error that stopped it, else what it printed."""
    outputs = list(outputs)
    error = next((one for one in outputs if one["output_type"] == "error"), None)
    if error is not None:
        return _in_one_line(error)
    printed = (one for one in outputs if one["output_type"] == "stream" and one["name"] == "stdout")
    return COLOURS.sub("", "".join("".join(one["text"]) for one in printed)).strip()


def _in_one_line(error: Mapping[str, Any]) -> str:
    """Return an error in one line; a plain assert says no more than its name."""
    name, words = error["ename"], COLOURS.sub("", error["evalue"]).strip()
    first = words.splitlines()[0] if words else ""
    if name == "Missed":  # see grader.checks.verdict: the sentence stands alone
        return first
    return name if words in ("", name) else f"{name}: {first}"
