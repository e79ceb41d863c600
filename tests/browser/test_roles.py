"""What `grader lab` shows to learners and to instructors."""

from playwright.sync_api import expect


def menu(page, name: str) -> list[str]:
    """The commands in a menu of JupyterLab."""
    page.get_by_role("menuitem", name=name, exact=True).click()
    entries = page.locator(".lm-Menu-itemLabel")
    expect(entries.first).to_be_visible()
    found = [text for text in entries.all_inner_texts() if text]
    page.keyboard.press("Escape")
    return found


def test_learners_start_at_the_ten_modes(lab, page, picture):
    """The start page lists the modes, nothing covers it, and a click opens a notebook."""
    page.goto(lab.url("/"))
    modes = page.locator(".jp-MarkdownViewer")
    expect(modes).to_contain_text("Choose your learning style", timeout=60_000)
    expect(modes).to_contain_text("10 modes available")
    expect(modes.get_by_role("row").filter(has_text="Visual Quiz")).to_be_visible()
    expect(page.locator(".Toastify__toast")).to_have_count(0)
    picture(page, "60-start")
    modes.get_by_role("table").get_by_role("link", name="Visual Quiz").click()
    expect(page.get_by_role("tab", name="visual_quiz.ipynb")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("heading", name="Visual Quiz - 3 Questions").last).to_be_visible()


def test_learners_see_their_own_files_and_one_command_of_nbgrader(lab, page):
    """No source folder, no formgrader: the menu Nbgrader holds the assignment list alone."""
    page.goto(lab.url("/lab/tree/start.md?reset"))
    expect(page.locator(".jp-MarkdownViewer")).to_be_visible(timeout=60_000)
    files = page.locator(".jp-DirListing-itemText")
    expect(files.get_by_text("mini_project", exact=True)).to_be_visible()

    assert "source" not in files.all_inner_texts()
    assert ["Assignment List"] == menu(page, "Nbgrader")
    assert 404 == page.request.get(lab.url("/formgrader/api/assignments")).status


def test_instructors_have_the_formgrader(instructors_lab, page, picture):
    """The instructor's JupyterLab shows the course folder and all of nbgrader's commands."""
    page.goto(instructors_lab.url("/lab?reset"))
    files = page.locator(".jp-DirListing-itemText")
    expect(files.get_by_text("source", exact=True)).to_be_visible(timeout=60_000)
    picture(page, "61-instructor")

    assert {"Assignment List", "Formgrader"} <= set(menu(page, "Nbgrader"))
    assert 200 == page.request.get(instructors_lab.url("/formgrader/api/assignments")).status
