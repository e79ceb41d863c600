"""What a timestamp says, in UTC."""

from datetime import datetime

import pytest

from grader.submissions.timestamps import moment

NOON = datetime(2026, 5, 1, 12)
TEN = datetime(2026, 5, 1, 10)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-05-01 12:00:00 UTC", NOON),
        ("2026-05-01 12:00:00.250000 UTC", datetime(2026, 5, 1, 12, 0, 0, 250_000)),
        ("2026-05-01T12:00:00", NOON),
        ("2026-05-01 12:00", NOON),
        ("20260501T120000Z", NOON),
        ("2026-05-01 12:00:00 +0200", TEN),
        ("2026-05-01 12:00:00 +02:00", TEN),
        ("2026-05-01 12:00:00+0200", TEN),
        ("2026-05-01 12:00:00 +2", TEN),
        ("2026-05-01 12:00:00 UTC+2", TEN),
        ("2026-05-01 12:00:00 GMT+0200", TEN),
        ("2026-05-01 12:00:00 CEST", TEN),
        ("2026-05-01 12:00:00 Europe/Berlin", TEN),
        ("2026-05-01 12:00:00 EDT", datetime(2026, 5, 1, 16)),
        ("Fri May  1 12:00:00 CEST 2026", TEN),
        ("Fri, 01 May 2026 12:00:00 +0200", TEN),
        ("25.05.2026 12:00", datetime(2026, 5, 25, 12)),
        ("\ufeff2026-05-01 12:00:00 UTC", NOON),
        ("2026-05-01 12:00:00 UTC\nhanded in by hand", NOON),
        ("\n2026-05-01 12:00:00 UTC\r\n2026-05-01 14:00:00 +0200\n", NOON),
    ],
)
def test_a_time_is_read_as_it_is_meant(written, expected):
    """Zones by number or by name, a byte order mark and a second line do not change it."""
    assert moment(written.encode()) == expected
    assert moment(written.lstrip("\ufeff").encode("utf-16")) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "\0",
        "soon",
        "12:00",
        "May 1",
        "1777636800",
        "2026-05-01",
        "01.05.2026 12:00",
        "2026-05-01 12:00:00 +200",
        "2026-05-01 12:00:00 +999999",
        "2026-05-01 12:00:00 CST",
        "2026-05-01 12:00:00 BST",
        "2026-05-01 12:00:00 XYZ",
        "2026-05-01 12:00:00 Europe/../../etc/passwd",
        "2026-05-01 12:00:00 Mars/Olympus",
        "99999999999999999999999 1 1",
        "2026-05-01 12:00:00 UTC\n2026-05-02 12:00:00 UTC",
        "by hand\n2026-05-01 12:00:00 UTC",
    ],
)
def test_what_leaves_a_part_open_is_no_time(written):
    """Half a date, a zone with two meanings and two different times are never guessed."""
    assert moment(written.encode()) is None
