"""
A question with four options as a card: choosing is not submitting, a choice can be changed, and it
is kept in the notebook. Nothing here knows which option is right, but in a practice edition: there
the notebook brings along what may be told after "Check answer".
"""

from collections.abc import Sequence
from typing import Any

from grader.learn import coach, notebook, process, session
from grader.learn.interactive import Interactive, escape, table

NO_ANSWER = "Your answer: none yet."
# What the card says about where a choice is kept, and in a graded notebook after that.
KEPT = {
    "none": "Choose one. You can change it later.",
    "saved": "Saved in this notebook.",
    "notebook": "Kept in this notebook; it reaches the disk with the next save (Ctrl+S).",
    "nowhere": "This program does not keep choices.",
}
NEXT = {
    "saved": "Submit the notebook to have it graded.",
    "nowhere": "Write the letter into the cell `quiz_answers` too.",
}
TABLES = {"process_table": process.process_table, "status_tracker": process.status_tracker}


class Question(Interactive):
    """
    A card for the question `key`, such as "practice1".

    `options` maps the letters to their texts. `code` stands below the stem, with `after` as the
    question about it and `note` as a remark. `beside` names tables that the question is about:
    "process_table", "status_tracker". Texts set what stands between backticks in code font.
    """

    fronts = ("answers", "question")

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
        beside: Sequence[str] = (),
    ) -> None:
        unknown = set(beside) - set(TABLES)
        if unknown:
            raise ValueError(f"beside names no table: {sorted(unknown)}. There is: {list(TABLES)}.")
        self.key = self.name = key
        self.stem, self.options = stem, options
        self.code, self.after, self.note = code, after, note
        self.level, self.points = level, points
        self.hints, self.beside = list(hints), list(beside)
        self.result: dict[str, Any] | None = None
        self._answers: dict[str, str] | None = None

    @property
    def title(self) -> str:
        """The question's name for people: `practice1` is "Practice 1"."""
        return session.question_title(self.key)

    @property
    def chosen(self) -> str:
        """The letter chosen so far, "" for none."""
        answers = self._answers
        if answers is None:
            answers = session.known_answers(self.key)
        letter = session.letter(answers.get(self.key, ""))
        return letter if letter in self.options else ""

    def chose(self) -> None:
        """Bring the verdict of this question's check cell, where it is on show, up to date."""
        coach.check(f"check_{self.key}")

    def knowing(self, answers: dict[str, str]) -> None:
        """Take the choice from these answers."""
        self._answers = session.letters(answers)

    def facts(self) -> dict[str, Any]:
        """Return the card: its texts, its tables, and the result of the last check in practice."""
        practice = bool(self._material())
        more = {} if practice else NEXT
        return {
            "key": self.key,
            "title": self.title,
            "about": self._about(),
            "stem": self.stem,
            "code": self.code,
            "after": self.after,
            "note": self.note,
            "options": self.options,
            "hints": self.hints,
            "beside": [TABLES[name]() for name in self.beside],
            "kept": {
                where: f"{text} {more.get(where, '')}".strip() for where, text in KEPT.items()
            },
            "practice": practice,
            "result": self.result,
        }

    def twin(self) -> str:
        """Return the question with its options, tables and hints; the choice stands below it."""
        options = "".join(f"<li>{n}. {escape(text)}</li>" for n, text in self.options.items())
        hints = "".join(
            f"<details><summary>Hint {n}</summary><p>{escape(text)}</p></details>"
            for n, text in enumerate(self.hints, 1)
        )
        return "".join(
            [
                f"<p>{escape(' · '.join([self.title, *self._about()]))}</p>",
                f"<p><strong>{escape(self.stem)}</strong></p>",
                f"<pre>{escape(self.code)}</pre>" if self.code else "",
                f"<p>{escape(self.note)}</p>" if self.note else "",
                f"<p><strong>{escape(self.after)}</strong></p>" if self.after else "",
                f"<ul>{options}</ul>",
                *(table(**TABLES[name]()) for name in self.beside),
                hints,
            ]
        )

    def words(self) -> str:
        """Return the question in one line."""
        return f"{self.title}: {self.after or self.stem}"

    def pages(self) -> list[dict[str, Any]]:
        """
        Return the question, and below it the choice in an output of its own: the page writes it
        anew after each choice, also where no kernel runs.
        """
        letter = self.chosen
        line = f"Your answer: {letter}. {self.options[letter]}" if letter else NO_ANSWER
        shown = f'<p id="answer-{self.key}" class="grader-answer">{escape(line)}</p>'
        return [*super().pages(), {"text/plain": line, "text/html": shown}]

    def answer(self, message: dict[str, Any]) -> None:
        """Judge a letter, where the notebook is a practice edition."""
        letter = message.get("check")
        if not (isinstance(letter, str) and letter in self.options):
            return
        if material := self._material():
            # The number makes a second check of the same letter news for the page.
            number = self.result["number"] + 1 if self.result else 1
            self.result = _judged(letter, material) | {"number": number}
            self.refresh()

    def _about(self) -> list[str]:
        number = f"{self.points:g} point{'s' * (self.points != 1)}"
        return [text for text in (self.level, number if self.points else "") if text]

    def _material(self) -> dict[str, Any]:
        found = notebook.kept(self.key, "practice").get(self.key)
        return found if isinstance(found, dict) else {}


def _judged(letter: str, material: dict[str, Any]) -> dict[str, Any]:
    """Return what the card tells about a letter: `material` is written by the practice edition."""
    why = material.get("feedback", {}).get(letter, "").removeprefix("Right: ")
    if why.partition(" ")[0].isalpha():  # a word, not code
        why = why[0].upper() + why[1:]
    return {
        "letter": letter,
        "passed": letter == material.get("answer"),
        "why": why,
        "solution": {
            "steps": material.get("steps", []),
            "lines": material.get("lines", []),
            "mistakes": material.get("common_mistakes", []),
        },
    }
