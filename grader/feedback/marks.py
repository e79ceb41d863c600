"""
Marks as a page tells them. What nobody has judged is never shown as 0, and what could not be
checked is told apart from what was missed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from grader.feedback.words import late, listed, points, so_many, title
from grader.results import Mark, NotebookMarks

NAMED = 3  # names in a sentence; more are counted
CLOSED = ("full", "told", "waits")  # states of parts that a learner need not look at again
TOLD = ("Strong: ", "Nearly there: ", "Not yet: ")  # how a pattern's verdict begins: see learn
UNCHECKED = "Not checked, because"  # how the grader begins where it could not look
STATES = {  # state: (sign, word, word where a person gave the points)
    "full": ("✔", "Correct", "All points"),
    "part": ("◐", "Partly", "Some points"),
    "none": ("✘", "Not yet", "No points"),
    "told": ("●", "For you", "For you"),
    "unchecked": ("⊘", "Not checked", "Not checked"),
    "waits": ("○", "Waits for your teacher", "Waits for your teacher"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The mark of one part in words: `state` is a key of `STATES`, `short` the bare numbers."""

    state: str
    sign: str
    word: str
    points: str
    short: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """The points of some marks: `score` is None while nothing of them is decided."""

    score: float | None
    most: float
    waiting: bool = False

    @property
    def words(self) -> str:
        """The points in words."""
        if self.score is None:
            return "not marked yet" if self.waiting else "nothing to mark"
        text = f"{points(self.score)} of {so_many(self.most, 'point')}"
        return f"{text} so far" if self.waiting else text

    @property
    def short(self) -> str:
        """The points alone, "–" while nothing is decided."""
        return "–" if self.score is None else points(self.score)

    @property
    def out_of(self) -> str:
        """The points there are."""
        return points(self.most)

    @property
    def share(self) -> float:
        """The points as a number from 0 to 100."""
        if not self.score or self.most <= 0:
            return 0.0
        return round(min(100.0, 100 * self.score / self.most), 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A notebook in the list of the learner's notebooks; `link` is empty where there is no page."""

    title: str
    words: str
    link: str
    here: bool


def verdict(mark: Mark | None, message: str) -> Verdict:
    """Return the mark of a part; `message` is what its check said."""
    if mark is None or mark.score is None:
        most, short = "", ""
        if mark is not None:
            most, short = (
                f"{so_many(mark.max_score, 'point')} open",
                f"{points(mark.max_score)} open",
            )
        return Verdict("waits", *STATES["waits"][:2], most, short)
    by_hand = mark.manual_score is not None
    state = _state(mark, message)
    sign, word, given = STATES[state]
    if state == "told":
        return Verdict(state, sign, word, "no points of its own", "–")
    extra = mark.extra_credit or 0.0
    more = f" + {points(extra)}" if extra else ""
    score = points(mark.score - extra)
    text = f"{score} of {so_many(mark.max_score, 'point')}{more}{' extra' if extra else ''}"
    short = f"{score} of {points(mark.max_score)}{more}"
    remarks = ["A person gave these points."] if by_hand else []
    if mark.needs_manual_grade:
        remarks.append("A person will look at it once more.")
    return Verdict(state, sign, given if by_hand else word, text, short, " ".join(remarks))


def total(notebooks: Iterable[NotebookMarks]) -> Total:
    """Return the points of some notebooks, with what was taken off for coming late."""
    notebooks = list(notebooks)
    scores = [mark.score for notebook in notebooks for mark in notebook.marks]
    given = [score for score in scores if score is not None]
    most = sum(notebook.max_score for notebook in notebooks)
    waiting = len(given) < len(scores)
    if not given:
        return Total(None, most, waiting)
    return Total(sum(given) - sum(notebook.penalty for notebook in notebooks), most, waiting)


def entries(marks: Sequence[NotebookMarks], pages: Sequence[str], here: str) -> list[Entry]:
    """Return the list of a learner's notebooks; `pages` are those with a page."""
    found = []
    for own in marks:
        there = own.notebook in pages
        words = total([own]).words
        link = f"{quote(own.notebook)}.html" if there and own.notebook != here else ""
        words = words if there else f"not handed in, {words}"
        found.append(Entry(title(own.notebook), words, link, own.notebook == here))
    return found


def lateness(marks: Sequence[NotebookMarks]) -> str:
    """Say whether a submission came late and what that cost in all of its notebooks."""
    return late(max((m.late for m in marks), default=0.0), sum(m.penalty for m in marks))


def summary(verdicts: Sequence[tuple[str, Verdict]], noun: str) -> str:
    """Say how a notebook went; `verdicts` come with the names of their parts."""
    verdicts = [(name, judged) for name, judged in verdicts if judged.state != "told"]
    by_state: dict[str, list[str]] = {}
    for name, judged in verdicts:
        by_state.setdefault(judged.state, []).append(name)
    full, waits = by_state.get("full", []), by_state.get("waits", [])
    if not verdicts:
        return "Nothing in this notebook is marked."
    if len(waits) == len(verdicts):
        return "A person will mark this notebook. Until then nothing in it counts as 0."
    if len(full) == len(verdicts):
        all_of_it = f"All {len(full)} {noun}s are" if len(full) > 1 else f"Your {noun} is"
        return f"{all_of_it} correct. Well done!"
    told = f"No {noun} is complete yet."
    if full:
        told = (
            f"{len(full)} of {len(verdicts)} {noun}s {'is' if len(full) == 1 else 'are'} correct."
        )
    if unchecked := by_state.get("unchecked"):
        told += f" {_named(unchecked, noun)} could not be checked."
    if waits:
        told += f" A person will mark {_named(waits, noun)}."
    return told


def following(verdicts: Sequence[Verdict]) -> int | None:
    """Return the number of the part to look at next, None where all is well or nothing known."""
    open_ones = (n for n, judged in enumerate(verdicts) if judged.state not in CLOSED)
    return next(open_ones, None)


def _named(names: Sequence[str], noun: str) -> str:
    """Return the names of some parts, or how many they are."""
    return listed(names) if len(names) <= NAMED else f"{len(names)} {noun}s"


def _state(mark: Mark, message: str) -> str:
    """Return how a decided mark is told."""
    if message.startswith(UNCHECKED) and mark.manual_score is None:
        return "unchecked"
    if mark.max_score <= 0:
        if message.startswith(TOLD):
            return "told"
        return "full" if not message or message.startswith("Correct") else "none"
    if mark.score >= mark.max_score:
        return "full"
    return "part" if mark.score > 0 else "none"
