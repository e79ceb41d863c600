// The process in linked views: flow, sample, table and tracker move together, one step at a time.
// All steps are known to the page.

const PACE = 2500; // milliseconds that a step stays while it plays
const MOVES = { ArrowLeft: -1, ArrowRight: 1, Home: -99, End: 99 };

/** Mark what belongs to the step on show. */
const mark = (node, on) =>
  on ? node.setAttribute("aria-current", "step") : node.removeAttribute("aria-current");

/** Write into a cell, or cover it. */
function fill(cell, covered, ...value) {
  const cover = ["?", h("span", { class: "spoken" }, " hidden")];
  cell.classList.toggle("covered", covered);
  cell.replaceChildren(h("span", {}, covered ? cover : value));
}

/** The flow as a ring of buttons; returns its page and what moves it. */
function ring({ title, about, nodes, back }, visit) {
  const buttons = nodes.map((node) => {
    const listens = { class: "node", onclick: () => visit(node) };
    return h("button", listens, h("b", {}, node.name), h("span", {}, node.about));
  });
  const loop = h("p", { class: "loop" });
  const box = h(
    "div",
    { class: "ring" },
    h("ol", { role: "list", "aria-label": "The flow" }, buttons.map((button) => h("li", {}, button))),
    loop,
  );
  const move = (step, ends) => {
    buttons.forEach((button, n) => mark(button, n === step.node));
    box.classList.toggle("lit", ends);
    loop.textContent = ends ? `↺ Cycle repeats, ${back}` : `↺ ${back}`;
  };
  return [[h("h2", { class: "spoken" }, title), h("p", { class: "quiet" }, about), box], move];
}

/** The lines of the sample. */
function listing({ title, label, lines, about }) {
  const spans = lines.map(() => h("span"));
  const view = h(
    "div",
    {},
    h("h2", {}, title),
    h("p", {}, h("span", { class: "badge" }, label)),
    h("pre", {}, spans),
    h("p", { class: "quiet" }, about),
  );
  const move = (at, open) =>
    spans.forEach((span, n) => {
      mark(span, n === at);
      fill(span, n > open, lines[n]);
    });
  return [view, move];
}

/** The Process Table; the number of a row is a button. */
function stepTable(props, go) {
  const number = ([name]) => h("button", { "aria-label": `Step ${name}` }, name);
  const view = table({ ...props, rows: props.rows.map((row) => [number(row), "", "", ""]) });
  const lines = [...view.querySelectorAll("tbody tr")];
  lines.forEach((line, n) => line.addEventListener("click", () => go(n)));
  const move = (at, open) =>
    lines.forEach((line, n) => {
      mark(line, n === at);
      props.rows[n].slice(1).forEach((text, c) => fill(line.cells[c + 1], n > open, text));
    });
  return [view, move];
}

/** The Status Tracker; says which column holds and which values are new in theirs. */
function tracker(props) {
  const columns = props.columns.map((name) => [name, h("small")]);
  const view = table({ ...props, columns });
  const [head, ...lines] = view.querySelectorAll("tr");
  const move = ({ moment, changes }, open) => {
    columns.forEach(([, small], c) => {
      const now = c === moment + 1;
      mark(head.cells[c], now);
      small.textContent = !now ? "" : changes ? "● now" : "● unchanged";
    });
    lines.forEach((line, r) =>
      props.rows[r].forEach((text, c, row) => {
        if (!c) return;
        const value = c > 1 && text !== row[c - 1] ? [h("u", {}, text), h("small", {}, " changed")] : [text];
        line.cells[c].classList.toggle("now", c === moment + 1);
        fill(line.cells[c], c > open + 1, ...value);
      }),
    );
    // A narrow page cannot show all columns: bring this one beside the names.
    view.scrollLeft = head.cells[moment + 1].offsetLeft - head.cells[0].offsetWidth;
  };
  return [view, move];
}

