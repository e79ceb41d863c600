"""
The attacks by which a sandbox is proved: small pieces of learner code, one for each wall.

Data for `probe` and the tests. A piece runs after PRELUDE and names in `opened` what it got
through; a wall holds if that list stays empty. Outside a sandbox every piece gets through, which
the tests show. SECRET is a file of the trusted side that every user may read.
"""

PRELUDE = """
import ctypes, errno, os, posix, resource, socket, sys, threading
opened = []
libc = ctypes.CDLL(None, use_errno=True)
parent = os.getppid() or 2  # the first process of a namespace has none

def attempt(what, act):
    try:
        act()
    except (OSError, MemoryError, RuntimeError, ValueError, StopIteration):
        return
    opened.append(what)

def call(what, number, *arguments):
    if number is None:
        return
    numbered = [ctypes.c_long(n) if isinstance(n, int) else n for n in arguments]
    refused = (errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ESRCH)
    if libc.syscall(ctypes.c_long(number), *numbered) >= 0 or ctypes.get_errno() not in refused:
        opened.append(what)
"""

# Numbers on x86_64 and aarch64 of calls that no guest may make.
FORBIDDEN = {
    "add_key": (248, 217),
    "bpf": (321, 280),
    "clone3": (435, 435),
    "execve": (59, 221),
    "io_uring_setup": (425, 425),
    "kcmp": (312, 272),
    "keyctl": (250, 219),
    "memfd_create": (319, 279),
    "mount": (165, 40),
    "msgget": (68, 186),
    "open_by_handle_at": (304, 265),
    "perf_event_open": (298, 241),
    "pidfd_open": (434, 434),
    "process_vm_readv": (310, 270),
    "ptrace": (101, 117),
    "rt_sigqueueinfo": (129, 138),
    "sched_setaffinity": (203, 122),
    "setsockopt": (54, 208),
    "shmget": (29, 194),
    "tkill": (200, 130),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}

