"""The jail's processes: how they start, answer, and end, whoever is killed and whoever lies."""

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from jails import (
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

from grader.errors import JailFailed, WallMissing
from grader.jail import (
    FALLBACK,
    STRONG,
    Died,
    Hung,
    Jail,
    Limits,
    RoomError,
    command,
    landlock,
    launch,
    levels,
    process,
    server,
)
from grader.jail import jail as jails_module

QUICK = "; import grader.jail.server as s; s.TRIAL_SECONDS = 3.0"  # for one import
FOREVER = "while True: pass"
RNG = random.Random(20240229)
TRUSTED = """
import sys
from grader.jail import FALLBACK, STRONG, Jail
with Jail({"strong": STRONG, "fallback": FALLBACK}[sys.argv[1]]) as jail:
    room = jail.open()
    print("ready", flush=True)
    room.ask("run", 60, cell=sys.argv[2], number=1)
"""


@pytest.fixture(scope="module", params=LEVELS, ids=lambda level: level.name)
def jail(request):
    """A jail at each level."""
    with Jail(required(request.param), LIMITS) as jail:
        yield jail


@pytest.fixture
def like_tmp():
    """A folder in which, as in /tmp, everyone may make and remove what is theirs."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o1777)
        yield Path(folder)


def processes(jail: Jail) -> list[int]:
    """Return the pids of a jail, the outermost first: (bubblewrap twice,) server, rooms."""
    outer = jail._server._process.pid
    return [outer, *children(outer)]


def server_of(jail: Jail) -> int:
    """Return the pid of a jail's server."""
    return processes(jail)[2 if jail.level == STRONG else 0]


@pytest.mark.parametrize("victim", ["room", "server", "inner", "outer"])
@pytest.mark.parametrize("delay", [round(RNG.uniform(0, 0.05), 3) for _ in range(3)])
def test_whoever_is_killed_the_next_job_is_done(victim, delay, jail):
    """A killed room is a Died, at once; after any kill the next room works."""
    with jail.open() as room:
        outer, inner, *_ = processes(jail)  # at the fallback level: server, room
        pids = {"room": room._pid, "server": server_of(jail), "inner": inner, "outer": outer}
        threading.Timer(delay, kill, [pids[victim]]).start()
        start = time.monotonic()
        with pytest.raises(Died):
            room.ask("run", 20, cell=FOREVER, number=1)

    assert time.monotonic() - start < 5
    assert is_sane(jail)


@pytest.mark.parametrize("number", range(5))
def test_a_server_killed_while_rooms_open_is_started_again(number, jail):
    """Wherever the server is when it is killed, at most the job under way is lost."""
    assert is_sane(jail)
    threading.Timer(RNG.uniform(0, 0.02), kill, [server_of(jail)]).start()
    lost = 0
    for _ in range(10):
        try:
            assert is_sane(jail)
        except Died:
            lost += 1

    assert lost <= 1


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
@pytest.mark.parametrize("cell", [FOREVER, "import time; time.sleep(1000)"])
def test_the_whole_tree_ends_with_the_trusted_process(level, cell, like_tmp):
    """Kill -9 of the trusted process ends server, bubblewrap and rooms; no folder stays."""
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


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_a_closed_jail_leaves_nothing(level, tmp_path, monkeypatch):
    """After close there is no process, no temp folder and no cgroup, even of a busy room."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = cgroups(os.getpid())
    jail = Jail(required(level), LIMITS)
    room, idle = jail.open({"a.txt": b"a"}), jail.open()
    tree = processes(jail)
    room.ask("run", 20, cell="pass", number=1)  # the first cell computes before it runs
    with pytest.raises(Hung):
        room.ask("run", 1.0, cell="import time; time.sleep(1000)", number=2)
    jail.close()

    assert idle.closed
    assert all_end(tree, seconds=0.1)
    assert list(tmp_path.iterdir()) == []
    assert cgroups(os.getpid()) == before


def test_a_cell_that_computes_is_interrupted_and_the_room_goes_on(jail):
    """Like the stop button: the cell stops with KeyboardInterrupt, names made before it stay."""
    with jail.open() as room:
        reply = room.ask("run", 0.5, cell="x = 1\n" + FOREVER, number=1)
        values = room.ask("get", 5, names=["x"])["values"]

    assert reply["stop"]["kind"] == "KeyboardInterrupt"
    assert values == {"x": 1}


def test_a_cell_that_waits_is_ended(jail):
    """What waits for something that never comes does not get two more seconds."""
    with jail.open() as room:
        room.ask("run", 20, cell="import threading", number=1)
        start = time.monotonic()
        with pytest.raises(Hung, match="waits"):
            room.ask("run", 1.0, cell="threading.Event().wait()", number=2)
        assert time.monotonic() - start < 2.5
        assert room.closed


def test_a_cell_that_ignores_the_stop_button_is_killed(jail):
    """After the stop button and two seconds the room is ended."""
    stubborn = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + FOREVER
    with jail.open() as room:
        start = time.monotonic()
        with pytest.raises(Hung):
            room.ask("run", 0.3, cell=stubborn, number=1)
        assert 2 < time.monotonic() - start < 4


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_all_questions_of_a_room_share_its_time(level):
    """A room whose seconds are used up answers no more."""
    limits = Limits(total_seconds=4.0)
    with Jail(required(level), limits) as jail, jail.open() as room:
        room.ask("run", 10, cell="import time; time.sleep(2.2)", number=1)
        with pytest.raises(Hung):
            room.ask("run", 10, cell="import time; time.sleep(2.2)", number=2)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_cpu_is_limited_even_where_nobody_asks(level):
    """A thread that computes behind the trusted side's back is ended by the kernel."""
    behind = f"import threading\ndef f():\n    {FOREVER}\nthreading.Thread(target=f).start()"
    limits = Limits(total_seconds=1.0)
    with Jail(required(level), limits) as jail, jail.open() as room:
        room.ask("run", 0.9, cell=behind, number=1)
        assert all_end([room._pid], seconds=20)
        with pytest.raises(RoomError):
            room.ask("run", 1, cell="pass", number=2)


@pytest.mark.parametrize(
    "cell",
    [
        "import os; os._exit(0)",
        "import os; os.abort()",
        "import ctypes; ctypes.string_at(0)",
        "import os; os.closerange(0, 100)",
    ],
)
def test_a_room_that_crashes_has_died(cell, jail):
    """A crash is seen at once, and costs nobody else anything."""
    with jail.open() as other:
        with jail.open() as room, pytest.raises(Died):
            room.ask("run", 10, cell=cell, number=1)
            room.ask("get", 10, names=[])
        assert [3] == answers(other, "x = 3", "x")


def test_modules_are_warmed_from_the_next_room_on(jail):
    """A module that was named is loaded before the cell; one that is not there is no harm."""
    look = "import sys; warm = 'decimal_of_none' in sys.modules, 'colorsys' in sys.modules"
    with jail.open() as room:
        assert [(False, False)] == answers(room, look, "warm")
        jail.warm(["colorsys", "decimal_of_none"])
        with jail.open() as beside:
            assert [(False, False)] == answers(beside, look, "warm")
    with jail.open() as room:
        assert [(False, True)] == answers(room, look, "warm")


def test_cells_know_that_they_are_graded(jail):
    """nbgrader's NBGRADER_EXECUTION says so to code that runs in a room, too."""
    with jail.open() as room:
        look = "import os; found = os.environ.get('NBGRADER_EXECUTION')"
        assert ["autograde"] == answers(room, look, "found")


def test_a_worn_server_is_replaced_when_no_room_is_open(jail, monkeypatch):
    """After many rooms a fresh server takes over; never under an open room."""
    assert is_sane(jail)
    first = jail._server
    monkeypatch.setattr(jails_module, "ROOMS_PER_SERVER", 1)
    with jail.open() as room:
        second = jail._server
        with jail.open():
            assert jail._server is second
        assert [1] == answers(room, "x = 1", "x")

    assert second is not first


def test_the_server_does_not_load_the_trusted_side(jail):
    """What only the trusted side needs is not in a room's memory."""
    look = "import sys; found = sorted(n for n in sys.modules if n.startswith('grader.'))"
    with jail.open() as room:
        (found,) = answers(room, look, "found")
    rooms = {name.split(".")[1] for name in found}
    modules = {name for name in found if name.startswith("grader.jail.")}

    assert {"inside", "jail", "rerun", "wire"} == rooms
    assert {"confine", "landlock", "limits", "seccomp", "server", "syscalls"} == {
        name.split(".")[2] for name in modules
    }


def test_a_server_with_two_threads_refuses_to_serve():
    """A lock that another thread holds would stay locked in every room."""
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


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
@pytest.mark.parametrize("name", [name for name in LIBRARIES if name != "does_no_harm"])
def test_no_import_of_a_library_costs_a_class_its_marks(name, level, libraries, monkeypatch):
    """What cannot be had ready in the server is left to rooms; all else is ready there."""
    monkeypatch.setattr(process, "START_SECONDS", 15.0)
    monkeypatch.setattr(command, "BOOT", command.BOOT.replace("; main()", QUICK + "; main()"))
    look = "import sys; warm = 'does_no_harm' in sys.modules"
    with Jail(required(level), LIMITS, ("does_no_harm", name)) as jail, jail.open() as room:
        assert jail.left_out() == (name,)
        assert [True] == answers(room, look, "warm")
        if name == "starts_a_thread":
            assert [True] == answers(room, f"import {name} as it; ok = it.ready", "ok")


def test_a_wall_that_cannot_be_built_opens_no_room(monkeypatch):
    """Without the right to make namespaces there is an error with words, not a weaker room."""
    required(STRONG)
    whole = command.bubblewrap

    def without_rights(bwrap: str, inner: list[str]) -> list[str]:
        argv = whole(bwrap, inner)
        at = argv.index("--cap-add")
        return argv[:at] + argv[at + 2 :]

    monkeypatch.setattr(command, "bubblewrap", without_rights)
    with Jail(STRONG) as jail, pytest.raises(JailFailed, match="not permitted"):
        jail.open()


def test_files_that_do_not_fit_are_told(jail):
    """Files of more than half the box are an error with words, and nothing is started."""
    with pytest.raises(JailFailed, match="MB"):
        jail.open({"big": bytes(20 << 20)})


@pytest.mark.parametrize("name", ["../out.txt", "/tmp/out.txt", "a/../../out.txt"])
def test_a_file_stays_in_its_room(name, jail):
    """A name that leads out of the box is refused."""
    with pytest.raises(JailFailed):
        jail.open({name: b"x"})
    assert is_sane(jail)


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
    assert user == launch.spare_user(pid, table)


def test_a_closed_folder_is_found(tmp_path):
    """The first folder that a stranger may not pass is the one to cover."""
    tmp_path.chmod(0o755)
    closed = tmp_path / "a"
    (closed / "b" / "c").mkdir(parents=True)
    closed.chmod(0o700)
    above = launch.closed_ancestor(str(closed / "b" / "c"))

    assert above == launch.closed_ancestor(str(closed)) or above == str(closed)
    assert launch.closed_ancestor("/usr/bin") is None
