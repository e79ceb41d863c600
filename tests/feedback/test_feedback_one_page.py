"""One page: how marks, work and explanations are told."""

import re
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest
from support.feedback_pages import (
    LONG,
    TITLE,
    answer,
    card,
    check,
    code,
    everything,
    made,
    marks,
    notebook,
    shown,
    stopped,
    stream,
    text,
)

from grader.feedback.colours import coloured
from grader.graded import NO_ANSWER
from grader.feedback.marks import PartVerdict, following, summary
from grader.feedback.words import day, late, sentence, sentence_html, spoken
from grader.results import span
from grader.results import MISSING, Mark

UNTIL_THEN = "A person will mark this notebook. Until then nothing in it counts as 0."


@pytest.fixture(scope="module")
def full() -> str:
    """The page of a notebook with all there is."""
    return made(*everything())


def words(html: str) -> str:
    """The text of a page or of a part of it, each run of blanks as one."""
    html = re.sub(r"(?s)<(style|title)>.*?</\1>", "", html)
    text = re.sub(r"<[^>]+>", " ", html).replace("&lt;", "<").replace("&#39;", "'")
    return re.sub(r"\s+([.,:])", r"\1", " ".join(text.split()))


def section(html: str, name: str) -> str:
    """The part of a page with this id."""
    return re.search(rf'(?s)<section [^>]*id="{name}".*?</section>', html)[0]


def verdict(html: str, name: str) -> str:
    """What stands beside the heading of a part."""
    return words(re.search(r'(?s)<div class="top">.*?</div>', section(html, name))[0])


def one_step(mark: Mark, said: str = "Correct: it is right.", **more) -> str:
    """The page of a notebook with one step."""
    nb = notebook(answer("step_1", "x = 1"), check("check_step_1", said))
    return made(nb, marks("build", mark, **more))


def test_each_mark_is_told_in_a_word_and_in_points(full):
    """Right, partly, missed, not checked and not marked yet are five different things."""
    assert "Step 1 · Read ✔ Correct 2 of 2 points + 0.5 extra" == verdict(full, "check_step_1")
    assert "Step 2 · Look ◐ Some points 2.5 of 4 points" == verdict(full, "check_step_2")
    assert "Step 3 · Count ✘ Not yet 0 of 1 point" == verdict(full, "check_step_3")
    assert "Step 4 · Report ⊘ Not checked 0 of 3 points" == verdict(full, "check_step_4")
    assert "Step 5 · Think ○ Waits for your teacher 2 points open" == verdict(full, "step_5")


def test_every_check_says_its_sentence(full):
    """The sentence stands in the part, and the word beside the sign is not said twice."""
    assert "<code>data</code> has all 80 numbers." in section(full, "check_step_1")
    assert "Correct:" not in words(full)
    assert "ends with a colon <code>:</code>" in section(full, "check_step_3")
    assert "Not checked, because the cell <code>step_3</code>" in section(full, "check_step_4")


def test_the_overview_leads_to_every_part(full):
    """Each part has a row with its mark, and each row a link to its part; no id is there twice."""
    table = re.search(r'(?s)<table class="marks">.*?</table>', full)[0]
    links = re.findall(r'href="#([^"]+)"', table)
    ids = re.findall(r'\bid="([^"]+)"', full)

    assert links == [name for name in ids if not name.startswith("page.") and "heading" not in name]
    assert 6 == len(links)
    assert len(ids) == len(set(ids))
    assert "Step 1 · Read ✔ Correct 2 of 2 + 0.5" in words(table)
    assert "Step 2 · Look ◐ Some points 2.5 of 4 Step 3" in words(table)


def test_the_head_tells_the_whole_assignment(full):
    """Every notebook with its points, a link to each other page, and the sum."""
    head = words(re.search(r"(?s)<nav.*?</nav>", full)[0])

    assert (
        "Build and apply 4 of 14 points so far Practice 3 of 3 points"
        " All together: 7 of 17 points so far" == head
    )
    assert '<a href="practice.html">Practice</a>' in full
    assert 'aria-current="page">Build and apply<' in full


