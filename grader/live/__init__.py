"""
A class votes from its phones: `grader live ASSIGNMENT` serves the assignment's questions from this
machine, and the presenter's page shows how many answered, the bars, and what a second vote changed.

    questions.py   the questions, with what is right, from source/
    lesson.py      where the lesson stands and who voted what, in one small SQLite file
    server.py      what each page shows, where the presenter's words lead, and who hears of it
    handlers.py    who may ask what over HTTP
    network.py     where it is served, and how often somebody may do something there
    static/        the pages: `phone` for learners, `present` for the projector

Nobody has an account and no name is kept: a device is a random number for one lesson, and when the
lesson ends the file goes. It outlives a crash: the same command goes on.
"""

import argparse
import asyncio
import os
import signal
import webbrowser
from dataclasses import dataclass
from urllib.parse import urlsplit

from grader.course import Course, check_assignment
from grader.errors import GraderError, UsageError
from grader.live.lesson import Lesson
from grader.live.network import Place, bind, reachable
from grader.live.questions import questions
from grader.live.server import Server

HUB_URL, HUB_PREFIX = "JUPYTERHUB_SERVICE_URL", "JUPYTERHUB_SERVICE_PREFIX"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says: where to listen, what learners type, and how to begin."""

    host: str = "127.0.0.1"
    port: int = 0
    address: str = ""
    prefix: str = ""
    anew: bool = False
    browser: bool = True

    @classmethod
    def of(cls, options: argparse.Namespace) -> "Wishes":
        """Return what the options of the command say."""
        given = (options.host, options.port, options.address, options.prefix)
        return cls(*given, anew=options.new, browser=not options.no_browser)


def live(course: Course, assignment: str, wishes: Wishes) -> None:
    """
    Hold a lesson until it is ended.

    Raises: GraderError where the assignment holds no questions, or nothing can be served or kept;
    UsageError for an address that is none.
    """
    name = check_assignment(course, assignment)
    asked = questions(course, name)
    wishes = _of_hub(wishes)
    lesson = Lesson.open(course.root / ".grader" / "live" / f"{name}.sqlite", wishes.anew)
    try:
        sockets, port = bind(wishes.host, wishes.port or lesson.port)
    except GraderError:
        lesson.close()
        raise
    lesson.keep_port(port)
    place = Place(_address(wishes, port), _prefix(wishes.prefix))
    print(*_told(name, asked, lesson, place, wishes, port), sep="\n", flush=True)
    if wishes.browser:
        webbrowser.open(_presenters(lesson, place, wishes, port))
    server = Server(asked, lesson, place)
    asyncio.run(_serve(server, sockets))
    lesson.end()
    print("The lesson is over. Nothing of it was kept.")


async def _serve(server: Server, sockets: list) -> None:
    """Serve until the presenter, Ctrl+C or SIGTERM ends the lesson."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, server.over.set)
        except NotImplementedError:  # Windows has none; there Ctrl+C interrupts the loop
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(server.over.set))
    await server.run(sockets)


def _of_hub(wishes: Wishes) -> Wishes:
    """Return the wishes with what a JupyterHub says about its service, where one runs this."""
    url, prefix = os.environ.get(HUB_URL), os.environ.get(HUB_PREFIX)
    if not url:
        return wishes
    found = urlsplit(url)
    return Wishes(
        host=found.hostname or wishes.host,
        port=found.port or wishes.port,
        address=wishes.address,
        prefix=wishes.prefix or prefix or "",
        anew=wishes.anew,
        browser=False,
    )


def _prefix(text: str) -> str:
    """Return a prefix with a slash at both ends."""
    return f"/{text.strip('/')}/" if text.strip("/") else "/"


def _address(wishes: Wishes, port: int) -> str:
    """Return what learners open, without a slash at its end."""
    if not wishes.address:
        return f"http://{reachable(wishes.host)}:{port}{_prefix(wishes.prefix)}".rstrip("/")
    found = urlsplit(wishes.address)
    if found.scheme not in ("http", "https") or not found.hostname:
        raise UsageError(f"--address: {wishes.address!r} does not begin with http or https.")
    return wishes.address.rstrip("/")


def _presenters(lesson: Lesson, place: Place, wishes: Wishes, port: int) -> str:
    """Return the presenter's address: of this machine, unless a proxy stands before it."""
    base = place.address if wishes.address else f"http://127.0.0.1:{port}{place.prefix}".rstrip("/")
    return f"{base}/present?token={lesson.presenter}"


def _told(name, asked, lesson: Lesson, place: Place, wishes: Wishes, port: int) -> list[str]:
    """Return what the teacher reads in the terminal."""
    went_on = ["It goes on where it was: the last lesson was not ended. Anew: --new"]
    only = ["Only this machine can open these. To let phones in: --host 0.0.0.0"]
    all_in = ["Whoever is in this machine's network can open the first; the second is yours alone."]
    here = wishes.host in ("127.0.0.1", "localhost", "::1") and not wishes.address
    return [
        f"Votes on {name}: {len(asked)} question{'s' * (len(asked) != 1)}.",
        *(went_on if lesson.went_on else []),
        f"Learners:  {place.address}  code {lesson.code}",
        f"Presenter: {_presenters(lesson, place, wishes, port)}",
        *(only if here else all_in),
        "Ctrl+C ends the lesson.",
    ]
