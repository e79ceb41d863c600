"""The wire against a hostile other side: broken frames, and objects whose methods would lie."""

import random
import resource
import socket
import struct
import threading
import time
from array import array
from collections import ChainMap, UserDict, UserList
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from test_codec import Grade, Point, Yes

from grader.sandbox import codec
from grader.sandbox.codec import CodecError

MONTHS = pd.period_range("2020", periods=2, freq="M")
MANY = pd.MultiIndex.from_arrays([[pd.Interval(0, 1), pd.Interval(1, 2)], MONTHS])
SEEDS = [
    {"id": b"0" * 16, "reply": {"values": {"n": 1, "x": 0.5, "big": 1 << 99, "t": (1, "é\ud800")}}},
    [None, True, False, ..., -0.0, 1j, b"raw", {1, 2}, frozenset({3}), [[[]]], {(1, 2): {}}],
    [Grade(1), Point(1, 2), len, lambda a, b=1: 0, Yes, Yes(), range(3), slice(1)],
    [np.arange(3), np.array([["a"]]), np.float32(1), np.array([1, "a"], object), np.str_("x")],
    [bytearray(b"ab"), array("i", [1, 2]), MappingProxyType({1: 2}), UserDict(a=1), UserList([1])],
    [ChainMap({1: 2}, {}), {1: 2}.keys(), {1: [2]}.values(), {1: 2}.items(), Path("a/b.txt")],
    [np.array(["2020-01-01"], "M8[D]"), np.array([True]), np.datetime64("2020"), NotImplemented],
    pd.DataFrame({"n": [1, 2], "cut": pd.cut([1, 2], 2), "odd": [Yes(), [1]]}, index=["a", "b"]),
    pd.DataFrame({"m": pd.array([1, None]), "s": pd.arrays.SparseArray([0, 1])}, index=MANY),
    [pd.Series(MONTHS), pd.array(["a", None], dtype="string"), pd.array([True, None]), MONTHS],
    [pd.date_range("2020", periods=2, tz="UTC"), pd.to_timedelta([1, 2]), pd.array([0.5, None])],
    [pd.Period("2020", "M"), pd.Interval(0, 1), pd.offsets.Week(weekday=1), pd.NaT, pd.NA],
    [pd.DateOffset(months=1), pd.Timestamp("2020", tz="Asia/Tokyo"), MONTHS.dtype],
]
RAW = [codec.dumps(seed, remember=lambda thing: 7) for seed in SEEDS]
TAGS = b"NTUEXiIfcsbltSZdCMODFR?rexq1234567naVWJGHvYBoPQLKghjmpuwyzA"
U32 = [0, 1, 5, 255, 65_536, 2**31, 2**32 - 1]


