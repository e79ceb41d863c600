"""
What a learner's notebook imports; holds no answer and imports nothing else of grader.

The interactive parts are `from grader.learn import Question` and so on.
"""

from importlib import import_module

PARTS = {
    "BiasKnob": "knob",
    "GroupRates": "rates",
    "KeyMoments": "moments",
    "LoopTrace": "trace",
    "ProcessFlow": "flow",
    "Progress": "progress",
    "Question": "question",
    "Snapshot": "snapshot",
    "Strength": "strength",
    "Transcript": "transcript",
    "WeekByWeek": "weeks",
}


def __getattr__(name: str) -> object:
    """Import a part where it is asked for: a check cell needs none of them."""
    if name not in PARTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"grader.learn.{PARTS[name]}"), name)
