"""The words of check cells for multiple-choice questions."""

from collections.abc import Mapping
from typing import Any

from grader.checks import quiz
from grader.checks.cell import now, session
from grader.checks.sentences.quiz_cell import problem
from grader.checks.verdict import Report, Result
from grader.checks.words import ANSWERS, NOTHING, Told, word
from grader.widgets.kernel.session import question_title, reason
from grader.widgets.strength import Scale


def _material(key: str, letter: str, points: float = 0, **material: Any) -> Told:
    """Return what a card may tell about its question."""
    sheet = quiz.Material(key=key, answer=letter, **material)
    lines = {
        "Final Answer": sheet.final_answer,
        "Quick Check": sheet.quick_check,
        "Hint": sheet.hint,
        "Note": sheet.note,
    }
    told = {
        "answer": sheet.answer,
        "feedback": sheet.feedback,
        "steps": [list(step) for step in sheet.steps],
        "lines": [[label, quiz.tick(text)] for label, text in lines.items() if text],
        "common_mistakes": sheet.common_mistakes,
    }
    return {key: told}, []


def _scale(name: str, questions: dict[str, Any], **scale: Any) -> Told:
    """Return what the answers to a pattern are measured by."""
    return {name: {"questions": questions, **scale}}, []


@word(asks=NOTHING)
def answered(key: str, once: bool = False) -> None:
    """
    The question has an answer: one letter, saved in the notebook or in `quiz_answers`. With `once`
    the first answer counts.
    """
    _open(key)
    answer = session().answers(key).get(key, "")
    now.report.started = bool(answer) or bool(problem(session().quiz_cells(), key))
    after = "It counts when you submit." if once else "You can change it until you submit."
    now.report.praise = f"Your answer is {quiz.clean(answer)}. {after}"
    share, sentence = quiz.judge_answered(key, answer, session().quiz_cells())
    now.report.results.append(Result(share, sentence, rank=1, rule="answered"))


@word(asks=ANSWERS, tells=_material)
def chose(key: str, letter: str, points: float = 0, **material: object) -> None:
    """
    The question was answered with this letter. `material` is shown after grading: see
    `quiz.Material`.
    """
    _open(key)
    chosen = session().answers(key).get(key, "")
    sheet = quiz.Material(key=key, answer=letter, **material)
    now.report.praise = reason(sheet.feedback.get(letter, ""))
    share, sentence = quiz.judge_choice(sheet, chosen, session().quiz_cells())
    mine = quiz.clean(chosen)
    now.report.choice, now.report.right = mine if mine in sheet.options else "", letter
    rule = f"chose {now.report.choice or 'nothing'}"
    now.report.results.append(Result(share, sentence, points, rank=3, rule=rule))
    now.report.notes.append(sheet.as_markdown(chosen))


@word(asks=NOTHING)
def all_answered(name: str, *keys: str) -> None:
    """Every question of the pattern `name` has an answer."""
    _open(name)
    answers = session().answers(name)
    share, sentence = quiz.judge_all_answered(keys, answers)
    missing = [key for key in keys if not answers.get(key)]
    broken = problem(session().quiz_cells(), missing[0]) if missing else ""
    now.report.started = share > 0 or bool(broken)
    now.report.praise = f"All {len(keys)} questions have an answer. They count when you submit."
    now.report.results.append(Result(share, broken or sentence, rank=1, rule="all_answered"))


@word(asks=ANSWERS, tells=_scale)
def strength(
    name: str, questions: Mapping[str, tuple[str, float, str, list[str]]], **scale: object
) -> None:
    """
    Tell what the answers to all questions of a pattern add up to, and where to read again what was
    missed. It carries no points: each question has its own. See `grader.widgets.strength.Scale`.
    """
    _open(name)
    found = Scale(questions, **scale).judge(session().answers(name))
    now.report.results, now.report.told = [Result(1.0, "")], found.sentence
    now.report.notes.append(found.as_markdown())


def _open(key: str) -> None:
    session().mark_check()
    title = question_title(key)
    if now.report.title != title:
        now.open(Report(title, question=True, answer_id=key))
