// The start page is a map: each line that leads to a notebook says how far that notebook is, and on
// top stands where to go on. It is read from the notebooks themselves, each time the page is shown.

import { object, option } from "./file.js";
import { progress } from "./progress.js";
import { openAt } from "./saved.js";

const STYLE = `
.grader-map { container-type: inline-size; }
.grader-map .grader-where { font-size: 1.1em; }
.grader-map .grader-state { white-space: nowrap; }
@container (max-width: 620px) {
  .grader-map table, .grader-map tbody, .grader-map tr, .grader-map td { display: block; text-align: left !important; }
  .grader-map thead { display: none; }
  .grader-map tr { padding: 0.5em 0; border-bottom: 1px solid var(--jp-border-color2); }
  .grader-map td { display: inline; padding: 0 0.6em 0 0; }
  .grader-map td:nth-child(3) { display: block; }
  .grader-map td:nth-child(n + 4)::before { content: attr(data-label) ": "; opacity: 0.8; }
}`;
const SIGNS = { open: "○", begun: "◐", done: "✔" };
const NARROW = 900; // pixels of a window below which the file browser is closed at first
const OPENED = "grader:opened"; // notebooks without anything to answer, in this browser

/** Where a link on a rendered page leads: { path, id }, null where it leads to no notebook. */
function place(link) {
  let path, id;
  try {
    ({ path, id } = JSON.parse(link.dataset.commandlinkerArgs));
  } catch {
    const url = new URL(link.href, location.href);
    [path, id] = [decodeURIComponent(url.pathname.split("/files/")[1] ?? ""), url.hash];
  }
  return path?.endsWith(".ipynb") ? { path, id: id ?? "" } : null;
}

const opened = () => {
  try {
    return object(JSON.parse(localStorage.getItem(OPENED)));
  } catch {
    return {};
  }
};

/** Note that this link was followed: all that can be known of a page without anything to answer. */
function open({ path, id }) {
  try {
    localStorage.setItem(OPENED, JSON.stringify({ ...opened(), [path + id]: true }));
  } catch {
    // A browser that keeps nothing.
  }
}

/** Draws the states on one start page. */
class Page {
  constructor(app, node) {
    Object.assign(this, { app, node });
    node.classList.add("grader-map");
    const { contents } = app.serviceManager;
    const saved = (_, { type }) => type === "save" && node.isConnected && this.refresh();
    contents.fileChanged.connect(saved);
    new MutationObserver(() => this.isNew() && this.refresh()).observe(node, { childList: true, subtree: true });
    this.refresh();
  }

  rows() {
    const found = [];
    for (const row of this.node.querySelectorAll("tbody tr")) {
      const link = row.querySelector("a");
      const to = link && place(link);
      if (to) found.push({ row, link, ...to });
    }
    return found;
  }

  isNew() {
    return this.rows().some(({ row }) => !row.querySelector(".grader-state"));
  }

  /** Read the notebooks and draw; of two calls the later one counts. */
  async refresh() {
    const mine = (this.round = (this.round ?? 0) + 1);
    const { contents } = this.app.serviceManager;
    const rows = this.rows();
    const known = new Map();
    await Promise.all(
      [...new Set(rows.map(({ path }) => path))].map(async (path) => {
        try {
          const { content, last_modified } = await contents.get(path, { type: "notebook", format: "json", content: true });
          known.set(path, { ...progress(content), at: Date.parse(last_modified) });
        } catch {
          known.set(path, null); // not there, or no notebook: nothing is claimed
        }
      }),
    );
    if (mine !== this.round) return;
    for (const one of rows) this.draw(one, known.get(one.path));
    this.where(rows, known);
  }

  draw(one, known) {
    const { row, path, id } = one;
    const cell = row.cells[0];
    let mark = cell.querySelector(".grader-state");
    if (!mark) {
      mark = document.createElement("span");
      mark.className = "grader-state";
      one.link.addEventListener("click", () => open(one));
      cell.prepend(mark);
    }
    const heads = [...row.closest("table").querySelectorAll("th")];
    [...row.cells].forEach(({ dataset }, n) => (dataset.label = heads[n]?.textContent ?? ""));
    if (!known) return mark.replaceChildren();
    const { done, all, unit } = known;
    const seen = Boolean(opened()[path + id]);
    const state = all ? (done === all ? "done" : done ? "begun" : "open") : seen ? "done" : "open";
    const words = all ? `${done} of ${all} ${unit}` : seen ? "opened" : "not opened yet";
    mark.title = words;
    mark.replaceChildren(sign(SIGNS[state], words), " ");
    this.count(row, all ? words : "");
  }

