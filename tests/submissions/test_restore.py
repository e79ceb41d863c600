"""What grading makes of each kind of change to a submitted notebook."""

import json
from dataclasses import replace

import nbformat
import pytest
from support.small_assignment import (
    KEY,
    answered,
    at,
    code,
    ids,
    mended,
    part,
    pasted,
    released,
    text,
)

from grader.errors import NotANotebook
from grader.submissions.key import Key
from grader.submissions.parsing import read_notebook
from grader.submissions.restore import restore, stand_in

KEY_IDS = [one.grade_id for one in KEY.cells]


def sources(nb: dict) -> dict[str, str]:
    """Return the source of each cell by id."""
    return {cell["id"]: cell["source"] for cell in nb["cells"]}


def key_order(nb: dict) -> list[str]:
    """Return the cells of the key in the order in which they stand."""
    return [cell["metadata"]["nbgrader"]["grade_id"] for cell in nb["cells"] if cell["metadata"]]


def test_an_honest_notebook_keeps_everything():
    """Nothing is repaired, answers stay, and locked cells get their hidden tests back."""
    nb = answered()

    done = mended(nb)

    assert (done.notes, done.damaged) == ([], set())
    assert ids(done.notebook) == ids(nb)
    for one in KEY.cells:
        source = sources(done.notebook)[one.grade_id]
        assert source == (one.source if one.locked else sources(nb)[one.grade_id])


def test_metadata_comes_from_the_key():
    """Points, flags, type and checksum of a cell are the key's, whatever the learner's say."""
    nb = released()
    cell = nb["cells"][at(nb, "check_1")]
    cell["cell_type"] = "raw"
    cell["metadata"] = {"tags": ["skip-execution"], "nbgrader": cell["metadata"]["nbgrader"]}
    cell["metadata"]["nbgrader"] |= {"points": 1000, "grade": False, "solution": True}

    done = mended(nb)

    found = done.notebook["cells"][at(nb, "check_1")]
    assert found["cell_type"] == "code"
    assert found["metadata"] == {
        "nbgrader": {
            "schema_version": 3,
            "grade_id": "check_1",
            "grade": True,
            "solution": False,
            "locked": True,
            "task": False,
            "points": 2,
            "cell_type": "code",
            "checksum": "0" * 32,
        }
    }
    assert done.notes == ["The check `check_1` had other settings; they are as released again."]


def test_a_changed_check_reads_as_released():
    """What a learner wrote over a check is gone, and the instructor is told."""
    nb = released()
    nb["cells"][at(nb, "check_2")]["source"] = "pass"

    done = mended(nb)

    assert "assert secret_check_2" in sources(done.notebook)["check_2"]
    assert done.notes == ["The check `check_2` was changed; it is as released again."]


@pytest.mark.parametrize("name", KEY_IDS)
def test_a_deleted_cell_comes_back_in_its_place(name):
    """Whichever cell of the key was deleted, the order is that of the source again."""
    nb = released()
    del nb["cells"][at(nb, name)]

    done = mended(nb)

    assert key_order(done.notebook) == KEY_IDS
    assert [note for note in done.notes if f"`{name}` was deleted; it is back." in note]
    assert sources(done.notebook)[name] == next(c.source for c in KEY.cells if c.grade_id == name)


def test_a_deleted_check_comes_back_behind_what_belongs_to_the_answer():
    """Code that a learner added to an answer stands between the answer and its check."""
    nb = answered()
    nb["cells"][at(nb, "check_1")] = code("more")

    done = mended(nb)

    assert ids(done.notebook)[2:6] == ["step_1", "more", "check_1", "task-step_2"]


def test_an_answer_typed_into_a_new_cell_belongs_to_its_step():
    """A deleted answer cell comes back above the code that a learner typed instead."""
    nb = released()
    nb["cells"][at(nb, "step_2")] = code("retyped")

    done = mended(nb)

    assert ids(done.notebook)[4:8] == ["task-step_2", "step_2", "retyped", "check_2"]


