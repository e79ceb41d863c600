"""A real `grader live` on loopback: many phones, a crash, and those who mean no good."""

import asyncio
import contextlib
import json
import random
import time

import pytest
from support.courses import copy_course
from support.votes import Client, Presenter, start, together
from tornado.httpclient import HTTPClientError

PHONES = 300
HTML = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course to hold lessons in."""
    return copy_course(tmp_path_factory.mktemp("live") / "course", gradebook=False)


@pytest.fixture
def server(course):
    """A lesson with its first question open."""
    made = start(course, "mini_project", "--new")
    together(opened(made))
    yield made
    made.kill()


async def opened(server) -> Presenter:
    """Open the first question."""
    presenter = Presenter(server)
    assert 303 == await presenter.arrive()
    await presenter.lead("forth")
    return presenter


@pytest.mark.slow
def test_three_hundred_phones_in_ten_seconds_and_a_crash(course):
    """Each vote that was acknowledged counts exactly once, also over a kill -9 in the middle."""
    server = start(course, "mini_project", "--new")
    letters: dict[int, str] = {}
    waits: list[float] = []

    async def phone(number: int, client: Client, lesson) -> None:
        await asyncio.sleep(random.Random(number).uniform(0, 9))
        letter = "ABCD"[number % 4]
        for _ in range(60):  # as the page does: until it is acknowledged
            client.server = lesson["now"]
            begun = time.monotonic()
            with contextlib.suppress(OSError, HTTPClientError):  # nobody is there just now
                if (await client.vote(letter)).code == 200:
                    waits.append(time.monotonic() - begun)
                    letters[number] = letter
                    return
            await asyncio.sleep(0.25)

    async def crash(lesson) -> None:
        await asyncio.sleep(4)
        lesson["now"].kill()
        lesson["now"] = await asyncio.to_thread(start, course)

    async def class_votes():
        presenter = await opened(server)
        lesson = {"now": server}
        clients = [Client(server) for _ in range(PHONES)]
        assert {200} == set(await asyncio.gather(*(client.enter() for client in clients)))
        streams = [asyncio.create_task(client.listen()) for client in clients]
        votes = (phone(number, client, lesson) for number, client in enumerate(clients))
        await asyncio.gather(crash(lesson), *votes)
        for number in range(0, PHONES, 7):  # and some say it again
            await clients[number].vote(letters[number])
        presenter.server = lesson["now"]
        await presenter.lead("forth")
        front = await presenter.front()
        for stream in streams:
            stream.cancel()
        return lesson["now"], front, clients

    again, front, clients = together(class_votes())
    told = again.told
    code = again.end()

    assert PHONES == len(letters)
    assert [[PHONES // 4] * 4] == front["rounds"]
    assert (PHONES, PHONES) == (front["devices"], front["answered"])
    assert "It goes on where it was" in told
    assert (again.code, again.presenter) == (server.code, server.presenter)
    assert 0 == code
    assert sum(bool(client.heard) for client in clients) == PHONES
    assert sorted(waits)[PHONES // 2] < 0.5  # seconds, beside 300 clients on the same machine


def test_nothing_of_the_lesson_is_left(course):
    """After Ctrl+C there is no file, and what it printed names no device."""
    server = start(course, "mini_project", "--new")

    async def some_vote():
        await opened(server)
        client = Client(server)
        await client.enter()
        await client.vote("A")
        return client

    client = together(some_vote())
    token = client.cookies["device"]
    found = [path.name for path in (course.root / ".grader" / "live").iterdir()]
    assert 0 == server.end()

    assert "mini_project.sqlite" in found
    assert [] == list((course.root / ".grader" / "live").iterdir())
    assert token not in server.told
    assert server.told.endswith("The lesson is over. Nothing of it was kept.\n")


def test_the_second_vote_stands_beside_the_first(server):
    """The presenter sees both; a phone's second vote leaves its first as it was."""

    async def twice():
        presenter = Presenter(server)
        await presenter.arrive()
        clients = [Client(server) for _ in range(4)]
        for client, letter in zip(clients, "ABBC", strict=True):
            await client.enter()
            await client.vote(letter)
        hidden = await presenter.front()
        await presenter.lead("forth")
        first = await presenter.front()
        await presenter.lead("again")
        for client in clients:
            assert 200 == (await client.vote("A", number=2)).code
        late = await clients[0].vote("B", number=1)
        await presenter.lead("forth")
        return hidden, first, await presenter.front(), late

    hidden, first, second, late = together(twice())

    assert (4, []) == (hidden["answered"], hidden["rounds"])
    assert ([[1, 2, 1, 0]], 0.25) == (first["rounds"], first["right"])
    assert ([[1, 2, 1, 0], [4, 0, 0, 0]], 1.0) == (second["rounds"], second["right"])
    assert (409, "The question has changed. Look again, and choose once more.") == (
        late.code,
        json.loads(late.body)["problem"],
    )


def test_what_is_right_is_told_when_it_is_revealed(server):
    """No byte that a phone gets before that names the answer or a reason; then all of them do."""

    async def watch():
        presenter = Presenter(server)
        await presenter.arrive()
        client = Client(server)
        await client.enter()
        stream = asyncio.create_task(client.listen())
        await client.ask("state")
        await client.vote("B")
        await presenter.lead("forth")
        await client.ask("state")
        for path in ("", "phone.js", "phone.css", "present.js", "front", "present"):
            await client.ask(path)
        await asyncio.sleep(0.6)
        before = client.read
        front = await presenter.front()
        await presenter.lead("forth")
        await asyncio.sleep(0.6)
        stream.cancel()
        return before, front, client.heard[-1]

    before, front, after = together(watch())

    assert b"fairly and are" not in before and b'"answer"' not in before
    assert "answer" not in front["asked"] and "reasons" not in front["asked"]
    assert "A" == after["asked"]["answer"]
    assert "treated fairly" in after["asked"]["reasons"]["A"]


