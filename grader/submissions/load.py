"""
A submitted notebook as it is to be graded, or what stands in for it.

This is where everything that can be wrong with a file ends: what comes out is always a valid
notebook with every cell of the key, and its metadata tells what had to be put right.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from grader.course.languages import other_language
from grader.errors import NotANotebook
from grader.submissions.key import Key
from grader.submissions.restore import restore, stand_in


def load_submission(
    read: Callable[[], dict[str, Any]], key: Key, notes: Iterable[str], log: logging.Logger
) -> dict[str, Any]:
    """
    Return the notebook that `read` gives, restored from its key; a stand-in where it cannot be
    read. `notes` are what was put right about the file itself.
    """
    notes = list(notes)
    try:
        nb = read()
        _refuse_other_language(nb, key)
        restored = restore(nb, key)
    except NotANotebook as error:
        log.warning("%s could not be read: %s", key.notebook, error)
        return stand_in(key, str(error), notes)
    except Exception as error:  # our mistake: it must cost neither this learner nor the class
        log.exception("The grader itself stopped at %s", key.notebook)
        why = f"the grader itself stopped at it with {type(error).__name__}"
        return stand_in(key, why, notes)
    found = {
        "notes": [*notes, *restored.notes],
        "damaged": sorted(restored.damaged),
        "below": restored.below,
    }
    about = {name: value for name, value in found.items() if value}
    if about:
        restored.notebook["metadata"]["grader"] = about
    return restored.notebook


def _refuse_other_language(nb: dict[str, Any], key: Key) -> None:
    """Raise NotANotebook for one that may not be Python; a kernel that the key names decides."""
    if not key.kernelspec and (other := other_language(nb["metadata"])):
        raise NotANotebook(f"it is for {other}, and source/ names no kernel for it")
