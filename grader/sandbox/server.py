"""
The warm server inside the sandbox: it forks one confined guest for each request of the trusted
side.

Started as `python -I -B -c "…; main()"` by bubblewrap (strong) or as itself (fallback), never as
root. Descriptor 0 is the control socket (SEQPACKET): in comes one file with the setup, then `open`
requests, each with the job socket of a new guest; out go `ready`, and for every guest its pidfd,
with which the trusted side stops it. Descriptor 2 takes last words. No learner code runs in this
process. It ends when the control socket closes; its guests end with it.
"""

import contextlib
import gc
import importlib
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback

from grader.rerun import chance
from grader.sandbox import codec, lockdown, seccomp
from grader.sandbox.limits import MB, Limits

PACKET = 128 * 1024  # bytes; a packet holds names only, files come over the job socket
FILES_SECONDS = 10.0
TRIAL_SECONDS = 30.0  # for one import


class Server:
    """Forks guests and buries them."""

    def __init__(self, control: socket.socket, setup: dict) -> None:
        self.control = control
        self.strong = setup["strong"]
        self.scratch = setup["scratch"]
        self.trees = setup["trees"]
        self.shared = lockdown.shared_places(self.trees)
        self.tasks = 0 if self.strong else _tasks_of_this_user()
        self.pids = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC) if self.strong else -1
        self.guests: dict[int, tuple[int, str]] = {}  # pidfd: pid, folder to remove
        self.poller = select.poll()

    def serve(self) -> None:
        """Answer requests and bury guests until the control socket closes."""
        self.poller.register(self.control, select.POLLIN)
        while True:
            for number, _ in self.poller.poll():
                if number != self.control.fileno():
                    self._reap(number)
                elif not self._answer():
                    return

    def bury_all(self) -> None:
        """Kill and bury every guest."""
        for pidfd in list(self.guests):
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            self._reap(pidfd)

    def _answer(self) -> bool:
        """Answer one request; False if there will be no more."""
        try:
            packet, descriptors, *_ = socket.recv_fds(self.control, PACKET, 1)
        except OSError:
            return False
        if not packet:
            return False
        with socket.socket(fileno=descriptors[0]) as job:
            try:
                pidfd = self._open(job, Limits(**codec.loads(packet)["limits"]))
            except (OSError, codec.CodecError) as error:
                self.control.send(codec.dumps({"refused": str(error)}))
            else:
                socket.send_fds(self.control, [codec.dumps({"opened": True})], [pidfd])
        return True

    def _open(self, job: socket.socket, limits: Limits) -> int:
        """Fork a guest and return its pidfd."""
        deadline = time.monotonic() + FILES_SECONDS
        files = codec.loads(codec.receive(job, deadline, largest=2 * limits.box_mb * MB))["files"]
        job.settimeout(None)
        box = "" if self.strong else tempfile.mkdtemp(prefix="guest-", dir=self.scratch)
        try:
            if self.strong:
                self._next_fork_gets_own_pids()
            else:
                lockdown.fill(box, files)
            pid = os.fork()
        except OSError:
            shutil.rmtree(box, ignore_errors=True)
            raise
        if not pid:
            self._guest(job, limits, files, box)
        pidfd = os.pidfd_open(pid)
        self.guests[pidfd] = pid, box
        self.poller.register(pidfd, select.POLLIN)
        return pidfd

    def _next_fork_gets_own_pids(self) -> None:
        """Ask for a new pid namespace; going home first makes room for the next one."""
        lockdown.call("setns", self.pids, 0)
        lockdown.call("unshare", lockdown.NEW_PIDS)

    def _guest(self, job: socket.socket, limits: Limits, files: dict, box: str) -> None:
        """Be a guest: confine this process, say so, serve the job socket, and end."""
        try:
            if self.strong:
                job = lockdown.strong(job, limits, files, self.shared)
            else:
                most = self.tasks + limits.processes
                job = lockdown.fallback(job, limits, box, self.trees, most)
            fresh_start()
            codec.send(job, codec.dumps({"ready": True}))
            importlib.import_module("grader.sandbox.guest.loop").serve(job, bool(limits.programs))
        except BaseException:
            with contextlib.suppress(BaseException):
                traceback.print_exc()  # tells a wall that fails; learner code finds /dev/null here
                sys.stderr.flush()
        finally:
            os._exit(0)

    def _reap(self, pidfd: int) -> None:
        """Reap an exited guest."""
        pid, box = self.guests.pop(pidfd)
        self.poller.unregister(pidfd)
        os.waitpid(pid, 0)
        os.close(pidfd)
        if box:
            shutil.rmtree(box, ignore_errors=True)