@pytest.mark.parametrize(
    ("path", "data", "headers", "status"),
    [
        ("enter", {"code": "WRONG2"}, {}, 403),
        ("enter", {"code": HTML}, {}, 403),
        ("enter", {"code": ["A"]}, {}, 403),
        ("enter", ["code"], {}, 400),
        ("enter", b"{", {}, 400),
        ("enter", b"[" * 2000, {}, 400),
        ("vote", {"question": 0, "round": 1, "letter": "E"}, {}, 400),
        ("vote", {"question": 0, "round": 1, "letter": HTML}, {}, 400),
        ("vote", {"question": 9, "round": 1, "letter": "A"}, {}, 400),
        ("vote", {"question": -1, "round": 1, "letter": "A"}, {}, 400),
        ("vote", {"question": "0", "round": 1, "letter": "A"}, {}, 400),
        ("vote", {"question": True, "round": 1, "letter": "A"}, {}, 400),
        ("vote", {"question": 0, "round": 2, "letter": "A"}, {}, 409),
        ("vote", {"question": 1, "round": 1, "letter": "A"}, {}, 409),
        ("vote", {"question": 0, "round": 1, "letter": "A"}, {"Origin": "http://evil.org"}, 403),
        ("vote", {"question": 0, "round": 1, "letter": "A"}, {"Origin": "null"}, 403),
        ("vote", {"question": 0, "round": 1, "letter": "A"}, {"Host": "evil.org"}, 403),
        ("vote", {"question": 0, "round": 1, "letter": "A"}, {"Content-Type": "text/plain"}, 415),
        ("vote", {"question": 0, "round": 1, "letter": "A"}, {"Cookie": "device=a.b"}, 401),
        ("vote", {"question": 0, "round": 1, "letter": "A"}, {}, 200),
        ("lead", {"act": "forth", "step": 1}, {}, 403),
        ("lead", {"act": "end"}, {"Cookie": "presenter=guess"}, 403),
        ("front", None, {}, 403),
        ("front_events", None, {}, 403),
        ("present", None, {}, 403),
        ("present?token=guess", None, {}, 403),
        ("present?token=%C3%A4", None, {}, 403),
        ("state", None, {"Host": "evil.org"}, 403),
        ("../../etc/passwd", None, {}, 404),
        ("phone.py", None, {}, 404),
        ("state", None, {}, 200),
    ],
)
def test_who_means_no_good_gets_nowhere(server, path, data, headers, status):
    """Wrong codes, options that are none, other origins and hosts, forged cookies: one line."""

    async def try_it():
        client = Client(server)
        if path != "enter":
            assert 200 == await client.enter()
        answer = await client.ask(path, data, **headers)
        presenter = Presenter(server)
        await presenter.arrive()
        return answer, await presenter.front()

    answer, front = together(try_it())

    assert status == answer.code
    assert (status == 200 and path == "vote") == (front["answered"] == 1)
    assert (0, 1, "open") == (front["question"], front["round"], front["phase"])
    assert b"Traceback" not in answer.body
    assert HTML.encode() not in answer.body
    if answer.code >= 400:
        assert list(json.loads(answer.body)) == ["problem"]


def test_a_flood_stops_itself(server):
    """Many wrong codes, many votes, many streams of one device and huge bodies are cut short."""

    async def flood():
        voter = Client(server)
        await voter.enter()
        client = Client(server)
        codes = [(await client.ask("enter", {"code": f"X{n}"})).code for n in range(35)]
        shut_out = await client.enter()
        votes = [(await voter.vote("A")).code for _ in range(8)]
        huge = await voter.ask("vote", b"x" * 100_000)
        streams = [asyncio.create_task(voter.listen()) for _ in range(6)]
        await asyncio.sleep(0.5)
        ended = sum(stream.done() for stream in streams)
        for stream in streams:
            stream.cancel()
        await asyncio.sleep(1)
        after = await voter.vote("B")
        return codes, shut_out, votes, huge.code, ended, after.code

    codes, shut_out, votes, huge, ended, after = together(flood())

    assert [403] * 30 + [429] * 5 == codes
    assert 429 == shut_out  # from the same address: for a minute
    assert 429 in votes and 200 == votes[0]
    assert huge in (400, 413, 599)
    assert 3 == ended
    assert 200 == after


def test_a_slow_phone_holds_nobody_up(server):
    """One that takes nothing of its stream waits alone; votes are counted as fast as without it."""

    async def vote_beside():
        slow, client, presenter = Client(server), Client(server), Presenter(server)
        await slow.enter()
        await client.enter()
        await presenter.arrive()
        host, port = server.address.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=64)
        cookie = f"device={slow.cookies['device']}"
        writer.write(f"GET /events HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode())
        await writer.drain()
        reader._transport.pause_reading()
        begun = time.monotonic()
        for number in range(12):
            await presenter.lead("forth" if number % 2 == 0 else "back")
        await client.vote("A")
        took = time.monotonic() - begun
        writer.close()
        return took, (await presenter.front())["answered"]

    took, answered = together(vote_beside())

    assert took < 5
    assert 1 == answered


def test_a_refusal_is_no_news(server):
    """Nothing that is refused is printed, so no address of a phone stands in the terminal."""

    async def be_refused():
        client = Client(server)
        answers = [
            await client.ask("state"),
            await client.ask("enter", b"\xff"),
            await client.ask("x"),
        ]
        return [answer.code for answer in answers]

    before = server.told

    assert [401, 400, 404] == together(be_refused())
    assert before == server.told
