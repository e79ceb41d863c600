"""The rows that recording makes and changes, on both kinds of database."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbgrader import api
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from support.databases import (
    CELLS,
    COMMENTED,
    KINDS,
    WORK,
    book_of,
    enter,
    grades,
    judged,
    record,
    rows,
    small_course,
)

from grader import gradebook
from grader.course import Course, load_config
from grader.errors import GraderError, NoKey
from grader.results import Entry, NotebookEntry

DUE = datetime(2026, 3, 1)
FULL = {"essay": judged("essay", 4.0, None), "sums": judged("sums", 1.0, 2.0)}


class Odd(LateSubmissionPlugin):
    """Takes off what a learner's name says, and fails for one."""

    def late_submission_penalty(self, student_id: str, score: float, late: float) -> float | None:
        """Return the number in the name."""
        return {"none": None, "zero": 0, "below": -1, "half": score / 2, "above": 99}[student_id]


class NoneEver(AssignLatePenalties):
    """A step of the course's own instead of nbgrader's."""

    def init_plugin(self) -> None:
        """Take a plugin that always asks for the whole score."""
        self.plugin_inst = LateSubmissionPlugin(parent=self, penalty_method="zero")


@pytest.fixture(params=KINDS)
def place(request, tmp_path) -> Course:
    """A course with the small key."""
    return small_course(tmp_path / "course", request.param)


@pytest.fixture
def file(tmp_path) -> Course:
    """The same in a file, where the kind of database makes no difference."""
    return small_course(tmp_path / "course")


def penalties(course: Course) -> dict[tuple[str, str], float | None]:
    """Return what was taken off, by learner and notebook."""
    return {
        (row["assignment_id"][1], row["notebook_id"][0]): row["late_submission_penalty"]
        for row in rows(course)["submitted_notebook"]
    }


def comments(course: Course) -> set[str | None]:
    """Return the machine's comments."""
    return {row["auto_comment"] for row in rows(course)["comment"]}


def test_a_notebook_that_was_not_handed_in_gives_nothing_and_needs_nobody(place):
    """As in nbgrader: zero points, and no person has to look."""
    record(place, WORK, [Entry("ada", None, {"sums": judged("sums", 1.0, 0.5)})])

    wanted = {"check": (0.0, False), "letter": (0.0, False), "task": (0.0, False)}
    assert wanted | {"one": (1.0, False), "two": (0.5, False)} == grades(place, "ada")


def test_what_nobody_decided_waits_for_a_person(place):
    """A check without a score, an answer graded by hand, and a task have no mark and are shown."""
    record(place, WORK, [Entry("ada", None, FULL | {"sums": judged("sums", None, 2.0)})])

    wanted = {"check": (4.0, False), "letter": (None, True), "task": (None, True)}
    assert wanted | {"one": (None, True), "two": (2.0, False)} == grades(place, "ada")


def test_no_mark_of_an_earlier_submission_stays(place):
    """Scores, comments and penalties say what a first grading of the new submission would say."""
    gradebook.set_duedate(place, WORK, DUE)
    config = load_config(place)
    config.LateSubmissionPlugin.penalty_method = "zero"
    first = FULL | {"essay": judged("essay", 4.0, 0.0, comment="No response.")}
    record(place, WORK, [Entry("ada", DUE + timedelta(1), first)], config)
    before = penalties(place)
    again = {"essay": NotebookEntry({"check": 1.0}, {})}
    record(place, WORK, [Entry("ada", DUE, again)], config)

    assert {4.0, 3.0} == set(before.values())
    assert {None} == set(penalties(place).values()) == comments(place)
    wanted = {"check": (1.0, False), "letter": (None, True), "task": (None, True)}
    assert wanted | {"one": (0.0, False), "two": (0.0, False)} == grades(place, "ada")


def test_a_missing_notebook_loses_its_old_penalty(file):
    """Late work that is taken back is not paid for twice; nbgrader itself forgets this."""
    gradebook.set_duedate(file, WORK, DUE)
    config = load_config(file)
    config.LateSubmissionPlugin.penalty_method = "zero"
    late = Entry("ada", DUE + timedelta(1), FULL)
    record(file, WORK, [late], config)
    left = replace(late, notebooks={"essay": judged("essay", 3.0, None)})
    record(file, WORK, [left], config)

    assert {("ada", "essay"): 3.0, ("ada", "sums"): None} == penalties(file)


def test_a_time_is_kept_where_a_submission_does_not_say(file):
    """A missing timestamp leaves what is there, as in nbgrader; a new one replaces it."""
    for when in (DUE, None):
        record(file, WORK, [Entry("ada", when, FULL), Entry("ben", None, FULL)])

    assert {"ada": DUE, "ben": None} == gradebook.recorded(file, WORK)


