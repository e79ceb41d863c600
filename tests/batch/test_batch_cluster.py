"""A class through grading on a Dask cluster: the same marks, whatever happens to the cluster."""

import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import dask
import psutil
import pytest
from support.clusters import (
    NO_PACKAGE,
    NO_SANDBOX,
    Programs,
    grading_processes,
    programs,
    tasks,
    until,
    workers,
)
from support.courses import copy_course, hand_in, need, need_sandbox, split_and_paste
from support.databases import rows
from support.sandboxes import all_end, children

from grader.batch import grade
from grader.batch.dask import client as cluster_module
from grader.batch.dask import connection
from grader.batch.dask.client import Cluster
from grader.batch.messages import GradedSubmission, GradingContext, GradingRequest
from grader.cli import main
from grader.course import Course
from grader.errors import GraderError
from grader.release import release
from grader.sandbox import Limits

NAME = "mini_project"
NOTHING = GradingContext({}, Limits())
ATTACK = "import os\nos.kill(os.getppid(), 9)\nwhile os.fork() is not None: pass"
LACKS = {
    "the package": "cannot load the package grader",
    "the version": "has another version",
    "a sandbox": "cannot grade. No sandbox for learner code: bubblewrap is not installed",
}


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    """No test waits without end."""

    def stop(*_: object) -> None:
        raise TimeoutError("the test takes too long")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(100)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class of eight that was not graded yet; one of them attacks."""
    need_sandbox()
    course = copy_course(tmp_path_factory.mktemp("class") / "course")
    release(course, [NAME])
    hand_in(course, "ada")
    hand_in(course, "ben", step_3="accuracy = 0.8")
    cut = hand_in(course, "cleo") / "practice.ipynb"
    cut.write_bytes(cut.read_bytes()[:900])
    (hand_in(course, "dan") / "practice.ipynb").unlink()
    hand_in(course, "eva", step_2="import os\nos._exit(1)")
    split_and_paste(hand_in(course, "gina") / "build_and_apply.ipynb")
    (hand_in(course, "hal") / "rows.csv").write_text("a,b\n1,2\n")
    hand_in(course, "ivo", step_1=ATTACK)
    return course


@pytest.fixture(scope="module")
def here(handed_in: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The class, graded on this machine."""
    course = copied(handed_in, tmp_path_factory.mktemp("here"))
    grade(course, NAME)
    return course


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """A cluster with two workers that see nothing of a course and have little memory."""
    with programs(tmp_path_factory.mktemp("two") / "cluster") as made:
        made.worker("--memory-limit", "400MB")
        made.worker("--memory-limit", "400MB")
        yield made


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """A scheduler without workers."""
    with programs(tmp_path_factory.mktemp("bare") / "cluster") as made:
        yield made


@pytest.fixture
def course(handed_in: Course, tmp_path: Path) -> Course:
    """The class, not graded yet, in a folder of its own."""
    return copied(handed_in, tmp_path)


def copied(course: Course, folder: Path) -> Course:
    """Copy a course; its gradebook has the key."""
    shutil.copytree(course.root, folder / "course")
    return Course(folder / "course")


