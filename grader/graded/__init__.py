"""
What grading writes into a notebook besides outputs: results as data, in its metadata.

    metadata.grader = {
        "version": 1,
        "results": {
            grade_id: {
                "outcome": "passed" | "missed" | "noted" | "not checked" | "could not be graded",
                "message": str,  # for people; no program reads it
                "rule": str,     # what was missed first, such as "follows total"; "no answer" where
                                 # nothing was written or chosen; may be absent
                "choice": str,   # in a question: the letter chosen, "" for none; else absent
                "right": str,    # in a question: the letter to choose; may be absent
                "reason": str,   # where a person has to look: why; else absent
            },
            …one for each check cell
        },
        "inside": [grade_id, …],  # checks that ran beside learner code; absent for none
        "walls": "none",          # learner code was not locked in; absent where it was
        "notes": [str, …],        # what was put right before grading; absent for nothing
        "problem": str,           # why the notebook could not be read; absent where it could
        …
    }

"noted" is a check that judges nothing and only tells. Points are not here: the gradebook has them,
with what a person gave. A later version may add fields; one that changes the sense of a field has
another number.

    result   the result of one check, and how it is written
    reading  what a graded notebook says about its grading
    foreign  the results of notebooks that hold none: from stock nbgrader, or from before version 1
"""

from grader.graded.reading import Grading, read, read_file
from grader.graded.result import (
    MISSED,
    NO_ANSWER,
    NOT_CHECKED,
    NOT_GRADED,
    NOTED,
    OUTCOMES,
    PASSED,
    CheckResult,
    said,
    write,
)

__all__ = [
    "MISSED",
    "NOTED",
    "NOT_CHECKED",
    "NOT_GRADED",
    "NO_ANSWER",
    "OUTCOMES",
    "PASSED",
    "CheckResult",
    "Grading",
    "read",
    "read_file",
    "said",
    "write",
]
