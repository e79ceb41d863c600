"""
The damaged documents of tests/cases/damaged.json, each built by the function of its name.

A function changes a folder that was handed in: with every step right where the case says so, else
as released. Only build_and_apply.ipynb is damaged.
"""

import contextlib
import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from grader.course import Course
from support.courses import ROOT, hand_in, sample_class

NAME = "build_and_apply.ipynb"
STEPS = ("step_1", "step_2", "step_3", "step_4")
CHECKS = tuple(f"check_{step}" for step in STEPS)
POINTS = (2, 1, 4, 3)
ANSWERED = {"swap_grade_ids": ("step_2",), "meta_grade_id_missing": STEPS}


def cases() -> dict[str, dict[str, Any]]:
    """Return the described cases by name."""
    path = ROOT / "tests/cases/damaged.json"
    return {case["name"]: case for case in json.loads(path.read_text(encoding="utf-8"))}


def hand_in_damaged(course: Course, student: str, name: str) -> Path:
    """Hand in the damaged document of this name."""
    full = cases()[name]["deserved"] == ["full"] * 4
    answered = ANSWERED.get(name, STEPS if full else ())
    folder = hand_in(course, student, **{step: None for step in STEPS if step not in answered})
    globals()[name](folder)
    return folder


@contextlib.contextmanager
def notebook(folder: Path) -> Iterator[dict[str, Any]]:
    """Read the notebook and write it again when the caller has changed it."""
    nb = json.loads((folder / NAME).read_text(encoding="utf-8"))
    yield nb
    (folder / NAME).write_text(json.dumps(nb), encoding="utf-8")


@contextlib.contextmanager
def checks(folder: Path) -> Iterator[list[dict[str, Any]]]:
    """Give the four check cells to be changed."""
    with notebook(folder) as nb:
        yield [cell for cell in nb["cells"] if cell["id"] in CHECKS]


def code(source: str, name: str) -> dict[str, Any]:
    """Return a code cell of a learner's own."""
    cell = {"cell_type": "code", "id": name, "metadata": {}, "source": source}
    return cell | {"outputs": [], "execution_count": None}


def place(nb: dict[str, Any], name: str) -> int:
    """Return where the cell of this id is."""
    return next(number for number, cell in enumerate(nb["cells"]) if cell["id"] == name)


def answers() -> dict[str, str]:
    """Return the right answers."""
    return sample_class()["answers"]["steps"]


def slow_cells(folder: Path) -> None:
    with notebook(folder) as nb:
        nb["cells"] += [code("import time; time.sleep(25)", f"slow-{n}") for n in range(5)]


def meta_points_1000(folder: Path) -> None:
    with checks(folder) as cells:
        for cell in cells:
            cell["metadata"]["nbgrader"]["points"] = 1000


def locked_source_changed(folder: Path) -> None:
    with checks(folder) as cells:
        for cell in cells:
            cell["source"] = "# nothing to check"


def test_cells_deleted(folder: Path) -> None:
    with notebook(folder) as nb:
        nb["cells"] = [cell for cell in nb["cells"] if cell["id"] not in CHECKS]


def test_cells_deleted_honest(folder: Path) -> None:
    with notebook(folder) as nb:
        del nb["cells"][place(nb, "check_step_3")]


def stale_grade_on_resubmit(folder: Path) -> None:
    test_cells_deleted(folder)


def meta_grade_false(folder: Path) -> None:
    with checks(folder) as cells:
        for cell in cells:
            cell["metadata"]["nbgrader"]["grade"] = False


def meta_solution_true(folder: Path) -> None:
    with checks(folder) as cells:
        for cell in cells:
            cell["metadata"]["nbgrader"]["solution"] = True


def test_cells_raw(folder: Path) -> None:
    with checks(folder) as cells:
        for cell in cells:
            cell["cell_type"] = "raw"
            del cell["outputs"], cell["execution_count"]


def test_cells_markdown(folder: Path) -> None:
    with checks(folder) as cells:
        for cell in cells:
            cell["cell_type"] = "markdown"
            del cell["outputs"], cell["execution_count"]


def swap_grade_ids(folder: Path) -> None:
    with checks(folder) as (_, second, third, _):
        two, three = second["metadata"]["nbgrader"], third["metadata"]["nbgrader"]
        two["grade_id"], three["grade_id"] = three["grade_id"], two["grade_id"]


def duplicate_test_cells(folder: Path) -> None:
    with notebook(folder) as nb:
        copies = [copy.deepcopy(cell) for cell in nb["cells"] if cell["id"] in CHECKS]
        for cell in copies:
            cell["id"] += "-copy"
        nb["cells"] += [code("\n".join(answers().values()), "late"), *copies]


def dup_cell_ids(folder: Path) -> None:
    with notebook(folder) as nb:
        for cell in nb["cells"]:
            cell["id"] = "same"


def missing_cell_ids(folder: Path) -> None:
    with notebook(folder) as nb:
        for cell in nb["cells"]:
            del cell["id"]


def schema_version_99(folder: Path) -> None:
    with checks(folder) as cells:
        cells[0]["metadata"]["nbgrader"]["schema_version"] = 99


def schema_version_1(folder: Path) -> None:
    with checks(folder) as cells:
        cells[0]["metadata"]["nbgrader"]["schema_version"] = 1


