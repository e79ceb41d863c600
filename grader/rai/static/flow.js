// The process in linked views: flow, sample, table and tracker move together, one step at a time.
// All steps are known to the page.

/** Mark what belongs to the step on show. */
const mark = (node, on) =>
  on ? node.setAttribute("aria-current", "step") : node.removeAttribute("aria-current");

/** Write into a cell, or cover it. */
function fill(cell, covered, ...value) {
  const cover = ["?", h("span", { class: "spoken" }, " hidden")];
  cell.classList.toggle("covered", covered);
  cell.replaceChildren(h("span", {}, covered ? cover : value));
}

/** The flow as a ring of buttons; returns it and what moves it. */
function ring({ nodes, back }, visit) {
  const buttons = nodes.map((node) => {
    const listens = { class: "node", onclick: () => visit(node) };
    return h("button", listens, h("b", {}, node.name), h("span", {}, node.about));
  });
  const loop = h("p", { class: "loop" });
  const box = h(
    "div",
    { class: "ring" },
    h(
      "ol",
      { role: "list", "aria-label": "The flow" },
      buttons.map((button) => h("li", {}, button)),
    ),
    loop,
  );
  const move = (step, ends) => {
    buttons.forEach((button, n) => mark(button, n === step.node));
    box.classList.toggle("lit", ends);
    loop.textContent = ends ? `↺ Cycle repeats, ${back}` : `↺ ${back}`;
  };
  return [box, move];
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

/** The lesson for a room: each step, with the question before it that opens it. */
function lesson({ title, steps, process_table: rows, status_tracker: states, ...all }, at, left) {
  const last = steps.length - 1;
  const [flow, moveFlow] = ring(all, () => {});
  const [view, moveStates] = tracker(states);
  for (const node of flow.querySelectorAll("button")) node.replaceWith(still(node));
  const nodes = [...flow.querySelectorAll(".node")];

  /** A step of the flow, with its row of the table and with what the tracker holds then. */
  function drawn(n) {
    moveFlow({ node: null }, n === last);
    nodes.forEach((node, index) => mark(node, index === steps[n].node));
    moveStates(steps[n], steps[n].moment);
    const row = table({ ...rows, rows: [rows.rows[n]] });
    mark(row.querySelector("tbody tr"), true);
    const { change, note } = steps[n];
    return [flow, row, h("p", { class: "lead" }, change), note && h("p", {}, note), view];
  }

  /** The question before a step; the flow and the tracker stay at the step before it. */
  function asked(n) {
    const [box, , , , tracked] = drawn(n - 1);
    tracked.classList.add("context");
    return [box, tracked, h("p", { class: "lead" }, steps[n].ask.question)];
  }

  const stops = steps.flatMap(({ head, says, ask }, n) => {
    const place = `Step ${n + 1} of ${steps.length}`;
    const step = {
      key: `step${n + 1}`,
      at: n,
      place,
      says: `${head} ${says}`,
      draw: () => (view.classList.remove("context"), drawn(n)),
    };
    if (!ask) return [step];
    const { question, options, right, why } = ask;
    const judged = { options, right: options.indexOf(right), why };
    return [
      {
        key: `ask${n + 1}`,
        at: n - 1,
        asked: true,
        place: `Before step ${n + 1}`,
        says: question,
        ask: judged,
        draw: () => asked(n),
      },
      step,
    ];
  });
  const begin = stops.findIndex((stop) => stop.at === at && !stop.asked);
  return { name: "process_flow", title, stops, at: begin, left: (stop) => left(stop.at) };
}

/** A node of the flow that is no button. */
const still = (node) => h("div", { class: "node" }, ...node.childNodes);

function draw({ page, root, host, say, props }) {
  const all = props();
  const { steps } = all;
  const last = steps.length - 1;
  let at = 0;
  let predicting = false;
  let question = null; // what is asked now

  const [flow, moveFlow] = ring(all, visit);
  const [sample, moveSample] = listing(all.sample);
  const [rows, moveRows] = stepTable(all.process_table, (n) => bar.move(n));
  const [states, moveStates] = tracker(all.status_tracker);
  const where = h("p", { class: "where" });
  const told = h("div", { class: "told", role: "group", "aria-label": "What happens here", tabindex: "-1" });
  const bar = transport({ at: () => at, count: () => steps.length, go });
  const predict = h("button", { "aria-pressed": "false", onclick: toggle }, "Predict first");

  /** Show a step, after the verdict on a guess if there was one. */
  function show(to, verdict = "") {
    const step = steps[(at = to)];
    question = null;
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
    bar.update();
    if (asked) bar.next.focus();
    say(`${verdict} ${step.head} ${step.says}`);
  }

  /** Go to a step; one who predicts guesses before a later step opens, and steps back from the question. */
  function go(to) {
    if (predicting && to > at) ask(steps[at + 1].ask);
    else show(question && to < at ? at : to);
  }

  function guess(name) {
    const { right, why } = question;
    show(at + 1, name === right ? `✔ Yes: ${why}` : `✘ Not quite: ${why}`);
  }

  function ask(asked) {
    question = asked;
    const option = (name, n) =>
      h(
        "button",
        { onclick: () => guess(name) },
        h("span", { class: "quiet", "aria-hidden": "true" }, `${n + 1} `),
        name,
      );
    told.replaceChildren(
      h("p", { class: "head" }, asked.question),
      h(
        "div",
        { class: "row" },
        asked.options.map(option),
        h("button", { class: "plain", onclick: () => show(at + 1) }, "Just show it"),
      ),
    );
    told.focus();
    say(asked.question);
  }

  function visit({ steps: own, alone }) {
    if (own.length) return bar.move(own[(own.indexOf(at) + 1) % own.length]);
    bar.pause();
    say((where.textContent = alone));
  }

  function toggle() {
    bar.pause();
    predicting = !predicting;
    predict.setAttribute("aria-pressed", predicting);
    bar.play.hidden = predicting;
    show(predicting && at === last ? 0 : at);
  }

  page.setAttribute("aria-label", all.title);
  bar.row.append(predict);
  page.append(
    h("h2", { class: "spoken" }, all.title),
    h("p", { class: "quiet" }, all.about),
    flow,
    where,
    bar.row,
    told,
    h("div", { class: "sides" }, sample, h("div", {}, rows, h("p", {}, all.insight))),
    states,
    h("p", { class: "quiet" }, all.final),
  );
  // Where a table is scrolled sideways, the words of its caption stay.
  for (const name of page.querySelectorAll("caption")) name.replaceChildren(h("span", {}, name.textContent));
  page.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (target.matches(".scroll") && target.scrollWidth > target.clientWidth) return;
    const option = question?.options[key - 1];
    if (option) guess(option);
    else if (!bar.press(event)) return;
    event.preventDefault();
  });
  const close = room({ page, root, host }, () => (bar.pause(), lesson(all, at, show)));
  show(0);
  say("");
  return () => {
    bar.pause();
    close();
  };
}

export default part(draw);
