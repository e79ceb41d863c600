"""
What a machine is told on which the strong level does not hold: the right thing to do, each time.

Each situation is simulated by the words of bubblewrap or by what the kernel lacks; a container by
the namespaces and rights that Docker gives; sandbox-exec of macOS by a program that holds to the
part of the profile about files, and by one that holds to nothing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil  # noqa: F401 - loaded for this system before another one is played
import pytest
from support.notebooks import ROOT
from support.sandboxes import LIMITS, answers, required

from grader.errors import WallMissing
from grader.sandbox import FALLBACK, STRONG, Sandbox, landlock, levels, seatbelt, syscalls
from grader.sandbox.levels import NO_WALLS, SEATBELT

pytestmark = pytest.mark.slow
HOLDS = """#!/bin/sh
box=$(printf '%s' "$2" | sed -n 's/^(allow file-write[*] (subpath "\\([^"]*\\)").*/\\1/p')
shift 2
exec bwrap --dev-bind / / --tmpfs /tmp --bind "$box" "$box" --chdir "$PWD" -- "$@"
"""
HOLDS_NOTHING = '#!/bin/sh\nshift 2\nexec "$@"\n'
IN_A_CONTAINER = """
from grader.sandbox import STRONG, Sandbox
with Sandbox(STRONG) as sandbox, sandbox.open() as guest:
    guest.ask("run", cell="import os; x = len(os.listdir('/proc')) + 1", number=1)
    print(sorted(guest.ask("get", names=["x"])["values"]))
"""


def program(folder: Path, name: str, text: str) -> Path:
    """Write a program."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def choose():
    """The choice of a level, made anew."""
    levels.choose.cache_clear()
    yield levels.choose
    levels.choose.cache_clear()


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("bwrap: setting up uid map: Permission denied", "apparmor_restrict_unprivileged_userns"),
        ("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "Ubuntu 24.04"),
        ("bwrap: No permissions to create new namespace, likely", "unprivileged_userns_clone=1"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "systempaths"),
        ("bwrap: Creating new namespace failed: Operation not permitted", "seccomp=unconfined"),
        ("bwrap: something new", "cannot make a sandbox here (bwrap: something new)"),
    ],
)
def test_what_keeps_bubblewrap_from_working_is_told_with_what_to_do(
    said, advice, monkeypatch, choose
):
    """In the line of the doctor, and where nothing is graded."""
    with tempfile.TemporaryDirectory() as folder:  # which a spare user may pass
        os.chmod(folder, 0o755)
        program(Path(folder), "bwrap", f'#!/bin/sh\necho "{said}" >&2\nexit 1\n')
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        assert advice in levels.why_not_strong()
        monkeypatch.setattr(landlock, "abi", lambda: 0)
        with pytest.raises(WallMissing) as told:
            choose()
    assert advice in str(told.value) and "\n" not in str(told.value)


def test_an_old_kernel_has_the_fallback_named(monkeypatch, choose):
    """Without bubblewrap Linux 6.2 would do."""
    monkeypatch.setattr(levels.shutil, "which", lambda name: None)
    monkeypatch.setattr(landlock, "abi", lambda: 2)
    with pytest.raises(WallMissing, match=r"no Landlock of Linux 6.2 or later.*apt install"):
        choose()


@pytest.mark.parametrize(
    ("system", "machine"), [("linux", "riscv64"), ("linux", "armv7l"), ("win32", "AMD64")]
)
def test_other_machines_and_systems_are_shown_the_way(system, machine, monkeypatch, choose):
    """To Linux, a container, WSL2, or without walls for hand-ins that one trusts."""
    monkeypatch.setattr(levels.sys, "platform", system)
    monkeypatch.setattr(syscalls, "this_machine", lambda: machine)
    with pytest.raises(WallMissing) as told:
        choose()
    assert all(way in str(told.value) for way in ("container", "WSL2", "--no-walls"))


