"""
What the checks of one cell add up to: the marks, one sentence, and how both are shown.

The learner sees one problem at a time, the earliest that blocks the rest. nbgrader reads the marks
as partial credit from a bare number; the hidden checks alone carry points.
"""

import html
from dataclasses import dataclass, field

from grader.checks.difference import Difference
from grader.widgets.base import Widget, escape
from grader.widgets.guesses import Guess

ALSO = " Also: "  # between what a learner is told first, and what else was missed
LATER = "Whether that is right, grading tells."
MORE = "Right in {calls}, and that is all that is tried here. Grading tries other data too."


class Missed(AssertionError):
    """
    Tells `nbgrader validate` that a check was missed; shown as its sentence alone, without a
    traceback.
    """

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Slip(Exception):
    """Says what the author of a check got wrong: nobody gets a mark from that check."""


@dataclass(frozen=True, slots=True)
class Result:
    """
    One check: the share of its points that was earned, the sentence if not all, and how early
    its cause comes.

    `rank`: 0 the step stops, 1 a name is missing, 2 a type, 3 a value, 4 the way, 5 style. `void`:
    nothing of the step counts. `detail` goes on where this is the sentence that is told first.
    `rule` names what was checked, such as "follows total": programs read that, not the sentence.
    """

    share: float
    sentence: str
    points: float = 0.0
    rank: float = 3
    void: bool = False
    detail: str = ""
    rule: str = ""
    example: Difference | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """
    What a check cell came to, as data for the judge. `counts` is False for one that judges nothing
    and only tells; `rule` is that of the first missed check, "" where none was; `choice` the letter
    chosen in a question, "" for none, and `right` the one to choose, None where the cell asks no
    question. `started` is False where there is no answer at all.
    """

    passed: bool
    counts: bool = True
    rule: str = ""
    choice: str | None = None
    right: str | None = None
    started: bool = True


@dataclass(slots=True)
class Report:
    """
    The results of one check cell; `title` names its step or question.

    `of` is how many there are and `unit` what one is called, `answer_id` is the answer cell of this
    one. `praise` is said where nothing is wrong, `notes` are shown after grading. With `several`
    all that was missed is told, and not the first alone. `told` is said in place of all this by a
    hidden check that judges nothing. `choice` is the letter that a question was answered with, and
    `right` the one to choose.
    `noted` says that the form of an answer was looked at, and that whether it is right is judged
    later. `partial` says where nothing was missed what that rests on ("3 calls"), if more will be
    tried in grading: that is noted too. `tried` is a remark on how much is right. On a `page` the
    example of a missed check is shown, and not told; `guesses` are calls of a right function to
    guess about.
    """

    title: str = ""
    of: int = 0
    question: bool = False
    praise: str = ""
    started: bool = True
    answer_id: str = ""
    unit: str = "step"
    several: bool = False
    told: str = ""
    choice: str | None = None
    right: str | None = None
    noted: bool = False
    partial: str = ""
    tried: str = ""
    page: bool = False
    guesses: tuple[Guess, ...] = ()
    results: list[Result] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def score(self) -> float:
        """The points earned, out of `max_score`; 0 where a check voids the step."""
        if any(result.void for result in self.results):
            return 0.0
        return round(sum(result.points * min(1.0, result.share) for result in self.results), 2)

    @property
    def max_score(self) -> float:
        """The points that all its checks carry together."""
        return round(sum(result.points for result in self.results), 2)

    @property
    def graded(self) -> bool:
        """True where a check carries points or tells something, as only the hidden ones do."""
        return bool(self.told) or any(result.points for result in self.results)

    @property
    def passed(self) -> bool:
        """True where every check is right."""
        return (
            self.started
            and bool(self.results)
            and all(not result.sentence for result in self.results)
        )

    @property
    def state(self) -> str:
        """One of the keys of `STATES`; what is judged later is only noted."""
        if not self.started:
            return "waiting"
        if not self.passed:
            return "missed"
        return "noted" if self.question or self.noted or self.partial else "passed"

    @property
    def missed(self) -> list[Result]:
        """The missed checks as they are told: the earliest first, and only those with points."""
        missed = [result for result in self.results if result.sentence]
        graded = [result for result in missed if result.points] or missed
        return sorted(graded, key=lambda result: (not result.void, result.rank))

    @property
    def judged(self) -> Judged:
        """The verdict as data."""
        rule = next((result.rule for result in self.missed), "")
        return Judged(self.passed, not self.told, rule, self.choice, self.right, self.started)

    @property
    def example(self) -> Difference | None:
        """Where the first missed check went wrong, to be shown on a page."""
        return self.missed[0].example if self.missed and not self.told else None

    def sentence(self, praise: str) -> str:
        """The one sentence for the learner: that of the first missed check."""
        if self.told:
            return self.told
        if not self.missed and self.noted:
            return f"{praise} {LATER}".strip()
        if not self.missed and self.partial:
            return MORE.format(calls=self.partial)
        if not self.missed:
            return f"Correct: {praise}" if praise else "Correct."
        first, *rest = self.missed
        detail = "" if self.page and first.example is not None else first.detail
        told = f"{first.sentence} {detail}".strip()
        others = dict.fromkeys(result.sentence for result in rest if self.several)
        return ALSO.join([told, " ".join(others)]) if others else told


