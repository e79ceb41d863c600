// The weeks of a monitor, one at a time: chart, sentence and list of alerts go together.

/** The mark of a kind of week; the shape alone tells them apart. */
function mark(kind, props = {}) {
  const dash = s("path", { d: "M-8 0h16" });
  const shape = { fair: s("circle", { r: 6 }), none: dash }[kind] ?? s("path", { d: "M0 -10 9 6H-9z" });
  return s("svg", { class: `mark ${kind}`, ...props }, shape);
}

const line = (kind, words) => h("li", {}, mark(kind, { "aria-hidden": "true" }), words);

/** The chart of all weeks, and what shows it up to one of them. */
function weeksChart({ ticks, threshold, weeks }) {
  const low = ticks.at(-1);

  const across = (week) => percent((week + 0.5) / weeks.length);
  const high = (score) => (score === null ? "100%" : percent((1 - score) / (1 - low)));

  /** Numbers at the left side, names of weeks below, and the line that no score must drop below. */
  function frame() {
    const name = ({ label }, n) => s("text", { class: "tick name", x: across(n), y: "100%" }, label);
    const y = high(threshold.at);
    const words = (text, n) => s("text", { class: `beside${n}`, x: "100%", y }, text);
    return [
      ticks.map((score) => [level(high(score), "grid"), side(high(score), score)]),
      weeks.map(name),
      threshold.at === null ? [] : [level(y, "limit"), threshold.words.map(words)],
    ];
  }

  /** The way from the week before, where both have a score. */
  function way({ score }, n) {
    const before = n ? weeks[n - 1].score : null;
    const ends = { x1: across(n - 1), x2: across(n), y1: high(before), y2: high(score) };
    return before === null || score === null ? s("g") : s("line", ends);
  }

  /** A week's mark and its number, below it where there is room. */
  function drawn({ kind, score, text }, n) {
    const at = { x: across(n), y: high(score) };
    const dy = score === null || score - low < 0.08 ? -16 : 26;
    return s("g", {}, mark(kind, at), s("text", { class: "tick number", ...at, dy }, text));
  }

  const ways = weeks.map(way);
  const marks = weeks.map(drawn);
  const band = s("rect", { class: "band", y: 0, height: "100%", width: percent(1 / weeks.length) });
  const chart = s("svg", { class: "weeks", role: "img" }, band, frame(), ways, marks);
  const view = h("div", { class: "chart" }, h("p", { class: "quiet" }, "Worst score of the week"), chart);

  function show(at) {
    for (const nodes of [ways, marks])
      nodes.forEach((node, n) => node.setAttribute("class", n > at ? "later" : n === at ? "now" : ""));
    band.setAttribute("x", percent(at / weeks.length));
    chart.setAttribute("aria-label", `Week ${at + 1} of ${weeks.length}. ${weeks[at].says}`);
  }

  return [view, show];
}

const legendOf = (kinds) =>
  h(
    "ul",
    { class: "legend", role: "list" },
    Object.entries(kinds).map(([kind, words]) => line(kind, words)),
  );

const isAlert = ({ kind }) => kind === "new" || kind === "on";

/** The lesson for a room: one week a screen. */
function lesson(all, at, left) {
  const { title, kinds, weeks } = all;
  const [view, show] = weeksChart(all);
  const alerts = (n) => weeks.slice(0, n + 1).filter(isAlert).length;
  const stops = weeks.map(({ says }, n) => {
    const draw = () => {
      show(n);
      return [
        h("p", { class: "lead" }, says),
        view,
        legendOf(kinds),
        h("p", {}, `Alerts so far: ${alerts(n)}`),
      ];
    };
    return { key: `week${n + 1}`, n, place: `Week ${n + 1} of ${weeks.length}`, says, draw };
  });
  return { name: "week_by_week", title, stops, at, left: ({ n }) => left(n) };
}

function draw({ page, root, host, say, props }) {
  const all = props();
  const { title, unfinished, kinds, weeks, more, table: kept } = all;
  page.setAttribute("aria-label", title);
  page.append(h("h2", {}, title));
  if (!weeks.length) return page.append(h("p", { class: "quiet" }, unfinished));
  const last = weeks.length - 1;
  let at = 0;

  const bar = transport({ at: () => at, count: () => weeks.length, go: show });
  const whole = h("button", { onclick: () => (bar.pause(), show(last)) }, "Show all");
  const [view, showWeek] = weeksChart(all);
  const says = h("p", { class: "says" });
  const list = h("ul", { role: "list" });
  const none = h("p", { class: "quiet" }, "None.");
  const lines = weeks.map(({ kind, says: sentence }) => line(kind, sentence));

  function show(to) {
    at = to;
    showWeek(at);
    says.textContent = weeks[at].says;
    const alerts = lines.filter((_, n) => n <= at && isAlert(weeks[n]));
    list.replaceChildren(...alerts);
    none.hidden = alerts.length > 0;
    bar.update();
    whole.setAttribute("aria-disabled", at === last);
    say(says.textContent);
  }

  bar.row.append(whole);
  page.append(
    bar.row,
    says,
    view,
    legendOf(kinds),
    h("h3", {}, "Alerts so far"),
    none,
    list,
    h("p", { class: "quiet" }, more),
    numbers(kept),
  );
  page.addEventListener("keydown", (event) => {
    if (!event.target.matches(".scroll") && bar.press(event)) event.preventDefault();
  });
  const hide = () => document.hidden && bar.pause();
  document.addEventListener("visibilitychange", hide);
  const close = room({ page, root, host }, () => (bar.pause(), lesson(all, at, show)));
  show(0);
  say("");
  return () => {
    bar.pause();
    close();
    document.removeEventListener("visibilitychange", hide);
  };
}

export default part(draw);
