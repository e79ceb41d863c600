"""
Judges an answer to a multiple-choice question, and writes the explanation that the feedback page
shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.checks.outcome import RIGHT, Outcome
from grader.checks.sentences.quiz_cell import absent, problem
from grader.checks.sentences.signs import odd_sign, plainly
from grader.widgets.kernel.session import letter as clean
from grader.widgets.kernel.session import question_title

LETTERS = "ABCD"


@dataclass(frozen=True, slots=True)
class Material:
    """
    What is told about a question after grading: a sentence for each option, the solution, and
    what often goes wrong.

    `steps` are (title, text) pairs; `[OK]` in a text is shown as a tick.
    """

    key: str
    answer: str
    options: dict[str, str] = field(default_factory=dict)
    feedback: dict[str, str] = field(default_factory=dict)
    steps: list[tuple[str, str]] = field(default_factory=list)
    final_answer: str = ""
    quick_check: str = ""
    hint: str = ""
    common_mistakes: list[str] = field(default_factory=list)
    note: str = ""

    def as_markdown(self, chosen: str) -> str:
        """The explanation for a learner who chose this letter ("" for none)."""
        letter = clean(chosen)
        mine = (
            f"{letter}. {self.options.get(letter, '')}" if letter in self.options else "no answer"
        )
        lines = [f"**Your answer:** {mine}", ""]
        lines += [
            f"{n}. **Step {n}: {head}**  \n   {text}"
            for n, (head, text) in enumerate(self.steps, 1)
        ]
        labels = {
            "Final Answer": self.final_answer,
            "Quick Check": self.quick_check,
            "Hint": self.hint,
        }
        lines += ["", *(f"**{label}:** {tick(text)}  " for label, text in labels.items() if text)]
        if self.common_mistakes:
            lines += [
                "",
                "**Common Mistakes:**",
                "",
                *(f"- {mistake}" for mistake in self.common_mistakes),
            ]
        if self.note:
            lines += ["", f"*{self.note}*"]
        return "\n".join(lines)


def tick(text: str) -> str:
    """Show a trailing `[OK]` as a tick that is also a word, for those who listen to the page."""
    return text.replace("[OK]", "✔ correct")


def judge_answered(key: str, answer: str, cells: Sequence[str] = ()) -> Outcome:
    """
    A letter was chosen; says nothing about which is right. `cells` are those that may write it.
    """
    letter = clean(answer)
    if not letter and (told := problem(cells, key) or absent(cells, key)):
        return 0.0, told
    if not letter:
        return (
            0.0,
            (
                f"No answer yet. Choose an option in its card, or write a letter for `{key}` into"
                " `quiz_answers` and run that cell. Then run this one."
            ),
        )
    if letter not in LETTERS or len(letter) != 1:
        if told := odd_sign(letter):
            typed = clean(plainly(letter).strip("'\" "))[:12]
            return 0.0, f"In `{key}`, {told} Write `'{typed}'`."
        return 0.0, f"`{key}` is `{letter[:12]}`. Write one of the letters A, B, C or D, in quotes."
    return RIGHT


def judge_all_answered(keys: Sequence[str], answers: Mapping[str, str]) -> Outcome:
    """Every question has a letter; says which have none."""
    missing = [key for key in keys if judge_answered(key, answers.get(key, "")) is not RIGHT]
    if not missing:
        return RIGHT
    share = 1 - len(missing) / len(keys)
    names = [question_title(key) for key in missing]
    verb = "has" if len(names) == 1 else "have"
    return (
        share,
        f"{', '.join(names[:-1])}{' and ' * (len(names) > 1)}{names[-1]} {verb} no answer.",
    )


def judge_choice(material: Material, chosen: str, cells: Sequence[str] = ()) -> Outcome:
    """The right letter was chosen; a wrong one gets the sentence for that option."""
    answered = judge_answered(material.key, chosen, cells)
    if answered is not RIGHT:
        return answered
    letter = clean(chosen)
    if letter == material.answer:
        return RIGHT
    return (
        0.0,
        material.feedback.get(letter)
        or f"{letter} is not the answer. Read the solution steps below.",
    )
