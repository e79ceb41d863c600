"""
The system calls that learner code may make, with their numbers on both machines; all others fail.

The seccomp wall talks to this table and to nothing else. It was collected by running CPython 3.11
to 3.13, IPython, asyncio, threads, numpy, pandas, matplotlib and scikit-learn; PROGRAMS by running
shells, the usual commands and Python itself. Left out on purpose: other processes' memory, mounts,
namespaces, keys, BPF, io_uring, files in memory, System V IPC.
"""

import os

MACHINES = ("x86_64", "aarch64")
CLONE3 = {"x86_64": 435, "aarch64": 435}

# Name: (number on x86_64, number on aarch64); None where a machine never had the call.
GROUPS: dict[str, dict[str, tuple[int | None, int | None]]] = {
    "MEMORY": {
        "brk": (12, 214),
        "mmap": (9, 222),
        "mprotect": (10, 226),
        "munmap": (11, 215),
        "mremap": (25, 216),
        "madvise": (28, 233),
        "mincore": (27, 232),
        "msync": (26, 227),
    },
    "READING": {
        "open": (2, None),
        "openat": (257, 56),
        "read": (0, 63),
        "readv": (19, 65),
        "pread64": (17, 67),
        "preadv": (295, 69),
        "preadv2": (327, 286),
        "close": (3, 57),
        "close_range": (436, 436),
        "lseek": (8, 62),
        "stat": (4, None),
        "fstat": (5, 80),
        "lstat": (6, None),
        "newfstatat": (262, 79),
        "statx": (332, 291),
        "statfs": (137, 43),
        "fstatfs": (138, 44),
        "access": (21, None),
        "faccessat": (269, 48),
        "faccessat2": (439, 439),
        "readlink": (89, None),
        "readlinkat": (267, 78),
        "getdents64": (217, 61),
        "getcwd": (79, 17),
        "chdir": (80, 49),
        "fchdir": (81, 50),
        "getxattr": (191, 8),
        "lgetxattr": (192, 9),
        "fgetxattr": (193, 10),
        "listxattr": (194, 11),
        "llistxattr": (195, 12),
        "flistxattr": (196, 13),
        "fadvise64": (221, 223),
        "flock": (73, 32),
    },
    "WRITING": {
        "write": (1, 64),
        "writev": (20, 66),
        "pwrite64": (18, 68),
        "pwritev": (296, 70),
        "pwritev2": (328, 287),
        "sendfile": (40, 71),
        "copy_file_range": (326, 285),
        "fsync": (74, 82),
        "fdatasync": (75, 83),
    },
    "WAITING": {
        "dup": (32, 23),
        "dup2": (33, None),
        "dup3": (292, 24),
        "pipe": (22, None),
        "pipe2": (293, 59),
        "poll": (7, None),
        "ppoll": (271, 73),
        "select": (23, None),
        "pselect6": (270, 72),
        "epoll_create1": (291, 20),
        "epoll_ctl": (233, 21),
        "epoll_wait": (232, None),
        "epoll_pwait": (281, 22),
        "epoll_pwait2": (441, 441),
        "eventfd2": (290, 19),
        "recvfrom": (45, 207),
        "shutdown": (48, 210),
        "getsockname": (51, 204),
        "getpeername": (52, 205),
        "getsockopt": (55, 209),
    },
    "THREADS": {
        "futex": (202, 98),
        "set_robust_list": (273, 99),
        "rseq": (334, 293),
        "set_tid_address": (218, 96),
        "sched_yield": (24, 124),
        "sched_getaffinity": (204, 123),
        "getcpu": (309, 168),
        "exit": (60, 93),
        "exit_group": (231, 94),
        "restart_syscall": (219, 128),
    },
    "SIGNALS": {
        "rt_sigaction": (13, 134),
        "rt_sigprocmask": (14, 135),
        "rt_sigreturn": (15, 139),
        "rt_sigpending": (127, 136),
        "rt_sigtimedwait": (128, 137),
        "rt_sigsuspend": (130, 133),
        "sigaltstack": (131, 132),
        "pause": (34, None),
        "alarm": (37, None),
        "setitimer": (38, 103),
        "getitimer": (36, 102),
    },
    "CLOCKS": {
        "time": (201, None),
        "gettimeofday": (96, 169),
        "clock_gettime": (228, 113),
        "clock_getres": (229, 114),
        "nanosleep": (35, 101),
        "clock_nanosleep": (230, 115),
        "times": (100, 153),
        "getrusage": (98, 165),
    },
    "ASKING": {
        "getpid": (39, 172),
        "getppid": (110, 173),
        "gettid": (186, 178),
        "getpgrp": (111, None),
        "getpgid": (121, 155),
        "getsid": (124, 156),
        "getuid": (102, 174),
        "geteuid": (107, 175),
        "getgid": (104, 176),
        "getegid": (108, 177),
        "getresuid": (118, 148),
        "getresgid": (120, 150),
        "getgroups": (115, 158),
        "uname": (63, 160),
        "sysinfo": (99, 179),
        "umask": (95, 166),
        "getrlimit": (97, 163),
        "getrandom": (318, 278),
        "capget": (125, 90),
        "wait4": (61, 260),
        "waitid": (247, 95),
    },
    "CHECKED": {
        "clone": (56, 220),
        "kill": (62, 129),
        "tgkill": (234, 131),
        "prlimit64": (302, 261),
        "socketpair": (53, 199),
        "sendto": (44, 206),
        "fcntl": (72, 25),
        "ioctl": (16, 29),
        "prctl": (157, 167),
    },
    "CHANGING_FILES": {
        "truncate": (76, 45),
        "ftruncate": (77, 46),
        "fallocate": (285, 47),
        "mkdir": (83, None),
        "mkdirat": (258, 34),
        "rmdir": (84, None),
        "unlink": (87, None),
        "unlinkat": (263, 35),
        "rename": (82, None),
        "renameat": (264, 38),
        "renameat2": (316, 276),
        "link": (86, None),
        "linkat": (265, 37),
        "symlink": (88, None),
        "symlinkat": (266, 36),
        "chmod": (90, None),
        "fchmod": (91, 52),
        "fchmodat": (268, 53),
        "fchmodat2": (452, 452),
        "utime": (132, None),
        "utimes": (235, None),
        "utimensat": (280, 88),
    },
    "PROGRAMS": {
        "execve": (59, 221),
        "execveat": (322, 281),
        "fork": (57, None),
        "vfork": (58, None),
        "arch_prctl": (158, None),
        "setpgid": (109, 154),
        "setsid": (112, 157),
        "setrlimit": (160, 164),
    },
    "NETWORK": {
        "socket": (41, 198),
        "connect": (42, 203),
        "bind": (49, 200),
        "listen": (50, 201),
        "accept": (43, 202),
        "accept4": (288, 242),
        "setsockopt": (54, 208),
        "sendmsg": (46, 211),
        "recvmsg": (47, 212),
        "sendmmsg": (307, 269),
        "recvmmsg": (299, 243),
    },
}
"""What is allowed, by purpose. CHECKED ones only with the arguments that `seccomp` looks at."""
ON_REQUEST = ("CHANGING_FILES", "PROGRAMS", "NETWORK")
"""The groups that not every guest has."""


def numbers(machine: str, more: tuple[str, ...] = ()) -> dict[str, int]:
    """Return the allowed calls of a machine by name; groups ON_REQUEST only if they are named."""
    at = MACHINES.index(machine)
    return {
        name: pair[at]
        for group, calls in GROUPS.items()
        if group not in ON_REQUEST or group in more
        for name, pair in calls.items()
        if pair[at] is not None
    }


def this_machine() -> str:
    """Return the name of the machine this process runs on."""
    return os.uname().machine
