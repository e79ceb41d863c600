"""
Marks as a page tells them. What nobody has judged is never shown as 0, and what could not be
checked is told apart from what was missed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from grader.feedback.words import late, listed, title
from grader.graded import MISSED, NO_ANSWER, NOT_CHECKED, NOTED, CheckResult
from grader.results import MISSING, Mark, NotebookMarks, points, so_many
from grader.results import total as counted

NAMED = 3  # names in a sentence; more are counted
CLOSED = ("full", "told", "waits")  # states of parts that a learner need not look at again
STATES = {  # state: (sign, word, word where a person gave the points)
    "full": ("✔", "Correct", "All points"),
    "part": ("◐", "Partly", "Some points"),
    "none": ("✘", "Not yet", "No points"),
    "blank": ("–", "Not answered", "No points"),
    "told": ("●", "For you", "For you"),
    "unchecked": ("⊘", "Not checked", "Not checked"),
    "waits": ("○", "Waits for your teacher", "Waits for your teacher"),
}


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """
    The mark of one part in words: `state` is a key of `STATES`, `short` the bare numbers. `given`
    says that its points are a person's, and not those of a check that found it right.
    """

    state: str
    sign: str
    word: str
    points: str
    short: str = ""
    remark: str = ""
    given: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """The points of some marks: `score` is None while nothing of them is decided."""

    score: float | None
    most: float
    waiting: bool = False

    @property
    def as_text(self) -> str:
        """The points in words."""
        if self.score is None:
            return "not marked yet" if self.waiting else "nothing to mark"
        text = f"{points(self.score)} of {so_many(self.most)}"
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
class PageEntry:
    """A notebook in the list of the learner's notebooks; `link` is empty where there is no page."""

    title: str
    text: str
    link: str
    here: bool


def verdict(mark: Mark | None, result: CheckResult) -> PartVerdict:
    """Return the mark of a part; `result` has no outcome where a person reads it."""
    if mark is None or mark.score is None:
        return _waiting(mark)
    by_hand = mark.manual_score is not None
    state = _state(mark, result)
    sign, word, given = STATES[state]
    if state == "told":
        return PartVerdict(state, sign, word, "no points of its own", "–")
    extra = mark.extra_credit or 0.0
    more = f" + {points(extra)}" if extra else ""
    score = points(mark.score - extra)
    text = f"{score} of {so_many(mark.max_score)}{more}{' extra' if extra else ''}"
    short = f"{score} of {points(mark.max_score)}{more}"
    remark = "A person gave these points." if by_hand else ""
    found_right = mark.auto_score is not None and mark.auto_score >= mark.max_score
    word, theirs = given if by_hand else word, by_hand and not found_right
    return PartVerdict(state, sign, word, text, short, remark, theirs)


def _waiting(mark: Mark | None) -> PartVerdict:
    """Return the verdict of a part that a person has to decide about."""
    most, short, remark = "", "", ""
    if mark is not None:
        most = f"{so_many(mark.max_score)} open"
        short = f"{points(mark.max_score)} open"
        if mark.proposed is not None:
            remark = "You handed it in again after it was marked: a person will look once more."
    return PartVerdict("waits", *STATES["waits"][:2], most, short, remark)


def total(notebooks: Iterable[NotebookMarks]) -> Total:
    """Return the points of some notebooks, with what was taken off for coming late."""
    notebooks = list(notebooks)
    found = counted(notebooks)
    score = found.score if any(one.marks for one in notebooks) else None
    return Total(score, found.max_score, found.open > 0)


def entries(marks: Sequence[NotebookMarks], pages: Sequence[str], here: str) -> list[PageEntry]:
    """Return the list of a learner's notebooks; `pages` are those with a page."""
    found = []
    for own in marks:
        there = own.notebook in pages
        words = total([own]).as_text
        link = f"{quote(own.notebook)}.html" if there and own.notebook != here else ""
        if not there:
            most = so_many(own.max_score)
            words = f"not handed in, none of {most}" if own.status == MISSING else "not marked yet"
        found.append(PageEntry(title(own.notebook), words, link, own.notebook == here))
    return found


def lateness(marks: Sequence[NotebookMarks]) -> str:
    """Say whether a submission came late and what that cost in all of its notebooks."""
    return late(max((m.late for m in marks), default=0.0), sum(m.taken_off for m in marks))


def summary(verdicts: Sequence[tuple[str, PartVerdict]], noun: str) -> str:
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
    given = [name for name, judged in verdicts if judged.given and judged.state == "full"]
    if len(full) == len(verdicts) and not given:
        all_of_it = f"All {len(full)} {noun}s are" if len(full) > 1 else f"Your {noun} is"
        return f"{all_of_it} correct. Well done!"
    told = _so_far(len(full) - len(given), len(verdicts), noun, bool(given))
    if given:
        told += f" A person gave all points for {_named(given, noun)}."
    if blank := by_state.get("blank"):
        told += f" {_named(blank, noun)} {'has' if len(blank) == 1 else 'have'} no answer."
    if unchecked := by_state.get("unchecked"):
        told += f" {_named(unchecked, noun)} could not be checked."
    if waits:
        told += f" A person will mark {_named(waits, noun)}."
    return told.strip()


def _so_far(right: int, most: int, noun: str, given: bool) -> str:
    """Say how many parts are right; `given` says that a person gave all points for others."""
    if right:
        return f"{right} of {most} {noun}s {'is' if right == 1 else 'are'} correct."
    return "" if given else f"No {noun} is complete yet."


def following(verdicts: Sequence[PartVerdict]) -> int | None:
    """Return the number of the part to look at next, None where all is well or nothing known."""
    open_ones = (n for n, judged in enumerate(verdicts) if judged.state not in CLOSED)
    return next(open_ones, None)


def _named(names: Sequence[str], noun: str) -> str:
    """Return the names of some parts, or how many they are."""
    return listed(names) if len(names) <= NAMED else f"{len(names)} {noun}s"


def _state(mark: Mark, result: CheckResult) -> str:
    """Return how a decided mark is told."""
    outcome = result.outcome
    if outcome == NOT_CHECKED and mark.manual_score is None:
        return "unchecked"
    if mark.max_score <= 0:
        if outcome == NOTED:
            return "told"
        return "none" if outcome == MISSED else "full"
    own = mark.score - (mark.extra_credit or 0.0)  # extra points make nothing correct
    if own >= mark.max_score:
        return "full"
    if mark.score > 0:
        return "part"
    return "blank" if outcome == MISSED and result.rule == NO_ANSWER else "none"
