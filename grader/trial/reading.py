"""
The two hand-ins that are tried for each notebook: its key's solutions, and an untouched release.

Both have the checks of the key that learners will be judged by. The solutions are those in source/,
with the data files beside them, after what the course's own steps of release do to them.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbformat import from_dict
from nbformat.v4.rwbase import rejoin_lines
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions, IncludeHeaderFooter, LockCells
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue
from traitlets.utils.importstring import import_item

from grader.errors import NoKey
from grader.judge.marking import task_of
from grader.judge.task import ANSWER, CHECK, GIVEN, Cell, Task
from grader.submissions.folder import beside_notebooks
from grader.submissions.key import Key, KeyCell
from grader.submissions.parsing import data_files

Pair = tuple[Task, Task]  # with the key's solutions, and untouched
AUTOTEST = "AUTOTEST"  # what nbgrader's own marks of such tests have in common


def hand_ins(
    directory: CourseDirectory, config: Config, keys: Mapping[str, Key]
) -> dict[str, Pair]:
    """
    Return both hand-ins of each notebook of an assignment; NoKey where source/ has no notebook of
    that name, or one with other checks.
    """
    assignment = directory.assignment_id
    place = Path(directory.format_path(directory.source_directory, ".", assignment))
    steps = _own_steps(directory, config)
    files = data_files(place)
    files = {name: files[name] for name in beside_notebooks(files, directory.ignore)}
    from nbgrader.converters import Autograde

    theirs = Autograde(coursedir=directory, config=config).exclude_overwriting.get(assignment, ())
    given = {name: data for name, data in files.items() if name not in theirs}
    return {
        name: _pair(key, _source(place / f"{name}.ipynb", steps), files, given)
        for name, key in keys.items()
    }


def keys_in_source(directory: CourseDirectory, config: Config) -> dict[str, Key]:
    """Return the keys that a release would take from source/; NoKey where only a release can."""
    assignment = directory.assignment_id
    place = Path(directory.format_path(directory.source_directory, ".", assignment))
    steps = _own_steps(directory, config)
    return {
        path.stem: Key(assignment, path.stem, tuple(_key_cells(_source(path, steps), config)))
        for path in sorted(place.glob("*.ipynb"))
    }


def own_source(directory: CourseDirectory, config: Config, path: Path) -> dict[str, Any]:
    """Return a notebook of source/, solutions and all, after the course's own steps of release."""
    return _source(path, _own_steps(directory, config))


def _key_cells(source: dict[str, Any], config: Config) -> Iterator[KeyCell]:
    """Yield the cells of a source notebook as a release would store them."""
    nb = rejoin_lines(from_dict(source))
    for step in (LockCells, ClearSolutions):
        nb, _ = step(config=config).preprocess(nb, {})
    for cell in nb.cells:
        about = cell.metadata.get("nbgrader", {})
        flags = {name: bool(about.get(name)) for name in ("grade", "solution", "locked", "task")}
        if not any(flags.values()):
            continue
        if AUTOTEST in cell.source:
            raise NoKey("It has autotests, which only a release turns into checks.")
        points = about.get("points")
        yield KeyCell(
            about["grade_id"], cell.cell_type, cell.source, **flags, points=points, checksum=""
        )


def _pair(
    key: Key, source: dict[str, Any], files: dict[str, bytes], given: dict[str, bytes]
) -> Pair:
    """
    Return both hand-ins; learners' cells of a key are the stubs in it. `given` are the files that
    no learner may change.
    """
    task = task_of(source, files)
    of_key = {cell.grade_id: cell for cell in key.cells if cell.cell_type == "code"}
    checks = {name: cell for name, cell in of_key.items() if cell.is_check}
    if set(checks) != {cell.cell_id for cell in task.cells if cell.role == CHECK}:
        raise NoKey(
            f"source/{key.assignment}/{key.notebook}.ipynb has other checks than the gradebook."
            f" Run: grader release {key.assignment}"
        )
    solved = tuple(
        Cell(
            cell.cell_id,
            CHECK,
            checks[cell.cell_id].source,
            float(checks[cell.cell_id].points or 0),
        )
        if cell.role == CHECK
        else cell
        for cell in task.cells
    )
    blank = tuple(
        Cell(cell.cell_id, cell.role, of_key[cell.cell_id].source)
        if cell.role in (ANSWER, GIVEN) and cell.cell_id in of_key
        else cell
        for cell in solved
    )
    return Task(solved, task.answers, files, given=given), Task(blank, {}, files)


def _source(path: Path, steps: list[Any]) -> dict[str, Any]:
    """Return a notebook of source/ after the steps of release that are the course's own."""
    try:
        nb = json.loads(path.read_text(encoding="utf-8"))
        for step in steps:
            resources = {"metadata": {"name": path.stem, "path": str(path.parent)}}
            nb, _ = step.preprocess(rejoin_lines(from_dict(nb)), resources)
        return nb
    except (OSError, ValueError) as error:
        raise NoKey(
            f"{path} cannot be read: {error}. The key cannot be tried without it."
        ) from None


def _own_steps(directory: CourseDirectory, config: Config) -> list[Any]:
    """Return the steps of release that add cells or are none of nbgrader's or of ours."""
    around = IncludeHeaderFooter(config=config)
    for name in ("header", "footer"):
        if path := getattr(around, name):
            setattr(around, name, os.path.join(directory.root, path))
    steps = [around] if around.header or around.footer else []
    named = config.GenerateAssignment.get("preprocessors", [])
    if isinstance(named, LazyConfigValue):  # what a course adds to nbgrader's own steps
        named = named.get_value([])
    for one in named:
        kind = import_item(one) if isinstance(one, str) else one
        if kind.__module__.split(".")[0] not in ("nbgrader", "grader"):
            steps.append(kind(config=config))
    return steps
