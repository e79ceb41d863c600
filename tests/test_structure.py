"""The shape of the code: who may import whom, sizes, docstrings."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.notebooks import ROOT

MODULES = sorted((ROOT / "grader").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
MAY_IMPORT = {
    "aliases": {"widgets"},
    "__init__": {"aliases"},
    "errors": set(),
    "results": set(),
    "terminal": set(),
    "version": set(),
    # What a learner's notebook meets.
    "rerun": set(),
    "widgets": set(),
    "checks": {"widgets", "rerun"},
    "rai": {"checks", "widgets", "rerun"},
    # What a submission goes through.
    "course": {"errors"},
    "graded": set(),
    "gradebook": {"course", "errors", "graded", "results"},
    "submissions": {"course", "errors", "gradebook"},
    "sandbox.codec": set(),
    "sandbox.walls": {"sandbox.codec"},
    "sandbox.guest": {"rerun", "sandbox.codec", "sandbox.walls"},
    # The server names `sandbox.guest` in a string: see test_sandbox_server.
    "sandbox": {"errors", "rerun", "sandbox.codec"},
    "judge": {
        "aliases",
        "checks",
        "course",
        "errors",
        "graded",
        "widgets",
        "rerun",
        "sandbox",
        "sandbox.codec",
        "sandbox.walls",
    },
    "sanitize": set(),
    "trial": {
        "errors",
        "graded",
        "gradebook",
        "judge",
        "sandbox",
        "sandbox.walls",
        "submissions",
        "version",
    },
    "jupyter_ext": set(),
    "nbgrader_ext": {
        "course",
        "errors",
        "gradebook",
        "sanitize",
        "judge",
        "report",
        "results",
        "sandbox",
        "submissions",
        "trial",
    },
    # What an instructor runs.
    "release": {
        "checks",
        "course",
        "errors",
        "judge",
        "sandbox",
        "submissions",
        "trial",
        "widgets",
    },
    "batch": {
        "course",
        "errors",
        "graded",
        "gradebook",
        "judge",
        "nbgrader_ext",
        "terminal",
        "release",
        "results",
        "sandbox",
        "submissions",
        "trial",
        "version",
    },
    "feedback": {
        "course",
        "errors",
        "graded",
        "gradebook",
        "sanitize",
        "terminal",
        "results",
    },
    "lesson": {
        "checks",
        "course",
        "errors",
        "feedback",
        "graded",
        "gradebook",
        "judge",
        "rerun",
        "results",
        "sandbox",
        "submissions",
        "trial",
        "widgets",
    },
    "live": {"course", "errors", "release", "widgets"},
    "handout": {"course", "errors", "feedback", "judge", "sanitize", "submissions", "widgets"},
    "report": {"course", "errors", "gradebook", "results"},
    "doctor": {"course", "errors", "gradebook", "judge", "sandbox", "trial"},
    "demo": {
        "batch",
        "course",
        "errors",
        "sandbox",
        "feedback",
        "gradebook",
        "nbgrader_ext",
        "terminal",
        "release",
        "report",
        "results",
    },
    "startup": set(),
    "cli": None,  # runs every command
    "__main__": {"cli"},
}


def tree(path: Path) -> ast.Module:
    """Return a file as a syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def package(name: str) -> str:
    """Return the row of the table for a dotted name below grader: the innermost that is there."""
    parts = name.split(".")
    return next((p for p in (".".join(parts[:2]), parts[0]) if p in MAY_IMPORT), parts[0])


def package_of(path: Path) -> str:
    """Return the row of the table that a module belongs to."""
    parts = path.relative_to(ROOT / "grader").with_suffix("").parts
    return package(".".join(part for part in parts if part != "__init__") or "__init__")


def imported(path: Path) -> set[str]:
    """Return the dotted names that a module imports anywhere, types only included."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def label(path: Path) -> str:
    """Name a file in the list of tests."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_packages_import_only_their_neighbours(path: Path):
    """The table above is the whole truth about imports inside grader."""
    allowed = MAY_IMPORT[package_of(path)]
    names = {name.removeprefix("grader.") for name in imported(path) if name.startswith("grader.")}

    if allowed is not None:
        assert {package(name) for name in names} - {package_of(path)} <= allowed