def meta_nbgrader_string(folder: Path) -> None:
    with checks(folder) as cells:
        cells[0]["metadata"]["nbgrader"] = "grade"


def meta_grade_id_missing(folder: Path) -> None:
    with checks(folder) as cells:
        del cells[0]["metadata"]["nbgrader"]["grade_id"]


def kernelspec_other(folder: Path) -> None:
    with notebook(folder) as nb:
        nb["metadata"]["kernelspec"] = {"name": "julia-1.9", "display_name": "Julia"}


def reorder_cells(folder: Path) -> None:
    with notebook(folder) as nb:
        moved = [cell for cell in nb["cells"] if cell["id"] in STEPS]
        nb["cells"] = [cell for cell in nb["cells"] if cell["id"] not in STEPS] + moved


def xss_output(folder: Path) -> None:
    show = (
        "from IPython.display import HTML\nHTML('<script>alert(1)</script><img src=x onerror=a>')"
    )
    with notebook(folder) as nb:
        nb["cells"][place(nb, "step_1")]["source"] = show


def xss_markdown(folder: Path) -> None:
    with notebook(folder) as nb:
        script = {"cell_type": "markdown", "id": "script", "metadata": {}}
        nb["cells"].append(script | {"source": "<script>alert(1)</script>"})


def giant_notebook(folder: Path) -> None:
    with notebook(folder) as nb:
        words = {"cell_type": "markdown", "id": "words", "metadata": {}}
        nb["cells"].append(words | {"source": "word " * 10_000_000})


def many_cells(folder: Path) -> None:
    with notebook(folder) as nb:
        nb["cells"] += [code(f"x = {n}", f"more-{n}") for n in range(5000)]


def malformed_json(folder: Path) -> None:
    data = (folder / NAME).read_bytes()
    (folder / NAME).write_bytes(data[: len(data) // 2])


def empty_file(folder: Path) -> None:
    (folder / NAME).write_bytes(b"")


def not_utf8(folder: Path) -> None:
    _comment(folder, b"# d\xe9j\xe0 vu\\n")


def utf8_bom(folder: Path) -> None:
    (folder / NAME).write_bytes(b"\xef\xbb\xbf" + (folder / NAME).read_bytes())


def nbformat3(folder: Path) -> None:
    nb = nbformat.read(folder / NAME, as_version=4)
    nbformat.write(nb, folder / NAME, version=3)


def nbformat99(folder: Path) -> None:
    with notebook(folder) as nb:
        nb["nbformat"] = 99


def deep_json(folder: Path) -> None:
    with notebook(folder) as nb:
        nb["metadata"]["deep"] = "here"
    text = (folder / NAME).read_text(encoding="utf-8")
    deep = "[" * 100_000 + "]" * 100_000
    (folder / NAME).write_text(text.replace('"here"', deep), encoding="utf-8")


def no_cells_key(folder: Path) -> None:
    with notebook(folder) as nb:
        del nb["cells"]


def nan_json(folder: Path) -> None:
    with notebook(folder) as nb:
        nb["metadata"]["value"] = float("nan")


def surrogates(folder: Path) -> None:
    _comment(folder, b"# \\ud83d\\n")


def launcher_shadow(folder: Path) -> None:
    (folder / "ipykernel_launcher.py").write_text("raise SystemExit(0)\n", encoding="utf-8")


def module_shadow_ast(folder: Path) -> None:
    (folder / "ast.py").write_text("def parse(*_, **__): return None\n", encoding="utf-8")


def symlink_secret(folder: Path) -> None:
    secret = folder.parents[2] / "secret.txt"
    secret.write_text("the instructor's own", encoding="utf-8")
    (folder / "data.txt").symlink_to(secret)


def symlink_notebook(folder: Path) -> None:
    other = folder.parents[1] / "ada" / folder.name / NAME
    (folder / NAME).unlink()
    (folder / NAME).symlink_to(other)


def bad_timestamp(folder: Path) -> None:
    (folder / "timestamp.txt").write_text("soon, or 99999999999999999", encoding="utf-8")


def submitted_helper_override(folder: Path) -> None:
    for name in ("pandas.py", "numpy.py"):
        (folder / name).write_text("raise ImportError('not here')\n", encoding="utf-8")


def split_answer_cell(folder: Path) -> None:
    with notebook(folder) as nb:
        at = place(nb, "step_3")
        first, second = nb["cells"][at], copy.deepcopy(nb["cells"][at])
        lines = first["source"].splitlines(keepends=True)
        first["source"], second["source"] = "".join(lines[:1]), "".join(lines[1:])
        second["id"] = "second-half"
        nb["cells"].insert(at + 1, second)


def copied_test_cell(folder: Path) -> None:
    with notebook(folder) as nb:
        at = place(nb, "check_step_2")
        nb["cells"].insert(at + 1, copy.deepcopy(nb["cells"][at]) | {"id": "pasted"})


def renamed_notebook(folder: Path) -> None:
    shutil.move(folder / NAME, folder / "project (1).ipynb")


def _comment(folder: Path, line: bytes) -> None:
    """Put a comment, as it stands in the JSON, before the answer of step 1."""
    with notebook(folder) as nb:
        cell = nb["cells"][place(nb, "step_1")]
        cell["source"] = f"HERE{cell['source']}"
    data = (folder / NAME).read_bytes()
    (folder / NAME).write_bytes(data.replace(b"HERE", line))
