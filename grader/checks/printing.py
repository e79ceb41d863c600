"""
Judges a printed line, exactly, and the f-string it has to come from; one sentence names the
character that differs.
"""

import difflib
import re

from grader.checks.facts import Printing
from grader.checks.outcome import RIGHT, Outcome
from grader.checks.sentences import characters, lines
from grader.checks.source import fstring_names

MARK = "\0"  # stands for the end of a line in comparisons


def judge_line(case: Printing) -> Outcome:
    """The line is printed exactly, once, and follows other values."""
    times = [case.lines(inputs).count(case.expected(inputs)) for inputs in case.examples]
    if all(count == 1 for count in times):
        return RIGHT
    if all(count > 1 for count in times):
        return 0.5, lines.too_often(case, times[0])
    inputs = case.examples[0]
    run = case.run(inputs)
    if times[0] or _typed(case) or case.swapped():
        return (0.5 if times[0] else 0.0), lines.does_not_follow(case)
    if run.stop is not None and not _mentions(case, run.printed, inputs):
        return 0.0, case.stopped(run, inputs)
    if not run.printed.strip():
        return 0.0, lines.nothing_printed(case, run)
    share = 0.5 if _mentions(case, run.printed, inputs) else 0.0
    return share, characters.difference(case, inputs)


def judge_fstring(case: Printing, names: tuple[str, ...]) -> Outcome:
    """An f-string holds these names, and it is what makes the line."""
    tree = case.source.tree
    held = fstring_names(tree)
    if not set(names) <= held:
        told = lines.no_fstring(case, names, held)
        return 0.0, told or characters.difference(case, case.examples[0])
    inputs = case.examples[0]
    wanted, run = case.expected(inputs), case.run(inputs)
    if run.stop is not None and wanted not in case.lines(inputs):
        return 0.0, case.stopped(run, inputs)
    if wanted in case.lines(inputs) and wanted in case.lines(inputs, blank=True):
        return 0.0, "The printed line does not come from the f-string. Print the f-string itself."
    return (0.0, lines.does_not_follow(case)) if _typed(case) or case.swapped() else RIGHT


def _typed(case: Printing) -> bool:
    """True where the step prints the same line with numbers in it whatever the values are."""
    printed = {case.run(inputs).printed for inputs in case.examples}
    start = case.line.split("{")[0].lower()
    return len(printed) == 1 and any(
        re.search(r"\d", line) and line.lower().startswith(start)
        for line in printed.pop().split("\n")
    )


def _mentions(case: Printing, printed: str, inputs: dict[str, object]) -> bool:
    """True where something like the line was printed, with the values in it."""
    wanted = case.expected(inputs)
    near = max(
        (difflib.SequenceMatcher(None, wanted, line).ratio() for line in printed.split("\n")),
        default=0.0,
    )
    return near > 0.7 and all(
        re.search(rf"{re.escape(str(inputs[name]))}|{_percent(inputs[name])}", printed)
        for name in case.fields()
    )


def _percent(value: object) -> str:
    return f"{value:.0%}" if isinstance(value, float) else MARK
