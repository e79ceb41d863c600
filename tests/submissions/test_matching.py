"""Which file of a hand-in is which notebook, whatever it is called."""

import json
import os
from pathlib import Path

import pytest
from support.small_assignment import KEY, answered, at, code, part, released

from grader.submissions.discovery import NOTHING, Choice, choose_notebooks
from grader.submissions.key import Key

QUIZ = Key("homework", "quiz", (part("quiz_answers", solution=True), part("check_q", locked=True)))
KEYS = {"steps": KEY, "quiz": QUIZ, "reading": Key("homework", "reading", ())}
JUST_STEPS = {"steps": KEY}
OTHER_NAMES = (
    "steps-Copy1.ipynb",
    "steps (1).ipynb",
    "steps.IPYNB",
    "steps.ipynb.txt",
    "steps.ipynb.json",
    "steps.json",
    "steps.ipynb.download",
    "my homework.ipynb",
    "steps/steps.ipynb",
    "deep/er/steps.ipynb",
    ".ipynb_checkpoints/steps-checkpoint.ipynb",
)


def put(folder: Path, name: str, nb: dict | None = None, age: int = 0) -> str:
    """Write a notebook of a certain age, an answered one of `steps` unless another is given."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(nb or answered()), encoding="utf-8")
    os.utime(path, (2_000_000 - age, 2_000_000 - age))
    return name


def differently(nb: dict | None = None) -> dict:
    """Return an answered notebook with another answer."""
    nb = nb or answered()
    nb["cells"][at(nb, "step_1")]["source"] += "\nstep_1 = 'done otherwise'"
    return nb


def quiz() -> dict:
    """Return a notebook of the quiz, answered."""
    return answered() | {"cells": [code("quiz_answers"), code("check_q")]}


@pytest.mark.parametrize("name", OTHER_NAMES)
@pytest.mark.parametrize("original", ["none", "untouched", "empty"])
def test_the_one_file_with_answers_is_taken(tmp_path, name, original):
    """Browsers, editors and learning platforms rename files; the cells tell what they are."""
    put(tmp_path, name)
    if original == "untouched":
        put(tmp_path, "steps.ipynb", released())
    if original == "empty":
        (tmp_path / "steps.ipynb").write_bytes(b"")

    why = "is missing" if original == "none" else "holds no answer"
    note = f"`{name}` was graded as steps.ipynb, which {why}."
    assert choose_notebooks(tmp_path, JUST_STEPS) == {"steps": Choice(name, note)}


def test_quiz_answers_in_the_metadata_are_answers(tmp_path):
    """A notebook of questions holds no code of a learner's."""
    chosen = released() | {"metadata": {"rai": {"answers": {"practice1": "A"}}}}
    put(tmp_path, "steps.ipynb", released())
    put(tmp_path, "steps-Copy1.ipynb", chosen)

    assert choose_notebooks(tmp_path, JUST_STEPS)["steps"].name == "steps-Copy1.ipynb"


def test_own_cells_are_answers_too(tmp_path):
    """A task may be answered below the cell that was meant for it."""
    put(tmp_path, "steps.ipynb", released())
    more = released()
    more["cells"].append(code("own", "print('my answer')"))
    put(tmp_path, "steps-Copy1.ipynb", more)

    assert choose_notebooks(tmp_path, JUST_STEPS)["steps"].name == "steps-Copy1.ipynb"


def test_each_missing_notebook_finds_its_own(tmp_path):
    """Two renamed files of one hand-in are two notebooks."""
    put(tmp_path, "project (1).ipynb")
    put(tmp_path, "quiz-Copy1.ipynb", quiz())

    chosen = choose_notebooks(tmp_path, KEYS)

    assert {name: choice.name for name, choice in chosen.items()} == {
        "steps": "project (1).ipynb",
        "quiz": "quiz-Copy1.ipynb",
    }


