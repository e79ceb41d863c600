"""JupyterLab on the learner's notebooks."""

import json
import re

import pytest

from grader.course import lab
from grader.course.lab import command, copy_release, refuse_root, write_config, write_start
from grader.errors import NoAssignment, UsageError


def test_a_learners_work_is_never_overwritten(course):
    """The second start copies only what is new."""
    assert copy_release(course)
    mine = course.root / "work/mini_project/build_and_apply.ipynb"
    mine.write_text("my work", encoding="utf-8")

    assert copy_release(course) == []
    assert mine.read_text(encoding="utf-8") == "my work"


def test_lab_opens_the_start_page_on_this_machine_only(course):
    """The server listens on 127.0.0.1, shows learners only work/; further options pass through."""
    copy_release(course)
    arguments = command(course, browser=False, extra=["--port=9999"])

    assert "--ServerApp.ip=127.0.0.1" in arguments
    assert f"--ServerApp.root_dir={course.root / 'work'}" in arguments
    assert "--LabApp.default_url=/lab/tree/start.md" in arguments
    assert arguments[-2:] == ["--no-browser", "--port=9999"]
    assert f"--ServerApp.root_dir={course.root}" in command(course, "instructor")


def test_the_start_page_lists_the_ten_modes(course):
    """Each mode stands there with its number, and every link leads to a file and a cell."""
    copy_release(course)
    text = write_start(course).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)(?:#cell-id=([^)]+))?\)", text)

    assert [str(n) for n in range(1, 11)] == re.findall(r"(?m)^\| (\d+) \|", text)
    assert "10 modes available" in text and len(links) >= 7
    for path, cell in links:
        notebook = json.loads((course.root / "work" / path).read_text(encoding="utf-8"))
        assert not cell or cell in {one["id"] for one in notebook["cells"]}


def test_a_course_without_a_start_page_gets_a_list_of_its_notebooks(course):
    """Names with blanks lead somewhere, too."""
    (course.source() / "start.md").unlink()
    (course.source() / "week 1").mkdir()
    (course.source() / "week 1" / "my sheet.ipynb").write_text("{}", encoding="utf-8")

    text = write_start(course).read_text(encoding="utf-8")

    assert "- [week 1: my sheet](week%201/my%20sheet.ipynb)" in text.splitlines()
    assert "(mini_project/build_and_apply.ipynb)" in text


def test_root_is_told_how_to_go_on(monkeypatch):
    """Jupyter refuses root; the way around it is one line, and everybody else just starts."""
    if not hasattr(lab.os, "geteuid"):
        pytest.skip("this system has no root")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    with pytest.raises(UsageError, match="--allow-root"):
        refuse_root([])
    refuse_root(["--allow-root"])
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    refuse_root([])


def test_without_a_release_lab_says_what_to_run(course):
    """An empty work/ cannot be opened."""
    with pytest.raises(NoAssignment, match=r"grader release$"):
        command(course)
    with pytest.raises(NoAssignment, match="grader release --practice"):
        command(course, "practice")


@pytest.mark.parametrize("role", ["learner", "instructor", "practice"])
def test_the_generated_configuration_points_to_the_course(course, role):
    """nbgrader finds the course from any folder; no news pop-up; a pick is on disk in seconds."""
    from traitlets.config.loader import PyFileConfigLoader

    folder = write_config(course, role)
    config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    settings = json.loads((folder / "labconfig/default_setting_overrides.json").read_text())

    assert config.CourseDirectory.root == str(course.root)
    assert config.CourseDirectory.course_id == "rai-mlops"
    assert config.Exchange.assignment_dir == str(course.root / "work")
    notifications = settings["@jupyterlab/apputils-extension:notification"]
    assert (notifications["fetchNews"], notifications["checkForUpdates"]) == ("false", False)
    assert settings["@jupyterlab/docmanager-extension:plugin"]["autosaveInterval"] <= 10


def test_only_instructors_get_the_formgrader(course):
    """For learners it is switched off in the page and in the server, for instructors in neither."""
    for role, away in (("learner", True), ("instructor", False)):
        folder = write_config(course, role)
        pages = json.loads((folder / "labconfig/page_config.json").read_text())
        services = json.loads((folder / "jupyter_server_config.json").read_text())
        served = services["ServerApp"]["jpserver_extensions"]

        assert {away} == set(pages["disabledExtensions"].values())
        assert "@jupyter/nbgrader:formgrader" in pages["disabledExtensions"]
        assert served.pop("grader.jupyter_ext")
        assert {not away} == set(served.values())
        assert "nbgrader.server_extensions.formgrader" in served


def test_who_learns_alone_meets_nothing_of_nbgrader(course):
    """No menu, no dialog, no list of assignments; the server starts in practice/."""
    (course.root / "practice").mkdir()
    (course.root / "practice/one.ipynb").write_text("{}")
    folder = write_config(course, "practice")
    pages = json.loads((folder / "labconfig/page_config.json").read_text())["disabledExtensions"]
    services = json.loads((folder / "jupyter_server_config.json").read_text())
    served = services["ServerApp"]["jpserver_extensions"]

    assert {"@jupyter/nbgrader": True} == pages
    assert {"grader.jupyter_ext"} == {name for name, on in served.items() if on}
    assert 4 == len(served) - 1
    assert f"--ServerApp.root_dir={course.root / 'practice'}" in command(course, "practice")
