"""How patiently a submitted file is read, and which files beside it are there when graded."""

import json
import os
import socket
from pathlib import Path

import nbformat
import pytest
from support.small_assignment import answered, code, ids

from grader.errors import NotANotebook
from grader.submissions import parsing
from grader.submissions.parsing import data_files, read_file, read_notebook


def saved(**changes: object) -> bytes:
    """Return an answered notebook as a file, with changes at its top level."""
    return json.dumps(answered() | changes).encode()


def first(data: bytes) -> dict:
    """Return the first cell that is read from a file."""
    return read_notebook(data)["cells"][0]


def with_cell(**changes: object) -> bytes:
    """Return a file with one cell, changed."""
    return saved(cells=[code("own") | changes])


def test_an_honest_file_is_read_as_it_is():
    """Cells keep their ids, types, sources and metadata."""
    nb = answered()

    found = read_notebook(saved())

    for read, written in zip(found["cells"], nb["cells"], strict=True):
        assert {name: read[name] for name in ("id", "cell_type", "source", "metadata")} == {
            name: written[name] for name in ("id", "cell_type", "source", "metadata")
        }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_old_encodings_are_read(encoding):
    """Windows editors save with a mark, in UTF-16 or in Latin-1; the text is the same."""
    text = json.dumps(answered() | {"cells": [code("own", "# déjà vu")]}, ensure_ascii=False)

    assert first(text.encode(encoding))["source"] == "# déjà vu"


def test_one_wrong_byte_leaves_the_rest_alone():
    """A Latin-1 comment pasted into a UTF-8 file spoils no other letter."""
    data = json.dumps(answered() | {"cells": [code("own", "π HERE")]}, ensure_ascii=False)

    assert first(data.encode().replace(b"HERE", b"\xe9\x81"))["source"] == "π é\x81"


def test_half_of_a_character_is_replaced():
    """A lone surrogate cannot be written to any file; a pair of them is one character."""
    assert first(with_cell(source="# \ud83d"))["source"] == "# \ufffd"
    assert first(with_cell(source="# \ud83d\ude00"))["source"] == "# 😀"


def test_not_a_number_is_nothing():
    """NaN is no JSON, but Python writes it."""
    assert read_notebook(saved(metadata={"a": float("nan")}))["metadata"] == {"a": None}


@pytest.mark.parametrize(
    ("source", "read"), [(["a\n", "b"], "a\nb"), ("a", "a"), (None, ""), (3, ""), (["a", 3], "a")]
)
def test_a_source_is_text_or_lines(source, read):
    """Both forms of the format are read; anything else is empty."""
    assert first(with_cell(source=source))["source"] == read


@pytest.mark.parametrize("spoilt", [None, "text", 3, []])
def test_wrong_types_become_empty(spoilt):
    """Metadata and attachments are dictionaries, a type is one of three."""
    cell = first(with_cell(metadata=spoilt, attachments=spoilt, cell_type=spoilt))

    assert (cell["metadata"], cell["attachments"], cell["cell_type"]) == ({}, {}, "raw")


def test_every_cell_has_an_id_of_its_own():
    """The first of equal ids stays; new ones are the same each time."""
    nb = answered()
    names = ["a", "a", None, "not valid!", "cell-1", "x" * 65]
    nb["cells"] = [code(name) for name in names]
    data = json.dumps(nb).encode()

    assert ids(read_notebook(data)) == ["a", "cell-1-", "cell-2", "cell-3", "cell-1", "cell-5"]
    assert read_notebook(data) == read_notebook(data)


