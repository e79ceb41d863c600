// The slim bar that stays on top of a notebook: how far it is, what comes next, and the way there.

import { progress } from "./progress.js";
import { goTo } from "./saved.js";

const STYLE = `
.grader-bar {
  display: flex; flex-wrap: wrap; align-items: center; gap: 0.2em 0.9em; padding: 0.25em 1em; box-sizing: border-box;
  border-bottom: 1px solid var(--jp-border-color2); background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1); font-size: var(--jp-ui-font-size1); line-height: 1.5;
}
.grader-bar progress { width: 7em; accent-color: #1a7f37; }
.grader-bar button {
  min-height: 24px; padding: 0 0.7em; border: 1px solid var(--jp-border-color1); border-radius: 4px;
  color: var(--jp-ui-font-color1); background: var(--jp-layout-color1); font: inherit; cursor: pointer;
}
.grader-bar button:hover { background: var(--jp-layout-color2); }
@media (pointer: coarse) { .grader-bar button { min-height: 44px; } }`;
const NEXT = "grader:next";
const ways = new WeakMap(); // the way on of each notebook
const HINT = /<summary>\s*Hint\b/;
const LIST = "nbgrader:open-assignment-list";

function button(words, act) {
  const node = document.createElement("button");
  node.textContent = words;
  node.onclick = act;
  return node;
}

/** How far a notebook on show is. */
function now({ context }) {
  const { cells, metadata } = context.model;
  const all = Array.from(cells);
  const edited = new Set(all.filter(({ isDirty }) => isDirty).map(({ id }) => id));
  return progress({ cells: all.map((cell) => cell.toJSON()), metadata }, edited);
}

/** The texts above a cell, back to the code before it: [index, ...]. */
function textsAbove({ widgets }, id) {
  let at = widgets.findIndex(({ model }) => model.id === id);
  const found = [];
  while (at > 0 && widgets[--at].model.type === "markdown") found.unshift(at);
  return found;
}

const hints = ({ widgets }, id) =>
  textsAbove({ widgets }, id).filter((at) => HINT.test(widgets[at].model.sharedModel.getSource()));

/** Open the next hint of a step that is still closed, the last one where all are open. */
async function showHint(notebook, id) {
  for (const at of hints(notebook, id)) {
    await notebook.scrollToItem(at, "smart");
    const all = [...notebook.widgets[at].node.querySelectorAll("details > summary")];
    const found = all.filter(({ textContent }) => textContent.trim().startsWith("Hint"));
    const next = found.find(({ parentElement }) => !parentElement.open) ?? found.at(-1);
    if (!next) continue;
    next.parentElement.open = true;
    next.scrollIntoView({ block: "center" });
    next.focus({ preventScroll: true });
    return;
  }
}

/** The key that leads to what is open next, wherever one is in a notebook. */
export function nextKey({ commands, shell }) {
  const execute = () => ways.get(shell.currentWidget)?.();
  commands.addCommand(NEXT, { label: "Go to What Is Open Next", execute });
  commands.addKeyBinding({ command: NEXT, keys: ["Alt Shift N"], selector: ".jp-NotebookPanel" });
}

/** Keep the bar above a notebook that has something to be done; what draws it anew. */
export function bar(app, panel, Widget) {
  if (!document.getElementById("grader-bar"))
    document.head.append(Object.assign(document.createElement("style"), { id: "grader-bar", textContent: STYLE }));
  const node = document.createElement("div");
  node.className = "grader-bar";
  node.setAttribute("role", "region");
  node.setAttribute("aria-label", "Progress in this notebook");
  const frame = document.createElement("div");
  frame.append(node);
  const line = new Widget({ node: frame });
  line.hide();
  panel.contentHeader.addWidget(line);

  const onward = (next) => {
    ways.set(panel, () => next && goTo(panel.content, next.id));
    const go = button(`Go to ${next?.title.toLowerCase()}`, ways.get(panel));
    go.title = "Alt+Shift+N";
    go.setAttribute("aria-keyshortcuts", "Alt+Shift+N");
    if (next)
      return [
        `${next.title}: ${next.says}`,
        go,
        hints(panel.content, next.id).length ? button("Hint", () => showHint(panel.content, next.id)) : "",
      ];
    const to = (words, id) => app.commands.hasCommand(id) && button(words, () => app.commands.execute(id));
    return ["All done.", to("Hand in", LIST), to("Start page", "grader:start")];
  };
  let drawn;
  const draw = () => {
    if (panel.isDisposed || !panel.content.model) return;
    const { done, all, unit, open } = now(panel);
    const text = JSON.stringify([done, all, open[0]]);
    line.setHidden(!all);
    if (text === drawn) return;
    drawn = text;
    const held = [...node.querySelectorAll("button")].indexOf(document.activeElement);
    const share = Object.assign(document.createElement("progress"), { max: all || 1, value: done });
    share.setAttribute("aria-label", "Share that is done");
    const sign = done === all ? "✔" : done ? "◐" : "○";
    node.replaceChildren(`${sign} ${done} of ${all} ${unit}`, share, ...onward(open[0]).filter(Boolean));
    node.querySelectorAll("button")[held]?.focus();
    fit();
  };
  const fit = () =>
    requestAnimationFrame(() => {
      if (line.isDisposed || line.isHidden) return;
      frame.style.minHeight = `${node.offsetHeight}px`; // the program's layout asks for nothing else
      line.parent?.fit();
    });
  const wide = new ResizeObserver(fit);
  wide.observe(panel.node);
  panel.disposed.connect(() => wide.disconnect());
  return draw;
}
