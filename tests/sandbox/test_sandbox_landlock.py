"""The wall of files: what is taken away by which version, and that the kernel keeps to it."""

import json
import subprocess
import sys

import pytest
from support.courses import need

from grader.sandbox import landlock

TRY = """
import json, os, sys
from grader.sandbox import lockdown, landlock
inside, outside, *walls = sys.argv[1:]
if walls:
    lockdown.no_new_rights()
    landlock.restrict(read=[sys.prefix], write=[inside])
def passes(act):
    try:
        act()
    except OSError:
        return False
    return True
print(json.dumps({
    "change inside": passes(lambda: open(inside + "/new", "w").close()),
    "remove inside": passes(lambda: os.unlink(inside + "/new")),
    "read outside": passes(lambda: open(outside + "/old").read()),
    "list outside": passes(lambda: os.listdir(outside)),
    "change outside": passes(lambda: open(outside + "/new", "w").close()),
    "cut outside": passes(lambda: os.truncate(outside + "/old", 0)),
    "move outside": passes(lambda: os.rename(outside + "/old", outside + "/gone")),
    "run outside": passes(lambda: os.posix_spawn("/bin/true", ["true"], {})),
}))
"""


def tried(tmp_path, *walls: str) -> dict[str, bool]:
    """Run the attempts in a process of its own, with or without the wall."""
    need("Landlock", "COURSE_REQUIRE_JAIL", "yes" if landlock.abi() >= 3 else None)
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "old").write_text("private")
    command = [sys.executable, "-c", TRY, str(inside), str(outside), *walls]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_only_what_is_named_can_be_touched(tmp_path):
    """Behind the wall the named folder is open, and nothing else is."""
    found = tried(tmp_path, "walls")
    inside = {what: passed for what, passed in found.items() if "inside" in what}

    assert all(inside.values())
    assert [what for what, passed in found.items() if passed] == list(inside)


def test_without_the_wall_all_of_it_passes(tmp_path):
    """The same attempts succeed where the wall is left out."""
    assert all(tried(tmp_path).values())


@pytest.mark.parametrize(
    ("version", "rights"),
    [
        (1, (0x1FFF, 0, 0)),
        (2, (0x3FFF, 0, 0)),
        (3, (0x7FFF, 0, 0)),
        (4, (0x7FFF, 3, 0)),
        (5, (0xFFFF, 3, 0)),
        (6, (0xFFFF, 3, 3)),
        (7, (0xFFFF, 3, 3)),
        (99, (0xFFFF, 3, 3)),
    ],
)
def test_each_version_takes_away_all_it_can(version, rights):
    """Files since 1, moves since 2, cuts since 3, TCP since 4, devices since 5, scopes since 6."""
    assert rights == landlock.handled(version)
