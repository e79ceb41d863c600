"""
THE VOCABULARY OF CHECK CELLS, and the wording of every message.

    steps, questions     the words themselves: step, value, loops, follows, printed, chose, …
    cell                 the check cell now running: its facts, its results, its verdict
    verdict              what the results of one cell add up to, and how it is shown
    step, rerun, watch, quiet
                         run a step's own source again on other inputs, watching its loops
    source, facts        what the source text says, and what judges and sentences look at
    values, numbers, dictionaries, counting, printing, quiz
                         the judges: facts in, `Outcome` (share, sentence) out
    sentences/           what is wrong, why, and one thing to do next

Judges know no files, no processes and no database. Nothing in here holds an answer: what is right
stands in the check cells.
"""

from grader.checks.cell import note, verdict
from grader.checks.questions import answered, chose
from grader.checks.steps import follows, fstring, is_float, loops, printed, step, value

__all__ = [
    "answered",
    "chose",
    "follows",
    "fstring",
    "is_float",
    "loops",
    "note",
    "printed",
    "step",
    "value",
    "verdict",
]
