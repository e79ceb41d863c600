"""
What this course says in its own words: see `grader.checks.sentences.own`.

    slips      a missing share, one of a wrong type, one that was typed in
    causes     why the share is a wrong number; formulas: what was computed instead
"""

from types import ModuleType

from grader.checks.facts import Counting, Printing


def counting(case: Counting) -> ModuleType | None:
    """The share of right predictions has sentences of its own."""
    from grader.rai.sentences import share

    return share if "predictions" in case.over else None


def line(case: Printing) -> str | None:
    """The line of the mini project is a report."""
    return "report" if case.fields() == ["accuracy", "fairness_threshold"] else None


def divided_by_zero(inputs: dict[str, object]) -> str | None:
    """Say what to divide by."""
    about = any(isinstance(one, dict) and "predictions" in one for one in inputs.values())
    return "Divide by how many predictions there are." if about else None


def fraction(name: str, value: float) -> str | None:
    """The threshold is printed later on."""
    return f"the report in step 4 would not read {value}" if name == "fairness_threshold" else None
