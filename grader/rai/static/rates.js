// The rates of groups, one of four at a time: dots on a line from 0 to 1, each in its range.

/** The groups of a feature: what is drawn, and what shows one of the rates. */
function featureView({ name, rows, more }, line, unfinished) {
  const moves = [];

  /** One group; what it shows follows the choice. */
  function row({ name, few, marks }) {
    const [view, move] = strip(few, line.at);
    const people = h("span", { class: "quiet" });
    const value = h("span", { class: "value" });
    moves.push((key) => {
      const mark = marks[key];
      people.textContent = mark.people;
      value.textContent = mark.text;
      move(mark);
    });
    const badge = few && h("span", { class: "badge" }, few);
    const head = h("div", { class: "who" }, h("b", {}, name), people, badge);
    return h("li", {}, head, h("div", { class: "plot" }, view), value);
  }

  /** The label of the line that one rate is held against. */
  function limit() {
    const text = s("text", { x: percent(line.at), y: 13, "text-anchor": "end" }, `${line.label} ↓`);
    const view = s("svg", { class: "scale", "aria-hidden": "true" }, text);
    return h("div", { class: "above" }, h("div", {}, view));
  }

  const head = h("h3", {}, name);
  if (!rows.length) return [[head, h("p", { class: "quiet" }, unfinished)], () => {}];
  const view = [
    head,
    limit(),
    h("ul", { role: "list", class: "groups" }, rows.map(row)),
    h("div", { class: "below" }, h("div", {}, scale())),
    h("p", { class: "quiet" }, more),
  ];
  return [view, (key) => moves.forEach((move) => move(key))];
}

/** The lesson for a room: one rate of one feature a screen, first the question and then its dots. */
function lesson({ name, title, measures, line, unfinished, features }) {
  const stops = measures.flatMap(({ key, label, asks, whom, says }) =>
    features.map((feature) => {
      const [view, move] = featureView(feature, line, unfinished);
      const head = [h("p", { class: "lead" }, asks), h("p", { class: "quiet" }, rich(whom))];
      const draw = (beat) => {
        move(key);
        const kind = `rates ${key === line.rate ? "" : "unlined"} ${beat ? "" : "covered"}`;
        return [head, h("div", { class: kind }, view)];
      };
      return { key: `${key}_${feature.name}`, place: label, beats: 2, says: `${asks} ${says}`, draw };
    }),
  );
  return { name, title, stops };
}

function draw({ page, root, host, say, props }) {
  const all = props();
  const { title, measures, line, guess, range, unfinished, features } = all;
  const asks = h("p", { class: "asks" });
  const whom = h("p", { class: "quiet" });
  const views = features.map((feature) => featureView(feature, line, unfinished));

  function choose({ key, asks: question, whom: people }) {
    asks.textContent = question;
    whom.replaceChildren(...rich(people));
    page.classList.toggle("lined", key === line.rate);
    for (const [, move] of views) move(key);
  }

  function option(measure, n) {
    const pick = () => (choose(measure), say(`${measure.asks} ${measure.says}`));
    const input = h("input", { type: "radio", name: "rate", checked: !n, onchange: pick });
    return h("label", { class: "option" }, input, measure.label);
  }

  const choice = h("fieldset", {}, h("legend", {}, guess), h("div", { class: "row" }, measures.map(option)));
  const shown = features.filter(({ rows }) => rows.length);
  page.setAttribute("aria-label", title);
  page.append(h("h2", {}, title));
  if (shown.length) page.append(choice, asks, whom);
  page.append(...views.flatMap(([view]) => view).filter(Boolean));
  if (!features.length) page.append(h("p", { class: "quiet" }, unfinished));
  if (shown.length) page.append(h("p", { class: "quiet" }, range), numbers(...shown.map((one) => one.table)));
  choose(measures[0]);
  if (shown.length) return room({ page, root, host }, () => lesson({ ...all, features: shown }));
}

export default part(draw);
