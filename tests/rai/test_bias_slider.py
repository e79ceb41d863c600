"""The bias knob: its figures, what is counted when, and the static page."""

import html
import json
import re

import pytest
from support.modules import own_bytes

from grader.rai import bias_slider, groups
from grader.rai.loans import make_loans
from grader.sanitize import safe_html
from grader.widgets import BiasKnob
from grader.widgets.base import VIEW


def setting(step: int) -> dict:
    """Return what the page shows at a setting."""
    return BiasKnob().props()["settings"][step]


def text(twin: str) -> list[str]:
    """Return the words that a page shows."""
    return html.unescape(re.sub(r"<[^>]+>", " ", twin)).split()


@pytest.mark.parametrize(
    ("step", "figures"),
    [
        (0, (0.980, 0.980, 0.008, 0.034)),
        (6, (0.759, 0.814, 0.161, 0.121)),
        (10, (0.620, 0.678, 0.269, 0.217)),
    ],
)
def test_the_figures_are_those_of_the_course(step: int, figures: tuple):
    """The ratio of selection rates and the gap of true positive rates, by gender and by age."""
    features = ("gender", "age_band")
    found = [
        *(bias_slider.ratio(step, feature) for feature in features),
        *(bias_slider.gap(step, feature) for feature in features),
    ]

    assert figures == tuple(round(figure, 3) for figure in found)


def test_groups_are_counted_from_the_loans():
    """The default table: people, and how many of them get a yes."""
    rows = [row for row in make_loans() if row["gender"] == "woman"]
    good = [row for row in rows if row["repaid"] == 1]
    found = bias_slider.at(6)["gender"]["woman"]

    assert 944 == len(rows) == found["count"]
    assert sum(row["approved"] for row in rows) == round(found["selection_rate"] * 944)
    assert sum(row["approved"] for row in good) == round(found["tpr"] * len(good))


def test_small_groups_are_named_but_not_compared():
    """67 people have a dot that is told to be few; no ratio and no gap rests on it."""
    props = BiasKnob().props()
    panels = [panel["groups"] for panel in props["panels"]]

    assert {"name": "nonbinary", "people": "67 people, few", "few": True} == panels[0][1]
    assert [["nonbinary"]] * 2 + [[]] * 2 == [
        [group["name"] for group in panel if group["few"]] for panel in panels
    ]
    assert setting(6)["panels"][0]["shares"][1] < setting(6)["panels"][0]["band"][0]


def test_gaps_are_told_in_numbers_and_words():
    """What is compared, how far apart it is, and on which side of 0.8."""
    by_gender, tpr, by_age, _ = setting(6)["panels"]

    assert ("Ratio 0.759, below 0.8", "woman 0.474 ÷ man 0.624") == (
        by_gender["gap"],
        by_gender["means"],
    )
    assert ("Gap 0.161", "Of 100 who would repay, yes for 68 (woman), 84 (man)") == (
        tpr["gap"],
        tpr["means"],
    )
    assert "Ratio 0.814, not below 0.8" == by_age["gap"]
    assert (
        "At 0.6 the ratio of selection rates is 0.759 by gender, below 0.8; "
        "0.814 by age band, not below 0.8."
    ) == setting(6)["says"]


def test_a_number_never_looks_as_if_it_were_on_the_other_side():
    """Where three decimals would tell another story than the words, there are more."""
    assert "0.800, not below 0.8" == groups.versus(0.8, 0.8)
    assert "0.7996, below 0.8" == groups.versus(0.7996, 0.8)
    assert "0.79999, below 0.8" == groups.versus(0.79999, 0.8)
    assert "0.747, below 0.75" == groups.versus(0.7467, 0.75)


def test_the_page_knows_all_settings():
    """Eleven settings from 0.0 to 1.0, the knob at 0.6; nothing is asked of the kernel."""
    props = BiasKnob().props()

    assert [f"{step / 10:.1f}" for step in range(11)] == [one["text"] for one in props["settings"]]
    assert "0.6" == props["settings"][props["start"]]["text"]
    assert [11, 6] == [len(table["rows"]) for table in props["tables"]]
    assert props == json.loads(json.dumps(props, allow_nan=False))


def test_the_guess_is_judged_by_what_the_knob_shows():
    """At 0.0 both ratios are near 1; one of the options says so."""
    guess = BiasKnob().props()["guess"]
    gone = [
        name
        for name, feature in (("By gender", "gender"), ("By age band", "age_band"))
        if bias_slider.ratio(0, feature) > 0.95
    ]

    assert guess["right"] == ("Both" if len(gone) == 2 else (gone or ["Neither"])[0])
    assert guess["right"] in guess["options"]
    assert "0.008 and 0.034" in guess["why"]


def test_each_setting_is_counted_once_in_a_process(monkeypatch: pytest.MonkeyPatch):
    """The static page counts four settings, the live one all; a second of either counts none."""
    counted = []

    def count(**settings: float) -> list:
        counted.append(settings["bias"])
        return make_loans(**settings)

    monkeypatch.setattr(bias_slider, "make_loans", count)
    bias_slider.at.cache_clear()
    bias_slider._twin.cache_clear()
    BiasKnob().static_html()
    BiasKnob().plain_text()
    static = sorted(counted)
    for _ in range(2):
        BiasKnob().props()
        BiasKnob().static_html()

    assert [0.0, 0.3, 0.6, 1.0] == static
    assert [step / 10 for step in range(11)] == sorted(counted)


def test_the_static_page_is_made_once_and_then_kept(monkeypatch: pytest.MonkeyPatch):
    """The grader draws it for each submission of a class."""
    first = BiasKnob().static_html()
    monkeypatch.setattr(bias_slider, "at", None)

    assert first == BiasKnob().static_html()


def test_the_static_page_says_four_settings():
    """Two tables; bars are for the eyes only, and all of it is harmless."""
    twin = BiasKnob().static_html()

    assert 4 == len(re.findall(r"<th scope=\"row\">\d\.\d</th>", twin))
    for cell in ("0.759, below 0.8", "0.161", "67, few", "0.474 / 0.678", "0.625 / 0.848"):
        assert cell in twin
    assert "Ratios and gaps leave out groups under 100 people." in twin
    assert not re.search("[█▏▎▍▌▋▊▉]", re.sub(r'<span aria-hidden="true">.*?</span>', "", twin))
    assert text(twin) == text(safe_html(twin))


def test_the_part_stays_small():
    """Its own module has at most 9,000 bytes, and all that a notebook keeps 4,000."""
    shown = BiasKnob()
    view = {VIEW: {"model_id": "0" * 32, "version_major": 2, "version_minor": 0}}
    bundle = {"text/plain": shown.plain_text(), "text/html": shown.static_html()} | view

    assert own_bytes(shown) <= 9_000
    assert len(json.dumps(bundle, ensure_ascii=False).encode()) <= 4_000
    assert "\n" not in shown.plain_text()
