"""
Where learner code runs: not in the process that knows the checks and the marks.

    trusted process ── launch ──▶ bubblewrap ──▶ server ── fork ──▶ guest, guest
     │  control socket (SEQPACKET) ─────────────────┘                │
     └─ one job socket (STREAM) and one pidfd for each guest ─────────┘

Processes and rights
    trusted   `sandbox` `guest_process` `forked` `stopwatch` `memory` `server_process` `bubblewrap`
              `levels` `cgroup` `selftest`, and `spawner` `loopback` `seatbelt`:
              holds tests and marks, owns every socket, runs no learner code, believes no answer.
    launch    a short program: joins a cgroup; as root it makes Python readable in mounts of its own
              and becomes an unprivileged user that nobody else is. The sandbox is never run as
              root.
    server    Python with IPython and a course's modules, one thread, read-only view of system,
              Python and this package, no network. Over its own namespaces, and only those, it has
              SYS_ADMIN and NET_ADMIN. It forks and reaps; it never runs learner code.
    guest     a fork that has built its walls (`lockdown`) before it reads the first question: own
              pids, mounts, IPC; a small disk, which /tmp is part of; limits; no descriptors but the
              job socket; Landlock; no capabilities; an allow-list of system calls. On request it
              may start programs, inside all of that, or has a loopback network of its own. The
              package `guest` serves the socket.

A limit or a wall that learner code meets is named in what it shows (`walls`). Memory is counted
where it is touched, of all processes of a guest together (`memory`, from outside).

All that crosses between guest and trusted side is plain data as bytes: the package `codec`.

A guest is for one submission; several may be open, never those of two submissions. What a guest
says is data that the learner may have chosen. It is checked for form here, and for truth by whoever
asked.

How each one ends
    guest     by its pidfd (SIGKILL, which takes all it started along), by its own limits, when its
              job socket or its server ends. A question has so many seconds of computing or of
              waiting (`stopwatch`): a cell that takes more gets SIGINT as from the stop button, and
              is ended where it goes on.
    server    when the control socket closes, or with bubblewrap. It is replaced after 1000 guests,
              and when it died: then the open that found it dead is done again, once.
    bubblewrap  with the thread that started it (so a sandbox stays in one thread), or its server.
    trusted   kill -9 closes its sockets: all of the above follows. An empty cgroup may stay; the
              next sandbox removes it.

Levels
    strong    all of the above. Needs bubblewrap and user namespaces.
    fallback  no namespaces: the server is a plain process, guests are held by Landlock (Linux 6.2),
              system calls and limits alone. They cannot write files at all, start no program and
              have no network, whatever is asked; they find the submission's
              files in a folder that the server makes and removes, and can learn which files exist,
              but not what is in them.
    sandbox-exec, no walls
              no server: `spawner` starts `spawned`, a Python for each guest, which comes back over
              loopback with a token. On macOS `seatbelt` holds it; without walls nothing does, and
              only who asks for that gets it.
    none      WallMissing: nothing is run. `grader doctor` attacks the level in use (`attacks`).

Not protected: the kernel is shared, and a hole in it is a hole in every wall. Time, load and heat
can be measured, and a guest can take all of one core for its seconds. A learner's code shares its
process with the package `guest` and can make it say anything.
"""

from importlib import import_module

_HOMES = {
    "Sandbox": "sandbox",
    "GuestProcess": "guest_process",
    "GuestError": "guest_process",
    "Timeout": "guest_process",
    "Exited": "guest_process",
    "Tampered": "guest_process",
    "OutOfMemory": "guest_process",
    "Limits": "limits",
    "Level": "levels",
    "STRONG": "levels",
    "FALLBACK": "levels",
    "choose": "levels",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    """Import what is asked for; the server inside must not pay for the trusted side."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
