"""Source notebooks keep one form, so that a one-sentence edit is a one-line diff."""

import ast
import json
import re

import pytest
from support.notebooks import NOTEBOOKS, cells, path, texts

from grader.course.canonical import canonical

POINTS = {
    **{"build_and_apply": 10, "practice": 9, "walkthrough": 0, "visual_quiz": 6},
    **{"pattern_test": 20, "beyond_accuracy": 25, "fairness_monitor": 30},
}
METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
FLAGS = {"grade", "grade_id", "locked", "schema_version", "solution", "task"}

for_each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


def marked(name: str) -> dict[str, dict]:
    """The nbgrader metadata of a source notebook by cell id."""
    found = cells("source", name).items()
    return {k: c["metadata"]["nbgrader"] for k, c in found if "nbgrader" in c["metadata"]}


@for_each_notebook
def test_notebook_is_written_canonically(name):
    """A source notebook is byte for byte what its canonical rewrite gives."""
    text = path("source", name).read_text(encoding="utf-8")

    assert canonical(json.loads(text)) == text


@for_each_notebook
def test_notebook_metadata_holds_only_kernel_and_language(name):
    """A source notebook carries no answers, no widget state and no editor's leftovers."""
    notebook = json.loads(path("source", name).read_text(encoding="utf-8"))

    assert METADATA == notebook["metadata"]
    assert (4, 5) == (notebook["nbformat"], notebook["nbformat_minor"])


@for_each_notebook
def test_cells_hold_no_results(name):
    """No cell of a source notebook keeps an output, a count or an editor's metadata."""
    for cell in cells("source", name).values():
        assert set(cell["metadata"]) <= {"nbgrader", "jupyter", "tags"}
        assert cell["metadata"].get("jupyter") in (None, {"source_hidden": True})
        assert cell["metadata"].get("tags") in (None, ["graded"])
        if cell["cell_type"] == "code":
            assert ([], None) == (cell["outputs"], cell["execution_count"])


@for_each_notebook
def test_ids_are_unique_and_readable(name):
    """Every cell has an id of its own, made of lower case letters, digits, - and _."""
    notebook = json.loads(path("source", name).read_text(encoding="utf-8"))
    ids = [cell["id"] for cell in notebook["cells"]]

    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z][a-z0-9_-]*", id) for id in ids)


@for_each_notebook
def test_graded_and_answer_cells_are_marked_alike(name):
    """
    Every code cell answers, checks or shows, and its grade id is its cell id. Only text that a
    teacher reads is both answer and graded.
    """
    for key, flags in marked(name).items():
        kind = (flags["grade"], flags["solution"], flags["locked"])

        assert key == flags["grade_id"]
        assert set(flags) == FLAGS | ({"points"} if flags["grade"] else set())
        assert 3 == flags["schema_version"]
        by_hand = cells("source", name)[key]["cell_type"] == "markdown"
        kinds = {(False, True, False), (True, False, True), (False, False, True)}
        assert kind in ({(True, True, False)} if by_hand else kinds)
    code = {key for key, cell in cells("source", name).items() if cell["cell_type"] == "code"}
    assert code <= set(marked(name))


@for_each_notebook
def test_points_add_up(name):
    """The points of a notebook's check cells come to what its first page promises."""
    assert POINTS[name] == sum(flags.get("points", 0) for flags in marked(name).values())
    if POINTS[name]:
        assert f"{POINTS[name]} points" in cells("source", name)["title"]["source"]


@for_each_notebook
def test_answer_cells_start_with_a_short_comment(name):
    """
    An answer cell opens with one comment that says what to write, in 40 words at most; that of a
    function with its first lines and a docstring.
    """
    for key, flags in marked(name).items():
        cell = cells("source", name)[key]
        if flags["solution"] and cell["cell_type"] == "code":
            stub = cell["source"].split("### BEGIN SOLUTION")[0]
            functions = [one for one in ast.parse(stub + "...").body if hasattr(one, "args")]

            assert stub.startswith("# ") or ast.get_docstring(functions[-1])
            assert len(stub.splitlines()[0].split()) <= 40


@for_each_notebook
def test_instructions_are_short(name):
    """What we ask a learner to do, and what success looks like, takes 40 words at most."""
    asked = re.findall(
        r"^(?:Run|To hand in|Read one|Answer|Put|Double-click|\*\*Done when\*\*) .*$",
        texts("source", name),
        re.MULTILINE,
    )

    assert asked or name == "walkthrough"
    assert [] == [line for line in asked if len(line.split()) > 40]


def test_the_course_adds_up_to_a_hundred_points():
    """Ninety points come from checks, ten from a person."""
    flags = [one for name in NOTEBOOKS for one in marked(name).values() if one["grade"]]

    assert 90 == sum(one["points"] for one in flags if not one["solution"])
    assert 10 == sum(one["points"] for one in flags if one["solution"])
