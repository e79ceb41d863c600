// The learner's own loop, turn by turn. All turns are known before: the page only points at one.

const KEYS = "▸ ran in this turn. Keys: ← → one turn, Home first, End last.";

/** A recorded loop: its sentence, its code and its turns; `point` shows one turn of it. */
function loopView(props) {
  const says = h("p", { class: "says" }, h("span"));
  const line = (text) => h("li", {}, h("span", { class: "mark" }), h("code", {}, text || " "));
  const code = h("ol", { class: "code" }, props.code.map(line));
  const shown = turns(props);

  /** Mark a turn: its row, its lines, its sentence. */
  function point(at) {
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
    const [box, row] = [shown, rows[at]];
    const head = shown.querySelector("thead").offsetHeight; // it stays on top
    if (row.offsetTop - head < box.scrollTop) box.scrollTop = row.offsetTop - head;
    const below = row.offsetTop + row.offsetHeight - box.clientHeight;
    if (below > box.scrollTop) box.scrollTop = below;
  }

  return { says, code, shown, point };
}

/** The table of all turns; what a turn changed stands out, as do matches. */
function turns(props) {
  const region = table(props.table);
  const columns = props.table.columns;
  region.classList.add("turns");
  region.querySelectorAll("tbody tr").forEach((row, n) => {
    const changed = props.turns[n].changed.map((name) => row.children[columns.lastIndexOf(name)]);
    changed.forEach((cell) => (cell.className = "changed"));
    const match = row.children[columns.indexOf("match")];
    if (match) match.className = { "✔": "yes", "✘": "no" }[match.textContent[0]] ?? "";
  });
  return region;
}

/** The lesson for a room: one turn a screen. */
function lesson(props, at, left) {
  const { says, code, shown, point } = loopView(props);
  const sides = h("div", { class: "loop" }, code, shown);
  const drawn = [says, sides];
  const stops = props.turns.map(({ says: told }, n) => {
    // Its table scrolls to the turn, once it is on the screen.
    const draw = () => (queueMicrotask(() => point(n)), drawn);
    return {
      key: `turn${n + 1}`,
      n,
      says: told.replaceAll("`", ""),
      place: `Turn ${n + 1} of ${props.turns.length}`,
      draw,
    };
  });
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
    if (held) view.shown.focus();
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
