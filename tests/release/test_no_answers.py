"""No answer to any question in release/ or grader/, in any encoding."""

import ast
import base64
import codecs
import json
import re

import pytest
from support.notebooks import QUESTIONS, HIDDEN, NOTEBOOKS, ROOT, SOLUTION, cells

LENGTH = 16  # characters; shorter lines, such as `else:`, are in every program
# The last hint of step 4 shows the print line, the tasks of steps 1 and 2 the values: as they must.
TOLD_ON_PURPOSE = re.compile(
    r"^print\(f\"Model fairness check|^model_results = |^fairness_threshold"
)


def shipped(folder: str) -> dict[str, str]:
    """Return every text file that learners get from a folder, by path."""
    files = [path for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    wanted = [path for path in files if "__pycache__" not in path.parts]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in wanted}


def secret_lines() -> set[str]:
    """Return the lines of all solutions and hidden checks that learners do not see elsewhere."""
    found, cards = set(), set()
    for name in NOTEBOOKS:
        for key, cell in cells("source", name).items():
            if re.fullmatch(r"(practice|visual|pt)\d+", key):  # the options stand in both
                cards |= {line.strip() for line in cell["source"].split("\n")}
        for cell in cells("source", name).values():
            regions = HIDDEN.findall(cell["source"]) + SOLUTION.findall(cell["source"])
            found |= {line.strip() for region in regions for line in region.split("\n")}
            seen = HIDDEN.sub("", SOLUTION.sub("", cell["source"]))
            found = {line for line in found if line not in seen}
    kept = {
        line
        for line in found - cards
        if len(line) >= LENGTH and not line.startswith(("import", "from"))
    }
    return {line for line in kept if not TOLD_ON_PURPOSE.search(line)}


def encodings(line: str) -> dict[str, str]:
    """Return a line as itself and in the usual disguises."""
    raw = line.encode()
    # In base64 a text looks different by its place: three offsets, without the unsteady edges.
    in_base64 = {
        f"base64+{offset}": base64.b64encode(b"\0" * offset + raw).decode()[4:-4]
        for offset in range(3)
    }
    return {
        "plain": line,
        "json": json.dumps(line)[1:-1],
        "hex": raw.hex(),
        "rot13": codecs.encode(line, "rot13"),
        "reversed": line[::-1],
        **in_base64,
    }


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["release", "grader"])
def test_no_line_of_a_solution_or_hidden_check_is_shipped(folder: str):
    """Neither plain nor encoded, in no file."""
    lines = secret_lines()
    leaks = [
        (path, encoding, line)
        for path, text in shipped(folder).items()
        for line in lines
        for encoding, disguise in encodings(line).items()
        if disguise in text
    ]

    assert len(lines) > 50
    assert leaks == []


def right_letters() -> dict[str, dict[str, str]]:
    """Return the right letters, by notebook and question, from the solution of its quiz cell."""
    found = {}
    for name in dict.fromkeys(QUESTIONS.values()):
        solution = SOLUTION.search(cells("source", name)["quiz_answers"]["source"]).group(1)
        found[name] = ast.literal_eval(solution.split("=", 1)[1].strip())
    return found


@pytest.mark.parametrize("folder", ["release", "grader"])
def test_no_letter_stands_beside_its_question(folder: str):
    """No key such as `"practice1": "A"` and no `Option A` is in any file."""
    for path, text in shipped(folder).items():
        for question, letter in {
            k: v for q in right_letters().values() for k, v in q.items()
        }.items():
            assert not re.search(rf"{question}\W{{1,12}}{letter}\b", text), (path, question)
        assert not re.search(r"-> Option [A-D]", text), path


@pytest.mark.parametrize("folder", ["release", "grader"])
def test_no_row_of_letters_is_shipped(folder: str):
    """The letters of a quiz do not stand in a row, however separated or encoded."""
    for letters in ("".join(answers.values()) for answers in right_letters().values()):
        if len(letters) < 5:
            continue  # three letters in a row are found by chance
        pattern = r"\W{1,4}".join(letters)
        for path, text in shipped(folder).items():
            assert not re.search(rf"(?<![A-Za-z]){pattern}(?![A-Za-z])", text), path
            for disguise in encodings(letters).values():
                assert len(disguise) < 4 or disguise not in text, path
