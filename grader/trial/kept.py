"""
Trials that went well, by what they depend on: the hand-ins, the rules, this package, this Python
and what is installed beside it. An unchanged course is not tried again.

A file for each, in `.grader/` of the course folder. One that cannot be written or read costs time
and nothing else.
"""

import contextlib
import hashlib
import json
import os
import platform
import sysconfig
from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path

from grader.judge.task import Reference, Task
from grader.sandbox.limits import Limits
from grader.trial.notebook import Fault, Trial, models_of
from grader.trial.reading import Pair
from grader.version import fingerprint

FOLDER = Path(".grader", "tried")
MOST = 100  # files


def name_of(pairs: Mapping[str, Pair], limits: Limits, *rules: object) -> str:
    """Return a name that changes with all that the outcome of a trial depends on."""
    content = {name: [task.plain() for task in pair] for name, pair in pairs.items()}
    about = [fingerprint(), platform.python_version(), _installed(), limits.as_data(), rules]
    return hashlib.sha256(json.dumps([content, about], sort_keys=True).encode()).hexdigest()


def read(course: Path, name: str, pairs: Mapping[str, Pair]) -> dict[str, Trial] | None:
    """Return the trials that were kept under this name; None if there are none."""
    try:
        path = course / FOLDER / name
        found = json.loads(path.read_text(encoding="utf-8"))
        os.utime(path)  # those not asked for the longest go first
        return {notebook: _trial(pair[0], found[notebook]) for notebook, pair in pairs.items()}
    except (OSError, ValueError, LookupError, TypeError):
        return None


def forget(course: Path, name: str) -> None:
    """Keep the trials under this name no longer."""
    with contextlib.suppress(OSError):
        (course / FOLDER / name).unlink()


def write(course: Path, name: str, trials: Mapping[str, Trial]) -> None:
    """Keep trials that went well."""
    text = json.dumps(
        {
            notebook: [
                trial.checks,
                trial.blank,
                trial.why,
                trial.reference.inside,
                trial.reference.asked_for,
                trial.reference.programs,
                trial.reference.handed,
                trial.reference.objects,
                trial.reference.took,
                trial.reference.loaded,
                [astuple(fault) for fault in trial.faults],
                trial.written,
            ]
            for notebook, trial in trials.items()
        }
    )
    folder = course / FOLDER
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f".{name}.{os.getpid()}"
        aside.write_text(text, encoding="utf-8")
        aside.replace(folder / name)
        by_age = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in by_age[MOST:]:
            path.unlink(missing_ok=True)


def _trial(key: Task, one: list) -> Trial:
    checks, blank, why, inside, asked_for, programs, handed, objects, *rest = one
    took, loaded, faults, written = rest
    reference = Reference(
        inside=tuple(inside),
        asked_for=tuple(asked_for),
        models=models_of(key),
        programs=programs,
        handed=tuple(handed),
        given=dict(key.given),
        objects=tuple(objects),
        took=took,
        loaded=tuple(loaded),
    )
    told = tuple(Fault(*fault) for fault in faults)
    return Trial(reference, checks, blank, why, told, tuple(written))


def _installed() -> list[int]:
    """Return what changes when something is installed beside this package."""
    places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return [os.stat(place).st_mtime_ns for place in sorted(places) if os.path.isdir(place)]
