"""
What a guest may do on request, and the walls around that: programs, a network of its own, memory.

Each attack has a control: the same code outside, or in a guest that was not asked for it.
"""

import os
import re
import time

import pytest
from support.sandboxes import LEVELS, LIMITS, answers, is_sane, required

from grader.sandbox import FALLBACK, STRONG, Exited, Limits, OutOfMemory, Sandbox, bubblewrap
from grader.sandbox.walls import MEMORY, NO_PROGRAMS, met


@pytest.fixture(scope="module")
def strong():
    """A sandbox at the strong level."""
    with Sandbox(required(STRONG), LIMITS) as sandbox:
        yield sandbox


def shown(guest, cell: str, seconds: float = 20.0) -> str:
    """Run a cell and return what it printed, and how it stopped."""
    reply = guest.ask("run", seconds, cell=cell, number=1)
    texts = [out.get("text", out.get("evalue", "")) for out in reply["outputs"]]
    return "".join(texts)


PROGRAMS = {
    "a line": ("!echo hello", "hello\n"),
    "lines of a value": ("files = !echo a; echo b\nprint(files[1])", "b\n"),
    "bash": ("%%bash\nfor i in 1 2; do echo $i; done", "1\n2\n"),
    "os.system": ("import os\nprint(os.system('exit 3') >> 8)", "3\n"),
    "os.popen": ("import os\nprint(os.popen('echo x').read())", "x\n\n"),
    "subprocess": (
        "import subprocess\n"
        "print(subprocess.run(['echo', 'x'], capture_output=True, text=True).stdout)",
        "x\n\n",
    ),
    "Python": ("import sys\n!{sys.executable} -c 'print(6 * 7)'", "42\n"),
    "fork": (
        "import os\npid = os.fork()\nif not pid:\n    os._exit(5)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))",
        "5\n",
    ),
    "files": ("!echo 1 > a.txt\nprint(open('a.txt').read())", "1\n\n"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_start_where_that_is_asked(name, strong):
    """What a kernel shows of a program, a guest shows."""
    cell, expected = PROGRAMS[name]
    with strong.open(programs=True) as guest:
        assert expected == shown(guest, cell)


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_program_starts_where_that_is_not_asked(name, strong):
    """Control: the same cell in another guest starts nothing, and says so."""
    cell, expected = PROGRAMS[name]
    with strong.open() as guest:
        reply = guest.ask("run", 20, cell=cell, number=1)

    assert NO_PROGRAMS == met(reply["outputs"])
    assert expected not in str(reply["outputs"])


def test_the_fallback_level_starts_no_program_even_if_asked():
    """There are no namespaces that a program could not leave."""
    with Sandbox(required(FALLBACK), LIMITS) as sandbox, sandbox.open(programs=True) as guest:
        assert NO_PROGRAMS == met(guest.ask("run", 20, cell="!echo hi", number=1)["outputs"])


OUTWARDS = {
    "other processes": "!ls -d /proc/[0-9]* | grep -v '^/proc/1$'",
    "a file of the machine": "!cat /etc/passwd /etc/hostname 2> /dev/null",
    "a signal to the server": (
        "import posix\ntry:\n    posix.kill(posix.getppid() or 2, 0); print('through')\n"
        "except OSError: pass"
    ),
    "a program that gets rights": "!su -c 'echo through' 2> /dev/null; sudo -n id 2> /dev/null",
    "a name space": "!unshare -Ur echo through 2> /dev/null",
    "a mount": "!mount -t tmpfs none /mnt 2> /dev/null && echo through",
    "writing where Python lies": (
        "import sys\n!touch {sys.prefix}/x /usr/x /bin/x 2> /dev/null && echo through"
    ),
    "a program from the box": ("!cp /bin/echo ./own && chmod +x own && ./own through 2> /dev/null"),
    "the network": "%%bash\n(echo > /dev/tcp/127.0.0.1/22) 2> /dev/null && echo through\ntrue",
}


@pytest.mark.parametrize("name", OUTWARDS)
def test_a_program_gets_no_further_than_a_cell(name, strong):
    """Shell commands, too, find nothing outside, no rights and no way to write."""
    with strong.open(programs=True) as guest:
        assert "" == shown(guest, OUTWARDS[name])
        assert "41\n" == shown(guest, "!echo 41")  # control: it is the wall that says nothing


def test_programs_end_with_the_guest(strong):
    """A program in the background is gone when the guest is, and so is one that left its parent."""
    marked = f"sleep 31{os.getpid() % 1000:03}.5"
    with strong.open(programs=True) as guest:
        shown(
            guest,
            f"import subprocess\nfor _ in range(3):\n    subprocess.Popen({marked!r}.split())",
        )
        shown(guest, f"!(setsid {marked} &) ; sleep 0.2")
        assert 4 == _running(marked)

    deadline = time.monotonic() + 5
    while _running(marked) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert 0 == _running(marked)


def _running(command: str) -> int:
    found = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().rstrip(b"\0").split(b"\0")
        except OSError:
            continue
        found += words == command.encode().split()
    return found


@pytest.mark.slow
def test_a_bomb_of_programs_goes_off_in_its_guest(strong):
    """A shell that starts itself twice, for ever, meets its limit; the next cell and guest run."""
    with strong.open(programs=True) as guest:
        shown(guest, "!bomb() { bomb | bomb & }; bomb\nimport time\ntime.sleep(2)")
        assert "1\n" == shown(guest, "print(1)")
    assert is_sane(strong)


@pytest.mark.slow
def test_programs_share_the_memory_of_their_guest(strong):
    """Eight programs of 400 MB are too much together, though none of them is alone."""
    take = "x = bytearray(400_000_000); import time; time.sleep(30)"
    cell = (
        "import subprocess, sys\n"
        f"every = [subprocess.Popen([sys.executable, '-c', {take!r}]) for _ in range({{}})]\n"
        "try:\n    [one.wait({}) for one in every]\n"
        "except (MemoryError, subprocess.TimeoutExpired) as error:\n"
        "    print(type(error).__name__)\n    [one.kill() for one in every]"
    )
    with strong.open(programs=True) as guest:
        assert "TimeoutExpired\n" == shown(guest, cell.format(2, 2))  # control
        assert "MemoryError\n" == shown(guest, cell.format(8, 20), 25)


def test_a_program_that_never_ends_is_stopped_like_a_cell(strong):
    """The stop button ends it, and the notebook goes on."""
    with strong.open(programs=True) as guest:
        said = shown(guest, "!while true; do :; done", 1.0)
        assert re.fullmatch(r"stopped after \d+ s", said)  # on a busy machine more than one
        assert "1\n" == shown(guest, "print(1)")


def test_a_fork_does_not_answer_in_its_parents_place(strong):
    """Both sides of a fork go on with the cell; one of them answers."""
    with strong.open(programs=True) as guest:
        assert "up" in shown(guest, "import os\npid = os.fork()\nprint('up')")
        assert ["x"] == answers(guest, "y = 'x'", "y")


TALK = """
import socket, threading
server = socket.create_server(("127.0.0.1", 0))
def serve():
    one, _ = server.accept()
    one.sendall(one.recv(9).upper())
threading.Thread(target=serve).start()
with socket.create_connection(server.getsockname()) as client:
    client.sendall(b"hi")
    said = client.recv(9)
"""


def test_threads_of_a_notebook_talk_over_loopback_where_that_is_asked(strong):
    """A server and a client of one notebook find each other."""
    with strong.open(network=True) as guest:
        assert [b"HI"] == answers(guest, TALK, "said")


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_without_being_asked_there_is_no_socket(level):
    """Control: the same cell in another guest makes none, and at the fallback level none does."""
    asked = level == FALLBACK
    with Sandbox(required(level), LIMITS) as sandbox, sandbox.open(network=asked) as guest:
        assert "PermissionError" == guest.ask("run", 20, cell=TALK, number=1)["stop"]["kind"]


def test_a_network_of_its_own_has_nobody_else_on_it(strong):
    """Neither the machine's servers nor those of another guest are reached, by any address."""
    with_server = "import socket\ns = socket.create_server(('127.0.0.1', 5151))\nready = 1"
    named = "u = socket.socket(socket.AF_UNIX)\nu.bind('\\0grader-probe')\nu.listen()"
    knock = (
        "import socket\nfound = []\n"
        "for where in [('127.0.0.1', 5151), ('1.1.1.1', 53), ('10.0.0.1', 80)]:\n"
        "    try: socket.create_connection(where, 2); found.append(where)\n"
        "    except OSError: pass\n"
        "try: socket.socket(socket.AF_UNIX).connect('\\0grader-probe'); found.append('unix')\n"
        "except OSError: pass"
    )
    with strong.open(network=True) as one, strong.open(network=True) as other:
        answers(one, f"{with_server}\n{named}", "ready")
        assert [[("127.0.0.1", 5151), "unix"]] == answers(one, knock, "found")  # control
        assert [[]] == answers(other, knock, "found")


KEPT = {
    "a 2 GB array that is never touched": "import numpy as np\nx = np.zeros(2 << 27).nbytes",
    "300 threads": (
        "import threading\ngate = threading.Event()\n"
        "many = [threading.Thread(target=gate.wait) for _ in range(300)]\n"
        "[one.start() for one in many]\ngate.set()\n[one.join() for one in many]\nx = len(many)"
    ),
    "300 open files": "import os\nx = [open(f'/tmp/{n}', 'w') for n in range(300)].__len__()",
    "a file of 40 MB": "x = open('big', 'wb').write(bytes(40_000_000))",
    "files beside and in /tmp": (
        "import os\nopen('../a', 'w').close(); open('/tmp/b', 'w').close()\n"
        "x = os.path.exists('../a') and os.path.exists('/tmp/b')"
    ),
    "shared memory": (
        "from multiprocessing import shared_memory as m\ns = m.SharedMemory(create=True, size=9)\n"
        "s.buf[0] = 3\nother = m.SharedMemory(s.name)\nx = other.buf[0]"
    ),
    "the process by psutil": (
        "import psutil, os\nx = psutil.Process(os.getpid()).memory_info().rss > 1 << 20"
    ),
    "the machine by psutil": "import psutil\nx = psutil.virtual_memory().total > 1 << 28",
    "the user": "import getpass\nx = getpass.getuser()",
    "an empty folder": "import os\nx = os.listdir()",
    "joblib": (
        "from joblib import Parallel, delayed\n"
        "x = Parallel(n_jobs=2)(delayed(abs)(i) for i in [-1, 2])"
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_guest_has_what_a_kernel_has(name):
    """Within the limits that a course begins with."""
    expected = {
        "a 2 GB array that is never touched": 2 << 30,
        "300 threads": 300,
        "300 open files": 300,
        "a file of 40 MB": 40_000_000,
        "shared memory": 3,
        "the user": "learner",
        "an empty folder": [],
        "joblib": [1, 2],
    }
    with Sandbox(required(STRONG)) as sandbox, sandbox.open() as guest:
        assert [expected.get(name, True)] == answers(guest, KEPT[name], "x")


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_memory_that_is_touched_is_limited(level):
    """A list that grows for ever is a MemoryError that names the limit; the next cell runs."""
    with Sandbox(required(level), Limits(memory_mb=400)) as sandbox, sandbox.open() as guest:
        grow = "kept = []\nwhile True:\n    kept.append(bytearray(5_000_000))"
        assert MEMORY in shown(guest, grow)
        assert "0\n" == shown(guest, "kept.clear()\nprint(len(kept))")


def test_a_guest_that_goes_on_taking_memory_is_ended():
    """One that catches the error and takes more is killed, before the machine is full."""
    greedy = (
        "kept = []\nwhile True:\n    try:\n        kept.append(bytearray(100_000_000))\n"
        "    except MemoryError:\n        pass"
    )
    with Sandbox(required(STRONG), Limits(memory_mb=300)) as sandbox:
        with sandbox.open() as guest, pytest.raises((OutOfMemory, Exited)):
            guest.ask("run", 20, cell=greedy, number=1)
        assert is_sane(sandbox)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_a_limit_that_is_met_is_named(level):
    """The sentence of a full disk, of too many threads or open files says which limit it was."""
    few = Limits(box_mb=2, processes=64)
    cells = {
        "threads": (
            "import threading, time\nfor _ in range(600):\n"
            "    threading.Thread(target=time.sleep, args=(1,)).start()",
            "c.Sandbox.processes",
        ),
    }
    if level == STRONG:
        cells["disk"] = ("open('x', 'wb').write(bytes(9_000_000))", "c.Sandbox.files")
        cells["open files"] = ("[open('x', 'w') for _ in range(2000)]", "no more open files")
    with Sandbox(required(level), few) as sandbox:
        for name, (cell, words) in cells.items():
            with sandbox.open() as guest:
                assert words in shown(guest, cell), name


def test_a_kernel_that_makes_no_network_still_opens_the_guest(monkeypatch):
    """The guest runs without sockets, as one that asked for none."""
    broken = "import grader.sandbox.lockdown as l; l.NEW_NET = 1 << 30 | 1 << 7 | 1; "
    monkeypatch.setattr(bubblewrap, "BOOT", bubblewrap.BOOT.replace("main()", f"{broken}main()"))
    with Sandbox(required(STRONG), LIMITS) as sandbox, sandbox.open(network=True) as guest:
        assert "PermissionError" == guest.ask("run", 20, cell=TALK, number=1)["stop"]["kind"]
        assert "1\n" == shown(guest, "print(1)")
