// Handing in: before it a slip that says what is done and what is open, after it a receipt, and the
// page that comes back, opened inside this program. The list of assignments and the validation are
// nbgrader's.

import { progress } from "./progress.js";
import { openAt } from "./saved.js";

const LIST = "#fetched_assignments_list, #nbgrader-fetched_assignments_list";
const PAGES = "HTML Viewer";
const TIME = /\b(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? UTC\b/g;
const TRIED = "Grading tries your code on other data too.";
const AGAIN = "You can hand in again until your work is collected; the last one counts.";

/** A time as nbgrader writes it, in the reader's own zone and language. */
const local = (text) =>
  text.replace(TIME, (_, day, time) => new Date(`${day}T${time}Z`).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }));

function element(tag, ...children) {
  const node = document.createElement(tag);
  node.append(...children);
  return node;
}

/** What nbgrader's server says of the assignments of a course. */
async function assignments(app, course) {
  const { serverSettings } = app.serviceManager;
  const headers = serverSettings.token ? { Authorization: `token ${serverSettings.token}` } : {};
  const query = new URLSearchParams({ course_id: course });
  const reply = await fetch(`${serverSettings.baseUrl}assignments?${query}`, { headers });
  const { success, value } = await reply.json();
  return success ? value : [];
}

/** The times at which an assignment was handed in, oldest first. */
async function handedIn(app, { course, name }) {
  const all = await assignments(app, course);
  const found = all.filter((one) => one.status === "submitted" && one.assignment_id === name);
  return found.flatMap(({ submissions }) => submissions.map(({ timestamp }) => timestamp)).sort();
}

/** Save what is open of these notebooks; those that are not in the file then. */
async function save(app, paths) {
  const unsaved = [];
  for (const { context } of app.shell.widgets("main")) {
    if (!context?.model?.dirty || !paths.includes(context.path)) continue;
    await context.save().catch(() => {});
    if (context.model.dirty) unsaved.push(context.path);
  }
  return unsaved;
}

/** How far each notebook of an assignment is, as it stands in its file. */
async function read(app, paths) {
  const { contents } = app.serviceManager;
  const found = [];
  for (const path of paths) {
    const { content } = await contents.get(path, { type: "notebook", format: "json", content: true });
    found.push({ path, ...progress(content) });
  }
  return found;
}

/** The slip: a line for each notebook, with what is open as links; `leave` closes it. */
function slip(app, notebooks, unsaved, leave) {
  const to = (path, id, words) => {
    const button = element("button", words);
    button.className = "grader-link";
    Object.assign(button.style, { font: "inherit", padding: "0 0.3em", border: 0, background: "none" });
    Object.assign(button.style, { color: "var(--jp-content-link-color)", cursor: "pointer", minHeight: "24px" });
    button.onclick = () => {
      leave();
      openAt(app, path, id);
    };
    return button;
  };
  const line = ({ path, done, all, unit, open }) => {
    const name = path.split("/").pop().replace(/\.ipynb$/, "");
    const sign = !all ? "·" : all === done ? "✔" : done ? "◐" : "○";
    const count = all ? `: ${done} of ${all} ${unit}` : "";
    const item = element("li", `${sign} `, to(path, "", name), count);
    if (open.length) item.append(element("div", "Open: ", ...open.map(({ id, title }) => to(path, id, title))));
    return item;
  };
  const list = element("ul", ...notebooks.map(line));
  Object.assign(list.style, { listStyle: "none", padding: 0, lineHeight: 1.7 });
  const kept = unsaved.length
    ? element("p", element("strong", `Not saved: ${unsaved.join(", ")}. What is handed in is the file as it was saved last.`))
    : element("p", "All of it is saved.");
  const isCode = notebooks.some(({ all, unit }) => all && unit !== "answers");
  const node = element("div", list, kept, element("p", isCode ? `${TRIED} ${AGAIN}` : AGAIN));
  node.style.maxWidth = "32em";
  return node;
}

/** Ask before an assignment is handed in; true where it is to be. */
async function ask(app, { course, name }, { Dialog, showDialog, Widget }) {
  const [found] = (await assignments(app, course)).filter(
    (one) => one.status === "fetched" && one.assignment_id === name,
  );
  const paths = (found?.notebooks ?? []).map(({ path }) => path.replaceAll("\\", "/"));
  const unsaved = await save(app, paths);
  const notebooks = await read(app, paths);
  if (!unsaved.length && !notebooks.some(({ all }) => all)) return true; // nothing that could be told
  const body = new Widget({ node: slip(app, notebooks, unsaved, () => Dialog.flush()) });
  const buttons = [Dialog.cancelButton({ label: "Not yet" }), Dialog.okButton({ label: "Hand in" })];
  // A slip that is closed, by a link in it for example, is no yes.
  const answer = await showDialog({ title: `Hand in ${name}?`, body, buttons }).catch(() => null);
  return Boolean(answer?.button.accept);
}

