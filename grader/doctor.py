"""
Is everything in place? One line for each thing that must be so, and what to do where it is not.

Every question is a small function that returns what it found, or raises `Problem` with advice.
"""

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import CONFIG, Course, check_assignment, find_course
from grader.errors import GraderError, WallMissing

if TYPE_CHECKING:
    from grader.sandbox import Level

NEEDED_MB = 200
EXTENSIONS = ("anywidget", "@jupyter-widgets/jupyterlab-manager", "grader-notebooks")
Question = Callable[[Path], str]


class Problem(Exception):
    """Carries what is wrong; its second argument is what to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor."""

    title: str
    ok: bool
    text: str

    def __str__(self) -> str:
        return f"{'ok     ' if self.ok else 'PROBLEM'}  {self.title}: {self.text}"


def examine(root: Path) -> list[Finding]:
    """Ask every question about this machine and the course folder `root`."""
    findings = [_ask(title, question, root) for title, question in QUESTIONS.items()]
    findings += _walls(root)
    course = Course(root)
    if all(finding.ok for finding in findings):
        findings += [of_key(course, name) for name in course.assignments()]
    return findings


def of_key(course: Course, assignment: str) -> Finding:
    """Ask whether learners can be graded by the key of an assignment."""
    return _ask(f"key of {assignment}", lambda _: _key(course, assignment), course.root)


def _ask(title: str, question: Question, root: Path) -> Finding:
    """Turn the answer to one question into a line; a surprise is a problem too."""
    try:
        return Finding(title, True, question(root))
    except Problem as problem:
        return Finding(title, False, " ".join(problem.args))
    except GraderError as error:
        return Finding(title, False, str(error))
    except Exception as error:
        return Finding(title, False, f"{type(error).__name__}: {error}")


def _level(root: Path) -> "Level":
    """Return the level of the sandbox at which this course is graded here."""
    from grader.course import load_config
    from grader.judge.limits import SandboxLimits

    return SandboxLimits(config=load_config(Course(root))).level


def _walls(root: Path) -> list[Finding]:
    """Attack the sandbox that grading would use, and tell of each wall whether it held."""
    from grader.sandbox.levels import NO_WALLS
    from grader.sandbox.selftest import prove

    try:
        level = _level(root)
        walls = [] if level == NO_WALLS else prove(level)
    except WallMissing:
        return []  # the line about the sandbox says it
    except GraderError as error:
        return [Finding("sandbox", False, str(error))]
    return [
        Finding(
            f"sandbox: {wall.name}", wall.held, "tried" if wall.held else f"OPEN: {wall.detail}"
        )
        for wall in walls
    ]


def _python(_: Path) -> str:
    """Ask for Python 3.11 or later."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < (3, 11):  # noqa: UP036 - an old Python can find this file too
        raise Problem(f"{found} is too old.", "Make the environment with Python 3.11 or later.")
    return found


def _nbgrader(_: Path) -> str:
    """Ask for a version of nbgrader that the grader was written for."""
    advice = "Run: make demo (it sets everything up), or: pip install 'nbgrader>=0.9.6,<0.10'"
    try:
        found = version("nbgrader")
    except PackageNotFoundError:
        raise Problem("not installed.", advice) from None
    if tuple(map(int, found.split(".")[:2])) != (0, 9):
        raise Problem(f"{found} is not 0.9.", advice)
    return found


def _alembic(_: Path) -> str:
    """Ask for the command that nbgrader runs on a new gradebook."""
    beside = Path(sys.executable).parent
    if not shutil.which("alembic", path=str(beside)):
        raise Problem(f"not in {beside}.", "Install the requirements again: pip install alembic")
    return "beside this Python"


def _kernel(_: Path) -> str:
    """Ask for the kernel that the notebooks name."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        return KernelSpecManager().get_kernel_spec("python3").display_name
    except NoSuchKernel:
        raise Problem(
            "no kernel python3.", "Run: python -m ipykernel install --sys-prefix"
        ) from None


def _widgets(_: Path) -> str:
    """Ask whether JupyterLab finds what draws the interactive parts, and the course's own help."""
    from jupyter_core.paths import jupyter_config_path, jupyter_path

    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    missing = [
        name
        for name in EXTENSIONS
        if not any((f / name / "package.json").is_file() for f in folders)
    ]
    if missing:
        raise Problem(
            f"JupyterLab does not find {', '.join(missing)}.",
            "Install again in this environment: pip install anywidget ipywidgets && pip install .",
        )
    places = [
        Path(folder) / "jupyter_server_config.d/grader.json" for folder in jupyter_config_path()
    ]
    if not any(map(Path.is_file, places)):
        raise Problem(
            "The Jupyter server does not find grader.jupyter_ext: notebooks do not come alive.",
            "Install again in this environment: pip install .",
        )
    return f"anywidget {version('anywidget')}"


