"""Where a lesson stands and its votes, in a real file."""

import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from support.notebooks import COURSE, QUESTIONS

from grader.errors import GraderError
from grader.live.lesson import CLOSED, OPEN, At, Lesson, NotNow
from grader.live.questions import questions

ANY_QUESTION, ANY_ROUND, ANY_LETTER = st.integers(-1, 3), st.integers(0, 3), st.sampled_from("AB")


@pytest.fixture
def lesson(tmp_path):
    """A lesson that has begun."""
    opened = Lesson.open(tmp_path / "live" / "quiz.sqlite")
    yield opened
    opened.end()


def test_it_goes_on_after_a_crash(tmp_path):
    """Code, tokens, place and votes are those of before; with `anew` there is another lesson."""
    path = tmp_path / "live" / "quiz.sqlite"
    first = Lesson.open(path)
    token = first.enter(first.code.lower())
    first.go(At(2, 1, OPEN, 0), 5)
    first.vote(first.device(token), 2, 1, "B")
    first.keep_port(8123)
    first.close()
    again = Lesson.open(path)
    kept = (again.code, again.presenter, again.port, again.at.question, again.counts(2)[0])
    same = again.device(token)
    again.close()
    other = Lesson.open(path, anew=True)

    assert (first.code, first.presenter, 8123, 2, {"B": 1}) == kept
    assert token.startswith(same)
    assert (False, True, -1) == (first.went_on, again.went_on, other.at.question)
    assert other.device(token) is None
    other.end()


def test_its_file_is_for_its_owner_and_goes_with_it(tmp_path):
    """Nobody else can read it, and nothing is left when the lesson ends."""
    path = tmp_path / "live" / "quiz.sqlite"
    lesson = Lesson.open(path)
    modes = (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777)
    lesson.enter(lesson.code)
    lesson.end()

    assert (0o600, 0o700) == modes
    assert [] == list(path.parent.iterdir())


def test_two_at_once_are_refused(lesson):
    """A second command does not count into the same lesson."""
    with pytest.raises(GraderError, match="another lesson on it is running"):
        Lesson.open(lesson.path)


def test_a_damaged_file_is_named(tmp_path):
    """One line, with what to do."""
    path = tmp_path / "quiz.sqlite"
    path.write_bytes(b"no database at all, but long enough to be one" * 40)
    with pytest.raises(GraderError, match="grader live quiz --new"):
        Lesson.open(path)


def test_tokens_of_others_are_none(lesson):
    """Neither a made up device nor a foreign signature is let in."""
    token = lesson.enter(lesson.code)
    device, sign = token.split(".")

    assert device == lesson.device(token)
    for forged in (
        "",
        ".",
        device,
        f"{device}.",
        f"{sign}.{device}",
        f"{device[:-1]}x.{sign}",
        "ä.ö",
    ):
        assert lesson.device(forged) is None


def test_no_table_holds_more_than_numbers(lesson):
    """A device is a random number: no name, no address, no browser, no time."""
    database = sqlite3.connect(":memory:")
    lesson._database.backup(database)
    columns = {
        name: [row[1] for row in database.execute(f"PRAGMA table_info({name})")]
        for name in ("devices", "votes")
    }

    assert {"devices": ["device"], "votes": ["question", "round", "device", "letter"]} == columns


def test_every_question_of_the_course_can_be_voted_on():
    """With its options, the right one among them, and a reason for each."""
    found = {}
    for name in COURSE.assignments():
        if any(notebook in QUESTIONS.values() for notebook in COURSE.notebooks(name)):
            found |= {one.key: one for one in questions(COURSE, name)}

    assert set(QUESTIONS) == set(found)
    for one in found.values():
        assert one.answer in one.options
        assert set(one.options) == set(one.reasons)
        assert "answer" not in one.shown() and "reasons" not in one.shown()


def test_an_assignment_without_questions_is_named():
    """One line, with what to do."""
    with pytest.raises(GraderError, match="holds no questions to vote on"):
        questions(COURSE, "fairness_monitor")


class Votes(RuleBasedStateMachine):
    """Any order of coming in, voting, replays, closing, reopening and crashes."""

    @initialize()
    def begin(self):
        """A room with three questions."""
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "quiz.sqlite"
        self.lesson = Lesson.open(self.path)
        self.tokens: list[str] = []
        self.counted: dict[tuple[int, int, int], str] = {}

    @rule()
    def enter(self):
        """Another device comes in."""
        self.tokens.append(self.lesson.enter(self.lesson.code))

    @rule(
        question=st.integers(-1, 3), number=st.integers(0, 3), phase=st.sampled_from([OPEN, CLOSED])
    )
    def go(self, question, number, phase):
        """The presenter goes somewhere."""
        self.lesson.go(At(question, number, phase, 0), 3)

    @rule(
        who=st.integers(0, 4),
        question=st.integers(-1, 3),
        number=st.integers(0, 3),
        letter=st.sampled_from("AB"),
    )
    def vote(self, who, question, number, letter):
        """A device votes, perhaps on something that is not open, perhaps once more."""
        if who >= len(self.tokens):
            return
        at = self.lesson.at
        device = self.lesson.device(self.tokens[who])
        is_open = (
            (question, number) == (at.question, at.round) and at.phase == OPEN and question >= 0
        )
        try:
            self.lesson.vote(device, question, number, letter)
        except NotNow:
            assert not is_open
        else:
            assert is_open
            self.counted[who, question, number] = letter

    @rule()
    def crash(self):
        """The process dies, and the command is started again."""
        self.lesson.close()
        self.lesson = Lesson.open(self.path)

    @invariant()
    def every_vote_counts_once(self):
        """What was acknowledged is counted, each device once a question and round."""
        for question in range(3):
            for number, counts in enumerate(self.lesson.counts(question), 1):
                letters = [
                    letter
                    for (_, q, n), letter in self.counted.items()
                    if (q, n) == (question, number)
                ]
                assert counts == {one: letters.count(one) for one in set(letters)}

    def teardown(self):
        """Take the file away."""
        if hasattr(self, "lesson"):
            self.lesson.end()
            self.folder.cleanup()


TestVotes = Votes.TestCase
TestVotes.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