def test_the_first_half_of_a_split_answer_keeps_the_name():
    """The second half is a plain cell right behind it."""
    nb = answered()
    half = pasted(nb, "step_2", at(nb, "step_2") + 1, "half")
    half["source"] = "step_2 += 1"

    done = mended(nb)

    place = at(done.notebook, "step_2")
    first, second = done.notebook["cells"][place : place + 2]
    assert first["source"].endswith('step_2 = "done"')
    assert (second["id"], second["source"], second["metadata"]) == ("half", "step_2 += 1", {})


def test_an_empty_half_is_no_answer():
    """Splitting at the very top of an answer leaves an empty cell above it."""
    nb = answered()
    pasted(nb, "step_2", at(nb, "step_2"), "top")["source"] = "\n"

    done = mended(nb)

    assert sources(done.notebook)["step_2"].endswith('step_2 = "done"')
    assert ids(done.notebook)[5:7] == ["top", "step_2"]


def test_an_untouched_copy_of_an_answer_is_dropped():
    """It holds nothing of the learner."""
    nb = answered()
    pasted(nb, "step_2", len(nb["cells"]))["source"] = "# step_2\n"

    done = mended(nb)

    assert ids(done.notebook) == ids(answered())


def test_a_far_copy_of_an_answer_is_a_plain_cell_where_it_stands():
    """Copying an answer cell for later use changes nothing."""
    nb = answered()
    pasted(nb, "step_1", len(nb["cells"]))["source"] = "step_1 = 5"

    done = mended(nb)

    assert ids(done.notebook)[-1] == "pasted"
    assert done.notebook["cells"][-1]["metadata"] == {}
    assert key_order(done.notebook) == KEY_IDS


def test_the_copy_that_was_written_in_is_the_answer():
    """Whoever leaves the first copy as released and answers in the second is answered there."""
    nb = released()
    pasted(nb, "step_3", at(nb, "step_3") + 1)["source"] = "step_3 = 1"

    done = mended(nb)

    assert sources(done.notebook)["step_3"] == "step_3 = 1"


def test_an_untouched_copy_of_a_check_is_dropped():
    """The check counts once."""
    nb = answered()
    pasted(nb, "check_1", at(nb, "check_1") + 1)

    done = mended(nb)

    assert ids(done.notebook) == ids(answered())


def test_the_check_behind_its_answer_counts():
    """A copy above the answer gives way; one far below, behind late answers, counts for nothing."""
    nb = answered()
    pasted(nb, "check_2", at(nb, "step_2"), "above")
    nb["cells"].append(code("late", "step_2 = 7"))
    pasted(nb, "check_2", len(nb["cells"]), "below")

    done = mended(nb)

    assert ids(done.notebook) == [*ids(answered()), "late"]


def test_a_copy_of_a_check_with_the_learners_own_code_stays_as_a_plain_cell():
    """Nothing that a learner wrote is lost."""
    nb = answered()
    pasted(nb, "check_1", len(nb["cells"]))["source"] = "print(step_1)"

    done = mended(nb)

    assert sources(done.notebook)["pasted"] == "print(step_1)"
    assert done.notebook["cells"][-1]["metadata"] == {}


def test_an_answer_below_its_check_moves_above_it():
    """Only the answer moves; the learner's own cells stay in their order."""
    nb = answered()
    nb["cells"].append(nb["cells"].pop(at(nb, "step_1")))
    nb["cells"].append(code("own"))

    done = mended(nb)

    assert ids(done.notebook) == [*ids(answered()), "own"]


def test_one_check_at_the_top_does_not_drag_the_answers_along():
    """The check goes back below its answer, everything else stays."""
    nb = answered()
    nb["cells"].insert(0, nb["cells"].pop(at(nb, "check_3")))

    done = mended(nb)

    assert ids(done.notebook) == ids(answered())


