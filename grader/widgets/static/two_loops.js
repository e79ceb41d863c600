// Two loops beside each other. All turns are known before: the page only points at one of each.

const BUTTONS = 12; // turns to guess from, each with a button of its own; more are in a list
const KEYS = "▸ ran in this turn. ≠ they part here. Keys: ← → one turn, Home first, End last.";
const SAME = "So far both do the same.";
const AFTER = "They have parted before.";
const ASKS = "In which turn do they part?";
const MOST_OPTIONS = 8; // turns to vote on, on a full screen

const most = ({ sides }) => Math.max(...sides.map((side) => side.turns.length));
const canAsk = ({ sides }) => sides.every((side) => side.turns.length);

/** The sentence about both loops in a turn. */
function about({ parting, says }, at) {
  if (at === parting || parting === null) return says;
  return at < parting ? SAME : AFTER;
}

/** A loop and its sentence; `point` shows one of its turns, -1 none. */
function sideView() {
  const name = h("h3");
  const now = h("p", { class: "now" });
  const view = turnsView();
  const whole = h("p", { class: "note" });
  const node = h("div", { class: "side" }, name, view.code, now, view.shown, whole);

  function fill(loop, parting) {
    const { title, turns, note } = loop;
    name.textContent = title;
    whole.replaceChildren(...rich(turns.length ? note : ""));
    view.fill(loop);
    const row = view.shown.querySelectorAll("tbody tr")[parting ?? -1];
    row?.classList.add("parts");
    row?.firstChild.append(h("span", { class: "apart", role: "img", "aria-label": "they part" }, "≠"));
  }

  function point({ turns, ended }, at) {
    view.point(at);
    now.replaceChildren(...rich(turns[at]?.says ?? ended));
  }

  return { now, view, whole, node, fill, point };
}

/** The lesson for a room: in which turn do they part? Then one turn of both a screen. */
function lesson(props, at, left) {
  const { name, title, sides, parting } = props;
  const count = most(props);
  const views = sides.map(sideView);
  views.forEach((view, n) => view.fill(sides[n], parting));
  for (const { view } of views) view.shown.classList.add("context");
  const both = h(
    "div",
    { class: "sides" },
    views.map(({ node }) => node),
  );
  const told = h("p", { class: "says" }, h("span"));

  function drawn(turn) {
    told.firstChild.replaceChildren(...rich(turn < 0 ? ASKS : about(props, turn)));
    both.classList.toggle("asked", turn < 0);
    queueMicrotask(() => views.forEach((view, n) => view.point(sides[n], turn)));
    return [told, both];
  }

  const turns = Array.from({ length: count }, (_, n) => ({
    key: `turn${n + 1}`,
    n,
    place: `Turn ${n + 1} of ${count}`,
    says: about(props, n).replaceAll("`", ""),
    draw: () => drawn(n),
  }));
  const options = [...turns.map((_, n) => `Turn ${n + 1}`), "In none"];
  const ask = { options, right: parting ?? count, why: props.says };
  const asked = { key: "ask", asked: true, place: "Guess first", says: ASKS, n: 0, draw: () => drawn(-1) };
  if (count <= MOST_OPTIONS) asked.ask = ask;
  const stops = canAsk(props) ? [asked, ...turns] : turns;
  return { name, title, stops, at: stops.findIndex(({ n }) => n === at), left: ({ n }) => left(n) };
}

function draw(ui) {
  const { page, root, host, on, say } = ui;
  let props = ui.props();
  let at = 0;
  let asking = false;
  let verdict = "";

  const title = h("h2");
  const note = h("p", { class: "note" });
  const guess = h("div", { class: "guess", role: "group", "aria-label": "Guess first" });
  const says = h("p", { class: "says" }, h("span"));
  const bar = transport({ at: () => at, count: () => most(props), go });
  const again = h("button", { onclick: () => (bar.pause(), askAgain()) }, "Ask the room again");
  const sides = [0, 1].map(sideView);
  const both = h(
    "div",
    { class: "sides" },
    sides.map((side) => side.node),
  );
  const key = h("p", { class: "quiet" }, KEYS);

  function go(turn) {
    if (asking || turn < 0 || turn >= most(props)) return;
    at = turn;
    verdict = "";
    point();
    say([says, ...sides.map((side) => side.now)].map((node) => node.textContent).join(" "));
  }

  /** Mark the turn in both loops, with a sentence for each and one about both. */
  function point() {
    sides.forEach((side, n) => side.point(props.sides[n], asking ? -1 : at));
    says.classList.toggle("here", at === props.parting);
    says.firstChild.replaceChildren(...rich(verdict || about(props, at)));
    bar.update();
  }

  /** Ask in which turn they part; until somebody answers nothing but the code is shown. */
  function ask() {
    at = 0;
    verdict = "";
    asking = true;
    const number = most(props);
    const turns = Array.from({ length: number }, (_, n) => n);
    const pick = (turn) => () => answer(turn);
    const one = (n) => h("button", { "aria-label": `Turn ${n + 1}`, onclick: pick(n) }, n + 1);
    const option = (n) => h("option", { value: n }, `Turn ${n + 1}`);
    const list = h(
      "select",
      { "aria-label": "Turn", onchange: ({ target }) => target.value && answer(+target.value) },
      h("option", { value: "" }, "Choose a turn"),
      turns.map(option),
    );
    guess.replaceChildren(
      h("h3", {}, ASKS),
      h(
        "div",
        { class: "row" },
        number > BUTTONS ? list : turns.map(one),
        h("button", { onclick: pick(null) }, "In none"),
        h("button", { onclick: pick(undefined) }, "Just show it"),
      ),
    );
    dress();
  }

  function askAgain() {
    ask();
    guess.querySelector("button, select").focus();
  }

  /** Say whether a guess is right, and show both loops from their first turn. */
  function answer(turn) {
    asking = false;
    const word = turn === props.parting ? "Right." : turn === null ? "They do." : "Not quite.";
    verdict = turn === undefined ? "" : `${word} ${props.says}`;
    dress();
    bar.next.focus();
    say(says.textContent);
  }

  /** Show what is to be seen now, and cover the rest. */
  function dress() {
    const none = !most(props);
    guess.hidden = !asking;
    for (const node of [says, bar.row, key]) node.hidden = asking || none;
    for (const { now, view, whole } of sides) now.hidden = view.shown.hidden = whole.hidden = asking;
    again.hidden = !canAsk(props);
    page.querySelector(".enter").hidden = none;
    point();
  }

  function redraw() {
    props = ui.props();
    bar.pause();
    title.textContent = props.title;
    sides.forEach((side, n) => side.fill(props.sides[n], props.parting));
    at = 0;
    asking = false;
    note.hidden = !!most(props);
    note.textContent = most(props) ? "" : "None of the two has a loop to step through.";
    if (canAsk(props)) ask();
    else dress();
  }

  page.addEventListener("keydown", (event) => {
    if (event.target.localName !== "select" && bar.press(event)) event.preventDefault();
  });
  page.setAttribute("aria-label", props.title);
  bar.row.append(again);
  page.append(title, note, guess, bar.row, says, both, key);
  const close = room({ page, root, host }, () => (bar.pause(), lesson(props, at, left)));
  redraw();
  on("props", () => redraw());
  return () => {
    bar.pause();
    close();
  };

  /** Go on in the notebook where the room was, unless it is still asked there. */
  function left(turn) {
    if (!asking) go(turn);
  }
}

export default part(draw);
