"""
How strong a learner is in a pattern: which of its questions have an answer, and what the right ones
add up to. What is right, and where to read again, comes from the author of the questions: from a
check cell after grading, and in a practice edition from what the notebook brings along.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from grader.widgets import notebook
from grader.widgets.base import Widget, escape
from grader.widgets.kernel import hooks, session

HARD = "hard"
TITLE = "How strong is this pattern?"
# The states of a question: (sign, words). In a practice edition checking is giving.
STATES = {"given": ("●", "given"), "chosen": ("◐", "chosen, not given"), "open": ("○", "open")}
CHECKED = STATES | {
    "given": ("●", "checked"),
    "chosen": ("◐", "chosen, not checked"),
    "right": ("✔", "right"),
    "wrong": ("✘", "not right"),
}
LATER = (
    "Submit the notebook: the verdict comes with your feedback. An answer that you chose but did"
    " not give counts too."
)
SOON = "The verdict stands here as soon as every answer is checked."
SIGNS = {"Strong": "✔", "Nearly there": "◐", "Not yet": "✘"}
NOTHING_MISSED = "Nothing was missed: there is nothing to read again."
READ = "Read again, most points first:"


@dataclass(frozen=True, slots=True)
class Strengths:
    """What answers add up to, in one sentence, and (concept, where to read) for what was missed."""

    state: str
    sentence: str
    read: tuple[tuple[str, str], ...]

    def as_markdown(self) -> str:
        """What to read again, as a note."""
        lines = [f"- **{place}**: {concept}" for concept, place in self.read]
        return "\n".join([READ, "", *lines] if lines else [NOTHING_MISSED])


@dataclass(frozen=True, slots=True)
class Scale:
    """
    What the answers to a pattern's questions are measured by.

    `questions` holds (letter, points, level, names of its concepts) by question, `concepts` (words,
    where to read) by name. A pattern is strong from `strong` points with at least `hard` of its
    hard questions right, and nearly there from `nearly` points.
    """

    questions: Mapping[str, tuple[str, float, str, list[str]]]
    concepts: Mapping[str, tuple[str, str]]
    strong: float
    hard: int
    nearly: float

    def judge(self, answers: Mapping[str, str]) -> Strengths:
        """Return what these answers add up to; a question without one is missed."""
        right = {
            key
            for key, (letter, *_) in self.questions.items()
            if session.letter(answers.get(key, "")) == letter
        }
        points = {key: points for key, (_, points, *_) in self.questions.items()}
        hard = [key for key, (_, _, level, _) in self.questions.items() if level == HARD]
        score, solved = sum(points[key] for key in right), len(right.intersection(hard))
        is_strong = score >= self.strong and solved >= self.hard
        state = "Strong" if is_strong else "Nearly there" if score >= self.nearly else "Not yet"
        sentence = (
            f"{state}: {score:g} of {sum(points.values()):g} points,"
            f" {solved} of {len(hard)} hard questions right."
        )
        return Strengths(state, sentence, self._read(set(self.questions) - right))

    def _read(self, missed: set[str]) -> tuple[tuple[str, str], ...]:
        """Return the concepts of missed questions, those that cost most points first."""
        lost: Counter[str] = Counter()
        for key, (_, points, _, concepts) in self.questions.items():
            lost.update(dict.fromkeys(concepts if key in missed else (), points))
        return tuple(
            tuple(self.concepts[name]) for name in sorted(lost, key=lambda n: (-lost[n], n))
        )


class Strength(Widget):
    """
    How far the questions of these names are answered: `Strength("pattern", "pt01", "pt02")`.

    Where the notebook is a practice edition, it brings along the scale called `name`, and the
    verdict stands here when every answer is checked.
    """

    assets = ("saves", "answers", "tiles", "strength")

    def __init__(self, name: str, *questions: str) -> None:
        self.name, self.questions = name, questions
        self._answers: dict[str, str] | None = None
        hooks.follow(self, ())

    def set_answers(self, answers: dict[str, str]) -> None:
        """Take the answers from here; what was only chosen counts as given."""
        self._answers = session.letters(answers)

    def props(self) -> dict[str, Any]:
        """Return the questions with their states, and in a practice edition the verdict."""
        scale = self._scale()
        states = self._states(scale)
        return {
            "title": TITLE,
            "questions": [
                {"key": key, "title": session.question_title(key), "state": state}
                for key, state in states.items()
            ],
            "states": CHECKED if scale else STATES,
            "later": SOON if scale else LATER,
            "verdict": self._verdict(scale, states),
        }

    def static_html(self) -> str:
        """Return the list of the questions, and below it the verdict or when it comes."""
        props = self.props()
        lines = "".join(f"<li>{escape(line)}</li>" for line in _lines(props))
        return f"<p><strong>{TITLE}</strong></p><p>{_count(props)}</p><ul>{lines}</ul>{_end(props)}"

    def plain_text(self) -> str:
        """Return the count of answers, or the verdict, in one line."""
        props = self.props()
        told = props["verdict"]["sentence"] if props["verdict"] else f"{_count(props)}."
        return f"{TITLE} {told}"

    def _states(self, scale: Scale | None) -> dict[str, str]:
        """
        Return "given", "chosen" or "open" for each question; with a scale "right" or "wrong" for
        one that is given.
        """
        chosen = self._known(session.known_answers)
        # In a notebook that was handed in a choice counts as given.
        given = chosen if self._answers is not None else self._known(session.given_answers)
        found = {
            key: "given" if key in given else "chosen" if key in chosen else "open"
            for key in self.questions
        }
        for key in given if scale is not None else ():
            if key in scale.questions:
                found[key] = "right" if given[key] == scale.questions[key][0] else "wrong"
        return found

    def _known(self, ask: Callable[[str], dict[str, str]]) -> dict[str, str]:
        """Return the answers to these questions, as letters."""
        found = ask(self.questions[0]) if self._answers is None else self._answers
        letters = {key: session.letter(found.get(key, "")) for key in self.questions}
        return {key: letter for key, letter in letters.items() if len(letter) == 1}

    def _scale(self) -> Scale | None:
        """Return the scale that a practice edition brings along, None elsewhere."""
        if self._answers is not None:
            return None
        found = notebook.kept(self.questions[0], "practice").get(self.name)
        if not isinstance(found, dict) or set(found) != set(Scale.__slots__):
            return None
        questions = found["questions"]
        whole = isinstance(questions, dict) and all(
            isinstance(one, list) and len(one) == 4 for one in questions.values()
        )
        return Scale(**found) if whole else None

    def _verdict(self, scale: Scale | None, states: dict[str, str]) -> dict[str, Any] | None:
        if scale is None or {"open", "chosen"} & set(states.values()):
            return None
        found = scale.judge(self._known(session.given_answers))
        return {
            "sign": SIGNS[found.state],
            "sentence": found.sentence,
            "lead": READ if found.read else NOTHING_MISSED,
            "read": [list(one) for one in found.read],
        }


def _count(props: dict[str, Any]) -> str:
    done = sum(one["state"] not in ("open", "chosen") for one in props["questions"])
    return f"{done} of {len(props['questions'])} answers {props['states']['given'][1]}"


def _lines(props: dict[str, Any]) -> list[str]:
    """Return a line for each question: its sign, its name, its state in words."""
    states = props["states"]
    return [
        f"{states[one['state']][0]} {one['title']}: {states[one['state']][1]}"
        for one in props["questions"]
    ]


def _end(props: dict[str, Any]) -> str:
    """Return the verdict as HTML, or when it comes."""
    verdict = props["verdict"]
    if not verdict:
        return f"<p>{escape(props['later'])}</p>"
    read = "".join(
        f"<li><strong>{escape(place)}</strong>: {escape(concept)}</li>"
        for concept, place in verdict["read"]
    )
    head = f"<p><strong>{verdict['sign']} {escape(verdict['sentence'])}</strong></p>"
    return f"{head}<p>{verdict['lead']}</p>" + (f"<ul>{read}</ul>" if read else "")