def test_a_check_below_a_later_step_goes_home():
    """Each check is judged with the code of its own step."""
    nb = answered()
    nb["cells"].append(nb["cells"].pop(at(nb, "check_1")))

    done = mended(nb)

    assert ids(done.notebook) == ids(answered())


def test_checks_of_one_answer_go_home_in_their_order():
    """Two checks that were moved to the end stand as in the source again."""
    nb = answered()
    for name in ("check_2", "check_2b"):
        nb["cells"].append(nb["cells"].pop(at(nb, name)))

    done = mended(nb)

    assert ids(done.notebook) == ids(answered())


def test_a_locked_first_cell_comes_back_at_the_top():
    """What a learner put above it may need it."""
    nb = answered()
    nb["cells"][0] = code("own")

    assert ids(mended(nb).notebook)[:2] == ["intro", "own"]


def test_a_cell_with_two_names_is_what_its_grade_id_says():
    """Its cell id counts only without one; the other cell of the key counts as deleted."""
    nb = answered()
    del nb["cells"][at(nb, "check_1")]
    nb["cells"][at(nb, "check_2")]["metadata"]["nbgrader"]["grade_id"] = "check_1"

    done = mended(nb)

    assert key_order(done.notebook) == KEY_IDS
    assert "The check `check_2` was deleted; it is back." in done.notes


def test_swapped_grade_ids_change_no_place():
    """Two checks that carry each other's name are put back where they belong."""
    nb = answered()
    one, two = (
        nb["cells"][at(nb, name)]["metadata"]["nbgrader"] for name in ("check_1", "check_3")
    )
    one["grade_id"], two["grade_id"] = two["grade_id"], one["grade_id"]

    done = mended(nb)

    assert key_order(done.notebook) == KEY_IDS


def test_cells_of_a_learner_lose_metadata_and_keep_their_place():
    """A name that the key does not know gives a cell no role."""
    nb = answered()
    own = code("own") | {"metadata": {"nbgrader": {"grade": True, "grade_id": "bonus"}}}
    nb["cells"].insert(3, own)

    done = mended(nb)

    assert done.notebook["cells"][3] == code("own")


def test_a_check_without_its_grade_id_waits_for_a_person():
    """It is known by its cell id, and marked, because no editor takes the grade_id alone away."""
    nb = answered()
    del nb["cells"][at(nb, "check_2")]["metadata"]["nbgrader"]["grade_id"]

    done = mended(nb)

    assert done.damaged == {"check_2"}
    assert key_order(done.notebook) == KEY_IDS


def test_an_answer_without_its_grade_id_is_an_answer():
    """Nobody gains anything by that."""
    nb = answered()
    del nb["cells"][at(nb, "step_2")]["metadata"]["nbgrader"]["grade_id"]

    done = mended(nb)

    assert done.damaged == set()
    assert done.notebook == mended(answered()).notebook


def test_cells_without_any_metadata_are_known_by_their_id():
    """A tool that drops all metadata costs nothing."""
    nb = answered()
    for cell in nb["cells"]:
        cell["metadata"] = {}

    done = mended(nb)

    assert done.damaged == set()
    assert done.notebook == mended(answered()).notebook


@pytest.mark.parametrize("version", [1, 2, 99, "3", None, True])
def test_another_version_of_metadata_is_refused(version):
    """The document was not made from this release."""
    nb = released()
    nb["cells"][at(nb, "check_1")]["metadata"]["nbgrader"]["schema_version"] = version

    with pytest.raises(NotANotebook, match="metadata of version"):
        mended(nb)


@pytest.mark.parametrize("about", ["grade", ["grade"], 1, None])
def test_metadata_that_is_no_dictionary_is_refused(about):
    """No editor writes that."""
    nb = released()
    nb["cells"][at(nb, "check_1")]["metadata"]["nbgrader"] = about

    with pytest.raises(NotANotebook, match="metadata of a cell is damaged"):
        mended(nb)


