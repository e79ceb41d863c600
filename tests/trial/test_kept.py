"""Trials that are kept: what is read back is what was found, down to the last field."""

import json
from dataclasses import fields

from support.judging import course

from grader.judge.task import ANSWER, Reference, Task
from grader.trial import kept
from grader.trial.notebook import Fault, Trial, models_of

KEY = course((ANSWER, "x = 1"), ("c", "assert x == 1", 2))
FOUND = Trial(
    reference=Reference(
        inside=("c",),
        asked_for=("sum",),
        models=models_of(KEY),
        programs=True,
        handed=("W", "H"),
        given=dict(KEY.given),
        objects=("c",),
        took={"c": 0.5, "cell 1": 0.25},
        loaded=("pandas.io.formats.html",),
    ),
    checks={"c": 2.0},
    blank={"c": None},
    why={"c": "it is missed there"},
    faults=(Fault("c", 2.0, "it asserts nothing"),),
    written=("a.txt",),
)


def test_a_trial_is_read_back_as_it_was(tmp_path):
    """Every field of a trial and of its reference comes back, and none is forgotten here."""
    pairs = {"sheet": (KEY, KEY)}
    kept.write(tmp_path, "name", {"sheet": FOUND})

    assert {"sheet": FOUND} == kept.read(tmp_path, "name", pairs)
    differ = [one.name for one in fields(Reference) if not getattr(FOUND.reference, one.name)]
    assert ["given"] == differ  # that one follows from the key


def test_what_cannot_be_read_is_tried_again(tmp_path):
    """An older or broken file costs time and nothing else."""
    pairs = {"sheet": (KEY, KEY)}
    kept.write(tmp_path, "name", {"sheet": FOUND})
    place = tmp_path / kept.FOLDER / "name"
    for text in ("", "[]", '{"sheet": []}', json.dumps({"sheet": [{}, {}, {}, [], [], [], []]})):
        place.write_text(text)
        assert kept.read(tmp_path, "name", pairs) is None


def test_a_task_survives_the_way_to_the_worker():
    """What is known of the key goes along with a task, as plain data and back."""
    task = KEY.judged_by(FOUND.reference)

    assert task == Task.of(json.loads(json.dumps(task.plain())))
