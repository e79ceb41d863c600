"""How long a learner waits in JupyterLab: for a notebook, its first live part, a sentence."""

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from conftest import grader_lab, serving
from measure import table
from playwright.sync_api import Page, sync_playwright
from support.browsers import launch
from support.courses import copy_course

NOTEBOOKS = (
    "mini_project/practice",
    "mini_project/build_and_apply",
    "step_by_step/walkthrough",
    "beyond_accuracy/beyond_accuracy",
)
ROUNDS = 5
WAYS = ("by itself", "by Run All")
GIVEN = "**/grader/given"
OPEN = """async ([path, all]) => {
  const { commands, shell } = window.jupyterapp;
  const until = async (found) => {
    while (!found()) await new Promise(requestAnimationFrame);
    return performance.now() - began;
  };
  const live = (node) => [...node.querySelectorAll("*")].some(({ shadowRoot }) =>
    shadowRoot?.querySelector(".page")?.children.length);
  const began = performance.now();
  const panel = await commands.execute("docmanager:open", { path });
  const text = await until(() => panel.node.querySelector(".jp-RenderedMarkdown h1"));
  if (all) {
    await panel.sessionContext.ready;
    commands.execute("notebook:run-all-cells");
  }
  const part = await until(() => live(panel.node));
  return [text, part];
}"""
CLOSE = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  await panel.sessionContext.shutdown();
  panel.context.model.dirty = false;
  panel.dispose();
}"""
SENTENCE = """async ([id, code]) => {
  const { commands, shell } = window.jupyterapp;
  const { content } = shell.currentWidget;
  const at = content.widgets.findIndex(({ model }) => model.id === id);
  content.activeCellIndex = at;
  content.widgets[at].model.sharedModel.setSource(code);
  const began = performance.now();
  const run = commands.execute("notebook:run-cell");
  await run;
  while (!content.widgets[at].node.querySelector(".grader-verdict"))
    await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""


def opening(place: Path) -> str:
    """Open each notebook in turn with a new kernel, alive by itself or with Run All Cells."""
    course = copy_course(place / "course")
    (place / "home").mkdir()
    times: dict[tuple[str, str], list[list[float]]] = {}
    sentences: dict[str, list[float]] = {way: [] for way in WAYS}
    with serving(course, "learner", *grader_lab("learner")) as lab, sync_playwright() as playwright:
        browser = launch(playwright, place)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(lab.url("/lab?reset"))
        page.wait_for_function("() => window.jupyterapp?.commands.hasCommand('grader:start')")
        for _ in range(ROUNDS):
            for name in NOTEBOOKS:
                for way in WAYS:
                    _switch(page, way)
                    found = page.evaluate(OPEN, [f"{name}.ipynb", way != WAYS[0]])
                    times.setdefault((name, way), []).append(found)
                    if name.endswith("build_and_apply"):
                        page.wait_for_timeout(2000)
                        asked = ["step_2", "fairness_threshold = '0.8'"]
                        sentences[way].append(page.evaluate(SENTENCE, asked))
                    page.evaluate(CLOSE)
        browser.close()
    rows: list[list[object]] = []
    for name in NOTEBOOKS:
        medians = [
            [round(statistics.median(column)) for column in zip(*times[name, way], strict=True)]
            for way in WAYS
        ]
        rows.append(
            [name.split("/")[1], medians[0][0], medians[0][1], medians[1][0], medians[1][1]]
        )
    told = {way: round(statistics.median(found)) for way, found in sentences.items()}
    head = ["notebook", "text", "live part", "text (Run All)", "live part (Run All)"]
    return (
        f"From opening to text and first live part, in ms; medians of {ROUNDS} interleaved rounds,"
        f" a new kernel each time.\n\n{table(head, rows)}\n\nFrom Run to the sentence of a step:"
        f" {told[WAYS[0]]} ms, where the notebook came alive by Run All {told[WAYS[1]]} ms."
    )


def _switch(page: Page, way: str) -> None:
    """Let cells run by themselves, or not."""
    page.unroute(GIVEN)
    if way != WAYS[0]:
        page.route(GIVEN, lambda route: route.abort())
