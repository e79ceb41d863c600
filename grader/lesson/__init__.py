"""
A lesson from the class's own work: the commonest wrong answers to code tasks as a notebook to
project, each as a question "What does this code do?", without names.

    reading    the wrong answers, from the graded notebooks
    choosing   the commonest mistakes, and the answer that stands for each
    nameless   code without comments, docstrings and names of people
    replaying  the loops of wrong and right answers, recorded in the sandbox
    page       the notebook

It is written at the top of the course folder: what learners get comes from release/, feedback/ and
the exchange alone, and nbgrader looks for notebooks in folders of its own.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from grader import gradebook
from grader.course import Course, course_directory, load_config
from grader.errors import NotGraded, NothingToShow, UsageError, WallMissing
from grader.feedback.words import title
from grader.judge.limits import SandboxLimits
from grader.judge.task import Task
from grader.lesson.choosing import MOST, Answer, Mistake, chosen
from grader.lesson.nameless import Names, without_remarks
from grader.lesson.page import Item, is_lesson, notebook, text_of
from grader.lesson.reading import Work, read_work
from grader.lesson.replaying import Question, Replayed, replayed
from grader.results import so_many
from grader.sandbox.levels import NO_WALLS, Level, require_hidden
from grader.submissions.key import read_all
from grader.trial.reading import hand_ins
from grader.widgets.kernel.recording import Recording

MARK = re.compile(r"[^\n]*### (?:BEGIN|END) SOLUTION[^\n]*\n?")
OTHERS = (
    "source",
    "release",
    "submitted",
    "autograded",
    "feedback",
    "exchange",
    "work",
    "practice",
)


def write_lesson(
    course: Course, assignment: str, file: Path | None = None, no_walls: bool = False
) -> Path:
    """
    Write the lesson of an assignment into a file, by default `lesson_<assignment>.ipynb` in the
    course folder, and return it. With `no_walls` learner code is not locked in.

    Raises: UsageError for a file that cannot be meant; NotGraded and NothingToShow where there are
    no wrong answers; WallMissing where learner code cannot be locked in.
    """
    path = _checked(course, file or course.root / f"lesson_{assignment}.ipynb")
    config = load_config(course)
    settings = SandboxLimits(config=config)
    settings.walls = settings.walls and not no_walls
    level = _level(settings, assignment)
    require_hidden(course.root)
    directory = course_directory(config, assignment_id=assignment)
    with gradebook.use(course, config) as book:
        gradebook.marks(book, assignment)
        people, seed = gradebook.people(book), gradebook.seed(book, assignment)
        pairs = hand_ins(directory, config, read_all(book, assignment, course.source(assignment)))
    blank = {name: one for name, (_, one) in pairs.items()}
    work = read_work(course, assignment, blank)
    _check_work(work, assignment)
    texts = [cell.source for key, _ in pairs.values() for cell in key.cells]
    names = Names([*people, *work.students], texts)
    found = chosen(work.answers, names.rank)
    record = partial(replayed, level=level, limits=settings.limits, seed=seed)
    items = _items(found, work, pairs, names, record)
    remarks = list(_remarks(found, work, level))
    _put(path, text_of(notebook(title(assignment), items, remarks)))
    return path


def _put(path: Path, text: str) -> None:
    """Write the notebook as a whole or not at all: half of one would be taken for another file."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None


def _level(settings: SandboxLimits, assignment: str) -> Level:
    """Return the level to run learner code at; where there is none, say what is left to do."""
    try:
        return settings.level
    except WallMissing as missing:
        own = f"grader report {assignment} --lesson --no-walls"
        raise WallMissing(f"{missing} For the lesson: {own}") from None


def _checked(course: Course, path: Path) -> Path:
    """Return the file to write, if it may be written."""
    target = path.resolve()
    if target.suffix != ".ipynb":
        raise UsageError(f"{path}: a lesson is a notebook. Name a file *.ipynb.")
    for name in OTHERS:
        if target.is_relative_to((course.root / name).resolve()):
            raise UsageError(
                f"{path} lies in {name}/, which is learners' or nbgrader's. Name a file elsewhere,"
                " such as the course folder itself."
            )
    if not target.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent} to write {path.name} in.")
    if target.exists() and not is_lesson(target.read_text(encoding="utf-8", errors="replace")):
        raise UsageError(f"{path} is another file than a lesson. Name a new one.")
    return path