def _sandbox(root: Path) -> str:
    """Ask for the best sandbox that this machine can make, and whether it hides the course."""
    from grader.sandbox import cgroup
    from grader.sandbox.levels import NO_WALLS, require_hidden

    level = _level(root)
    if level == NO_WALLS:
        return "run without walls, as c.Sandbox.walls says: a learner's code can do what you can"
    require_hidden(root)
    around = cgroup.describe()
    if not level.reason:
        return f"{level.name}, {around}"
    return f"only the {level.name} level, {around}. {level.reason[0].upper()}{level.reason[1:]}"


def _imports(root: Path) -> str:
    """Ask which libraries of the notebooks the sandbox can have ready for every submission."""
    from grader.judge.sources import modules
    from grader.sandbox import Sandbox

    course = Course(root)
    paths = [
        course.source(n) / f"{b}.ipynb" for n in course.assignments() for b in course.notebooks(n)
    ]
    cells = [cell for path in paths for cell in json.loads(path.read_bytes()).get("cells", ())]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    wanted = modules((), code)
    with Sandbox(_level(root), modules=wanted) as sandbox:
        sandbox.open().close()
        slow = sandbox.left_out()
    if slow:
        return f"{', '.join(slow)}: imported anew for each submission, which takes longer"
    return "ready for every submission"


def _folder(root: Path) -> str:
    """Ask for the configuration and for notebooks in source/."""
    if not (root / CONFIG).is_file():
        raise Problem(f"{root} has no {CONFIG}.", "Change into the course folder.")
    if not (root / "source").is_dir():
        raise Problem("source/ holds no notebook.", "Put them into source/<assignment>/.")
    names = find_course(root).assignments()
    for name in names:
        check_assignment(Course(root), name)
    if not names:
        raise Problem("source/ holds no notebook.", "Put them into source/<assignment>/.")
    return f"{len(names)} assignment{'s' * (len(names) != 1)}"


def _writable(root: Path) -> str:
    """Ask whether nbgrader's folders can be written to, by writing."""
    for name in ("release", "submitted", "autograded", "feedback"):
        probe = root / name / ".writable"
        try:
            probe.parent.mkdir(exist_ok=True)
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise Problem(
                f"{name}/: {error.strerror}.", "Give yourself the right to write."
            ) from None
    return "release/ submitted/ autograded/ feedback/"


def _space(root: Path) -> str:
    """Ask for free space on the disk."""
    free = shutil.disk_usage(root).free // 10**6
    if free < NEEDED_MB:
        raise Problem(f"{free} MB free.", f"Make room: {NEEDED_MB} MB are needed.")
    return f"{free} MB free"


def _gradebook(root: Path) -> str:
    """Ask whether the gradebook can be read; a course that was never graded has none yet."""
    from grader import gradebook

    if not _has_gradebook(root):
        return "not made yet; grading makes it"
    with gradebook.opened(Course(root)) as book:
        return f"{len(book.students)} learners, {len(book.assignments)} assignments"


def _has_gradebook(root: Path) -> bool:
    """Tell whether there is a gradebook to open: looking must not make one."""
    from grader.course import load_config

    named = "db_url" in load_config(Course(root)).CourseDirectory
    return named or (root / "gradebook.db").exists()


def _key(course: Course, assignment: str) -> str:
    """
    Ask whether the gradebook's key of an assignment is the one in source/, and grade with it: its
    own solutions must get full marks, and an untouched release none. One notebook is graded for
    real, as if the key's answers were handed in.
    """
    from grader import gradebook
    from grader.course import course_directory, load_config
    from grader.trial.course import notes, try_for_real

    config = load_config(course)
    directory, stored = course_directory(config, assignment_id=assignment), False
    if _has_gradebook(course.root):
        with gradebook.use(directory) as book:
            stored = gradebook.knows(book, assignment)
            if stored and not gradebook.has_key(book, assignment):
                raise Problem("older than source/.", f"Run: grader release {assignment}")
    trials, rehearsal = try_for_real(directory, config, stored)
    found = "as in source/" if stored else "not taken over yet; grading does it"
    found = f"{found}. Its answers get full marks, no answers none; {rehearsal}"
    return "\n         ".join([found, *notes(trials)])


QUESTIONS: dict[str, Question] = {
    "Python": _python,
    "nbgrader": _nbgrader,
    "alembic": _alembic,
    "kernel": _kernel,
    "widgets": _widgets,
    "sandbox": _sandbox,
    "course folder": _folder,
    "imports": _imports,
    "folders can be written": _writable,
    "disk": _space,
    "gradebook": _gradebook,
}
