"""The practice edition brings the pages of its parts along: they are read without the course."""

import ast
import html
import json
import re

import pytest
from support import notebooks

from grader.judge.static_widgets import card
from grader.release.self_study import practice_edition

PART = "from grader.widgets import {0}\n\n{0}({1})"
SOURCES = sorted((notebooks.ROOT / "source").glob("*/*.ipynb"))


def page(cell) -> str:
    """What a stored cell shows, as text."""
    found = [one["data"]["text/html"] for one in cell["outputs"]]
    return html.unescape(re.sub("<[^>]*>", "", "".join(found)))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_question_can_be_read(path):
    """Question, options, hints, and the solution with a reason for each option, none of it alive."""
    edition = practice_edition(json.loads(path.read_text(encoding="utf-8")))
    material = edition["metadata"].get("rai", {}).get("practice", {})
    asked = [one for one in edition["cells"] if "import Question" in "".join(one["source"])]
    for cell in asked:
        shown = page(cell)
        call = ast.parse("".join(cell["source"])).body[-1].value
        named = {one.arg: ast.literal_eval(one.value) for one in call.keywords}
        _, stem, options = map(ast.literal_eval, call.args)
        for text in (stem, *options.values(), *named["hints"]):
            assert text.replace("`", "") in shown
        known = material[cell["id"]]
        assert f"Show the solution{known['answer']}. " in shown
        assert 2 * shown.count("Show the solution") == len(cell["outputs"])
        assert "point" not in shown.split("Hint")[0]
        for one in cell["outputs"]:
            assert {"text/html", "text/plain"} == set(one["data"])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_solution_of_code_can_be_read(path):
    """At the end of the notebook, closed; a class gets neither that nor any output."""
    edition = practice_edition(json.loads(path.read_text(encoding="utf-8")))
    texts = "".join("".join(one["source"]) for one in edition["cells"] if "outputs" not in one)
    released = (notebooks.ROOT / "release" / path.parent.name / path.name).read_text("utf-8")
    for name, code in edition["metadata"].get("rai", {}).get("solutions", {}).items():
        assert f"```python\n{code}\n```" in texts, name
        assert len(code) < 30 or json.dumps(code)[1:-1] not in released
    assert not [one for one in json.loads(released)["cells"] if one.get("outputs")]


def test_what_only_a_kernel_knows_is_not_stored():
    """A bar that follows runs, a check, and a part that is made of the learner's own values."""
    kept = {}
    for path in SOURCES:
        for cell in practice_edition(json.loads(path.read_text(encoding="utf-8")))["cells"]:
            kept[f"{path.stem} {cell['id']}"] = bool(cell.get("outputs"))
    without = ["step_1", "check_step_1", "progress_bar", "loop_trace"]

    assert not any(kept[f"build_and_apply {name}"] for name in without)
    assert not kept["fairness_monitor weeks"]
    assert kept["walkthrough process_flow"] and kept["beyond_accuracy a7_rubric"]


def test_the_pages_of_a_class_hold_no_solution():
    """The same cell without material, as a graded notebook or a handout has it."""
    source = PART.format("Question", '"q", "Which?", {"A": "this", "B": "that"}')
    material = {"q": {"answer": "B", "feedback": {"A": "Wrong.", "B": "Right: because it is."}}}
    told = card(source, {}, material)[0]["data"]["text/html"]

    assert "<b>B. that</b>" in told and "B. Because it is." in told
    assert "ecause" not in card(source, {})[0]["data"]["text/html"]
