"""What a submitted folder is, before anything in it is opened."""

import os
import socket
from datetime import datetime

import pytest
from nbgrader.utils import parse_utc

from grader.submissions.folder import (
    HANDED_IN,
    TIMESTAMP,
    UNREADABLE,
    as_handed_in,
    beside_notebooks,
    left_out,
    settle_timestamp,
    timestamp,
    to_copy,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-05-01 12:00:00 UTC", datetime(2026, 5, 1, 12)),
        ("2026-05-01T12:00:00", datetime(2026, 5, 1, 12)),
        ("soon", None),
        ("99999999999999999999999 1 1", None),
        ("2026-05-01 12:00:00 +999999", None),
        ("", None),
        ("\0", None),
    ],
)
def test_a_timestamp_is_a_date_or_nothing(tmp_path, written, expected):
    """Whatever the file holds, reading it raises nothing."""
    (tmp_path / "timestamp.txt").write_text(written, encoding="utf-8")

    assert timestamp(tmp_path) == expected


def test_a_timestamp_is_a_file_of_its_own(tmp_path):
    """Neither a link nor a folder nor a pipe says when a submission came."""
    (tmp_path / "real.txt").write_text("2026-05-01 12:00:00 UTC", encoding="utf-8")
    path = tmp_path / "timestamp.txt"

    assert timestamp(tmp_path) is None
    path.symlink_to(tmp_path / "real.txt")
    assert timestamp(tmp_path) is None
    path.unlink()
    path.mkdir()
    assert timestamp(tmp_path) is None
    path.rmdir()
    os.mkfifo(path)
    assert timestamp(tmp_path) is None


def test_an_unreadable_timestamp_is_set_aside_and_told(tmp_path):
    """The formgrader fails on such a file; the note is the same the next time."""
    (tmp_path / "timestamp.txt").write_text("soon", encoding="utf-8")

    note = settle_timestamp(tmp_path)

    assert "holds no date" in note
    assert not (tmp_path / "timestamp.txt").exists()
    assert (tmp_path / UNREADABLE).read_text(encoding="utf-8") == "soon"
    assert settle_timestamp(tmp_path) == note


def test_a_good_timestamp_stays(tmp_path):
    """There is nothing to tell."""
    (tmp_path / "timestamp.txt").write_text("2026-05-01 12:00:00 UTC", encoding="utf-8")

    assert settle_timestamp(tmp_path) == ""
    assert (tmp_path / "timestamp.txt").exists()


def test_a_timestamp_that_nbgrader_would_misread_is_written_anew(tmp_path):
    """Gradebook and formgrader see one time; what was handed in is kept and told each time."""
    path = tmp_path / TIMESTAMP
    path.write_text("2026-05-01 12:00:00 +0200", encoding="utf-8")
    came = datetime(2026, 5, 1, 10)
    before = as_handed_in([TIMESTAMP, "steps.ipynb"])

    note = settle_timestamp(tmp_path)

    assert note == "timestamp.txt was read as 2026-05-01 10:00:00 UTC."
    assert came == timestamp(tmp_path) == parse_utc(path.read_text(encoding="utf-8").strip())
    assert (tmp_path / HANDED_IN).read_text(encoding="utf-8") == "2026-05-01 12:00:00 +0200"
    assert settle_timestamp(tmp_path) == note
    now = as_handed_in([TIMESTAMP, HANDED_IN, "steps.ipynb"])
    assert [name for name, _ in now] == [name for name, _ in before]
    assert dict(now)[TIMESTAMP] == HANDED_IN


def test_a_link_is_no_timestamp_and_what_it_leads_to_stays(tmp_path):
    """Setting it aside changes no file of anybody else."""
    real = tmp_path / "real.txt"
    real.write_text("2026-05-01 12:00:00 +0200", encoding="utf-8")
    (tmp_path / TIMESTAMP).symlink_to(real)

    assert "holds no date" in settle_timestamp(tmp_path)
    assert real.read_text(encoding="utf-8") == "2026-05-01 12:00:00 +0200"


def test_what_must_not_be_copied(tmp_path):
    """Links, even to folders or to nothing, pipes, sockets, hard links and very large files."""
    folder = tmp_path / "handed in"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a.csv").write_bytes(b"1")
    (folder / "large").write_bytes(b"x" * 11)
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "sub" / "nowhere").symlink_to("nothing")
    (folder / "linked").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    (tmp_path / "theirs").write_bytes(b"2")
    os.link(tmp_path / "theirs", folder / "hard")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))

    why, notes = left_out(folder, largest=10)

    assert why == {
        "large": "too large",
        "link": "a link",
        "linked": "a link",
        "pipe": "a pipe",
        "socket": "a socket",
        "sub/nowhere": "a link",
        "hard": "a hard link to a file that lies elsewhere too",
    }
    assert notes[2] == "`link` is a link: left out." and len(notes) == len(why)
    assert to_copy(folder, [], largest=10)[0] == ["sub/a.csv"]


def test_of_very_many_links_a_few_are_named_and_nothing_is_copied(tmp_path):
    """So many are no accident."""
    for number in range(120):
        (tmp_path / f"link-{number}").symlink_to("/etc/passwd")
    (tmp_path / "a.csv").write_bytes(b"1")

    names, notes = to_copy(tmp_path, [], largest=10)

    assert names == []
    assert len(notes) == 21 and notes[-1] == "100 more such files were left out."


def test_files_that_are_copied_beside_notebooks():
    """Nothing is left out but notebooks of any spelling, system files and what nbgrader ignores."""
    names = ["a.csv", ".env", "b.pyc", "c.IPYNB", ".d.ipynb", "sub/__pycache__/e", "._a.csv"]
    names += ["__MACOSX/a.csv", "Thumbs.db", "sub/desktop.ini", "sub/.DS_Store", "data [1].csv"]

    kept = beside_notebooks(names, ["*.pyc", "__pycache__", "*env"])

    assert kept == ["a.csv", ".env", "data [1].csv"]
