// One recorded loop: its lines, and the table of its turns. What shows it steps through the turns.

/** The lines and the table of a loop; `point` marks one of its turns, the last where it has ended. */
function turnsView() {
  const code = h("ol", { class: "code" });
  const shown = h("div", { class: "turns" });
  let turns = [];

  /** The table of all turns; what a turn changed stands out, as do matches. */
  function rows({ columns, ...rest }) {
    const region = table({ columns, ...rest });
    region.querySelectorAll("tbody tr").forEach((row, n) => {
      const changed = turns[n].changed.map((name) => row.children[columns.lastIndexOf(name)]);
      changed.forEach((cell) => (cell.className = "changed"));
      const match = row.children[columns.indexOf("match")];
      if (match) match.className = { "✔": "yes", "✘": "no" }[match.textContent[0]] ?? "";
    });
    return region;
  }

  function fill(loop) {
    turns = loop.turns;
    const line = (text) => h("li", {}, h("span", { class: "mark" }), h("code", {}, text || " "));
    code.replaceChildren(...loop.code.map(line));
    shown.replaceChildren(...(turns.length ? [rows(loop.table)] : []));
  }

  /** Mark the lines of a turn, and its row. */
  function point(at) {
    const { lines, stopped } = turns[at] ?? { lines: [], stopped: 0 };
    [...code.children].forEach((line, n) => {
      const ran = lines.includes(n + 1);
      line.className = n + 1 === stopped ? "ran stopped" : ran ? "ran" : "";
      line.firstChild.textContent = n + 1 === stopped ? "✘" : ran ? "▸" : "";
    });
    shown.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const row = shown.querySelectorAll("tbody tr")[at];
    if (!row) return;
    row.setAttribute("aria-current", "true");
    const box = shown.firstChild;
    const head = shown.querySelector("thead").offsetHeight; // it stays on top
    if (row.offsetTop - head < box.scrollTop) box.scrollTop = row.offsetTop - head;
    const below = row.offsetTop + row.offsetHeight - box.clientHeight;
    if (below > box.scrollTop) box.scrollTop = below;
  }

  return { code, shown, fill, point };
}
