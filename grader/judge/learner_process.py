"""
The learner's own process: one guest in which the notebook's cells run in order.

A guest that dies is opened again and brought to the same point. If it dies there three times, the
notebook has ended, and `ended` says why.
"""

import contextlib
import math

from grader.judge.opening import Open
from grader.judge.remote import Learner
from grader.judge.replies import checked
from grader.judge.static_values import StaticValues
from grader.sandbox import (
    Exited,
    GuestError,
    GuestProcess,
    Limits,
    OutOfMemory,
    Tampered,
    Timeout,
)
from grader.sandbox.walls import MEMORY

ATTEMPTS = 3  # before a death counts as the learner's and not the machine's
REVIVALS = 5  # of the process for checks that lose it, in one notebook
WHY = {
    Timeout: "did not end within {seconds:.0f} seconds and could not be interrupted",
    OutOfMemory: f"took more memory than it may have ({MEMORY})",
    Exited: "ended Python itself",
    Tampered: "answered the grader with something that is no answer",
}


class LearnerProcess:
    """
    Runs learner cells one after the other. `ended` is "" while it lives, else the reason as the
    end of a sentence that starts with the cell; `ended_at` is that cell's id.

    Its guest is opened when something happens that the text does not tell: see `static_values`.
    """

    def __init__(self, open_guest: Open, limits: Limits) -> None:
        self._open = open_guest
        self._guest: GuestProcess | None = None
        self._known = StaticValues()
        self._done: list[tuple[str, str]] = []  # id and source of each cell so far
        self._behind = 0  # cells at the end of these that the guest has not run yet
        self._lost = False  # the guest ended while a check asked in it
        self._revivals = 0
        self.ended = self.ended_at = ""
        self.seconds = limits.cell_seconds  # for one question
        self.learner = Learner(self._ask)

    def guest(self) -> GuestProcess | None:
        """Return the guest that the notebook's cells run in, up to date; None if there is none."""
        if not self.ended:
            with contextlib.suppress(GuestError):
                self._catch_up()
                return self._guest
        return None

    def run(self, cell_id: str, source: str) -> list[dict[str, object]]:
        """Run a cell and return its outputs; a cell after the end is not run."""
        if self.ended:
            return []
        self._done.append((cell_id, source))
        self._behind += 1
        if not self._known.add(source):
            return []
        try:
            return self._catch_up()
        except Exited:  # perhaps not by the cell: the machine may have run out of memory
            return self._again()
        except GuestError as error:
            self._end(self._done[-self._behind][0], error)
            return []

    def quietly(self, source: str) -> None:
        """Run lines of the key that later cells may rely on; they are run again with the rest."""
        self.run("", source)

    def close(self) -> None:
        """End the process."""
        if self._guest is not None:
            self._guest.close()
            self._guest = None
        self._behind = len(self._done)

    def _catch_up(self) -> list[dict[str, object]]:
        """Have the guest run all cells that it has not run yet; return the last one's outputs."""
        if self._guest is None or self._guest.closed:
            self.close()
            self._guest = self._open()
        last: list[dict[str, object]] = []
        while self._behind:
            number = len(self._done) - self._behind
            fields = {"cell": self._done[number][1], "number": number + 1}
            reply = self._guest.ask("run", self.seconds, **fields)
            last = outputs(checked("run", reply, fields)["outputs"])
            self._behind -= 1
        return last

    def _again(self) -> list[dict[str, object]]:
        """Bring a new guest to the point that the old one had reached; return the last outputs."""
        for attempt in range(2, ATTEMPTS + 1):
            self.close()
            try:
                return self._catch_up()
            except GuestError as error:
                if attempt == ATTEMPTS or not isinstance(error, Exited):
                    self._end(self._done[-self._behind][0], error)
                    return []
        raise AssertionError("the last attempt returns")

    def _end(self, cell_id: str, error: GuestError) -> None:
        self.close()
        self.ended = self.why(error)
        self.ended_at = cell_id

    def why(self, error: GuestError) -> str:
        """Return what became of the guest, as the end of a sentence that starts with the code."""
        words = next((words for kind, words in WHY.items() if isinstance(error, kind)), str(error))
        return words.format(seconds=self.seconds)

    def _ask(self, operation: str, **fields: object) -> dict[str, object]:
        """
        Ask the guest on behalf of a check, unless the answer is known. A call that ends the guest
        costs that check; the guest comes back for the cells after it.
        """
        if self.ended:
            raise Exited("the notebook's process has ended")
        known = self._known_answer(operation, fields)
        if known is not None:
            return known
        try:
            self._catch_up()
            reply = self._guest.ask(operation, self.seconds, **fields)
            return checked(operation, reply, fields)
        except GuestError:
            self.lose()
            raise

    def lose(self) -> None:
        """Give the guest up in the middle of a check; it comes back for the cells after that."""
        self._revivals += 1
        self._lost = True
        self.close()

    def _known_answer(self, operation: str, fields: dict[str, object]) -> dict[str, object] | None:
        """Return what the guest would answer, where the text of the cells tells it."""
        if operation in ("set", "delete"):
            self._known.forget()
        elif operation == "get":
            values = self._known.values(fields["names"])
            return None if values is None else {"values": values}
        elif operation == "has":
            values = self._known.values(fields["names"])
            if values is not None or not self._known.possible(fields["names"]):
                return {"names": list(values or ())}
        return None

    def revive(self) -> None:
        """Bring the guest back after a check has lost it."""
        if self.ended or not (self._lost or (self._guest and self._guest.closed)):
            return
        self._lost = False
        if self._revivals > REVIVALS:
            self.ended, self.ended_at = "kept ending while it was checked", ""
        else:
            self._again()


