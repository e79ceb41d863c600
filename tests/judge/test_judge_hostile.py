"""
Submissions that were made to cheat or to do harm, and honest ones that look odd: none earns more
than it deserves, none less where the rest is honest, and the class goes on.
"""

import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from support.courses import ROOT, copy_course, hand_in
from support.judging import REFERENCE, reference, scores, steps

from grader.judge.task import LEARNERS, Cell

CASES = json.loads((ROOT / "tests/cases/hostile.json").read_text(encoding="utf-8"))
FULL = (2.0, 1.0, 4.0, 3.0)
HOST = [case for case in CASES if case["category"] == "host"]
SECRETS = ("ENV-SECRET-4711", "FILE-SECRET-0815")


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_submission_earns_what_it_deserves(worker, case):
    """Step by step: full, none, or not full, as the case says; and the next one is graded well."""
    found = scores(worker.grade(steps(*case["steps"])).results)

    for step, (got, full, deserved) in enumerate(zip(found, FULL, case["deserved"], strict=True)):
        if deserved == "full":
            assert full == got, step + 1
        elif deserved == "none":
            assert got in (0.0, None), step + 1
        else:
            assert got is None or got < full, step + 1
    assert list(FULL) == scores(worker.grade(reference()).results)


@pytest.mark.slow
def test_a_cell_that_ipython_gives_up_on_costs_itself_alone(worker):
    """IPython runs no cell of over 500 magics: as an answer it earns nothing, beside it all."""
    own, lines = reference(), "?len\n%pwd\n!true\n" * 170
    beside = replace(own, cells=(Cell("own", LEARNERS, lines), *own.cells))

    assert list(FULL) == scores(worker.grade(beside).results)
    found = scores(worker.grade(steps(lines, *list(REFERENCE.values())[1:])).results)
    assert [0.0, 1.0] == found[:2]
    assert None not in found


@pytest.mark.slow
def test_nothing_hidden_comes_out_of_the_sandbox(worker):
    """Code that prints all it can reach prints no line of a hidden test and no answer."""
    digger = (
        "import gc, os, sys\n"
        "for o in gc.get_objects():\n"
        "    if isinstance(o, (dict, list, tuple)) and len(str(type(o))) < 99:\n"
        "        text = repr(o) if len(o) < 200 else ''\n"
        "        if 'hidden' in text or '0.8' in text: print(text[:2000])\n"
        "for place, _, names in os.walk('/'):\n"
        "    for name in names:\n"
        "        wanted = name.startswith(('build_', 'gradebook.', 'nbgrader_', 'steps.'))\n"
        "        if wanted and 'site-packages' not in place:\n"  # nbgrader brings a demo of its own
        "            print(os.path.join(place, name))"
    )
    results = worker.grade(steps(digger, "pass", "pass", digger)).results
    told = json.dumps([result.outputs for result in results if not result.check])

    assert "_hidden_examples" not in told
    for name in ("build_and_apply.ipynb", "gradebook.db", "nbgrader_config.py", "steps.json"):
        assert name not in told


@pytest.fixture
def attacked(tmp_path, monkeypatch):
    """A class with every attack on the host, graded; gives the course and what was caught."""
    course = copy_course(tmp_path / "course", gradebook=False)
    home = tmp_path / "home"
    home.mkdir()
    (home / "secret.txt").write_text(SECRETS[1])
    hand_in(course, "alice")
    hand_in(course, "zoe")
    for case in HOST:
        answers = {f"step_{n}": source for n, source in enumerate(case["steps"], start=1)}
        hand_in(course, f"m_{case['name']}", **answers)
    caught: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_listen, args=(server, caught), daemon=True).start()
        port = server.getsockname()[1]
        _replace(course, "47999", str(port))
        before = _digests(course.root, home)
        environment = os.environ | {"HOME": str(home), "CANVAS_TOKEN": SECRETS[0]}
        done = subprocess.run(
            [sys.executable, "-m", "grader", "grade", "mini_project", "--json", "marks.json"],
            cwd=course.root,
            env=environment,
            capture_output=True,
            text=True,
        )
    marks = json.loads((course.root / "marks.json").read_text(encoding="utf-8"))
    return course, done, marks, before, _digests(course.root, home), caught


def test_attacks_on_the_host_reach_nothing(attacked):
    """
    No file outside the box is written, no peer, gradebook, config or home is touched, no secret
    is in any output, nothing is sent, and the honest learners have their marks.
    """
    course, done, marks, before, after, caught = attacked
    by_name = {mark["student"]: mark["score"] for mark in marks if "build" in mark["notebook"]}

    assert 0 == done.returncode, done.stdout + done.stderr
    assert 10.0 == by_name["alice"] == by_name["zoe"]
    assert {0.0} == {score for name, score in by_name.items() if name.startswith("m_")}
    assert before == {name: after.get(name) for name in before}
    assert {".grader/grade.lock", "gradebook.db", "marks.json"} == set(after) - set(before)
    assert [] == caught
    for path in course.root.rglob("*"):
        if path.is_file() and "submitted" not in path.parts:
            data = path.read_bytes()
            assert not any(secret.encode() in data for secret in SECRETS), path


def _listen(server: socket.socket, caught: list[bytes]) -> None:
    try:
        while True:
            connection, _ = server.accept()
            caught.append(connection.recv(1000))
    except OSError:
        return


def _replace(course, old: str, new: str) -> None:
    for path in course.root.glob("submitted/*/*/*.ipynb"):
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def _digests(*folders: Path) -> dict[str, str]:
    """Return what every file is that grading must not change."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"autograded", "exchange", "__pycache__"} & set(path.parts)
    }
