"""
The sandbox, seen from the trusted side: give it files, get a guest. It keeps one warm server
running.

Trusted. A sandbox belongs to one thread that lives as long as it does. If the server dies or
refuses it is started again, once for each guest; a server that fails twice is a SandboxFailed.
"""

import sys
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING

from grader.errors import SandboxFailed
from grader.sandbox import codec, levels
from grader.sandbox.guest_process import GuestProcess
from grader.sandbox.levels import Level
from grader.sandbox.limits import MB, Limits
from grader.sandbox.server_process import ServerProcess

if TYPE_CHECKING:
    from grader.sandbox.spawner import Spawner

ROOMS_PER_SERVER = 1000
DEFAULT_LIMITS = Limits()


class Sandbox:
    """Opens guests for learner code, all at one level and with the same limits."""

    def __init__(
        self,
        level: Level | None = None,
        limits: Limits = DEFAULT_LIMITS,
        modules: tuple[str, ...] = (),
    ) -> None:
        self.level = level or levels.choose()
        self.limits = limits
        self._modules = frozenset(modules)
        self._server: ServerProcess | Spawner | None = None
        self._careful = False
        self._guests: weakref.WeakSet[GuestProcess] = weakref.WeakSet()

    def open(
        self,
        files: Mapping[str, bytes] | None = None,
        programs: bool = False,
        network: bool = False,
    ) -> GuestProcess:
        """
        Open a guest with a submission's files in its current folder. At the strong level it may
        start programs, and its own processes may talk over a loopback network, if that is asked.

        Raises: SandboxFailed where the files fill the disk of a guest, or no server starts.
        """
        given, strong = dict(files or {}), self.level == levels.STRONG
        limits = replace(self.limits, programs=programs and strong, network=network and strong)
        if sum(map(len, given.values())) > self.limits.box_mb * MB // 2:
            raise SandboxFailed(
                f"The files of the submission fill more than {self.limits.box_mb} MB."
            )
        if self._is_stale():
            self.close()
        words = ""
        for _ in range(2):
            try:
                self.start()
                guest = self._server.open(given, limits)
            except (OSError, codec.CodecError) as error:
                words = self._drop() or str(error)
            else:
                self._guests.add(guest)
                return guest
        raise SandboxFailed(f"The sandbox does not start: {words.splitlines()[-1]}")

    def start(self) -> None:
        """
        Start the server now, so that the first guest need not wait for it.

        Raises: OSError or CodecError if it does not start; `open` tries again.
        """
        if self._server is None:
            self._server = self._started()

    def left_out(self) -> tuple[str, ...]:
        """
        Return the first module of each library that the server could not have ready: guests import
        it themselves, and what comes after it of that library.
        """
        return self._server.left_out if self._server else ()

    def has_to_load(self, modules: Iterable[str]) -> bool:
        """Tell whether a guest imports one of these modules itself, and not from Python's own."""
        slow = {name.split(".")[0] for name in self.left_out()}
        others = {name: name.split(".")[0] for name in modules}
        return any(
            name not in self._modules or library in slow
            for name, library in others.items()
            if library not in sys.stdlib_module_names
        )

    def warm(self, modules: Iterable[str]) -> None:
        """Have these modules imported in the server from the next guest on, if they can be."""
        self._modules |= frozenset(modules)

    def close(self) -> None:
        """End the server and every guest."""
        for guest in list(self._guests):
            guest.close()
        self._drop()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _started(self) -> "ServerProcess | Spawner":
        """Start a server; the next one is started with care where this one does not come up."""
        if self.level in (levels.SEATBELT, levels.NO_WALLS):
            from grader.sandbox.spawner import Spawner  # with psutil, which no other level needs

            return Spawner(self.level, self._modules)
        try:
            return ServerProcess(self.level, self.limits, self._modules, self._careful)
        except (OSError, codec.CodecError):
            self._careful = True  # an import may have started threads, ended Python or never ended
            raise

    def _is_stale(self) -> bool:
        """Tell whether a new server is due; never while a guest is open."""
        if self._server is None or any(not guest.closed for guest in self._guests):
            return False
        worn = self._server.rooms_opened >= ROOMS_PER_SERVER
        return worn or not self._modules <= self._server.modules

    def _drop(self) -> str:
        """Stop the server, if there is one, and return its last words."""
        server, self._server = self._server, None
        return server.stop() if server else ""
