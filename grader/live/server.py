"""
A lesson that is being held: what each page shows, where the presenter's words lead, and who hears
of it. A page hears of changes by an event stream, and asks now and then where none comes through.

What is right goes to nobody before it is revealed. Nothing is logged, and addresses of devices are
held in memory alone, for as long as they count against a limit.
"""

import asyncio
import logging
import socket
from collections import Counter
from typing import Any

import segno
from tornado import httpserver, web

from grader.live.handlers import Nothing, routes
from grader.live.lesson import CLOSED, OPEN, REVEALED, ROUNDS, At, Lesson, NotNow
from grader.live.network import Often, Place
from grader.live.questions import Asked

LAST_WORD = 2.5  # seconds in which pages hear that it is over; one without a stream asks every two
LARGEST = 2_048  # bytes of what a page sends
TRIES = 30  # wrong codes a minute from one address: a class may share one
VOTES = 5  # votes a second from one device


class Server:
    """A lesson that is being held."""

    def __init__(self, asked: list[Asked], lesson: Lesson, place: Place) -> None:
        self.asked, self.lesson, self.place = asked, lesson, place
        self.over = asyncio.Event()
        self.changed = asyncio.Condition()
        self.version = 0
        self.streams: Counter[str] = Counter()
        self.wrong = Often(TRIES, 60)
        self.votes = Often(VOTES, 1)
        self.qr = segno.make_qr(self.joining, error="m").svg_inline(border=2, omitsize=True)

    @property
    def joining(self) -> str:
        """The address that brings its code along."""
        return f"{self.place.address}/?code={self.lesson.code}"

    async def run(self, sockets: list[socket.socket]) -> None:
        """Serve until the lesson is over."""
        logging.getLogger("tornado.access").disabled = True
        limits = {"max_body_size": LARGEST, "max_header_size": 16_384}
        # Behind a proxy all come from one address; the proxy says from which.
        proxied = self.place.prefix != "/"
        server = httpserver.HTTPServer(self.application(), xheaders=proxied, **limits)
        server.add_sockets(sockets)
        await self.over.wait()
        await self.tell()
        if self.lesson.devices():
            await asyncio.sleep(LAST_WORD)
        server.stop()
        await server.close_all_connections()

    def application(self) -> web.Application:
        """Return what answers requests."""
        other = {"default_handler_class": Nothing, "default_handler_args": {"server": self}}
        return web.Application(routes(self), **other)

    async def tell(self) -> None:
        """Have every page hear that something is different."""
        self.version += 1
        async with self.changed:
            self.changed.notify_all()

    def seen(self, device: str) -> dict[str, Any]:
        """Return what a device's page shows."""
        at = self.lesson.at
        state = self._common(at)
        if at.question >= 0:
            state["chosen"] = self.lesson.chosen(device, at.question, at.round)
        return state

    def front(self) -> dict[str, Any]:
        """Return what the presenter's page shows."""
        at = self.lesson.at
        counts = self.lesson.counts(at.question) if at.question >= 0 else []
        now = counts[: at.round] if at.question >= 0 else []
        rounds = now if at.phase != OPEN else now[:-1]
        votes = [[one.get(n, 0) for n in self.asked[at.question].options] for one in rounds]
        return self._common(at) | {
            "devices": self.lesson.devices(),
            "answered": sum(now[-1].values()) if now else 0,
            "rounds": votes,
            "right": self._share(at, votes),
            "code": self.lesson.code,
            "address": self.place.address,
            "qr": self.qr,
        }

    def _share(self, at: At, votes: list[list[int]]) -> float | None:
        """Return how many of the last round were right, from 0 to 1, None where nobody can say."""
        if not votes or not sum(votes[-1]) or not self.asked[at.question].answer:
            return None
        letters = list(self.asked[at.question].options)
        return votes[-1][letters.index(self.asked[at.question].answer)] / sum(votes[-1])

    def _common(self, at: At) -> dict[str, Any]:
        state: dict[str, Any] = {
            "question": at.question,
            "of": len(self.asked),
            "round": at.round,
            "phase": at.phase,
            "step": at.step,
            "over": self.over.is_set(),
        }
        if at.question >= 0:
            asked = self.asked[at.question]
            state["asked"] = asked.shown()
            if at.phase == REVEALED:
                state["asked"] |= asked.revealed()
        return state

    def led(self, act: str, at: At) -> At:
        """
        Return where the lesson stands after a word of the presenter: "forth", "back", "again".

        Raises: NotNow for another word, and for a vote once more where there is none.
        """
        q, number = at.question, at.round
        if act == "forth":
            forth = {OPEN: At(q, number, CLOSED, 0), CLOSED: At(q, number, REVEALED, 0)}
            further = At(q + 1, 1, OPEN, 0) if q + 1 < len(self.asked) else at
            return further if q < 0 else forth.get(at.phase, further)
        if act == "back":
            before = At(q, number - 1, CLOSED, 0) if number > 1 else At(q - 1, 1, REVEALED, 0)
            before = At(-1, 1, OPEN, 0) if number == 1 and q <= 0 else before
            back = {CLOSED: At(q, number, OPEN, 0), REVEALED: At(q, number, CLOSED, 0)}
            return back.get(at.phase, before)
        if act == "again" and q >= 0 and at.phase == CLOSED and number < ROUNDS:
            return At(q, number + 1, OPEN, 0)
        raise NotNow("That cannot be done now.")
