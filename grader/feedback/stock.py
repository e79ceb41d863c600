"""
The same page from nbgrader's own `generate_feedback` and from the formgrader's button.

nbgrader_config.py names the two preprocessors. The first puts the marks beside the notebook, the
second cleans it and writes the page, which the template hands on.
"""

from pathlib import Path
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor

from grader.course import Course
from grader.feedback.page import LearnerMarks, page
from grader.feedback.pages import given_texts, handed_in, with_status
from grader.feedback.safe import clean
from grader.course.regions import regions
from grader.results import Mark, NotebookMarks


class GetMarks(GetGrades):
    """nbgrader's GetGrades, which also keeps the marks of the whole submission; for nbgrader."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Put the marks of this notebook into its cells, and those of all into the resources."""
        nb, resources = super().preprocess(nb, resources)
        about = resources["nbgrader"]
        with self.gradebook as book:
            submission = book.find_submission(about["assignment"], about["student"])
            about["marks"] = marks_of(submission)
        return nb, resources


class SafeToShow(NbGraderPreprocessor):
    """Takes out what a learner must not see and writes the page; called by nbgrader."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Clean the notebook; where its marks are known, put its page into the resources."""
        about = resources.get("nbgrader", {})
        if "marks" not in about:
            clean(nb.cells, regions(self.config))
            return nb, resources
        folder = Path(resources["metadata"]["path"])
        course, assignment = Course(Path.cwd()), about["assignment"]  # nbgrader converts there
        names = tuple(sorted(path.stem for path in folder.glob("*.ipynb")))
        submission = LearnerMarks(
            about["student"],
            assignment,
            with_status(course, assignment, about["marks"], names),
            names,
            handed_in(folder),
            given_texts(course, assignment),
            regions(self.config),
        )
        about["page"] = page(nb, about["notebook"], submission)
        return nb, resources


def marks_of(submission: Any) -> tuple[NotebookMarks, ...]:
    """Return the marks in nbgrader's rows of a submission, by notebook."""
    found = [
        NotebookMarks(
            student=submission.student_id,
            notebook=notebook.name,
            max_score=notebook.max_score,
            marks=tuple(_mark(grade) for grade in notebook.grades),
            comments={own.name: own.comment for own in notebook.comments if own.comment},
            late=submission.total_seconds_late,
            penalty=notebook.late_submission_penalty or 0.0,
            due=submission.duedate,
        )
        for notebook in submission.notebooks
    ]
    return tuple(sorted(found, key=lambda one: one.notebook))


def _mark(grade: Any) -> Mark:
    return Mark(
        grade_id=grade.name,
        max_score=grade.max_score,
        auto_score=grade.auto_score,
        manual_score=grade.manual_score,
        extra_credit=grade.extra_credit,
        needs_manual_grade=bool(grade.needs_manual_grade),
    )
