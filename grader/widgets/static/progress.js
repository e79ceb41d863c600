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
    text: (id) => found().find((cell) => cell.id === id)?.sharedModel.getSource(),
    stop: () => signals.forEach((signal) => signal.disconnect(edited)),
  };
}

function draw(ui) {
  const { model, page, on, say } = ui;
  const { states } = ui.props();
  const shown = tiles(ui, "Share that is done");
  let drawn = {};

  function stateOf({ id, state, judged }) {
    const now = cells.text(id)?.trim();
    const checked = ["passed", "missed", "noted"].includes(state);
    return checked && now !== undefined && !judged.some((text) => text.trim() === now) ? "changed" : state;
  }

  function show(aloud) {
    const { steps, unit } = ui.props();
    const now = Object.fromEntries(steps.map((step) => [step.id, stateOf(step)]));
    const news = steps.filter(({ id }) => now[id] !== drawn[id]);
    if (!news.length) return;
    drawn = now;
    const done = steps.filter(({ id }) => ["passed", "noted"].includes(now[id])).length;
    const count = `Progress ${done} / ${steps.length} ${unit}`;
    const all = steps.map(({ id, title }) => {
      const [sign, words] = states[now[id]];
      return { id, title, state: now[id], sign, words };
    });
    shown.show(count, done, all);
    const told = news.map(({ id, title }) => `${title}: ${states[now[id]][1]}.`).join(" ");
    if (aloud) say(`${told} ${count}.`);
  }

  const ids = ui.props().steps.map(({ id }) => id);
  const cells = watched(model, ids, () => show(false));
  if (!document.getElementById("grader-stale"))
    document.head.append(h("style", { id: "grader-stale" }, STALE));
  page.setAttribute("aria-label", "Progress");
  page.append(...shown.nodes);
  show(false);
  on("props", () => show(true));
  return cells.stop;
}

export default part(draw);