def test_format_3_is_read():
    """Old clients save cells in worksheets, code as input, and headings."""
    new = nbformat.from_dict(answered())
    old = json.loads(nbformat.writes(new, version=3))
    old["worksheets"][0]["cells"].insert(
        0, {"cell_type": "heading", "level": 2, "source": "Title", "metadata": {}}
    )

    cells = read_notebook(json.dumps(old).encode())["cells"]

    assert (cells[0]["cell_type"], cells[0]["source"]) == ("markdown", "## Title")
    assert [(c["cell_type"], c["source"], c["metadata"]) for c in cells[1:] if c["metadata"]] == [
        (c["cell_type"], c["source"], c["metadata"]) for c in answered()["cells"] if c["metadata"]
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (saved()[:900], "the file is cut or damaged: its JSON breaks at line 1"),
        (saved().replace(b", ", b",\n")[:900], r"breaks at line \d\d"),
        (b"\x89PNG\r\n", "the file is not JSON, so it is not a notebook"),
        (b"[1, 2]", "not a notebook: it has no list of cells"),
        (saved(cells={}), "not a notebook: it has no list of cells"),
        (saved(nbformat=99), "the notebook has format 99, 4 is needed"),
        (saved(nbformat="<b>"), "the notebook has format none, 4 is needed"),
        (saved(nbformat=10**30), "the notebook has format none, 4 is needed"),
        (saved(nbformat=True), "the notebook has format none, 4 is needed"),
        (b'{"cells": []}', "the notebook has format none, 4 is needed"),
        (b"[" * 100_000, "nested too deep"),
        (saved(metadata="x").replace(b'"x"', b"[" * 50_000 + b"]" * 50_000), "nested too deep"),
        (saved(metadata="x").replace(b'"x"', b"9" * 5_000), "the file is damaged"),
    ],
)
def test_what_is_no_notebook_is_refused_with_its_reason(data, reason):
    """Each kind of damage has one clear sentence, in which nothing of the learner stands."""
    with pytest.raises(NotANotebook, match=reason) as caught:
        read_notebook(data)

    assert "<b>" not in str(caught.value)


def test_a_file_of_very_many_parts_is_refused(monkeypatch):
    """Reading 200 MB of empty lists would take gigabytes of memory."""
    monkeypatch.setattr(parsing, "MOST_PARTS", 1000)

    with pytest.raises(NotANotebook, match="more than 1,000 parts"):
        read_notebook(saved(metadata={"a": [[]] * 1000}))


def test_a_large_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    """A submission cannot fill the memory."""
    path = tmp_path / "large.ipynb"
    path.write_bytes(saved())
    monkeypatch.setattr(parsing, "LARGEST", 100)

    with pytest.raises(NotANotebook, match="larger than 0 MB"):
        read_file(path.parent, path.name)


def test_links_folders_and_pipes_are_never_opened(tmp_path):
    """A link would show what is not the learner's, and a pipe would wait for ever."""
    (tmp_path / "real.ipynb").write_bytes(saved())
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "real.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    os.mkfifo(tmp_path / "pipe.ipynb")
    reasons = {"link": "it is a link", "folder": "it is not a file", "pipe": "it is not a file"}

    for name, reason in (reasons | {"none": "No such file"}).items():
        with pytest.raises(NotANotebook, match=reason):
            read_file(tmp_path, f"{name}.ipynb")
    assert read_file(tmp_path, "real.ipynb") == read_notebook(saved())


def test_plain_files_beside_the_notebook_are_there(tmp_path):
    """Data and modules come along, in folders too; notebooks, links and leftovers do not."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_bytes(b"1,2")
    (tmp_path / "helper.py").write_bytes(b"x = 1")
    for name in (".ipynb_checkpoints", "__pycache__"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "b.txt").write_bytes(b"old")
    (tmp_path / "work.ipynb").write_bytes(saved())
    (tmp_path / "link.txt").symlink_to(Path(__file__))
    (tmp_path / "linked").symlink_to(Path(__file__).parent)
    (tmp_path / "two\nlines").touch()
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))

    assert data_files(tmp_path) == {"data/a.csv": b"1,2", "helper.py": b"x = 1"}


def test_too_large_files_are_left_out_and_told(tmp_path, monkeypatch):
    """Small files come first; the note names what is missing."""
    monkeypatch.setattr(parsing, "DATA_BYTES", 10)
    for name, size in (("a", 20), ("b", 3), ("c", 4), ("d", 11), ("e", 12), ("f", 13)):
        (tmp_path / name).write_bytes(b"x" * size)
    notes: list[str] = []

    assert sorted(data_files(tmp_path, notes)) == ["b", "c"]
    assert notes == ["Too large to be there when graded: d, e, f and 1 more."]


def test_too_many_files_are_left_out(tmp_path, monkeypatch):
    """A submission of thousands of files does not slow the class down."""
    monkeypatch.setattr(parsing, "DATA_FILES", 5)
    for number in range(9):
        (tmp_path / f"{number}.txt").touch()

    assert len(data_files(tmp_path)) == 5
