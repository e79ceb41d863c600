"""The loop of a learner's function, turn by turn, on the example that went wrong."""

import contextlib
import html

from IPython import get_ipython

from grader.checks.called import ENDLESS
from grader.checks.difference import ERROR, VALUE, Difference
from grader.checks.task import Calls
from grader.checks.verdict import code_font
from grader.widgets.kernel.recorder import CallRecorder
from grader.widgets.loop import find_in
from grader.widgets.trace import note, turns


def replay(cells: tuple[str, ...], example: Difference | None, calls: Calls) -> str:
    """
    Call a function once more as in an example, and return its loop as HTML that is closed at first;
    "" where it has none, or was not written in these cells.
    """
    if example is None or example.kind not in (VALUE, ERROR) or example.came == ENDLESS:
        return ""
    source = next((text for text in cells[::-1] if find_in(text, example.function)), "")
    function = get_ipython().user_ns.get(example.function) if source else None
    code = getattr(function, "__code__", None)
    plan = find_in(source, example.function)
    if code is None or plan is None:
        return ""
    # What is shown is an extra: whatever goes wrong with it must not cost the verdict.
    with contextlib.suppress(Exception):
        with CallRecorder(source, plan, code) as found:
            calls([[{"call": example.function, "args": list(example.args)}]], ())
        if shown := turns(found):
            lines = source.splitlines()[plan.first - 1 : plan.last]
            text = html.escape(_numbered(lines, plan.first))
            return (
                '<details class="grader-replay" style="margin-top:.35em"><summary '
                'style="cursor:pointer">Watch your loop on this example</summary>'
                f'<pre style="overflow:auto;margin:.35em 0">{text}</pre>'
                f"<p>{code_font(note(found))}</p>{shown}</details>"
            )
    return ""


def _numbered(lines: list[str], first: int) -> str:
    return "\n".join(f"{number:3}  {line}" for number, line in enumerate(lines, first))
