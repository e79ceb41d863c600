// The weeks of a monitor, one at a time: chart, sentence and list of alerts go together.

const PACE = 1000; // milliseconds that a week stays while it plays

/** The mark of a kind of week; the shape alone tells them apart. */
function mark(kind, props = {}) {
  const dash = s("path", { d: "M-8 0h16" });
  const shape = { fair: s("circle", { r: 6 }), none: dash }[kind] ?? s("path", { d: "M0 -10 9 6H-9z" });
  return s("svg", { class: `mark ${kind}`, ...props }, shape);
}

function draw({ page, say, props }) {
  const { title, unfinished, ticks, threshold, kinds, weeks, more, table: kept } = props();
  page.setAttribute("aria-label", title);
  page.append(h("h2", {}, title));
  if (!weeks.length) return page.append(h("p", { class: "quiet" }, unfinished));
  const last = weeks.length - 1;
  const low = ticks.at(-1);
  let at = 0;
  let timer = 0;

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

  const previous = h("button", { onclick: () => go(at - 1) }, "‹ Previous");
  const play = h("button", { onclick: () => (timer ? pause() : start()) });
  const next = h("button", { class: "main", onclick: () => go(at + 1) }, "Next ›");
  const whole = h("button", { onclick: () => go(last) }, "Show all");
  const says = h("p", { class: "says" });
  const list = h("ul", { role: "list" });
  const none = h("p", { class: "quiet" }, "None.");
  const line = (kind, words) => h("li", {}, mark(kind, { "aria-hidden": "true" }), words);
  const lines = weeks.map(({ kind, says: sentence }) => line(kind, sentence));

  function show(to) {
    at = to;
    for (const nodes of [ways, marks])
      nodes.forEach((node, n) => node.setAttribute("class", n > at ? "later" : n === at ? "now" : ""));
    band.setAttribute("x", percent(at / weeks.length));
    says.textContent = weeks[at].says;
    const alerts = lines.filter((_, n) => n <= at && ["new", "on"].includes(weeks[n].kind));
    list.replaceChildren(...alerts);
    none.hidden = alerts.length > 0;
    chart.setAttribute("aria-label", `Week ${at + 1} of ${weeks.length}. ${weeks[at].says}`);
    previous.setAttribute("aria-disabled", at === 0);
    for (const button of [next, whole]) button.setAttribute("aria-disabled", at === last);
    say(says.textContent);
  }

  /** Go where the learner wants to, and say so. */
  function go(to) {
    pause();
    show(Math.max(0, Math.min(last, to)));
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
      if (at < last) show(at + 1);
      if (at === last) pause();
    }, PACE);
  }

  const legend = Object.entries(kinds).map(([kind, words]) => line(kind, words));
  page.append(
    h("div", { class: "row" }, previous, play, next, whole),
    says,
    h("div", { class: "chart" }, h("p", { class: "quiet" }, "Worst score of the week"), chart),
    h("ul", { class: "legend", role: "list" }, legend),
    h("h3", {}, "Alerts so far"),
    none,
    list,
    h("p", { class: "quiet" }, more),
    numbers(kept),
  );
  page.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    const other = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    if (to === undefined || other || event.target.matches(".scroll")) return;
    event.preventDefault();
    go(to);
  });
  const hide = () => document.hidden && pause();
  document.addEventListener("visibilitychange", hide);
  pause();
  show(0);
  say("");
  return () => {
    pause();
    document.removeEventListener("visibilitychange", hide);
  };
}

export default part(draw);
