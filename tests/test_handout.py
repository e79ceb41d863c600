"""One's own notebook as a page: all of it to read, nothing to open, nothing that runs."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.courses import copy_course
from support.notebooks import ROOT

from grader.cli import main
from grader.errors import GraderError, NotANotebook
from grader.handout import handout, write_handout
from grader.release import self_study

LOOP = "for i in range(5):\n    correct = i\n"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda some: (
        st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=8), some, max_size=3)
    ),
    max_leaves=12,
)
CELLS = st.lists(
    st.fixed_dictionaries(
        {"cell_type": st.sampled_from(["code", "markdown", "raw"]), "source": VALUES},
        optional={"id": VALUES, "metadata": VALUES, "outputs": VALUES, "attachments": VALUES},
    ),
    max_size=4,
)


def released(assignment: str, name: str) -> dict:
    """A notebook as learners have it."""
    return json.loads((ROOT / "release" / assignment / f"{name}.ipynb").read_text(encoding="utf-8"))


def page(nb: dict, *, solutions: bool = False) -> str:
    """The page of a notebook."""
    return handout(json.dumps(nb).encode(), "notebook", solutions)


def put(nb: dict, name: str, source: str | None = None, outputs: list | None = None) -> None:
    """Write into a cell."""
    (cell,) = [one for one in nb["cells"] if one["id"] == name]
    if source is not None:
        cell["source"] = source
    if outputs is not None:
        cell["outputs"] = outputs


def html(text: str) -> dict:
    """An output that shows HTML."""
    return {"output_type": "display_data", "data": {"text/html": text}, "metadata": {}}


def test_own_code_and_what_it_showed():
    """Code and printed lines stand there; verdicts, the code of checks and of parts do not."""
    nb = released("mini_project", "build_and_apply")
    printed = {"output_type": "stream", "name": "stdout", "text": "Accuracy = 0.8"}
    told = html('<div class="grader-verdict">✔ Step 3: Correct</div>')
    put(nb, "step_3", LOOP, [printed, told])
    put(nb, "loop_trace", outputs=[html("<table><tr><td>Turn 1</td></tr></table>")])
    made = page(nb)

    assert "Your code" in made and "Accuracy = 0.8" in made and "Turn 1" in made
    assert re.sub(r"<[^>]+>", "", made).count("correct = i") == 1
    for absent in ("Step 3: Correct", "grader.checks", "grader.widgets", "Progress("):
        assert absent not in made


@pytest.mark.parametrize("assignment", ["mini_project", "step_by_step", "beyond_accuracy"])
def test_nothing_is_closed_and_nothing_runs(assignment):
    """No closed box, no script, no address that is fetched, no hint."""
    for path in (ROOT / "release" / assignment).glob("*.ipynb"):
        made = page(json.loads(path.read_text(encoding="utf-8")))
        for absent in ("<details", "<script", "<iframe", 'src="http', "Hint 1"):
            assert absent not in made, path.name


def test_a_question_shows_the_choice():
    """The text, all options and the letter that was chosen; not the right one."""
    nb = released("mini_project", "practice")
    nb["metadata"]["rai"] = {"answers": {"practice1": "B"}}
    made = page(nb)

    assert "What is the main goal of Responsible AI practices?" in made
    assert "Your answer: B. To make AI run faster on all devices" in made
    assert "The solution" not in made
    assert "Only if you see no cards" not in made and "Check that nothing is missing" not in made


@pytest.fixture(scope="module")
def practice(tmp_path_factory) -> Path:
    """The edition for self-study of an assignment without functions."""
    course = copy_course(tmp_path_factory.mktemp("handout") / "course")
    self_study.practice(course, ["mini_project"])
    return course.root / "practice" / "mini_project"


def test_solutions_of_the_edition_for_self_study(practice):
    """The right option with its reason, and one solution of each step; only when asked for."""
    quiz, code = (practice / f"{name}.ipynb" for name in ("practice", "build_and_apply"))
    solved = handout(quiz.read_bytes(), "practice", solutions=True)
    steps = handout(code.read_bytes(), "build_and_apply", solutions=True)

    assert 5 == solved.count("The solution") and "Right: the practices exist so that" in solved
    assert 4 == steps.count(">One solution<")
    assert "fairness_threshold = " in re.sub(r"<[^>]+>", "", steps)
    assert "One solution" not in handout(code.read_bytes(), "build_and_apply")


def test_a_class_edition_has_no_solutions():
    """Asked for what is not there, it says where that is."""
    with pytest.raises(GraderError, match="grader release --practice"):
        page(released("mini_project", "practice"), solutions=True)


def test_what_others_wrote_is_harmless():
    """Scripts, handlers and pictures from elsewhere in outputs and texts do not get through."""
    nb = released("mini_project", "build_and_apply")
    picture = "<img src=https://there/x.png onerror=x()>"
    bad = f"<script>x()</script>{picture}<a href='javascript:x()'>a</a>"
    put(nb, "step_1", "x = 1", [html(bad)])
    put(nb, "ethics_note", bad)
    made = page(nb)

    assert "<script" not in made and "onerror" not in made
    assert 'src="https' not in made and 'href="javascript' not in made


@given(CELLS, VALUES)
def test_any_notebook_makes_a_page(cells, kept):
    """Whatever stands in a file, there is a page or one sentence."""
    nb = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"rai": kept}, "cells": cells}
    try:
        made = page(nb)
    except NotANotebook as error:
        assert str(error)
    else:
        assert made.startswith("<!DOCTYPE html>")


def test_the_command(tmp_path, capsys):
    """The page lies beside the notebook; what is no notebook is said in one line."""
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(released("mini_project", "build_and_apply")), encoding="utf-8")
    assert 0 == main(["handout", str(path)])
    assert f"written: {path.with_suffix('.html')}\n" == capsys.readouterr().out
    assert path.with_suffix(".html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    for name in ("absent.ipynb", "mine.html"):
        assert 0 != main(["handout", str(tmp_path / name)])
        told = capsys.readouterr().err
        assert 1 == told.count("\n") and name in told


def test_the_page_is_never_the_notebook(tmp_path):
    """A file whose name ends like a page is not written over."""
    path = tmp_path / "mine.html"
    path.write_text(json.dumps(released("mini_project", "practice")), encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(GraderError, match="ipynb"):
        write_handout(path)

    assert before == path.read_bytes()
