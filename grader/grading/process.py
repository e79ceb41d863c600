"""
The learner's own process: one room in which the notebook's cells run in order.

A room that dies is opened again and brought to the same point. If it dies there three times, the
notebook has ended, and `ended` says why.
"""

import math

from grader.grading.remote import Learner
from grader.grading.replies import checked
from grader.jail import Died, Hung, Limits, Room, RoomError, Tampered

ATTEMPTS = 3  # before a death counts as the learner's and not the machine's
REVIVALS = 5  # of the process for checks that lose it, in one notebook
WHY = {
    Hung: "did not end within {seconds:.0f} seconds and could not be interrupted",
    Died: "ended Python itself",
    Tampered: "answered the grader with something that is no answer",
}


class Process:
    """
    Runs learner cells one after the other. `ended` is "" while it lives, else the reason as the
    end of a sentence that starts with the cell; `ended_at` is that cell's id.
    """

    def __init__(self, jail: object, files: dict[str, bytes], limits: Limits) -> None:
        self._jail, self._files, self._limits = jail, files, limits
        self._room: Room | None = None
        self._done: list[tuple[str, str]] = []
        self._revivals = 0
        self.ended = self.ended_at = ""
        self.learner = Learner(self._ask)

    def run(self, cell_id: str, source: str) -> list[dict[str, object]]:
        """Run a cell and return its outputs; a cell after the end is not run."""
        if self.ended:
            return []
        self._done.append((cell_id, source))
        try:
            return self._run(len(self._done), source)
        except Died:  # perhaps not by the cell: the machine may have run out of memory
            return self._again()
        except RoomError as error:
            self._end(cell_id, error)
            return []

    def quietly(self, source: str) -> None:
        """Run lines of the key that later cells may rely on; they are run again with the rest."""
        self.run("", source)

    def close(self) -> None:
        """End the process."""
        if self._room is not None:
            self._room.close()
            self._room = None

    def _run(self, number: int, source: str) -> list[dict[str, object]]:
        if self._room is None:
            self._room = self._jail.open(self._files)
        fields = {"cell": source, "number": number}
        reply = self._room.ask("run", self._limits.cell_seconds, **fields)
        return outputs(checked("run", reply, fields)["outputs"])

    def _again(self) -> list[dict[str, object]]:
        """Bring a new room to the point that the old one had reached; return the last outputs."""
        for attempt in range(2, ATTEMPTS + 1):
            self.close()
            last: list[dict[str, object]] = []
            number = 0
            try:
                for number, (_, source) in enumerate(self._done, start=1):
                    last = self._run(number, source)
                return last
            except RoomError as error:
                if attempt == ATTEMPTS or not isinstance(error, Died):
                    self._end(self._done[number - 1][0], error)
                    return []
        raise AssertionError("the last attempt returns")

    def _end(self, cell_id: str, error: RoomError) -> None:
        self.close()
        words = next((words for kind, words in WHY.items() if isinstance(error, kind)), str(error))
        self.ended = words.format(seconds=self._limits.cell_seconds)
        self.ended_at = cell_id

    def _ask(self, operation: str, **fields: object) -> dict[str, object]:
        """
        Ask the room on behalf of a check. A call that ends the room costs that check; the room
        comes back for the cells after it.
        """
        if self._room is None and (self.ended or self._done):
            raise Died("the notebook's process has ended")
        self._room = self._room or self._jail.open(self._files)
        try:
            reply = self._room.ask(operation, self._limits.cell_seconds, **fields)
            return checked(operation, reply, fields)
        except RoomError:
            self._revivals += 1
            self.close()
            raise

    def revive(self) -> None:
        """Bring the room back after a check has lost it."""
        if self._room is None and not self.ended:
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
