"""The share of right predictions, in place of `grader.checks.sentences.numbers`."""

from grader.rai.sentences.causes import wrong_number
from grader.rai.sentences.slips import absent, typed, wrong_type

DO = "count the matches"

__all__ = ["DO", "absent", "typed", "wrong_number", "wrong_type"]
