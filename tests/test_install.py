"""The program that sets up the environment: on every system, once, and in words where it cannot."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.notebooks import ROOT

PROGRAM = ROOT / "install.py"


@pytest.fixture
def install(tmp_path, monkeypatch):
    """The program, in a folder with the files that it reads, and with what it ran."""
    spec = importlib.util.spec_from_file_location("install_program", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in (module.COURSE, module.TESTS, module.LIBRARIES, Path("pyproject.toml")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"# {name}\n", encoding="utf-8")
    monkeypatch.setattr(module, "HERE", tmp_path)
    module.ran = []

    def run(command: tuple, **_: object) -> SimpleNamespace:
        words = [str(word) for word in command]
        module.ran.append(words)
        if words[1:3] == ["-m", "venv"]:
            module.program(Path(words[3]), "python").parent.mkdir(parents=True)
            module.program(Path(words[3]), "python").touch()
        return SimpleNamespace(returncode=0, stdout="", stderr="")

    monkeypatch.setattr(module.subprocess, "run", run)
    return module


def test_an_environment_is_set_up_once(install, capsys):
    """With pinned hashes and nothing else; the second time is silent."""
    assert 0 == install.main([])
    made, pinned, own = install.ran
    assert ["-m", "venv", str(install.HERE / ".venv")] == made[1:]
    assert ["--require-hashes", "--requirement", "requirements.txt"] == pinned[-3:]
    assert ["--no-build-isolation", "--no-deps", "--editable", "."] == own[-4:]
    assert "Setting up .venv" in capsys.readouterr().out
    assert 0 == install.main([])
    assert 3 == len(install.ran) and "" == capsys.readouterr().out


def test_a_change_of_the_requirements_is_installed(install):
    """In the environment that is there."""
    install.main([])
    (install.HERE / "requirements.txt").write_text("# newer\n", encoding="utf-8")
    install.ran.clear()
    install.main([])

    assert 2 == len(install.ran)


def test_what_the_tests_need_stays_there(install):
    """Who has it, keeps it when the course is set up again."""
    install.main(["--tests"])
    assert "tests/requirements.txt" in install.ran[1]
    install.ran.clear()
    install.main([])

    assert [] == install.ran


def test_libraries_have_an_environment_of_their_own(install):
    """The course's own stays as it is."""
    install.main(["--libraries"])

    assert str(install.HERE / ".venv-libraries") == install.ran[0][-1]
    assert not (install.HERE / ".venv").exists()


def test_programs_lie_where_windows_has_them(install, monkeypatch):
    """In Scripts, with a suffix."""
    monkeypatch.setattr(install.sys, "platform", "win32")

    assert Path("x/Scripts/python.exe") == install.program(Path("x"), "python")


def test_a_system_without_venv_is_told_what_to_install(install, monkeypatch, capsys):
    """And no half environment stays."""

    def fails(command: tuple, **_: object) -> SimpleNamespace:
        (install.HERE / ".venv").mkdir()
        return SimpleNamespace(returncode=1, stdout="", stderr="ensurepip is not available")

    monkeypatch.setattr(install.subprocess, "run", fails)

    assert 1 == install.main([])
    assert "apt install python3-venv" in capsys.readouterr().err
    assert not (install.HERE / ".venv").exists()


def test_a_failure_of_pip_is_shown_and_tried_again(install, monkeypatch, capsys):
    """What pip says is seen; the next run begins where it failed."""
    real = install.subprocess.run

    def fails(command: tuple, **named: object) -> SimpleNamespace:
        if "pip" in command:
            return SimpleNamespace(returncode=1, stdout="", stderr="No matching distribution")
        return real(command, **named)

    monkeypatch.setattr(install.subprocess, "run", fails)
    assert 1 == install.main([])
    assert "No matching distribution" in capsys.readouterr().err
    monkeypatch.setattr(install.subprocess, "run", real)
    install.ran.clear()
    assert 0 == install.main([]) and 2 == len(install.ran)


def test_an_old_python_is_told_in_one_line(install, monkeypatch, capsys):
    """Before anything is made."""
    monkeypatch.setattr(install.sys, "version_info", (3, 9, 2))

    assert 1 == install.main([])
    assert "Python 3.11" in capsys.readouterr().err and [] == install.ran


def test_other_words_are_answered_with_what_there_is():
    """One page, and exit code 1."""
    done = subprocess.run([sys.executable, PROGRAM, "--all"], capture_output=True, text=True)

    assert 1 == done.returncode and "python3 install.py --tests" in done.stderr
