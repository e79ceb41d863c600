"""
Which file of a hand-in is which notebook of the assignment, whatever it is called.

A notebook under its right name counts if somebody answered something in it. Else the one file that
holds answers to it is taken, and where there are several a person is asked: nobody gets a silent 0
for a file name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from grader.errors import NotANotebook
from grader.submissions import own_files
from grader.submissions.key import Key
from grader.submissions.matching import claimed_ids, written
from grader.submissions.parsing import LARGEST, read_notebook

NOTHING = "it holds no notebook of this assignment"
# A browser, an editor or an LMS adds these to a notebook's name; others hold data or a program.
ENDINGS = ("", ".json", ".txt", ".bak", ".orig", ".old", ".download")
ADDED = re.compile(r"[-_. ]*(?:checkpoint|copy|kopie|copie|copia|final|\(\d*\)|\d+)$")
CHECKPOINTS = ".ipynb_checkpoints"
SURE = 0.5  # of the key's cells: a file with fewer is a learner's own notes


@dataclass(frozen=True, slots=True)
class Choice:
    """The file that stands for a notebook, or why none does; a note where one was chosen."""

    name: str = ""
    note: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """
    A file that may be a notebook of the assignment: what was answered in it, and the sources of
    its cells that are not the key's.
    """

    name: str
    stands_for: tuple[str, ...]
    answers: Any = None
    others: frozenset[str] = frozenset()
    problem: str = ""
    changed: float = 0.0

    @property
    def is_checkpoint(self) -> bool:
        return CHECKPOINTS in PurePath(self.name).parts


def choose_notebooks(folder: Path, keys: Mapping[str, Key]) -> dict[str, Choice]:
    """Return what stands for each notebook of the assignment; what is not there was left out."""
    chosen = _chosen(folder, keys)
    for name in keys:
        if name not in chosen and own_files.is_folder(folder / f"{name}.ipynb"):
            chosen[name] = Choice(problem="it is not a file but a folder")
    return chosen


def _chosen(folder: Path, keys: Mapping[str, Key]) -> dict[str, Choice]:
    contents = own_files.look_through(folder)
    named = {name: f"{name}.ipynb" for name in keys}
    there = {name for name in keys if named[name] in contents.files.keys() | contents.foreign}
    others = [name for name in contents.files if _may_be_one(name, named.values())]
    if there and not others:
        return {name: Choice(named[name]) for name in keys if name in there}
    found = [
        seen for one in others if (seen := _seen(folder, one, keys, contents.files[one].st_mtime))
    ]
    chosen = {
        name: choice
        for name in keys
        if (choice := _choice(folder, name, keys[name], found, name in there))
    }
    if not chosen:
        problem = f"{NOTHING}. {_what_lies_there(contents)}"
        return {name: Choice(problem=problem) for name in keys}
    return chosen


def _may_be_one(name: str, named: Iterable[str]) -> bool:
    """Tell whether a file can be a notebook under another name, by its name."""
    last = PurePath(name).name.lower()
    return name not in named and (".ipynb" in last or PurePath(last).suffix in ENDINGS)


def _seen(folder: Path, name: str, keys: Mapping[str, Key], changed: float) -> _Candidate | None:
    """Return what a file may be, None for a file that has nothing to do with the assignment."""
    is_notebook = PurePath(name).suffix.lower() == ".ipynb"
    called = _called(name, keys)
    try:
        data = own_files.read(folder, name, LARGEST)
        if not is_notebook and b'"cells"' not in data and b'"worksheets"' not in data:
            return None
        nb = read_notebook(data)
    except NotANotebook as error:
        told = called if called or not is_notebook else tuple(keys)
        return _Candidate(name, told, problem=str(error), changed=changed) if told else None
    shares = {
        one: len(claimed_ids(nb, key)) / len(key.cells) for one, key in keys.items() if key.cells
    }
    best = max(shares.values(), default=0.0)
    alike = tuple(one for one, share in shares.items() if share == best)
    if best < SURE:
        alike = tuple(one for one in called if shares.get(one))
    elif len(alike) > 1 and set(called) & set(alike):
        alike = tuple(one for one in called if one in alike)
    if not alike:
        return None
    return _Candidate(name, alike, *written(nb, keys[alike[0]]), changed=changed)


def _choice(
    folder: Path, name: str, key: Key, found: list[_Candidate], there: bool
) -> Choice | None:
    """Return what stands for one notebook; None where it was left out."""
    right = f"{name}.ipynb"
    original = _original(folder, right, key) if there else None
    # What cannot be read may be any notebook that is not there, but is no reason to doubt others.
    mine = [
        one
        for one in found
        if name in one.stands_for and not (there and one.problem and len(one.stands_for) > 1)
    ]
    full = _distinct([one for one in mine if one.answers or _has_more(one, original)])
    if original and (original.problem or original.answers):
        return Choice(right, _beside(full, original))
    sure = [one for one in full if len(one.stands_for) == 1]
    if len(full) == 1 and sure:
        why = "which holds no answer" if there else "which is missing"
        return Choice(full[0].name, f"`{full[0].name}` was graded as {right}, {why}.")
    unread = [one for one in mine if one.problem and not one.is_checkpoint]
    if full or (unread and there):
        return _asked(right, [*full, *unread], there)
    if there:
        return Choice(right)
    return _left(right, [one for one in mine if not one.problem], unread)


def _has_more(one: _Candidate, original: _Candidate | None) -> bool:
    """Tell whether a file has all cells of the one under the right name and some of its own."""
    return bool(original and not original.problem and original.others < one.others)


def _left(right: str, blank: list[_Candidate], unread: list[_Candidate]) -> Choice | None:
    """Return what stands for a missing notebook of which no file holds answers."""
    sure = [one for one in blank if len(one.stands_for) == 1]
    if sure and not unread:
        name = max(sure, key=lambda one: one.changed).name
        return Choice(name, f"`{name}` was graded as {right}, which is missing.")
    if len(unread) == 1 and not blank and len(unread[0].stands_for) == 1:
        name = unread[0].name
        return Choice(name, f"`{name}` was taken for {right}, which is missing.")
    return _asked(right, [*blank, *unread], False) if blank or unread else None


def _original(folder: Path, right: str, key: Key) -> _Candidate | None:
    """Return what lies under the right name; None for an empty file, which stands for nothing."""
    try:
        data = own_files.read(folder, right, LARGEST)
        if not data.strip(b" \t\r\n\0"):
            return None
        return _Candidate(right, (key.notebook,), *written(read_notebook(data), key))
    except NotANotebook as error:
        return _Candidate(right, (key.notebook,), problem=str(error))


def _distinct(candidates: list[_Candidate]) -> list[_Candidate]:
    """Return one file, the newest, of those with equal answers; checkpoints only if there is no
    other."""
    kept = [one for one in candidates if not one.is_checkpoint] or candidates
    found: list[_Candidate] = []
    for one in sorted(kept, key=lambda one: (-one.changed, one.name)):
        if all((one.answers, one.others) != (two.answers, two.others) for two in found):
            found.append(one)
    return found


def _beside(rivals: list[_Candidate], original: _Candidate) -> str:
    """Return a note about files with other answers than the one that counts; "" for none."""
    kept = [one for one in rivals if original.problem or not one.is_checkpoint]
    named = [f"`{one.name}`" for one in kept if one.answers != original.answers]
    if not named:
        return ""
    verb = "hold" if len(named) > 1 else "holds"
    return f"{_listed(named)} {verb} answers too; `{original.name}` counts."


def _asked(right: str, candidates: list[_Candidate], there: bool) -> Choice:
    """Return the question to a person which file counts."""
    named = [f"`{one.name}`" for one in candidates]
    why = "holds no answer" if there else "is missing"
    if len(named) == 1:
        question = f"whether {named[0]} is the work"
    else:
        question = f"which of {_listed(named)} is the work"
    return Choice(
        problem=f"{right} {why}, and it cannot be told {question}:"
        f" name the one that counts {right} and grade again"
    )


def _what_lies_there(contents: own_files.Contents) -> str:
    """Say what a folder without a notebook holds instead."""
    names = [f"`{name}`" for name in sorted({*contents.files, *contents.foreign})]
    return f"There is only {_listed(names)}" if names else "The folder is empty"


def _listed(names: list[str], most: int = 5) -> str:
    """Return names as a list in words, with how many more there are."""
    rest = [f"{len(names) - most} more"] if len(names) > most else []
    head, last = [*names[:most], *rest][:-1], [*names[:most], *rest][-1]
    return f"{', '.join(head)} and {last}" if head else last


def _called(name: str, keys: Iterable[str]) -> tuple[str, ...]:
    """Return the notebook that a file's name means, without what copying and downloading add."""
    base = PurePath(name).name.lower()
    base = base.split(".ipynb")[0] if ".ipynb" in base else PurePath(base).stem
    known = {one.lower(): one for one in keys}
    while base not in known:
        base, before = ADDED.sub("", base), base
        if base == before:
            return ()
    return (known[base],)
