// A notebook comes alive when it is opened, and again when its kernel restarts: the cells that the
// course has given run by themselves. Which those are the server says, by their text; a cell that it
// does not know never runs because a notebook is opened.

import { bar } from "./bar.js";
import { dress, hold, isOld } from "./cells.js";
import { Checks } from "./checks.js";
import { connection } from "./connection.js";
import { startButton } from "./map.js";
import { Merge } from "./merge.js";

const PATIENCE = 3000; // milliseconds in which a saved part can still come alive by itself
const SOON = 150; // milliseconds in which changes are drawn together
const TRIES = 3;
const ANEW = { grader: { anew: true } }; // asks for a page of its own: the one there is cannot be drawn
const VIEW = "application/vnd.jupyter.widget-view+json";
const PART = /^from grader\.(?:widgets|learn) import \w+$/m;

/** Ask the server what the course has given these texts as: "alone", "after", "check", or "". */
async function given(app, sources) {
  const { serverSettings } = app.serviceManager;
  const token = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1];
  const headers = { "Content-Type": "application/json" };
  if (serverSettings.token) headers.Authorization = `token ${serverSettings.token}`;
  if (token) headers["X-XSRFToken"] = decodeURIComponent(token);
  const body = JSON.stringify({ sources });
  try {
    const reply = await fetch(`${serverSettings.baseUrl}grader/given`, { method: "POST", headers, body });
    if (reply.ok) return (await reply.json()).given;
  } catch {
    return []; // no server just now: asked again later
  }
  return sources.map(() => ""); // a server without this extension
}

/** Whether nothing has run yet in a kernel. */
async function isFresh(kernel) {
  const reply = await kernel.requestExecute({ code: "", silent: true, store_history: false }).done;
  return reply.content.execution_count === 0;
}

/** Whether a cell shows a live page, and not only one that was stored. */
function isShown({ model: { outputs } }) {
  return Array.from({ length: outputs.length }, (_, at) => outputs.get(at)).some(({ data }) => VIEW in data);
}

const text = (cell) => cell.model.sharedModel.getSource();

/** Looks after one notebook on show. */
export class Alive {
  constructor(app, panel, { CodeCell, NotebookActions, Widget }) {
    Object.assign(this, { app, panel, CodeCell, Widget });
    this.round = 0;
    this.kinds = new Map(); // what the server said of a text
    this.isCourses = false; // whether it holds a cell that a course has given
    this.revived = new WeakMap(); // how often a cell was run anew for that reason
    this.merge = new Merge(app, panel.context);
    const { sessionContext } = panel;
    const executed = (_, done) => this.executed(done);
    const scheduled = (_, { notebook, cell }) =>
      this.isCourses && notebook === panel.content && hold(cell);
    NotebookActions.executed.connect(executed);
    NotebookActions.executionScheduled.connect(scheduled);
    panel.disposed.connect(() => {
      NotebookActions.executed.disconnect(executed);
      NotebookActions.executionScheduled.disconnect(scheduled);
    });
    panel.node.addEventListener("grader:lost", ({ target }) => this.revive(target));
    sessionContext.kernelChanged.connect(() => this.start());
    sessionContext.statusChanged.connect((_, status) => {
      if (/restarting$/.test(status)) this.restarted = true;
      else if (this.restarted && status === "idle") {
        this.restarted = false;
        this.start();
      }
    });
    this.start();
  }

  /** The code cells in their order. */
  get cells() {
    return this.panel.content.widgets.filter((cell) => cell.model?.type === "code");
  }

