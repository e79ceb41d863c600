"""The rubric of an answer that a person marks, from the key to the formgrader's page."""

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from support.notebooks import ROOT
from support.rubrics import ANSWER, LINES, PROMPT, WRITTEN, essay_course, hand_in, run

from grader import gradebook
from grader.course import Course
from grader.feedback.rubric import Line, read, rubric_of, rubrics
from grader.report import report

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def essays(tmp_path_factory) -> Course:
    """A course whose essays are graded as far as a machine can; ben left his as they were."""
    course = essay_course(tmp_path_factory.mktemp("essays") / "course")
    hand_in(course, "ada", a6="My view.", a7=f'{WRITTEN}\n\n<div class="panel-footer">x</div>')
    hand_in(course, "ben")
    hand_in(course, "cleo", a6="My view.")
    run(course, "grader", "grade", "essay", "--json", "results.json")
    return course


@pytest.fixture
def formgrader(essays, monkeypatch):
    """A function that returns the formgrader's page of an essay, as its server makes it."""
    monkeypatch.chdir(essays.root)
    monkeypatch.syspath_prepend(str(essays.root))  # the server does so itself, and leaves it there
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension

    server = FormgradeExtension()
    server.root_dir = str(essays.root)
    server.initialize([])
    exporter = HTMLExporter(config=server.config)

    def page(student: str) -> str:
        path = essays.autograded(student, "essay") / "entry.ipynb"
        resources = {"base_url": "", "notebook_id": "entry", "index": 0, "total": 1}
        return exporter.from_filename(str(path), resources=resources)[0]

    return page


def test_a_rubric_is_read_line_by_line():
    """Points and words of each line, and the model answer above them."""
    rubric = read(ANSWER)

    assert LINES == [line.as_text for line in rubric.lines]
    assert Line(0.5, "Compares <b>two</b> measures") == rubric.lines[3]
    assert 5 == rubric.points
    assert "The score helps an officer to **decide**. Its accuracy for women is 0.769." == (
        rubric.answer
    )


@pytest.mark.parametrize(
    ("inside", "lines", "answer"),
    [
        ("Any one.", 0, "Any one."),
        ("**Rubric**\n\n- [ ] 2 · One thing", 1, ""),
        ("Any one.\n\n**Rubric**\n\n- [ ] two · One thing\n- [ ] 1 One thing", 0, "Any one."),
        (
            "Any one.\n\nSee the **Rubric** of week 1.",
            0,
            "Any one.\n\nSee the **Rubric** of week 1.",
        ),
    ],
)
def test_what_is_no_line_of_a_rubric_is_none(inside, lines, answer):
    """A line has a box, a number, a dot and words; all above the heading is the model answer."""
    rubric = read(f"{PROMPT}\n### BEGIN SOLUTION\n{inside}\n### END SOLUTION\n")

    assert (lines, answer) == (len(rubric.lines), rubric.answer)


@pytest.mark.parametrize("source", ["", PROMPT, "### BEGIN SOLUTION\n\n### END SOLUTION"])
def test_a_cell_without_a_solution_has_no_rubric(source):
    """There is nothing to show then."""
    assert read(source) is None


def test_only_answers_that_a_person_marks_have_one():
    """A task, a check and code have none, whatever stands in them."""
    about = {"grade_id": "a7", "grade": True, "solution": True}
    cell = {"cell_type": "markdown", "source": ANSWER, "metadata": {"nbgrader": about}}
    others = [
        cell | {"cell_type": "code"},
        cell | {"metadata": {}},
        cell | {"metadata": {"nbgrader": about | {"grade": False}}},
        cell | {"metadata": {"nbgrader": about | {"solution": False}}},
    ]

    assert ["a7"] == list(rubrics([*others, cell]))
    assert {} == rubrics(others)


