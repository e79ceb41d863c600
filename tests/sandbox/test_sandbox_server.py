"""The sandbox's processes: how they start, answer, and end, whoever is killed and whoever lies."""

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from support.sandboxes import (
    LEVELS,
    LIMITS,
    all_end,
    answers,
    cgroups,
    children,
    is_sane,
    kill,
    named,
    required,
)

from grader.errors import SandboxFailed, WallMissing
from grader.sandbox import (
    FALLBACK,
    STRONG,
    Exited,
    GuestError,
    Limits,
    Sandbox,
    Timeout,
    bubblewrap,
    landlock,
    launch,
    levels,
    server,
    server_process,
)
from grader.sandbox import sandbox as sandboxes_module

QUICK = "; import grader.sandbox.server as s; s.TRIAL_SECONDS = 3.0"  # for one import
FOREVER = "while True: pass"
STUBBORN = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + FOREVER
RNG = random.Random(20240229)
TRUSTED = """
import sys
from grader.sandbox import FALLBACK, STRONG, Sandbox
with Sandbox({"strong": STRONG, "fallback": FALLBACK}[sys.argv[1]]) as sandbox:
    guest = sandbox.open()
    print("ready", flush=True)
    guest.ask("run", 60, cell=sys.argv[2], number=1)
"""


@pytest.fixture(scope="module", params=LEVELS, ids=lambda level: level.name)
def sandbox(request):
    """A sandbox at each level."""
    with Sandbox(required(request.param), LIMITS) as sandbox:
        yield sandbox


@pytest.fixture
def like_tmp():
    """A folder in which, as in /tmp, everyone may make and remove what is theirs."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o1777)
        yield Path(folder)


def processes(sandbox: Sandbox) -> list[int]:
    """Return the pids of a sandbox, the outermost first: (bubblewrap twice,) server, guests."""
    outer = sandbox._server._process.pid
    return [outer, *children(outer)]


def server_of(sandbox: Sandbox) -> int:
    """Return the pid of a sandbox's server."""
    return processes(sandbox)[2 if sandbox.level == STRONG else 0]


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["guest", "server", "inner", "outer"])
@pytest.mark.parametrize("delay", [round(RNG.uniform(0, 0.05), 3) for _ in range(3)])
def test_whoever_is_killed_the_next_job_is_done(victim, delay, sandbox):
    """A killed guest is told at once, as Exited; after any kill the next guest works."""
    with sandbox.open() as guest:
        outer, inner, *_ = processes(sandbox)  # at the fallback level: server, guest
        pids = {
            "guest": guest._process.pid,
            "server": server_of(sandbox),
            "inner": inner,
            "outer": outer,
        }
        threading.Timer(delay, kill, [pids[victim]]).start()
        start = time.monotonic()
        with pytest.raises(Exited):
            guest.ask("run", 20, cell=FOREVER, number=1)

    assert time.monotonic() - start < 5
    assert is_sane(sandbox)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(5))
