"""The teacher's margin: what a margin.toml may hold, and that learners have none."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.notebooks import QUESTIONS, ROOT
from traitlets.config import Config

from grader.jupyter_ext.margin import FILE, Margin, MarginError, noted

PLAN = '[[plan]]\ntitle = "An hour"\nstations = [{ title = "All of it", minutes = 60 }]\n'
NOTE = 'title = "A"\nminutes = 1\nask = "B"\nwrong = "C"\nhear = "D"\n'


def written(folder, text: str) -> Margin:
    """The margin of a course with this margin.toml."""
    (folder / "source").mkdir()
    (folder / FILE).write_text(text, encoding="utf-8")
    return Margin()


def test_a_lesson_is_read_from_the_course_folder(tmp_path):
    """Plans with their stations, notes by part and stop."""
    found = written(tmp_path, f"{PLAN}[notes.flow.step1]\n{NOTE}").read(str(tmp_path))
    station = {"title": "All of it", "minutes": 60, "notebook": "", "parts": []}

    assert [{"title": "An hour", "stations": [station]}] == found["plans"]
    note = {"title": "A", "minutes": 1, "ask": "B", "wrong": "C", "hear": "D"}
    assert {"flow": {"step1": note}} == found["notes"]


def test_the_configured_file_comes_first(tmp_path):
    """`grader lab --role instructor` names the file; the server's own folder may be another."""
    path = tmp_path / "margin.toml"
    path.write_text(PLAN, encoding="utf-8")
    margin = Margin(config=Config(Margin={"file": str(path)}))

    assert "An hour" == margin.read("/nowhere")["plans"][0]["title"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("plan = ", "cannot be read"),
        ("", "holds no plan"),
        ("plan = 3", "needs a list of tables 'plan'"),
        ('[[plan]]\nstations = [{ title = "B", minutes = 1 }]', "plan 1 needs a text 'title'"),
        (
            '[[plan]]\ntitle = "A"\nstations = [{ title = "B" }]',
            "plan 1, station 1 needs 'minutes'",
        ),
        ('[[plan]]\ntitle = "A"\nstations = []', "plan 1 has no stations"),
        (PLAN.replace("}]", ", parts = 3 }]"), "plan 1, station 1 needs 'parts'"),
        (f"{PLAN}[notes]\nflow = 1", "notes.flow is no table"),
        (f"{PLAN}[notes.flow.step1]\nask = 'A'", "notes.flow.step1 needs a text 'title'"),
        (f"{PLAN}[notes.flow.step1]\n{NOTE.replace('1', 'true')}", "needs 'minutes'"),
        (f"{PLAN}[notes.flow.step1]\n{NOTE.replace('1', '-1')}", "needs 'minutes'"),
    ],
)
def test_a_slip_is_named_with_its_place(tmp_path, text, says):
    """One line: the file, the place, what it needs."""
    margin = written(tmp_path, text)
    with pytest.raises(MarginError) as told:
        margin.read(str(tmp_path))

    assert says in str(told.value)
    assert "\n" not in str(told.value)


def test_bytes_that_are_no_text_are_named_too(tmp_path):
    """A file saved in another encoding is no traceback."""
    margin = written(tmp_path, PLAN)
    (tmp_path / FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(MarginError, match="cannot be read"):
        margin.read(str(tmp_path))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["plan", "stations", "notes", "title", "minutes", "parts", "x"]),
                inner,
            )
        ),
    )
)
def test_any_data_gives_a_lesson_or_one_line(found):
    """Whatever a file holds, the teacher reads a lesson or what to mend."""
    data = found if isinstance(found, dict) else {"plan": found}
    try:
        made = noted(data)
    except MarginError as error:
        assert str(error).startswith(FILE)
    else:
        assert made["plans"]


def test_without_the_file_there_is_one_line(tmp_path):
    """A learner's server has none."""
    with pytest.raises(MarginError, match="for the teacher, in the folder of the course"):
        Margin().read(str(tmp_path))


def test_the_course_has_both_plans_and_notes_on_every_question():
    """Fifty and ninety minutes; whatever a plan names has notes, and so has each question."""
    made = noted(tomllib.loads((ROOT / FILE).read_text(encoding="utf-8")))
    length = {
        plan["title"]: sum(one["minutes"] for one in plan["stations"]) for plan in made["plans"]
    }
    named = {part for plan in made["plans"] for one in plan["stations"] for part in one["parts"]}

    assert {"Fifty minutes": 50, "Ninety minutes": 90} == length
    assert set() == (named | set(QUESTIONS)) - set(made["notes"])
    for plan in made["plans"]:
        for one in plan["stations"]:
            assert (ROOT / "source" / one["notebook"]).is_file()


def test_every_stop_of_the_flow_has_its_own_note():
    """Seven steps, and the question before each but the first, where it is a vote."""
    made = noted(tomllib.loads((ROOT / FILE).read_text(encoding="utf-8")))

    assert {f"step{number}" for number in range(1, 8)} <= set(made["notes"]["process_flow"])


def test_no_edition_holds_the_notes():
    """Nothing of margin.toml is in release/, and no assignment holds it in source/."""
    released = [path for path in (ROOT / "release").rglob("*") if path.is_file()]
    texts = "".join(path.read_text(encoding="utf-8", errors="replace") for path in released)

    assert [ROOT / FILE] == list((ROOT / "source").rglob("margin*"))
    assert "Who is affected by this system, and at which node" not in texts
    assert "margin.toml" not in texts
