"""
The preprocessor that cleans a graded notebook before it is written; named in
`grader.course.config`.
"""

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode, from_dict
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum

from grader.sanitize.outputs import (
    safe_about,
    safe_attachments,
    safe_notebook_metadata,
    safe_output,
)
from grader.sanitize.text import safe_markdown, safe_text


class Sanitize(NbGraderPreprocessor):
    """Cleans the learner's cells of a graded notebook; called by nbgrader before it is written."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Clean a notebook and all of its cells."""
        nb.metadata = from_dict(safe_notebook_metadata(nb.metadata))
        return super().preprocess(nb, resources)

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Clean what a code cell shows, and the text of a Markdown or raw cell of a learner."""
        about = safe_about(cell.metadata)
        if about != cell.metadata:
            cell.metadata = from_dict(about)
        if cell.cell_type == "code":
            outputs = [safe for output in cell.outputs if (safe := safe_output(output)) is not None]
            if outputs != cell.outputs:
                cell.outputs = from_dict(outputs)
            return cell, resources
        pasted = safe_attachments(cell.pop("attachments", None))
        if pasted:
            cell.attachments = from_dict(pasted)
        if not _is_as_released(cell):
            raw = cell.cell_type != "markdown"
            cell.source = (
                safe_text(cell.source) if raw else safe_markdown(cell.source, frozenset(pasted))
            )
        return cell, resources


def _is_as_released(cell: NotebookNode) -> bool:
    """Tell whether a text is the author's, who may write what they like; its checksum stays."""
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("locked")) or (
        "checksum" in about and about["checksum"] == compute_checksum(cell)
    )
