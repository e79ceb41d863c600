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
  const code = h("ol", { class: "code" });
  const shown = h("div", { class: "turns" });
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
    const { lines, stopped, says: told } = props.turns[at];
    says.firstChild.replaceChildren(...rich(told));
    [...code.children].forEach((line, n) => {
      const ran = lines.includes(n + 1);
      line.className = n + 1 === stopped ? "ran stopped" : ran ? "ran" : "";
      line.firstChild.textContent = n + 1 === stopped ? "✘" : ran ? "▸" : "";
    });
    const rows = [...shown.querySelectorAll("tbody tr")];
    shown.querySelector("[aria-current]")?.removeAttribute("aria-current");
    rows[at].setAttribute("aria-current", "true");
    const [box, row] = [shown.firstChild, rows[at]];
    const head = shown.querySelector("thead").offsetHeight; // it stays on top
    if (row.offsetTop - head < box.scrollTop) box.scrollTop = row.offsetTop - head;
    const below = row.offsetTop + row.offsetHeight - box.clientHeight;
    if (below > box.scrollTop) box.scrollTop = below;
    previous.setAttribute("aria-disabled", at === 0);
    next.setAttribute("aria-disabled", at + 1 === props.turns.length);
  }

  /** The table of all turns; what a turn changed stands out, as do matches. */
  function turns() {
    const region = table(props.table);
    const columns = props.table.columns;
    region.querySelectorAll("tbody tr").forEach((row, n) => {
      const changed = props.turns[n].changed.map((name) => row.children[columns.lastIndexOf(name)]);
      changed.forEach((cell) => (cell.className = "changed"));
      const match = row.children[columns.indexOf("match")];
      if (match) match.className = { "✔": "yes", "✘": "no" }[match.textContent[0]] ?? "";
    });
    return region;
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
    code.replaceChildren(
      ...props.code.map((line) => h("li", {}, h("span", { class: "mark" }), h("code", {}, line || " "))),
    );
    shown.replaceChildren(turns());
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
