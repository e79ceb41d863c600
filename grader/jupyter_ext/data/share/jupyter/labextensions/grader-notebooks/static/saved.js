// What a part needs of the document that it stands in, alive or as it was saved.
//
// A part that is not told its notebook asks with the event "grader:notebook", and one that leads to
// a cell sends "grader:goto"; this answers. And a part that was saved but has no kernel any more
// would show "model not found"; this shows its static page, which was saved with it, and says so with
// "grader:lost".

const LOST = /^Error displaying widget/; // "... : model not found", or anything else
const NOTE = "Shown as it was saved. No live page in a moment? Run this cell.";

const notebooks = (app) =>
  [...(app.shell.widgets?.("main") ?? [])].filter((panel) => panel.context?.model?.setMetadata);

/** The output, of a notebook on show, in which a node stands. */
function outputAround(app, node) {
  for (const panel of notebooks(app)) {
    const cell = panel.content.widgets.find((one) => one.outputArea?.node.contains(node));
    const at = cell?.outputArea.widgets.findIndex((child) => child.node.contains(node)) ?? -1;
    if (at >= 0) return { area: cell.outputArea, output: cell.outputArea.model.get(at) };
  }
}

async function showTwin(app, text) {
  const { area, output } = outputAround(app, text) ?? {};
  const place = text.parentElement;
  if (!place || !output?.data["text/html"]) return;
  const twin = area.rendermime.createRenderer("text/html");
  await twin.renderModel(output);
  const note = document.createElement("p");
  note.textContent = NOTE;
  note.style.opacity = "0.8";
  place.replaceChildren(twin.node, note);
  note.dispatchEvent(new CustomEvent("grader:lost", { bubbles: true }));
}

/** Lead to a cell of a notebook, by its id: it is selected, in sight, and hears the keys. */
export async function goTo(notebook, id) {
  const at = notebook?.widgets?.findIndex((cell) => cell.model.id === id) ?? -1;
  if (at < 0) return;
  notebook.activeCellIndex = at;
  await notebook.scrollToItem(at, "center");
  notebook.activeCell?.node.focus({ preventScroll: true });
}

/** Open a notebook, and lead to a cell of it if there is an id. */
export async function openAt({ commands }, path, id) {
  const panel = await commands.execute("docmanager:open", { path });
  await panel?.revealed;
  if (id) await goTo(panel?.content, id);
}

/** Help the parts of all notebooks that this program shows. */
export function saved(app) {
  document.addEventListener("grader:notebook", (event) => {
    const panel = notebooks(app).find((one) => one.node.contains(event.target));
    if (panel) event.detail.context = panel.context;
  });
  document.addEventListener("grader:goto", (event) => {
    const panel = notebooks(app).find((one) => one.node.contains(event.target));
    goTo(panel?.content, event.detail.id);
  });
  new MutationObserver((changes) => {
    for (const change of changes)
      for (const node of change.addedNodes)
        if (node.nodeType === Node.TEXT_NODE && LOST.test(node.data)) showTwin(app, node);
  }).observe(document.body, { childList: true, subtree: true });
}
