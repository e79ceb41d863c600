"""Findings written into a dictionary are looked at for their form, noted, and not praised."""

import pytest
from support import notebooks
from support.checking import Facts

from grader.checks import cell, entry, function, verdict
from grader.checks.sentences.choices import unfit
from grader.checks.verdict import LATER, VerdictPage
from grader.rerun.calls import calls
from grader.rerun.rerun import reruns

RIGHT = {
    "overall_passes": True,
    "worst_gender": "woman",
    "larger_tpr_gap": "gender",
    "ratio_below_0_8": ["gender"],
}
WRONG = RIGHT | {"overall_passes": False, "worst_gender": "man", "ratio_below_0_8": []}
# A finding that does not fit its form, and what its learner is told about it.
UNFIT = [
    ({"overall_passes": None}, "Write `True` or `False` for `overall_passes`."),
    ({"overall_passes": "yes"}, "`'yes'` is none of the choices: `True`, `False`."),
    ({"overall_passes": "true"}, "`'true'` is a text: write `True`, without quotes."),
    ({"overall_passes": 1}, "`1` is none of the choices: `True`, `False`."),
    ({"worst_gender": "banana"}, "`'banana'` is none of the choices: `'man'`, `'woman'`"),
    ({"worst_gender": "Woman "}, "`'Woman '` should be `'woman'`: capital letters and blanks"),
    ({"worst_gender": ["woman"]}, "`worst_gender` is the list `['woman']`: write one value alone"),
    ({"larger_tpr_gap": "age band"}, "`'age band'` is none of the choices: write `'age_band'`."),
    ({"larger_tpr_gap": 0.138}, "`0.138` is none of the choices"),
    ({"ratio_below_0_8": "gender"}, "which is no list: write `['gender']`."),
    ({"ratio_below_0_8": False}, "`ratio_below_0_8` is `False`, which is no list: write `[...]`."),
    ({"ratio_below_0_8": ["shoe"]}, "`'shoe'` is none of the choices: `'gender'`, `'age_band'`."),
    ({"ratio_below_0_8": ["gender", "gender"]}, "`'gender'` is in the list twice: name it once."),
]


@pytest.fixture
def said(monkeypatch):
    """Run the check of the findings as a learner's kernel does, and return what it shows."""

    def run(findings: object, material: dict | None = None) -> VerdictPage:
        facts = Facts((f"findings = {findings!r}",))
        facts.material = lambda answer_id: material or {}
        shown: list[VerdictPage] = []
        monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
        monkeypatch.setattr(cell, "display", lambda data, **options: shown.append(data))

        def ask(plan: list, model: tuple[str, ...] = ()) -> list | None:
            return None if model else calls(plan, {"findings": findings})

        with cell.judging(facts, reruns, ask):
            exec(notebooks.cells("release", "beyond_accuracy")["a6_check"]["source"], {})
        return shown[-1]

    return run


@pytest.mark.parametrize("findings", [RIGHT, WRONG], ids=["right", "wrong"])
def test_findings_are_noted_and_never_praised(said, findings):
    """The kernel does not know what is right: right and wrong ones read the same."""
    page = said(findings)

    assert "noted" == page.state
    assert f"Your four findings are there. {LATER}" == page.sentence
    assert "Correct" not in repr(page)


@pytest.mark.parametrize(("change", "told"), UNFIT, ids=lambda one: str(one)[:40])
def test_a_finding_of_another_form_is_told_its_cause(said, change, told):
    """Type, spelling and lists that are none, each with what to write, within 180 characters."""
    page = said(RIGHT | change)

    assert "missed" == page.state
    assert told in page.sentence
    assert len(page.sentence) <= 180


def test_each_cause_has_its_own_sentence(said):
    """No two of the causes read the same."""
    assert len(UNFIT) == len({said(RIGHT | change).sentence for change, _ in UNFIT})


def test_what_is_right_always_fits():
    """No form that a right finding has in JSON is refused."""
    assert "" == unfit("a", True, [True, False], many=False)
    assert "" == unfit("a", ["y", "x"], ["x", "y"], many=True)
    assert "" == unfit("a", [], ["x", "y"], many=True)


def test_an_edition_for_self_study_judges_findings_itself(said):
    """Nobody grades there: its notebook tells what is right, and why."""
    known = {
        "worst_gender": {"right": ["woman"], "sentence": "Compare both.", "title": "the worst"},
        "ratio_below_0_8": {"right": [["gender"]], "sentence": "One is 0.76.", "title": "ratio"},
        "overall_passes": {"right": [True], "sentence": "0.802 is more.", "title": "overall"},
        "larger_tpr_gap": {"right": ["gender"], "sentence": "Compare.", "title": "gap"},
    }

    assert "passed" == said(RIGHT, known).state
    assert "missed" == said(WRONG, known).state
    assert said(RIGHT | {"worst_gender": "man"}, known).sentence.startswith("Compare both.")
    assert said(RIGHT | {"worst_gender": "Man"}, known).sentence.endswith("and blanks count.")
    assert LATER not in repr(said(RIGHT, known))


@pytest.mark.parametrize(("right", "state"), [((), "noted"), ((1,), "passed"), ((2,), "missed")])
def test_what_is_judged_here_is_praised_as_before(monkeypatch, right, state):
    """Only where every check looks at the form alone is the verdict a note."""
    shown: list[VerdictPage] = []
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr(cell, "display", lambda data, **options: shown.append(data))

    def ask(plan: list, model: tuple[str, ...] = ()) -> list | None:
        return None if model else calls(plan, {"findings": {"a": 1}})

    with cell.judging(Facts(("findings = {'a': 1}",)), reruns, ask):
        function("a6", "findings")
        entry("A", "a", "Write a.", "a")
        entry("B", "b", "Write b.", "a", *right)
        verdict("There.")

    assert state == shown[-1].state
