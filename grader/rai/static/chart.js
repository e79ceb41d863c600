// What the drawings share: SVG in the colours of the page, placed in percent so that it fits any width.

/** Make an element of a drawing, as h does for the page. */
function s(tag, props = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, value);
  node.append(...children.flat(Infinity));
  return node;
}

const percent = (share) => `${(share * 100).toFixed(2)}%`;
const FIFTHS = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** An upright line through a drawing. */
const upright = (share, name) => {
  const x = percent(share);
  return s("line", { class: name, x1: x, x2: x, y1: -1, y2: "100%" });
};

/** A level line through a drawing. */
const level = (y, name) => s("line", { class: name, x1: 0, x2: "100%", y1: y, y2: y });

/** A number at the left side of a drawing. */
const side = (y, number) => s("text", { class: "side", x: 0, y }, number.toFixed(1));

/** A dot on a line from 0 to 1; returns the drawing and what moves it. Its parts stay, so they glide. */
function strip(few, limit) {
  const band = s("rect", { class: "band", y: 0, height: "100%" });
  const range = s("rect", { class: "range" });
  const dot = s("circle", { class: few ? "dot few" : "dot", cy: "50%", r: 6 });
  const grid = FIFTHS.map((share) => upright(share, "grid"));
  const line = limit ? upright(limit, "limit") : [];
  const view = s("svg", { class: "strip", role: "img" }, band, grid, line, range, dot);
  const span = (node, ends) => {
    node.style.display = ends ? "" : "none";
    if (!ends) return;
    node.setAttribute("x", percent(ends[0]));
    node.setAttribute("width", percent(ends[1] - ends[0]));
  };
  const move = ({ share, range: ends, band: between, says }) => {
    span(range, ends);
    span(band, between);
    dot.style.display = share === null ? "none" : "";
    dot.setAttribute("cx", percent(share));
    view.setAttribute("aria-label", says);
  };
  return [view, move];
}

/** The numbers below a drawing, from 0 to 1. */
const scale = () => {
  const tick = (share) => s("text", { class: "tick", x: percent(share), y: 14 }, `${share}`);
  return s("svg", { class: "scale", "aria-hidden": "true" }, FIFTHS.map(tick));
};

/** The same numbers as tables, closed at first. */
const numbers = (...tables) =>
  h("details", {}, h("summary", {}, "The numbers as a table"), tables.map(table));
