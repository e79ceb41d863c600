"""
The jail, seen from the trusted side: give it files, get a room. It keeps one warm server running.

Trusted. A jail belongs to one thread that lives as long as it does. If the server dies or refuses
it is started again, once for each room; a server that fails twice is a JailFailed.
"""

import weakref
from collections.abc import Iterable, Mapping
from types import TracebackType

from grader import wire
from grader.errors import JailFailed
from grader.jail import levels
from grader.jail.levels import Level
from grader.jail.limits import MB, Limits
from grader.jail.process import ServerProcess
from grader.jail.room import Room

ROOMS_PER_SERVER = 1000
DEFAULT_LIMITS = Limits()


class Jail:
    """Opens rooms for learner code, all at one level and with the same limits."""

    def __init__(
        self,
        level: Level | None = None,
        limits: Limits = DEFAULT_LIMITS,
        modules: tuple[str, ...] = (),
    ) -> None:
        self.level = level or levels.choose()
        self.limits = limits
        self._modules = frozenset(modules)
        self._server: ServerProcess | None = None
        self._careful = False
        self._rooms: weakref.WeakSet[Room] = weakref.WeakSet()

    def open(self, files: Mapping[str, bytes] | None = None) -> Room:
        """
        Open a room with a submission's files in its current folder.

        Raises: JailFailed where the files fill the disk of a room, or no server starts.
        """
        given = dict(files or {})
        if sum(map(len, given.values())) > self.limits.box_mb * MB // 2:
            raise JailFailed(f"The files of the submission fill more than {self.limits.box_mb} MB.")
        if self._is_stale():
            self.close()
        words = ""
        for _ in range(2):
            try:
                if self._server is None:
                    self._server = self._started()
                room = self._server.open(given)
            except (OSError, wire.WireError) as error:
                words = self._drop() or str(error)
            else:
                self._rooms.add(room)
                return room
        raise JailFailed(f"The jail does not start: {words.splitlines()[-1]}")

    def left_out(self) -> tuple[str, ...]:
        """Return which modules the server could not have ready: rooms import them themselves."""
        return self._server.left_out if self._server else ()

    def warm(self, modules: Iterable[str]) -> None:
        """Have these modules imported in the server from the next room on, if they can be."""
        self._modules |= frozenset(modules)

    def close(self) -> None:
        """End the server and every room."""
        for room in list(self._rooms):
            room.close()
        self._drop()

    def __enter__(self) -> "Jail":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _started(self) -> ServerProcess:
        """Start a server; the next one is started with care where this one does not come up."""
        try:
            return ServerProcess(self.level, self.limits, self._modules, self._careful)
        except (OSError, wire.WireError):
            self._careful = True  # an import may have started threads, ended Python or never ended
            raise

    def _is_stale(self) -> bool:
        """Tell whether a new server is due; never while a room is open."""
        if self._server is None or any(not room.closed for room in self._rooms):
            return False
        worn = self._server.rooms_opened >= ROOMS_PER_SERVER
        return worn or not self._modules <= self._server.modules

    def _drop(self) -> str:
        """Stop the server, if there is one, and return its last words."""
        server, self._server = self._server, None
        return server.stop() if server else ""
