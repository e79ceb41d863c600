"""
Every wall of the sandbox: learner code runs against it, and through where it is left out.

The controls run the same code in a process outside the sandbox, so that no attack is held for
another reason than the wall.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.courses import need
from support.sandboxes import LEVELS, LIMITS, answers, required

from grader.errors import WallMissing
from grader.sandbox import (
    FALLBACK,
    STRONG,
    Exited,
    Limits,
    Sandbox,
    attacks,
    levels,
    selftest,
    syscalls,
)

GATE_OF_32_BITS = """
import ctypes, mmap
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(b"\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3")  # mov eax, getpid of i386; int 0x80; ret
at = ctypes.addressof(ctypes.c_char.from_buffer(code))
got = ctypes.CFUNCTYPE(ctypes.c_int)(at)()
"""


@pytest.fixture(scope="module", params=LEVELS, ids=lambda level: level.name)
def sandbox(request):
    """A sandbox at each level."""
    with Sandbox(required(request.param), LIMITS) as sandbox:
        yield sandbox


@pytest.fixture
def secret(tmp_path_factory, monkeypatch):
    """A file that every user may read, and a variable, that no guest may see."""
    monkeypatch.setenv(selftest.MARK, "seen")
    with selftest._secret() as path:
        yield path


@pytest.mark.parametrize("wall", attacks.ATTACKS)
def test_no_attack_gets_through(wall, sandbox, secret):
    """Learner code finds the wall closed."""
    code = selftest.prelude(secret, sandbox.level, LIMITS) + attacks.ATTACKS[wall]
    with sandbox.open() as guest:
        assert [[]] == answers(guest, code, "opened")


@pytest.mark.parametrize("wall", attacks.ATTACKS)
def test_every_attack_gets_through_without_the_sandbox(wall, secret, tmp_path):
    """Control: the same code, run outside, gets through."""
    if wall == "no rights":
        need("root", "COURSE_REQUIRE_ROOT", "root" if os.geteuid() == 0 else None)
    code = selftest.prelude(secret, FALLBACK, LIMITS) + attacks.ATTACKS[wall]
    assert outside(code + "\nprint(len(opened))", tmp_path) > 0


def outside(code: str, folder) -> int:
    """Run code outside the sandbox, in a folder, and return the number it prints last."""
    script = folder / "attack.py"
    script.write_text(code)
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def test_rooms_do_not_see_each_other(sandbox):
    """Two guests that are open at once share neither files nor processes."""
    walls = {wall.name: wall for wall in selftest.prove(sandbox.level)}

    assert walls[selftest.NEIGHBOURS].held, walls[selftest.NEIGHBOURS].detail


def test_a_room_that_could_see_its_neighbour_is_told(tmp_path, secret):
    """Control: the same look at the neighbour's folder succeeds outside."""
    (tmp_path / "theirs.txt").write_text("private")
    facts = f"THEIRS = {str(tmp_path)!r}\nTHEIR_PID = {os.getpid()}\n"
    code = selftest.prelude(secret, FALLBACK, LIMITS) + facts + selftest.NEIGHBOUR_ATTACK

    assert outside(code + "\nprint(len(opened))", tmp_path) == 2


def test_the_gate_of_32_bit_calls_ends_the_room(sandbox):
    """A call by the numbers of another machine is the last thing a guest does."""
    need("x86_64", "COURSE_REQUIRE_X86", "x86_64" if syscalls.this_machine() == "x86_64" else None)
    with sandbox.open() as guest, pytest.raises(Exited):
        guest.ask("run", 10, cell=GATE_OF_32_BITS, number=1)


def test_the_gate_of_32_bit_calls_works_outside(tmp_path):
    """Control: the same machine code returns a process number outside."""
    need("x86_64", "COURSE_REQUIRE_X86", "x86_64" if syscalls.this_machine() == "x86_64" else None)
    assert outside(GATE_OF_32_BITS + "\nprint(got)", tmp_path) > 0


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_larger_limits_let_more_in(level, secret):
    """Control: what a limit held passes where the limit is larger."""
    large = Limits(memory_mb=3000, box_mb=80, box_files=2000, processes=400)
    names = ["memory and CPU are limited", "threads are limited"]
    if level == STRONG:
        names += ["the disk is small", "files are few"]
    with Sandbox(required(level), large) as sandbox:
        for name in names:
            code = selftest.prelude(secret, level, LIMITS) + attacks.ATTACKS[name]
            with sandbox.open() as guest:
                assert answers(guest, code, "opened") != [[]], name


def test_nothing_is_left_for_the_next_room(sandbox):
    """Files, threads and changes of the library end with the guest that made them."""
    cell = "import json, threading, time\njson.mark = 1\n"
    if sandbox.level == STRONG:
        cell += "open('left.txt', 'w').write('left')\n"
    cell += "threading.Thread(target=time.sleep, args=(60,)).start()"
    with sandbox.open() as guest:
        answers(guest, cell)
    with sandbox.open() as guest:
        look = "import json, os, threading\n"
        look += "found = hasattr(json, 'mark'), sorted(os.listdir()), threading.active_count()"
        assert [(False, [], 1)] == answers(guest, look, "found")


def test_rooms_draw_the_same_numbers_whatever_ran_before(sandbox):
    """
    What a guest draws depends on no guest before it and on no server: equal hand-ins get equal
    marks, also where they draw lots. Within a guest one number differs from the next.
    """
    draw = "import random\nx = random.random(), random.random()\n"
    draw += "y = list({str(i) for i in range(9)})"
    drawn = []
    for before in ("pass", "import random\nrandom.seed(4)\nrandom.random()"):
        with sandbox.open() as guest:
            drawn.append(answers(guest, draw, "x", "y"))
        with sandbox.open() as guest:
            answers(guest, before)

    assert drawn[0] == drawn[1]
    (one, other), _ = drawn[0]
    assert one != other


def test_a_room_knows_its_files_and_its_home(sandbox):
    """The current folder holds the files that were handed in; the home lies beside it."""
    cell = "import os, sys\nfound = open('data/a.csv').read(), sys.path[0], os.getcwd()\n"
    cell += "home = os.environ['HOME']"
    with sandbox.open({"data/a.csv": b"1,2"}) as guest:
        found, home = answers(guest, cell, "found", "home")

    assert ("1,2", "") == found[:2]
    assert Path(home).parent == Path(found[2]).parent


@pytest.mark.parametrize("tree", [sys.prefix, "/usr", "/lib"])
def test_a_course_inside_of_what_rooms_can_read_is_refused(tree):
    """Hidden tests may not lie where learner code can read them; elsewhere they may."""
    with pytest.raises(WallMissing, match="which learner code can read"):
        levels.require_hidden(f"{tree}/share/course")

    levels.require_hidden("/srv/course")
