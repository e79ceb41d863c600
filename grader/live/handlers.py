"""
Who may ask what, and what is answered. Everybody may read the page; who knows the room's code has a
device and may vote once a round; who has the presenter's token leads.

A request that another page makes in somebody's browser is refused: by its host, by its origin, and
because the cookies stay with this site. A page may load nothing but what stands here.
"""

import asyncio
import json
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tornado import iostream, web

from grader.live.lesson import NotNow
from grader.live.network import is_number

if TYPE_CHECKING:
    from grader.live.server import Server

HERE = Path(__file__).parent / "static"
SHARED = Path(__file__).parent.parent / "widgets" / "static"
# What the pages load: files of the parts, which they share, and their own.
FILES = {
    "phone.js": (SHARED / "base.js", HERE / "link.js", HERE / "phone.js"),
    "phone.css": (SHARED / "base.css", HERE / "phone.css"),
    "present.js": (
        *(SHARED / f"{name}.js" for name in ("base", "transport", "votes", "room")),
        HERE / "link.js",
        HERE / "present.js",
    ),
    "present.css": (
        *(SHARED / f"{name}.css" for name in ("base", "transport", "votes", "room")),
        HERE / "present.css",
    ),
}
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",
}
STREAMS, ALL_STREAMS = 3, 2_000  # event streams of one device, and of all
ALIVE = 15.0  # seconds after which a quiet stream says that it is alive: proxies cut idle ones
SLOW = 10.0  # seconds that a device has to take an event
BUNDLE = 0.25  # seconds between two events about votes