def fresh_start() -> None:
    """Set what a fork shares (random numbers, the temp folder); find modules in the box first."""
    sys.path.insert(0, "")
    tempfile.tempdir = None
    signal.signal(signal.SIGINT, signal.default_int_handler)
    chance.begin(0)  # the same hand-in gets the same mark, also where it draws lots


def _tasks_of_this_user() -> int:
    """Count this user's threads: RLIMIT_NPROC counts them all where there is no own namespace."""
    count = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.stat(f"/proc/{name}").st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{name}/task"))
    return count


def _preload(modules: list[str], careful: bool) -> list[str]:
    """
    Make IPython ready and import what guests will need; what computes may start threads.

    With care the imports are tried in a fork before, and what does harm there is returned: guests
    import it themselves, and all that comes after it of the same library, which is not tried.
    """
    importlib.import_module("grader.sandbox.guest.loop").prepare()
    left_out = []
    while modules:
        harmless = _harmless(modules) if careful else len(modules)
        for name in modules[:harmless]:
            _import(name)
        if modules := modules[harmless:]:
            left_out.append(modules[0])
            library = modules[0].split(".")[0]
            modules = [name for name in modules if name.split(".")[0] != library]
    gc.collect()
    gc.freeze()  # a guest's garbage collector then does not copy the server's memory
    return left_out


def _import(name: str) -> None:
    with contextlib.suppress(Exception):  # a course may name what is not installed here
        importlib.import_module(name)


def _harmless(modules: list[str]) -> int:
    """
    Return how many of these modules can be imported, one after the other, before one starts a
    thread, ends Python or takes TRIAL_SECONDS. One fork tries them all: a library has hundreds.
    """
    done, tell = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            for name in modules:
                _import(name)
                if _threads() != 1:
                    break
                os.write(tell, b".")
        finally:
            os._exit(0)
    os.close(tell)
    count = 0
    while select.select([done], [], [], TRIAL_SECONDS)[0] and (told := os.read(done, PACKET)):
        count += len(told)
    os.close(done)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return count


def _threads() -> int:
    return len(os.listdir("/proc/self/task"))


def _only_thread() -> None:
    """Refuse to fork with more than one thread: a lock held by another would stay locked."""
    if (threads := _threads()) != 1:
        raise RuntimeError(f"the sandbox's server has {threads} threads, must have one")


def main() -> None:
    """Serve, and leave no temp folder behind; only the fallback level has one."""
    scratch = os.environ.get("TMPDIR", lockdown.BOX)
    lockdown.fill(scratch, {})  # libraries want to write while they are imported
    os.environ.update(lockdown.home(scratch))
    try:
        _serve(scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _serve(scratch: str) -> None:
    """Set up, say so, and answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=os.dup(0))
    with open(os.devnull, "rb") as nowhere:
        os.dup2(nowhere.fileno(), 0)
    _, (file,), *_ = socket.recv_fds(control, PACKET, 1)
    with open(file, "rb") as sent:  # in a file, for no packet holds the names of all modules
        setup = codec.loads(sent.read())
    home = sys.path.pop(0)
    sys.path += [path for path in (*setup["path"], home) if path not in sys.path]
    left_out = _preload(setup["modules"], setup["careful"])
    _only_thread()
    server = Server(control, setup | {"scratch": scratch})
    if server.strong:
        lockdown.describe_machine()
        seccomp.assembled(1, lockdown.calls_of(Limits()))  # once, for all guests
    control.send(codec.dumps({"ready": True, "left_out": left_out}))
    try:
        server.serve()
    finally:
        server.bury_all()