def test_a_notebook_that_was_not_handed_in_is_named_without_a_link():
    """It stands in the head with what it counts."""
    own = marks("build", Mark("check_step_1", 2.0, auto_score=2.0))
    missing = marks("practice", Mark("check_practice1", 3.0, auto_score=0.0), status=MISSING)
    html = made(notebook(), own, missing, pages=("build",))

    assert "not handed in, none of 3 points" in html
    assert "practice.html" not in html


def test_names_of_notebooks_become_safe_links():
    """A blank or a sign in a name does not break the link."""
    html = made(notebook(), marks("a"), marks('b #1 "x"'))

    assert 'href="b%20%231%20%22x%22.html"' in html


def test_coming_late_is_told_in_words(full):
    """How late, and what it cost in all notebooks together; the total has it taken off."""
    assert "Handed in late by 2 hours: 1 point less." in words(full)


@pytest.mark.parametrize(
    ("seconds", "penalty", "said"),
    [
        (0.0, 0.0, ""),
        (7300.0, 0.0, "Handed in late by 2 hours: no points taken off."),
        (90000.0, 1.0, "Handed in late by 1 day: 1 point less."),
        (0.0, 2.5, "Handed in late: 2.5 points less."),
    ],
)
def test_lateness_is_one_sentence(seconds, penalty, said):
    """What it cost is always said."""
    assert said == late(seconds, penalty)


def test_a_short_delay_is_not_told_in_seconds():
    """Nobody needs to know the seconds."""
    assert "less than a minute" == span(20)
    assert "1 minute" == span(119)


def test_what_a_person_decides_is_told_as_that(full):
    """Points by hand, and a comment with its links; a check's sentence stays beside them."""
    part = section(full, "check_step_2")

    assert "A person gave these points." in part
    assert "A <strong>lovely</strong> plot" in part
    assert '<a href="https://course.example/plots">this</a>' in part
    assert "The plot has no title yet" in part


def test_a_second_look_is_announced():
    """Where an answer was handed in again after a person marked it, no old points are shown."""
    html = one_step(Mark("check_step_1", 2.0, 1.0, 2.0, needs_manual_grade=True))

    assert "Waits for your teacher 2 points open" in verdict(html, "check_step_1")
    assert "a person will look once more." in html
    assert "2 of 2" not in html


def test_an_untouched_answer_is_no_comment(full):
    """nbgrader's own remark on an answer left alone becomes a plain sentence."""
    assert "No response" not in full
    assert "You left this cell as it was." in section(full, "check_step_4")


def test_a_missing_mark_waits(full):
    """A part that the gradebook holds nothing about waits for a person, too."""
    html = made(notebook(answer("step_1", "x"), check("check_step_1", "Fine.")), marks("build"))

    assert "Waits for your teacher" in verdict(html, "check_step_1")
    assert "0 of" not in words(section(html, "check_step_1"))


def test_the_learners_own_work_stands_in_its_step(full):
    """Code with its outputs, an own note, and an answer that a person marks."""
    first, third = section(full, "check_step_1"), section(full, "check_step_3")

    assert "&lt;all&gt; of it" in first and '<pre class="text plain">80</pre>' in first
    assert "My idea is <em>simple</em>." in third and "Your notes" in third
    assert "SyntaxError: expected" in third
    assert "I <strong>would</strong> ask them." in section(full, "step_5")


def test_the_task_and_the_visible_check_are_folded(full):
    """Both can be opened, and neither holds a hidden line."""
    part = section(full, "check_step_1")

    assert "<summary>The task</summary>" in part and "Read, please." in part
    assert "<summary>The check as you saw it</summary>" in part and "verdict" in part
    assert "secret_of" not in full


