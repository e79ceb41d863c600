// The line of a check: how the answer above it stands, and a button that runs it. Its code stays
// folded when it is run, and who types into it or deletes it hears that it is locked.

import { verdict } from "./progress.js";

const STYLE = `
.grader-check .jp-Placeholder-content { cursor: default; }
.grader-check .jp-Placeholder-contentContainer { display: flex; flex-wrap: wrap; align-items: center; gap: 0.2em 0.8em; }
.grader-check .jp-PlaceholderText { flex: 1 1 20em; min-width: 0; white-space: normal; overflow: visible; }
.grader-check-state { font-weight: 600; font-family: var(--jp-ui-font-family); }
.grader-check-run, .grader-check-show {
  flex: none; min-height: 24px; padding: 0 0.7em; border: 1px solid var(--jp-border-color1); border-radius: 4px;
  color: var(--jp-ui-font-color1); background: var(--jp-layout-color1); font: inherit;
  font-family: var(--jp-ui-font-family); cursor: pointer;
}
.grader-check-run:hover, .grader-check-show:hover { background: var(--jp-layout-color2); }
.grader-check .jp-MoreHorizIcon { display: none; }
.grader-check-once .jp-Cell-outputWrapper:has(.grader-line):not(:has(.jp-OutputArea-child + .jp-OutputArea-child)) { display: none; }
@media (max-width: 760px) { .grader-check .jp-Placeholder-prompt { display: none; } }
@media (pointer: coarse) { .grader-check-run, .grader-check-show { min-height: 44px; } }`;
const WORDS = { "✔": "✔ Correct", "✘": "✘ Not yet", "●": "● Noted" };
const LOCKED = "This check is locked: it stays as the course gave it. Your code goes into the cell above it.";
const KEPT = "This cell is locked: a part of the course needs it.";
const GONE = "Deleted. Press Z to have it back.";

function button(words, label, act) {
  const node = document.createElement("button");
  node.textContent = words;
  node.setAttribute("aria-label", label);
  node.onclick = (event) => {
    event.stopPropagation(); // the line around it would unfold
    act();
  };
  return node;
}

/** Looks after the lines of the checks of one notebook. */
export class Checks {
  constructor(app, panel, run) {
    Object.assign(this, { app, panel, run });
    this.known = new Set();
    if (!document.getElementById("grader-checks")) {
      const style = document.createElement("style");
      document.head.append(Object.assign(style, { id: "grader-checks", textContent: STYLE }));
    }
    // A click that is meant to run or to choose a check does not unfold it.
    const click = (event) => {
      const cell = event.target.closest?.(".grader-check");
      if (!cell || !event.target.closest(".jp-InputPlaceholder") || event.target.closest("button")) return;
      event.stopPropagation();
      const at = panel.content.widgets.findIndex(({ node }) => node === cell);
      if (at >= 0) panel.content.activeCellIndex = at;
      cell.focus({ preventScroll: true });
    };
    const key = ({ key: pressed, ctrlKey, metaKey, target }) => {
      const cell = !ctrlKey && !metaKey && target.closest?.(".cm-content")?.closest(".grader-check");
      if (cell && (pressed.length === 1 || /^(Backspace|Delete|Enter)$/.test(pressed))) this.say(LOCKED);
    };
    const deleted = (_, { id }) => {
      if (!/^notebook:(delete|cut)-cell$/.test(id) || !panel.isVisible) return;
      const { activeCell } = panel.content;
      if (removed) this.say(GONE);
      else if (activeCell?.model.getMetadata("deletable") === false)
        this.say(this.known.has(activeCell) ? LOCKED : KEPT);
      removed = false;
    };
    let removed = false; // whether a cell just went
    const changed = (_, { type }) => {
      removed ||= type === "remove";
      setTimeout(() => (removed = false));
    };
    panel.content.node.addEventListener("click", click, true);
    panel.content.node.addEventListener("keydown", key, true);
    panel.context.model.cells.changed.connect(changed);
    app.commands.commandExecuted.connect(deleted);
    panel.disposed.connect(() => app.commands.commandExecuted.disconnect(deleted));
  }

  /** Tell something in passing, once at a time. */
  say(message) {
    if (Date.now() - (this.said ?? 0) < 3000 || !this.app.commands.hasCommand("apputils:notify")) return;
    this.said = Date.now();
    this.app.commands.execute("apputils:notify", { message, type: "info", options: { autoClose: 4000 } });
  }

  /** Draw the lines of these check cells. */
  draw(cells) {
    for (const cell of cells) {
      if (!this.known.has(cell)) {
        this.known.add(cell);
        cell.node.classList.add("grader-check");
        cell.displayChanged?.connect(() => this.line(cell));
        cell.inViewportChanged?.connect(() => this.line(cell));
      }
      this.line(cell);
    }
  }

  line(cell) {
    if (cell.isDisposed) return;
    const place = cell.node.querySelector(".jp-InputPlaceholder .jp-Placeholder-contentContainer");
    const { widgets } = this.panel.content;
    const above = widgets[widgets.indexOf(cell) - 1];
    const said = above?.model.type === "code" ? verdict(above.model.toJSON()) : "";
    const state = said || verdict(cell.model.toJSON());
    cell.node.classList.toggle("grader-check-once", Boolean(said && place));
    if (!place) return;
    let shown = place.querySelector(".grader-check-state");
    if (!shown) {
      shown = Object.assign(document.createElement("span"), { className: "grader-check-state" });
      const name = place.textContent.replace(/^#\s*/, "");
      const run = button("▶ Run the check", `Run: ${name}`, () => this.run(cell));
      const unfold = button("…", "Show the code of this check", () => (cell.inputHidden = false));
      run.className = "grader-check-run";
      unfold.className = "grader-check-show";
      unfold.title = "Show the code of this check";
      place.append(shown, run, unfold);
    }
    const words = WORDS[state] ?? "";
    if (shown.textContent !== words) shown.textContent = words;
  }
}
