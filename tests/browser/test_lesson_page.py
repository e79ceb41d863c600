"""A lesson that was written from a class, in the instructor's JupyterLab, as it is projected."""

import shutil

import pytest
from playwright.sync_api import expect
from support.courses import hand_in, need_sandbox
from support.lab_notebook import cell, idle, open_notebook, run_command

from grader.batch import grade
from grader.lesson import write_lesson

LOOP = """count = 0
for i in range(len(model_results['predictions'])):
    if model_results['predictions'][i] == model_results['predictions'][i]:
        count += 1
accuracy = count / len(model_results['predictions'])"""


@pytest.fixture(scope="module")
def lesson(instructors_lab):
    """The address of a lesson from a small class of this course."""
    need_sandbox()
    course = instructors_lab.course
    for student in ("ada", "ben"):
        hand_in(course, student, step_3=LOOP, step_2="fairness_threshold = '0.8'")
    hand_in(course, "cara", step_3="accuracy = 0.8")
    grade(course, "mini_project")
    path = write_lesson(course, "mini_project")
    yield instructors_lab.url(f"/lab/tree/{path.name}?reset")
    path.unlink()
    for name in ("submitted", "autograded"):
        shutil.rmtree(course.root / name, ignore_errors=True)


def test_a_lesson_can_be_read_before_it_runs_and_steps_after(page, lesson, picture):
    """First text alone, closed; then both loops, with the guess first, on one screen."""
    page.set_viewport_size({"width": 1280, "height": 720})
    open_notebook(page, lesson)
    expect(page.get_by_role("heading", name="1. What does this code do?")).to_be_visible()
    expect(cell(page, "loops_2").get_by_text("The two loops, turn by turn")).to_be_visible()
    expect(cell(page, "loops_2").locator("table").first).to_be_hidden()
    expect(page.get_by_text("In which turn do they part?")).to_have_count(0)
    picture(page, "lesson-before")
    run_command(page, "notebook:run-all-cells")
    idle(page)
    loops = cell(page, "loops_2")
    loops.scroll_into_view_if_needed()
    picture(page, "lesson-guess")
    loops.get_by_role("button", name="Turn 3").click()
    expect(loops.get_by_text("Right. They part in turn 3").first).to_be_visible()
    loops.get_by_role("button", name="Next ›").click()
    loops.scroll_into_view_if_needed()
    picture(page, "lesson-steps")
    answer = cell(page, "answer_2")
    answer.locator("summary").click()
    expect(answer.locator("details strong")).to_be_visible()
    answer.scroll_into_view_if_needed()
    picture(page, "lesson-answer")
    page.set_viewport_size({"width": 1280, "height": 900})