def test_the_list_of_system_calls_has_both_machines():
    """ARM, too: each call that is allowed has a number there or is known to have none."""
    assert ("x86_64", "aarch64") == syscalls.MACHINES
    for calls in syscalls.GROUPS.values():
        numbers = [pair[1] for pair in calls.values() if pair[1] is not None]
        assert len(set(numbers)) == len(numbers)


def test_macos_without_sandbox_exec_has_no_walls(monkeypatch, choose):
    """Nothing is run by itself."""
    monkeypatch.setattr(levels.sys, "platform", "darwin")
    monkeypatch.setattr(seatbelt, "PROGRAM", "/nowhere/sandbox-exec")
    with pytest.raises(WallMissing, match=r"no sandbox-exec.*container.*--no-walls"):
        choose()
    assert NO_WALLS == levels.choose_for_own_code()


def test_a_sandbox_exec_that_holds_nothing_is_no_wall(tmp_path, monkeypatch):
    """It is tried, not guessed."""
    monkeypatch.setattr(seatbelt, "PROGRAM", str(program(tmp_path, "sb", HOLDS_NOTHING)))

    assert "sandbox-exec hides nothing" == seatbelt.why_not()


def test_a_sandbox_exec_that_holds_is_the_level_of_macos(tmp_path, monkeypatch, choose):
    """A guest behind it has its own files and not those beside them."""
    required(STRONG)
    monkeypatch.setattr(seatbelt, "PROGRAM", str(program(tmp_path, "sb", HOLDS)))
    monkeypatch.setattr(levels.sys, "platform", "darwin")
    secret = tmp_path / "secret.txt"
    secret.write_text("seen", encoding="utf-8")
    look = f"import os\nn = int(open('n.txt').read())\nseen = os.path.exists({str(secret)!r})"
    assert SEATBELT == choose()
    with Sandbox(choose(), LIMITS) as sandbox, sandbox.open({"n.txt": b"41"}) as guest:
        assert [41, False] == answers(guest, look, "n", "seen")


def test_a_path_cannot_end_the_profile():
    """A folder with a quote in its name stays a text."""
    text = seatbelt.profile('/tmp/a") (allow default) (b "', 1)

    assert '(subpath "/tmp/a\\") (allow default) (b \\"")' in text
    assert "(deny default)" in text and 'localhost:1"' in text


@pytest.mark.parametrize("level", [STRONG, FALLBACK], ids=lambda level: level.name)
def test_a_level_of_linux_does_not_start_elsewhere(level):
    """Who asks for a level gets that one or an error, never a guest with less."""
    required(level)
    with Sandbox(level) as sandbox, sandbox.open() as guest:
        assert "Forked" == type(guest._process).__name__


def test_in_a_container_the_strong_level_holds():
    """Root without Docker's forbidden rights, in namespaces and a /proc of its own."""
    required(STRONG)
    if os.geteuid() or not shutil.which("unshare") or not shutil.which("setpriv"):
        pytest.skip("NOT TESTED: only root with unshare and setpriv makes what Docker makes")
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    asked = "import sys; print('%d.%d' % sys.version_info[:2])"
    same = python and subprocess.run([python, "-c", asked], capture_output=True, text=True).stdout
    if not same or same.strip() != f"{sys.version_info[0]}.{sys.version_info[1]}":
        pytest.skip("NOT TESTED: no Python of this version in the system, as a container has it")
    packages = [path for path in sys.path if path.endswith("site-packages")]
    rights = "-sys_admin,-net_admin,-sys_ptrace,-sys_module,-sys_boot,-sys_time"
    done = subprocess.run(
        [
            *("unshare", "--pid", "--fork", "--mount", "--mount-proc", "--ipc", "--net"),
            *("setpriv", "--bounding-set", rights, "--inh-caps", rights),
            *(python, "-c", IN_A_CONTAINER),
        ],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *packages])},
        capture_output=True,
        text=True,
    )
    assert "['x']\n" == done.stdout, done.stderr
