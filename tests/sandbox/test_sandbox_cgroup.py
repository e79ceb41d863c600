"""Rules for grader.sandbox.cgroup: what a sandbox leaves in the system's folders."""

import subprocess
import sys
import threading
import time

import pytest

from grader.sandbox.cgroup import Cgroup
from grader.sandbox.limits import Limits

INSIDE = """
import sys
for door in sys.argv[1:]:
    open(door, "w").write("0")
print("inside", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def group():
    """A fence of our own, or a skipped test where the system lets us build none."""
    made = Cgroup(Limits())
    if not made.folders:
        pytest.skip("no cgroup can be made here: there is nothing to take down")
    yield made
    made.remove()


def test_a_fence_waits_for_the_last_process_to_leave(group):
    """Processes that were killed leave a little later: the fence goes when they are gone."""
    folders = list(group.folders)
    inside = subprocess.Popen(
        [sys.executable, "-c", INSIDE, *group.doors], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with inside:
        assert b"inside\n" == inside.stdout.readline()
        threading.Timer(0.2, inside.kill).start()
        group.remove()

    assert not any(folder.exists() for folder in folders)


def test_a_fence_that_stays_in_use_is_left_after_a_moment(group, monkeypatch):
    """Whoever closes a sandbox does not wait for ever for a process that will not leave."""
    monkeypatch.setattr("grader.sandbox.cgroup.LEAVE_SECONDS", 0.1)
    inside = subprocess.Popen(
        [sys.executable, "-c", INSIDE, *group.doors], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    folders = list(group.folders)
    with inside:
        assert b"inside\n" == inside.stdout.readline()
        start = time.monotonic()
        group.remove()
        took = time.monotonic() - start
        stays = [folder.exists() for folder in folders]
        inside.kill()
    for folder in folders:
        folder.rmdir()

    assert took < 1
    assert all(stays)
