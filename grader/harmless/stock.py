"""The preprocessor that cleans a graded notebook before it is written; named in `grader.door`."""

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.harmless import safe_data, safe_markdown


class Harmless(NbGraderPreprocessor):
    """Cleans the learner's cells of a graded notebook; called by nbgrader before it is written."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Clean the outputs of a code cell, and the text of a Markdown or raw cell."""
        kept = cell.metadata.get("nbgrader")
        cell.metadata = NotebookNode({"nbgrader": kept} if kept else {})
        if cell.cell_type == "code":
            for output in cell.outputs:
                if "data" in output:
                    output.data = NotebookNode(safe_data(output.data))
        elif not (kept and kept.locked):
            cell.source = safe_markdown(cell.source)
        return cell, resources
