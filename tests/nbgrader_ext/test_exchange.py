"""What comes in through nbgrader's exchange: learners' own files only."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.exchange import ExchangeFactory
from support.courses import answer, copy_course
from traitlets.config import Config

from grader.course import Course, course_directory, load_config
from grader.course.config import enable
from grader.course.lab import make_exchange
from grader.nbgrader_ext.exchange import CollectOwnFiles

NAME = "build_and_apply.ipynb"
OTHER_COURSE = (
    "from grader.course.config import enable\nc = get_config()\nenable(c)\n"
    "c.CourseDirectory.course_id = 'other'\nc.Exchange.root = {root!r}\n"
)


@pytest.fixture(params=["this course", "another one"])
def opened(request, tmp_path: Path) -> Course:
    """A course with an exchange: this one, or another whose configuration only calls enable."""
    made = copy_course(tmp_path / "course")
    root = tmp_path / "exchange"
    if request.param == "another one":
        text = OTHER_COURSE.format(root=str(root))
    else:
        text = (made.root / "nbgrader_config.py").read_text(encoding="utf-8")
        text += f"\nc.Exchange.root = {str(root)!r}\n"
    (made.root / "nbgrader_config.py").write_text(text, encoding="utf-8")
    return made


def inbound(course: Course, name: str) -> Path:
    """Make a folder in the exchange where learners hand in, with right answers, and return it."""
    config = load_config(course)
    place = Path(config.Exchange.root, config.CourseDirectory.course_id, "inbound")
    place.mkdir(parents=True, exist_ok=True)
    Path(config.Exchange.root).chmod(0o777)
    folder = place / name
    shutil.copytree(course.release("mini_project"), folder)
    answer(folder)
    (folder / "timestamp.txt").write_text("2026-05-01 12:00:00 UTC", encoding="utf-8")
    return folder


def collect(course: Course, *options: str) -> str:
    """Run `nbgrader collect mini_project` and return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "collect", "mini_project", *options],
        cwd=course.root,
        env=os.environ | {"JUPYTER_NO_CONFIG": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def collected(course: Course, student: str) -> set[str]:
    """Return what lies in submitted/ of a learner, by path."""
    folder = course.submitted(student, "mini_project")
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.slow
def test_links_in_the_exchange_are_named_and_left_out(opened):
    """What they lead to is not copied; the rest of the hand-in and all others are collected."""
    ben = inbound(opened, "ben+mini_project+2026-05-01 12:00:00 UTC")
    (ben / "key.ipynb").symlink_to(opened.source("mini_project") / NAME)
    (ben / "source").symlink_to(opened.source())
    (ben / "deep").mkdir()
    (ben / "deep" / "hostname").symlink_to("/etc/hostname")
    (ben / "deep" / "own.csv").write_text("1,2", encoding="utf-8")
    (opened.root / "gradebook.copy").write_bytes(b"secret")
    os.link(opened.root / "gradebook.copy", ben / "hard.db")
    os.mkfifo(ben / "pipe")
    inbound(opened, "ada+mini_project+2026-05-01 12:00:00 UTC")

    said = collect(opened)

    own = {NAME, "practice.ipynb", "timestamp.txt"}
    assert collected(opened, "ada") == own
    assert collected(opened, "ben") == own | {"deep", "deep/own.csv"}
    for name, kind in {
        "key.ipynb": "a link",
        "source": "a link",
        "deep/hostname": "a link",
        "hard.db": "a hard link to a file that lies elsewhere too",
        "pipe": "a pipe",
    }.items():
        assert f"`{name}` is {kind}: left out." in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_hand_in_that_is_a_link_is_refused(opened):
    """An earlier one of the same learner that is none is collected instead."""
    real = inbound(opened, "ada+mini_project+2026-05-01 12:00:00 UTC")
    for name in (
        "ben+mini_project+2026-05-02 12:00:00 UTC",
        "cem+mini_project+2026-05-02 12:00:00",
    ):
        (real.parent / name).symlink_to(real)
    inbound(opened, "ben+mini_project+2026-05-01 12:00:00 UTC")

    said = collect(opened)

    assert collected(opened, "ada") == collected(opened, "ben")
    assert not opened.submitted("cem", "mini_project").exists()
    assert said.count("is a link to another place") == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["ben+mini_project+soon", "+mini_project+2026-05-01", "__MACOSX+mini_project+2026-05-01"],
)
def test_a_name_that_is_no_learners_stops_nobody(opened, name):
    """Everybody may write into the exchange: such a folder is named, and all others come in."""
    inbound(opened, name)
    inbound(opened, "ada+mini_project+2026-05-01 12:00:00 UTC")

    said = collect(opened)

    assert collected(opened, "ada") == {NAME, "practice.ipynb", "timestamp.txt"}
    assert "Left out: " in said and "Traceback" not in said
    assert not (opened.root / "mini_project").exists()
    assert [path.name for path in (opened.root / "submitted").iterdir()] == ["ada"]


