"""The one form of a notebook file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.canonical import CELL_METADATA, canonical, main, rewrite

TEXT = st.text(max_size=30)
SOURCE = TEXT | TEXT.map(lambda text: text.splitlines(keepends=True))
METADATA = st.dictionaries(
    st.sampled_from([*CELL_METADATA, "tags", "rai", "widgets", "collapsed"]), TEXT, max_size=4
)
CODE = st.fixed_dictionaries(
    {
        "cell_type": st.just("code"),
        "id": TEXT,
        "metadata": METADATA,
        "source": SOURCE,
        "outputs": st.just([{"output_type": "stream", "name": "stdout", "text": "secret"}]),
        "execution_count": st.integers(),
    }
)
MARKDOWN = st.fixed_dictionaries(
    {"cell_type": st.just("markdown"), "id": TEXT, "metadata": METADATA, "source": SOURCE}
)
NOTEBOOK = st.fixed_dictionaries(
    {
        "cells": st.lists(CODE | MARKDOWN, max_size=4),
        "metadata": st.fixed_dictionaries(
            {"rai": st.just({"answers": {"q": "A"}}), "widgets": st.just({"state": {}})},
            optional={
                "kernelspec": st.just({"name": "python3", "language": "python", "path": "/"})
            },
        ),
        "nbformat": st.just(4),
        "nbformat_minor": st.integers(0, 5),
    }
)


@given(NOTEBOOK)
def test_canonical_form_of_the_canonical_form_is_itself(nb: dict):
    """Writing a canonical notebook again changes no byte."""
    once = canonical(nb)

    assert canonical(json.loads(once)) == once


@given(NOTEBOOK)
def test_no_answer_output_or_widget_state_gets_through(nb: dict):
    """Of metadata only the named keys stay; outputs and counts go."""
    kept = json.loads(canonical(nb))

    assert set(kept["metadata"]) == {"kernelspec", "language_info"}
    assert "path" not in kept["metadata"]["kernelspec"]
    for cell in kept["cells"]:
        assert set(cell["metadata"]) <= set(CELL_METADATA)
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@given(NOTEBOOK)
def test_sources_and_ids_stay(nb: dict):
    """No character of a source and no id changes."""
    kept = json.loads(canonical(nb))

    assert [cell["id"] for cell in kept["cells"]] == [cell["id"] for cell in nb["cells"]]
    assert ["".join(cell["source"]) for cell in kept["cells"]] == [
        "".join(cell["source"]) for cell in nb["cells"]
    ]


def test_rewriting_in_place_happens_once(course):
    """A notebook with outputs is rewritten; the second time nothing is left to do."""
    path = course.source("mini_project") / "practice.ipynb"
    before = path.read_text(encoding="utf-8")
    nb = json.loads(before)
    nb["metadata"]["rai"] = {"answers": {"practice1": "A"}}
    path.write_text(json.dumps(nb), encoding="utf-8")

    assert rewrite(path)
    assert not rewrite(path)
    assert path.read_text(encoding="utf-8") == before


@pytest.mark.parametrize("name", ["nowhere.ipynb", "broken.ipynb"])
def test_what_is_no_notebook_is_told_in_one_line(name: str, tmp_path: Path, capsys):
    """A missing or broken file gives one line and an exit code, no stack trace."""
    (tmp_path / "broken.ipynb").write_text('{"cells": [', encoding="utf-8")

    assert main([str(tmp_path / name)]) > 0
    assert len(capsys.readouterr().err.splitlines()) == 1
