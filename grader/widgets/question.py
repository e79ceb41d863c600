"""
A question with four options as a card: choosing is not submitting, and a choice is kept in the
notebook. It can be changed, or, where the first answer counts, until it is given. Nothing here
knows which option is right, but in a practice edition: there the notebook brings along what may be
told after "Check answer".
"""

from collections.abc import Callable, Sequence
from typing import Any

from grader.widgets import card, notebook, offered, plugged
from grader.widgets.base import SCREEN, Widget, escape, table
from grader.widgets.kernel import hooks, session

NO_ANSWER = "Your answer: none yet."
# What the card says about where a choice is kept, and in a graded notebook after that; and of a
# kernel that was asked.
KEPT = {
    "saved": "Saved in this notebook.",
    "notebook": "Kept in this notebook; it reaches the disk with the next save (Ctrl+S).",
    "nowhere": "This program does not keep choices.",
    "dead": "The kernel stopped or was restarted. Run this cell again.",
    "slow": "No reply yet. Is the kernel busy? Else run this cell again.",
}
NEXT = {
    "saved": "Submit the notebook to have it graded.",
    "nowhere": "Write the letter into the cell `quiz_answers` too.",
}
# What is done with a choice, on the button and in a sentence.
CHECK, GIVE = "Check answer", "Give this answer"
DONE = {CHECK: "checked", GIVE: "given"}
TABLES = "grader.tables"  # the entry points of tables that courses bring along


