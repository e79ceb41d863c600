// The rates of groups, one of four at a time: dots on a line from 0 to 1, each in its range.

function draw({ page, say, props }) {
  const { title, measures, line, guess, range, unfinished, features } = props();
  const moves = [];
  const asks = h("p", { class: "asks" });
  const whom = h("p", { class: "quiet" });

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

  function feature({ name, rows, more, table: kept }) {
    const head = h("h3", {}, name);
    if (!rows.length) return [head, h("p", { class: "quiet" }, unfinished)];
    return [
      head,
      limit(),
      h("ul", { role: "list", class: "groups" }, rows.map(row)),
      h("div", { class: "below" }, h("div", {}, scale())),
      h("p", { class: "quiet" }, more),
    ];
  }

  function choose({ key, asks: question, whom: people }) {
    asks.textContent = question;
    whom.replaceChildren(...rich(people));
    page.classList.toggle("lined", key === line.rate);
    for (const move of moves) move(key);
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
  page.append(...features.flatMap(feature).filter(Boolean));
  if (!features.length) page.append(h("p", { class: "quiet" }, unfinished));
  if (shown.length) page.append(h("p", { class: "quiet" }, range), numbers(...shown.map((one) => one.table)));
  choose(measures[0]);
}

export default part(draw);
