// A notebook comes alive when it is opened, and again when its kernel restarts: the cells that the
// course has given run by themselves. Which those are the server says, by their text; a cell that it
// does not know never runs because a notebook is opened.

const PART = /^from grader\.(?:widgets|learn) import \w+$/m;
const STYLE = `
.grader-before .grader-verdict { border-left-style: dashed !important; border-left-color: #6e7781 !important; }
.grader-before .grader-verdict > * { opacity: 0.75; }
.grader-before .grader-verdict::after {
  content: "✎ From before Python was started anew: run the cell again.";
  display: block; margin-top: 0.25em; font-weight: 600;
}`;

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
    // A server without this extension, or none: nothing runs by itself.
  }
  return sources.map(() => "");
}

/** Whether nothing has run yet in a kernel. */
async function isFresh(kernel) {
  const reply = await kernel.requestExecute({ code: "", silent: true, store_history: false }).done;
  return reply.content.execution_count === 0;
}

const text = (cell) => cell.model.sharedModel.getSource();

/** Looks after one notebook on show. */
export class Alive {
  constructor(app, panel, CodeCell, NotebookActions) {
    Object.assign(this, { app, panel, CodeCell });
    this.round = 0;
    this.kinds = new Map(); // what the server said of a text
    const { sessionContext } = panel;
    if (!document.getElementById("grader-before")) {
      const style = document.createElement("style");
      Object.assign(style, { id: "grader-before", textContent: STYLE });
      document.head.append(style);
    }
    const executed = (_, done) => this.executed(done);
    NotebookActions.executed.connect(executed);
    panel.disposed.connect(() => NotebookActions.executed.disconnect(executed));
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
    this.panel.node.dataset.alive = "soon"; // for styles, and for tests that wait
    const { context, sessionContext } = this.panel;
    await context.ready;
    const before = context.model.dirty ? null : this.written();
    const asked = this.ask();
    await sessionContext.ready;
    const kernel = sessionContext.session?.kernel;
    if (!kernel) return;
    await asked;
    const fresh = await isFresh(kernel);
    if (mine !== this.round) return;
    if (fresh) this.isOld();
    // In a kernel that another window works with, only parts that are not shown here.
    const missing = (cell) => PART.test(text(cell)) && !cell.model.outputs.length;
    const found = this.cells.filter((cell) => this.kind(cell) === "alone" && (fresh || missing(cell)));
    for (const cell of found) if (mine === this.round) await this.run(cell);
    // Outputs alone are nothing to save: they come again, and a file that is looked at stays as it is.
    if (before === this.written()) context.model.dirty = false;
    if (mine === this.round) this.panel.node.dataset.alive = "yes";
  }

  /** Learn what the cells are that nobody has asked about yet. */
  async ask() {
    const unknown = [...new Set(this.cells.map(text))].filter((one) => !this.kinds.has(one));
    const kinds = unknown.length ? await given(this.app, unknown) : [];
    unknown.forEach((one, n) => this.kinds.set(one, kinds[n]));
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
  async run(cell) {
    if (cell.isDisposed || cell.model.executionState === "running") return true;
    try {
      const reply = await this.CodeCell.execute(cell, this.panel.sessionContext);
      return reply?.content.status === "ok";
    } catch {
      return false; // a kernel that went away meanwhile; the next one brings a round of its own
    }
  }

  /** After an answer ran: the given cells below it, which show what came of it, run too. */
  async executed({ notebook, cell, success }) {
    if (notebook !== this.panel.content || !success || cell.model.type !== "code") return;
    await this.ask();
    const { cells } = this;
    if (this.kind(cell)) return;
    for (const next of cells.slice(cells.indexOf(cell) + 1)) {
      const kind = this.kind(next);
      if (!kind || (kind === "after" && !(await this.run(next)))) return;
    }
  }

  /** Grey the verdicts that are older than this kernel, each until its cell runs again. */
  isOld() {
    for (const cell of this.cells) {
      if (!cell.model.outputs.length) continue;
      cell.node.classList.add("grader-before");
      const runs = (model, change) => {
        if (!/^execution(State|Count)$/.test(change.name)) return;
        cell.node.classList.remove("grader-before");
        model.stateChanged.disconnect(runs);
      };
      cell.model.stateChanged.connect(runs);
    }
  }
}
