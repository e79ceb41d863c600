"""What a command leaves out to start at once, each in an interpreter of its own."""

import subprocess
import sys

import pytest
from support.courses import copy_course

SERVER = "tornado.web", "jupyter_server", "nbgrader.server_extensions.formgrader.handlers"
LONG = "setuptools", "rfc3987_syntax", "isoduration"


def run(code: str, folder: object = None) -> str:
    """Run code in a Python of its own and return what it prints."""
    command = [sys.executable, "-c", f"import sys\n{code}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_command_imports_no_server_and_no_converter(tmp_path):
    """`grader report` reads a gradebook: nothing of a web server, of archives or of nbconvert."""
    course = copy_course(tmp_path / "course")
    code = (
        "from grader.cli import main\nmain(['report', 'mini_project'])\n"
        f"print([name for name in {(*SERVER, *LONG, 'nbconvert')} if sys.modules.get(name)])"
    )

    assert run(code, course.root).splitlines()[-1] == "[]"


def test_help_imports_no_gradebook():
    """The list of commands needs no database."""
    code = (
        "from grader.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "print([name for name in ('sqlalchemy', 'IPython', 'nbconvert') if name in sys.modules])"
    )

    assert run(code).splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "code",
    [
        "import nbgrader.utils, setuptools.archive_util\n"
        "try: nbgrader.utils.unpack_archive('/nowhere', '/nowhere')\n"
        "except setuptools.archive_util.UnrecognizedFormat: print('real')\n"
        "except FileNotFoundError: print('real')",
        "import nbgrader\nfrom types import SimpleNamespace\n"
        "try: nbgrader.load_formgrader(SimpleNamespace())\n"
        "except AttributeError: print('real' * ('tornado.web' in sys.modules))",
        "import nbgrader.server_extensions.formgrader.handlers\nprint('real')",
        "import jsonschema, isoduration, webcolors\nprint('real')",
        "import nbconvert.filters\nassert not hasattr(sys.modules.get('bs4.element'), 'Tag')\n"
        "picture = '![p](attachment:p.png)'\n"
        "from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath\n"
        "renderer = IPythonRenderer(attachments={'p.png': {'image/png': 'eA=='}},"
        " embed_images=True)\n"
        "print('real' * ('eA==' in MarkdownWithMath(renderer=renderer).render(picture)))",
        "import requests, importlib.util\nassert 'urllib3' not in sys.modules\n"
        "assert importlib.util.find_spec('requests').origin\n"
        "import requests.adapters\nfrom requests import Session\n"
        "print('real' * (requests.Session is Session and 'urllib3' in sys.modules))",
    ],
    ids=["archives", "server", "handlers", "formats", "pictures", "requests"],
)
def test_what_was_left_out_is_there_when_it_is_needed(code):
    """Whoever calls it, or imports it later, gets the real one."""
    assert run(f"from grader.startup import quicken\nquicken()\n{code}") == "real"


def test_another_nbgrader_is_imported_as_it_comes():
    """One that takes more of a module than is known here finds the module itself."""
    code = (
        "from grader import startup\n"
        "startup.LATER['setuptools.archive_util'] = ('unpack_archive',)\n"
        "startup.quicken()\nimport nbgrader.utils, nbgrader.api\n"
        "print(nbgrader.utils.unpack_zipfile.__module__)"
    )

    assert run(code) == "setuptools.archive_util"