def test_the_right_name_wins_and_others_are_named(tmp_path):
    """Whoever answered under the right name meant that; other answers are told."""
    put(tmp_path, "steps.ipynb", age=100)
    put(tmp_path, "steps-Copy1.ipynb")
    put(tmp_path, ".ipynb_checkpoints/steps-checkpoint.ipynb", differently())
    assert choose_notebooks(tmp_path, JUST_STEPS) == {"steps": Choice("steps.ipynb")}

    put(tmp_path, "steps-Copy2.ipynb", differently())
    note = "`steps-Copy2.ipynb` holds answers too; `steps.ipynb` counts."
    assert choose_notebooks(tmp_path, JUST_STEPS) == {"steps": Choice("steps.ipynb", note)}


def test_a_hand_in_under_the_right_names_is_not_read_twice(tmp_path, monkeypatch):
    """An ordinary class costs no more than before."""
    put(tmp_path, "steps.ipynb", released())
    (tmp_path / "data.csv").write_text("1,2")
    monkeypatch.setattr("grader.submissions.own_files.read", None)

    assert choose_notebooks(tmp_path, KEYS) == {"steps": Choice("steps.ipynb")}


@pytest.mark.parametrize("original", ["none", "untouched"])
def test_of_several_a_person_is_asked(tmp_path, original):
    """All are named, and nobody gets a 0 for a name."""
    put(tmp_path, "first.ipynb", age=100)
    put(tmp_path, "sub/second.ipynb", differently())
    if original == "untouched":
        put(tmp_path, "steps.ipynb", released())

    choice = choose_notebooks(tmp_path, JUST_STEPS)["steps"]

    assert choice.name == ""
    assert "which of `sub/second.ipynb` and `first.ipynb` is the work" in choice.problem


def test_equal_copies_are_one_file(tmp_path):
    """The newest stands for all; a checkpoint is no copy of its own."""
    put(tmp_path, "first.ipynb", age=100)
    put(tmp_path, "second.ipynb")
    put(tmp_path, ".ipynb_checkpoints/second-checkpoint.ipynb", differently())

    assert choose_notebooks(tmp_path, JUST_STEPS)["steps"].name == "second.ipynb"


def test_untouched_copies_are_one_untouched_notebook(tmp_path):
    """Nothing was answered: it is graded, and the note says which file it was."""
    put(tmp_path, "steps (1).ipynb", released())
    put(tmp_path, "steps (2).ipynb", released(), age=9)

    assert choose_notebooks(tmp_path, JUST_STEPS)["steps"].name == "steps (1).ipynb"


def test_a_notebook_with_less_than_half_of_the_cells_stands_for_none(tmp_path):
    """A learner's own notes are no submission."""
    nb = answered()
    nb["cells"] = nb["cells"][:4]
    put(tmp_path, "notes.ipynb", nb)
    put(tmp_path, "empty.ipynb", answered() | {"cells": []})

    assert all(NOTHING in one.problem for one in choose_notebooks(tmp_path, KEYS).values())


def test_a_rest_of_a_notebook_under_its_name_stands_for_it(tmp_path):
    """Cells may have been lost; the name says what it was."""
    nb = answered()
    nb["cells"] = nb["cells"][:4]
    put(tmp_path, "steps-Copy1.ipynb", nb)

    assert choose_notebooks(tmp_path, JUST_STEPS)["steps"].name == "steps-Copy1.ipynb"


def test_what_two_notebooks_could_be_stands_for_neither(tmp_path):
    """A person is asked for both: guessing wrong would cost a learner the marks of both."""
    put(tmp_path, "answers.ipynb", quiz())
    twins = {"quiz": QUIZ, "twin": QUIZ}
    chosen = choose_notebooks(tmp_path, twins)

    assert [one.name for one in chosen.values()] == ["", ""]
    assert all("`answers.ipynb`" in one.problem for one in chosen.values())

    put(tmp_path, "twin-Copy1.ipynb", quiz())  # but a name may tell
    (tmp_path / "answers.ipynb").unlink()
    assert {name: one.name for name, one in choose_notebooks(tmp_path, twins).items()} == {
        "twin": "twin-Copy1.ipynb"
    }


