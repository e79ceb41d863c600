// One notebook in two windows or on two devices: what the other one saved is taken in, where
// JupyterLab would ask which of the two is to be lost.

import { lines, object } from "./file.js";

const OTHER = "**Another window saved this answer differently.** It is kept here; delete it if you do not need it.";
const BEGUN = Symbol.for("grader.merge");

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const sources = ({ cells }) => new Map(cells.map((cell) => [cell.id, lines(cell.source)]));

const told = (number) => ({
  message: `Taken in from another window or device: ${number} ${number === 1 ? "answer" : "answers"}.`,
  type: "info",
  options: { autoClose: 8000 },
});

/** Whether this is a notebook whose cells can be told apart. */
const isClear = (notebook) =>
  Array.isArray(notebook?.cells) &&
  notebook.cells.every(({ id }) => typeof id === "string" && id) &&
  new Set(notebook.cells.map(({ id }) => id)).size === notebook.cells.length;

/** Kept answers: what changed here stays, all else is as in the file; an answer given first counts. */
function mergedAnswers(known, ours, theirs) {
  const found = { ...ours };
  for (const part of Object.keys(theirs)) {
    const here = object(ours[part]);
    const isNews = ([key, there]) =>
      same(here[key], object(known[0][part])[key]) &&
      !known.some((one) => same(object(one[part])[key], there));
    const news = Object.entries(object(theirs[part])).filter(isNews);
    if (news.length) found[part] = { ...here, ...Object.fromEntries(news) };
  }
  for (const [key, letter] of Object.entries(object(theirs.given))) {
    if (known.some((one) => key in object(one.given))) continue;
    found.given = { ...found.given, [key]: letter };
    found.answers = { ...found.answers, [key]: letter };
  }
  return found;
}

/**
 * What is to be done to a notebook on show (`ours`) so that it also holds what others wrote into its
 * file (`theirs`): { rai, changed: [cell], added: [{ cell, after }], number }, in cells of the file;
 * null where the cells of one of them cannot be told apart. `known` holds what the file was when
 * both were the same, and then what this window is writing just now. `number` counts the answers
 * that came. Nothing that is here goes.
 */
export function merged(known, ours, theirs) {
  if (![...known, ours, theirs].every(isClear)) return null;
  const [texts, here] = [known.map(sources), sources(ours)];
  const rai = (notebook) => object(object(notebook.metadata).rai);
  const kept = mergedAnswers(known.map(rai), rai(ours), rai(theirs));
  const [changed, added] = [[], []];
  let after = null;
  for (const cell of theirs.cells) {
    const { id } = cell;
    const [is, text] = [here.get(id), lines(cell.source)];
    const isNews = text !== is && !texts.some((one) => one.get(id) === text);
    if (is === undefined) {
      if (!isNews) continue; // deleted here, and nobody went on with it
      added.push({ cell, after });
    } else if (isNews) {
      if (is === texts[0].get(id)) changed.push(cell);
      else added.push({ cell: copy(cell, text), after: id });
    }
    after = id;
  }
  const [before, now] = [rai(ours), kept].map(({ answers }) => object(answers));
  const chosen = Object.keys(now).filter((key) => !same(now[key], before[key]));
  return { rai: kept, changed, added, number: chosen.length + changed.length + added.length };
}

/** An answer that was written differently in both: the other one's as a text that nothing runs. */
function copy({ cell_type }, text) {
  const fence = "`".repeat(Math.max(3, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length + 1)));
  const shown = cell_type === "code" ? `${fence}python\n${text}\n${fence}` : text;
  return { cell_type: "markdown", metadata: {}, source: `${OTHER}\n\n${shown}` };
}

/** Write what a merge found into the notebook on show; nothing else in it moves. */
function take(model, { rai, changed, added }, theirs) {
  const { sharedModel } = model;
  const at = (id) => sharedModel.cells.findIndex((cell) => cell.getId() === id);
  sharedModel.transact(() => {
    for (const cell of changed) {
      const mine = sharedModel.cells[at(cell.id)];
      mine.setSource(lines(cell.source));
      if (mine.cell_type !== "code") continue;
      mine.setOutputs(cell.outputs ?? []);
      mine.execution_count = cell.execution_count ?? null;
    }
    for (const { cell, after } of added) sharedModel.insertCell(at(after) + 1, cell);
  });
  for (const cell of theirs.cells) takeLine(model, cell);
  if (!same(rai, model.getMetadata("rai") ?? {})) model.setMetadata("rai", rai);
}

