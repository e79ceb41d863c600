"""
The learner's own process: one guest in which the notebook's cells run in order.

A cell that ends the guest, or does not end, costs itself: a new guest is brought to the same point,
with what stands before the statement that did it in place of that cell. See `lost`.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.judge.crossing import Answer, Endless, exchange
from grader.judge.lost import (
    COMPUTED,
    EXITED,
    WAITED,
    WORDS,
    Lost,
    Piece,
    cut,
    kind_of,
    line_that_ends,
    piece_at,
    pieces,
    where,
)
from grader.judge.opening import Open
from grader.judge.outputs import outputs
from grader.judge.purity import leaves_python_alone
from grader.judge.remote import Learner
from grader.judge.replies import checked
from grader.judge.static_values import StaticValues
from grader.sandbox import Exited, GuestError, GuestProcess, Limits, Tampered, Timeout
from grader.sandbox.codec import Function

ATTEMPTS = 2  # before a death counts as the learner's and not the machine's
MOST_LOST = 20  # cells of one notebook
MOST_CUTS = 40  # of all of them: one may be cut shorter and shorter
AGAIN = 2  # times the seconds of a cell, where it is run again
LOSSES = 2  # of the guest in one attempt at a check
ONCE_ENDLESS = 0.3  # seconds for a call of a function of which one did not end before
STUCK_SECONDS = 0.3  # for one statement of a cell that could not be interrupted
LATER_SECONDS = 0.2  # in which something that an earlier cell left running ends Python


@dataclass(frozen=True, slots=True)
class Done:
    """A cell that has run, and the seconds it had for that."""

    cell_id: str
    source: str
    seconds: float


class LearnerProcess:
    """
    Runs learner cells one after the other. `lost` are the cells that did not get through, by id.
    `ended` is "" while the process lives, else the reason as the end of a sentence that starts with
    the cell; `ended_at` is that cell's id. `took` is the longest that one question took since it
    was last set to zero, and `stopped_for` how long one that had to be stopped; `has_stopped` tells
    whether there was any so far. `endless` are functions of which a call did not end.

    Its guest is opened when something happens that the text does not tell: see `static_values`.
    """

    def __init__(self, open_guest: Open, limits: Limits) -> None:
        self._open = open_guest
        self._guest: GuestProcess | None = None
        self._known = StaticValues()
        self._done: list[Done] = []
        self._behind = 0  # cells at the end of these that the guest has not run yet
        self._missing = False  # the guest ended while a check asked in it
        self._losses = self._early = self._cuts = 0
        self.endless: set[str] = set()
        self._spent, self._most = 0.0, limits.total_seconds  # seconds of guests that are closed
        self.lost: dict[str, Lost] = {}
        self.ended = self.ended_at = ""
        self.has_stopped = False
        self.seconds = limits.cell_seconds  # for one question
        self.took = self.stopped_for = 0.0
        self.learner = Learner(self._ask, self._exchange)

    def sources(self) -> list[str]:
        """Return the text of the cells that have run."""
        return [done.source for done in self._done]

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
        self._done.append(Done(cell_id, source, self.seconds))
        self._behind += 1
        if not self._known.add(source):
            return []
        try:
            return self._catch_up()
        except GuestError as error:
            return self._without_the_lost(error)

    def quietly(self, source: str) -> None:
        """Run lines of the key that later cells may rely on; they are run again with the rest."""
        self.run("", source)

    @contextlib.contextmanager
    def at_most(self, seconds: float) -> Iterator[float]:
        """Give each question no more than so many seconds for a while."""
        kept, self.seconds = self.seconds, min(seconds, self.seconds)
        try:
            yield self.seconds
        finally:
            self.seconds = kept

    def close(self) -> None:
        """End the process."""
        self.learner.forget()
        if self._guest is not None:
            self._guest.close()
            self._spent += self._guest.spent
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
            last = self._run(self._guest, number)
            self._behind -= 1
        return last

    def _run(self, guest: GuestProcess, number: int) -> list[dict[str, object]]:
        """Run a cell in a guest; one that had to be stopped is lost, and the guest goes on."""
        done = self._done[number]
        fields = {"cell": done.source, "number": number + 1}
        # What got through once is not cut off when it is run again and takes a little longer.
        seconds = done.seconds if number == len(self._done) - 1 else AGAIN * done.seconds
        reply = checked("run", guest.ask("run", seconds, **fields), fields)
        self._look_at(guest)
        found = outputs(reply["outputs"])
        if guest.stopped and any(one.get("ename") == "KeyboardInterrupt" for one in found):
            line, at = where(reply)
            piece = piece_at(done.source, at)
            self._note(number, WAITED if guest.waited else COMPUTED, guest.took, piece, line)
        return found

    def _look_at(self, guest: GuestProcess) -> None:
        """Note how long the last question took."""
        self.took = max(self.took, guest.took)
        if guest.stopped:
            self.has_stopped, self.stopped_for = True, guest.took

    def _note(
        self, number: int, kind: str, seconds: float, piece: Piece | None = None, line: int = 0
    ) -> None:
        """Note a cell as lost; from now on what is left of it stands in its place."""
        done = self._done[number]
        lost = cut(done.cell_id, done.source, kind, seconds, piece, line)
        self.lost[done.cell_id] = lost
        self._done[number] = replace(done, source=lost.kept)

    def _without_the_lost(self, error: GuestError) -> list[dict[str, object]]:
        """
        Bring a new guest to the point that the old one had reached, without the cell that ended it;
        return the outputs of the last cell.
        """
        while not self.ended:
            if isinstance(error, Exited):  # perhaps not by the cell: the machine was out of memory
                self.close()
                try:
                    return self._catch_up()
                except GuestError as again:
                    error = again
            number = self._guilty(error)
            seconds = self._guest.took if self._guest else 0.0
            self.close()
            self._cuts += 1
            used_up = self._spent >= self._most or len(self.lost) >= MOST_LOST
            if used_up or self._cuts >= MOST_CUTS or not self._done[number].source:
                self._end(self._done[number].cell_id, error)
                return []
            piece, survived = self._statement(number, error)
            if survived and isinstance(error, Exited) and self._cuts < ATTEMPTS:
                continue  # it was the machine, then: all of the cell once more
            line = line_that_ends(piece) if piece and isinstance(error, Exited) else 0
            line = line or (piece.start[0] if piece else 0)
            self._note(number, kind_of(error), seconds, piece, line)
            try:
                last = self._catch_up()
            except GuestError as another:
                error = another
                continue
            lost = self.lost.get(self._done[-1].cell_id) if self._done else None
            return [*last, lost.output()] if lost and number == len(self._done) - 1 else last
        return []

    def _guilty(self, error: GuestError) -> int:
        """
        Return the number of the cell that ended the guest: not always the one that just ran, which
        may only compute while something that an earlier one has started ends Python.
        """
        number = len(self._done) - max(1, self._behind)
        if isinstance(error, Tampered):
            return max(0, number - error.early)
        innocent = error.early or leaves_python_alone(self._done[number].source)
        if isinstance(error, Exited) and innocent and self._ends_later(number):
            return self._last_able(number - 1)
        return number

    def _last_able(self, number: int) -> int:
        """Return the last cell up to a number that does more than compute, or that number."""
        before = range(number, -1, -1)
        able = (n for n in before if not leaves_python_alone(self._done[n].source))
        return next(able, number)

    def _ends_later(self, number: int) -> bool:
        """Tell whether the cells before one have started something that ends Python by itself."""
        if not number:
            return False
        try:
            with self._open() as guest:
                for before in range(number):
                    self._run(guest, before)
                return guest.is_gone(LATER_SECONDS)
        except GuestError:
            return True

    def _statement(self, number: int, error: GuestError) -> tuple[Piece | None, bool]:
        """
        Return the statement of a cell that ends the guest, found by running one after the other,
        None where that cannot be said; and whether all of them were run, and the guest lives.
        """
        done = self._done[number]
        parts = [] if isinstance(error, Tampered) else pieces(done.source)
        seconds = STUCK_SECONDS if isinstance(error, Timeout) else done.seconds
        with contextlib.suppress(GuestError), self._open() as guest:
            for before in range(number):
                self._run(guest, before)
            for piece in parts:
                try:
                    guest.ask("run", seconds, cell=piece.text, number=number + 1)
                except GuestError:
                    return piece, False
                finally:
                    self._spent += guest.took
                if guest.stopped:
                    return piece, False
            return None, bool(parts)
        return None, False

    def _end(self, cell_id: str, error: GuestError) -> None:
        self.close()
        self.ended = self.why(error)
        self.ended_at = cell_id

    def why(self, error: GuestError) -> str:
        """Return what became of the guest, as the end of a sentence that starts with the code."""
        return WORDS[kind_of(error)].format(seconds=self.seconds)

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
        if self._losses >= LOSSES:
            raise Exited("the check has lost the notebook's process")
        name = thing.name if type(thing := fields.get("thing")) is Function else ""
        try:
            self._catch_up()
            seconds = ONCE_ENDLESS if name in self.endless else self.seconds
            reply = self._guest.ask(operation, seconds, **fields)
            self._look_at(self._guest)
            if name and self._guest.stopped:
                self.endless.add(name)
            return checked(operation, reply, fields)
        except GuestError as error:
            self._early += error.early
            if name and isinstance(error, Timeout):
                self.endless.add(name)
            self.lose()
            raise

    def _exchange(self, answer: Answer, operation: str, **fields: object) -> dict[str, object]:
        """Ask the guest, and answer the calls that its code makes meanwhile."""
        try:
            return exchange(self._ask, self.seconds, answer, operation, **fields)
        except Endless:
            self.lose()
            raise
        except Tampered:  # of the last answer; others have lost the guest already
            if self._guest is not None and not self._guest.closed:
                self.lose()
            raise

    def lose(self) -> None:
        """Give the guest up in the middle of a check; it comes back for the cells after that."""
        self._losses += 1
        self._missing = True
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
        """
        Bring the guest back after a check has lost it: if that was between its questions, without
        the cell that must have left something running.
        """
        early, self._losses, self._early = self._early, 0, 0
        if early >= LOSSES and self._done:
            self._note(self._last_able(len(self._done) - 1), EXITED, 0.0)
        if self.ended or not (self._missing or (self._guest and self._guest.closed)):
            return
        self._missing = False
        try:
            self._catch_up()
        except GuestError as error:
            self._without_the_lost(error)
