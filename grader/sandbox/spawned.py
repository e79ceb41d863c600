"""
A guest without walls: a Python of its own, in which one submission's cells run.

Started by `spawner` with an environment and a folder of its own. Descriptor 0 brings one line with
its setup, then orders, a byte each; it ends with its parent, which holds the other end. On Linux
and macOS it limits itself as a guest with walls does, as far as the system knows such limits.
"""

import _thread
import importlib
import io
import json
import os
import signal
import sys
import threading

from grader.sandbox import codec, loopback
from grader.sandbox.limits import MB, Limits
from grader.sandbox.server import fresh_start

STOP, FULL = b"s", b"f"  # orders
pthread_kill = getattr(signal, "pthread_kill", None)  # not on Windows; learner code gets another


def main() -> None:
    """Meet the trusted side, then answer it."""
    orders = loopback.own_input()
    setup = json.loads(orders.readline())
    sys.path += [path for path in setup["path"] if path not in sys.path]
    loop = importlib.import_module("grader.sandbox.guest.loop")
    loop.prepare()
    few_resources(Limits(**setup["limits"]))
    threading.Thread(target=_obey, args=(orders, loop.FULL), daemon=True).start()
    fresh_start()
    with open(os.devnull, "wb") as nowhere:  # last words are told up to here, as by a server
        os.dup2(nowhere.fileno(), 2)
    job = loopback.come(setup)
    codec.send(job, codec.dumps({"ready": True}))
    try:
        loop.serve(job)
    finally:
        os._exit(0)


def few_resources(limits: Limits) -> None:
    """Limit CPU, memory, open files and the size of a file, where the system knows how."""
    if sys.platform == "win32":
        return
    import resource

    most = {
        resource.RLIMIT_CPU: int(limits.total_seconds) + 1,
        resource.RLIMIT_FSIZE: limits.box_mb * MB,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform == "linux":  # macOS takes no limit of the address space
        most[resource.RLIMIT_AS] = limits.address_bytes
    for what, count in most.items():
        hard = resource.getrlimit(what)[1]
        count = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(what, (count, count))


def _obey(orders: io.FileIO, full: int) -> None:
    """Carry out orders: the stop button, or that memory is used up; end where there are no more."""
    main = threading.main_thread().ident
    while order := orders.read(1):
        number = {STOP: signal.SIGINT, FULL: full}[order]
        if pthread_kill:  # wakes up one that sleeps
            pthread_kill(main, number)
        else:
            _thread.interrupt_main(number)
    os._exit(0)
