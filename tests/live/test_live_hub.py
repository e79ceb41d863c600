"""A lesson behind a proxy that keeps a prefix, as JupyterHub's does for a service of its own."""

import asyncio
import contextlib
import json

import pytest
from support.courses import copy_course
from support.votes import Client, Presenter, start, together
from tornado.netutil import bind_sockets

IDLE = 1.0  # seconds after which this proxy cuts a link that is quiet


@pytest.fixture
def behind(tmp_path, monkeypatch):
    """Starts a lesson as a service of a hub, whose proxy listens at a port."""
    course = copy_course(tmp_path / "course", gradebook=False)
    servers = []

    def begin(proxy_port: int):
        [inside] = bind_sockets(0, "127.0.0.1")
        port = inside.getsockname()[1]
        inside.close()
        monkeypatch.setenv("JUPYTERHUB_SERVICE_URL", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/services/live/")
        address = f"http://127.0.0.1:{proxy_port}/services/live"
        servers.append(start(course, "mini_project", "--address", address))
        return servers[-1], port

    yield begin
    for one in servers:
        one.end()


@contextlib.asynccontextmanager
async def proxy(to: list[int]):
    """A proxy on loopback that passes everything on to `to[0]`; yields its port."""

    async def pump(reader, writer) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            while chunk := await asyncio.wait_for(reader.read(65536), IDLE):
                writer.write(chunk)
                await writer.drain()
        writer.close()

    async def serve(reader, writer) -> None:
        other, out = await asyncio.open_connection("127.0.0.1", to[0])
        await asyncio.gather(pump(reader, out), pump(other, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def test_a_service_of_a_hub_keeps_its_prefix(behind):
    """Pages, cookies and votes go below the prefix; the addresses are those of the proxy."""

    async def vote_through():
        to = [0]
        async with proxy(to) as port:
            server, to[0] = await asyncio.to_thread(behind, port)
            presenter, client = Presenter(server), Client(server)
            token = server.presenter.partition("token=")[2]
            moved = await presenter.ask(f"present?token={token}")
            page = await presenter.ask("present")
            await presenter.lead("forth")
            entered = await client.ask("enter", {"code": server.code})
            voted = await client.vote("A")
            outside = await client.ask("../../state")
            front = await presenter.front()
            return server, moved, page, entered, voted, outside, front

    server, moved, page, entered, voted, outside, front = together(vote_through())

    assert server.address == front["address"]
    assert server.address.endswith("/services/live")
    assert (303, "/services/live/present") == (moved.code, moved.headers["Location"])
    assert b'src="present.js"' in page.body  # from where the page is
    assert "Path=/services/live/" in entered.headers["Set-Cookie"]
    assert (200, 1) == (voted.code, front["answered"])
    assert 404 == outside.code


def test_a_proxy_that_cuts_quiet_links_loses_nothing(behind):
    """A stream that was cut is opened again and begins with what is now."""

    async def listen_twice():
        to = [0]
        async with proxy(to) as port:
            server, to[0] = await asyncio.to_thread(behind, port)
            presenter, client = Presenter(server), Client(server)
            await presenter.arrive()
            await client.enter()
            await asyncio.wait_for(client.listen(), 5 * IDLE)  # the proxy ends it
            before = len(client.heard)
            await presenter.lead("forth")
            await client.vote("B")
            await asyncio.wait_for(client.listen(), 5 * IDLE)
            return before, client.heard

    before, heard = together(listen_twice())

    assert -1 == heard[before - 1]["question"]
    assert (0, "B") == (heard[-1]["question"], heard[-1]["chosen"])
    assert "code" not in json.dumps(list(heard[-1]))
