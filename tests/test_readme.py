"""README and docs claim what a test shows, name what is there, and lead to each other."""

import ast
import re
import tomllib

import pytest
from support.notebooks import ROOT

CLAIMS = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", CLAIMS)))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
GROUPS = [f"grader.{name}" for name in ("parts", "tables", "pairs", "sentences", "moved")]
COMMANDS = re.compile(r"^\$ (?:grader|make) ([a-z-]+)", re.MULTILINE)


@pytest.mark.parametrize("name", NAMED)
def test_every_test_that_is_named_beside_a_claim_exists(name):
    """A row of docs/claims.md names a file of tests, or one test in it."""
    path, _, function = name.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    assert any(one.startswith("test_") for one in found)
    assert not function or function in found


def test_every_claim_has_a_test():
    """No row stands there without a test or a command that measures."""
    rows = [line.split(" | ") for line in CLAIMS.splitlines() if line.startswith("| ")]

    assert 30 < len(rows)
    assert [] == [row for row in rows[1:] if not re.search("`(tests/|make )", row[-1])]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_on_a_page_are_there(page):
    """What a reader types is a command or a target."""
    from grader.cli import _parser

    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    known = set(_parser()._subparsers._group_actions[0].choices) | set(targets)

    assert set(COMMANDS.findall(page.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_lead_to_files(page):
    """No page leads to a file or a picture that is not there."""
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))

    assert [] == [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_named_on_a_page_are_there(page):
    """A page does not speak of a module, a folder or a file of ours that has moved."""
    text = page.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:grader|tests|docs|source)/[\w./]+)`", text)
    modules = re.findall(r"`(grader(?:\.[a-z_]+)+)(?:\.[A-Z]\w*)?`", text)
    places = [name.replace(".", "/") for name in modules if name not in GROUPS]

    assert [] == [path for path in paths if not (ROOT / path).exists()]
    assert [] == [
        place
        for place in places
        if not (ROOT / place).is_dir() and not (ROOT / f"{place}.py").is_file()
    ]


def test_the_readme_is_one_sitting():
    """It says what this is, shows it, and leads each audience to its page."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert len(text.splitlines()) < 140
    for audience in ("learners", "instructors", "authors", "operations", "developers"):
        assert f"docs/{audience}.md" in text


def test_the_pythons_that_are_named_are_those_of_the_package():
    """The README names the Pythons that the package's classifiers name, oldest first."""
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r"(?<=Python :: )3\.\d+", " ".join(package["classifiers"]))
    oldest, *others, newest = named

    assert f">={oldest}" == package["requires-python"]
    assert f"Python {', '.join([oldest, *others])} or {newest}" in (ROOT / "README.md").read_text(
        encoding="utf-8"
    )


def test_authors_find_every_word():
    """The page for authors names all words of check cells."""
    import grader.checks

    text = (ROOT / "docs" / "authors.md").read_text(encoding="utf-8")

    assert [] == [word for word in grader.checks.__all__ if f"`{word}" not in text]
