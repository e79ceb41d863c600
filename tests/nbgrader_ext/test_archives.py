"""Archives of a learning platform through nbgrader's zip_collect."""

import io
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from grader.course import Course

PATTERN = r".*ps_(?P<student_id>[a-z]+)_(?P<file_id>\w+)"
NAME = "build_and_apply"


def zipped(*names: str, **links: str) -> bytes:
    """Return a zip archive of files that hold their own name, and of links."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, name)
        for name, target in links.items():
            about = zipfile.ZipInfo(f"{name}.ipynb")
            about.create_system, about.external_attr = 3, 0o120777 << 16
            archive.writestr(about, target)
    return made.getvalue()


def tarred(*names: str, **links: str) -> bytes:
    """Return a compressed tar archive of files that hold their own name, and of links."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name in names:
            about = tarfile.TarInfo(name)
            about.size = len(name)
            archive.addfile(about, io.BytesIO(name.encode()))
        for name, target in links.items():
            about = tarfile.TarInfo(f"{name}.ipynb")
            about.type, about.linkname = tarfile.SYMTYPE, target
            archive.addfile(about)
    return made.getvalue()


@pytest.fixture
def archive(course: Course) -> Path:
    """Where downloaded archives lie, in a course that collects by the names of files."""
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\nc.FileNameCollectorPlugin.named_regexp = {PATTERN!r}\n")
    folder = course.root / "downloaded" / "mini_project" / "archive"
    folder.mkdir(parents=True)
    return folder


def collect(course: Course) -> str:
    """Run `nbgrader zip_collect mini_project` and return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "zip_collect", "mini_project"],
        cwd=course.root,
        env=os.environ | {"JUPYTER_NO_CONFIG": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    return done.stderr


def students(course: Course) -> set[str]:
    """Return who has handed in, and check that it is their own file."""
    found = set(course.students("mini_project"))
    for student in found:
        path = course.submitted(student, "mini_project") / f"{NAME}.ipynb"
        assert path.is_file() and not path.is_symlink()
        assert path.read_text(encoding="utf-8").endswith(f"ps_{student}_{NAME}.ipynb")
    return found


def named(student: str) -> str:
    """Return the name of a learner's notebook as the platform gives it."""
    return f"ps_{student}_{NAME}.ipynb"


@pytest.mark.slow
def test_links_and_ways_out_are_named_and_left_out(course, archive):
    """Zip and tar, in each other too; everybody else's work is collected."""
    secret = course.source("mini_project") / f"{NAME}.ipynb"
    inner = tarred(named("ben"), f"../../{named('out')}", ps_link_build_and_apply=str(secret))
    with zipfile.ZipFile(archive / "class.zip", "w") as made:
        made.writestr(named("ada"), named("ada"))
        made.writestr("ben.tar.gz", inner)
        made.writestr("cem.zip", zipped(named("cem"), ps_eve_build_and_apply=str(secret)))
        made.writestr(f"/{named('root')}", "x")
        made.writestr(f"../{named('up')}", "x")
    (archive / named("dan")).symlink_to(secret)

    said = collect(course)

    assert students(course) == {"ada", "ben", "cem"}
    for student in ("out", "link", "eve", "root", "up", "dan"):
        assert any(named(student) in line and "left out" in line for line in said.splitlines())
    assert not (course.root / "downloaded" / named("up")).exists()


@pytest.mark.slow
def test_what_operating_systems_leave_makes_no_learner(course, archive):
    """A Mac's archive has a second tree of every file."""
    names = [named("ada"), f"__MACOSX/._{named('ada')}", f"__MACOSX/{named('eve')}"]
    names += [f"._{named('dan')}", ".DS_Store", "Thumbs.db", "sub/desktop.ini"]
    (archive / "class.zip").write_bytes(zipped(*names))
    (archive / f"._{named('fay')}").write_bytes(b"\0")

    collect(course)

    assert students(course) == {"ada"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "broken",
    [b"", b"no archive", zipped(named("eve"))[:60], tarred(named("eve"))[:60]],
    ids=["empty", "other", "cut zip", "cut tar"],
)
def test_an_archive_that_is_broken_stops_nobody(course, archive, broken):
    """It is named; nbgrader itself ends there with a stack trace."""
    (archive / "a.zip").write_bytes(broken)
    (archive / "data.csv.gz").write_bytes(broken)
    (archive / "z.zip").write_bytes(zipped(named("ada")))

    said = collect(course)

    assert students(course) == {"ada"}
    assert "a.zip cannot be extracted whole" in said
