"""
What a course says in its nbgrader_config.py to have its notebooks graded in the sandbox, and to
have everything that is shown of them safe to open.

    from grader.course.config import enable
    enable(c)

`grader grade` does so in any course folder. The classes are named, not imported: a config file is
read by every command and server of Jupyter. What a course says below that line holds instead.
"""

import contextlib
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

SYSTEMS = Path("/usr/local/share/nbgrader/exchange")  # nbgrader's own default
# c.Exchange.root, c["Exchange"]["root"] or, in JSON, "Exchange": {…, "root"; not in a comment.
NAMES_ROOT = re.compile(
    r"""^[^#\n]*\bExchange\b(?:["'\]\[.\s]*\broot\b|"\s*:\s*\{[^}]*"root")""", re.MULTILINE
)
DRAW = "grader.release.DrawExamples"
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


def enable(c: Config) -> None:
    """Have nbgrader grade in the sandbox, give feedback without hidden tests, and show no harm."""
    _releasing(c)
    _collecting(c)
    _grading(c)
    _feedback(c)
    _formgrader(c)
    _export(c)


guard = enable  # its old name, in configuration files of courses


def _releasing(c: Config) -> None:
    """Draw the examples that learners' checks ask for, before solutions are cleared."""
    steps = c.GenerateAssignment.preprocessors
    if isinstance(steps, LazyConfigValue):  # nbgrader's own steps: first two of them add cells
        steps.insert(2, DRAW)
    elif DRAW not in steps:
        cleared = [n for n, one in enumerate(steps) if str(one).endswith("ClearSolutions")]
        c.GenerateAssignment.preprocessors.insert(cleared[0] if cleared else 0, DRAW)


def _grading(c: Config) -> None:
    """
    Let nbgrader read submissions patiently, run them in the sandbox and judge them outside it.
    """
    # Whatever a learner hands in becomes a sound notebook here, or one that says why it is none.
    c.Autograde.exporter_class = "grader.nbgrader_ext.exporter.SubmissionExporter"
    # A check cell that a learner deleted comes back, instead of waiting for a person for ever.
    c.OverwriteCells.add_missing_cells = True
    c.Autograde.autograde_preprocessors = [
        "grader.nbgrader_ext.executor.SandboxedExecute",
        "grader.sanitize.Sanitize",
        "nbgrader.preprocessors.LimitOutput",
        "grader.nbgrader_ext.executor.SaveGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]


def _export(c: Config) -> None:
    """Leave blank in grades.csv what nobody has decided, and say there what is open."""
    if "plugin_class" not in c.ExportApp:
        c.ExportApp.plugin_class = "grader.nbgrader_ext.export.CsvExport"


def _collecting(c: Config) -> None:
    """Copy what a learner puts into the exchange, or into an archive, without its links."""
    if "extractor_plugin" not in c.ZipCollectApp:
        c.ZipCollectApp.extractor_plugin = "grader.nbgrader_ext.archives.ExtractOwnFiles"
    if "collect" not in c.ExchangeFactory and not _site_has_exchange():
        c.ExchangeFactory.collect = "grader.nbgrader_ext.exchange.CollectOwnFiles"


def own_exchange(c: Config, course: Path) -> None:
    """Let nbgrader use the exchange that `grader lab` made in a course folder; a site's stays."""
    if (course / "exchange").is_dir() and lacks_exchange(course):
        c.Exchange.root = str(course / "exchange")


def lacks_exchange(course: Path) -> bool:
    """Tell whether neither the system nor the site's configuration has an exchange for a course."""
    named = any(NAMES_ROOT.search(text) for text in _site_texts(but=course))
    return not SYSTEMS.is_dir() and not named


def _site_has_exchange() -> bool:
    """Tell whether the site configures an exchange that is not nbgrader's: it stays."""
    words = ("ExchangeFactory", "configureExchange", "ngshare")
    return any(word in text for text in _site_texts() for word in words)


def _site_texts(but: Path | None = None) -> Iterator[str]:
    """Yield what configures nbgrader on this machine, `but` for what lies in this folder."""
    from jupyter_core.paths import jupyter_config_path

    for folder in jupyter_config_path():
        if but is not None and Path(folder).resolve() == but.resolve():
            continue
        for ending in ("py", "json"):
            with contextlib.suppress(OSError, ValueError):
                yield Path(folder, f"nbgrader_config.{ending}").read_text(encoding="utf-8")


def _feedback(c: Config) -> None:
    """Give our own page: stock feedback shows hidden tests, and loads scripts from the network."""
    c.GenerateFeedback.preprocessors = ["grader.feedback.GetMarks", "grader.feedback.SafeToShow"]
    exporter = c.GenerateFeedback.HTMLExporter
    exporter.template_name = "course_feedback"
    exporter.extra_template_basedirs = [str(TEMPLATES)]
    exporter.preprocessors = []
    exporter.filters = {
        "safe_html": "grader.sanitize.safe_html",
        "spoken": "grader.feedback.spoken",
        "sentence_html": "grader.feedback.sentence_html",
    }


def _formgrader(c: Config) -> None:
    """Show a hand-in in the formgrader behind a policy, with the rubric of what a person marks."""
    stock = find_spec("nbgrader")
    if stock is None or stock.origin is None:
        return
    theirs = str(Path(stock.origin).parent / "server_extensions/formgrader/templates")
    # The formgrader's exporter is the only one that reads these: feedback has its own above.
    c.HTMLExporter.template_name = "course_formgrade"
    c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), theirs]
    c.HTMLExporter.extra_template_paths = [theirs]
    c.HTMLExporter.preprocessors = ["grader.nbgrader_ext.formgrader.Shield"]
    c.HTMLExporter.filters = {
        "markdown2html": "grader.nbgrader_ext.formgrader.markdown2html",
        "rubric_of": "grader.feedback.rubric.rubric_of",
        "sentence_html": "grader.feedback.sentence_html",
    }