def test_a_question_shows_the_choice_and_why(full):
    """The chosen option is marked, the explanation follows, hints and doubled words are gone."""
    part = section(full, "check_practice1")

    assert '<li class="chosen none">C. The third <strong>✘ your choice</strong></li>' in part
    assert 1 == part.count("your choice")
    assert "Final Answer:" in part and "How to get there" in part
    assert "Your answer" not in part and "Hint" not in part and "none yet" not in part


@pytest.mark.parametrize(
    ("mine", "score", "marked"),
    [
        ("B. The second", 2.0, '<li class="chosen full">B. The second <strong>✔ your choice'),
        ("A. The `first`", 0.0, "A. The <code>first</code> <strong>✘ your choice"),
    ],
)
def test_a_choice_is_marked_as_right_or_not(mine, score, marked):
    """Also where the option holds code."""
    why = shown(markdown=f"**Your answer:** {mine}\n\nBecause.")
    nb = notebook(card("practice1"), check("check_practice1", "Correct: yes.", why))

    assert marked in made(nb, marks("practice", Mark("check_practice1", 2.0, score)))


def test_a_question_without_an_answer_has_no_choice():
    """All options stand there, none is marked, and the explanation is given."""
    why = shown(markdown="**Your answer:** no answer\n\nBecause.")
    nb = notebook(card("practice1"), check("check_practice1", "No answer yet.", why))
    html = made(nb, marks("practice", Mark("check_practice1", 2.0, 0.0)))

    assert "your choice" not in html and "Because." in html and "D. The fourth" in html


def test_the_right_option_is_marked_beside_a_wrong_choice():
    """One sees at once what was chosen and what is right, without reading the solution."""
    result = {"outcome": "missed", "message": "That is third.", "choice": "C", "right": "B"}
    html = made(
        judged(card("practice1"), check("check_practice1", "That is third."), **result),
        marks("practice", Mark("check_practice1", 2.0, 0.0)),
    )

    assert '<li class="chosen none">C. The third <strong>✘ your choice</strong></li>' in html
    assert '<li class="right">B. The second <strong>✔ the right answer</strong></li>' in html


def test_a_right_choice_is_marked_once():
    """Nothing is said twice about the same option."""
    result = {"outcome": "passed", "message": "Correct: yes.", "choice": "B", "right": "B"}
    html = made(
        judged(card("practice1"), check("check_practice1", "Correct: yes."), **result),
        marks("practice", Mark("check_practice1", 2.0, 2.0)),
    )

    assert '<li class="chosen full">B. The second <strong>✔ your choice</strong></li>' in html
    assert "the right answer" not in html


def test_no_answer_is_a_state_of_its_own():
    """It is told apart from a wrong one, and what to do about it is not said after grading."""
    told = "No answer yet. Choose an option."
    result = {"outcome": "missed", "message": told, "rule": NO_ANSWER, "choice": "", "right": "B"}
    html = made(
        judged(card("practice1"), check("check_practice1", told), **result),
        marks("practice", Mark("check_practice1", 2.0, 0.0)),
    )

    assert "– Not answered 0 of 2 points" in verdict(html, "check_practice1")
    assert "practice 1 has no answer" in " ".join(html.split()).lower()
    assert "Choose an option" not in section(html, "check_practice1")
    assert "the right answer" in html


def judged(*cells: dict, **result: str) -> dict:
    """A notebook whose check has this result."""
    nb = notebook(*cells)
    nb["metadata"]["grader"] = {"version": 1, "results": {"check_practice1": result}}
    return nb


def test_what_else_a_learner_wrote_is_kept_and_the_courses_text_is_not(full):
    """An own note stands at the end under its heading; the course's introduction stays away."""
    rest = re.search(r'(?s)<section [^>]*"page.rest".*?</section>', full)[0]

    assert "<h3>Ethics note (no points)</h3>" in rest
    assert "Who is <em>left out</em>?" in rest
    assert "All about it" not in full


