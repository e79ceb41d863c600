"""Is everything in place?"""

import json
import shutil
import sys

import pytest
from support.sandboxes import required

from grader import doctor
from grader.cli import main
from grader.doctor import examine
from grader.sandbox import FALLBACK, attacks, choose, landlock, levels, selftest


def lines(root) -> dict[str, doctor.Finding]:
    """Return the findings by title."""
    return {finding.title: finding for finding in examine(root)}


@pytest.mark.slow
def test_a_graded_course_is_healthy(graded, monkeypatch, capsys):
    """Every line says ok, down to the key of what was graded and of what was not yet."""
    monkeypatch.chdir(graded.course.root)
    code = main(["doctor"])
    printed = capsys.readouterr().out

    assert "ok       key of mini_project: as in source/" in printed
    assert "ok       key of step_by_step: not taken over yet" in printed
    assert code == 0


@pytest.mark.slow
def test_a_key_older_than_source_is_a_problem(graded, tmp_path):
    """An author who changes a check after grading is told to release again."""
    root = tmp_path / "copy"
    shutil.copytree(graded.course.root, root)
    path = root / "source/mini_project/practice.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    check = next(cell for cell in nb["cells"] if cell["id"] == "check_practice1")
    check["source"] = ["# changed\n", *check["source"]]
    path.write_text(json.dumps(nb), encoding="utf-8")

    finding = lines(root)["key of mini_project"]

    assert not finding.ok
    assert "grader release mini_project" in finding.text


@pytest.mark.slow
def test_a_fresh_course_is_healthy(course, monkeypatch, capsys):
    """Before the first grading nothing is wrong either."""
    monkeypatch.chdir(course.root)

    assert main(["doctor"]) == 0
    assert "PROBLEM" not in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "break_it", "advice"),
    [
        ("Python", lambda m: m.setattr(sys, "version_info", (3, 10, 1)), "3.11 or later"),
        ("nbgrader", lambda m: m.setattr(doctor, "version", lambda _: "0.10.0"), "0.9"),
        ("alembic", lambda m: m.setattr(doctor.shutil, "which", lambda *_, **__: None), "alembic"),
        ("widgets", lambda m: m.setattr(doctor, "EXTENSIONS", ("gone",)), "pip install"),
        ("disk", lambda m: m.setattr(doctor, "NEEDED_MB", 10**12), "Make room"),
    ],
)
def test_what_is_wrong_is_told_with_advice(title, break_it, advice, course, monkeypatch):
    """Each problem has its own line that says what to do."""
    break_it(monkeypatch)
    finding = lines(course.root)[title]

    assert not finding.ok
    assert advice in finding.text


@pytest.mark.slow
def test_an_unreadable_gradebook_is_a_problem(course):
    """A file that is no database is told in one line."""
    (course.root / "gradebook.db").write_bytes(b"not a database, " * 100)
    finding = lines(course.root)["gradebook"]

    assert not finding.ok
    assert "\n" not in finding.text
    assert "backup" in finding.text


def test_another_folder_is_a_problem(tmp_path):
    """Outside a course folder the line says where to go."""
    assert "Change into the course folder" in lines(tmp_path)["course folder"].text


@pytest.mark.slow
def test_every_wall_of_the_sandbox_is_attacked(course):
    """The doctor tells the level, and of every attack that it was tried and held."""
    required(choose())
    found = lines(course.root)
    walls = [title for title in found if title.startswith("sandbox: ")]

    assert found["sandbox"].ok
    assert [f"sandbox: {name}" for name in (*attacks.ATTACKS, selftest.NEIGHBOURS)] == walls
    assert all(found[title].ok for title in walls)


def test_an_open_wall_is_a_problem(course, monkeypatch):
    """What an attack got through is told in its line."""
    through = {"nothing is open": "opened.append('a window')"}
    required(choose())
    monkeypatch.setattr(attacks, "ATTACKS", through)
    finding = lines(course.root)["sandbox: nothing is open"]

    assert not finding.ok
    assert "a window" in finding.text


def test_an_attack_that_does_not_run_proves_nothing(course, monkeypatch):
    """A probe that fails by itself is a problem, not a wall that held."""
    required(choose())
    monkeypatch.setattr(attacks, "ATTACKS", {"nothing is open": "no_such_name"})

    assert not lines(course.root)["sandbox: nothing is open"].ok


@pytest.mark.slow
def test_the_weaker_sandbox_says_what_to_install(course, monkeypatch):
    """At the fallback level the line is ok, and says how to get the strong one."""
    required(FALLBACK)
    monkeypatch.setattr(levels.shutil, "which", lambda _: None)
    levels.choose.cache_clear()
    finding = lines(course.root)["sandbox"]
    levels.choose.cache_clear()

    assert finding.ok
    assert "apt install bubblewrap" in finding.text


def test_without_a_sandbox_the_doctor_has_one_problem(course, monkeypatch):
    """A machine that cannot lock learner code in is told so in one line."""
    monkeypatch.setattr(levels.shutil, "which", lambda _: None)
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    levels.choose.cache_clear()
    found = lines(course.root)
    levels.choose.cache_clear()

    assert [title for title in found if "sandbox" in title and not found[title].ok] == ["sandbox"]
    assert "bubblewrap" in found["sandbox"].text
