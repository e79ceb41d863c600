"""
What a course says in its nbgrader_config.py to have its notebooks graded in the jail.

    from grader.door import guard
    guard(c)

`grader grade` does so in any course folder. The classes are named, not imported: a config file is
read by every command and server of Jupyter.
"""

import contextlib
from pathlib import Path

from traitlets.config import Config


def guard(c: Config) -> None:
    """Let nbgrader read submissions patiently, run them in the jail and judge them outside it."""
    # Whatever a learner hands in becomes a sound notebook here, or one that says why it is none.
    c.Autograde.exporter_class = "grader.exporter.SubmissionExporter"
    # A check cell that a learner deleted comes back, instead of waiting for a person for ever.
    c.OverwriteCells.add_missing_cells = True
    c.Autograde.autograde_preprocessors = [
        "grader.executor.JailedExecute",
        "grader.harmless.Harmless",
        "nbgrader.preprocessors.LimitOutput",
        "grader.executor.SaveGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    # What a learner puts into the exchange, or into an archive, is copied without its links.
    if "extractor_plugin" not in c.ZipCollectApp:
        c.ZipCollectApp.extractor_plugin = "grader.archives.ExtractOwnFiles"
    if "collect" not in c.ExchangeFactory and not _site_has_exchange():
        c.ExchangeFactory.collect = "grader.exchange.CollectOwnFiles"


def _site_has_exchange() -> bool:
    """Tell whether the site configures an exchange that is not nbgrader's: it stays."""
    from jupyter_core.paths import jupyter_config_path

    words = ("ExchangeFactory", "configureExchange", "ngshare")
    for folder in jupyter_config_path():
        for ending in ("py", "json"):
            with contextlib.suppress(OSError, ValueError):
                text = Path(folder, f"nbgrader_config.{ending}").read_text(encoding="utf-8")
                if any(word in text for word in words):
                    return True
    return False