def test_a_mark_that_a_person_gave_stays_and_is_reviewed(place):
    """Manual scores, extra credit and comments stay; the machine's score is new beside them."""
    record(place, WORK, [Entry("ada", None, FULL)])
    with book_of(place) as book:
        enter(book, "ada", "check", manual_score=3.5, extra_credit=0.5)
        enter(book, "ada", "task", manual_score=3.0)
        book.find_comment("letter", "essay", WORK, "ada").manual_comment = "Fine."
        book.find_submission_notebook("sums", WORK, "ada").flagged = True
        book.db.commit()
    record(place, WORK, [Entry("ada", None, {"essay": judged("essay", 1.0, None)})])

    kept = [r for r in rows(place)["grade"] if r["manual_score"] is not None]
    assert [(3.5, 0.5), (3.0, None)] == [(r["manual_score"], r["extra_credit"]) for r in kept]
    assert (1.0, True) == grades(place, "ada")["check"]
    assert (None, True) == grades(place, "ada")["task"]  # nbgrader itself never asks twice
    assert ["Fine."] == [r["manual_comment"] for r in rows(place)["comment"] if r["manual_comment"]]
    assert [True] == [r["flagged"] for r in rows(place)["submitted_notebook"] if r["flagged"]]


def test_what_a_release_added_since_gets_its_rows(place):
    """A new notebook, a new check and a new answer are recorded beside what was there."""
    record(place, WORK, [Entry("ada", DUE, FULL)])
    with book_of(place) as book:
        book.add_notebook("more", WORK)
        book.add_grade_cell("extra", "more", WORK, max_score=5, cell_type="code")
        book.add_grade_cell("three", "sums", WORK, max_score=3, cell_type="code")
        book.add_solution_cell("why", "sums", WORK)
    before = gradebook.recorded(place, WORK)
    more = NotebookEntry({"one": 1.0, "two": 2.0, "three": 3.0}, {"why": "No response."})
    notebooks = FULL | {"sums": more, "more": NotebookEntry({"extra": 5.0}, {})}
    record(place, WORK, [Entry("ada", None, notebooks), Entry("ben", None, FULL)])

    assert {} == before
    assert {"ada", "ben"} == gradebook.recorded(place, WORK).keys()
    assert {"extra": (5.0, False), "three": (3.0, False)}.items() <= grades(place, "ada").items()
    assert {"extra": (0.0, False), "three": (None, True)}.items() <= grades(place, "ben").items()
    assert "No response." in comments(place)


@pytest.mark.parametrize(
    ("notebooks", "named"),
    [
        ({"poem": NotebookEntry({}, {})}, "poem.ipynb"),
        ({"sums": NotebookEntry({"nine": 1.0}, {})}, "nine"),
        ({"sums": NotebookEntry({}, {"one": "Good."})}, "one"),
    ],
)
def test_a_mark_without_a_row_is_refused(file, notebooks, named):
    """What the key does not have is named, and nothing of the batch is written."""
    with pytest.raises(NoKey, match=rf"has no {named}, which ben .* grader release work"):
        record(file, WORK, [Entry("ada", None, FULL), Entry("ben", None, notebooks)])

    assert [] == rows(file)["student"] == rows(file)["submitted_assignment"]


def test_an_assignment_that_was_never_released_is_refused(file):
    """The line says which command makes the key."""
    with pytest.raises(NoKey, match=r"no key of other\. Run: grader release other"):
        record(file, "other", [Entry("ada", None, FULL)])


def test_penalties_are_what_nbgrader_would_take_off(place):
    """None is none, zero is zero, and no penalty is below zero or above the score by hand."""
    gradebook.set_duedate(place, WORK, DUE)
    config = load_config(place)
    config.AssignLatePenalties.plugin_class = Odd
    names = ("none", "zero", "below", "half", "above")
    late = [Entry(name, DUE + timedelta(hours=1), {"sums": FULL["sums"]}) for name in names]
    record(place, WORK, late, config)
    with book_of(place) as book:
        for name in names:
            enter(book, name, "two", manual_score=1.5, extra_credit=0.25)
    with gradebook.writing(place, WORK, config) as ledger:
        ledger.record(late[:3])
        ledger.record(late[3:])

    wanted = {"none": None, "zero": 0.0, "below": 0.0, "half": 1.375, "above": 2.75}
    assert wanted == {name: penalties(place)[name, "sums"] for name in names}
    assert {None} == {penalties(place)[name, "essay"] for name in names}