def test_another_notebook_under_this_name_is_refused():
    """Whoever hands in the wrong file gets no zero for it."""
    nb = released() | {"cells": [code("own")]}

    with pytest.raises(NotANotebook, match="none of the graded cells"):
        mended(nb)


def test_only_texts_under_texts_stay_of_the_metadata():
    """The quiz answers stay; kernel, and whatever else stands there, does not."""
    nb = released()
    answers = {"visual1": "A", "visual2": ["B"], "visual3": 3}
    nb["metadata"] = {"rai": {"answers": answers, "more": 1}, "kernelspec": {"name": "julia"}}

    found = mended(nb).notebook["metadata"]

    assert found["rai"] == {"answers": {"visual1": "A"}}
    assert found["kernelspec"]["name"] == "python3"
    assert sorted(found) == ["kernelspec", "language_info", "rai"]


def test_pictures_in_text_cells_stay():
    """An attachment is part of a written answer."""
    nb = released()
    pictures = {"a.png": {"image/png": "aGk="}}
    nb["cells"][at(nb, "essay")]["attachments"] = pictures | {"b.png": "no bundle"}

    done = mended(nb)

    assert done.notebook["cells"][at(nb, "essay")]["attachments"] == pictures


def test_a_text_that_nobody_reads_is_cut():
    """50 MB of text would end up in feedback; 200,000 characters stay."""
    nb = released()
    nb["cells"][at(nb, "essay")]["source"] = "word " * 100_000

    done = mended(nb)

    assert len(sources(done.notebook)["essay"]) < 200_100
    assert done.notes == ["A text cell of 500,000 characters was cut."]


def test_the_stand_in_is_a_valid_notebook_without_the_learners_code():
    """It says why, it has every cell of the key, and the reason stands in its metadata."""
    nb = stand_in(KEY, "the file is empty")

    nbformat.validate(nbformat.from_dict(nb))
    assert nb["cells"][0]["source"] == (
        "This notebook could not be read: the file is empty."
        " No mark was given; a person has to look."
    )
    assert key_order(nb) == KEY_IDS
    assert [cell["source"] for cell in nb["cells"][1:]] == [one.source for one in KEY.cells]
    assert nb["metadata"]["grader"] == {"problem": "the file is empty"}


def test_a_notebook_without_graded_cells_is_restored():
    """There is nothing to put back, and nothing to refuse."""
    nb = released() | {"cells": [code("own")]}

    from grader.submissions.restore import restore

    assert ids(restore(nb, Key("homework", "reading", ())).notebook) == ["own"]


def test_a_long_or_odd_name_still_gives_a_valid_cell():
    """nbformat allows 64 characters in a cell id, nbgrader 128 in a grade_id."""
    key = Key("homework", "long", (part("n" * 100, solution=True),))

    nb = stand_in(key, "x")

    nbformat.validate(nbformat.from_dict(nb))
    assert key_order(nb) == ["n" * 100]


@pytest.mark.parametrize("kind", [text, code])
def test_an_answer_below_its_cell_waits_for_a_person(kind):
    """The cell meant for it is untouched; the text below is the learner's, not the course's."""
    nb = released()
    nb["cells"].insert(at(nb, "essay") + 1, kind("own") | {"source": "My essay."})

    done = mended(nb)

    assert done.below == ["essay"]
    assert "The answer to `essay` stands in a cell below it: a person reads it." in done.notes


def test_a_text_of_the_course_below_an_answer_is_no_answer():
    """Nor is an empty cell, nor anything below the next cell of the key."""
    nb = released()
    place = at(nb, "essay") + 1
    nb["cells"][place:place] = [text("given"), text("blank") | {"source": " "}]
    nb["cells"].append(text("own") | {"source": "My drawing."})
    key = replace(KEY, texts=frozenset({"About given."}))

    assert restore(read_notebook(json.dumps(nb).encode()), key).below == []
    assert restore(read_notebook(json.dumps(nb).encode()), KEY).below == ["essay"]
