"""Code of a learner's that is shown to a room tells nobody's name."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.lesson.nameless import Names, without_remarks

PEOPLE = ["ada", "Ada", "Lovelace", "ada.lovelace@uni.edu", "s1234567", "Zoë", "Li", "Max"]
KNOWN = ["correct = max(model_results)", "Model fairness check"]
NAMES = Names(PEOPLE, KNOWN)
HIDDEN = [
    "ada_result = 1",
    "resultOfAda = 1",
    "adas = 1",
    "ADA2 = 1",
    "print('by Ada')",
    'print(f"{x} ada")',
    "mylovelacelist = []",
    "ａｄａ = 1",
    "A\u0301da = 1",
    "x = 'zoe'",
    "x = 'ZOE\u0308'",
    "x = 'a\u200bda'",
    "x = '\\x41da'",
    "x = '\\N{LATIN SMALL LETTER A}da'",
    "x = 's1234567'",
    "s1234567 = 2",
    "x = 'ada.lovelace@uni.edu'",
    "x = 'A d a'.replace('Ada', '')",
    "li = []",
]
KEPT = ["correct = max(3, 4)", "data = adapt", "list(range(3))", "maximum = 1", "for i in x: pass"]


@pytest.mark.parametrize("code", HIDDEN)
def test_a_name_in_code_or_text_is_replaced(code):
    """In identifiers and texts, in capitals, with accents, wide letters, escapes, unseen signs."""
    made = NAMES.code_hidden(code)

    assert made != code
    assert 1000 <= NAMES.rank(code)
    assert not any(word in made.casefold() for word in ("ada", "lovelace", "zoe", "1234567"))
    ast.parse(made)


@pytest.mark.parametrize("code", KEPT)
def test_what_the_course_or_python_says_is_nobodys_name(code):
    """A learner called Max changes no `max`, and Ada no `data`."""
    assert code == NAMES.code_hidden(code)
    assert 0 == NAMES.rank(code)


def test_code_with_words_that_may_be_names_ranks_lower():
    """The gradebook may not know how somebody is called; a word with a capital may be it."""
    assert 0 == NAMES.rank("x = 'Model'") < NAMES.rank("x = 'Grace'") < NAMES.rank("x = 'Ada'")


def test_comments_and_docstrings_go_and_the_layout_stays():
    """What follows a # in a text is no comment; a note that is a text alone is one."""
    code = '''# by Ada
def f(x):
    """Ada's"""
    total = 0  # ada
    s = "# no comment"
    """a note
    of Ada"""
    for a in x:   # loop

        total += a
    return f"{total}  #"
'''

    assert (
        'def f(x):\n    total = 0\n    s = "# no comment"\n    for a in x:\n\n'
        '        total += a\n    return f"{total}  #"'
    ) == without_remarks(code)


def test_comments_go_from_code_that_python_cannot_read():
    """A forgotten colon keeps the code from running, and not from being shown."""
    assert "for i in x\n    y = i" == without_remarks("for i in x  # Ada\n    y = i\n")


@pytest.mark.parametrize(
    "code", ["x = '''open  # Ada", "x = (1,  # Ada", "  x\n y", "def f():\n 'a'"]
)
def test_code_in_which_comments_cannot_be_told_is_not_shown(code):
    """Better no answer than one with a name in it; nor one that its docstring keeps alive."""
    made = without_remarks(code)

    assert made is None or "Ada" not in made


@given(st.text(alphabet="ab=()'\"#:\\\n \t{}f0é", max_size=60))
def test_no_comment_survives_and_code_stays_code(text):
    """Whatever a learner wrote: what could be read before can be read after, and does the same."""
    made = without_remarks(text)
    try:
        before = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    if made is not None:
        bare = [one for one in before.body if not is_note(one)]
        assert len(bare) == len(ast.parse(made).body)


def is_note(statement: ast.stmt) -> bool:
    """Tell whether a statement is a text of its own."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


@given(st.lists(st.text(max_size=12), max_size=4), st.text(max_size=60))
def test_whatever_people_are_called_nothing_breaks(people, text):
    """Names may be empty, a sign, or a pattern."""
    made = Names(people).hidden(text)

    assert isinstance(made, str)
