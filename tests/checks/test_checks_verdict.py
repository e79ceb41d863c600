"""What the results of a check cell add up to, and how learner, validate and autograde see it."""

import pytest
from support.checking import Facts

from grader.checks import cell, step, value, verdict
from grader.checks.verdict import Missed, Report, Result, VerdictPage
from grader.widgets.base import escape

POINTS = 2


@pytest.fixture
def said(monkeypatch):
    """Run a small check on some code, for one of the three who ask; gives what was displayed."""
    shown: list[object] = []
    monkeypatch.setattr(cell, "display", lambda thing, **_: shown.append(thing))

    def run(code: str, asked_by: str = "learner", facts: Facts | None = None) -> object:
        facts = facts or Facts()
        facts.own = (code,)
        monkeypatch.setattr(cell.now, "session", facts)
        monkeypatch.setenv("NBGRADER_EXECUTION", "" if asked_by == "learner" else asked_by)
        step("step_2", of=4)
        value("x", 0.5, points=POINTS)
        result = verdict("`x` is 0.5.")
        return shown.pop() if shown else result

    return run


def test_the_learner_reads_one_of_three_states(said):
    """Not started, not yet with one reason, or correct: in words and in shape."""
    assert repr(said("# only a comment")).startswith("○ Step 2: Not started.")
    assert "✘ Step 2: Not yet. `x` is 0.25, but it should be 0.5." in repr(said("x = 0.25"))
    assert repr(said("x = 0.5")).startswith("✔ Step 2: Correct. `x` is 0.5.")


def test_progress_counts_each_step_once_and_takes_it_back(said):
    """
    Progress starts at 0, counts a step once however often it is checked, and forgets a broken
    one.
    """
    facts = Facts()

    assert "Progress 0 / 4 steps" in repr(said("x = 1.5", facts=facts))
    assert "Progress 1 / 4 steps" in repr(said("x = 0.5", facts=facts))
    assert "Progress 1 / 4 steps" in repr(said("x = 0.5", facts=facts))
    assert "Progress 0 / 4 steps" in repr(said("x = 2.5", facts=facts))


def test_autograde_gets_the_marks_as_a_number(said, capsys):
    """nbgrader reads partial credit from a bare float; the sentence is printed beside it."""
    assert 2.0 == said("x = 0.5", "autograde")
    assert "Correct: `x` is 0.5.\n" == capsys.readouterr().out
    assert 1.0 == said("x = '0.5'", "autograde")
    assert 0.0 == said("", "autograde")


def test_a_mark_left_by_nbgrader_does_not_turn_help_into_marks(said, monkeypatch):
    """In a Jupyter server that autograded before, a learner still reads the sentence."""
    monkeypatch.setattr("test_checks_verdict.POINTS", 0)
    assert 0.0 == said("x = 0.25", "autograde")
    monkeypatch.setenv("JPY_SESSION_NAME", "step.ipynb")

    assert "Not yet" in repr(said("x = 0.25", "autograde"))


def test_validate_fails_what_is_missed_or_not_started(said):
    """The Validate button must not call an unanswered step a success."""
    with pytest.raises(Missed, match=r"Step 2: `x` is 0\.25"):
        said("x = 0.25", "validate")
    with pytest.raises(Missed, match="does not exist yet"):
        said("", "validate")
    assert said("x = 0.5", "validate") is not None


def test_a_missed_check_shows_its_sentence_and_no_traceback():
    """A traceback would print the lines of the check cell."""
    assert ["one sentence"] == Missed("one sentence")._render_traceback_()


def test_a_void_check_takes_the_whole_step():
    """A typed-in number earns nothing, although it happens to be a float."""
    results = [Result(1.0, "", points=1), Result(0.0, "typed in", points=2, void=True)]

    assert 0.0 == Report(results=results).score


def test_the_earliest_cause_is_told():
    """Of several missed checks the learner reads the one that blocks the rest."""
    results = [Result(0, "way", 1, rank=4), Result(0, "type", 2, rank=2), Result(0, "value", 1)]

    assert "type" == Report(results=results).sentence("")


def test_shown_text_is_harmless_html():
    """What a learner wrote comes back as text, never as markup."""
    page = VerdictPage(
        "missed", "Step 1", "`<script>alert(1)</script>` is wrong"
    )._repr_mimebundle_()

    assert "<script>" not in page["text/html"]
    assert "<code>&lt;b&gt;</code> &amp; c" == escape("`<b>` & c")
