"""
How far a learner is in a mini project: its steps, each with what its last check said. It follows
the runs of the kernel; a step that was edited since its check says so. Other assignments have tasks
in place of steps.
"""

from typing import Any

from grader.widgets.base import Widget, escape
from grader.widgets.kernel import hooks, session
from grader.widgets.kernel.session import DONE

STATES = {  # state: (sign, words)
    "waiting": ("○", "not started"),
    "missed": ("✘", "not yet"),
    "passed": ("✔", "correct"),
    "noted": ("●", "noted"),
    "changed": ("✎", "changed since it was checked: run it again"),
}


class Progress(Widget):
    """The bar of the steps whose answer cells have these names: `Progress("step_1", "step_2")`."""

    assets = ("tiles", "progress")
    name = "progress"
    follows_runs = True

    def __init__(self, *steps: str) -> None:
        self.steps = steps
        hooks.follow(self, steps)

    def props(self) -> dict[str, Any]:
        """
        Return the steps, each with its state and the cells that its last check judged, and the last
        verdict to be spoken, with its number.
        """
        steps = [self._step(step) for step in self.steps]
        told = session.current().told
        return {"steps": steps, "states": STATES, "unit": self.unit, "told": list(told)}

    def answer(self, message: dict[str, Any]) -> None:
        """
        Take over what the page still shows of an earlier kernel: a message {"before": {step:
        [state, text]}}.
        """
        before = message.get("before")
        for step, (state, text) in before.items() if isinstance(before, dict) else ():
            if step in self.steps and state in DONE and step not in session.verdicts:
                session.verdicts[step] = state, (text,)
                session.current().done.add(step)
        self.refresh()

    def static_html(self) -> str:
        """Return the count and a list of the steps."""
        lines = "".join(f"<li>{escape(text)}</li>" for text in self._lines())
        return f"<p><strong>{self._count()}</strong></p><ul>{lines}</ul>"

    def plain_text(self) -> str:
        """Return the count and each step's state."""
        return " ".join(f"{text}." for text in (self._count(), *self._lines()))

    def _step(self, step: str) -> dict[str, Any]:
        state, judged = session.verdicts.get(step, ("waiting", ()))
        latest = session.current().latest(step)
        if state in (*DONE, "missed") and latest is not None and latest not in judged:
            state = "changed"  # it ran again, and no check followed
        return {"id": step, "title": session.title(step), "state": state, "judged": list(judged)}

    def _count(self) -> str:
        done = sum(self._step(step)["state"] in DONE for step in self.steps)
        return f"Progress {done} / {len(self.steps)} {self.unit}"

    @property
    def unit(self) -> str:
        """What the steps are called: "steps" or "tasks"."""
        return "steps" if self.steps[0].startswith("step_") else "tasks"

    def _lines(self) -> list[str]:
        return [_line(self._step(step)) for step in self.steps]


def _line(step: dict[str, Any]) -> str:
    sign, words = STATES[step["state"]]
    return f"{sign} {step['title']}: {words}"
