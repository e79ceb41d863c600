"""JupyterLab on the learner's notebooks."""

import json

import pytest

from grader.errors import NoAssignment, UsageError
from grader.lab import command, copy_release, refuse_root, write_config


def test_a_learners_work_is_never_overwritten(course):
    """The second start copies only what is new."""
    assert copy_release(course)
    mine = course.root / "work/mini_project/build_and_apply.ipynb"
    mine.write_text("my work", encoding="utf-8")

    assert copy_release(course) == []
    assert mine.read_text(encoding="utf-8") == "my work"


def test_lab_opens_the_first_notebook_on_this_machine_only(course):
    """The server listens on 127.0.0.1 and opens the mini project; further options are passed on."""
    copy_release(course)
    arguments = command(course, browser=False, extra=["--port=9999"])

    assert "--ServerApp.ip=127.0.0.1" in arguments
    assert "--LabApp.default_url=/lab/tree/work/mini_project/build_and_apply.ipynb" in arguments
    assert arguments[-2:] == ["--no-browser", "--port=9999"]


def test_root_is_told_how_to_go_on(monkeypatch):
    """Jupyter refuses root; the way around it is one line, and everybody else just starts."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    with pytest.raises(UsageError, match="--allow-root"):
        refuse_root([])
    refuse_root(["--allow-root"])
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    refuse_root([])


def test_without_a_release_lab_says_what_to_run(course):
    """An empty work/ cannot be opened."""
    with pytest.raises(NoAssignment, match="grader release"):
        command(course)


def test_the_generated_configuration_points_to_the_course(course):
    """nbgrader finds the course from any folder, and no news pop-up covers the notebook."""
    from traitlets.config.loader import PyFileConfigLoader

    folder = write_config(course)
    config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    settings = json.loads((folder / "labconfig/default_setting_overrides.json").read_text())

    assert config.CourseDirectory.root == str(course.root)
    assert config.CourseDirectory.course_id == "rai-mlops"
    assert config.Exchange.assignment_dir == str(course.root / "work")
    notifications = settings["@jupyterlab/apputils-extension:notification"]
    assert (notifications["fetchNews"], notifications["checkForUpdates"]) == ("false", False)
