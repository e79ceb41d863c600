"""
Takes from the package `grader` what another operating system does not have.

Python imports this file at its start where its folder is on PYTHONPATH, also in kernels and in
other programs that a test starts. COURSE_SYSTEM says which system: `windows` or `macos`.

It is honest about three things. It takes away modules, functions and constants as the documentation
of Python 3.11 lists them for each system, `/proc`, and the names by which a system is told
(`sys.platform`, `os.name`). It does so for code of `grader` alone: libraries go on as on Linux, for
what they do elsewhere is tried by those who make them. And it does not imitate: paths, files and
processes are those of this machine.
"""

import builtins
import functools
import os
import subprocess
import sys
import types

WINDOWS = {
    "modules": "curses fcntl grp posix pty pwd readline resource syslog termios tty",
    "os": """
        O_ACCMODE O_ASYNC O_CLOEXEC O_DIRECTORY O_DIRECT O_DSYNC O_EXLOCK O_NDELAY O_NOATIME
        O_NOCTTY O_NOFOLLOW O_NONBLOCK O_PATH O_RSYNC O_SHLOCK O_SYNC O_TMPFILE EX_OK
        chown chroot confstr ctermid eventfd fchdir fchmod fchown fork forkpty fpathconf
        getegid geteuid getgid getgroups getloadavg getpgid getpgrp getpriority getresuid
        getsid getuid getxattr initgroups killpg lchown lchmod listxattr lockf login_tty
        major makedev memfd_create minor mkfifo mknod nice openpty pathconf pidfd_open pipe2
        posix_fadvise posix_fallocate posix_spawn posix_spawnp pread preadv pwrite pwritev
        readv removexattr sched_getaffinity sched_setaffinity sched_yield sendfile setegid
        seteuid setgid setgroups setns setpgid setpgrp setpriority setregid setresgid
        setresuid setreuid setsid setuid setxattr splice statvfs sync sysconf sysconf_names
        tcgetpgrp tcsetpgrp ttyname uname unshare wait wait3 wait4 waitid writev
        WNOHANG WUNTRACED WCONTINUED WIFEXITED WEXITSTATUS WIFSIGNALED WTERMSIG P_PID P_PIDFD
        register_at_fork
    """,
    "signal": """
        SIGALRM SIGBUS SIGCHLD SIGCONT SIGHUP SIGIO SIGKILL SIGPIPE SIGPROF SIGPWR SIGQUIT SIGSTOP
        SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ
        ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF alarm getitimer pause pidfd_send_signal pthread_kill
        pthread_sigmask setitimer siginterrupt sigpending sigtimedwait sigwait sigwaitinfo
    """,
    "select": "poll epoll kqueue",
    "socket": "AF_UNIX AF_NETLINK AF_PACKET SO_REUSEPORT MSG_CMSG_CLOEXEC send_fds recv_fds",
    "time": "clock_gettime clock_settime clock_getres pthread_getcpuclockid tzset",
    "asyncio": "open_unix_connection start_unix_server add_reader",
    "sys": "abiflags",
}
MACOS = {
    "modules": "",
    "os": """
        O_DIRECT O_NOATIME O_PATH O_RSYNC O_TMPFILE eventfd getresuid getxattr listxattr
        memfd_create pidfd_open pipe2 posix_fadvise posix_fallocate removexattr sched_getaffinity
        sched_setaffinity setns setresgid setresuid setxattr splice unshare P_PIDFD
    """,
    "signal": "SIGPWR pidfd_send_signal sigtimedwait sigwaitinfo SIGRTMIN SIGRTMAX",
    "select": "epoll",
    "socket": "AF_NETLINK AF_PACKET SOCK_SEQPACKET MSG_CMSG_CLOEXEC",
    "time": "pthread_getcpuclockid",
}


def _no_library(name: str | None, *_: object, **__: object) -> None:
    """Stand in for ctypes.CDLL: on Windows there is no library without a name."""
    raise TypeError(f"no library {name}")


SYSTEMS = {
    "windows": (
        WINDOWS,
        {
            "sys": {"platform": "win32"},
            "os": {"name": "nt", "supports_dir_fd": set()},
            "ctypes": {"CDLL": _no_library},
        },
    ),
    "macos": (MACOS, {"sys": {"platform": "darwin"}}),
}
OURS = "grader"


def _without(real: types.ModuleType, missing: frozenset[str], other: dict) -> types.ModuleType:
    """Return a module of Python's own as code on another system sees it, with `other` values."""

    class Lacking(types.ModuleType):
        def __getattribute__(self, name: str) -> object:
            if name in missing:
                raise AttributeError(f"module {real.__name__!r} has no attribute {name!r}")
            return other[name] if name in other else getattr(real, name)

        def __setattr__(self, name: str, value: object) -> None:
            setattr(real, name, value)

        def __delattr__(self, name: str) -> None:
            delattr(real, name)

        def __dir__(self) -> list[str]:
            return [name for name in dir(real) if name not in missing]

    return Lacking(real.__name__)


def _is_ours(space: dict | None) -> bool:
    return bool(space) and str(space.get("__name__", "")).split(".")[0] == OURS


def install(system: str) -> None:
    """Let code of `grader` see what a system has."""
    lacks, others = SYSTEMS[system]
    gone = frozenset(lacks["modules"].split())
    real_import = builtins.__import__

    @functools.cache
    def lacking(name: str) -> types.ModuleType:
        missing = frozenset(lacks.get(name, "").split())
        return _without(sys.modules[name], missing, others.get(name, {}))

    def imports(name, globals=None, locals=None, fromlist=(), level=0):
        if level or not _is_ours(globals):
            return real_import(name, globals, locals, fromlist, level)
        if name.split(".")[0] in gone:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        found = real_import(name, globals, locals, fromlist, level)
        if found.__name__ in {*lacks, *others}:
            return lacking(found.__name__)
        return found

    builtins.__import__ = imports
    sys.addaudithook(_no_proc)
    _hand_down()


def _hand_down() -> None:
    """Let a Python that is started with an environment of its own see the same."""
    start = subprocess.Popen.__init__
    own = {"PYTHONPATH": os.path.dirname(__file__), "COURSE_SYSTEM": os.environ["COURSE_SYSTEM"]}

    def starts(self, *given, env=None, **named):
        if env is not None:
            paths = (own["PYTHONPATH"], env.get("PYTHONPATH"))
            env = {**env, **own, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        start(self, *given, env=env, **named)

    subprocess.Popen.__init__ = starts


def _no_proc(event: str, arguments: tuple) -> None:
    """Let nothing of ours open what lies in /proc."""
    if event not in ("open", "os.listdir", "os.scandir"):
        return
    path = arguments[0]
    if not isinstance(path, str | bytes) or not os.fsdecode(path).startswith("/proc/"):
        return
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").split(".")[0] in (
        *("pathlib", "io", "os", "contextlib", "shutil", "codecs"),
        __name__,
    ):
        frame = frame.f_back
    if frame is not None and _is_ours(frame.f_globals):
        raise FileNotFoundError(2, "No such file or directory", os.fsdecode(path))


if system := os.environ.get("COURSE_SYSTEM"):
    install(system)
