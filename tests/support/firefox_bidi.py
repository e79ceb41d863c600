"""
Firefox as Playwright starts it, with a few of its answers put right on the way.

In: the path of Firefox and its arguments, of which `--remote-debugging-port=0` is one; then
WebDriver BiDi over a websocket on loopback. Out: Firefox's own lines on stderr, with the port of
this process in place of Firefox's. Every message is passed on as it is, but for a command that
Firefox does not know and that Playwright sends to every window: it is told that all is well. Ends
with Firefox, and Firefox ends with it, or when Playwright hangs up; all are one process group, too.
"""

import asyncio
import ctypes
import json
import re
import signal
import sys

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect

# Playwright 1.65 sends it for each window; Firefox knows it from a later version on.
NOT_MISSED = {"emulation.setMediaFeaturesOverride"}
LISTENING = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")
PARENT_DEATH_SIGNAL = 1
LARGEST = 256 * 1024 * 1024  # bytes of a message, for a picture of a whole page


class Session(WebSocketHandler):
    """Playwright's connection, and behind it the one to Firefox."""

    async def open(self) -> None:
        """Connect to Firefox as well."""
        self.excused: set[int] = set()
        address = self.settings["firefox"].result() + "/session"
        self.firefox = await websocket_connect(
            address, on_message_callback=self.pass_back, max_message_size=LARGEST
        )

    async def on_message(self, message: str) -> None:
        """Pass a command on to Firefox."""
        command = json.loads(message)
        if command["method"] in NOT_MISSED:
            self.excused.add(command["id"])
        await self.firefox.write_message(message)

    def pass_back(self, message: str | None) -> None:
        """Pass an answer or an event on to Playwright; None is the end."""
        if message is None:
            return self.close()
        if self.excused:
            message = self.put_right(message)
        self.write_message(message)

    def put_right(self, message: str) -> str:
        """Return a success where a command that is not missed is not known."""
        told = json.loads(message)
        if told.get("id") not in self.excused:
            return message
        self.excused.discard(told["id"])
        if told.get("error") != "unknown command":
            return message
        return json.dumps({"type": "success", "id": told["id"], "result": {}})

    def on_close(self) -> None:
        """Have Firefox end when Playwright hangs up."""
        self.settings["ended"].set()


def end_with_parent() -> None:
    """Have the kernel end this process when the one that started it ends."""
    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


async def hand_on(lines: asyncio.StreamReader, address: asyncio.Future, port: int) -> None:
    """Write Firefox's lines to stderr, with our port in place of its own."""
    async for line in lines:
        if (found := LISTENING.search(line)) and not address.done():
            address.set_result(found[1].decode())
            line = line.replace(found[1], f"ws://127.0.0.1:{port}".encode())
        sys.stderr.buffer.write(line)
        sys.stderr.flush()


async def main(command: list[str]) -> int:
    """Run Firefox until it or Playwright ends; return its exit code."""
    end_with_parent()
    address, ended = asyncio.get_running_loop().create_future(), asyncio.Event()
    application = Application([("/session", Session)], firefox=address, ended=ended)
    application.settings["websocket_max_message_size"] = LARGEST
    (listener,) = bind_sockets(0, "127.0.0.1")
    HTTPServer(application).add_sockets([listener])
    firefox = await asyncio.create_subprocess_exec(
        *command, stderr=asyncio.subprocess.PIPE, limit=2**20, preexec_fn=end_with_parent
    )
    told = asyncio.create_task(hand_on(firefox.stderr, address, listener.getsockname()[1]))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    over = asyncio.create_task(firefox.wait())
    await asyncio.wait(
        [over, asyncio.create_task(ended.wait())], return_when=asyncio.FIRST_COMPLETED
    )
    if not over.done():
        firefox.terminate()
        try:
            await asyncio.wait_for(asyncio.shield(over), 10)
        except TimeoutError:
            firefox.kill()
    told.cancel()
    return await over


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
