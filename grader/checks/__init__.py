"""THE VOCABULARY OF CHECK CELLS, and the wording of every message.

    vocabulary   the words themselves: step, value, loops, is_float, follows, printed, fstring, answered, chose, note, verdict
    verdict      what the results of one cell add up to, and how it is shown
    rerun        runs a step's own source again on other inputs, watching its loops
    source       what the source text says
    values, counting, printing, quiz      the judges: facts in, (share, sentence) out
    stops, slips                          the sentences for code that stops, and for counting loops that go wrong

Judges know no files, no processes and no database. Nothing in here holds an answer: what is right stands in the check cells.
"""

from grader.checks.vocabulary import answered, chose, follows, fstring, is_float, loops, note, printed, step, value, verdict

__all__ = ["answered", "chose", "follows", "fstring", "is_float", "loops", "note", "printed", "step", "value", "verdict"]
