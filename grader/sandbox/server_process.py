"""
One running sandbox server, seen from the trusted side: it is started, asked for guests, stopped.

Trusted. Everything about the process is held here: bubblewrap's Popen, our end of the control
socket, the file that takes its last words, its cgroup and, at the fallback level, its temp folder.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time

from grader.sandbox import bubblewrap, codec
from grader.sandbox.cgroup import Cgroup
from grader.sandbox.forked import Forked
from grader.sandbox.guest_process import GuestProcess
from grader.sandbox.levels import STRONG, Level
from grader.sandbox.limits import Limits

PACKET = 64 * 1024
START_SECONDS = 120.0  # the whole data stack takes 4 s on a quiet machine
OPEN_SECONDS = 20.0


class ServerProcess:
    """A sandbox server that is ready; OSError or CodecError if it does not start."""

    def __init__(
        self, level: Level, limits: Limits, modules: frozenset[str], careful: bool = False
    ) -> None:
        self.modules = modules
        self.left_out: tuple[str, ...] = ()  # modules that guests have to import themselves
        self.rooms_opened = 0
        self._group = Cgroup(limits)
        self._words = os.memfd_create("last words")
        self._own = "" if level == STRONG else tempfile.mkdtemp(prefix="grader-sandbox-")
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        inner = bubblewrap.server()
        argv = bubblewrap.bubblewrap(_bwrap(), inner) if level == STRONG else inner
        with theirs:
            self._process = bubblewrap.spawn(
                argv, theirs, self._words, cgroups=self._group.doors, own=self._own
            )
        setup = {
            "strong": level == STRONG,
            "trees": [*bubblewrap.trees(), *filter(os.path.exists, bubblewrap.TOP)],
            "path": bubblewrap.packages(),
            "modules": sorted(modules),
            "careful": careful,
        }
        try:
            with open(os.memfd_create("setup"), "w+b") as file:
                file.write(codec.dumps(setup))
                file.seek(0)
                socket.send_fds(self._control, [b"setup"], [file.fileno()])
            self._reply(START_SECONDS, "ready")
        except (OSError, codec.CodecError) as error:
            raise codec.CodecError(self.stop() or str(error)) from error

    def open(self, files: dict[str, bytes], limits: Limits) -> GuestProcess:
        """Have a guest forked; OSError or CodecError if that fails."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with theirs:
                request = codec.dumps({"limits": limits.as_data()})
                socket.send_fds(self._control, [request], [theirs.fileno()])
            deadline = time.monotonic() + OPEN_SECONDS
            codec.send(ours, codec.dumps({"files": files}), deadline)
            (pidfd,) = self._reply(OPEN_SECONDS, "opened")
            guest = GuestProcess(ours, Forked(pidfd, bool(limits.programs)), limits)
        except (OSError, codec.CodecError):
            ours.close()
            raise
        try:
            said = codec.loads(codec.receive(ours, deadline))
            if said != {"ready": True}:
                raise codec.CodecError("a guest that is not ready")
        except (OSError, codec.CodecError):
            guest.close()
            raise
        self.rooms_opened += 1
        return guest

    def stop(self) -> str:
        """End the server with all its guests, remove what it leaves, and return its last words."""
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2.0)  # it ends by itself when its control socket does
        self._process.kill()
        self._process.wait()
        os.lseek(self._words, 0, os.SEEK_SET)
        words = os.read(self._words, PACKET).decode(errors="replace").strip()
        os.close(self._words)
        self._group.remove()
        if self._own:
            shutil.rmtree(self._own, ignore_errors=True)
        return words

    def _reply(self, seconds: float, key: str) -> list[int]:
        """Wait for the server's word `key`; return the descriptors that came with it."""
        self._control.settimeout(seconds)
        packet, descriptors, *_ = socket.recv_fds(self._control, PACKET, 1, socket.MSG_CMSG_CLOEXEC)
        if not packet:
            raise codec.Closed("the sandbox's server is gone")
        reply = codec.loads(packet)
        if isinstance(reply, dict) and reply.get(key) is True:
            self.left_out = tuple(reply.get("left_out", self.left_out))
        else:
            raise codec.CodecError(f"the sandbox's server says {reply}")
        return descriptors


def _bwrap() -> str:
    """Return the path of bubblewrap; OSError if it is gone."""
    found = shutil.which("bwrap")
    if not found:
        raise OSError("bubblewrap is not installed")
    return found
