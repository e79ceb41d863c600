"""
Stands where nbgrader runs a notebook and where it saves the marks.

Both preprocessors are named in nbgrader_config.py, so `nbgrader autograde`, the formgrader's button
and `grader grade` all run learner code in the sandbox and judge it outside. The notebook that comes
in was restored from the key (see exporter), so the roles of its cells can be believed.
"""

from pathlib import Path
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode, from_dict
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import is_solution, is_task

from grader.judge.client import shared_client
from grader.judge.limits import SandboxLimits
from grader.judge.marking import marked
from grader.sandbox.levels import require_hidden
from grader.submissions.parsing import data_files


class SandboxedExecute(NbGraderPreprocessor):
    """Runs the learner's cells in the sandbox, judges the checks, and writes what came of them."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Grade a notebook; called by nbgrader in place of its own Execute."""
        place = resources["metadata"]["path"]
        require_hidden(place)
        limits = SandboxLimits(parent=self)
        worker = shared_client(limits.level, limits.limits, self.parent.seed)
        files = data_files(Path(place))
        reference = self.parent.references[resources["nbgrader"]["notebook"]]
        resources["nbgrader"]["graded"] = marked(nb, files, reference, worker.grade)
        about = nb.metadata.get("grader", {})
        resources["nbgrader"]["unread"] = "problem" in about
        resources["nbgrader"]["below"] = about.get("below", ())
        return from_dict(nb), resources


JailedExecute = SandboxedExecute  # its old name, in configuration files of courses


class SaveGrades(SaveAutoGrades):
    """Saves the scores that the judge gave; a check without one waits for a person."""

    def _add_score(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        grade_id = cell.metadata.nbgrader["grade_id"]
        result = resources["nbgrader"]["graded"].get(grade_id)
        about = resources["nbgrader"]
        if is_solution(cell) or cell.cell_type != "code":
            super()._add_score(cell, resources)
            if not _waits(cell, about):
                return
        grade = self.gradebook.find_grade(
            grade_id, about["notebook"], about["assignment"], about["student"]
        )
        score = None if result is None or is_solution(cell) else result.score
        grade.auto_score = score
        grade.needs_manual_grade = grade.manual_score is not None or score is None
        self.gradebook.db.commit()

    def _add_comment(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        super()._add_comment(cell, resources)
        if is_task(cell):
            self._open_again(cell, resources["nbgrader"])
        if _waits(cell, resources["nbgrader"]):  # nbgrader takes the stub for "No response."
            about = resources["nbgrader"]
            comment = self.gradebook.find_comment(
                cell.metadata.nbgrader["grade_id"],
                about["notebook"],
                about["assignment"],
                about["student"],
            )
            comment.auto_comment = None
            self.gradebook.db.commit()

    def _open_again(self, cell: NotebookNode, about: dict[str, Any]) -> None:
        """Ask for a person again: nbgrader does so for every graded cell except a task."""
        grade = self.gradebook.find_grade(
            cell.metadata.nbgrader["grade_id"],
            about["notebook"],
            about["assignment"],
            about["student"],
        )
        grade.needs_manual_grade = True
        self.gradebook.db.commit()


def _waits(cell: NotebookNode, about: dict[str, Any]) -> bool:
    """Tell whether a person reads an answer that nbgrader takes for none."""
    return about["unread"] or cell.metadata.nbgrader["grade_id"] in about["below"]
