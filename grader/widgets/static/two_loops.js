// Two loops beside each other. All turns are known before: the page only points at one of each.

const PACE = 2500; // milliseconds a turn stays while it plays: there are two sentences to read
const BUTTONS = 12; // turns to guess from, each with a button of its own; more are in a list
const KEYS = "▸ ran in this turn. ≠ they part here. Keys: ← → one turn, Home first, End last.";
const SAME = "So far both do the same.";
const AFTER = "They have parted before.";

function draw(ui) {
  const { page, on, say } = ui;
  let props = ui.props();
  let at = 0;
  let timer = 0;
  let asking = false;
  let verdict = "";

  const title = h("h2");
  const note = h("p", { class: "note" });
  const guess = h("div", { class: "guess", role: "group", "aria-label": "Guess first" });
  const says = h("p", { class: "says" }, h("span"));
  const press = (act) => () => (stop(), act());
  const previous = h("button", { onclick: press(() => go(at - 1)) }, "◀ Previous");
  const play = h("button", { class: "main", onclick: () => (timer ? stop() : start()) }, "Play");
  const next = h("button", { onclick: press(() => go(at + 1)) }, "Next ▶");
  const again = h("button", { onclick: press(askAgain) }, "Ask the room again");
  const controls = h("div", { class: "row" }, previous, play, next, again);
  const sides = [0, 1].map(() => {
    const name = h("h3");
    const now = h("p", { class: "now" });
    const view = turnsView();
    const whole = h("p", { class: "note" });
    const node = h("div", { class: "side" }, name, view.code, now, view.shown, whole);
    return { name, now, view, whole, node };
  });
  const both = h("div", { class: "sides" }, sides.map((side) => side.node));
  const key = h("p", { class: "quiet" }, KEYS);

  const most = () => Math.max(...props.sides.map((side) => side.turns.length));
  const canAsk = () => props.sides.every((side) => side.turns.length);

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  }

  function start() {
    go(at + 1 < most() ? at + 1 : 0);
    timer = setInterval(() => (at + 1 < most() ? go(at + 1) : stop()), PACE);
    play.textContent = "Pause";
  }

  function go(turn) {
    if (asking || turn < 0 || turn >= most()) return;
    at = turn;
    verdict = "";
    point();
    say([says, ...sides.map((side) => side.now)].map((node) => node.textContent).join(" "));
    if (at + 1 === most()) stop();
  }

  /** Mark the turn in both loops, with a sentence for each and one about both. */
  function point() {
    sides.forEach(({ view, now }, n) => {
      const { turns, ended } = props.sides[n];
      view.point(asking ? -1 : at);
      now.replaceChildren(...rich(turns[at]?.says ?? ended));
    });
    const here = at === props.parting;
    says.classList.toggle("here", here);
    says.firstChild.replaceChildren(...rich(verdict || about(here)));
    previous.setAttribute("aria-disabled", at === 0);
    next.setAttribute("aria-disabled", at + 1 === most());
  }

  /** The sentence about both loops in this turn. */
  function about(here) {
    if (here || props.parting === null) return props.says;
    return at < props.parting ? SAME : AFTER;
  }

  /** Ask in which turn they part; until somebody answers nothing but the code is shown. */
  function ask() {
    at = 0;
    verdict = "";
    asking = true;
    const number = most();
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
      h("h3", {}, "In which turn do they part?"),
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
    next.focus();
    say(says.textContent);
  }

  /** Show what is to be seen now, and cover the rest. */
  function dress() {
    const none = !most();
    guess.hidden = !asking;
    for (const node of [says, controls, key]) node.hidden = asking || none;
    for (const { now, view, whole } of sides)
      now.hidden = view.shown.hidden = whole.hidden = asking;
    again.hidden = !canAsk();
    point();
  }

  function redraw() {
    props = ui.props();
    stop();
    title.textContent = props.title;
    props.sides.forEach((side, n) => {
      const { name, view, whole } = sides[n];
      name.textContent = side.title;
      whole.replaceChildren(...rich(side.turns.length ? side.note : ""));
      view.fill(side);
      const row = view.shown.querySelectorAll("tbody tr")[props.parting ?? -1];
      row?.classList.add("parts");
      row?.firstChild.append(h("span", { class: "apart", role: "img", "aria-label": "they part" }, "≠"));
    });
    at = 0;
    asking = false;
    note.hidden = !!most();
    note.textContent = most() ? "" : "None of the two has a loop to step through.";
    if (canAsk()) ask();
    else dress();
  }

  page.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: most() - 1 }[event.key];
    if (to === undefined || event.target.localName === "select") return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    press(() => go(to))();
  });
  page.setAttribute("aria-label", props.title);
  page.append(title, note, guess, controls, says, both, key);
  redraw();
  on("props", () => redraw());
  return stop;
}

export default part(draw);