def test_the_policy_is_only_asked_for_late_work(file):
    """Work in time, within an extension, or without a due date or time never meets the plugin."""
    config = load_config(file)
    config.AssignLatePenalties.plugin_class = Odd  # it knows none of these learners
    entries = [Entry("ada", DUE + timedelta(1), FULL), Entry("ben", None, FULL)]
    record(file, WORK, entries, config)
    gradebook.set_duedate(file, WORK, DUE)
    with book_of(file) as book:
        book.grant_extension(WORK, "ada", days=1)
    record(file, WORK, [*entries, Entry("cleo", DUE, FULL)], config)

    assert {None} == set(penalties(file).values())


def test_a_plugin_that_fails_is_named_and_nothing_is_written(file):
    """One line says whose penalty, which plugin and why."""
    gradebook.set_duedate(file, WORK, DUE)
    config = load_config(file)
    config.AssignLatePenalties.plugin_class = Odd
    with pytest.raises(GraderError, match=r"penalty of ada .* plugin Odd stopped with KeyError"):
        record(file, WORK, [Entry("ada", DUE + timedelta(1), FULL)], config)

    assert [] == rows(file)["student"]


@pytest.mark.parametrize(
    ("steps", "penalty"),
    [
        (["nbgrader.preprocessors.SaveAutoGrades"], None),
        (["nbgrader.preprocessors.AssignLatePenalties"], 0.0),
        ([NoneEver], 3.0),
    ],
)
def test_penalties_follow_the_configured_steps_of_autograde(file, steps, penalty):
    """Without nbgrader's step there is no penalty; with one of the course's own, it is asked."""
    gradebook.set_duedate(file, WORK, DUE)
    config = load_config(file)
    config.Autograde.autograde_preprocessors = steps
    config.AssignLatePenalties.plugin_class = Odd
    record(file, WORK, [Entry("zero", DUE + timedelta(1), FULL)], config)

    assert penalty == penalties(file)["zero", "sums"]


def test_a_step_that_is_switched_off_takes_nothing(file):
    """`c.AssignLatePenalties.enabled = False` holds here too."""
    gradebook.set_duedate(file, WORK, DUE)
    config = load_config(file)
    config.AssignLatePenalties.enabled = False
    config.LateSubmissionPlugin.penalty_method = "zero"
    record(file, WORK, [Entry("zero", DUE + timedelta(1), FULL)], config)

    assert {None} == set(penalties(file).values())


def test_learners_are_enrolled_once_and_in_order(place):
    """Who is there keeps the place and the name; the others follow as given."""
    with book_of(place) as book:
        book.add_student("zoe", first_name="Zoe")
    gradebook.enrol(place, ["ben", "zoe", "ada", "ben"])
    gradebook.enrol(place, [])

    with book_of(place) as book:
        found = [student.id for student in book.db.query(api.Student)]
        assert "Zoe" == book.find_student("zoe").first_name
    assert ["zoe", "ben", "ada"] == found


MARKUP = ["<img src=x onerror=alert(1)>", '"-alert(1)-"', "ada\\", "ada\x1b[2J"]


@pytest.mark.parametrize("name", ["M\udcfcller", "x" * 129, *MARKUP])
def test_a_name_that_no_database_or_page_takes_is_refused_in_words(file, name):
    """
    A folder in an unknown encoding, longer than nbgrader's column, or with signs of a page's own
    (the formgrader's lists write names as they are) is one clear line.
    """
    for act in (
        lambda: gradebook.enrol(file, ["ada", name]),
        lambda: record(file, WORK, [Entry("ada", None, FULL), Entry(name, None, FULL)]),
    ):
        with pytest.raises(GraderError, match=r"cannot be a learner .* Rename the folder"):
            act()

    assert [] == rows(file)["student"]


def test_a_comment_may_hold_whatever_a_learner_printed(place):
    """Signs that a database refuses are replaced; the rest of the text is kept."""
    told = "Größe \udcff and \0 here"
    essay = NotebookEntry(FULL["essay"].scores, {"letter": told, "task": "plain"})
    record(place, WORK, [Entry("ada", None, {"essay": essay})])

    assert {"Größe ? and ? here", "plain", None} == comments(place)


def test_more_submissions_than_one_question_takes(place):
    """A batch may be of any size, and an empty one is none."""
    many = [Entry(f"s{n:04}", DUE, FULL) for n in range(1100)]
    record(place, WORK, many)
    record(place, WORK, [])

    assert [entry.student for entry in many] == sorted(gradebook.recorded(place, WORK))
    assert 1100 * 5 == len(rows(place)["grade"])


SCORES = st.none() | st.sampled_from([0.0, 0.25, 1.0, 2.5])
TIMES = st.none() | st.sampled_from([DUE, DUE - timedelta(1), DUE + timedelta(hours=7)])
STUDENTS = st.sampled_from(["ada", "ben", "cleo"])
TEXTS = st.sampled_from([None, "No response.", "Please explain."])