def test_no_package_imports_itself_by_way_of_others():
    """The table has no cycle: packages can be read one after the other, from the bottom up."""
    left = {name: set(found or ()) for name, found in MAY_IMPORT.items()}
    while ready := [name for name, found in left.items() if not found & set(left)]:
        for name in ready:
            del left[name]

    assert {} == left


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_only_the_gradebook_package_opens_the_database(path: Path):
    """No other module imports nbgrader's database or SQLAlchemy."""
    database = {n for n in imported(path) if re.match(r"nbgrader\.api\b|sqlalchemy\b", n)}

    assert not database or package_of(path) in ("gradebook", "report")


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_what_learners_import_needs_no_nbgrader(path: Path):
    """A learner's notebook starts without nbgrader, nbconvert or JupyterLab."""
    if package_of(path) in ("widgets", "checks"):
        heavy = {n.split(".")[0] for n in imported(path)} & {"nbgrader", "nbconvert", "jupyterlab"}
        assert not heavy


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_modules_and_functions_stay_small(path: Path):
    """A module has at most 350 lines and a function at most 50."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = [
        node.name
        for node in ast.walk(tree(path))
        if isinstance(node, functions) and node.end_lineno - node.lineno >= 50
    ]

    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350
    assert long == []


@pytest.mark.parametrize("path", MODULES + TESTS, ids=label)
def test_everything_public_has_a_docstring(path: Path):
    """Modules, public classes and public functions say what they are; tests say their rule."""
    module = tree(path)
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    public = [n for n in module.body if isinstance(n, named) and not n.name.startswith("_")]
    bare = [node.name for node in public if not ast.get_docstring(node)]

    assert ast.get_docstring(module) or not module.body
    assert bare == []


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_public_functions_have_type_hints(path: Path):
    """Every argument and the result of a public function is typed."""
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
            assert node.returns is not None, node.name
            assert all(argument.annotation for argument in arguments), node.name


def test_every_command_is_in_the_readme():
    """What the command line offers, the README shows, or the page for its audience."""
    from grader.cli import _parser

    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    commands = next(a for a in _parser()._actions if a.dest == "run" or a.choices).choices

    assert [name for name in commands if f"grader {name}" not in text] == []


def test_requirements_name_no_host():
    """The pinned requirements hold for any package index."""
    for path in (ROOT / "requirements.txt", *sorted((ROOT / "tests").rglob("requirements.txt"))):
        text = path.read_text(encoding="utf-8")

        assert not re.search(r"://|--(extra-)?index|--find-links|--trusted|file:", text)
        pins = re.findall(r"(?m)^[\w.-]+==.*$", text)
        assert pins and all(pin.rstrip().endswith("\\") for pin in pins)


def test_nothing_in_the_package_loads_from_the_network():
    """No address stands in what runs, but those made of its own; comments may name a source."""
    for path in sorted((ROOT / "grader").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            text = path.read_text(encoding="utf-8")
            found = re.findall(
                r"https?://[^\s\"'<>){][^\s\"'<>)]*", running(text) if is_code(path) else text
            )
            own = ("http://www.w3.org", "http://127.0.0.1:{")
            assert [a for a in found if not a.startswith(own)] == [], path


def is_code(path: Path) -> bool:
    """Tell whether a file is Python."""
    return path.suffix == ".py"


def running(text: str) -> str:
    """Return Python without its comments and docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, kinds) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_public_functions_say_what_they_raise(path: Path):
    """A public function that raises an error of its own names it, and says when."""
    silent = {}
    for node in (one for part in tree(path).body for one in public_functions(part)):
        raised = {name for name in map(raised_name, escaping(node)) if name}
        text = ast.get_docstring(node) or ""
        if missing := {name for name in raised if name not in text}:
            silent[node.name] = missing

    assert {} == silent


def public_functions(part: ast.stmt) -> list[ast.FunctionDef]:
    """Return the public function that a statement defines, or the public methods of its class."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = part.body if isinstance(part, ast.ClassDef) else [part]
    public = not (isinstance(part, ast.ClassDef) and part.name.startswith("_"))
    return [
        one for one in found if public and isinstance(one, kinds) and not one.name.startswith("_")
    ]


def escaping(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is in a statement, but not what a handler of its own looks after."""
    yield node
    for name, value in ast.iter_fields(node):
        if name == "body" and isinstance(node, ast.Try) and node.handlers:
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, ast.AST):
                yield from escaping(one)


def raised_name(node: ast.AST) -> str:
    """Return the name of the error that a statement raises, "" where it raises none by name."""
    if not isinstance(node, ast.Raise) or not isinstance(node.exc, (ast.Call, ast.Name)):
        return ""
    name = ast.unparse(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
    return name if name[:1].isupper() and name != "NotImplementedError" else ""


# What this course is about, in any spelling; "pt01" names a question of a pattern test anywhere.
OF_THE_COURSE = re.compile(
    r"model_results|predictions?\b|true_?labels?|fairness|accuracy|\bbias|\bloans\b|mlops|"
    r"responsible|step 4|the report (?:is|line|stands)|process_table|status_tracker|"
    r"mini_project|build_and_apply|pattern_test|beyond_|practice\d|visual\d",
    re.IGNORECASE,
)


def test_the_engine_says_no_word_of_the_course():
    """Only grader/rai may: a course of strings reads nothing about predictions or labels."""
    endings = ("*.py", "*.js", "*.css", "*.j2")
    paths = [path for ending in endings for path in (ROOT / "grader").rglob(ending)]
    engine = [path for path in paths if "rai" not in path.relative_to(ROOT).parts]
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in engine
        for line in path.read_text(encoding="utf-8").splitlines()
        if OF_THE_COURSE.search(line)
    ]

    assert [] == found
    assert len(engine) > 150
    assert OF_THE_COURSE.search((ROOT / "grader/rai/sentences/slips.py").read_text())


def test_no_text_is_read_in_the_encoding_of_the_day():
    """It is another one on Windows; `open`, `read_text` and `write_text` say which they mean."""
    command = [sys.executable, "-m", "ruff", "check", "--preview", "--select", "PLW1514"]
    done = subprocess.run([*command, ROOT / "grader"], capture_output=True, text=True)

    assert 0 == done.returncode, done.stdout
