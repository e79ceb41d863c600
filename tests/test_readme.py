"""The README claims what a test shows."""

import ast
import re

import pytest
from notebooks import ROOT

CLAIMS = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", CLAIMS)))
COMMANDS = re.compile(r"^\$ (?:grader|make) ([a-z]+)", re.MULTILINE)


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


def test_commands_in_the_readme_are_there():
    """What a reader types from the README is a command or a target."""
    from grader.cli import _parser

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    known = set(_parser()._subparsers._group_actions[0].choices) | set(targets)

    assert {"grade", "release", "demo"} <= set(COMMANDS.findall(text))
    assert set(COMMANDS.findall(text)) <= known
