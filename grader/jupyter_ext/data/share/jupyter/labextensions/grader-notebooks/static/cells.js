// How the cells of a course's notebook are called, and how they look while they run and after a
// restart of their kernel.

import { sentenceFirst } from "./outputs.js";

const LONG = 5; // seconds, after which a cell that still runs says how to stop it
const STYLE = `
.grader-before .grader-verdict { border-left-style: dashed !important; border-left-color: #6e7781 !important; }
.grader-before .grader-verdict > *, .grader-runs .grader-verdict > * { opacity: 0.75; }
.grader-before .grader-verdict::after {
  content: "✎ From before Python was started anew: run the cell again.";
  display: block; margin-top: 0.25em; font-weight: 600;
}
.grader-runs > .jp-Cell-outputWrapper { flex-wrap: wrap; }
.grader-runs > .jp-Cell-outputWrapper::after {
  flex: 0 0 100%;
  content: "Still running. To stop it, press ■ in the toolbar, or I twice.";
  padding: 0 0.9em 0 calc(var(--jp-cell-prompt-width) + 0.9em);
  overflow: hidden;
  animation: grader-appears 0s ${LONG}s both;
}
@keyframes grader-appears {
  from { max-height: 0; visibility: hidden; }
  to { max-height: 4em; visibility: visible; }
}`;
const SERIES = { step_: "Step" };

/** What a step or task is called, by its id: "step_1" is step 1, "a3" is task 3; "" for none. */
export function called(id) {
  const [, series, number] = /^(step_|[a-z])(\d+)$/.exec(id) ?? [];
  if (!series) return "";
  return Number(number) || SERIES[series] ? `${SERIES[series] ?? "Task"} ${number}` : "Warm-up";
}

/** Name the editor of an answer for those who do not see which it is. */
function name(cell) {
  const { id, metadata } = cell.model.toJSON();
  const isAnswer = metadata.nbgrader?.solution ?? metadata.editable !== false;
  const words = isAnswer && called(id);
  const label = () => cell.node.querySelector(".cm-content")?.setAttribute("aria-label", `${words}, your code`);
  if (!words) return;
  cell.ready.then(label);
  cell.inViewportChanged?.connect(label);
}

/** Keep the height of a cell that is about to run, so that the page below stays where it is. */
export function hold({ node, model }) {
  const { style } = node;
  style.minHeight = `${node.offsetHeight}px`;
  const runs = () => model.executionState === "running";
  setTimeout(() => runs() || style.removeProperty("min-height"), 2000); // no kernel took it
}

/** While a cell runs its old verdict is grey. */
function follow(cell) {
  const { classList, style } = cell.node;
  let later;
  cell.model.stateChanged.connect((model, { name: what }) => {
    if (/^execution(State|Count)$/.test(what)) classList.remove("grader-before");
    if (what !== "executionState") return;
    clearTimeout(later);
    const runs = model.executionState === "running";
    // Outputs are drawn a little later.
    if (!runs) later = setTimeout(() => style.removeProperty("min-height"), 250);
    classList.toggle("grader-runs", runs);
  });
}

/** Follow the code cells of a notebook, those that are added later too. */
export function dress(panel) {
  if (!document.getElementById("grader-cells")) {
    const style = document.createElement("style");
    document.head.append(Object.assign(style, { id: "grader-cells", textContent: STYLE }));
  }
  const known = new WeakSet();
  const all = () => {
    for (const cell of panel.content.widgets) {
      if (cell.model?.type !== "code" || known.has(cell)) continue;
      known.add(cell);
      name(cell);
      follow(cell);
      sentenceFirst(cell);
    }
  };
  panel.content.model?.cells.changed.connect(() => requestAnimationFrame(all));
  all();
}

/** Grey the verdicts that are older than the kernel, each until its cell runs again. */
export function isOld(cells) {
  for (const cell of cells) if (cell.model.outputs.length) cell.node.classList.add("grader-before");
}
