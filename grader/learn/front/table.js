// Tables for the parts whose rows come to life.

/** A table with a caption; the first cell of a row is its heading. */
function table({ caption, columns, rows }) {
  const line = ([first, ...rest]) =>
    h("tr", {}, h("th", { scope: "row" }, first), rest.map((cell) => h("td", {}, cell)));
  const head = h("tr", {}, columns.map((name) => h("th", { scope: "col" }, name)));
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "group", "aria-label": caption },
    h("table", {}, h("caption", {}, caption), h("thead", {}, head), h("tbody", {}, rows.map(line))),
  );
}