@pytest.mark.slow
def test_a_hand_in_that_is_too_large_stops_nobody(opened):
    """It is named; nbgrader itself stops there with a stack trace."""
    config = opened.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.CourseDirectory.max_dir_size = 200\n")
    large = inbound(opened, "aaa+mini_project+2026-05-01 12:00:00 UTC")
    (large / "large.bin").write_bytes(b"\0" * 200_001)
    inbound(opened, "ada+mini_project+2026-05-01 12:00:00 UTC")

    said = collect(opened)

    assert "holds more than 0 MB" in said and "Traceback" not in said
    assert [path.name for path in (opened.root / "submitted").iterdir()] == ["ada"]


@pytest.mark.slow
def test_newer_hand_ins_are_collected_on_demand(opened):
    """--update works as nbgrader says, with what it ignores left behind."""
    inbound(opened, "ada+mini_project+2026-05-01 12:00:00 UTC")
    collect(opened)
    newer = inbound(opened, "ada+mini_project+2026-05-02 12:00:00 UTC")
    (newer / "new.csv").write_text("1", encoding="utf-8")
    (newer / ".ipynb_checkpoints").mkdir()
    (newer / ".ipynb_checkpoints" / "old.ipynb").write_text("{}", encoding="utf-8")
    (newer / "._new.csv").write_bytes(b"\0")

    assert "use --update" in collect(opened) or "new.csv" not in collected(opened, "ada")
    collect(opened, "--update")

    assert collected(opened, "ada") == {NAME, "practice.ipynb", "timestamp.txt", "new.csv"}


def test_the_formgraders_button_collects_in_the_same_way(opened):
    """It asks nbgrader's factory, as every command does."""
    factory = ExchangeFactory(config=load_config(opened))

    assert type(factory.Collect(coursedir=course_directory(load_config(opened)))) is CollectOwnFiles


def test_a_sites_own_exchange_stays(monkeypatch, tmp_path):
    """enable leaves an exchange alone that this configuration or the site's has chosen."""
    ours, theirs = Config(), Config()
    theirs.ExchangeFactory.collect = "site.Collect"
    enable(ours)
    enable(theirs)
    assert ours.ExchangeFactory.collect == "grader.nbgrader_ext.exchange.CollectOwnFiles"
    assert theirs.ExchangeFactory.collect == "site.Collect"

    (tmp_path / "nbgrader_config.py").write_text("configureExchange(get_config())")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    there = Config()
    enable(there)
    assert "collect" not in there.ExchangeFactory


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("nbgrader_config.py", "c = get_config()\nc.Exchange.root = '/srv/exchange'\n"),
        ("nbgrader_config.py", "c = get_config()\nc['Exchange']['root'] = '/srv/exchange'\n"),
        (
            "nbgrader_config.json",
            '{"Exchange": {"cache": "/srv/cache",\n "root": "/srv/exchange"}}',
        ),
    ],
)
def test_the_courses_own_exchange_is_never_above_the_sites(
    name, text, course, monkeypatch, tmp_path
):
    """Where the site names an exchange, that one is used and none is made in the course."""
    site = tmp_path / "site"
    site.mkdir()
    (site / name).write_text(text)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(site))
    shutil.rmtree(course.root / "exchange", ignore_errors=True)
    make_exchange(course)
    assert not (course.root / "exchange").exists()

    (course.root / "exchange").mkdir()
    assert load_config(course).Exchange.get("root", "/srv/exchange") == "/srv/exchange"


def test_the_courses_own_exchange_is_a_fallback_that_the_lab_makes(course, monkeypatch, tmp_path):
    """nbgrader's own commands make none; what stands in a comment of the site's is no setting."""
    monkeypatch.setattr("grader.course.config.SYSTEMS", tmp_path / "none")
    (tmp_path / "nbgrader_config.py").write_text("# c.Exchange.root = '/srv/exchange'\n")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    shutil.rmtree(course.root / "exchange", ignore_errors=True)
    assert "root" not in load_config(course).Exchange
    assert not (course.root / "exchange").exists()

    make_exchange(course)
    assert load_config(course).Exchange.root == str(course.root / "exchange")
    monkeypatch.setattr("grader.course.config.SYSTEMS", tmp_path)
    assert "root" not in load_config(course).Exchange
