"""
THE VOCABULARY OF CHECK CELLS, and the wording of every message.

    steps, functions, bank, questions
                         the words themselves: step, value, loops, follows, expect, holds, chose, …
    words                where they register, for notebooks to import them from here
    cell                 the check cell now running: its facts, its results, its verdict
    verdict              what the results of one cell add up to, and how it is shown
    step, rerun, watch, quiet
                         run a step's own source again on other inputs, watching its loops
    source, facts        what the source text says, and what judges and sentences look at
    values, numbers, dictionaries, counting, printing, quiz
                         the judges: facts in, `Outcome` (share, sentence) out
    called, task, calling
                         a function's calls as plain data, what is asked of it, what it adds up to
    bank, difference     examples drawn at release, and the place where one goes wrong
    standing, replay     what a verdict rests on, and the loop that led to it
    sentences/           what is wrong, why, and one thing to do next

Judges know no files, no processes and no database. Nothing in here holds an answer: what is right
stands in the check cells.
"""

from grader.checks import (  # noqa: F401 - they register their words
    bank,
    cell,
    functions,
    questions,
    steps,
)
from grader.checks.words import WORDS

__all__ = sorted(WORDS)

# Not a module's `__getattr__`: two of our own modules have the name of a word.
globals().update({name: word.function for name, word in WORDS.items()})
