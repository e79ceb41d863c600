// The learner's own loop, turn by turn. All turns are known before: the page only points at one.

const KEYS = "▸ ran in this turn. Keys: ← → one turn, Home first, End last.";

/** A recorded loop: its sentence, its code and its turns; `point` shows one turn of it. */
function loopView(props) {
  const says = h("p", { class: "says" }, h("span"));
  const view = turnsView();
  view.fill(props);
  const point = (at) => {
    says.firstChild.replaceChildren(...rich(props.turns[at].says));
    view.point(at);
  };
  return { ...view, says, point };
}

/** The lesson for a room: one turn a screen. */
function lesson(props, at, left) {
  const { says, code, shown, point } = loopView(props);
  const drawn = [says, h("div", { class: "loop" }, code, shown)];
  const stops = props.turns.map(({ says: told }, n) => ({
    key: `turn${n + 1}`,
    n,
    says: told.replaceAll("`", ""),
    place: `Turn ${n + 1} of ${props.turns.length}`,
    draw() {
      queueMicrotask(() => point(n)); // its table moves to the turn, once it is on the screen
      return drawn;
    },
  }));
  return { name: props.name, title: props.title, stops, at, left: ({ n }) => left(n) };
}

function draw(ui) {
  const { page, root, host, on, say } = ui;
  let props = ui.props();
  let view;
  let at = 0;

  const title = h("h2");
  const note = h("p", { class: "note" });
  const whole = h("div");
  const bar = transport({ at: () => at, count: () => props.turns.length, go });
  const parts = [note, bar.row, whole];

  function go(turn) {
    if (!props.turns[turn]) return;
    at = turn;
    point();
    say(view.says.textContent);
  }

  function point() {
    if (props.turns.length) view.point(at);
    bar.update();
  }

  function redraw() {
    const held = view?.shown.contains(root.activeElement);
    props = ui.props();
    at = 0;
    bar.pause();
    title.textContent = props.title;
    note.replaceChildren(...rich(props.note));
    for (const node of [bar.row, whole, page.querySelector(".enter")]) node.hidden = !props.turns.length;
    if (!props.turns.length) return;
    view = loopView(props);
    const key = h("p", { class: "quiet" }, KEYS);
    const sides = h("div", { class: "sides" }, h("div", {}, view.code, key), view.shown);
    whole.replaceChildren(view.says, sides);
    if (held) view.shown.firstChild.focus();
    point();
  }

  page.addEventListener("keydown", (event) => bar.press(event) && event.preventDefault());
  page.setAttribute("aria-label", props.title);
  const { summary } = props;
  const closed = () => h("details", { ontoggle: point }, h("summary", {}, summary), parts);
  page.append(...(summary ? [closed()] : [title, ...parts]));
  const close = room({ page, root, host }, () => (bar.pause(), lesson(props, at, go)));
  redraw();
  on("props", () => {
    redraw();
    say(note.textContent);
  });
  return () => {
    bar.pause();
    close();
  };
}

export default part(draw);