def test_what_was_put_right_is_told(full):
    """Notes of grading stand at the end."""
    assert "Put right before grading" in full and "the copy is dropped." in full


def test_an_unreadable_notebook_is_told_once():
    """The reason at the top, no work, nothing as 0, and a comment that a person wrote."""
    nb = notebook(
        text("This notebook could not be read: it is cut."),
        answer("step_1", "# your code"),
        check("check_step_1", "Could not be graded: it is cut. A person has to look."),
        answer("step_2", "# your code"),
        check("check_step_2", "Could not be graded: it is cut. A person has to look."),
        problem="the file is cut at line 3",
    )
    own = marks(
        "build",
        Mark("check_step_1", 2.0),
        Mark("check_step_2", 2.0),
        comments={"step_1": "Please hand it in again.", "step_2": "No response."},
    )
    html = made(nb, own)

    assert "This notebook could not be read" in html and "the file is cut at line 3" in html
    assert "your code" not in html and "✘" not in html
    assert "Please hand it in again." in section(html, "check_step_1")
    assert 'id="check_step_2"' not in html and 'href="#check_step_2"' not in html


def test_a_task_of_nbgraders_shows_the_work_below_it():
    """What a learner wrote after a task cell belongs to it."""
    nb = notebook(
        text("Plot it.", grade_id="plot", task=True, locked=True),
        code("plot()", stream("done\n")),
        text("As you see, it *rises*."),
    )
    html = made(nb, marks("build", Mark("plot", 5.0, manual_score=4.0)))

    assert "it <em>rises</em>" in section(html, "plot") and "done" in section(html, "plot")
    assert "4 of 5 points" in verdict(html, "plot")


def test_what_a_cell_shows_stands_with_the_task_before_it():
    """A cell between a check and the next task ran the code of the former, and is said to."""
    report = code("print(accuracy)", stream("0.802 so far\n"), grade_id="line", locked=True)
    own = code("help(accuracy)", stream("my own look\n"))
    nb = notebook(
        text("## Task 1 · Measure"),
        answer("a1", "accuracy = 1"),
        check("a1_check", "Correct: yes."),
        report,
        own,
        text("## Task 2 · Split"),
        answer("a2", "groups = 2"),
        check("a2_check", "Correct: yes."),
    )
    given = ("## Task 1 · Measure", "## Task 2 · Split")
    html = made(nb, marks("x", Mark("a1_check", 1.0, 1.0), Mark("a2_check", 1.0, 1.0)), given=given)
    first, second = section(html, "a1_check"), section(html, "a2_check")

    assert "0.802 so far" in first and "my own look" in first
    assert "What the notebook showed" in first
    assert "0.802" not in second and "my own look" not in second and "groups" in second


def test_given_code_is_shown_by_its_output():
    """A locked cell that shows something stands with its output, its code folded away."""
    given = code("load()", stream("100 rows\n"), grade_id="load", locked=True)
    nb = notebook(given, answer("step_1", "x = 1"), check("check_step_1", "Correct: yes."))
    part = section(made(nb, marks("build", Mark("check_step_1", 1.0, 1.0))), "check_step_1")

    assert "100 rows" in part and "The code that made this" in part


def test_a_check_that_stopped_tells_its_last_line():
    """A plain assert of another course is a sentence, without the trace."""
    about = {"grade_id": "correct_squares", "grade": True, "solution": False, "locked": True}
    error = stopped("AssertionError", "squares(2) is 4", "secret line", "AssertionError")
    mine = answer("squares", "def squares(): ...")
    nb = notebook(mine, code("assert squares(2) == 4", error, **about))
    part = section(made(nb, marks("ps1", Mark("correct_squares", 1.0, 0.0))), "correct_squares")

    assert "AssertionError: squares(2) is 4" in part and "secret line" not in part
    assert "def</span> squares" in part