/** Wait until a new hand-in is in the list, and say so. */
async function receipt(app, assignment, before) {
  for (let tries = 0; tries < 30; tries += 1) {
    await new Promise((soon) => setTimeout(soon, 700));
    const [last] = (await handedIn(app, assignment).catch(() => [])).slice(-1);
    if (!last || before.includes(last)) continue;
    const message = `Handed in: ${assignment.name}, ${local(last)}. ${AGAIN}`;
    return app.commands.execute("apputils:notify", { message, type: "success", options: { autoClose: 15000 } });
  }
}

/** Open the pages that lie in a folder of feedback, the first one on top. */
async function showFeedback(app, folder) {
  const { content } = await app.serviceManager.contents.get(folder, { content: true });
  const pages = content.filter(({ path }) => path.endsWith(".html")).map(({ path }) => path).sort();
  for (const path of pages) {
    const options = { mode: "tab-after", activate: path === pages[0] };
    await app.commands.execute("docmanager:open", { path, factory: PAGES, options });
  }
}

/** Have the links of a page that lead to its neighbours open them here: in a frame they are refused. */
function leadOn(app, widget) {
  const frame = widget.node.querySelector("iframe");
  const folder = widget.context.path.split("/").slice(0, -1).join("/");
  const follow = () =>
    frame.contentDocument?.addEventListener("click", (event) => {
      const to = event.target.closest?.("a")?.getAttribute("href") ?? "";
      const [page] = to.split("#");
      if (!/^[^:/]+\.html$/.test(page)) return;
      event.preventDefault();
      const path = `${folder}/${decodeURIComponent(page)}`;
      app.commands.execute("docmanager:open", { path, factory: PAGES });
    });
  frame.addEventListener("load", follow);
  follow();
}

/** Have a validation say what the checks say, without their code: one line for each. */
function plainly(found) {
  found.dataset.grader = "plain";
  for (const lead of [...found.children].filter((one) => one.textContent.startsWith("The following cell failed"))) {
    const source = lead.nextElementSibling;
    const told = source?.nextElementSibling?.querySelector("pre");
    if (!told || !/from grader\.checks import /.test(source.textContent)) continue;
    lead.hidden = source.hidden = true;
    source.style.display = "none";
    told.textContent = told.textContent.replace(/ Then run this one\.$/, "");
    Object.assign(told.style, { whiteSpace: "pre-wrap", fontFamily: "var(--jp-ui-font-family)" });
    Object.assign(told.style, { lineHeight: 1.5, maxWidth: "36em", border: 0 });
  }
}

/** Stand beside nbgrader's list of assignments. */
export function handIn(app, made) {
  const agreed = new WeakSet();
  let feedback = 0; // when a learner asked for it
  let isOpen = false; // whether a slip is
  const asked = async (event) => {
    const { target } = event;
    if (target.closest?.("a")?.textContent.trim() === "(view feedback)") feedback = Date.now();
    const button = target.closest?.("button");
    const row = button?.closest(LIST) && button.closest(".list_item");
    if (!row || button.textContent !== "Submit" || agreed.delete(button)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    if (isOpen) return;
    isOpen = true;
    const text = (what) => row.querySelector(what)?.textContent.trim() ?? "";
    const assignment = { course: text(".item_course"), name: text(".item_name") };
    try {
      if (!(await ask(app, assignment, made))) return;
    } catch {
      // What cannot be read is no reason not to hand in: nbgrader says what is wrong with it.
    } finally {
      isOpen = false;
    }
    const before = await handedIn(app, assignment).catch(() => null);
    agreed.add(button);
    button.click();
    if (before) receipt(app, assignment, before);
  };
  document.addEventListener("click", asked, true);
  app.commands.commandExecuted.connect((_, { id, args }) => {
    if (id !== "filebrowser:go-to-path" || Date.now() - feedback > 1000) return;
    feedback = 0;
    showFeedback(app, args.path).catch(() => {}); // its folder is on show all the same
  });
  const followed = new WeakSet();
  new MutationObserver(() => {
    for (const { firstChild: text } of document.querySelectorAll(".nested_list_item .item_name"))
      if (text?.nodeType === Node.TEXT_NODE && local(text.data) !== text.data) text.data = local(text.data);
    document.querySelectorAll(".validation-failed:not([data-grader])").forEach(plainly);
    for (const widget of app.shell.widgets("main")) {
      const isPage = /(?:^|\/)feedback\/.*\.html$/.test(widget.context?.path ?? "");
      if (!isPage || followed.has(widget) || !widget.node.querySelector("iframe")) continue;
      followed.add(widget);
      leadOn(app, widget);
    }
  }).observe(document.body, { childList: true, subtree: true });
}
