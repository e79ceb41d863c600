"""The key of a notebook, as the gradebook has it."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.courses import copy_course

from grader.course import Course
from grader.course.regions import without_hidden_tests
from grader.release import release
from grader.submissions import key


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A course whose gradebook has the key of mini_project."""
    course = copy_course(tmp_path_factory.mktemp("key") / "course")
    release(course, ["mini_project"])
    source = course.source("mini_project") / "build_and_apply.ipynb"
    return SimpleNamespace(course=course, source=source)


def read(stored: SimpleNamespace, folder: Path) -> key.Key:
    """Read the key of build_and_apply, whose source lies in this folder."""
    return key.read_all(stored.course, "mini_project", folder)["build_and_apply"]


def test_the_key_tells_what_each_cell_is(stored):
    """Stubs where learners answer, hidden tests and points where they are judged."""
    found = read(stored, stored.source.parent)
    shown, step, check = found.cells[:3]
    steps = [name for n in (1, 2, 3, 4) for name in (f"step_{n}", f"check_step_{n}")]

    assert [cell.grade_id for cell in found.cells] == [
        "progress_bar",
        *steps[:6],
        "loop_trace",
        *steps[6:],
    ]
    assert (shown.solution, shown.locked, shown.grade, shown.points) == (False, True, False, None)
    assert (step.solution, step.locked, step.grade, step.points) == (True, False, False, None)
    assert (check.grade, check.locked, check.solution, check.points) == (True, True, False, 2)
    assert "model_results =" not in step.source
    assert len(check.checksum) == 32


def test_what_learners_see_of_a_check_is_in_the_release(stored):
    """Everything between the marks of hidden tests is taken out, and nothing else."""
    path = stored.course.release("mini_project") / "build_and_apply.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    shown = {cell["id"]: "".join(cell["source"]) for cell in nb["cells"]}

    for cell in read(stored, stored.source.parent).cells:
        assert without_hidden_tests(cell.source) == shown[cell.grade_id].strip("\n")
    hidden = "a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS\nc"
    assert without_hidden_tests(hidden) == "a\nc"


def test_cells_stand_in_the_order_of_the_source(stored, tmp_path):
    """A source with the same cells decides; one with others does not."""
    nb = json.loads(stored.source.read_text(encoding="utf-8"))
    nb["cells"].reverse()
    turned, fewer = tmp_path / "turned", tmp_path / "fewer"
    for folder in (turned, fewer):
        folder.mkdir()
    (turned / stored.source.name).write_text(json.dumps(nb), encoding="utf-8")
    nb["cells"] = nb["cells"][:-9]
    (fewer / stored.source.name).write_text(json.dumps(nb), encoding="utf-8")
    as_is = read(stored, stored.source.parent).cells

    assert read(stored, turned).cells == as_is[::-1]
    assert read(stored, fewer).cells == as_is
    assert read(stored, tmp_path).cells == as_is


def test_all_keys_of_an_assignment_are_read_at_once(stored, tmp_path):
    """A whole class needs the gradebook once; what it does not know has no key."""
    folder = stored.course.source("mini_project")
    found = key.read_all(stored.course, "mini_project", folder)

    assert sorted(found) == ["build_and_apply", "practice"]
    assert found["build_and_apply"] == read(stored, stored.source.parent)
    assert key.read_all(stored.course, "no_such", tmp_path) == {}


def test_a_key_needs_no_source(stored, tmp_path):
    """The gradebook alone is enough where grading happens elsewhere."""
    shutil.copy(stored.course.root / "gradebook.db", tmp_path)
    shutil.copy(stored.course.root / "nbgrader_config.py", tmp_path)
    found = key.read_all(Course(tmp_path), "mini_project", tmp_path / "none")

    assert sum(cell.points or 0 for cell in found["practice"].cells) == 9
