"""What reaches learners, and that it is the same each time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from support.courses import ROOT, cell, check_cell, small_course

from grader.course.canonical import canonical
from grader.errors import GraderError, Leftover, NoAssignment
from grader.release import Canonical, release


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.slow
def test_release_regenerates_byte_for_byte(course):
    """`grader release` of source/ gives exactly the committed release/."""
    release(course)

    assert contents(course.release()) == contents(ROOT / "release")


@pytest.mark.slow
def test_nbgrader_generate_assignment_gives_the_same_bytes(course):
    """Stock nbgrader, run in the folder with no environment activated, writes the same."""
    subprocess.run(
        [
            Path(sys.executable).parent / "nbgrader",
            "generate_assignment",
            "mini_project",
            "--force",
        ],
        cwd=course.root,
        env=os.environ | {"PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
    )

    assert contents(course.release("mini_project")) == contents(ROOT / "release/mini_project")


def test_metadata_of_answers_and_widgets_never_travels(course):
    """Answers and widget state that an author left in a source notebook stay behind."""
    path = course.source("mini_project") / "practice.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    nb["metadata"] |= {"rai": {"answers": {"practice1": "A"}}, "widgets": {"state": 1}}
    nb["cells"][0]["metadata"] = {"rai": {"right": "A"}, "tags": ["A"]}
    path.write_text(json.dumps(nb), encoding="utf-8")

    release(course, ["mini_project"])

    assert contents(course.release("mini_project")) == contents(ROOT / "release/mini_project")


@pytest.mark.parametrize("path", sorted((ROOT / "release").rglob("*.ipynb")), ids=lambda p: p.stem)
def test_released_notebooks_are_canonical(path: Path):
    """A released notebook is in the one form too, beside the examples that were drawn for it."""
    text = path.read_text(encoding="utf-8")
    nb = json.loads(text)
    rai = nb["metadata"].get("rai")
    made = json.loads(canonical(nb))
    made["metadata"] |= {"rai": rai} if rai else {}

    assert json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n" == text


@pytest.mark.parametrize("name", ["answers.json", "solve.py", "sub/solution.ipynb", ".key.txt"])
def test_a_leftover_in_source_stops_the_release(name: str, course):
    """A file with a solution in it, or a hidden one, is refused by name; nothing is released."""
    leftover = course.source("mini_project") / name
    leftover.parent.mkdir(exist_ok=True)
    leftover.write_text("### BEGIN SOLUTION\nA A D C B", encoding="utf-8")

    with pytest.raises(Leftover, match=str(leftover)):
        release(course)

    assert contents(course.release()) == contents(ROOT / "release")


def test_an_unknown_assignment_is_named(course):
    """A wrong name is told together with the right ones."""
    with pytest.raises(NoAssignment, match=r"'nope'.*mini_project, pattern_test, step_by_step"):
        release(course, ["nope"])


NO_END = cell("x", "### BEGIN SOLUTION\nx = 1", solution=True)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        pytest.param([NO_END], "No end solution statement found. Cell contents are", id="no end"),
        pytest.param([check_cell("c", "x", -1)], "-1 is less than the minimum of 0", id="minus"),
        pytest.param([check_cell("c", "x", "two")], "'two' is not of type 'number'", id="a word"),
        pytest.param([check_cell("c", "x"), check_cell("c", "x")], "Duplicate grade id", id="two"),
    ],
)
def test_what_nbgrader_refuses_is_told_in_one_line(tmp_path, cells, told):
    """What was raised or said, and not the last line of a schema or of the cell."""
    course = small_course(tmp_path / "course", *cells)
    with pytest.raises(GraderError, match="Releasing week did not work") as refused:
        release(course, ["week"])

    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_release_that_fails_leaves_the_old_one(course):
    """What learners can fetch does not vanish because a new release could not be made."""
    before = (course.release("mini_project") / "practice.ipynb").read_bytes()
    source = course.source("mini_project") / "practice.ipynb"
    source.write_text(source.read_text("utf-8").replace("### END SOLUTION", ""), "utf-8")
    with pytest.raises(GraderError, match="mini_project"):
        release(course, ["mini_project"])

    assert before == (course.release("mini_project") / "practice.ipynb").read_bytes()
    assert [] == list(course.release().glob(".*.before"))


@pytest.mark.parametrize(
    "kernel",
    [
        {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}},
        {"kernelspec": {"name": "julia-1.10", "display_name": "Julia"}},
        {"kernelspec": {"name": "x"}, "language_info": {"name": "julia"}},
    ],
)
def test_a_notebook_for_another_language_is_refused(kernel, course):
    """One line names the notebook, before anybody is graded as if it were Python."""
    from grader.batch import grade

    path = course.source("mini_project") / "practice.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    nb["metadata"] = kernel
    path.write_text(json.dumps(nb), encoding="utf-8")
    course.submitted("ada", "mini_project").mkdir(parents=True)

    for refused in (lambda: release(course), lambda: grade(course, "mini_project")):
        with pytest.raises(GraderError, match=r"practice\.ipynb .*only Python"):
            refused()
    assert contents(course.release()) == contents(ROOT / "release")


def test_a_notebook_of_an_older_format_is_completed():
    """Cells get ids of their own, from their grade ids, and the kernel is this course's Python."""
    about = {"grade_id": "a b", "solution": True}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "one"},
        {"cell_type": "markdown", "metadata": {"nbgrader": about}, "source": "two"},
        {"cell_type": "markdown", "metadata": {"nbgrader": about}, "source": "three"},
        {"cell_type": "markdown", "id": "cell-1", "metadata": {}, "source": "four"},
    ]
    for kernel in ({}, {"kernelspec": {"name": "mine"}}):
        nb = nbformat.from_dict({"cells": cells, "metadata": kernel, "nbformat": 4})
        made, _ = Canonical().preprocess(nb, {})

        assert ["cell-1-1", "a-b", "a-b-3", "cell-1"] == [cell.id for cell in made.cells]
        assert kernel.get("kernelspec", {}).get("name", "python3") == made.metadata.kernelspec.name
        assert "python" == made.metadata.kernelspec.language
        nbformat.validate(made)
