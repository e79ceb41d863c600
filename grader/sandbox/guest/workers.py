"""
Several processes, in a guest that has one: their work is done by threads of it.

`multiprocessing` and `ProcessPoolExecutor` keep their names and give equal results. What differs:
a worker sees the memory of the notebook itself and not a copy of it, and nothing is pickled.
"""

import concurrent.futures
import contextlib
import multiprocessing
import multiprocessing.dummy as threads
import multiprocessing.heap
import multiprocessing.managers
import os
import queue
import threading
import types
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import process as pools_of_processes
from multiprocessing import context, pool, resource_tracker
from typing import Self

_Pool = pool.Pool


class Process(threads.DummyProcess):
    """A process that is a thread."""

    def __init__(
        self,
        group: None = None,
        target: object = None,
        name: str | None = None,
        args: tuple = (),
        kwargs: dict | None = None,
        *,
        daemon: bool | None = None,
    ) -> None:
        super().__init__(group, target, name, args, kwargs or {})
        self.daemon = True if daemon is None else daemon  # the guest does not wait for it

    pid = property(lambda self: os.getpid())

    def terminate(self) -> None:
        """Do nothing: a thread ends by itself, or with the notebook."""

    kill = close = terminate

    def run(self) -> None:
        """Run the target; the exit of a process ends its thread alone."""
        with contextlib.suppress(SystemExit):
            super().run()


class Queue(queue.Queue):
    """A queue between processes that are threads."""

    def close(self) -> None:
        """Do nothing: there is no pipe."""

    join_thread = cancel_join_thread = close


class Pool(pool.ThreadPool):
    """A pool of processes that are threads."""

    _wait_for_updates = staticmethod(
        _Pool._wait_for_updates
    )  # as the handler of all pools calls it

    def __init__(
        self,
        processes: int | None = None,
        initializer: object = None,
        initargs: tuple = (),
        maxtasksperchild: int | None = None,
        context: object = None,
    ) -> None:
        _Pool.__init__(self, processes, initializer, initargs)


class Executor(ThreadPoolExecutor):
    """A `ProcessPoolExecutor` whose processes are threads."""

    def __init__(
        self,
        max_workers: int | None = None,
        mp_context: object = None,
        initializer: object = None,
        initargs: tuple = (),
        *,
        max_tasks_per_child: int | None = None,
    ) -> None:
        super().__init__(max_workers or os.cpu_count(), "", initializer, initargs)

    def map(
        self, fn: object, *iterables: object, timeout: float | None = None, chunksize: int = 1
    ) -> object:
        """Map as a pool of processes does."""
        return super().map(fn, *iterables, timeout=timeout)


class Manager:
    """A manager whose objects are in this process."""

    dict, list = dict, list
    Namespace, Value, Array = types.SimpleNamespace, threads.Value, threads.Array
    Queue, JoinableQueue, Pool = Queue, Queue, Pool
    Lock, RLock, Semaphore = threading.Lock, threading.RLock, threading.Semaphore
    BoundedSemaphore, Condition = threading.BoundedSemaphore, threading.Condition
    Event, Barrier = threading.Event, threading.Barrier

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Keep the objects."""

    def start(self, *_: object) -> None:
        """Do nothing: it is here."""

    shutdown = connect = start


class _Memory:
    """Shared memory for one process: `multiprocessing.Value` and `Array` lie in it."""

    def __init__(self, size: int) -> None:
        self._bytes = bytearray(max(1, size))

    def create_memoryview(self) -> memoryview:
        return memoryview(self._bytes)


_SAME = {
    "Lock": threading.Lock,
    "RLock": threading.RLock,
    "Semaphore": threading.Semaphore,
    "BoundedSemaphore": threading.BoundedSemaphore,
    "Condition": threading.Condition,
    "Event": threading.Event,
    "Barrier": threading.Barrier,
    "Queue": Queue,
    "JoinableQueue": Queue,
    "Pool": Pool,
    "Manager": Manager,
    "Pipe": threads.Pipe,
}


def become_threads() -> None:
    """Have what Python calls a process be a thread, in this process and its forks."""
    for name, made in _SAME.items():
        setattr(multiprocessing, name, made)
        setattr(context.BaseContext, name, staticmethod(made))
    kinds = (context.BaseContext, *context.BaseContext.__subclasses__())
    for kind in (*kinds, context.ForkContext, context.SpawnContext, context.ForkServerContext):
        kind.Process = Process
    multiprocessing.Process = context.Process = Process
    multiprocessing.pool.Pool = Pool
    multiprocessing.heap.BufferWrapper = _Memory
    resource_tracker.register = resource_tracker.unregister = lambda *_: None  # it is a process
    concurrent.futures.ProcessPoolExecutor = Executor
    pools_of_processes.ProcessPoolExecutor = Executor
