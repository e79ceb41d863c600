// The learner's own loop, turn by turn. All turns are known before: the page only points at one.

const PACE = 1500; // milliseconds a turn stays while it plays
const KEYS = "▸ ran in this turn. Keys: ← → one turn, Home first, End last.";

function draw(ui) {
  const { page, root, on, say } = ui;
  let props = ui.props();
  let at = 0;
  let timer = 0;

  const title = h("h2");
  const note = h("p", { class: "note" });
  const says = h("p", { class: "says" }, h("span"));
  const { code, shown, fill, point: mark } = turnsView();
  const press = (act) => () => (stop(), act());
  const previous = h("button", { onclick: press(() => go(at - 1)) }, "◀ Previous");
  const play = h("button", { class: "main", onclick: () => (timer ? stop() : start()) });
  const next = h("button", { onclick: press(() => go(at + 1)) }, "Next ▶");
  const controls = h("div", { class: "row" }, previous, play, next);
  const key = h("p", { class: "quiet" }, KEYS);
  const sides = h("div", { class: "sides" }, h("div", {}, code, key), shown);

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  }

  function start() {
    go(at + 1 < props.turns.length ? at + 1 : 0);
    timer = setInterval(() => (at + 1 < props.turns.length ? go(at + 1) : stop()), PACE);
    play.textContent = "Pause";
  }

  function go(turn) {
    if (!props.turns[turn]) return;
    at = turn;
    point();
    say(says.textContent);
    if (at + 1 === props.turns.length) stop();
  }

  /** Mark the turn: its row, its lines, its sentence. */
  function point() {
    says.firstChild.replaceChildren(...rich(props.turns[at].says));
    mark(at);
    previous.setAttribute("aria-disabled", at === 0);
    next.setAttribute("aria-disabled", at + 1 === props.turns.length);
  }

  function redraw() {
    const held = shown.contains(root.activeElement);
    props = ui.props();
    at = 0;
    stop();
    title.textContent = props.title;
    note.replaceChildren(...rich(props.note));
    const none = !props.turns.length;
    for (const node of [says, controls, sides]) node.hidden = none;
    if (none) return;
    fill(props);
    if (held) shown.firstChild.focus();
    point();
  }

  page.addEventListener("keydown", (event) => {
    const last = props.turns.length - 1;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    press(() => go(to))();
  });
  page.setAttribute("aria-label", props.title);
  const { summary } = props;
  const parts = [note, controls, says, sides];
  const closed = () => h("details", { ontoggle: point }, h("summary", {}, summary), parts);
  page.append(...(summary ? [closed()] : [title, ...parts]));
  redraw();
  on("props", () => {
    redraw();
    say(note.textContent);
  });
  return stop;
}

export default part(draw);
