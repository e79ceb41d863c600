"""A running `grader live`, and clients of it: phones and the presenter's page."""

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

from grader.course import Course

CLIENT = "tornado.simple_httpclient.SimpleAsyncHTTPClient"
TOLD = re.compile(r"Learners:  (\S+)  code (\S+)\nPresenter: (\S+)")


@dataclass
class Running:
    """A server: its process, what it printed, and the addresses that it named."""

    process: subprocess.Popen
    log: Path
    address: str
    code: str
    presenter: str

    @property
    def told(self) -> str:
        """What it printed so far."""
        return self.log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """End the lesson as Ctrl+C does; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=10)


def start(course: Course, assignment: str = "mini_project", *options: str) -> Running:
    """Start `grader live` without a browser."""
    log = course.root.parent / f"live_{time.monotonic_ns()}.log"
    command = [sys.executable, "-m", "grader", "live", assignment, "--no-browser", *options]
    with log.open("w") as file:
        process = subprocess.Popen(
            command, cwd=course.root, stdout=file, stderr=subprocess.STDOUT, env=dict(os.environ)
        )
    for _ in range(200):
        if found := TOLD.search(log.read_text(encoding="utf-8")):
            return Running(process, log, *found.groups())
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    raise AssertionError(log.read_text(encoding="utf-8"))


def together(doing: Coroutine[Any, Any, Any]) -> Any:
    """
    Run a coroutine with room for many connections, in a thread of its own: in this one a browser's
    loop may be running.
    """

    async def run() -> Any:
        AsyncHTTPClient.configure(CLIENT, max_clients=900)
        return await doing

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run()).result()


class Client:
    """A browser without a page: it keeps its cookies, and says where it comes from."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}
        self.heard: list[dict[str, Any]] = []  # what its event stream brought
        self.read = b""

    async def ask(self, path: str, data: Any = None, **headers: str) -> HTTPResponse:
        """GET, or POST with data; never raises for a status."""
        request = HTTPRequest(
            f"{self.server.address}/{path}",
            method="GET" if data is None else "POST",
            body=None if data is None else data if isinstance(data, bytes) else json.dumps(data),
            headers=self._headers(data is not None) | headers,
            follow_redirects=False,
            request_timeout=20,
        )
        answer = await AsyncHTTPClient().fetch(request, raise_error=False)
        self.read += answer.body or b""
        for line in answer.headers.get_list("Set-Cookie"):
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        return answer

    async def enter(self) -> int:
        """Come into the room."""
        return (await self.ask("enter", {"code": self.server.code})).code

    async def vote(self, letter: str, question: int = 0, number: int = 1) -> HTTPResponse:
        """Choose an option."""
        return await self.ask("vote", {"question": question, "round": number, "letter": letter})

    async def listen(self, events: str = "events") -> None:
        """Hear the event stream until it ends."""

        def take(chunk: bytes) -> None:
            self.read += chunk
            for line in chunk.decode().splitlines():
                if line.startswith("data: "):
                    self.heard.append(json.loads(line[6:]))

        request = HTTPRequest(
            f"{self.server.address}/{events}",
            headers=self._headers(False),
            streaming_callback=take,
            request_timeout=0,
        )
        with contextlib.suppress(HTTPClientError):  # the server was killed
            await AsyncHTTPClient().fetch(request, raise_error=False)

    def _headers(self, posts: bool) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own = {"Origin": self.server.address, "Content-Type": "application/json"} if posts else {}
        return own | ({"Cookie": cookies} if cookies else {})


class Presenter(Client):
    """The one who leads."""

    async def arrive(self) -> int:
        """Open the address from the terminal."""
        token = self.server.presenter.partition("token=")[2]
        return (await self.ask(f"present?token={token}")).code

    async def front(self) -> dict[str, Any]:
        """What the page shows."""
        return json.loads((await self.ask("front")).body)

    async def lead(self, *acts: str) -> None:
        """Do these, one after the other."""
        for act in acts:
            step = (await self.front())["step"]
            assert 200 == (await self.ask("lead", {"act": act, "step": step})).code, act
