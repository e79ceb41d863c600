// The bias knob: a slider below the line of all ratios, and the dots of the setting it stands at.

const LOW = 0.5; // the foot of the line chart
const high = (ratio) => percent((1 - ratio) / (1 - LOW));

/** The chart of all ratios: its lines, and what shows the ratios of one setting. */
function ratiosChart({ settings, features, line }) {
  const last = settings.length - 1;
  const along = (step) => percent(step / last);

  /** A mark of the line chart; the shape tells the features apart. */
  function mark(n, step, name) {
    const shape = n ? s("rect", { x: -4, y: -4, width: 8, height: 8 }) : s("circle", { r: 6.5 });
    return s("svg", { class: name, x: along(step), y: high(settings[step].ratios[n]) }, shape);
  }

  /** The line of one feature over all settings. */
  function trace(name, n) {
    const y = ({ ratios }) => high(ratios[n]);
    const piece = (setting, step) => {
      const ends = { x1: along(step), y1: y(settings[step]), x2: along(step + 1), y2: y(setting) };
      return s("line", { class: `trace${n}`, ...ends });
    };
    const label = s("text", { class: "name", x: "100%", y: y(settings[last]) }, name);
    return [settings.slice(1).map(piece), settings.map((_, step) => mark(n, step, "small")), label];
  }

  const traces = s("g", { visibility: "hidden" }, features.flatMap(trace));
  const here = s("g");
  const chart = s(
    "svg",
    { class: "ratios", role: "img" },
    level(high(line), "limit"),
    [LOW, line, 1].map((ratio) => side(high(ratio), ratio)),
    traces,
    here,
  );
  const show = (step) => {
    const { says, ratios } = settings[step];
    chart.setAttribute("aria-label", says);
    here.replaceChildren(upright(step / last, "here"), ...ratios.map((_, n) => mark(n, step, "current")));
  };
  return [chart, show, () => traces.removeAttribute("visibility")];
}

/** The lesson for a room: the question, then one setting a screen, without bias first. */
function lesson(all) {
  const { title, guess, settings, panels, start, ratio } = all;
  const [chart, show, open] = ratiosChart(all);
  const dial = h("div", { class: "dial" }, h("p", { class: "quiet" }, ratio), chart);
  const ask = { options: guess.options, right: guess.options.indexOf(guess.right), why: guess.why };
  const asked = () => (show(start), [dial, h("p", { class: "lead" }, guess.asks)]);
  const setting = ({ text, says, panels: found }, n) => {
    const gaps = panels.map(({ name }, i) => h("li", {}, name, h("b", {}, found[i].gap)));
    const draw = () => (
      open(),
      show(n),
      [h("p", { class: "lead" }, says), dial, h("ul", { class: "gaps", role: "list" }, gaps)]
    );
    return { key: `setting${n}`, place: `${all.label}: ${text}`, says, draw };
  };
  const question = { key: "guess", asked: true, place: "", says: guess.asks, ask, draw: asked };
  return { name: "bias_knob", title, stops: [question, ...settings.map(setting)] };
}

function draw({ page, root, host, say, props }) {
  const all = props();
  const { guess, settings } = all;
  const last = settings.length - 1;
  let guessed = "";

  const now = h("b", { class: "setting" });
  const says = h("p", { class: "says" });
  const verdict = h("p");
  const noted = h("p", { class: "noted" });
  const [chart, showRatios, openTraces] = ratiosChart(all);
  const soon = h("p", { class: "soon quiet" }, all.soon);

  /** A row of a panel; the group's dot moves. */
  function row({ name, people, few }) {
    const [view, move] = strip(few);
    const number = h("span", { class: "value" });
    const head = h("span", {}, name, h("small", { class: "quiet" }, people));
    const place = (share, band) => {
      number.textContent = share.toFixed(3);
      move({ share, band, says: `${name}: ${number.textContent}` });
    };
    return [h("li", {}, head, h("div", { class: "plot" }, view), number), place];
  }

  /** One rate of one feature: its groups, and in words how far apart they are. */
  function panel({ name, groups }, n) {
    const rows = groups.map(row);
    const gap = h("b");
    const means = h("p", { class: "quiet" });
    const move = (step) => {
      const found = settings[step].panels[n];
      gap.textContent = found.gap;
      means.textContent = found.means;
      rows.forEach(([, place], group) => place(found.shares[group], found.band));
    };
    const list = h(
      "ul",
      { role: "list" },
      rows.map(([view]) => view),
    );
    const below = h("div", { class: "below" }, scale());
    return [h("div", {}, h("h3", {}, name), h("p", {}, gap), means, list, below), move];
  }

  const panels = all.panels.map(panel);

  function show(step) {
    const { text, says: sentence } = settings[step];
    now.textContent = text;
    knob.setAttribute("aria-valuetext", text);
    says.textContent = sentence;
    showRatios(step);
    for (const [, move] of panels) move(step);
  }

  function turn({ target }) {
    const step = Math.round(target.value * last);
    openTraces();
    soon.hidden = true;
    show(step);
    const judged = guessed === guess.right ? "✔ Yes" : "✘ Not quite";
    verdict.textContent = guessed && !step ? `${judged}: ${guess.why}` : "";
    if (guessed)
      noted.textContent = (step ? guess.noted : guess.settled).replace("{}", guessed).replace("[]", judged);
    say(`${says.textContent} ${verdict.textContent}`);
  }

  function take({ target }) {
    guessed = target.textContent;
    for (const button of choices) button.setAttribute("aria-pressed", button === target);
    noted.style.cssText = "";
    say((noted.textContent = guess.noted.replace("{}", guessed)));
    // Shorter words later take the same place, so that the knob stays in its own.
    noted.style.minWidth = `min(${noted.offsetWidth}px, 100%)`;
    noted.style.minHeight = `${noted.offsetHeight}px`;
  }

  const choices = guess.options.map((name) => h("button", { "aria-pressed": "false", onclick: take }, name));
  const range = { min: 0, max: 1, step: 1 / last, value: settings[all.start].text };
  const knob = h("input", { type: "range", id: "knob", ...range, oninput: turn });
  page.setAttribute("aria-label", all.title);
  page.append(
    h("h2", {}, all.title),
    h("p", { class: "quiet" }, all.about),
    h("div", { class: "guess" }, h("p", {}, guess.asks), h("div", { class: "row" }, choices, noted)),
    h("div", { class: "dial" }, h("p", { class: "quiet" }, all.ratio), chart, soon),
    h(
      "div",
      { class: "dial" },
      knob,
      h(
        "div",
        { class: "ends quiet" },
        all.ends.map((end) => h("span", {}, end)),
      ),
    ),
    h("p", {}, h("label", { for: "knob" }, all.label, ": "), now),
    h("div", { class: "told" }, says, verdict),
    h(
      "div",
      { class: "panels" },
      panels.map(([view]) => view),
    ),
    h("p", { class: "quiet" }, all.shaded),
    numbers(...all.tables),
  );
  show(all.start);
  return room({ page, root, host }, () => lesson(all));
}

export default part(draw);
