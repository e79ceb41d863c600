"""The session finds a step's cells among all that was run, and the answers in the file."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.widgets.kernel import session
from grader.widgets.kernel.session import CellRun, Session

ADDED = "0a1b2c3d-1111-2222-3333-444455556666"  # the kind of id JupyterLab gives a new cell


def ran(*runs: tuple[str | None, str], check: bool = True) -> Session:
    """A session in which these cells ran, the last one being the check that now asks."""
    facts = Session()
    for cell_id, source in runs:
        facts.runs.append(CellRun(cell_id, source))
        if source.startswith("check"):
            facts.mark_check(source.removeprefix("check "))
    facts.runs.append(CellRun("check_step_2", "check"))
    return facts


def test_the_latest_run_of_the_answer_cell_counts():
    """A cell that was edited and run again is judged as it is now, and its old text is gone."""
    facts = ran(("step_1", "a"), ("step_2", "old"), ("step_2", "new"))

    assert (("a",), ("new",)) == facts.step_cells("step_2")


def test_cells_added_below_the_answer_belong_to_it():
    """A learner may go on in a new cell; another step's cell is not part of it."""
    facts = ran(("step_2", "a"), (ADDED, "b"), ("step_3", "other"))

    assert ("a", "b") == facts.step_cells("step_2")[1]


def test_without_ids_the_cells_since_the_last_check_count():
    """nbgrader runs cells without telling their ids, in order."""
    facts = ran((None, "one"), (None, "check step_1"), (None, "scratch"), (None, "two"))

    assert (("one",), ("scratch", "two")) == facts.step_cells("step_2")


def test_the_answer_to_another_step_is_never_taken_for_this_one():
    """A check run before its own answer finds nothing, not what was written for another step."""
    facts = ran(("step_1", "one"), ("check_step_1", "check step_1"), ("step_3", "three"))

    assert () == facts.step_cells("step_2")[1]


@pytest.mark.parametrize("package", ["widgets", "learn"])
def test_a_cell_that_shows_a_widget_belongs_to_no_step(package):
    """Neither what stands before a step nor what follows it, by today's name or the old one."""
    shows = f"from grader.{package} import LoopTrace\n\nLoopTrace('step_2')"
    facts = ran(("step_1", "a"), ("shown", shows), ("step_2", "new"))
    by_order = ran((None, "one"), (None, "check step_1"), (None, shows), (None, "two"))

    assert (("a",), ("new",)) == facts.step_cells("step_2")
    assert (("one",), ("two",)) == by_order.step_cells("step_2")


def test_a_check_run_twice_still_knows_its_step():
    """Running the check again, with nothing new in between, judges the same cells."""
    facts = ran((None, "two"))
    first = facts.step_cells("step_2")[1]
    facts.mark_check("step_2")
    facts.runs.append(CellRun(None, "check"))

    assert first == facts.step_cells("step_2")[1]


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Writes a notebook with these saved answers into the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)

    def write(rai: object, name: str = "practice.ipynb") -> None:
        cells = [{"id": "check_practice1", "metadata": {}, "cell_type": "code", "source": ""}]
        text = json.dumps({"cells": cells, "metadata": {"rai": rai}})
        (tmp_path / name).write_text(text, encoding="utf-8")

    return write


def test_saved_answers_come_before_written_ones(notebook, monkeypatch):
    """The notebook's own metadata counts first, then the `quiz_answers` cell."""
    notebook({"answers": {"practice1": "B"}})
    facts = Session()
    facts.shell = type(
        "Shell", (), {"user_ns": {"quiz_answers": {"practice1": "A", "practice2": "C"}}}
    )

    assert {"practice1": "B", "practice2": "C"} == facts.answers("practice1")


def test_an_empty_saved_answer_does_not_hide_a_written_one(notebook):
    """A blank in the metadata is no answer."""
    notebook({"answers": {"practice1": " "}})
    facts = Session()
    facts.shell = type("Shell", (), {"user_ns": {"quiz_answers": {"practice1": "A"}}})

    assert {"practice1": "A"} == facts.answers("practice1")


@pytest.mark.parametrize("rai", [None, 5, [], {"answers": 5}, {"answers": {"practice1": 3}}, {}])
def test_odd_metadata_is_no_answer(notebook, rai):
    """Metadata is anybody's to edit: what has not the right shape is left aside."""
    notebook(rai)

    assert {} == Session().answers("practice1")


def test_a_broken_file_beside_the_notebook_is_passed_over(notebook, tmp_path):
    """Another file that is no notebook does not hide the answers."""
    (tmp_path / "a.ipynb").write_text("{", encoding="utf-8")
    notebook({"answers": {"practice1": "D"}})

    assert {"practice1": "D"} == Session().answers("practice1")


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.none())))
def test_only_texts_are_taken_as_letters(answers):
    """Of any dictionary only entries of text that say something are kept."""
    kept = session.letters(answers)

    assert all(isinstance(v, str) and v.strip() == v and v for v in kept.values())
    assert set(kept) <= set(answers)
