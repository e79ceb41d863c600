"""
What a timestamp.txt says, in UTC: read whole and in one way only, or not at all.

nbgrader's own reading takes +0200 for 200 seconds and an unknown zone for UTC, without a word.
"""

import codecs
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from dateutil import parser, tz

HOURS = {
    "Z": 0,
    "WET": 0,
    "WEST": 1,
    "CET": 1,
    "CEST": 2,
    "MEZ": 1,
    "MESZ": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "JST": 9,
    "KST": 9,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
    "EST": -5,
    "EDT": -4,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "HST": -10,
}  # fmt: skip - names that mean one time everywhere; CST, IST and BST do not
YEAR_FIRST = re.compile(r"\d{4}[-/.]?\d\d?[-/.]?\d\d?(?=\D|$)")
PLACE = re.compile(r"\s([A-Za-z_]+(?:/[A-Za-z_]+)+)$")  # Europe/Berlin
FROM_UTC = re.compile(r"\b(?:UTC|GMT)\s*(?=[+-]\d)")  # dateutil turns the sign of UTC+2 around
# Two days without a common part: what both give was written down.
GUESSES = (datetime(2001, 1, 1, 1, 1), datetime(2004, 2, 3, 2, 2))


def moment(written: bytes) -> datetime | None:
    """Return the time in a file's bytes, in UTC without a zone; None where it is none, or two."""
    if written.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = written.decode("utf-16", "replace")
    else:
        text = written.decode("utf-8-sig", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [_read(line) for line in lines]
    told = {one for one in found if one is not None}
    return found[0] if len(told) == 1 and found[0] is not None else None


def _read(line: str) -> datetime | None:
    """Return the time in one line; None for what leaves a part of it open."""
    zone: tzinfo | None = None
    if named := PLACE.search(line):
        line, zone = line[: named.start()], tz.gettz(named[1])
        if zone is None:
            return None
    line = FROM_UTC.sub("", line)
    orders = (False,) if YEAR_FIRST.match(line) else (False, True)
    try:
        read = {
            parser.parse(line, default=guess, dayfirst=order, tzinfos=_zone)
            for guess in GUESSES
            for order in orders
        }
        (one,) = read
        if one.tzinfo is None:
            one = one.replace(tzinfo=zone or UTC)
        return one.astimezone(UTC).replace(tzinfo=None)
    except Exception:  # dateutil raises six kinds of errors for what a file may hold
        return None


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    """Return the zone that dateutil has found the name or the seconds of."""
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    if name is None:
        return None
    if name.upper() in HOURS:
        return timezone(timedelta(hours=HOURS[name.upper()]))
    if (known := tz.gettz(name)) is None:
        raise ValueError(name)
    return known