def outputs(claimed: list[object]) -> list[dict[str, object]]:
    """Keep what has the shape of nbformat's outputs: texts under texts, and nothing else."""
    kept = []
    for one in claimed:
        if type(one) is dict and (sound := _sound(one)):
            kept.append(sound)
    return kept


def _sound(one: dict[str, object]) -> dict[str, object] | None:
    kind = _text(one.get("output_type"))
    if kind == "stream":
        name = "stderr" if _text(one.get("name")) == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": _text(one.get("text"))}
    if kind == "error":
        traceback = one.get("traceback")
        lines = [_text(line) for line in traceback] if type(traceback) is list else []
        words = {name: _text(one.get(name)) for name in ("ename", "evalue")}
        return {"output_type": kind, **words, "traceback": lines}
    if kind in ("display_data", "execute_result"):
        data, metadata = one.get("data"), one.get("metadata")
        made = {
            "output_type": kind,
            "data": _data(data) if type(data) is dict else {},
            "metadata": _json(metadata) if type(metadata) is dict else {},
        }
        if kind == "execute_result":
            made["execution_count"] = (
                count if type(count := one.get("execution_count")) is int else None
            )
        return made
    return None


def _data(data: dict[object, object]) -> dict[str, object]:
    """Keep texts by MIME type, and any JSON under a type that is JSON."""
    kept = {key: value for key, value in data.items() if type(key) is str}
    return {
        _text(key): _json(value)
        for key, value in kept.items()
        if type(value) is str or key.endswith("json")
    }


def _text(value: object) -> str:
    """Return a text that can be written as UTF-8; "" for what is no text."""
    return value.encode("utf-8", "replace").decode() if type(value) is str else ""


def _json(value: object) -> object:
    """Keep what JSON can hold."""
    if type(value) is dict:
        return {_text(key): _json(item) for key, item in value.items() if type(key) is str}
    if type(value) in (list, tuple):
        return [_json(item) for item in value]
    if type(value) is float:
        return value if math.isfinite(value) else None
    if type(value) is str:
        return _text(value)
    return value if type(value) in (int, bool) else None