def _check_work(work: Work, assignment: str) -> None:
    """See that there is something to show."""
    if not work.students:
        raise NotGraded(
            f"autograded/ has no notebooks of {assignment}. Put hand-ins into"
            f" submitted/<student>/{assignment}/ and run: grader grade {assignment}"
        )
    if not work.handed_in:
        raise NothingToShow(
            f"{assignment} has no code tasks, and a lesson is made of wrong code."
            f" For its questions run: grader report {assignment}"
        )
    if not work.answers:
        raise NothingToShow(
            f"Nobody in {assignment} wrote wrong code that can be shown. What is missing or open"
            f" tells: grader report {assignment}"
        )


def _items(
    found: list[Mistake],
    work: Work,
    pairs: Mapping[str, tuple[Task, Task]],
    names: Names,
    record: Callable[[Task, list[Question]], list[Replayed]],
) -> list[Item]:
    """Return the questions in the order in which they were chosen."""
    made: dict[int, Item] = {}
    for name, (key, blank) in pairs.items():
        own = [one for one in found if one.shown.notebook == name]
        asked = [_question(one.shown, key, names) for one in own]
        loops = record(key, asked) if asked else []
        for mistake, question, pair in zip(own, asked, loops, strict=True):
            shown = mistake.shown
            made[id(mistake)] = Item(
                task=f"{title(name)}, {title(shown.answer_id)}",
                learners=mistake.learners,
                of=len(work.handed_in[name, shown.answer_id]),
                wrong=question.wrong,
                right=_without_stub(_solution(key, shown.answer_id), blank, shown.answer_id),
                told=names.hidden(shown.told_of_code),
                loops=_nameless(pair, names),
            )
    return [made[id(one)] for one in found]


def _question(shown: Answer, key: Task, names: Names) -> Question:
    """Return what is to be recorded for a mistake."""
    right = _solution(key, shown.answer_id)
    code = names.code_hidden(shown.code)
    bare = without_remarks(right) or right
    return Question(shown.check_id, shown.answer_id, shown.rule, code, bare)


def _solution(key: Task, answer_id: str) -> str:
    """Return the author's own answer without the marks around it."""
    source = next(cell.source for cell in key.cells if cell.cell_id == answer_id)
    return MARK.sub("", source).strip("\n")


def _without_stub(solution: str, blank: Task, answer_id: str) -> str:
    """Return an author's answer without the comments that say where to write."""
    released = next(cell.source for cell in blank.cells if cell.cell_id == answer_id)
    stub = {line.strip() for line in released.splitlines() if line.strip().startswith("#")}
    return "\n".join(line for line in solution.splitlines() if line.strip() not in stub)


def _nameless(pair: Replayed, names: Names) -> Replayed:
    """Return recordings without names in the values that came of a learner's code."""
    wrong = pair.wrong
    turns = [
        replace(
            turn,
            targets=[*map(names.hidden, turn.targets)],
            pair=turn.pair and [*map(names.hidden, turn.pair)],
            counters=[*map(names.hidden, turn.counters)],
        )
        for turn in wrong.turns
    ]
    found: Recording = replace(
        wrong,
        start=[*map(names.hidden, wrong.start)],
        turns=turns,
        stop=wrong.stop and (wrong.stop[0], names.hidden(wrong.stop[1])),
        came=names.hidden(wrong.came),
    )
    return replace(pair, wrong=found)


def _remarks(found: list[Mistake], work: Work, level: Level) -> Iterator[str]:
    """Yield what a teacher should know about how the questions were found."""
    alone = sum(one.learners == 1 for one in found)
    if alone == len(found):
        yield "No mistake was made twice: each of these is one learner's."
    elif alone:
        yield (
            "Fewer than three mistakes were made by more than one learner: "
            f"{'one' if alone == 1 else alone} of these {'is' if alone == 1 else 'are'} of one"
            " learner alone."
        )
    elif len(found) < MOST:
        yield "There were no other mistakes in code."
    if work.unread:
        yield f"Left out: {so_many(len(work.unread), 'graded notebook')} that could not be read."
    if level == NO_WALLS:
        yield "Learner code was run without walls to record its loops."
