"""A connection to a Dask scheduler: made within some seconds or not at all, and without noise."""

import asyncio
import contextlib
import logging
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING

from grader.errors import GraderError

if TYPE_CHECKING:  # Dask is there only for those who want it
    import distributed

CONNECT_SECONDS = 10.0
CLOSE_SECONDS = 5.0
LOGGERS = ("distributed", "distributed.client", "distributed.gc", "tornado", "asyncio")
INSTALL = "To grade on a cluster, install Dask: pip install '.[dask]' in the folder of the package."


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """
    Keep what Dask says about its own work away from the terminal.

    Raises: GraderError where Dask is not installed.
    """
    try:
        import distributed  # noqa: F401 - it sets up its loggers when it is imported
    except ImportError:
        raise GraderError(INSTALL) from None
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [(logger.handlers, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [logging.NullHandler()], False
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="(distributed|dask|tornado)")
        try:
            yield
        finally:
            for logger, (handlers, propagate) in zip(loggers, before, strict=True):
                logger.handlers, logger.propagate = handlers, propagate


@contextlib.contextmanager
def event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Run an event loop in a thread of its own; what still waits in it at the end is cancelled."""
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        end = asyncio.Event()
        started.set_result((asyncio.get_running_loop(), end))
        await end.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="dask", daemon=True)
    thread.start()
    loop, end = started.result()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()


async def connect(address: str) -> "distributed.Client":
    """
    Connect to a scheduler; certificates come from Dask's own configuration.

    Raises: GraderError where no scheduler answers at the address within 10 seconds.
    """
    from distributed import Client

    try:
        client = Client(
            address,
            asynchronous=True,
            timeout=CONNECT_SECONDS,
            set_as_default=False,
            name="grader",
        )
        try:  # Dask itself waits without end for one that takes the connection and says nothing
            return await asyncio.wait_for(client, CONNECT_SECONDS + 1)
        except BaseException:
            await close(client)
            raise
    except Exception as error:  # whatever stands in an address
        first = (str(error).strip().splitlines() or ["no answer"])[0]
        raise GraderError(
            f"There is no Dask scheduler at {address!r} ({first})."
            " Give the address that it shows when it starts; for one machine leave --dask out."
        ) from None


async def close(client: "distributed.Client") -> None:
    """Leave: the scheduler drops what this client has asked for."""
    with contextlib.suppress(Exception):
        await asyncio.wait_for(client.close(), CLOSE_SECONDS)