def test_an_unreadable_file_may_be_the_missing_notebook(tmp_path):
    """Nobody gets a zero for a cut file: the only one missing, or a question for each."""
    put(tmp_path, "steps.ipynb")
    cut = tmp_path / "my quiz.ipynb"
    cut.write_text('{"cells": [', encoding="utf-8")
    keys = {"steps": KEY, "quiz": QUIZ}

    chosen = choose_notebooks(tmp_path, keys)
    assert chosen["steps"].name == "steps.ipynb" and "`my quiz.ipynb`" in chosen["quiz"].problem

    cut.rename(tmp_path / "._quiz.ipynb")  # what a Mac leaves behind on other disks
    assert choose_notebooks(tmp_path, keys) == {"steps": Choice("steps.ipynb")}

    (tmp_path / "._quiz.ipynb").rename(cut)
    (tmp_path / "steps.ipynb").unlink()
    assert all(
        "`my quiz.ipynb`" in one.problem for one in choose_notebooks(tmp_path, keys).values()
    )

    cut.rename(tmp_path / "quiz (1).ipynb")
    assert choose_notebooks(tmp_path, keys)["quiz"].name == "quiz (1).ipynb"


def test_a_cut_original_is_not_replaced_unasked(tmp_path):
    """Its checkpoint may be older: a person reads why, and what else there is."""
    (tmp_path / "steps.ipynb").write_text('{"cells": [', encoding="utf-8")
    put(tmp_path, ".ipynb_checkpoints/steps-checkpoint.ipynb")

    note = "`.ipynb_checkpoints/steps-checkpoint.ipynb` holds answers too; `steps.ipynb` counts."
    assert choose_notebooks(tmp_path, JUST_STEPS) == {"steps": Choice("steps.ipynb", note)}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([], "The folder is empty"),
        (["work.zip"], "There is only `work.zip`"),
        (["a.docx", "b.pdf"], "There is only `a.docx` and `b.pdf`"),
        ([str(n) for n in range(9)], "There is only `0`, `1`, `2`, `3`, `4` and 4 more"),
    ],
)
def test_what_lies_there_instead_is_told(tmp_path, files, told):
    """Whoever opens the hand-in to look knows what it is about before."""
    for name in files:
        (tmp_path / name).write_bytes(b"PK")

    problem = f"it holds no notebook of this assignment. {told}"
    assert choose_notebooks(tmp_path, KEYS) == dict.fromkeys(KEYS, Choice(problem=problem))


def test_data_and_programs_are_no_notebooks(tmp_path):
    """They are not taken for a notebook, nor for one that cannot be read."""
    put(tmp_path, "quiz.ipynb", quiz())
    (tmp_path / "data.json").write_text('{"a": 1}')
    (tmp_path / "notes.txt").write_text("about steps")
    (tmp_path / "steps.py").write_text("step_1 = 'done'")

    assert choose_notebooks(tmp_path, KEYS) == {"quiz": Choice("quiz.ipynb")}


def test_a_link_is_no_candidate(tmp_path):
    """Under the right name it is told; under another it is nobody's work."""
    put(tmp_path, "real/steps.ipynb")
    folder = tmp_path / "handed in"
    folder.mkdir()
    (folder / "steps (1).ipynb").symlink_to(tmp_path / "real/steps.ipynb")
    assert (
        "There is only `steps (1).ipynb`" in choose_notebooks(folder, JUST_STEPS)["steps"].problem
    )

    (folder / "steps (1).ipynb").rename(folder / "steps.ipynb")
    assert choose_notebooks(folder, JUST_STEPS) == {"steps": Choice("steps.ipynb")}