def test_a_server_killed_while_rooms_open_is_started_again(number, sandbox):
    """Wherever the server is when it is killed, at most the job under way is lost."""
    assert is_sane(sandbox)
    threading.Timer(RNG.uniform(0, 0.02), kill, [server_of(sandbox)]).start()
    lost = 0
    for _ in range(10):
        try:
            assert is_sane(sandbox)
        except Exited:
            lost += 1

    assert lost <= 1


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
@pytest.mark.parametrize("cell", [FOREVER, "import time; time.sleep(1000)"])
def test_the_whole_tree_ends_with_the_trusted_process(level, cell, like_tmp):
    """Kill -9 of the trusted process ends server, bubblewrap and guests; no folder stays."""
    required(level)
    trusted = subprocess.Popen(
        [sys.executable, "-c", TRUSTED, level.name, cell],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(like_tmp)},
    )
    with trusted:
        assert trusted.stdout.readline() == b"ready\n"
        time.sleep(0.1)
        tree = children(trusted.pid)
        alive = [named(pid) for pid in tree]
        trusted.kill()

    assert len([name for name in alive if name]) >= (4 if level == STRONG else 2)
    assert all_end(tree)
    assert list(like_tmp.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_a_closed_sandbox_leaves_nothing(level, tmp_path, monkeypatch):
    """After close there is no process, no temp folder and no cgroup, even of a busy guest."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = cgroups(os.getpid())
    sandbox = Sandbox(required(level), LIMITS)
    guest, idle = sandbox.open({"a.txt": b"a"}), sandbox.open()
    tree = processes(sandbox)
    guest.ask("run", 20, cell="pass", number=1)  # the first cell computes before it runs
    with pytest.raises(Timeout):
        guest.ask("run", 1.0, cell=STUBBORN, number=2)
    sandbox.close()

    assert idle.closed
    assert all_end(tree, seconds=0.1)
    assert list(tmp_path.iterdir()) == []
    assert cgroups(os.getpid()) == before


def test_a_cell_that_computes_is_interrupted_and_the_room_goes_on(sandbox):
    """Like the stop button: the cell stops with KeyboardInterrupt, names made before it stay."""
    with sandbox.open() as guest:
        reply = guest.ask("run", 0.5, cell="x = 1\n" + FOREVER, number=1)
        values = guest.ask("get", 5, names=["x"])["values"]

    assert reply["stop"]["kind"] == "KeyboardInterrupt"
    assert values == {"x": 1}


@pytest.mark.parametrize(
    "waits",
    [
        "time.sleep(100)",
        "threading.Event().wait()",
        "lock = threading.Lock(); lock.acquire(); lock.acquire()",
        "os.read(os.pipe()[0], 1)",
        "signal.pause()",
        "queue.Queue().get()",
        "await asyncio.Event().wait()",
        "threading.Thread(target=time.sleep, args=(100,)).start(); threading.enumerate()[1].join()",
    ],
)
def test_a_cell_that_waits_is_interrupted_and_the_room_goes_on(waits, sandbox):
    """What waits for something that never comes stops like a loop: names made before it stay."""
    with sandbox.open() as guest:
        imports = "import asyncio, os, queue, signal, threading, time"
        guest.ask("run", 20, cell=imports, number=1)
        reply = guest.ask("run", 0.5, cell=f"x = 1\n{waits}\nx = 2", number=2)
        took, stopped = guest.took, guest.stopped
        values = guest.ask("get", 5, names=["x"])["values"]

    assert reply["stop"]["kind"] == "KeyboardInterrupt"
    assert reply["stop"]["at"][0] == 2
    assert values == {"x": 1}
    assert stopped and 0.5 < took < 1.5


@pytest.mark.slow
def test_a_cell_that_ignores_the_stop_button_is_killed(sandbox):
    """Soon after the stop button the guest is ended."""
    with sandbox.open() as guest:
        with pytest.raises(Timeout):
            guest.ask("run", 0.3, cell=STUBBORN, number=1)
        assert 0.69 < guest.took < 2
        assert guest.closed


@pytest.mark.slow
def test_on_a_full_machine_only_computing_and_waiting_count(sandbox):
    """With four busy neighbours an honest cell gets all its seconds, and one that hangs no more."""
    command = [
        sys.executable,
        "-c",
        FOREVER,
    ]  # each in a session: the kernel shares by these
    neighbours = [subprocess.Popen(command, start_new_session=True) for _ in range(4)]
    try:
        with sandbox.open() as guest:
            begin = "import time; start = time.process_time()"
            guest.ask("run", 20, cell=begin, number=1)
            start = time.monotonic()
            honest = "while time.process_time() < start + 0.8: pass"
            reply = guest.ask("run", 1.2, cell=honest, number=2)
            took, counted = time.monotonic() - start, guest.took
            endless = guest.ask("run", 1.2, cell=FOREVER, number=3)
    finally:
        for one in neighbours:
            one.kill()
            one.wait()

    assert reply["stop"] is None
    assert 0.7 < counted < 1.2 < took
    assert endless["stop"]["kind"] == "KeyboardInterrupt"


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_all_questions_of_a_room_share_its_time(level):
    """A guest whose seconds are used up answers no more."""
    limits = Limits(total_seconds=1.5)
    with Sandbox(required(level), limits) as sandbox, sandbox.open() as guest:
        for number in (1, 2):
            reply = guest.ask("run", 10, cell="import time; time.sleep(0.8)", number=number)
        assert reply["stop"]["kind"] == "KeyboardInterrupt"
        with pytest.raises(Timeout, match="used up"):
            guest.ask("run", 10, cell="pass", number=3)


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_cpu_is_limited_even_where_nobody_asks(level):
    """A thread that computes behind the trusted side's back is ended by the kernel."""
    behind = f"import threading\ndef f():\n    {FOREVER}\nthreading.Thread(target=f).start()"
    limits = Limits(total_seconds=1.0)
    with Sandbox(required(level), limits) as sandbox, sandbox.open() as guest:
        guest.ask("run", 0.9, cell=behind, number=1)
        assert all_end([guest._process.pid], seconds=20)
        with pytest.raises(GuestError):
            guest.ask("run", 1, cell="pass", number=2)


@pytest.mark.parametrize(
    "cell",
    [
        "import os; os._exit(0)",
        "import os; os.abort()",
        "import ctypes; ctypes.string_at(0)",
        "import os; os.closerange(0, 100)",
    ],
)
def test_a_room_that_crashes_has_died(cell, sandbox):
    """A crash is seen at once, and costs nobody else anything."""
    with sandbox.open() as other:
        with sandbox.open() as guest, pytest.raises(Exited):
            guest.ask("run", 10, cell=cell, number=1)
            guest.ask("get", 10, names=[])
        assert [3] == answers(other, "x = 3", "x")


def test_modules_are_warmed_from_the_next_room_on(sandbox):
    """A module that was named is loaded before the cell; one that is not there is no harm."""
    look = "import sys; warm = 'decimal_of_none' in sys.modules, 'colorsys' in sys.modules"
    with sandbox.open() as guest:
        assert [(False, False)] == answers(guest, look, "warm")
        sandbox.warm(["colorsys", "decimal_of_none"])
        with sandbox.open() as beside:
            assert [(False, False)] == answers(beside, look, "warm")
    with sandbox.open() as guest:
        assert [(False, True)] == answers(guest, look, "warm")


def test_cells_know_that_they_are_graded(sandbox):
    """nbgrader's NBGRADER_EXECUTION says so to code that runs in a guest, too."""
    with sandbox.open() as guest:
        look = "import os; found = os.environ.get('NBGRADER_EXECUTION')"
        assert ["autograde"] == answers(guest, look, "found")


def test_a_worn_server_is_replaced_when_no_room_is_open(sandbox, monkeypatch):
    """After many guests a fresh server takes over; never under an open guest."""
    assert is_sane(sandbox)
    first = sandbox._server
    monkeypatch.setattr(sandboxes_module, "ROOMS_PER_SERVER", 1)
    with sandbox.open() as guest:
        second = sandbox._server
        with sandbox.open():
            assert sandbox._server is second
        assert [1] == answers(guest, "x = 1", "x")

    assert second is not first


def test_the_server_does_not_load_the_trusted_side(sandbox):
    """What only the trusted side needs is not in a guest's memory."""
    look = "import sys; found = sorted(n for n in sys.modules if n.startswith('grader.'))"
    with sandbox.open() as guest:
        (found,) = answers(guest, look, "found")
    packages = {name.split(".")[1] for name in found}
    modules = {name.split(".")[2] for name in found if name.startswith("grader.sandbox.")}
    ours = {"landlock", "limits", "lockdown", "seccomp", "server", "syscalls", "walls"}

    assert {"aliases", "rerun", "sandbox"} == packages
    assert ours | {"codec", "guest"} == modules


def test_a_server_with_two_threads_refuses_to_serve():
    """A lock that another thread holds would stay locked in every guest."""
    gate = threading.Event()
    threading.Thread(target=gate.wait).start()
    try:
        with pytest.raises(RuntimeError, match=r"[2-9] threads"):
            server._only_thread()
    finally:
        gate.set()


LIBRARIES = {
    "starts_a_thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(600,),"
    " daemon=True).start()\nready = True",
    "ends_python": "import os\nos._exit(3)",
    "leaves_python": "raise SystemExit",
    "crashes": "import ctypes\nctypes.string_at(0)",
    "never_ends": "import time\ntime.sleep(600)",
    "does_no_harm": "ready = True",
}


@pytest.fixture
def libraries(tmp_path, monkeypatch):
    """Installed libraries, each of which does something when it is imported."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    for name, source in LIBRARIES.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
@pytest.mark.parametrize("name", [name for name in LIBRARIES if name != "does_no_harm"])
def test_no_import_of_a_library_costs_a_class_its_marks(name, level, libraries, monkeypatch):
    """What cannot be had ready in the server is left to guests; all else is ready there."""
    monkeypatch.setattr(server_process, "START_SECONDS", 15.0)
    monkeypatch.setattr(bubblewrap, "BOOT", bubblewrap.BOOT.replace("; main()", QUICK + "; main()"))
    look = "import sys; warm = 'does_no_harm' in sys.modules"
    with (
        Sandbox(required(level), LIMITS, ("does_no_harm", name)) as sandbox,
        sandbox.open() as guest,
    ):
        assert sandbox.left_out() == (name,)
        assert [True] == answers(guest, look, "warm")
        if name == "starts_a_thread":
            assert [True] == answers(guest, f"import {name} as it; ok = it.ready", "ok")


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_a_library_of_thousands_of_modules_is_made_ready_in_one_trial(level, libraries):
    """Beside one that starts a thread they are ready too, without a process for each of them."""
    crowd = [f"does_no_harm.part_of_a_library_{number:05}" for number in range(5000)]
    names = ("does_no_harm", "starts_a_thread", *crowd)
    with Sandbox(required(level), LIMITS, names) as sandbox, sandbox.open() as guest:
        assert sandbox.left_out() == ("starts_a_thread",)
        assert not sandbox.has_to_load(crowd)
        assert [True] == answers(guest, "import sys; warm = 'does_no_harm' in sys.modules", "warm")


def test_of_a_library_that_does_harm_one_module_is_tried(libraries, tmp_path, monkeypatch):
    """
    Each of its hundred modules would start a thread, after a while: guests import them, and the
    server is ready in time for the modules of other libraries.
    """
    monkeypatch.setattr(server_process, "START_SECONDS", 15.0)
    package = tmp_path / "site-packages" / "ours"
    package.mkdir()
    (package / "__init__.py").touch()
    names = [f"ours.part_{number:03}" for number in range(100)]
    for name in names:
        path = package / f"{name.split('.')[1]}.py"
        path.write_text("import time, starts_a_thread\ntime.sleep(0.5)", encoding="utf-8")
    with Sandbox(required(STRONG), LIMITS, (*names, "zlib", "does_no_harm")) as sandbox:
        sandbox.open().close()
        assert (names[0],) == sandbox.left_out()
        assert sandbox.has_to_load(["ours"]) and sandbox.has_to_load(["ours.part_099"])
        assert not sandbox.has_to_load(["does_no_harm"])


def test_a_wall_that_cannot_be_built_opens_no_room(monkeypatch):
    """Without the right to make namespaces there is an error with words, not a weaker guest."""
    required(STRONG)
    whole = bubblewrap.bubblewrap

    def without_rights(bwrap: str, inner: list[str]) -> list[str]:
        argv = whole(bwrap, inner)
        at = argv.index("--cap-add")
        return argv[:at] + argv[at + 2 :]

    monkeypatch.setattr(bubblewrap, "bubblewrap", without_rights)
    with Sandbox(STRONG) as sandbox, pytest.raises(SandboxFailed, match="not permitted"):
        sandbox.open()


def test_files_that_do_not_fit_are_told(sandbox):
    """Files of more than half the box are an error with words, and nothing is started."""
    with pytest.raises(SandboxFailed, match="MB"):
        sandbox.open({"big": bytes(70 << 20)})


@pytest.mark.slow
@pytest.mark.parametrize("name", ["../out.txt", "/tmp/out.txt", "a/../../out.txt"])
def test_a_file_stays_in_its_room(name, sandbox):
    """A name that leads out of the box is refused."""
    with pytest.raises(SandboxFailed):
        sandbox.open({name: b"x"})
    assert is_sane(sandbox)


def test_without_bubblewrap_the_fallback_is_chosen_and_told(monkeypatch):
    """The level says why it is not the strong one, and what to install."""
    required(FALLBACK)
    levels.choose.cache_clear()
    monkeypatch.setattr(levels.shutil, "which", lambda _: None)
    level = levels.choose()
    levels.choose.cache_clear()

    assert level == FALLBACK
    assert "apt install bubblewrap" in level.reason


@pytest.mark.parametrize("machine", ["x86_64", "riscv64"])
def test_without_any_wall_grading_is_refused(machine, monkeypatch):
    """One line says what to install, or where to grade."""
    levels.choose.cache_clear()
    monkeypatch.setattr(levels.shutil, "which", lambda _: None)
    monkeypatch.setattr(landlock, "abi", lambda: 2)
    monkeypatch.setattr(levels.syscalls, "this_machine", lambda: machine)
    with pytest.raises(WallMissing) as caught:
        levels.choose()
    levels.choose.cache_clear()

    assert "\n" not in str(caught.value)
    assert ("bubblewrap" if machine == "x86_64" else "Linux") in str(caught.value)


@pytest.mark.parametrize(
    ("pid", "table", "user"),
    [
        (4_000_000, "0 0 4294967295", 4_200_000),
        (123, "0 0 65536", 30_123),
        (65_000, "0 1000 1\n1 100000 65536", 35_000),
    ],
)
def test_a_spare_user_is_one_that_exists_here(pid, table, user):
    """A container with 65536 users gets a lower number."""
    assert user == launch.unprivileged_uid(pid, table)


def test_a_closed_folder_is_found(tmp_path):
    """The first folder that a stranger may not pass is the one to cover."""
    tmp_path.chmod(0o755)
    closed = tmp_path / "a"
    (closed / "b" / "c").mkdir(parents=True)
    closed.chmod(0o700)
    above = launch.closed_ancestor(str(closed / "b" / "c"))

    assert above == launch.closed_ancestor(str(closed)) or above == str(closed)
    assert launch.closed_ancestor("/usr/bin") is None