  /** The count below what one does in a mode. */
  count(row, words) {
    const cell = row.cells[2] ?? row.cells[row.cells.length - 1];
    let text = cell.querySelector(".grader-count");
    if (!text) {
      text = document.createElement("small");
      text.className = "grader-count";
      cell.append(" ", text);
    }
    text.textContent = words && `· ${words}`;
  }

  /** The line on top: where to go on. */
  where(rows, known) {
    const modes = rows.filter(({ path }) => known.get(path)?.all);
    const isBegun = ({ path }) => known.get(path).done && known.get(path).done < known.get(path).all;
    const latest = modes.filter(isBegun).sort((a, b) => known.get(b.path).at - known.get(a.path).at)[0];
    const next = latest ?? modes.find(({ path }) => !known.get(path).done);
    let line = this.node.querySelector(".grader-where");
    if (!line) {
      line = document.createElement("p");
      line.className = "grader-where";
      rows[0]?.row.closest("table").before(line);
    }
    if (!next) return line.replaceChildren(modes.length ? "✔ Everything here has an answer." : "");
    const link = document.createElement("a");
    const { path } = next;
    const cell = latest ? known.get(path).open[0].id : "";
    link.append(...next.link.cloneNode(true).childNodes);
    link.href = next.link.href; // for those who open it elsewhere
    link.onclick = (event) => {
      event.preventDefault();
      openAt(this.app, path, cell);
    };
    const { done, all, unit } = known.get(next.path);
    line.replaceChildren(latest ? "▶ Continue where you were: " : "▶ Begin here: ", link, latest ? ` · ${done} of ${all} ${unit}` : "");
  }
}

/** A sign for those who see it, in words for those who do not. */
function sign(shown, words) {
  const node = document.createElement("span");
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", words);
  node.textContent = shown;
  return node;
}

/** Keep the start page that the server names: drawn as a map, and never far. */
export function map(app) {
  const start = option("graderStartPage");
  if (!start) return;
  document.head.append(Object.assign(document.createElement("style"), { textContent: STYLE }));
  const drawn = new WeakSet();
  const look = () => {
    for (const widget of app.shell.widgets("main")) {
      const node = widget.context?.path === start && widget.node.querySelector(".jp-RenderedMarkdown");
      if (!node || drawn.has(node)) continue;
      drawn.add(node);
      new Page(app, node);
    }
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  const toStart = () => app.commands.execute("docmanager:open", { path: start, factory: "Markdown Preview" });
  app.commands.addCommand("grader:start", { label: "Start Page", caption: "All modes, and how far you are", execute: toStart });
  app.commands.addKeyBinding({ command: "grader:start", keys: ["Alt Shift H"], selector: "body" });
  // Notebook 7 calls this on each page of a single file, and has it on its list of files alone.
  const openPath = "filebrowser:open-path";
  app.started.then(() => app.commands.hasCommand(openPath) || app.commands.addCommand(openPath, { execute() {} }));
  stayNear(app, toStart);
}

/** A narrow window is the page's alone; and where the last notebook is closed, the start page comes. */
function stayNear({ restored, shell }, toStart) {
  restored?.then(() => innerWidth < NARROW && shell.collapseLeft?.());
  let had = false;
  shell.layoutModified?.connect(() => {
    const has = [...shell.widgets("main")].some(({ context }) => context);
    if (had && !has) toStart();
    had = has;
  });
}

/** A button in a notebook's toolbar that leads to the start page. */
export function startButton(app, { toolbar }, Widget) {
  if (!app.commands.hasCommand("grader:start")) return;
  const node = document.createElement("button");
  node.className = "jp-ToolbarButtonComponent";
  node.textContent = "Start page";
  node.title = "All modes, and how far you are (Alt+Shift+H)";
  node.style.fontSize = "var(--jp-ui-font-size1)";
  node.onclick = () => app.commands.execute("grader:start");
  toolbar.insertItem(0, "grader-start", new Widget({ node }));
}
