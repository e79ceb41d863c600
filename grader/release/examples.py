"""
The examples that learners' checks ask for, on their way into a notebook that is given out.

They stand in the notebook's metadata, under the id of the answer cell; with them stands from what
they were drawn, so that an unchanged key need not be asked again.
"""

import hashlib
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.errors import GraderError, NoExamples
from grader.judge.marking import task_of
from grader.judge.task import Task
from grader.sandbox import Limits
from grader.submissions.parsing import data_files

VERSION = 2  # of how examples are drawn and kept: with another one they are drawn anew
ASKED = re.compile(r"(?m)^examples\(\)")  # how a check cell asks for examples
EXAMPLES, DRAWN_FROM = "examples", "drawn_from"
Metadata = dict[str, Any]


def examples_of(
    nb: Metadata,
    path: Path,
    limits: Limits,
    known: Mapping[str, Metadata],
    tell: Callable[[str], object],
) -> Metadata:
    """
    Return the examples of a notebook with its solutions, and from what they were drawn; {} where no
    check asks for any. `path` is where it lies, `known` what notebooks had before, by name. `tell`
    takes lines for the author.

    Raises: NoExamples with what keeps them from being drawn.
    """
    if not any(ASKED.search("".join(cell["source"])) for cell in nb["cells"]):
        return {}
    # Imported here: most notebooks ask for none, and who hands out hand-ins judges nothing.
    from grader.release import drawing
    from grader.trial.notebook import reference_of

    files = data_files(path.parent)
    key = replace(task_of(nb, files), given=files)
    key = key.judged_by(reference_of(key))
    drawn_from = _name(key)
    before = dict(known.get(path.stem, {}))
    if before.get(DRAWN_FROM) == drawn_from:
        return before
    print(f"Drawing the examples of {path.name}, once for its key …", file=sys.stderr, flush=True)
    try:
        found = drawing.drawn(key, limits)
    except GraderError as error:
        raise NoExamples(
            f"{path.stem}.ipynb: no examples can be drawn for its checks: {error}."
            " Mend the key, or take `examples()` out of them."
        ) from None
    for answer_id, one in found.items():
        for gap in one.gaps:
            tell(f"{path.stem}.ipynb, {answer_id}: learners' checks do not find {gap}")
    packed = {answer_id: one.examples for answer_id, one in found.items()}
    return {EXAMPLES: packed, DRAWN_FROM: drawn_from}


def put(nb: Metadata, found: Metadata) -> None:
    """Write examples into a notebook's metadata, and nothing else of the course's."""
    nb["metadata"].pop("rai", None)
    if found:
        nb["metadata"]["rai"] = dict(found)


def released(folder: Path) -> dict[str, Metadata]:
    """Return the examples of the notebooks in a folder, by notebook."""
    found: dict[str, Metadata] = {}
    for path in folder.glob("*.ipynb"):
        try:
            rai = json.loads(path.read_bytes())["metadata"]["rai"]
            found[path.stem] = {EXAMPLES: dict(rai[EXAMPLES]), DRAWN_FROM: str(rai[DRAWN_FROM])}
        except (OSError, ValueError, LookupError, TypeError):
            continue  # they are drawn again
    return found


def _name(key: Task) -> str:
    """Return a text that changes with all that examples are drawn from."""
    plain = key.plain()
    for follows in ("given", "programs", "handed", "objects"):  # from all the rest
        del plain[follows]
    made_from = json.dumps([VERSION, plain], sort_keys=True)
    return hashlib.sha256(made_from.encode()).hexdigest()