STATES = {  # state: (sign, word, border)
    "passed": ("✔", "Correct", "#1a7f37"),
    "missed": ("✘", "Not yet", "#b35900"),
    "waiting": ("○", "Not started", "#6e7781"),
    "noted": ("●", "Noted", "#1f6feb"),
}


@dataclass(frozen=True, slots=True)
class VerdictPage:
    """
    A verdict as a notebook shows it, in text and in HTML that reads on light and dark pages; the
    parts `below` it are shown after it. `aloud` is False where another part of the page speaks it.
    """

    state: str
    title: str
    sentence: str
    progress: str = ""
    example: Difference | None = None
    solution: str = ""
    rules: tuple[str, ...] = ()
    below: tuple[Widget, ...] = ()
    aloud: bool = True

    @property
    def passed(self) -> bool:
        """True where the learner is told that all is right."""
        return self.state == "passed"

    @property
    def spoken(self) -> str:
        """The verdict for those who listen."""
        _, word, _ = STATES[self.state]
        lead = f"{self.title}: {word}." if self.title else f"{word}."
        sentence = self.sentence.removeprefix("Correct: ").replace("`", "")
        return " ".join(part for part in (lead, sentence, self.progress) if part)

    def __repr__(self) -> str:
        sign, word, _ = STATES[self.state]
        sentence = self.sentence.removeprefix("Correct: ")
        parts = [
            f"{sign} {self.title}: {word}." if self.title else f"{sign} {word}.",
            sentence,
            self.example.as_text() if self.example else "",
            self.progress,
        ]
        return " ".join(part for part in parts if part)

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._html()}

    def _html(self) -> str:
        sign, word, colour = STATES[self.state]
        title = html.escape(f"{self.title}: {word}" if self.title else word)
        sentence = escape(self.sentence.removeprefix("Correct: "))
        example = self.example.as_html() if self.example else ""
        progress = (
            f'<div style="opacity:.75;margin-top:.25em">{html.escape(self.progress)}</div>'
            if self.progress
            else ""
        )
        example += _solution(self.solution, self.rules) if self.solution else ""
        role = ' role="status"' if self.aloud else ""
        return (
            f'<div class="grader-verdict"{role} style="border-left:4px solid {colour};'
            "padding:.5em .9em;margin:.3em 0;max-width:62rem;line-height:1.5;overflow-wrap:anywhere"
            f'"><strong>{sign} {title}</strong><div>{sentence}</div>{example}{progress}</div>'
        )


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """The line of a check cell whose verdict stands below the answer."""

    state: str
    title: str

    def __repr__(self) -> str:
        sign, word, _ = STATES[self.state]
        return f"{sign} {self.title}: {word}. The sentence stands below your own cell."

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, str]:
        line = html.escape(repr(self))
        style = "padding:.1em .9em;line-height:1.5"
        page = f'<div class="grader-verdict grader-line" style="{style}">{line}</div>'
        return {"text/plain": repr(self), "text/html": page}


def _solution(code: str, rules: tuple[str, ...]) -> str:
    """Return a solution that is closed at first, with the rules to look for in it."""
    notice = ""
    if rules:
        items = "".join(f"<li>{escape(one)}</li>" for one in rules)
        notice = f"<p>Find the line in it for each of these:</p><ul>{items}</ul>"
    shown = f'<pre style="overflow:auto;margin:.35em 0 0">{html.escape(code)}</pre>{notice}'
    return (
        '<details class="grader-solution" style="margin-top:.35em">'
        f'<summary style="cursor:pointer">Show one solution</summary>{shown}</details>'
    )