def mutate(raw: bytes, dice: random.Random) -> bytes:
    """Change, cut, repeat or fill a message somewhere."""
    out = bytearray(raw)
    for _ in range(dice.choice((1, 1, 1, 2, 8))):
        at = dice.randrange(len(out) or 1)
        match dice.randrange(6):
            case 0:
                out[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                out[at : at + 4] = struct.pack(">I", dice.choice(U32))
            case 2:
                del out[at:]
            case 3:
                del out[at : at + dice.randrange(9)]
            case 4:
                out[at:at] = out[dice.randrange(len(out) or 1) :][: dice.randrange(40)]
            case 5:
                out[at : at + 1] = dice.choice(TAGS).to_bytes()
    return bytes(out)


def test_broken_messages_are_refused_and_nothing_else():
    """100,000 broken messages give values or WireErrors, in bounded time and memory."""
    dice = random.Random(20)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read = slowest = 0.0
    for number in range(100_000):
        raw = mutate(RAW[number % len(RAW)], dice) if number % 9 else dice.randbytes(number % 50)
        before = time.process_time()
        try:
            codec.loads(raw)
            read += 1
        except CodecError:
            pass
        slowest = max(slowest, time.process_time() - before)

    assert 1_000 < read < 60_000
    assert slowest < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 100_000  # KB


def test_every_cut_message_is_refused():
    """No message that lost its end is taken for another one."""
    for raw in RAW:
        for end in range(len(raw)):
            with pytest.raises(CodecError):
                codec.loads(raw[:end])
        with pytest.raises(CodecError):
            codec.loads(raw + b"N")


def sized(tag: str, size: int, rest: bytes = b"") -> bytes:
    """Return a tag with a size behind it, as containers and texts have it."""
    return struct.pack(">cI", tag.encode(), size) + rest


def text(words: str) -> bytes:
    """Return a text as it goes over the wire."""
    return codec.dumps(words)


def compound(tag: str, *parts: object) -> bytes:
    """Return parts under any tag, whether they fit it or not."""
    return sized(tag, len(parts), b"".join(codec.dumps(part) for part in parts))


FORGED = {
    "nothing": b"",
    "unknown tag": b"\x00",
    "4 GB of items": sized("l", 2**32 - 1, b"N" * 99),
    "4 GB of text": sized("s", 2**32 - 1),
    "too deep": sized("l", 1) * 70 + b"N",
    "100,000 deep": sized("l", 1) * 100_000 + b"N",
    "bad UTF-8": sized("s", 1, b"\xff"),
    "small number in a long form": sized("I", 9, bytes(8) + b"\1"),
    "huge number": sized("I", 9000, b"\1" * 9000),
    "equal keys": sized("d", 2, b"TN" + codec.dumps(1) + b"N"),
    "equal items": sized("S", 2, b"TT"),
    "list as a key": sized("d", 1, codec.dumps([]) + b"N"),
    "opaque as a key": sized("d", 1, codec.dumps(Yes()) + b"N"),
    "opaque in a key": sized("Z", 1, codec.dumps((Yes(),))),
    "class without a name": b"D" + text("") + codec.dumps(1),
    "class with a strange name": b"D" + text("a b") + codec.dumps(1),
    "class of no builtin": b"D" + text("A") + b"N",
    "class of a class": b"D" + text("A") + b"D" + text("B") + codec.dumps(1),
    "opaque with a strange name": b"?" + text("<b>") + text("") + codec.dumps(0) + text(""),
    "opaque with a number for a name": b"?" + codec.dumps(1) * 4,
    "function of a strange kind": compound("F", "f", "m", "", (("a", 9, False),), 1, False),
    "function of too few parts": compound("F", "f", "m"),
    "reference": b"R" + bytes([0, 0, 0, 1]),
    "fraction not reduced": compound("q", 2, 4),
    "fraction over zero": compound("q", 1, 0),
    "fraction of texts": compound("q", "1", "2"),
    "decimal that never ends": compound("x", "1E+999999999"),
    "decimal in another form": compound("x", "1e3"),
    "no decimal": compound("x", "abc"),
    "month 13": compound("1", 2024, 13, 1),
    "zone of 48 hours": compound("2", 1, 1, 1, 1, 0, (2**40,)),
    "range without steps": compound("r", 1, 2, 0),
    "range of millions": compound("r", 0, 10**18, 1),
    "too long for its deque": compound("5", 1, 2, 3),
    "dtype of objects": compound("a", "|O", (1,), bytes(8)),
    "dtype of code": compound("a", "(9999999,9999999)f8", (1,), bytes(8)),
    "dtype with fields": compound("a", "i4,f4", (1,), bytes(8)),
    "dtype without a size": compound("a", "<U0", (5,), b""),
    "array larger than its bytes": compound("a", "<f8", (2**20, 2**20), bytes(8)),
    "array of negative length": compound("a", "<f8", (-1, -1), bytes(8)),
    "array of true lengths": compound("a", "<f8", (True,), bytes(8)),
    "truth of 2": compound("a", "|b1", (1,), b"\2"),
    "characters that are none": compound("a", "<U1", (1,), b"\xff\xff\xff\x7f"),
    "scalar of two": compound("n", "<f8", bytes(16)),
    "moment as a text": compound("P", "now", None),
    "span as a text": compound("Q", "1 day"),
    "missing of something": compound("K", 1),
    "series of nothing": compound("V", None, None, None),
    "series of a text": compound("V", "ab", None, pd.RangeIndex(2)),
    "series without labels": compound("V", np.zeros(2), None, [1, 2]),
    "series of a table": compound("V", np.zeros((2, 2)), None, pd.RangeIndex(2)),
    "labels of a text": compound("J", "ab", None, None),
    "table of too many columns": compound("W", pd.RangeIndex(2), pd.RangeIndex(1)),
    "table of another length": compound("W", pd.RangeIndex(2), pd.RangeIndex(1), np.zeros(1)),
    "number of a label that is none": compound("H", (None,), np.array([5]), pd.RangeIndex(2)),
    "labels in labels": compound("H", (None,), np.array([0]), MANY),
    "levels without labels": compound("H", ()),
    "array of no kind": compound("v", "numbers", np.zeros(1)),
    "array of a kind that is none": compound("v", [], np.zeros(1)),
    "masked texts": compound("v", "masked", np.array(["a"]), np.array([True])),
    "a short mask": compound("v", "masked", np.array([1, 2]), np.array([True])),
    "texts that are none": compound("v", "texts", "python", True, [1]),
    "texts stored elsewhere": compound("v", "texts", "disk", True, ["a"]),
    "categories that are none": compound("v", "categories", np.array([3]), pd.Index(["a"]), True),
    "categories like each other": compound(
        *("v", "categories", np.array([0]), pd.Index(["a", "a"]), True)
    ),
    "periods of a long name": compound("v", "periods", np.array([1]), "M" * 99),
    "periods of no name": compound("v", "periods", np.array([1]), "-1D"),
    "intervals that end before": compound("v", "intervals", pd.Index([2]), pd.Index([1]), "left"),
    "intervals of texts": compound("v", "intervals", pd.Index(["a"]), pd.Index(["b"]), "left"),
    "moments as numbers": compound("v", "times", np.array([1]), None),
    "zone of a path": compound("v", "times", np.array(["2020"], "M8[s]"), "../../etc/passwd"),
    "sparse objects": compound("v", "sparse", np.array([None]), 0),
    "sparse around a list": compound("v", "sparse", np.array([0]), [0]),
    "a type that Arrow has not": compound("v", "arrow", "int64; import os", pd.array([1])),
    "dtype of a text": compound("7", "int64"),
    "dtype of a table": compound("7", pd.DataFrame()),
    "interval of texts": compound("B", "a", "b", "left"),
    "interval of Opaques": sized("B", 3, codec.dumps([Yes()])[5:] * 2 + text("left")),
    "period of a fraction": compound("Y", 0.5, "M"),
    "offset of no class": compound("o", "system", 1, False, ()),
    "offset of too many steps": compound("o", "Day", 2**40, False, ()),
    "offset of a text": compound("o", "DateOffset", 1, False, (("months", "1"),)),
    "offset with a word too many": compound("o", "DateOffset", 1, False, (("self", 1),)),
}


@pytest.mark.parametrize("raw", FORGED.values(), ids=FORGED)
def test_forged_messages_are_refused(raw):
    """What the writer would never write is a CodecError at once."""
    before = time.process_time()
    with pytest.raises(CodecError):
        codec.loads(raw)

    assert time.process_time() - before < 1


@pytest.mark.parametrize("tag", "lSZdOCM5")
def test_small_messages_do_not_become_large_objects(tag):
    """Millions of empty containers in one message are refused before they fill the memory."""
    empty = compound("5", None) if tag == "5" else sized(tag, 0)
    raw = sized("l", 1_500_000, empty * 1_500_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(CodecError):
        codec.loads(raw)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000  # KB


@pytest.fixture
def pair():
    """Two ends of a connection."""
    ends = socket.socketpair()
    yield ends
    for end in ends:
        end.close()


def test_frames_arrive_whole_and_in_order(pair):
    """A frame of any size is received as it was sent."""
    payloads = [b"", b"x", bytes(3_000_000)]
    sender = threading.Thread(target=lambda: [codec.send(pair[0], p) for p in payloads])
    sender.start()
    received = [codec.receive(pair[1], time.monotonic() + 20) for _ in payloads]
    sender.join()

    assert payloads == received


def test_a_drip_does_not_stretch_the_deadline(pair):
    """Bytes that come one by one do not extend the time for a frame."""
    done = threading.Event()

    def drip() -> None:
        while not done.wait(0.02):
            pair[0].send(b"\0")

    pair[0].send(struct.pack(">I", 1000))
    dripper = threading.Thread(target=drip)
    dripper.start()
    before = time.monotonic()
    with pytest.raises(codec.TimedOut):
        codec.receive(pair[1], before + 0.2)
    took = time.monotonic() - before
    done.set()
    dripper.join()

    assert 0.2 <= took < 2


def test_silence_is_timed_out_and_the_next_frame_needs_no_deadline(pair):
    """A deadline holds for one frame only, and one in the past is over at once."""
    with pytest.raises(codec.TimedOut):
        codec.receive(pair[1], time.monotonic() - 1)
    with pytest.raises(codec.TimedOut):
        codec.receive(pair[1], time.monotonic() + 0.01)
    threading.Timer(0.1, codec.send, (pair[0], b"late")).start()

    assert b"late" == codec.receive(pair[1])


def test_nobody_who_does_not_read_holds_the_sender(pair):
    """Sending ends at the deadline as well."""
    with pytest.raises(codec.TimedOut):
        codec.send(pair[0], bytes(50_000_000), time.monotonic() + 0.1)


@pytest.mark.parametrize("sent", [b"", b"\0\0", b"\0\0\0\x09abc"])
def test_a_cut_frame_is_closed(pair, sent):
    """The end of the connection inside a frame is not the end of a frame."""
    pair[0].sendall(sent)
    pair[0].close()
    with pytest.raises(codec.Closed):
        codec.receive(pair[1])
    with pytest.raises(codec.Closed):
        for _ in range(3):
            codec.send(pair[1], bytes(1_000_000))


def test_a_frame_that_announces_too_much_is_refused_unread(pair):
    """Four gigabytes are refused by their announcement."""
    pair[0].sendall(b"\xff\xff\xff\xff")
    with pytest.raises(CodecError, match="4294967295"):
        codec.receive(pair[1], time.monotonic() + 5)


def test_a_thread_that_changes_a_list_hurts_only_the_list():
    """A container that grows while it is written is an Opaque, or as it was at one moment."""
    growing: dict[int, int] = {}
    done = threading.Event()

    def grow() -> None:
        while not done.is_set():
            growing.clear()
            growing.update(dict.fromkeys(range(2000), 1))

    thread = threading.Thread(target=grow)
    thread.start()
    found = [codec.loads(codec.dumps({"a": growing, "b": 1})) for _ in range(200)]
    done.set()
    thread.join()

    assert {1} == {message["b"] for message in found}
