// The steps of a project and how far each is. The kernel tells what the last checks said; the page
// itself sees that a step was edited since, where this program lets it read the notebook's cells.

// The verdict below a cell that was edited since it ran: `jp-mod-dirty` is JupyterLab's own mark.
const STALE = `
.jp-CodeCell.jp-mod-dirty .grader-verdict,
.jp-CodeCell.jp-mod-dirty + .jp-CodeCell .grader-verdict { border-left: 4px dashed #6e7781 !important; }
.jp-CodeCell.jp-mod-dirty .grader-verdict > *,
.jp-CodeCell.jp-mod-dirty + .jp-CodeCell .grader-verdict > * { opacity: 0.75 !important; }
.jp-CodeCell.jp-mod-dirty .grader-verdict::after { content: "✎ Edited since: run the cell again."; }
.jp-CodeCell.jp-mod-dirty + .jp-CodeCell .grader-verdict::after {
  content: "✎ The cell above was edited since: run it again.";
}
.grader-verdict::after { display: block; margin-top: 0.25em; font-weight: 600; }
`;

/** What a verdict on show below a code cell says, where it is a good one: "passed", "noted" or "". */
function praised({ outputs, isDirty }) {
  if (!outputs || isDirty) return "";
  const pages = Array.from({ length: outputs.length }, (_, at) => outputs.get(at).data ?? {});
  const verdict = pages.find((page) => `${page["text/html"]}`.includes("grader-verdict"));
  return { "✔": "passed", "●": "noted" }[`${verdict?.["text/plain"]}`.trim()[0]] ?? "";
}

/** The cells of the notebook by their ids; `changed` is called whenever one of them is edited. */
function watched(model, ids, changed) {
  const cells = model.widget_manager?.context?.model?.cells;
  const signals = new Set();
  const listen = (signal) => {
    if (signal?.connect && !signals.has(signal)) signals.add(signal), signal.connect(edited);
  };
  const found = () => {
    try {
      const all = Array.from({ length: cells?.length ?? 0 }, (_, at) => cells.get(at));
      return all.filter((cell) => ids.includes(cell?.id) && cell.sharedModel?.getSource);
    } catch {
      return []; // a notebook that is being closed
    }
  };
  function edited() {
    for (const cell of found()) listen(cell.sharedModel.changed);
    changed();
  }
  listen(cells?.changed);
  for (const cell of found()) listen(cell.sharedModel.changed);
  return {
    /** What was right when each of these steps last ran: { id: [state, text] }. */
    before(steps) {
      const asked = found().filter(({ id }) => steps.some((step) => step.id === id));
      const states = asked.map((cell) => [cell.id, [praised(cell), cell.sharedModel.getSource()]]);
      return Object.fromEntries(states.filter(([, [state]]) => state));
    },
    text: (id) => found().find((cell) => cell.id === id)?.sharedModel.getSource(),
    stop: () => signals.forEach((signal) => signal.disconnect(edited)),
  };
}

function draw(ui) {
  const { model, page, on, say, tell } = ui;
  const { states } = ui.props();
  const shown = tiles(ui, "Share that is done");
  let drawn = {};
  let [heard] = ui.props().told;

  function stateOf({ id, state, judged }) {
    const now = cells.text(id)?.trim();
    const checked = ["passed", "missed", "noted"].includes(state);
    return checked && now !== undefined && !judged.some((text) => text.trim() === now) ? "changed" : state;
  }

  function show() {
    const { steps, unit } = ui.props();
    const now = Object.fromEntries(steps.map((step) => [step.id, stateOf(step)]));
    if (steps.every(({ id }) => now[id] === drawn[id])) return;
    drawn = now;
    const done = steps.filter(({ id }) => ["passed", "noted"].includes(now[id])).length;
    const count = `Progress ${done} / ${steps.length} ${unit}`;
    const all = steps.map(({ id, title }) => {
      const [sign, words] = states[now[id]];
      return { id, title, state: now[id], sign, words };
    });
    shown.show(count, done, all);
  }

  /** Speak a verdict: it stands elsewhere on the page. */
  function speak() {
    const [count, text] = ui.props().told;
    // The same sentence twice is news too.
    if (count !== heard) say(count % 2 ? text : `${text}\u00a0`);
    heard = count;
  }

  const ids = ui.props().steps.map(({ id }) => id);
  const cells = watched(model, ids, show);
  if (!document.getElementById("grader-stale"))
    document.head.append(h("style", { id: "grader-stale" }, STALE));
  page.setAttribute("aria-label", "Progress");
  page.append(...shown.nodes);
  show();
  // What an earlier kernel said still stands below the cells: it counts until a cell runs again.
  const before = cells.before(ui.props().steps.filter(({ state }) => state === "waiting"));
  if (Object.keys(before).length) tell({ before });
  on("props", () => {
    show();
    speak();
  });
  return cells.stop;
}

export default part(draw);