/** The line below a card without Python, which says what was chosen. */
function takeLine({ cells }, { id, outputs }) {
  const isLine = (output) => lines(output.data?.["text/html"]).includes('class="grader-answer"');
  const line = outputs?.find(isLine);
  const mine = line && Array.from(cells).find((cell) => cell.id === id)?.outputs;
  for (let n = 0; n < mine?.length; n += 1) {
    const output = mine.get(n).toJSON();
    const { ["text/html"]: html, ["text/plain"]: plain } = line.data;
    if (isLine(output)) mine.set(n, { ...output, data: { ...output.data, "text/html": html, "text/plain": plain } });
  }
}

/** What a merge needs to remember of a notebook: its texts and its kept answers. */
function remembered({ cells, metadata }) {
  return { metadata: { rai: metadata?.rai }, cells: cells.map(({ id, source }) => ({ id, source })) };
}

/** Follow a notebook from the moment when it is read, and merge once it is known to be a course's. */
export class Merge {
  constructor(app, context) {
    Object.assign(this, { app, context, contents: app.serviceManager.contents });
    this.saves = []; // what is being written
    const now = () => remembered(context.model.toJSON());
    const isRead = async () => {
      await null; // a notebook that was read anew is called clean a moment later; one with another name is not
      if (!this.saves.length && !context.model.dirty) this.base = now();
    };
    context.ready.then(() => (this.base = now()));
    context.fileChanged.connect(isRead);
    context.saveState.connect((_, state) => {
      if (state === "started") return this.saves.push(now());
      const written = this.saves.shift();
      if (state === "completed") this.base = written;
    });
  }

  /** Merge from now on. A conflict is met in a private method; without it JupyterLab asks as ever. */
  begin() {
    const { context } = this;
    if (context[BEGUN] || context.model.collaborative) return; // what is edited together is merged by that
    context[BEGUN] = true;
    const look = () => document.visibilityState === "visible" && this.look();
    document.addEventListener("visibilitychange", look);
    addEventListener("focus", look);
    context.disposed.connect(() => {
      document.removeEventListener("visibilitychange", look);
      removeEventListener("focus", look);
    });
    const ask = context._raiseConflict;
    if (typeof ask !== "function") return;
    context._raiseConflict = async (disk, options) =>
      (await this.takeIn())
        ? this.write(options)
        : ask.call(context, disk, options).catch((no) => {
            if (/^Modal/.test(no.name)) this.saves.shift(); // given up, and no signal says so
            throw no;
          });
  }

  /** Write what is on show, in place of what it was when this save began. */
  async write(options) {
    const { contents, context } = this;
    const content = context.model.toJSON();
    this.saves = this.saves.map(() => remembered(content));
    const model = await contents.save(context.path, { ...options, content });
    const { hash, hash_algorithm } = await contents.get(context.path, { content: false, hash: true });
    return { ...model, hash, hash_algorithm };
  }

  /** Take in what the file holds; false where that cannot be merged. `quiet` leaves nothing to save. */
  async takeIn(quiet = false) {
    const { app, contents, context } = this;
    const { content, hash } = await contents.get(context.path, { type: "notebook", format: "json", content: true, hash: true });
    const known = [this.base, ...this.saves];
    const found = this.base && merged(known, remembered(context.model.toJSON()), content);
    if (!found) return false;
    const wasClean = !context.model.dirty;
    take(context.model, found, content);
    if (quiet && wasClean) context.model.dirty = false;
    this.base = remembered(content);
    this.seen = hash;
    if (found.number) app.commands.execute("apputils:notify", told(found.number)).catch(() => {});
    return true;
  }

  /** A window that is looked at again shows what was saved elsewhere meanwhile. */
  async look() {
    const { contents, context } = this;
    if (context.isDisposed || this.saves.length || this.looks) return;
    this.looks = true;
    try {
      const { hash } = await contents.get(context.path, { content: false, hash: true });
      const isNew = hash && ![context.contentsModel?.hash, this.seen].includes(hash);
      if (isNew && !this.saves.length) await this.takeIn(true);
    } catch {
      // No server just now, or no such file: the next save tells.
    } finally {
      this.looks = false;
    }
  }
}
