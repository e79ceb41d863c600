"""The pages of a class: which there are, what they say, and how they reach the learner."""

import json
import os
import re
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from support.notebooks import HIDDEN, cells
from traitlets.config import Config, import_item

from grader import gradebook
from grader.course import Course, course_directory, load_config, quiet_nbgrader, run_nbgrader
from grader.errors import GraderError, NotGraded
from grader.feedback import feedback
from grader.feedback.pages import given_texts
from grader.feedback.words import sentence, sentence_html
from grader.graded import NO_ANSWER
from grader.results import points
from grader.sanitize import safe_markdown

NAMES = ("build_and_apply", "practice")


@pytest.fixture(scope="module")
def pages(graded) -> dict[str, str]:
    """Every page of the small class, by learner/notebook."""
    written = feedback(graded.course, "mini_project")
    return {f"{p.parent.parent.name}/{p.stem}": p.read_text(encoding="utf-8") for p in written}


@pytest.fixture
def mine(graded, tmp_path) -> Course:
    """A copy of the graded class, to change things in."""
    no_pages = shutil.ignore_patterns("feedback")
    shutil.copytree(graded.course.root, tmp_path / "course", ignore=no_pages)
    return Course(tmp_path / "course")


def hidden_lines(name: str) -> list[str]:
    """Return the lines of hidden checks that are long enough to be told from other text."""
    sources = [cell["source"] for cell in cells("source", name).values()]
    regions = [region for source in sources for region in HIDDEN.findall(source)]
    lines = [line.strip() for region in regions for line in region.split("\n")]
    # Lines of prose are what the feedback page is for; lines of code are not.
    return [line for line in lines if re.search(r"[=(\[]$|^[a-z_]+\(|^_|^for |^import ", line)]