@st.composite
def notebook_entries(draw: Callable[[Any], Any], name: str) -> NotebookEntry:
    """Draw what grading says; a cell that is not named has neither score nor comment."""
    scores = {cell: draw(SCORES) for cell in CELLS[name] if draw(st.integers(0, 5))}
    scores.pop("task", None)
    return NotebookEntry(scores, {cell: draw(TEXTS) for cell in COMMENTED[name]})


@st.composite
def batches(draw: Callable[[Any], Any]) -> tuple[str, list[Entry]]:
    """Draw a batch: some learners, each with some notebooks."""
    students = draw(st.lists(STUDENTS, unique=True, min_size=1))
    entries = []
    for student in students:
        names = draw(st.sets(st.sampled_from(sorted(CELLS))))
        notebooks = {name: draw(notebook_entries(name)) for name in sorted(names)}
        entries.append(Entry(student, draw(TIMES), notebooks))
    return "record", entries


@dataclass(frozen=True)
class ByHand:
    """What a person does to one learner's work."""

    student: str
    cell: str
    manual_score: float | None
    extra_credit: float | None
    comment: str | None
    days: int

    def __call__(self, book: api.Gradebook) -> None:
        """Do it, if the learner has handed in."""
        try:
            enter(
                book,
                self.student,
                self.cell,
                manual_score=self.manual_score,
                extra_credit=self.extra_credit,
            )
        except api.MissingEntry:
            return
        note = book.find_comment("letter", "essay", WORK, self.student)
        note.manual_comment = self.comment
        notebook = book.find_submission_notebook("sums", WORK, self.student)
        notebook.flagged = not notebook.flagged
        book.grant_extension(WORK, self.student, days=self.days)


CELL_NAMES = st.sampled_from([cell for cells in CELLS.values() for cell in cells])
BY_HAND = st.builds(ByHand, STUDENTS, CELL_NAMES, SCORES, SCORES, TEXTS, st.integers(0, 1))


def record_by_nbgrader(book: api.Gradebook, entry: Entry, policy: LateSubmissionPlugin) -> None:
    """Do with nbgrader's own objects, row by row, what recording is to do."""
    book.update_or_create_student(entry.student)
    when = {"timestamp": entry.timestamp} if entry.timestamp else {}
    submission = book.update_or_create_submission(WORK, entry.student, **when)
    for notebook in submission.notebooks:
        found = entry.notebooks.get(notebook.name)
        for grade in notebook.grades:
            if found is None:
                grade.auto_score, grade.needs_manual_grade = 0, False
                continue
            grade.auto_score = found.scores.get(grade.name)
            by_hand = grade.manual_score is not None
            grade.needs_manual_grade = by_hand or grade.auto_score is None
        for comment in notebook.comments:
            comment.auto_comment = found.comments.get(comment.name) if found else None
        notebook.late_submission_penalty = None
        book.db.commit()
        if found and submission.total_seconds_late > 0:
            late = submission.total_seconds_late
            points = policy.late_submission_penalty(entry.student, notebook.score, late)
            step = AssignLatePenalties()
            notebook.late_submission_penalty = step._check_late_penalty(notebook, points)
            book.db.commit()


class Hourly(LateSubmissionPlugin):
    """Takes off a quarter point an hour, which may be more than there is."""

    def late_submission_penalty(self, student_id: str, score: float, late: float) -> float:
        """Return the points to take off."""
        return late / 3600 / 4


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_any_sequence_gives_the_rows_of_nbgraders_own_objects(kind, tmp_path_factory):
    """Batches and manual edits in any order: all tables as nbgrader's ORM writes them."""
    number = 5 if kind == "postgresql" else 14

    @settings(
        max_examples=number,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(batches() | BY_HAND, min_size=1, max_size=7))
    def same(acts: list[Any]) -> None:
        folder = tmp_path_factory.mktemp("any")
        ours, theirs = small_course(folder / "ours", kind), small_course(folder / "theirs")
        config = load_config(ours)
        config.AssignLatePenalties.plugin_class = Hourly
        for course in (ours, theirs):
            gradebook.set_duedate(course, WORK, DUE)
        with (
            gradebook.writing(ours, WORK, config) as ledger,
            book_of(ours) as our_book,
            book_of(theirs) as their_book,
        ):
            for act in acts:
                if isinstance(act, ByHand):
                    act(our_book)
                    act(their_book)
                    our_book.db.rollback()  # as at the end of a request
                else:
                    ledger.record(act[1])
                    for entry in act[1]:
                        record_by_nbgrader(their_book, entry, Hourly())
                our_book.db.expire_all()
        assert rows(theirs) == rows(ours)

    same()
