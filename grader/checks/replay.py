"""The loop of a learner's function, recorded on the example that went wrong."""

import contextlib

from IPython import get_ipython

from grader.checks.called import ENDLESS
from grader.checks.difference import ERROR, VALUE, Difference
from grader.checks.task import Calls
from grader.widgets.kernel.recorder import CallRecorder, Recording
from grader.widgets.loop import find_in


def replay(cells: tuple[str, ...], example: Difference | None, calls: Calls) -> Recording | None:
    """
    Call a function once more as in an example, and return its loop; None where it has none, took
    no turn, or was not written in these cells.
    """
    if example is None or example.kind not in (VALUE, ERROR) or example.came == ENDLESS:
        return None
    source = next((text for text in cells[::-1] if find_in(text, example.function)), "")
    function = get_ipython().user_ns.get(example.function) if source else None
    code = getattr(function, "__code__", None)
    plan = find_in(source, example.function)
    if code is None or plan is None:
        return None
    # What is shown is an extra: whatever goes wrong with it must not cost the verdict.
    with contextlib.suppress(Exception):
        with CallRecorder(source, plan, code) as found:
            calls([[{"call": example.function, "args": list(example.args)}]], ())
        return found if found.turns else None
    return None