def put(path: Path, content: str) -> None:
    """Write a file into a folder that grading left read-only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(content, encoding="utf-8")


def test_everybody_with_a_graded_notebook_gets_a_page(pages):
    """There is a page for each notebook, also for one that could not be read."""
    assert {"ada/practice", "cleo/practice", "cleo/build_and_apply"} <= pages.keys()
    assert "dan/build_and_apply" in pages and "dan/practice" not in pages
    assert "not handed in" in pages["dan/build_and_apply"]


def test_what_waits_for_a_person_is_no_zero(pages):
    """The page of an unreadable notebook says so, and that nothing is marked yet."""
    page = pages["cleo/practice"]

    assert "This notebook could not be read" in page
    assert 5 == page.count("</span> Waits for your teacher</span>")
    assert "<span>not marked yet</span>" in page and 'aria-label="not marked yet"' in page
    assert "✘" not in page and "No response" not in page and "Your answer" not in page
    assert "so far" in page and "10 of 19 points so far" in pages["cleo/build_and_apply"]
    assert "marked yet" not in pages["ada/practice"]


def test_no_page_shows_a_hidden_check(pages):
    """No line of code between the delimiters, and no delimiter, is on any page."""
    for name, html in pages.items():
        text = BeautifulSoup(html, "html.parser").get_text()
        notebook = name.split("/")[1]

        assert "HIDDEN TESTS" not in html
        assert not [line for line in hidden_lines(notebook) if len(line) > 14 and line in text]


def test_a_page_loads_nothing(pages):
    """No script, and no address that a browser would fetch."""
    for html in pages.values():
        assert not re.search(r"(?i)<script|<link|<iframe|@import|url\(|\sstyle=", html)
        assert not re.search(r"(?i)\b(src|srcset|poster|data)\s*=\s*[\"']?(?!data:image/)", html)


def test_every_mark_and_every_sentence_is_told(graded, pages):
    """What the gradebook and the checks say about each cell of each learner is on the page."""
    assert 7 == len({result.student for result in graded.results})
    for result in graded.results:
        page = pages.get(f"{result.student}/{result.notebook}", "")
        for cell in result.cells if page else ():
            if cell.score is None:
                assert "○</span> Waits for your teacher" in page
                continue
            part = re.search(rf'(?s)<section [^>]*id="{cell.grade_id}".*?</section>', page)[0]
            wanted = f"{points(cell.score)} of {points(cell.max_score)} point"
            assert f'<span class="points">{wanted}' in part
            if cell.rule == NO_ANSWER and cell.grade_id.startswith("check_practice"):
                assert "Not answered" in part
                continue
            assert sentence_html(sentence(cell.message)) in part.replace("&#39;", "&#x27;")
    assert "typed in" in pages["ben/build_and_apply"]
    assert "Not checked, because" in pages["eva/build_and_apply"]


@pytest.mark.slow
def test_stock_generate_feedback_writes_the_same_pages(mine, pages):
    """nbgrader's own command, with no environment activated, gives the same for every learner."""
    subprocess.run(
        [Path(sys.executable).parent / "nbgrader", "generate_feedback", "mini_project", "--force"],
        cwd=mine.root,
        env=os.environ | {"PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
    )
    for name, ours in pages.items():
        student, notebook = name.split("/")
        theirs = (mine.feedback(student, "mini_project") / f"{notebook}.html").read_text("utf-8")
        # nbconvert writes every page anew through this parser.
        assert str(BeautifulSoup(ours, "html.parser")) == theirs


def test_what_a_person_entered_is_on_both_pages(mine):
    """Points, extra points, a comment and a penalty, from the gradebook to both renderers."""
    with gradebook.opened(mine) as book:
        place = ("build_and_apply", "mini_project", "ben")
        grade = book.find_grade("check_step_3", *place)
        grade.manual_score, grade.extra_credit = 3.5, 0.25
        book.find_comment("step_3", *place).manual_comment = "Count it in a **loop**."
        book.find_submission_notebook(*place).late_submission_penalty = 1.5
        book.db.commit()
    (path, _) = feedback(mine, "mini_project", students=["ben"])
    ours = path.read_text(encoding="utf-8")
    names = {"student_id": "ben", "assignment_id": "mini_project", "notebook_id": "build_and_apply"}
    job = _converter(mine, load_config(mine), **names)
    run_nbgrader(job, "feedback")

    assert "3.5 of 4 points + 0.25 extra" in ours
    assert "Count it in a <strong>loop</strong>." in ours
    assert "Handed in late: 1.5 points less." in ours
    assert "8.25 of 10 points" in ours
    assert str(BeautifulSoup(ours, "html.parser")) == path.read_text(encoding="utf-8")


def test_links_between_the_pages_lead_somewhere(pages):
    """From each page there is a link to each other page of the learner, and to no other file."""
    for name, html in pages.items():
        student, here = name.split("/")
        links = set(re.findall(r'href="([^"#]+)"', html))
        others = {f"{n}.html" for n in NAMES if n != here and f"{student}/{n}" in pages}

        assert others == links


def test_pages_come_with_what_nbgrader_puts_beside_them(mine):
    """The other files of a submission lie there too; a learner's pages and links do not."""
    folder = mine.autograded("ada", "mini_project")
    put(folder / "submission_secret.txt", "s3cret")
    put(folder / "data" / "rows.csv", "1,2\n")
    put(folder / "evil.html", "<script>alert(1)</script>")
    put(folder / "__pycache__" / "x.pyc", "")
    (folder / "gradebook").symlink_to(mine.root / "gradebook.db")
    feedback(mine, "mini_project", students=["ada"])
    target = mine.feedback("ada", "mini_project")
    found = {str(p.relative_to(target)) for p in target.rglob("*") if p.is_file()}

    wanted = {"build_and_apply.html", "practice.html", "submission_secret.txt", "data/rows.csv"}
    assert wanted == found - {"timestamp.txt"}
    assert {0o644} == {stat.S_IMODE((target / name).stat().st_mode) for name in found}


def test_a_shared_course_gets_shared_files(mine):
    """With groupshared the group may write the pages and their folder, as with nbgrader."""
    with (mine.root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.CourseDirectory.groupshared = True\n")
    put(mine.autograded("ada", "mini_project") / "data" / "rows.csv", "1,2\n")
    (path, *_) = feedback(mine, "mini_project", students=["ada"])
    inside = path.parent / "data"

    assert 0o664 == stat.S_IMODE(path.stat().st_mode)
    assert 0o664 == stat.S_IMODE((inside / "rows.csv").stat().st_mode)
    for folder in (path.parents[1], path.parent, inside):
        assert 0o2770 == stat.S_IMODE(folder.stat().st_mode) & 0o2770


def test_old_pages_go_and_unchanged_ones_stay(mine):
    """A page whose notebook is gone is taken away; one that is the same is not written again."""
    feedback(mine, "mini_project", students=["ada"])
    path = mine.feedback("ada", "mini_project") / "build_and_apply.html"
    before = path.stat().st_mtime_ns
    (mine.autograded("ada", "mini_project") / "practice.ipynb").unlink()
    put(path.with_name("practice2.html"), "old")
    feedback(mine, "mini_project", students=["ada"])

    assert [path] == list(path.parent.glob("*.html"))
    assert "not marked yet" in path.read_text(encoding="utf-8")
    changed = path.stat().st_mtime_ns
    feedback(mine, "mini_project", students=["ada"])
    assert before != changed == path.stat().st_mtime_ns


def test_release_and_fetch_bring_the_pages_to_the_learner(mine, tmp_path):
    """nbgrader's exchange pairs the pages with the submission, and their links still lead on."""
    from nbgrader.exchange.default import ExchangeFetchFeedback, ExchangeReleaseFeedback

    when = "2026-05-04 18:00:00.000000 UTC"
    folder = mine.autograded("ada", "mini_project")
    kept = tmp_path / "cache" / "rai-mlops" / f"ada+mini_project+{when}"
    shutil.copytree(mine.submitted("ada", "mini_project"), kept)
    for place in (folder, kept):
        put(place / "timestamp.txt", when)
        put(place / "submission_secret.txt", "a secret of this submission")
    written = feedback(mine, "mini_project", students=["ada"])
    config = load_config(mine)
    config.Exchange.root = str(tmp_path / "exchange")
    config.Exchange.cache = str(tmp_path / "cache")
    config.Exchange.assignment_dir = str(tmp_path / "desk")
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)
    _exchange(ExchangeReleaseFeedback, config)
    _exchange(ExchangeFetchFeedback, config)
    fetched = tmp_path / "desk" / "mini_project" / "feedback" / when

    assert {p.name: p.read_bytes() for p in written} == {
        p.name: p.read_bytes() for p in fetched.iterdir()
    }
    page = (fetched / "build_and_apply.html").read_text(encoding="utf-8")
    assert (fetched / re.search(r'href="([^"#]+)"', page)[1]).is_file()


def test_the_formgraders_buttons_work(mine, tmp_path, monkeypatch):
    """One button writes the same pages, the other releases those of `grader feedback`."""
    from nbgrader.apps.api import NbGraderAPI

    put(mine.autograded("ada", "mini_project") / "timestamp.txt", "2026-05-04 18:00:00 UTC")
    put(mine.autograded("ada", "mini_project") / "submission_secret.txt", "secret")
    (path, *_) = feedback(mine, "mini_project", students=["ada"])
    ours = path.read_text(encoding="utf-8")
    monkeypatch.chdir(mine.root)
    config = load_config(mine)
    config.Exchange.root = str(tmp_path / "exchange")
    (tmp_path / "exchange").mkdir()
    (tmp_path / "exchange").chmod(0o777)
    with quiet_nbgrader():
        api = NbGraderAPI(course_directory(config), config=config)
        released = api.release_feedback("mini_project", "ada")
        made = api.generate_feedback("mini_project", "ada", force=True)

    assert released["success"] and made["success"], (released, made)
    assert 2 == len(list((tmp_path / "exchange" / "rai-mlops" / "feedback").iterdir()))
    assert str(BeautifulSoup(ours, "html.parser")) == path.read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_one_line(mine):
    """It is named with its reason, nothing half-written stays, and all others are there."""
    (mine.feedback("ben", "mini_project") / "practice.html").mkdir(parents=True)
    put(mine.feedback("eva", "mini_project"), "a file where a folder belongs")
    with pytest.raises(GraderError) as stopped:
        feedback(mine, "mini_project")
    said = str(stopped.value)

    assert 1 == len(said.splitlines())
    assert "ben/mini_project/practice.html could not be written: Is a directory" in said
    assert "The same goes for 1 more." in said
    assert (mine.feedback("ada", "mini_project") / "practice.html").is_file()
    assert (mine.feedback("gina", "mini_project") / "practice.html").is_file()
    assert [] == list((mine.root / "feedback").rglob(".*"))


def test_a_full_disk_leaves_the_old_page_whole(mine):
    """The command ends with one line and exit code 1, and the page of before can be read."""
    feedback(mine, "mini_project")
    path = mine.feedback("ada", "mini_project") / "practice.html"
    put(path, "the page of before")
    done = subprocess.run(
        [sys.executable, "-m", "grader", "feedback", "mini_project"],
        cwd=mine.root,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)),
    )

    assert 1 == done.returncode and "Traceback" not in done.stderr
    assert "could not be written: File too large" in done.stderr.splitlines()[-1]
    assert "the page of before" == path.read_text()
    assert [] == list(path.parent.glob(".*"))