ATTACKS = {
    "files of the course and the system stay unread": """
attempt("a file of the grader", lambda: open(SECRET).read())
attempt("its folder", lambda: os.listdir(os.path.dirname(SECRET)))
for path in ("/etc/passwd", "/etc/hostname", "/sys/kernel", "/var", "/run", "/var/tmp"):
    attempt(path, lambda: os.listdir(path) if os.path.isdir(path) else open(path).read())
""",
    "nothing outside the box is written": """
def write(folder):
    path = os.path.join(folder, "grader-probe")
    open(path, "w").close()
    os.unlink(path)
here = [os.getcwd(), os.environ.get("TMPDIR", "."), "/dev/shm", "/tmp"]  # on the box's own disk
folders = ["/", "/dev", "/usr", sys.prefix, sys.base_prefix, PACKAGE]
folders += [] if BOX_IS_WRITABLE else here
for folder in folders:
    attempt(f"a file in {folder}", lambda: write(folder))
for path in (SECRET, PACKAGE + "/__init__.py"):
    attempt(f"the mode of {path}", lambda: os.chmod(path, 0o644))
    attempt(f"the time of {path}", lambda: os.utime(path))
    attempt(f"the length of {path}", lambda: os.truncate(path, os.stat(path).st_size))
""",
    "no program starts": """
def fork():
    if not (child := posix.fork()):
        os._exit(0)
    os.waitpid(child, 0)
def spawn():
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
def shell():
    if os.system("true"):
        raise OSError("no shell")
attempt("fork", fork)
attempt("posix_spawn", spawn)
attempt("a shell", shell)
call("execve", N["execve"], b"/no/such/program", 0, 0)
call("clone3", N["clone3"], 0, 0)
""",
    "no network": """
for family in ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG"):
    if hasattr(socket, family):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            attempt(family, lambda: socket.socket(getattr(socket, family), kind).close())
attempt("a pair with addresses", lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
call("setsockopt", N["setsockopt"], 3, 0, 0, 0, 0)
""",
    "no signal to another process": """
import fcntl
for target in (parent, 0, -1):
    attempt(f"kill({target})", lambda: posix.kill(target, 0))
attempt("killpg", lambda: posix.killpg(os.getpgrp() or 1, 0))
ends = os.pipe()
attempt("SIGIO for another process", lambda: fcntl.fcntl(ends[0], fcntl.F_SETOWN, parent))
attempt("SIGIO as another signal", lambda: fcntl.fcntl(ends[0], 10, 10))
call("tkill", N["tkill"], parent, 0)
call("rt_sigqueueinfo", N["rt_sigqueueinfo"], parent, 0, 0)
""",
    "no other process is looked into": """
call("process_vm_readv", N["process_vm_readv"], parent, 0, 0, 0, 0, 0)
call("pidfd_open", N["pidfd_open"], parent, 0)
call("kcmp", N["kcmp"], parent, parent, 0, 0, 0)
call("sched_setaffinity", N["sched_setaffinity"], parent, 8, ctypes.byref(ctypes.c_ulong(1 << 62)))
call("ptrace", N["ptrace"], 0x4206, parent, 0, 0)
attempt("prlimit", lambda: resource.prlimit(parent, resource.RLIMIT_CORE))
""",
    "/proc tells of no other process": """
def others():
    return (n for n in os.listdir("/proc") if n.isdigit() and int(n) != os.getpid())
attempt("a list of processes", lambda: next(others()))
paths = [f"/proc/{parent}/stat", f"/proc/{parent}/environ", "/proc/net/unix", "/proc/kallsyms"]
paths += ["/proc/1/root" + SECRET, "/proc/self/root" + SECRET, "/proc/sys/kernel/ostype"]
for path in paths:
    attempt(path, lambda: open(path, "rb").read())
attempt("/proc/self/mem", lambda: open("/proc/self/mem", "r+b").close())
attempt("its own score", lambda: open("/proc/self/oom_score_adj", "w").close())
""",
    "no mounts, no namespaces": """
call("umount", N["umount2"], b"/no/such/folder", 0)
call("mount", N["mount"], 0, b"/no/such/folder", 0, 0x1000, 0)
attempt("chroot", lambda: os.chroot("."))
call("a user namespace", N["unshare"], 0x10000000)
call("a mount namespace", N["unshare"], 0x00020000)
""",
    "rarely used system calls are blocked": """
for name in ("bpf", "perf_event_open", "io_uring_setup", "userfaultfd", "keyctl", "add_key",
             "memfd_create", "open_by_handle_at", "shmget", "msgget"):
    call(name, N[name], 0, 0, 0, 0, 0, 0)
""",
    "no rights": """
head = (ctypes.c_uint32 * 2)(0x20080522, 0)
sets = (ctypes.c_uint32 * 6)()
if libc.capget(head, sets) or any(sets):
    opened.append("capabilities")
if 0 in (*os.getresuid(), *os.getresgid(), *os.getgroups()):
    opened.append("root's number")
attempt("becoming root", lambda: os.setuid(0))
""",
    "the environment is the sandbox's own": """
own = {"PYTHONHASHSEED": "0"}  # the one setting of Python's that the sandbox makes itself
opened += sorted(
    name
    for name, value in os.environ.items()
    if "SECRET" in name or (name.startswith("PYTHON") and own.get(name) != value)
)
""",
    "no descriptor leads out": """
for number in range(3):
    if os.fstat(number).st_rdev != os.makedev(1, 3):
        opened.append(f"descriptor {number}")
for number in range(4, 1024):
    attempt(f"descriptor {number}", lambda: os.fstat(number))
""",
    "memory and CPU are limited": """
attempt("much memory", lambda: bytearray((MEMORY_MB + 64) << 20))
for name in ("RLIMIT_AS", "RLIMIT_CPU"):
    number = getattr(resource, name)
    if resource.getrlimit(number)[0] == resource.RLIM_INFINITY:
        opened.append(f"no {name}")
    attempt(f"more {name}", lambda: resource.setrlimit(number, (-1, -1)))
""",
    "threads are limited": """
import time
threading.stack_size(64 * 1024)
gate, started = threading.Event(), []
try:
    for _ in range(THREADS + 1):
        started.append(threading.Thread(target=gate.wait))
        started[-1].start()
except RuntimeError:
    started.pop()
gate.set()
[thread.join() for thread in started]
if len(started) > THREADS:
    opened.append(f"{len(started)} threads")
""",
    "the disk is small": """
written = 0
try:
    with open("flood", "wb") as file:
        for _ in range(BOX_MB + 1):
            written += file.write(bytes(1 << 20))
            file.flush()
except OSError:
    pass
if written > BOX_MB << 20:
    opened.append(f"{written} bytes")
""",
    "files are few": """
made = 0
try:
    for made in range(1, BOX_FILES + 2):
        open(f"{made}.txt", "w").close()
except OSError:
    made -= 1
if made > BOX_FILES:
    opened.append(f"{made} files")
""",
}