  /** Bring the notebook to life, if its kernel is a new one. */
  async start() {
    const mine = ++this.round;
    const { context, node, sessionContext } = this.panel;
    const isLast = () => mine === this.round;
    node.dataset.alive = "soon"; // for tests that wait
    await context.ready;
    const before = context.model.dirty ? null : this.written();
    await Promise.all([this.ask(), sessionContext.ready]);
    const kernel = sessionContext.session?.kernel;
    if (!isLast() || (this.isCourses && !kernel)) return;
    const fresh = this.isCourses && (await isFresh(kernel));
    if (fresh) isOld(this.cells);
    // In a kernel that another window works with, only parts that are not shown here.
    const missing = (cell) => PART.test(text(cell)) && !isShown(cell);
    const found = this.cells.filter((cell) => this.kind(cell) === "alone" && (fresh || missing(cell)));
    for (const cell of found) if (isLast()) await this.run(cell);
    if (!isLast()) return;
    // Outputs alone are nothing to save: they come again, and a file that is looked at stays as it is.
    if (before === this.written()) context.model.dirty = false;
    node.dataset.alive = "yes";
  }

  /** An error empties what was to run after it: parts that are gone come back. */
  async restore() {
    await new Promise((soon) => setTimeout(soon, 300)); // the others are being given up
    const gone = (cell) => this.kind(cell) === "alone" && PART.test(text(cell)) && !cell.model.outputs.length;
    for (const cell of this.cells.filter(gone)) await this.run(cell);
  }

  /** A part that could not be drawn although its kernel is there: its cell runs anew. */
  async revive(node) {
    await new Promise((soon) => setTimeout(soon, PATIENCE));
    const { kernel } = this.panel.sessionContext.session ?? {};
    const cell = this.cells.find((one) => one.node.contains(node));
    const hears = kernel?.connectionStatus === "connected" && kernel.status !== "dead";
    if (!hears || !cell || this.kind(cell) !== "alone") return;
    const tried = this.revived.get(cell) ?? 0;
    this.revived.set(cell, tried + 1);
    if (tried < TRIES) await this.run(cell, ANEW);
  }

  /** Learn what the cells are that nobody has asked about yet. */
  async ask() {
    const unknown = [...new Set(this.cells.map(text))].filter((one) => !this.kinds.has(one));
    const kinds = unknown.length ? await given(this.app, unknown) : [];
    kinds.forEach((kind, n) => this.kinds.set(unknown[n], kind));
    if (this.isCourses || !kinds.some(Boolean)) return;
    this.isCourses = true;
    dress(this.panel);
    connection(this.panel, this.Widget);
    this.merge.begin();
    startButton(this.app, this.panel, this.Widget);
    this.checks = new Checks(this.app, this.panel, (cell) => this.run(cell));
    this.draw = bar(this.app, this.panel, this.Widget);
    this.panel.context.model.contentChanged.connect(() => this.soon());
    this.soon();
  }

  /** Draw what tells how the answers stand, once for many changes. */
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.panel.isDisposed) return;
      this.draw();
      this.checks.draw(this.cells.filter((cell) => this.kind(cell) === "check"));
    }, SOON);
  }

  /** What a learner can have written or chosen, as text. */
  written() {
    const { cells, metadata } = this.panel.context.model;
    const { kernelspec, language_info, ...own } = metadata; // the program writes these itself
    return JSON.stringify([own, ...Array.from(cells, (cell) => cell.sharedModel.getSource())]);
  }

  kind(cell) {
    return this.kinds.get(text(cell)) ?? "";
  }

  /** Run a cell where it stands: nothing is selected, and nothing scrolls. */
  async run(cell, metadata = {}) {
    if (cell.isDisposed || cell.model.executionState === "running") return true;
    hold(cell);
    try {
      const reply = await this.CodeCell.execute(cell, this.panel.sessionContext, metadata);
      return reply?.content.status === "ok";
    } catch {
      return false; // a kernel that went away meanwhile; the next one brings a round of its own
    }
  }

  /** After an answer ran: the given cells below it, which show what came of it, run too. */
  async executed({ notebook, cell, success }) {
    if (notebook !== this.panel.content || cell.model.type !== "code") return;
    await this.ask();
    const { cells } = this;
    if (this.kind(cell)) return;
    if (!success) return this.restore();
    for (const next of cells.slice(cells.indexOf(cell) + 1)) {
      const kind = this.kind(next);
      if (!kind || (kind === "after" && !(await this.run(next)))) return;
    }
  }
}