def test_a_damaged_graded_notebook_stops_nobody_else(mine):
    """It is named with what to do, and the page of the learner's other notebook stays."""
    put(mine.autograded("ben", "mini_project") / "practice.ipynb", '{"cells": [{}]}')
    with pytest.raises(GraderError, match=r"ben/mini_project/practice.ipynb .* grade it again"):
        feedback(mine, "mini_project")

    assert (mine.feedback("ben", "mini_project") / "build_and_apply.html").is_file()
    assert (mine.feedback("gina", "mini_project") / "practice.html").is_file()


def test_the_gradebook_is_asked_once_for_all(mine, monkeypatch):
    """One question for the whole class, and the progress is told after each learner."""
    asked, done = [], []
    real = gradebook.marks
    monkeypatch.setattr(gradebook, "marks", lambda *a: asked.append(a) or real(*a))
    written = feedback(mine, "mini_project", progress=lambda *now: done.append(now))

    assert [(mine, "mini_project", None)] == asked
    assert [(n, 7) for n in range(1, 8)] == done
    assert 13 == len(written) == len(set(written))


def test_pages_of_some_learners_only(mine):
    """Named learners get their pages and nobody else; one without graded work is told."""
    written = feedback(mine, "mini_project", students=["gina", "ada"])

    assert ["ada", "ada", "gina", "gina"] == [p.parent.parent.name for p in written]
    assert not mine.feedback("ben", "mini_project").exists()
    with pytest.raises(NotGraded, match="nobody has no graded notebook of mini_project"):
        feedback(mine, "mini_project", students=["ada", "nobody"])


