"""
Honest accidents in a submitted notebook, undone before nbgrader stumbles over them.

The preprocessor here is named in nbgrader_config.py, so `nbgrader autograde` and the formgrader's
button profit as well.
"""

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor


class ForgetCopies(NbGraderPreprocessor):
    """
    Makes plain cells of the copies that nbgrader's DeduplicateIds has found.

    Splitting an answer cell or pasting a check cell gives two cells with one grade_id.
    DeduplicateIds leaves `nbgrader: {}` on all but the last, which CheckCellMetadata takes for an
    old format, and stock autograde then stops for the whole class.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Drop empty nbgrader metadata; called by nbgrader right after DeduplicateIds."""
        for cell in nb.cells:
            if "nbgrader" in cell.metadata and not cell.metadata.nbgrader:
                del cell.metadata["nbgrader"]
        return nb, resources
