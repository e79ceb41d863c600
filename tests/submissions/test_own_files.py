"""What of a hand-in may be read at all."""

import os
import socket
from pathlib import Path

import pytest

from grader.errors import NotANotebook
from grader.submissions import own_files
from grader.submissions.own_files import HARD_LINK, look_through, read, refusal


def handed_in(root: Path, student: str = "ben") -> Path:
    """Make a hand-in with one file and return its folder."""
    folder = root / "submitted" / student / "homework"
    folder.mkdir(parents=True)
    (folder / "steps.ipynb").write_bytes(student.encode())
    return folder


def test_a_folder_of_files_may_be_read(tmp_path):
    """Nothing is to be told about an ordinary hand-in."""
    folder = handed_in(tmp_path)

    assert refusal(folder) == ""
    assert read(folder, "steps.ipynb") == b"ben"
    assert list(look_through(folder).files) == ["steps.ipynb"]


def test_nothing_is_read_through_a_folder_that_is_a_link(tmp_path):
    """Neither the learner's folder nor the assignment's may lead to somebody else's."""
    handed_in(tmp_path, "ada")
    place = tmp_path / "submitted"
    (place / "cem").symlink_to(place / "ada")
    (place / "dan").mkdir()
    (place / "dan" / "homework").symlink_to(place / "ada" / "homework")

    for student, name in (("cem", "submitted/cem"), ("dan", "submitted/dan/homework")):
        folder = place / student / "homework"
        assert refusal(folder).startswith(f"{name} is a link to another place")
        with pytest.raises(NotANotebook):
            read(folder, "steps.ipynb")


def test_the_course_itself_may_lie_behind_a_link(tmp_path):
    """submitted/ is the instructor's: it may be on another disk."""
    handed_in(tmp_path / "disk")
    (tmp_path / "submitted").symlink_to(tmp_path / "disk" / "submitted")
    folder = tmp_path / "submitted" / "ben" / "homework"

    assert refusal(folder) == ""
    assert read(folder, "steps.ipynb") == b"ben"


def test_what_is_no_folder_is_refused(tmp_path):
    """A file, a pipe or nothing under the assignment's name is told by name."""
    place = tmp_path / "submitted" / "ben"
    place.mkdir(parents=True)
    (place / "homework").write_bytes(b"")

    assert refusal(place / "homework").startswith("submitted/ben/homework is no folder")
    assert (
        refusal(place / "other") == "submitted/ben/other cannot be read: No such file or directory"
    )


def test_only_own_files_are_found(tmp_path):
    """Links, pipes, sockets and hard links to others' files are named, and never opened."""
    folder = handed_in(tmp_path)
    (folder / "sub").mkdir()
    (folder / "sub" / "twin").write_bytes(b"twin")
    os.link(folder / "sub" / "twin", folder / "twin")
    (folder / "link").symlink_to("steps.ipynb")
    (folder / "place").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    (tmp_path / "theirs").write_bytes(b"theirs")
    os.link(tmp_path / "theirs", folder / "hard")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))

    found = look_through(folder)

    assert sorted(found.files) == ["steps.ipynb", "sub/twin", "twin"]
    assert found.foreign == {
        "link": "a link",
        "place": "a link",
        "pipe": "a pipe",
        "socket": "a socket",
        "hard": HARD_LINK,
    }
    assert read(folder, "twin") == b"twin"
    for name in (*found.foreign, "place/hostname"):
        with pytest.raises(NotANotebook):
            read(folder, name)


def test_a_device_is_never_opened(tmp_path):
    """Opening some devices does something already."""
    if os.geteuid():
        pytest.skip("NOT TESTED: only root makes devices")
    folder = handed_in(tmp_path)
    try:
        os.mknod(folder / "null", 0o600 | 0o020000, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("NOT TESTED: no devices can be made here")

    assert look_through(folder).foreign == {"null": "a device"}
    with pytest.raises(NotANotebook, match="a device"):
        read(folder, "null")


def test_a_link_put_in_place_meanwhile_is_not_followed(tmp_path, monkeypatch):
    """Between looking and opening, a folder or a file may become a link."""
    folder = handed_in(tmp_path)
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "steps.ipynb").write_bytes(b"secret")
    handed, swapped = folder / "steps.ipynb", []

    def looks(real):
        def then_swapped(path, **kw):
            about = real(path, **kw)
            if Path(path).name == handed.name and not swapped:
                swapped.append(path)
                handed.unlink()
                handed.symlink_to(secret / "steps.ipynb")
            return about

        return then_swapped

    for name in ("stat", "lstat"):  # as this or another system looks
        monkeypatch.setattr(own_files.os, name, looks(getattr(os, name)))

    with pytest.raises(NotANotebook):
        read(folder, "steps.ipynb")


def test_what_operating_systems_leave_is_not_there(tmp_path):
    """Nobody handed it in."""
    folder = handed_in(tmp_path)
    for name in ("._steps.ipynb", ".DS_Store", "Thumbs.db", "desktop.ini", "DESKTOP.INI"):
        (folder / name).write_bytes(b"\0")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "._steps.ipynb").write_bytes(b"\0")

    found = look_through(folder)

    assert list(found.files) == ["steps.ipynb"] and found.foreign == {}


def test_very_deep_and_very_many_files_end(tmp_path, monkeypatch):
    """Looking through a hand-in takes no longer than a moment."""
    folder = handed_in(tmp_path)
    deep = folder.joinpath(*["d"] * 40)
    deep.mkdir(parents=True)
    (deep / "x").touch()
    (folder / "many").mkdir()
    for number in range(9):
        (folder / "many" / str(number)).touch()

    assert "deep" in next(iter(look_through(folder).foreign.values()))

    monkeypatch.setattr(own_files, "MOST_ENTRIES", 5)
    told = look_through(folder).foreign
    assert any("the rest of 5 files" in why for why in told.values())
    assert len(look_through(folder).files) <= 5