def test_feedback_before_grading_says_what_to_run(course):
    """Without graded notebooks the next command is named."""
    with pytest.raises(NotGraded, match="grader grade mini_project"):
        feedback(course, "mini_project")


def test_only_the_preprocessors_need_nbgrader():
    """The package is imported without nbgrader and nbconvert; all names are found nevertheless."""
    code = (
        "import sys, grader.feedback, grader.sanitize\n"
        "print(sorted({'nbgrader', 'nbconvert', 'nbformat', 'sqlalchemy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()
    for name in ("GetMarks", "SafeToShow", "spoken", "sentence_html", "feedback"):
        assert callable(import_item(f"grader.feedback.{name}"))
    for name in ("Harmless", "safe_html"):
        assert callable(import_item(f"grader.sanitize.{name}"))


def test_a_notebook_without_rows_gets_a_page_that_waits(mine):
    """Marks that the gradebook lost are no zeros."""
    path = mine.autograded("ada", "mini_project") / "practice.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    put(path.with_name("extra.ipynb"), json.dumps(nb))
    feedback(mine, "mini_project", students=["ada"])
    page = (mine.feedback("ada", "mini_project") / "extra.html").read_text(encoding="utf-8")

    assert "A person will mark this notebook" in page and "✘ Not yet" not in page


def test_the_courses_texts_are_told_from_a_learners(course):
    """Every text of a release but answers is known, also with tags, as grading leaves it."""
    for assignment in course.assignments():
        given = given_texts(course, assignment)
        for path in course.release(assignment).glob("*.ipynb"):
            found = json.loads(path.read_text(encoding="utf-8"))["cells"]
            own = [c for c in found if c["cell_type"] == "markdown" and not c["metadata"]]
            texts = ["".join(c["source"]) for c in own]

            assert {text.strip() for text in texts} <= given
            assert {safe_markdown(text).strip() for text in texts} <= given


def _converter(course: Course, config: Config, **names: str):
    """nbgrader's GenerateFeedback for some learners and notebooks."""
    from nbgrader.converters import GenerateFeedback

    job = GenerateFeedback(coursedir=course_directory(config, **names), config=config)
    job.force = True
    return job


def _exchange(kind: type, config: Config) -> None:
    """Run a class of nbgrader's exchange for ada."""
    from nbgrader.auth import Authenticator

    names = {"assignment_id": "mini_project", "student_id": "ada"}
    directory = course_directory(config, **names)
    job = kind(coursedir=directory, authenticator=Authenticator(config=config), config=config)
    run_nbgrader(job, kind.__name__)
