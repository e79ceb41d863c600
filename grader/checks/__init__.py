"""
THE VOCABULARY OF CHECK CELLS, and the wording of every message.

    steps, functions, questions
                         the words themselves: step, value, loops, follows, expect, holds, chose, …
    cell                 the check cell now running: its facts, its results, its verdict
    verdict              what the results of one cell add up to, and how it is shown
    step, rerun, watch, quiet
                         run a step's own source again on other inputs, watching its loops
    source, facts        what the source text says, and what judges and sentences look at
    values, numbers, dictionaries, counting, printing, quiz
                         the judges: facts in, `Outcome` (share, sentence) out
    called, calling      a function's calls as plain data, and their judge
    sentences/           what is wrong, why, and one thing to do next

Judges know no files, no processes and no database. Nothing in here holds an answer: what is right
stands in the check cells.
"""

from grader.checks.called import alike
from grader.checks.cell import note, verdict
from grader.checks.functions import (
    call,
    case,
    entry,
    expect,
    function,
    holds,
    shared,
    spoil,
    uses,
    worth,
)
from grader.checks.questions import all_answered, answered, chose, strength
from grader.checks.steps import follows, fstring, is_float, loops, printed, step, value

__all__ = [
    "alike",
    "all_answered",
    "answered",
    "call",
    "case",
    "chose",
    "entry",
    "expect",
    "follows",
    "fstring",
    "function",
    "holds",
    "is_float",
    "loops",
    "note",
    "printed",
    "shared",
    "spoil",
    "step",
    "strength",
    "uses",
    "value",
    "verdict",
    "worth",
]
