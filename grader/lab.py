"""
JupyterLab on the learner's notebooks: a copy of release/ in work/, opened at the first notebook.

The formgrader reads nbgrader_config.py from the server's folder, but the assignment list reads it
again from where assignments are kept. A generated Jupyter configuration folder that points to the
course serves both.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.course import Course, put_tools_on_path
from grader.errors import GraderError, NoAssignment, UsageError

FIRST = Path("mini_project/build_and_apply.ipynb")
SETTINGS = {
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 10},
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": False,
    },
}


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


def write_config(course: Course) -> Path:
    """Write the Jupyter configuration folder of this course and return it."""
    folder = course.root / "work" / ".jupyter"
    (folder / "labconfig").mkdir(parents=True, exist_ok=True)
    root = str(course.root)
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        f"load_subconfig('nbgrader_config.py', path={root!r})\n"
        f"c.CourseDirectory.root = {root!r}\n"
        f"c.Exchange.assignment_dir = {str(course.root / 'work')!r}\n",
        encoding="utf-8",
    )
    (folder / "labconfig" / "default_setting_overrides.json").write_text(
        json.dumps(SETTINGS, indent=1) + "\n", encoding="utf-8"
    )
    return folder


def command(course: Course, browser: bool = True, extra: Sequence[str] = ()) -> list[str]:
    """Return the command that starts JupyterLab on the learner's copy."""
    first = Path("work") / FIRST
    if not (course.root / first).is_file():
        first = next((p for p in sorted((course.root / "work").rglob("*.ipynb"))), None)
        if first is None:
            raise NoAssignment("release/ holds no notebook. Run: grader release")
        first = first.relative_to(course.root)
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={course.root}",
        f"--LabApp.default_url=/lab/tree/{first.as_posix()}",
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


def lab(course: Course, browser: bool = True, extra: Sequence[str] = ()) -> int:
    """Start JupyterLab, wait until it is stopped, and return its exit code."""
    put_tools_on_path()
    refuse_root(extra)
    new = copy_release(course)
    folder = write_config(course)
    if new:
        print(f"{len(new)} new files in {course.root / 'work'}; what you wrote there is kept.")
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("JUPYTER_CONFIG_PATH", "")]))
    environment = os.environ | {"JUPYTER_CONFIG_PATH": path}
    try:
        return subprocess.call(command(course, browser, extra), env=environment, cwd=course.root)
    except OSError as error:
        raise GraderError(f"JupyterLab did not start: {error}. Run: grader doctor") from None