function draw({ page, root, say, props }) {
  const all = props();
  const { steps } = all;
  const last = steps.length - 1;
  let at = 0;
  let timer = 0;
  let predicting = false;

  const [flow, moveFlow] = ring(all, visit);
  const [sample, moveSample] = listing(all.sample);
  const [rows, moveRows] = stepTable(all.process_table, go);
  const [states, moveStates] = tracker(all.status_tracker);
  const where = h("p", { class: "where" });
  const told = h("div", { class: "told", role: "group", "aria-label": "What happens here", tabindex: "-1" });
  const previous = h("button", { onclick: () => go(at - 1) }, "‹ Previous");
  const play = h("button", { onclick: () => (timer ? pause() : start()) });
  const next = h("button", { class: "main", onclick: () => go(at + 1) }, "Next ›");
  const predict = h("button", { "aria-pressed": "false", onclick: toggle }, "Predict first");

  /** Show a step, after the verdict on a guess if there was one. */
  function show(to, verdict = "") {
    const step = steps[(at = to)];
    const open = predicting ? at : last;
    const asked = told.contains(root.activeElement);
    moveFlow(step, at === last);
    moveSample(at, open);
    moveRows(at, open);
    moveStates(step, steps[open].moment);
    where.textContent = step.where;
    told.replaceChildren(
      h("p", { class: "verdict" }, verdict),
      h("p", { class: "head" }, step.head),
      h("p", {}, step.says),
      h("p", { class: "quiet" }, step.note),
      h("p", { class: "quiet" }, open < last && "Later rows are covered. Press Next and guess first."),
    );
    previous.setAttribute("aria-disabled", at === 0);
    next.setAttribute("aria-disabled", at === last);
    if (asked) next.focus();
    say(`${verdict} ${step.head} ${step.says}`);
  }

  /** Go where the learner wants to; one who predicts guesses before a later step opens. */
  function go(to) {
    pause();
    to = Math.max(0, Math.min(last, to));
    if (predicting && to > at) ask(steps[at + 1].ask);
    else show(to);
  }

  function ask({ question, options, right, why }) {
    const guess = (name) => show(at + 1, name === right ? `✔ Yes: ${why}` : `✘ Not quite: ${why}`);
    told.replaceChildren(
      h("p", { class: "head" }, question),
      h(
        "div",
        { class: "row" },
        options.map((name) => h("button", { onclick: () => guess(name) }, name)),
        h("button", { class: "plain", onclick: () => show(at + 1) }, "Just show it"),
      ),
    );
    told.focus();
    say(question);
  }

  function visit({ steps: own, alone }) {
    if (own.length) return go(own[(own.indexOf(at) + 1) % own.length]);
    pause();
    say((where.textContent = alone));
  }

  function toggle() {
    pause();
    predicting = !predicting;
    predict.setAttribute("aria-pressed", predicting);
    play.hidden = predicting;
    show(predicting && at === last ? 0 : at);
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "▶\ufe0e Play";
  }

  function start() {
    if (at === last) show(0);
    play.textContent = "❚❚ Pause";
    timer = setInterval(() => {
      show(at + 1);
      if (at === last) pause();
    }, PACE);
  }

  page.setAttribute("aria-label", all.title);
  page.append(
    ...flow,
    where,
    h("div", { class: "row" }, previous, play, next, predict),
    told,
    h("div", { class: "sides" }, sample, h("div", {}, rows, h("p", {}, all.insight))),
    states,
    h("p", { class: "quiet" }, all.final),
  );
  // Where a table is scrolled sideways, the words of its caption stay.
  for (const name of page.querySelectorAll("caption")) name.replaceChildren(h("span", {}, name.textContent));
  page.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const scrolls = target.matches(".scroll") && target.scrollWidth > target.clientWidth;
    if (!MOVES[key] || scrolls || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(at + MOVES[key]);
  });
  pause();
  show(0);
  say("");
  return pause;
}

export default part(draw);