def files(course: Course) -> dict[str, bytes]:
    """Return what is in autograded/, the folder of the course left out."""
    root = course.root / "autograded"
    return {
        str(path.relative_to(root)): path.read_bytes().replace(bytes(course.root), b"")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def is_same(course: Course, other: Course) -> bool:
    """Tell whether two courses have the same graded folders and the same gradebook."""
    assert sorted(files(course)) == sorted(files(other))
    assert rows(course) == rows(other)
    return files(course) == files(other)


def message(address: str) -> str:
    """Return the one line with which a cluster is refused."""
    with pytest.raises(GraderError) as refused, Cluster(NOTHING, 1, address):
        pass
    assert "\n" not in str(refused.value)
    return str(refused.value)


def poor_worker(scheduler: Programs, lacks: str, folder: Path) -> subprocess.Popen:
    """Start a worker that cannot grade."""
    if lacks != "the version":
        return scheduler.worker(
            "--no-nanny", first=NO_SANDBOX if lacks == "a sandbox" else NO_PACKAGE
        )
    shutil.copytree(Path(cluster_module.__file__).parents[2], folder / "grader")
    with (folder / "grader" / "results.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    return scheduler.worker("--no-nanny", PYTHONPATH=str(folder))


def said_until(process: subprocess.Popen, wanted: str) -> list[str]:
    """Return what a command says on stderr, to the line that begins in this way."""
    lines = []
    while not lines or not lines[-1].startswith(wanted):
        lines.append(process.stderr.readline())
        assert lines[-1], "".join(lines)
    return lines


def addresses(pid: int) -> set[str]:
    """Return the addresses on which a process listens."""
    with suppress(psutil.Error):  # it may just have ended
        found = psutil.Process(pid).net_connections("inet")
        return {connection.laddr.ip for connection in found}
    return set()


def test_who_does_not_ask_for_a_cluster_needs_no_dask(course):
    """Grading on this machine imports nothing of Dask, which may not even be installed."""
    code = (
        "import sys; sys.modules['dask'] = sys.modules['distributed'] = None\n"
        "from grader.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    run = [sys.executable, "-c", code, "grade", NAME, "--student", "ada"]

    assert 0 == subprocess.run(run, cwd=course.root, capture_output=True, timeout=60).returncode


def test_a_worker_starts_without_nbgrader():
    """What runs on a worker imports neither nbgrader nor its database: it is there at once."""
    code = (
        "import sys, grader.batch.dask.worker\n"
        "sys.exit(len({'nbgrader', 'sqlalchemy', 'distributed'} & set(sys.modules)))"
    )

    assert 0 == subprocess.run([sys.executable, "-c", code], timeout=60).returncode


def test_without_dask_one_line_says_what_to_install(course, monkeypatch, capsys):
    """`--dask` where the extra was not installed ends at once, with exit code 1."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.chdir(course.root)

    assert 1 == main(["grade", NAME, "--dask", "tcp://127.0.0.1:9"])
    assert "pip install '.[dask]'" in capsys.readouterr().err.splitlines()[-1]


def test_an_address_without_scheduler_is_refused_in_time(monkeypatch):
    """Nobody there, somebody who says nothing, or no address at all: one line names it."""
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as free:
        unused = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        says_nothing = f"127.0.0.1:{silent.getsockname()[1]}"

        for address in (unused, says_nothing, "nonsense://x", "127.0.0.1", "tls://127.0.0.1:9"):
            assert f"There is no Dask scheduler at '{address}'" in message(address)


def test_a_scheduler_without_workers_is_not_waited_for_without_end(bare, monkeypatch):
    """After a minute one line says that workers are missing."""
    monkeypatch.setattr(cluster_module, "WORKERS_SECONDS", 0.5)

    assert f"{bare.address} has no running worker" in message(bare.address)


@pytest.mark.parametrize("lacks", ["the package", "the version", "a sandbox"])
def test_a_worker_that_cannot_grade_is_named(bare, tmp_path, lacks):
    """
    Without the package, with one byte of it changed, or without a sandbox: one line tells where.
    """
    worker = poor_worker(bare, lacks, tmp_path)
    said = message(bare.address)
    bare.end(worker)

    assert said.startswith(f"The worker on {platform.node()} {LACKS[lacks]}")


@pytest.mark.parametrize("lacks", ["the package", "the version"])
def test_a_worker_that_joins_later_is_no_worse(bare, tmp_path, lacks):
    """It is found out at its first request, and takes nothing down."""
    good = bare.worker("--no-nanny")
    with Cluster(NOTHING, 1, bare.address) as cluster:
        poor = poor_worker(bare, lacks, tmp_path)
        until(lambda: len(workers(bare.address)) == 2)
        bare.end(good)
        until(lambda: len(workers(bare.address)) == 1)

        with pytest.raises(GraderError, match=f"on {platform.node()} {LACKS[lacks]}"):
            cluster.submit(GradingRequest("ada", {}, {})).result(30)
        assert poor.poll() is None
    bare.end(poor)


def test_workers_may_come_and_go(bare, monkeypatch):
    """As many requests are held ready as workers need; without any, the run ends after a minute."""
    first = bare.worker("--no-nanny")
    with Cluster(NOTHING, 1, bare.address) as cluster:
        assert 2 == cluster.width
        assert GradedSubmission() == cluster.submit(GradingRequest("ada", {}, {})).result(30)

        second = bare.worker("--no-nanny", "--nthreads", "2")
        until(lambda: cluster.width == 6)
        bare.end(first)
        until(lambda: cluster.width == 4)
        assert GradedSubmission() == cluster.submit(GradingRequest("ben", {}, {})).result(30)

        monkeypatch.setattr(cluster_module, "WORKERS_SECONDS", 1.0)
        bare.end(second)
        with pytest.raises(
            GraderError, match=r"no running worker for 1 seconds\. What was finished"
        ):
            cluster.submit(GradingRequest("cleo", {}, {})).result(30)
        with pytest.raises(GraderError, match="has no running worker"):
            cluster.submit(GradingRequest("dan", {}, {}))


def test_a_cluster_gives_the_same_marks_and_notebooks(course, here, two, capfd):
    """Graded folders and gradebook are those of grading here; the terminal stays clean."""
    grade(course, NAME, dask=two.address)

    assert is_same(here, course)
    assert ("", "") == capfd.readouterr()


def test_a_worker_keeps_its_bench_and_needs_no_course(course, two):
    """One grading process for each thread serves all runs; no file is left where a worker runs."""
    grade(course, NAME, dask=two.address, students=["ada", "ben"])
    before = {pid: grading_processes(pid) for pid in workers(two.address).values()}
    grade(course, NAME, dask=two.address, students=["ada", "ben"], force=True)

    assert before == {pid: grading_processes(pid) for pid in workers(two.address).values()}
    assert {1} == {len(found) for found in before.values()}
    left = {path.name for path in (two.folder / "tmp").iterdir()}
    own = {name for name in left if name.startswith("grader-worker-")}  # while it is there
    assert {"dask-scratch-space"} == left - own
    assert not [path for name in own for path in (two.folder / "tmp" / name).rglob("*.*")]


def test_killed_workers_lose_nothing(course, here, two):
    """kill -9 of a worker, and of another with its nanny: nobody notices, and nothing stays."""
    third = two.worker()
    until(lambda: len(workers(two.address)) == 3)
    before = []

    def disturb(done: int, total: int) -> None:
        if done == 1:
            victim = min(set(workers(two.address).values()) - set(children(third.pid)))
            before.extend([victim, *children(victim)])
            os.kill(victim, signal.SIGKILL)
        if done == 3:
            before.extend(children(third.pid))
            two.end(third)

    grade(course, NAME, dask=two.address, progress=disturb)

    assert is_same(here, course)
    assert all_end(before)


def test_who_leaves_early_leaves_nothing_behind(course, here, two):
    """After Ctrl+C the scheduler drops what was not begun; what was finished is recorded."""

    def stop(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(course, NAME, dask=two.address, progress=stop)
    until(lambda: tasks(two.address) == 0)
    totals = []
    grade(course, NAME, dask=two.address, progress=lambda done, total: totals.append(total))

    assert 0 < totals[0] <= 7  # one that was finished could not be graded, and is tried again
    assert is_same(here, course)


def test_a_submission_that_takes_workers_down_costs_nobody_else_anything(course, here, two):
    """Whose notebook needs more memory than a worker has waits for a person; others are graded."""
    parts = ",".join(['{"a": 1}'] * 1_800_000)
    (hand_in(course, "eli") / "practice.ipynb").write_text(f'{{"nbformat": 4, "cells": [{parts}]}}')

    results = grade(course, NAME, dask=two.address)

    assert {"could not be graded"} == {one.status for one in results if one.student == "eli"}
    assert {None} == {one.score for one in results if one.student == "eli"}
    assert all("took the whole worker" in one.reason for one in results if one.student == "eli")
    assert files(here) == files(course)


def test_a_lost_scheduler_is_one_line_and_the_same_command_goes_on(
    course, here, two, tmp_path, capfd
):
    """What was finished by then is recorded and not done again."""
    with programs(tmp_path / "lost") as lost:
        lost.worker()

        def disturb(done: int, total: int) -> None:
            if done == 3:
                lost.end(lost.scheduler)

        with pytest.raises(GraderError) as stopped:
            grade(course, NAME, dask=lost.address, progress=disturb)
    totals = []
    grade(course, NAME, dask=two.address, progress=lambda done, total: totals.append(total))

    assert f"The Dask scheduler at {lost.address} is gone. What was" in str(stopped.value)
    assert 0 < totals[0] <= 6  # one that was finished could not be graded, and is tried again
    assert is_same(here, course)
    assert ("", "") == capfd.readouterr()


def test_certificates_come_from_the_configuration_of_dask(tmp_path, monkeypatch):
    """A scheduler that speaks TLS is used as Dask's own settings say, and not without them."""
    openssl = need("program openssl", "COURSE_REQUIRE_OPENSSL", shutil.which("openssl"))
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    make = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-batch", "-subj", "/CN=x"]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    settings = {"require-encryption": True, "tls.ca-file": certificate}
    for role in ("client", "scheduler", "worker"):
        settings |= {f"tls.{role}.key": key, f"tls.{role}.cert": certificate}
    settings = {f"distributed.comm.{name}": value for name, value in settings.items()}
    env = {f"DASK_{name.upper()}": str(value) for name, value in settings.items()}
    env = {name.replace("-", "_").replace(".", "__"): value for name, value in env.items()}
    with programs(tmp_path / "tls", "--protocol", "tls", **env) as safe:
        safe.worker()
        refused = message(safe.address)
        with dask.config.set(settings), Cluster(NOTHING, 1, safe.address) as own:
            marked = own.submit(GradingRequest("ada", {}, {})).result(30)

    assert safe.address.startswith("tls://")
    assert "TLS" in refused
    assert GradedSubmission() == marked
