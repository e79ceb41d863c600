"""Which cells a course has given, and that no other text is among them."""

import json
import logging
import string
from pathlib import Path

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st
from support.notebooks import ROOT
from traitlets.config import Config

from grader.jupyter_ext import given as module
from grader.jupyter_ext.given import AFTER, ALONE, CHECK, GivenCells, exchanged, given, installed

LOCKED = {"nbgrader": {"locked": True, "solution": False, "grade": False}}


def code(source: str, **metadata: object) -> dict:
    """A code cell of a notebook; locked unless it says something else."""
    return {"cell_type": "code", "source": source, "metadata": metadata or LOCKED}


def write(path: Path, *cells: dict) -> Path:
    """Write a notebook of these cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


def of(folder: Path, **options: object) -> GivenCells:
    """The cells that a folder of releases gives."""
    return GivenCells(config=Config(GivenCells={"folders": [str(folder)], **options}))


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """No course is installed, and no exchange configured, unless a test says so."""
    monkeypatch.setattr(module, "installed", list)
    monkeypatch.setattr(module, "exchanged", list)


def test_a_cell_stands_alone_if_it_needs_no_answer():
    """Imports, parts and data run by themselves; what reads an answer's name comes after it."""
    answer = code("def f(x):\n    return x", nbgrader={"locked": False, "solution": True})
    cells = [
        code("import math\nfrom a.b import c as d"),
        code("total = [d(one) for one in range(3) if one != math.pi]"),
        answer,
        code("print(f(total))"),
        code("later = total"),
        code("shown = later and f"),
        code("shown"),
        code("# Check\nfrom grader.checks import step", nbgrader={"locked": True, "grade": True}),
        code("# Check\nfrom grader.checks import answered\nanswered('q')", editable=False),
        code("loose = 1", nbgrader={"locked": False, "solution": False}),
        code("plain = 1", tags=[]),
    ]

    kinds = [kind for _, kind in given(cells)]

    assert [ALONE, ALONE, AFTER, ALONE, AFTER, AFTER, CHECK, ALONE] == kinds


@pytest.mark.parametrize("odd", ["from os import *", "%matplotlib inline", "x = (", "\0"])
def test_what_cannot_be_read_needs_an_answer(odd):
    """A magic or a star hides which names it needs: it waits."""
    assert [(odd, AFTER)] == list(given([code(odd)]))


def test_every_released_notebook_comes_alive():
    """In each notebook of this course something runs by itself, and no answer ever."""
    paths = sorted((ROOT / "release").rglob("*.ipynb"))
    assert paths
    for path in paths:
        cells = json.loads(path.read_bytes())["cells"]
        found = dict(given(cells))
        answers = {
            "".join(one["source"])
            for one in cells
            if one["metadata"].get("nbgrader", {}).get("solution")
        }

        assert ALONE in found.values(), path
        assert not answers & found.keys(), path


def test_only_the_very_text_is_known(tmp_path):
    """One sign more or less, and a cell is a stranger's."""
    write(tmp_path / "release/one/n.ipynb", code("print('hello')\n"))
    kinds = of(tmp_path / "release").kinds()

    assert {GivenCells.digest("print('hello')\n"): ALONE} == kinds
    for other in ("print('hello')", "print('hello') \n", "print('Hello')\n", ""):
        assert GivenCells.digest(other) not in kinds


@examples(st.text(string.printable, max_size=40), st.text(string.printable, max_size=40))
def test_equal_texts_alone_have_equal_digests(one, other):
    """A text is known by nothing but itself."""
    assert (one == other) == (GivenCells.digest(one) == GivenCells.digest(other))


def test_an_answer_elsewhere_is_waited_for(tmp_path):
    """A text that stands alone in one notebook and not in another waits in both."""
    first = [code("x = 1"), code("print(x)")]
    write(tmp_path / "a.ipynb", *first)
    write(tmp_path / "b.ipynb", first[1])

    assert AFTER == of(tmp_path).kinds()[GivenCells.digest("print(x)")]


def test_it_can_be_switched_off(tmp_path):
    """Then no cell is known at all."""
    write(tmp_path / "n.ipynb", code("x = 1"))

    assert of(tmp_path).kinds()
    assert {} == of(tmp_path, run_on_open=False).kinds()


def test_a_new_release_is_read_and_a_broken_one_is_left_out(tmp_path, caplog):
    """While the server runs; a file that is no notebook costs its own cells."""
    path = write(tmp_path / "n.ipynb", code("x = 1"))
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "odd.ipynb").write_text('{"cells": [3]}')
    cells = of(tmp_path)
    with caplog.at_level(logging.WARNING):
        assert {GivenCells.digest("x = 1")} == set(cells.kinds())
    write(path, code("x = 22"))

    assert {GivenCells.digest("x = 22")} == set(cells.kinds())


def test_this_course_is_found_where_it_is_installed():
    """An editable installation says where its folder is."""
    assert ROOT / "release" in installed()


def test_only_the_exchange_of_ones_own_course_counts(tmp_path, monkeypatch):
    """
    An exchange is open to all: a folder that somebody made in it is not known, nor one that a
    configuration beside the notebooks names.
    """
    home, root = tmp_path / "config", tmp_path / "exchange"
    home.mkdir()
    monkeypatch.setattr(module, "jupyter_config_path", lambda: [str(home)])
    monkeypatch.chdir(tmp_path)
    evil = (
        f"c = get_config()\nc.CourseDirectory.course_id = 'evil'\nc.Exchange.root = {str(root)!r}\n"
    )
    (tmp_path / "nbgrader_config.py").write_text(evil)
    assert [] == exchanged()

    own = {"CourseDirectory": {"course_id": "own"}, "Exchange": {"root": str(root)}}
    (home / "nbgrader_config.json").write_text(json.dumps(own))
    assert [root / "own/outbound"] == exchanged()

    (home / "nbgrader_config.py").write_text("c = get_config()\nc.Exchange.root = 3 +\n")
    assert [root / "own/outbound"] == exchanged()