@pytest.mark.parametrize(
    ("states", "said", "after"),
    [
        (["full", "full"], "All 2 steps are correct. Well done!", None),
        (["full"], "Your step is correct. Well done!", None),
        (["full", "part", "none"], "1 of 3 steps is correct.", 1),
        (["none", "none"], "No step is complete yet.", 0),
        (["full", "waits"], "1 of 2 steps is correct. A person will mark S1.", None),
        (
            ["full", "unchecked", "unchecked"],
            "1 of 3 steps is correct. S1 and S2 could not be checked.",
            1,
        ),
        (["none", *["waits"] * 4], "No step is complete yet. A person will mark 4 steps.", 0),
        (["waits"], UNTIL_THEN, None),
        ([], "Nothing in this notebook is marked.", None),
    ],
)
def test_a_sentence_at_the_top_says_how_it_went(states, said, after):
    """Praise where it is due, else how much is there and where to look next."""
    verdicts = [(f"S{n}", PartVerdict(state, "", "", "")) for n, state in enumerate(states)]

    assert said == summary(verdicts, "step")
    assert after == following([one for _, one in verdicts])


def test_a_check_without_points_is_judged_by_its_word():
    """Where there is nothing to earn, the sentence decides."""
    assert "Correct" in verdict(one_step(Mark("check_step_1", 0.0, 0.0)), "check_step_1")
    html = one_step(Mark("check_step_1", 0.0, 0.0), "Something is missing.")
    assert "Not yet" in verdict(html, "check_step_1")


def test_long_code_scrolls_in_its_box_also_by_keyboard(full):
    """A box that may scroll takes the focus and has a name; a short one does not."""
    assert 'class="code" tabindex="0" role="group" aria-label="Your code, Step 1"' in full
    short = made(notebook(code("x = 1")), marks("build"))
    assert '<pre class="code"><code>x = ' in short


def test_outputs_without_end_are_cut_and_say_so():
    """Nobody reads 100,000 characters, and 1,000 outputs are no feedback."""
    many = [stream(f"{n}\n") for n in range(60)]
    html = made(notebook(code("x", stream("y" * 100_000)), code("z", *many)), marks("build"))

    assert "… and 80,000 more characters" in html
    assert "… and 10 more outputs" in html
    assert len(html) < 60_000


def test_a_progress_bar_shows_its_last_state():
    """What a line drew over is gone, and control signs with it."""
    drawn = stream("10%\r50%\r100%\nd\x1b[31mone\x1b[0m\x07\n")
    html = made(notebook(code("x", drawn)), marks("b"))

    assert ">100%\ndone</pre>" in html


def test_a_picture_has_words(full):
    """Matplotlib's words for a picture say nothing; a learner's are kept."""
    assert 'alt="A picture that this cell drew"' in full
    named = made(notebook(code("x", shown(png="AAAA", plain="A map of Berlin"))), marks("b"))
    assert 'alt="A map of Berlin"' in named


def test_headings_follow_one_another_without_a_gap(full):
    """No heading of a learner's jumps a level or stands above the page's own."""
    levels = [int(n) for n in re.findall(r"<h([1-6])", full)]

    assert 1 == levels.count(1)
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_code_is_coloured_by_kind():
    """Comments, texts, numbers and keywords; a value in an f-string is code again."""
    html = coloured("for x in y:  # <b>\n    z = f'{x} {{c}}' + '1' + 2.5")

    assert '<span class="k">for</span> x <span class="k">in</span>' in html
    assert '<span class="c"># &lt;b&gt;</span>' in html
    assert '<span class="s">f\'<span class="i">{x}</span> {{c}}\'</span>' in html
    assert '<span class="n">2.5</span>' in html


