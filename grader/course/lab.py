"""
JupyterLab for a role: learners work on a copy of release/ in work/ and see nothing else, those
without an instructor in practice/ and meet nothing of nbgrader, instructors see the whole course
with the formgrader.

The formgrader reads nbgrader_config.py from the server's folder, but the assignment list reads it
again from where assignments are kept. A generated Jupyter configuration folder that points to the
course serves both; it also holds the settings and what a role does not see.
"""

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from grader.course import Course, put_tools_on_path
from grader.course.config import lacks_exchange
from grader.errors import GraderError, NoAssignment, UsageError

START = "start.md"
LEARNER, ALONE, INSTRUCTOR = "learner", "practice", "instructor"
SETTINGS = {
    "@jupyterlab/docmanager-extension:plugin": {
        "autosaveInterval": 10,  # seconds; JupyterLab's own is 120
        "defaultViewers": {"markdown": "Markdown Preview"},
    },
    # Notebook 7 shows a page of text beside a notebook, and so nowhere if there is none.
    "@jupyter-notebook/application-extension:shell": {
        "layout": {
            "Markdown Preview": {"area": "main"},
            "Debugger Console": {"area": "down"},
            "Plugins": {"area": "left"},
        }
    },
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": False,
    },
}
# What only instructors use, as JupyterLab's front end and as the server know it.
INSTRUCTORS_PAGES = ("formgrader", "create-assignment", "course-list")
INSTRUCTORS_SERVICES = ("formgrader", "course_list")
OTHER_SERVICES = ("assignment_list", "validate_assignment")


def copy_release(course: Course) -> list[Path]:
    """Copy what is in release/ but not yet in work/, and return the new files."""
    new = []
    for path in sorted(course.release().rglob("*")):
        target = course.root / "work" / path.relative_to(course.release())
        if path.is_file() and not target.exists() and not path.name.startswith("."):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
            new.append(target)
    return new


def start_page(course: Course) -> str:
    """Return the page that learners see first: source/start.md, or a list of all notebooks."""
    own = course.source() / START
    if own.is_file():
        return own.read_text(encoding="utf-8")
    lines = [
        f"- [{name}: {notebook}]({quote(name)}/{quote(notebook)}.ipynb)"
        for name in course.assignments()
        for notebook in course.notebooks(name)
    ]
    return "\n".join(["# Notebooks", "", *lines, ""])


def write_start(course: Course) -> Path:
    """Write the page that learners see first, and return it."""
    page = course.root / "work" / START
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(start_page(course), encoding="utf-8")
    return page


def make_exchange(course: Course) -> None:
    """
    Make the course's own exchange where there is no other: without one nbgrader's formgrader and
    list of assignments refuse to work.
    """
    if lacks_exchange(course.root):
        with contextlib.suppress(OSError):
            (course.root / "exchange").mkdir(exist_ok=True)


def write_config(course: Course, role: str) -> Path:
    """Write the Jupyter configuration folder of this course for a role and return it."""
    folder = course.root / "work" / ".jupyter" / role
    (folder / "labconfig").mkdir(parents=True, exist_ok=True)
    root = str(course.root)
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        f"load_subconfig('nbgrader_config.py', path={root!r})\n"
        f"c.CourseDirectory.root = {root!r}\n"
        f"c.Exchange.assignment_dir = {str(course.root / 'work')!r}\n",
        encoding="utf-8",
    )
    away = role != INSTRUCTOR
    pages = {f"@jupyter/nbgrader:{name}": away for name in INSTRUCTORS_PAGES}
    services = {name: not away for name in INSTRUCTORS_SERVICES}
    if role == ALONE:
        pages = {"@jupyter/nbgrader": True}
        services |= dict.fromkeys(OTHER_SERVICES, False)
    services = {f"nbgrader.server_extensions.{name}": one for name, one in services.items()}
    services["grader.jupyter_ext"] = True
    files = {
        "labconfig/default_setting_overrides.json": SETTINGS,
        "labconfig/page_config.json": {
            "disabledExtensions": pages,
            "graderStartPage": START if away else "",
            "graderMargin": not away,
        },
        "jupyter_server_config.json": {
            "ServerApp": {"jpserver_extensions": services},
            "Margin": {"file": "" if away else str(course.source() / "margin.toml")},
            "GivenCells": {
                "folders": [str(course.root / one) for one in ("release", "practice", "teacher")]
            },
        },
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return folder


def command(
    course: Course, role: str = "learner", browser: bool = True, extra: Sequence[str] = ()
) -> list[str]:
    """
    Return the command that starts JupyterLab for a role.

    Raises: NoAssignment where no notebook was released.
    """
    alone = role == ALONE
    place = course.root / ("practice" if alone else "work")
    if not any(place.rglob("*.ipynb")):
        name, option = ("practice", " --practice") if alone else ("release", "")
        raise NoAssignment(f"{name}/ holds no notebook. Run: grader release{option}")
    learner = role != INSTRUCTOR
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={place if learner else course.root}",
        f"--LabApp.default_url={f'/lab/tree/{START}' if learner else '/lab'}",
        *([] if browser else ["--no-browser"]),
        *extra,
    ]


def refuse_root(extra: Sequence[str]) -> None:
    """Say what Jupyter says to root, in one line; raises UsageError."""
    if getattr(os, "geteuid", lambda: 1)() == 0 and "--allow-root" not in extra:
        raise UsageError(
            "JupyterLab does not run as root. Run it as another user, or in a container:"
            " grader lab -- --allow-root"
        )


def lab(
    course: Course, role: str = "learner", browser: bool = True, extra: Sequence[str] = ()
) -> NoReturn:
    """
    Become JupyterLab: keys and signals are for it alone, and its exit code is ours.

    Raises: GraderError where JupyterLab does not start; UsageError for root.
    """
    put_tools_on_path()
    refuse_root(extra)
    new: list[Path] = []
    if role != ALONE:
        new = copy_release(course)
        write_start(course)
        make_exchange(course)
    folder = write_config(course, role)
    if new:
        told = f"{len(new)} new files in {course.root / 'work'}; what you wrote there is kept."
        print(told, flush=True)
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("JUPYTER_CONFIG_PATH", "")]))
    environment = os.environ | {"JUPYTER_CONFIG_PATH": path}
    words = command(course, role, browser, extra)
    try:
        os.chdir(course.root)
        os.execve(words[0], words, environment)
    except OSError as error:
        raise GraderError(f"JupyterLab did not start: {error}. Run: grader doctor") from None
