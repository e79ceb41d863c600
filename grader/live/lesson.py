"""
Where a lesson stands, and its votes: one small SQLite file, which outlives a crash and goes when
the lesson ends. A vote counts when it is on the disk: only then is it acknowledged.

A question goes through its phases: "open" (devices vote), "closed" (the bars), "revealed" (what is
right). Once closed it can be opened for a second round. Before the first question stands -1: the
room is joining.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from grader.errors import GraderError

SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # of a room code: none that looks like another
CODE = 6  # signs: 31^6 codes, and few tries a minute
ROUNDS = 2
MOST_DEVICES = 1000
OPEN, CLOSED, REVEALED = "open", "closed", "revealed"
SCHEMA = """
CREATE TABLE IF NOT EXISTS lesson (code TEXT, presenter TEXT, secret TEXT, port INTEGER,
    question INTEGER, round INTEGER, phase TEXT, step INTEGER);
CREATE TABLE IF NOT EXISTS devices (device TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS votes (question INTEGER, round INTEGER, device TEXT, letter TEXT,
    PRIMARY KEY (question, round, device));
"""


class NotNow(Exception):
    """What was asked for is not possible now; the text says why, to the person who asked."""


@dataclass(frozen=True, slots=True)
class At:
    """Where a lesson stands; `step` grows with every change of it."""

    question: int
    round: int
    phase: str
    step: int


class Lesson:
    """One lesson in its file."""

    def __init__(self, path: Path, database: sqlite3.Connection, went_on: bool) -> None:
        self.path, self.went_on = path, went_on
        self._database = database
        row = database.execute("SELECT code, presenter, secret, port FROM lesson").fetchone()
        self.code, self.presenter, self._secret, self.port = row

    @classmethod
    def open(cls, path: Path, anew: bool = False) -> "Lesson":
        """
        Go on with the lesson of a file, or begin one.

        Raises: GraderError where the file cannot be written, or another process holds the lesson.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.parent.chmod(0o700)
            if anew:
                _remove(path)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            database = _connected(path)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise GraderError(f"{path}: {error}.") from None
            raise GraderError(
                f"{path.stem}: another lesson on it is running. End that one."
            ) from None
        except sqlite3.DatabaseError:
            raise GraderError(
                f"{path} is damaged. Begin anew: grader live {path.stem} --new"
            ) from None
        except OSError as error:
            raise GraderError(f"{path}: {error.strerror}.") from None
        went_on = database.execute("SELECT 1 FROM lesson").fetchone() is not None
        if not went_on:
            code = "".join(secrets.choice(SIGNS) for _ in range(CODE))
            values = (code, secrets.token_urlsafe(18), secrets.token_hex(32), 0, -1, 1, OPEN, 0)
            database.execute("INSERT INTO lesson VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        return cls(path, database, went_on)

    @property
    def at(self) -> At:
        """Where it stands."""
        row = self._database.execute("SELECT question, round, phase, step FROM lesson").fetchone()
        return At(*row)

    def keep_port(self, port: int) -> None:
        """Note where it is served, for the next start."""
        self.port = port
        self._database.execute("UPDATE lesson SET port = ?", (port,))

    def go(self, at: At, most: int) -> At:
        """Stand somewhere else, among so many questions; returns where."""
        question = max(-1, min(most - 1, at.question))
        values = (question, max(1, min(ROUNDS, at.round)), at.phase)
        self._database.execute(
            "UPDATE lesson SET question = ?, round = ?, phase = ?, step = step + 1", values
        )
        return self.at

    def enter(self, code: str) -> str:
        """
        Return the token of a new device.

        Raises: NotNow for a wrong code, or where the room is full.
        """
        if not hmac.compare_digest(code.strip().upper().encode(), self.code.encode()):
            raise NotNow("This is not the code of the room. It stands on the screen in front.")
        if self.devices() >= MOST_DEVICES:
            raise NotNow(f"The room is full: {MOST_DEVICES} devices are in it.")
        device = secrets.token_hex(16)
        self._database.execute("INSERT INTO devices VALUES (?)", (device,))
        return f"{device}.{self._sign(device)}"

    def device(self, token: str) -> str | None:
        """Return the device of a token; None for one that this lesson never gave."""
        device, _, sign = token.partition(".")
        known = device.isascii() and sign.isascii()
        return device if known and hmac.compare_digest(sign, self._sign(device)) else None

    def vote(self, device: str, question: int, number: int, letter: str) -> None:
        """
        Count a device's vote in a round; a later one of the same round takes its place.

        Raises: NotNow where this round is not open.
        """
        at = self.at
        if (question, number) != (at.question, at.round):
            raise NotNow("The question has changed. Look again, and choose once more.")
        if at.phase != OPEN or question < 0:
            raise NotNow("The vote is closed.")
        self._database.execute(
            "INSERT OR REPLACE INTO votes VALUES (?, ?, ?, ?)", (question, number, device, letter)
        )

    def chosen(self, device: str, question: int, number: int) -> str:
        """Return a device's vote of a round, "" for none."""
        row = self._database.execute(
            "SELECT letter FROM votes WHERE question = ? AND round = ? AND device = ?",
            (question, number, device),
        ).fetchone()
        return row[0] if row else ""

    def counts(self, question: int) -> list[dict[str, int]]:
        """Return how many chose each letter, by round; a round without votes counts nothing."""
        found: list[dict[str, int]] = [{} for _ in range(ROUNDS)]
        rows = self._database.execute(
            "SELECT round, letter, COUNT(*) FROM votes WHERE question = ? GROUP BY round, letter",
            (question,),
        )
        for number, letter, count in rows:
            found[number - 1][letter] = count
        return found

    def devices(self) -> int:
        """Return how many devices are in the room."""
        return self._database.execute("SELECT COUNT(*) FROM devices").fetchone()[0]

    def close(self) -> None:
        """Leave the file as it is, for the next start."""
        self._database.close()

    def end(self) -> None:
        """Take all of it away."""
        self.close()
        _remove(self.path)

    def _sign(self, device: str) -> str:
        return hmac.new(bytes.fromhex(self._secret), device.encode(), hashlib.sha256).hexdigest()


def _connected(path: Path) -> sqlite3.Connection:
    """Return the database, for this process alone; a statement that returns is on the disk."""
    database = sqlite3.connect(path, isolation_level=None, timeout=0.2)
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.executescript(SCHEMA)
    return database


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + ending).unlink()