@pytest.mark.parametrize(
    "source", [LONG, "'open\nx", '"""a\n"b', "r'\\'", "a.for_b", "%time x", "'\\"]
)
def test_coloured_code_is_the_code(source):
    """Colours add spans and change no sign."""
    plain = re.sub(r"</?span[^>]*>", "", coloured(source))

    assert source == plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_backticks_of_a_message_become_code():
    """Names in a sentence are set as code, and nothing in it is taken for HTML."""
    assert sentence_html("`a<b` and `` `c` `` ") == "<code>a&lt;b</code> and <code>`c`</code>"


def test_a_sentence_begins_large_unless_it_begins_with_code():
    """What follows the word "Correct:" becomes a sentence of its own."""
    assert "The practices exist." == sentence("Correct: the practices exist.")
    assert "min(1, 2) is 1." == sentence("Correct: min(1, 2) is 1.")


@pytest.mark.parametrize(
    ("grade_id", "name"),
    [
        ("check_step_3", "step 3"),
        ("check_practice1", "practice 1"),
        ("check_pt07", "question 7"),
        ("a3_check", "task 3"),
        ("b0_check", "warm-up"),
        ("b6", "task 6"),
        ("quiz_answers", "quiz answers"),
    ],
)
def test_cells_are_named_for_people(grade_id, name):
    """The page calls a check by what it checks."""
    assert name == spoken(grade_id)


def test_a_task_is_called_as_its_heading_says():
    """Both the check of a task and an answer that a person marks stand below their heading."""
    first, second = "## Task 1 · Count them\n\nAll.", "## Task 2 · Write a note\n\nShort."
    about = {"grade": True, "solution": True, "locked": False, "points": 5, "grade_id": "b2"}
    nb = notebook(
        text(first),
        answer("b1", "x = 1"),
        check("b1_check", "Correct: it is right."),
        text(second),
        text("My note.", **about),
    )
    marked = marks("build", Mark("b1_check", 2.0, 2.0), Mark("b2", 5.0, needs_manual_grade=True))
    html = made(nb, marked, given=(first, second))

    assert "Task 1 · Count them ✔ Correct 2 of 2 points" == verdict(html, "b1_check")
    assert "Task 2 · Write a note ○ Waits for your teacher 5 points open" == verdict(html, "b2")


@pytest.mark.parametrize(
    ("stamp", "said"),
    [
        ("2026-05-04 20:00:00.000000 UTC", "4 May 2026, 20:00 UTC"),
        ("2026-12-31 07:05:00", "31 December 2026, 07:05"),
        ("2026-99-04 20:00:00 UTC", ""),
        ("<script>", ""),
        ("", ""),
    ],
)
def test_the_time_of_the_submission_is_a_date_for_people(stamp, said):
    """A file that holds no date says nothing."""
    assert said == day(stamp)


def test_the_course_is_told_from_the_learner_by_its_texts():
    """The same words are the course's in source/ and a learner's where they are not."""
    assert "All about it" not in made(notebook(text(TITLE)), marks("b"))
    assert "All about it" in made(notebook(text(TITLE + " Mine.")), marks("b"))


def test_a_notebook_without_marks_says_so():
    """No ring and no zero where there is nothing to earn."""
    html = made(notebook(text(TITLE)), marks("walk"), marks("quiz", Mark("check_a", 1.0, 1.0)))

    assert "Nothing in this notebook is marked." in html and "<svg" not in html
    assert "Walk nothing to mark" in words(html)
    assert "All together: 1 of 1 point" in words(html)


@pytest.mark.parametrize(
    ("due", "told"),
    [
        (None, "You can hand in again; the last one counts. No due date is set."),
        (
            datetime(2026, 12, 5, 17),
            "Due 5 December 2026, 17:00 UTC: until then you can hand in again,",
        ),
    ],
)
def test_it_says_until_when_one_may_hand_in_again(due, told):
    """The sentence is true whenever the page is read."""
    nb, own, _ = everything()

    assert told in words(made(nb, replace(own, due=due)))
