"""
A real JupyterLab on loopback and a real browser, one of each for all browser tests: Chromium, or
Firefox with COURSE_BROWSER=firefox.

`COURSE_SCREENSHOTS=FOLDER` keeps a picture of every station of the tests, to be looked at.
"""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.browsers import launch, need_browser, why_not
from support.courses import copy_course
from support.lab_notebook import on_disk
from support.windows import Windows

from grader.course import Course
from grader.sandbox.lockdown import PARENT_DEATH_SIGNAL

TOKEN = "course-tests"
EXPOSED = "--LabApp.expose_app_in_browser=True"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this browser cannot be asked for, and say why."""
    if reason := why_not(item.name):
        pytest.skip(reason)


@dataclass(frozen=True)
class Lab:
    """A running `grader lab`: its course and its address."""

    course: Course
    address: str

    def url(self, path: str) -> str:
        """The address of a page, with the token in it."""
        return f"{self.address}{path}{'&' if '?' in path else '?'}token={TOKEN}"


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def browser_course(tmp_path_factory):
    """A copy of the course, for all browser tests."""
    need_browser()
    course = copy_course(tmp_path_factory.mktemp("lab") / "course", gradebook=False)
    (course.root.parent / "home").mkdir()
    kept = course.root.parent / "home" / ".jupyter" / "labconfig"
    kept.mkdir(parents=True)
    # Whenever it is loaded JupyterLab asks its server, which asks node, whether to build it anew.
    (kept / "page_config.json").write_text('{"buildCheck": false}')
    return course


@pytest.fixture(scope="session")
def exchange(browser_course):
    """The exchange of this course, with its mini project."""
    for command in ("generate_assignment", "release_assignment"):
        subprocess.run(
            [sys.executable, "-m", "nbgrader", command, "mini_project", "--force"],
            cwd=browser_course.root,
            env=clean_environment(browser_course),
            check=True,
            capture_output=True,
        )
    return browser_course.root / "exchange"


def clean_environment(course: Course) -> dict[str, str]:
    """The environment of a new user: nothing of Jupyter's, an empty home."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "JPY"))}
    return kept | {"HOME": str(course.root.parent / "home"), "JUPYTER_PREFER_ENV_PATH": "1"}


@contextlib.contextmanager
def serving(course: Course, name: str, *arguments: str) -> Iterator[Lab]:
    """A Jupyter server on loopback until the end of the block."""
    port = free_port()
    options = [
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
        "--allow-root",
    ]
    path = course.root.parent / f"{name}.log"
    with path.open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", *arguments, *options],
            cwd=course.root,
            env=clean_environment(course),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_the_tests,
        )
    running = Lab(course, f"http://127.0.0.1:{port}")
    try:
        wait_for(running, path, server)
        yield running
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=5)
        except subprocess.TimeoutExpired:  # Jupyter waits for a kernel that was just starting
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(timeout=20)


def end_with_the_tests() -> None:
    """Have the kernel end this process when the tests are ended from outside."""
    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


def grader_lab(role: str) -> list[str]:
    """The arguments of `grader lab` for a role, with JupyterLab's own objects on the page."""
    return ["grader", "lab", "--no-browser", "--role", role, "--", EXPOSED]


@pytest.fixture(scope="session")
def lab(browser_course):
    """`grader lab` as learners have it."""
    with serving(browser_course, "learner", *grader_lab("learner")) as running:
        yield running


@pytest.fixture(scope="session")
def instructors_lab(browser_course):
    """`grader lab --role instructor`."""
    with serving(browser_course, "instructor", *grader_lab("instructor")) as running:
        yield running


def wait_for(lab: Lab, log: Path, server: subprocess.Popen) -> None:
    """Wait until the server answers; its last words if it does not."""
    for _ in range(240):
        try:
            urllib.request.urlopen(lab.url("/api/status"), timeout=2)
            return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.25)
    pytest.fail("JupyterLab did not start: " + log.read_text()[-2000:])


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """The browser, without anything from the machine's user."""
    need_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = launch(playwright, tmp_path_factory.mktemp("browser"))
        yield running
        running.close()


@pytest.fixture(scope="session")
def windows(browser):
    """Windows that are 1280 wide, for JupyterLab: what was loaded serves the next test too."""
    kept = Windows(browser, 1280, 900)
    yield kept
    kept.close()


@pytest.fixture
def page(windows):
    """A window, 1280 wide; what leaves this machine fails the test."""
    window = windows.take()
    yield window.page
    windows.give_back(window)
    assert [] == window.strangers


@pytest.fixture
def folder(lab, request):
    """A folder of one test's own among the learner's files."""
    place = lab.course.root / "work" / request.node.originalname
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    return place


@pytest.fixture
def notebook(lab, folder):
    """Copies a released notebook, changed or not; returns its file and its address."""

    def copy(name: str, change=None, assignment: str = ""):
        path = folder / f"{name}.ipynb"
        found = on_disk(lab.course.release(assignment or name) / path.name)
        if change:
            change({one["id"]: one for one in found["cells"]}, found)
        path.write_text(json.dumps(found), encoding="utf-8")
        return path, lab.url(f"/lab/tree/{folder.name}/{path.name}?reset")

    return copy


@pytest.fixture(scope="session")
def bare_windows(browser):
    """Windows without JupyterLab, 1000 wide; an error on the console is an error."""
    kept = Windows(browser, 1000, 900, bare=True)
    yield kept
    kept.close()


@pytest.fixture
def bare_page(bare_windows):
    """A window without JupyterLab, 1000 wide, for a part on its own: see `bare_page.show`."""
    window = bare_windows.take()
    yield window.page
    bare_windows.give_back(window)
    assert ([], []) == (window.strangers, window.errors)


@pytest.fixture
def clocked_page(bare_windows):
    """The same with a clock that the test turns: a new window, for its clock never goes again."""
    window = bare_windows.opened()
    window.page.clock.install()
    yield window.page
    bare_windows.drop(window)
    assert ([], []) == (window.strangers, window.errors)


@pytest.fixture
def picture(request):
    """Keeps a picture of the page under a name, if pictures are wanted."""
    folder = os.environ.get("COURSE_SCREENSHOTS")

    def take(page, name: str, **options: object) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{folder}/{name}.png", **options)

    return take
