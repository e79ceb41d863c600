"""What a person does with a notebook in JupyterLab: open, click, type, run, read, save."""

import contextlib
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from weakref import WeakSet

from playwright.sync_api import Page, expect

READY = """() => {
  const panel = window.jupyterapp?.shell.currentWidget;
  const kernel = panel?.sessionContext?.session?.kernel;
  const idle = kernel?.connectionStatus === 'connected' && kernel?.status === 'idle';
  return panel?.context?.isReady && idle;
}"""
ALIVE = """() => window.jupyterapp.shell.currentWidget.node.dataset.alive === 'yes'
  || !window._JUPYTERLAB['grader-notebooks']"""
INDEX = """id => window.jupyterapp.shell.currentWidget.content.widgets
  .findIndex(cell => cell.model.id === id)"""
NOTHING_RUNS = """() => ![...document.querySelectorAll('.jp-InputPrompt')]
  .some(prompt => prompt.innerText.includes('[*]'))"""

COUNT_SAVES = """() => {
  const { context } = window.jupyterapp.shell.currentWidget;
  const count = window.saves = { begun: 0, over: 0 };
  context.saveState.connect((_, state) => { count[state === 'started' ? 'begun' : 'over'] += 1; });
}"""
ALL_SAVED = """() => {
  const { begun, over } = window.saves;
  return begun && over >= begun && !window.jupyterapp.shell.currentWidget.context.model.dirty;
}"""


OF_ONE_TEST: WeakSet[Page] = WeakSet()
IN_PLACE = """async (path) => {
  const { commands, shell } = window.jupyterapp;
  window.tidy = false;
  const opened = await commands.execute('docmanager:open', { path });
  for (const other of [...shell.widgets('main')]) if (other !== opened) other.close();
  shell.activateById(opened.id);
}"""


def until(page: Page, condition: str, arg: object = None, seconds: float = 60) -> None:
    """
    Wait until a condition holds on the page. It is asked ten times a second: playwright asks at
    each frame, and a page that is drawn all the time has less time for what is waited for.
    """
    page.wait_for_function(condition, arg=arg, timeout=seconds * 1000, polling=100)


def go(page: Page, url: str) -> None:
    """
    Open a file with nothing beside it. Where the test before left JupyterLab open and tidy it opens
    there; else, and from then on, the address is loaded.
    """
    address = urlsplit(url)
    origin = f"{address.scheme}://{address.netloc}"
    if page.evaluate("origin => window.tidy && origin === location.origin", origin):
        page.evaluate(IN_PLACE, unquote(address.path.partition("/tree/")[2]))
    else:
        page.goto(url)


def open_notebook(page: Page, url: str) -> None:
    """Open a notebook with nothing beside it, and wait for its kernel and the given cells."""
    go(page, url)
    until(page, READY, seconds=90)
    until(page, ALIVE)


def change_to(page: Page, url: str) -> None:
    """Open a notebook in place of the one that is open, without loading JupyterLab again."""
    page.evaluate("window.tidy = true")
    open_notebook(page, url)


def load_anew(page: Page) -> None:
    """
    Have the next notebook load all of JupyterLab, which is other than usual here, and no later test
    take this window over.
    """
    page.evaluate("window.tidy = false")
    OF_ONE_TEST.add(page)


def stays_still(page: Page) -> None:
    """Have no cell run by itself in this window, as where the server has no extension."""
    load_anew(page)
    page.route("**/grader/given", lambda route: route.abort())


def run_command(page: Page, command: str) -> None:
    """Run a command of JupyterLab, as its menu would."""
    page.evaluate("name => window.jupyterapp.commands.execute(name)", command)


def open_and_run(page: Page, url: str) -> None:
    """Open a notebook and run all of it."""
    open_notebook(page, url)
    run_command(page, "notebook:run-all-cells")
    idle(page)


def cell(page: Page, cell_id: str):
    """The cell with this id."""
    return page.locator(".jp-Notebook .jp-Cell").nth(page.evaluate(INDEX, cell_id))


def write(page: Page, cell_id: str, code: str) -> None:
    """Click into a cell, replace what it holds, and run it with Shift+Enter."""
    editor = cell(page, cell_id).locator(".cm-content")
    editor.scroll_into_view_if_needed()
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)
    page.keyboard.press("Shift+Enter")
    idle(page)


def run(page: Page, cell_id: str) -> str:
    """Run a cell, folded or not, and read what it shows, in its outputs or in its folded line."""
    run_again(page, cell_id)
    output = cell(page, cell_id).locator(".jp-OutputArea-output")
    expect(output.first).to_be_attached(timeout=30_000)
    return "\n".join(output.all_inner_texts())


def run_again(page: Page, cell_id: str) -> None:
    """Run a cell whose code is folded: select it, then use the command behind Shift+Enter."""
    notebook = "window.jupyterapp.shell.currentWidget.content"
    page.evaluate(f"id => {{ {notebook}.activeCellIndex = ({INDEX})(id) }}", cell_id)
    run_command(page, "notebook:run-cell")
    idle(page)


def card(page: Page, key: str):
    """The card of a question; playwright looks into shadow roots by itself."""
    return cell(page, key).locator(".page")


def option(page: Page, key: str, letter: str):
    """The radio button of an option."""
    return cell(page, key).locator(f"input[value={letter}]")


def choose(page: Page, key: str, letter: str, told: str = "Saved in this notebook.") -> None:
    """Click an option of a question's card and wait until the card says that it is kept."""
    button = option(page, key, letter)
    button.scroll_into_view_if_needed()
    button.check()
    expect(card(page, key).locator(".kept")).to_contain_text(
        f"Your answer is {letter}. {told}", timeout=15_000
    )


def idle(page: Page) -> None:
    """Wait until nothing runs any more."""
    page.wait_for_timeout(150)
    until(page, READY)
    until(page, NOTHING_RUNS)


def restart(page: Page) -> None:
    """Restart the kernel and wait until the given cells have run."""
    page.evaluate("""async () => {
      const panel = window.jupyterapp.shell.currentWidget;
      panel.node.dataset.alive = 'soon';
      await panel.sessionContext.session.kernel.restart();
    }""")
    until(page, ALIVE)
    idle(page)


def save(page: Page) -> None:
    """Save with Ctrl+S and wait until nothing is unsaved, or half written."""
    page.evaluate(COUNT_SAVES)
    page.keyboard.press("Control+s")
    until(page, ALL_SAVED)


def on_disk(path: Path) -> dict[str, Any]:
    """Read a notebook's file; Jupyter writes it in place, so for a moment it may be half there."""
    for _ in range(50):
        with contextlib.suppress(json.JSONDecodeError):
            return json.loads(path.read_text(encoding="utf-8"))
        time.sleep(0.1)
    raise AssertionError(f"{path.name} stays half written")