def test_every_rubric_of_the_course_makes_the_points_of_its_answer():
    """Each answer marked by a person has five lines of one point, and a model answer."""
    found = {}
    for path in sorted((ROOT / "source").rglob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        points = {cell["id"]: cell["metadata"].get("nbgrader", {}).get("points") for cell in cells}
        for grade_id, rubric in rubrics(cells).items():
            found[grade_id] = [line.points for line in rubric.lines]
            assert points[grade_id] == rubric.points and rubric.answer

    assert {"a7": [1.0] * 5, "b6": [1.0] * 5} == found


def test_a_learner_gets_neither_rubric_nor_model_answer(essays):
    """Of the answer's cell only the line above the solution is released."""
    text = (essays.release("essay") / "entry.ipynb").read_text(encoding="utf-8")
    cells = {cell["id"]: "".join(cell["source"]).strip() for cell in json.loads(text)["cells"]}

    assert {"top": "# Model card", "a6": PROMPT, "a7": PROMPT} == cells
    assert "Rubric" not in text and "SOLUTION" not in text


@pytest.mark.parametrize(
    "key",
    [None, "", "{", "[]", '{"cells": 1}', '{"cells": [{}]}', '{"cells": [{"metadata": null}]}'],
)
def test_a_broken_key_costs_the_rubric_and_not_the_page(tmp_path: Path, key: str | None):
    """Whatever source/ holds, the formgrader gets an answer: none."""
    source = tmp_path / "source/essay/entry.ipynb"
    source.parent.mkdir(parents=True)
    if key is not None:
        source.write_text(key)
    place = {"path": str(tmp_path / "autograded/ada/essay"), "name": "entry"}
    cell = {"metadata": {"nbgrader": {"grade_id": "a7"}}}

    assert rubric_of(cell, {"metadata": place}) is None
    assert rubric_of(cell, {"metadata": {"path": "", "name": "entry"}}) is None
    assert rubric_of({"metadata": {}}, {"metadata": place}) is None


def test_the_formgrader_shows_it_between_answer_and_comment(formgrader):
    """One box a line, words of the key as text, and the model answer folded."""
    page = formgrader("ada")
    answer, rubric, comment = (
        page.index(what) for what in ("right in 0.769 of", "<legend>Rubric", 'id="a7-comment"')
    )

    assert answer < rubric < comment
    soup = BeautifulSoup(page, "html.parser")
    assert LINES == [box["data-line"] for box in soup.select(".nbgrader_cell > .rubric input")]
    assert ["checkbox"] * 5 == [box["type"] for box in soup.select("fieldset input")]
    assert [False, False] == [fold.has_attr("open") for fold in soup.select(".rubric > details")]
    assert "0.5 points: Compares &lt;b&gt;two&lt;/b&gt; measures" in page
    assert "1 point: Says what the <code>score</code> is for" in page
    assert "an officer to <strong>decide</strong>" in page


def test_the_formgraders_page_loads_nothing_from_elsewhere(formgrader):
    """Scripts and styles come from this server or stand in the page."""
    found = re.findall(
        r"""<(?:script|link|img)[^>]*?\b(?:src|href)=["']([^"']+)""", formgrader("ada")
    )

    assert len(found) > 5
    assert [] == [address for address in found if not address.startswith("/formgrader/static/")]


def test_an_answer_that_nobody_marked_is_no_zero(essays):
    """It is open in the table, in the report, in the JSON and on the feedback page."""
    (entry,) = [
        one
        for one in json.loads((essays.root / "results.json").read_text())
        if one["student"] == "ada"
    ]
    (result,) = gradebook.results(essays, "essay", ["ada"])
    run(essays, "grader", "feedback", "essay")
    page = (essays.feedback("ada", "essay") / "entry.html").read_text(encoding="utf-8")
    lines = [line.split() for line in report(essays, "essay").splitlines()[2:]]
    rows = {name: " ".join(rest) for name, *rest in lines}

    assert [None, None, None] == [entry["score"], *(cell["score"] for cell in entry["cells"])]
    assert (None, 7.0) == (result.score, result.open)
    assert "– – entry: 7 points open" == rows["ada"]
    assert "0 0 entry: 2 points open" == rows["cleo"]
    assert 2 == page.count("</span> Waits for your teacher</span> <span")
    assert "5 points open" in page and "0 of" not in page


def test_an_answer_left_as_it_was_is_a_zero(essays):
    """Nobody has to look at it: nbgrader's own rule."""
    (result,) = gradebook.results(essays, "essay", ["ben"])

    assert (0.0, 0.0) == (result.score, result.open)
