"""The words of check cells for multiple-choice questions."""

from grader.checks import quiz
from grader.checks.cell import now, session
from grader.checks.verdict import Report, Result
from grader.learn.session import question_title


def answered(key: str) -> None:
    """The question has an answer: one letter, saved in the notebook or in `quiz_answers`."""
    _open(key)
    answer = session().answers(key).get(key, "")
    now.report.started = bool(answer)
    now.report.praise = f"Your answer is {quiz.clean(answer)}. You can change it until you submit."
    share, sentence = quiz.judge_answered(key, answer)
    now.report.results.append(Result(share, sentence, rank=1))


def chose(key: str, letter: str, points: float = 0, **material: object) -> None:
    """
    The question was answered with this letter. `material` is shown after grading: see
    `quiz.Material`.
    """
    _open(key)
    chosen = session().answers(key).get(key, "")
    sheet = quiz.Material(key=key, answer=letter, **material)
    now.report.praise = sheet.feedback.get(letter, "").removeprefix("Right: ")
    share, sentence = quiz.judge_choice(sheet, chosen)
    now.report.results.append(Result(share, sentence, points, rank=3))
    now.report.notes.append(sheet.as_markdown(chosen))


def _open(key: str) -> None:
    session().mark_check()
    title = question_title(key)
    if now.report.title != title:
        now.report = Report(title, question=True, answer_id=key)
        now.step = None
