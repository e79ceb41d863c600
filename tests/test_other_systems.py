"""
What learners and instructors do works where this machine's system has more than theirs.

Children run with `support/another_system`: Python's modules, functions and constants that Windows
or macOS lack are not there for our code. In the same children the tests of the learner's and the
instructor's side run; what grades there, grades without walls.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.courses import answer_cell, check_cell, hand_in_sheet, small_course
from support.notebooks import ROOT

from grader.release import release

SYSTEMS = ("windows", "macos")
SHIM = Path(__file__).parent / "support" / "another_system"
LEARNERS = """
    tests/rerun tests/widgets tests/jupyter_ext tests/rai/test_rai.py tests/rai/test_process.py
    tests/checks/test_checks_loops.py tests/checks/test_checks_quiz.py
    tests/checks/test_checks_verdict.py tests/test_handout.py tests/course/test_lab.py
""".split()  # noqa: SIM905 - a list of quoted names is harder to read
INSTRUCTORS = """
    tests/release/test_release.py tests/release/test_leftovers.py tests/release/test_self_study.py
    tests/feedback/test_feedback.py tests/gradebook/test_gradebook_marks.py tests/test_report.py
    tests/submissions/test_own_files.py tests/submissions/test_folder.py
    tests/sandbox/test_no_walls.py
""".split()  # noqa: SIM905
EVERYTHING = """
import importlib, pkgutil, grader
for one in pkgutil.walk_packages(grader.__path__, "grader."):
    if not one.name.endswith("__main__"):
        importlib.import_module(one.name)
"""


def elsewhere(
    system: str, *words: str, folder: Path = ROOT, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run Python as on another system, with these words on its command line."""
    paths = [str(SHIM), str(ROOT), str(ROOT / "tests")]
    own = {"COURSE_SYSTEM": system, "PYTHONPATH": os.pathsep.join(paths)}
    rest = {n: v for n, v in os.environ.items() if not n.startswith(("PYTEST", "COURSE_REQUIRE"))}
    command = [sys.executable, *words]
    return subprocess.run(
        command,
        env=rest | own | variables,
        cwd=folder,
        capture_output=True,
        encoding=variables.get("PYTHONIOENCODING", "utf-8"),
    )


def tried(system: str, files: list[str], least: int) -> None:
    """Run test files as on another system: all pass, and so many there are at least."""
    options = ("-q", "-p", "no:cacheprovider", "-m", "not slow", "--tb=short", "-o", "addopts=")
    done = elsewhere(system, "-m", "pytest", *options, *files)

    assert 0 == done.returncode, done.stdout[-4000:] + done.stderr[-2000:]
    counts = done.stdout.splitlines()[-1]
    assert int(counts.split(" passed")[0].split()[-1]) >= least, counts


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_module_is_imported(system):
    """Those that build walls, too: nothing of Linux is asked for before it is needed."""
    done = elsewhere(system, "-c", EVERYTHING)

    assert "" == done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_learners_side_works(system):
    """Cards, checks, coach, loop trace, practice edition, handout, the server's extension."""
    tried(system, LEARNERS, 450)


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_instructors_side_works(system):
    """Release, hand-ins, gradebook, report, feedback, and guests without walls."""
    tried(system, INSTRUCTORS, 200)


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_class_goes_from_hand_in_to_feedback(system, tmp_path):
    """
    In a folder with blanks and umlauts, from hand-ins with the line ends of Windows, on a console
    that knows 256 characters.
    """
    course = small_course(
        tmp_path / "Kurs Übung 1 & 2" / "Ärger",
        answer_cell("a", "total = 3"),
        check_cell("c", "assert total == 3, 'the sum – “total” – is 3'", 2),
        config="c.Sandbox.walls = False\n",
    )
    release(course, ["week"])
    for student, text in {"ada": "b = 1\r\ntotal = b + 2\r\n", "zoë": "total = 4"}.items():
        path = hand_in_sheet(course, student, a=text)
        nb = json.loads(path.read_bytes())
        path.write_bytes(json.dumps(nb, indent=1).encode().replace(b"\n", b"\r\n"))
    done = {
        words[0]: elsewhere(
            system, "-m", "grader", *words, folder=course.root, PYTHONIOENCODING="cp1252"
        )
        for words in (["grade", "week"], ["report"], ["feedback", "week"], ["doctor"])
    }

    assert all("Traceback" not in one.stderr for one in done.values())
    assert [0, 0, 0] == [done[name].returncode for name in ("grade", "report", "feedback")], done
    assert re.search(r"ada +2 +2\n", done["grade"].stdout)
    assert re.search(r"zoë +0 +0\n", done["grade"].stdout)
    assert "Run without walls: week, 2 learners" in done["report"].stdout
    assert "run without walls" in done["doctor"].stdout
    assert (course.root / "feedback" / "zoë" / "week" / "sheet.html").is_file()


MISSING = {
    "windows": [
        "import fcntl",
        "import resource",
        "from os import fork",
        "import os; os.getuid()",
        "import os; os.open('/', os.O_RDONLY | os.O_DIRECTORY)",
        "import os; os.sysconf('SC_CLK_TCK')",
        "import signal; signal.setitimer(signal.ITIMER_REAL, 0)",
        "import signal; signal.SIGKILL",
        "from select import poll",
        "import socket; socket.AF_UNIX",
        "import time; time.clock_gettime(0)",
        "import ctypes; ctypes.CDLL(None)",
        "open('/proc/self/stat').close()",
        "from pathlib import Path; Path('/proc/self/stat').read_text()",
        "import sys; assert sys.platform == 'linux'",
    ],
    "macos": [
        "from os import pidfd_open",
        "import signal; signal.pidfd_send_signal",
        "from select import epoll",
        "open('/proc/self/stat').close()",
        "import sys; assert sys.platform == 'linux'",
    ],
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("system", "line"), [(system, line) for system in SYSTEMS for line in MISSING[system]]
)
def test_what_is_taken_away_is_missed(system, line, tmp_path):
    """By our code: the same line stands in a module of `grader`, in another, and here."""
    for name in ("grader", "library"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(line, encoding="utf-8")
    asked = "import sys; sys.path.insert(0, sys.argv[1]); __import__(sys.argv[2])"
    ours, theirs = (
        elsewhere(system, "-c", asked, str(tmp_path), name) for name in ("grader", "library")
    )

    assert 1 == ours.returncode and "Error" in ours.stderr.splitlines()[-1]
    assert (0, "") == (theirs.returncode, theirs.stderr)