class Question(Widget):
    """
    A card for the question `key`, such as "quiz1".

    `options` maps the letters to their texts. `code` and `figures`, a table as `interactive.table`
    takes it, stand below the stem, with `after` as the question about them and `note` as a remark.
    `beside` names tables of the course that the question is about: its entry points of the group
    `grader.tables`. With `once` the first answer counts: a choice can be changed until it is
    given. Texts set what stands between backticks in code font.
    """

    def __init__(
        self,
        key: str,
        stem: str,
        options: dict[str, str],
        *,
        code: str = "",
        after: str = "",
        note: str = "",
        level: str = "",
        points: float = 0,
        hints: Sequence[str] = (),
        figures: dict[str, Any] | None = None,
        beside: Sequence[str] = (),
        once: bool = False,
    ) -> None:
        self._tables = [_table(name) for name in beside]
        self.key = self.name = key
        self.stem, self.options = stem, options
        self.code, self.after, self.note, self.figures = code, after, note, figures
        self.level, self.points = level, points
        self.hints, self.once = list(hints), once
        self.result: dict[str, Any] | None = None
        self._answers: dict[str, str] | None = None
        self._told: dict[str, Any] | None = None

    @property
    def assets(self) -> tuple[str, ...]:
        """The files of the page: those of every card, and what this one needs besides."""
        more = {"once": self.once, "practice": bool(self._material())}
        return (
            "saves",
            "answers",
            *SCREEN,
            "option",
            "question",
            *(name for name, wanted in more.items() if wanted),
        )

    @property
    def title(self) -> str:
        """The question's name for people: `quiz1` is "Quiz 1"."""
        return session.question_title(self.key)

    @property
    def chosen(self) -> str:
        """The letter chosen so far, "" for none."""
        answers = self._answers
        return self._option(session.known_answers(self.key) if answers is None else answers)

    @property
    def given(self) -> str:
        """The letter that was given as the answer, "" while there is none."""
        known = self.once and self._answers is None
        return self._option(session.given_answers(self.key)) if known else ""

    def chose(self) -> None:
        """Bring what follows the answers up to date, where it is on show."""
        hooks.check(f"check_{self.key}")
        hooks.refresh()

    def set_answers(self, answers: dict[str, str]) -> None:
        """Take the choice from these answers."""
        self._answers = session.letters(answers)

    def set_material(self, material: dict[str, Any]) -> None:
        """Take what may be told about the options from this material, by question."""
        self._told = material.get(self.key, {})

    def props(self) -> dict[str, Any]:
        """Return the card: its page, what it says, and the result of the last check in practice."""
        material, given = self._material(), self.given
        if material and given and self.result is None:
            self.result = _judged(given, material, 1)
        act = CHECK if material else GIVE if self.once else ""
        return {
            "key": self.key,
            "title": self.title,
            "page": card.page(self, self._about(), act, self._once(act)),
            "options": self.options,
            "says": self._says(act),
            "practice": bool(material),
            "given": given,
            "result": self.result,
            "told": self._told_in_room(),
        }

    def static_html(self) -> str:
        """
        Return the question with its options, tables and hints, and in a practice edition with its
        solution, closed; the choice stands below it.
        """
        material = self._material()
        why = {n: session.reason(text) for n, text in material.get("feedback", {}).items()}
        options = "".join(f"<li>{n}. {escape(text)}</li>" for n, text in self.options.items())
        return "".join(
            [
                f"<p>{escape(' · '.join([self.title, *self._about()]))}</p>",
                f"<p><strong>{escape(self.stem)}</strong></p>",
                f"<pre>{escape(self.code)}</pre>" if self.code else "",
                table(**self.figures) if self.figures else "",
                f"<p>{escape(self.note)}</p>" if self.note else "",
                f"<p><strong>{escape(self.after)}</strong></p>" if self.after else "",
                f"<ul>{options}</ul>",
                *(table(**shown) for shown in self.tables()),
                card.hints(self.hints),
                card.answered(self.options, why, material) if material else "",
            ]
        )

    def plain_text(self) -> str:
        """Return the question in one line."""
        return f"{self.title}: {self.after or self.stem}"

    def pages(self) -> list[dict[str, Any]]:
        """
        Return the question, and below it the choice in an output of its own: the page writes it
        anew after each choice, also where no kernel runs.
        """
        letter, given = self.chosen, self.given
        name = "Answer given" if given else "Your answer"
        line = f"{name}: {letter}. {self.options[letter]}" if letter else NO_ANSWER
        shown = f'<p id="answer-{self.key}" class="grader-answer">{escape(line)}</p>'
        return [*super().pages(), {"text/plain": line, "text/html": shown}]

    def tables(self) -> list[dict[str, Any]]:
        """The tables beside the question, as `interactive.table` takes them."""
        return [made() for made in self._tables]

    def answer(self, message: dict[str, Any]) -> None:
        """
        Note an answer that is given, and judge a letter where the notebook is a practice edition;
        where the first answer counts, one that is checked is given.
        """
        letter = message.get("give") if self.once else None
        letter = letter or message.get("check")
        if not (isinstance(letter, str) and letter in self.options):
            return
        material = self._material()
        if self.once and (material or "give" in message) and not self.given:
            session.given[self.key] = letter
            self.chose()
        if material:
            # The number makes a second check of the same letter news for the page.
            number = self.result["number"] + 1 if self.result else 1
            self.result = _judged(self.given or letter, material, number)
        self.refresh()

    def _told_in_room(self) -> dict[str, Any] | None:
        """In a teacher's edition: the right letter and all reasons, which a full screen reveals."""
        material = self._material()
        if not (material and notebook.is_teachers(self.key)):
            return None
        reasons = {n: session.reason(text) for n, text in material.get("feedback", {}).items()}
        return {"answer": material.get("answer", ""), "reasons": reasons}

    def _option(self, answers: dict[str, str]) -> str:
        """The letter of this question among some answers, "" where it names no option."""
        letter = session.letter(answers.get(self.key, ""))
        return letter if letter in self.options else ""

    def _about(self) -> list[str]:
        number = f"{self.points:g} point{'s' * (self.points != 1)}"
        marked = self.points and not self._material()  # nobody gives points in practice
        return [text for text in (self.level, number if marked else "") if text]

    def _says(self, act: str) -> dict[str, str]:
        """The words for the choice: before it, for each state, and where it is kept."""
        more = NEXT if act != CHECK else {}
        says = {what: f"{text} {more.get(what, '')}".strip() for what, text in KEPT.items()}
        if not self.once:
            none, chosen = "Choose one. You can change it later.", "Your answer is"
            return says | {"none": none, "chosen": chosen}
        return says | {
            "none": f"○ Choose one. You can change it until it is {DONE[act]}.",
            "chosen": f"◐ Chosen, not {DONE[act]} yet:",
            "given": "● Answer given:",
            "saved": KEPT["saved"],
        }

    def _once(self, act: str) -> str:
        done = DONE.get(act)
        return f"Your first answer counts: once {done} it cannot be changed." if self.once else ""

    def _material(self) -> dict[str, Any]:
        if self._told is not None:
            return self._told
        found = notebook.kept(self.key, "practice").get(self.key)
        return found if isinstance(found, dict) else {}


def _table(name: str) -> Callable[[], dict[str, Any]]:
    """Return what makes a table of the course; ValueError where the course has none of the name."""
    try:
        return plugged(TABLES, name)
    except LookupError:
        there = sorted(offered(TABLES))
        raise ValueError(f"beside names no table: {name!r}. There is: {there}.") from None


def _judged(letter: str, material: dict[str, Any], number: int) -> dict[str, Any]:
    """Return what the card tells about a letter: `material` is written by the practice edition."""
    why = session.reason(material.get("feedback", {}).get(letter, ""))
    passed = letter == material.get("answer")
    told = card.verdict(passed, why, material)
    return {"letter": letter, "passed": passed, "why": why, "page": told, "number": number}
