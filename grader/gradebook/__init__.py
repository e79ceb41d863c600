"""
THE GRADEBOOK: the one package that opens nbgrader's database.

    opening      nbgrader's own Gradebook, opened once: read as one state, written in one go
    address      where it lies, and what can go wrong with it, in one line
    key          whether the key of an assignment is there and as in source/
    schema       what the key makes of every submission: its notebooks and cells, by their row ids
    seed         the secret from which hidden tests draw their data
    rows         the rows as nbgrader writes them, as statements for many at once
    lateness     how late a submission is, and what the configured plugin takes off
    penalties    what recorded notebooks lose, when policy, due date or points have changed
    writer       what grading found, into the rows of a whole batch, by way of `upserts`
    marks        what the rows hold, as plain data
    outcome      marks with what the graded notebooks tell about them

SQLite and PostgreSQL; both may be open in a formgrader at the same time.
"""

from grader.gradebook.key import (
    fingerprint,
    has_key,
    key_rows,
    knows,
    set_duedate,
)
from grader.gradebook.marks import marked_by_hand, marks, people, recorded
from grader.gradebook.opening import OpenGradebook, Place, opened, use
from grader.gradebook.outcome import results, results_in, without_page
from grader.gradebook.penalties import settle
from grader.gradebook.seed import seed
from grader.gradebook.writer import GradebookWriter, check_names, enrol, unfit, writing

__all__ = [
    "GradebookWriter",
    "OpenGradebook",
    "Place",
    "check_names",
    "enrol",
    "fingerprint",
    "has_key",
    "key_rows",
    "knows",
    "marked_by_hand",
    "marks",
    "opened",
    "people",
    "recorded",
    "results",
    "results_in",
    "seed",
    "set_duedate",
    "settle",
    "unfit",
    "use",
    "without_page",
    "writing",
]
