"""Tasks to grade with, made from the source notebooks and a learner's answers, without nbgrader."""

from dataclasses import replace

from grader.judge.task import ANSWER, CHECK, GIVEN, Cell, GradedCell, Task
from grader.trial.notebook import try_notebook
from support import notebooks

REFERENCE = {
    1: "model_results = {'predictions': [1, 0, 1, 1, 0], 'true_labels': [1, 0, 0, 1, 0]}",
    2: "fairness_threshold = 0.8",
    3: (
        "correct = 0\n"
        "for i in range(len(model_results['predictions'])):\n"
        "    if model_results['predictions'][i] == model_results['true_labels'][i]:\n"
        "        correct += 1\n"
        "accuracy = correct / len(model_results['predictions'])"
    ),
    4: ('print(f"Model fairness check: Accuracy = {accuracy}, Threshold = {fairness_threshold}")'),
}


def task(answers: dict[str, str], notebook: str = "build_and_apply", **more: object) -> Task:
    """Return a notebook of the course as a task, with these sources in its answer cells."""
    return Task(tuple(_cells(answers, notebook)), **more)


def steps(*sources: str) -> Task:
    """Return `build_and_apply` with these four answers."""
    return task({f"step_{n}": source for n, source in enumerate(sources, start=1)})


def reference() -> Task:
    """Return `build_and_apply` with the right answers."""
    return steps(*REFERENCE.values())


def scores(results: object) -> list[float | None]:
    """Return the scores of the checks, in order."""
    return [result.score for result in results if result.check]


def _cells(answers: dict[str, str], notebook: str) -> list[Cell]:
    found = []
    name = next(name for name in notebooks.NOTEBOOKS if name.endswith(notebook))
    for cell_id, cell in notebooks.cells("source", name).items():
        about = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] != "code":
            continue
        if about.get("grade"):
            found.append(Cell(cell_id, CHECK, cell["source"], float(about["points"])))
        else:
            role = ANSWER if about.get("solution") else GIVEN
            found.append(Cell(cell_id, role, answers.get(cell_id, cell["source"])))
    return found


def course(*cells: tuple[str, str] | tuple[str, str, float]) -> Task:
    """Return a small task of another course from (role or check id, source[, points])."""
    made = []
    for number, (what, source, *points) in enumerate(cells, start=1):
        if points:
            made.append(Cell(what, CHECK, source, float(points[0])))
        else:
            made.append(Cell(f"cell {number}", what, source))
    return Task(tuple(made))


def checked(worker: object, answer: str, check: str, solution: str = "", points: float = 2):
    """
    Judge one plain check of another course over one answer, and return its result.

    `solution` is the key's own answer; without one nothing is known about the check beforehand.
    """
    parts = [(ANSWER, answer), ("check", check, points)]
    if not solution:
        return worker.grade(course(*parts)).results[-1]
    return graded(worker, course(*parts), course((ANSWER, solution), parts[1]))[-1]


def graded(worker: object, task: Task, key: Task) -> tuple[GradedCell, ...]:
    """Judge a notebook as its key says; the key must hold."""
    blank = Task(tuple(replace(c, source="") if c.role == ANSWER else c for c in key.cells))
    trial = try_notebook(key, blank, worker.grade)
    assert not trial.faults, trial.faults
    return worker.grade(task.judged_by(trial.reference)).results