class Handler(web.RequestHandler):
    """What all answers share: who may ask from where, and what a browser may do with the answer."""

    def initialize(self, server: "Server") -> None:
        """Answer for this lesson."""
        self.server = server

    def set_default_headers(self) -> None:
        """Let a page load and tell nothing but its own server."""
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.clear_header("Server")

    def prepare(self) -> None:
        """Refuse a request that another page makes in somebody's browser."""
        host = urlsplit(f"//{self.request.host}").hostname or ""
        own = urlsplit(self.server.place.address)
        if not (is_number(host) or host in ("localhost", own.hostname)):
            raise web.HTTPError(403, reason="Unknown host")
        if self.request.method == "POST":
            origin = urlsplit(self.request.headers.get("Origin", ""))
            if origin.netloc not in (self.request.host, own.netloc):
                raise web.HTTPError(403, reason="Another origin")
            if self.request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
                raise web.HTTPError(415, reason="Not JSON")

    def log_exception(self, kind: Any, error: Any, _: Any) -> None:
        """Say what is wrong here in one line, without who asked; a refusal is no news."""
        if not isinstance(error, web.HTTPError):
            print(f"grader: {kind.__name__}: {error}", file=sys.stderr)

    def write_error(self, status_code: int, **_: Any) -> None:
        """Say what is wrong in one line, as data for a page."""
        self.finish({"problem": self._reason})

    def sent(self) -> dict[str, Any]:
        """Return what the page sends; 400 for anything else than a dictionary."""
        try:
            found = json.loads(self.request.body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise web.HTTPError(400, reason="Not a dictionary")
        return found

    def refuse(self, status: int, why: str) -> None:
        """Say to a person why something is not done."""
        self.set_status(status)
        self.finish({"problem": why})

    def keep(self, name: str, value: str) -> None:
        """Keep a token in the browser, for this lesson's pages alone."""
        secure = self.server.place.address.startswith("https:")
        path = self.server.place.prefix
        self.set_cookie(name, value, path=path, httponly=True, samesite="Strict", secure=secure)

    def device(self) -> str:
        """Return the device that asks; 401 for one that has not entered."""
        found = self.server.lesson.device(self.get_cookie("device", ""))
        if found is None:
            raise web.HTTPError(401, reason="Enter the code of the room")
        return found

    def check_presenter(self) -> None:
        """Refuse with 403 whoever does not hold the presenter's token."""
        token = self.get_cookie("presenter", "").encode()
        if not secrets.compare_digest(token, self.server.lesson.presenter.encode()):
            raise web.HTTPError(403, reason="Open the presenter's address from the terminal")

    async def stream(self, state: Callable[[], dict[str, Any]], who: str) -> None:
        """Send what a page shows now, and again whenever that is different."""
        streams = self.server.streams
        if streams[who] >= STREAMS or streams.total() >= ALL_STREAMS:
            raise web.HTTPError(429, reason="Too many open pages")
        self.set_header("Content-Type", "text/event-stream")
        streams[who] += 1
        try:
            await self._events(state)
        except iostream.StreamClosedError:
            pass
        except TimeoutError:  # it takes nothing: whoever waits for it would wait long
            self.request.connection.close()
        finally:
            streams[who] -= 1
            if not streams[who]:
                del streams[who]

    async def _events(self, state: Callable[[], dict[str, Any]]) -> None:
        server, last = self.server, ""
        while True:
            version = server.version
            told = json.dumps(state())
            self.write(f"data: {told}\n\n" if told != last else ": alive\n\n")
            last = told
            await asyncio.wait_for(self.flush(), SLOW)
            if server.over.is_set():
                return
            await asyncio.sleep(BUNDLE)
            async with server.changed:
                if server.version == version:
                    try:
                        await asyncio.wait_for(server.changed.wait(), ALIVE)
                    except TimeoutError:
                        continue


class Nothing(Handler):
    """Whatever is not here."""

    def prepare(self) -> None:
        """Answer nothing else."""
        raise web.HTTPError(404, reason="Nothing is here")


class Page(Handler):
    """A page, which is the same for everybody."""

    def initialize(self, server: "Server", name: str = "present.html") -> None:
        """Send this one."""
        super().initialize(server)
        self.name = name

    def get(self) -> None:
        """Send it."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish((HERE / self.name).read_bytes())


class Present(Page):
    """The presenter's page; its address brings the token along, which moves into a cookie."""

    def get(self) -> None:
        """Send it to the presenter."""
        token = self.get_query_argument("token", "")
        if token:
            if not secrets.compare_digest(token.encode(), self.server.lesson.presenter.encode()):
                raise web.HTTPError(403, reason="Open the presenter's address from the terminal")
            self.keep("presenter", token)
            self.redirect(f"{self.server.place.prefix}present", status=303)
            return
        self.check_presenter()
        super().get()


class Asset(Handler):
    """A script or a style sheet of the pages."""

    def get(self, name: str, ending: str) -> None:
        """Send it, joined from its files."""
        text = "\n".join(one.read_text(encoding="utf-8") for one in FILES[f"{name}.{ending}"])
        if ending == "css":
            text = text.replace(":host", ":root")  # here the page itself is the part
        self.set_header("Content-Type", f"{TYPES['.' + ending]}; charset=utf-8")
        self.finish(text)


class Enter(Handler):
    """A device comes into the room: POST `{"code"}`."""

    async def post(self) -> None:
        """Give it a token, once; a device that has one keeps it."""
        code = self.sent().get("code")
        lesson, who = self.server.lesson, self.request.remote_ip or ""
        if lesson.device(self.get_cookie("device", "")):
            self.finish({})
            return
        if self.server.wrong.is_over(who):
            return self.refuse(429, "Too many wrong codes. Wait a minute.")
        try:
            token = lesson.enter(code if isinstance(code, str) else "")
        except NotNow as why:
            self.server.wrong.too_often(who)
            return self.refuse(403, str(why))
        self.keep("device", token)
        self.finish({})
        await self.server.tell()


class Vote(Handler):
    """A device chooses: POST `{"question", "round", "letter"}`; 200 comes when it is kept."""

    async def post(self) -> None:
        """Count it, or say why not."""
        device, sent = self.device(), self.sent()
        if self.server.votes.too_often(device):
            return self.refuse(429, "Too many choices at once. Wait a second.")
        question, number, letter = (sent.get(name) for name in ("question", "round", "letter"))
        asked = self.server.asked
        known = type(question) is int and type(number) is int and 0 <= question < len(asked)
        if not known or not isinstance(letter, str) or letter not in asked[question].options:
            raise web.HTTPError(400, reason="No option of a question")
        try:
            self.server.lesson.vote(device, question, number, letter)
        except NotNow as why:
            return self.refuse(409, str(why))
        self.finish({"chosen": letter})
        await self.server.tell()


class Lead(Handler):
    """The presenter leads: POST `{"act", "step"}`; a word about a step that is over is late."""

    async def post(self) -> None:
        """Do what is asked for; with "end" the lesson is over."""
        self.check_presenter()
        sent, server = self.sent(), self.server
        at = server.lesson.at
        if sent.get("act") == "end":
            self.finish({})
            server.over.set()
            return
        if sent.get("step") != at.step:
            return self.refuse(409, "That was done already.")
        try:
            to = server.led(str(sent.get("act")), at)
        except NotNow as why:
            return self.refuse(409, str(why))
        if to != at:
            server.lesson.go(to, len(server.asked))
        self.finish({})
        await server.tell()


class State(Handler):
    """What a device's page shows, once or as a stream."""

    async def get(self, how: str) -> None:
        """Send it."""
        device = self.device()
        if how == "state":
            self.finish(self.server.seen(device))
            return
        await self.stream(lambda: self.server.seen(device), device)


class Front(Handler):
    """What the presenter's page shows, once or as a stream."""

    async def get(self, how: str) -> None:
        """Send it."""
        self.check_presenter()
        if how == "front":
            self.finish(self.server.front())
            return
        await self.stream(self.server.front, "presenter")


def routes(server: "Server") -> list[tuple]:
    """Return which handler answers at which path, below the prefix of the place."""
    at, given = server.place.prefix, {"server": server}
    return [
        (rf"{at}", Page, given | {"name": "phone.html"}),
        (rf"{at}present", Present, given),
        (rf"{at}(phone|present)\.(js|css)", Asset, given),
        (rf"{at}enter", Enter, given),
        (rf"{at}vote", Vote, given),
        (rf"{at}lead", Lead, given),
        (rf"{at}(state|events)", State, given),
        (rf"{at}(front|front_events)", Front, given),
    ]
