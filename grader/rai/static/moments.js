// Questions to answer first and open then. What is written here stays on this page.

/** Keep the keys of a text field from the notebook, which copies and pastes cells with some of them. */
function ownKeys(event) {
  if ("acvxyz".includes(event.key.toLowerCase())) event.stopPropagation();
}

/** One card; the answer and its note are there, but closed. */
function card({ question, answer, note, rows }, n) {
  const [asked, told] = [`question${n}`, `answer${n}`];
  const open = ({ currentTarget: button }) => {
    const opens = button.getAttribute("aria-expanded") === "false";
    button.setAttribute("aria-expanded", opens);
    hidden.hidden = !opens;
  };
  const field = h("textarea", { rows: 3, "aria-describedby": asked, onkeydown: ownKeys });
  const control = { "aria-expanded": "false", "aria-controls": told, "aria-describedby": asked };
  const hidden = h(
    "div",
    { id: told, class: "answer", hidden: true },
    h("p", {}, answer),
    note && h("p", { class: "quiet" }, h("em", {}, "Note: "), note),
    h("p", {}, h("span", { class: "badge" }, rows)),
  );
  return h(
    "li",
    { class: "card" },
    h("h3", { id: asked }, question),
    h("label", {}, h("span", { class: "quiet" }, "Your own words (kept only on this page)"), field),
    h("p", {}, h("button", { onclick: open, ...control }, "Show the answer")),
    hidden,
  );
}

/** The lesson for a room: each question, then its answer. */
function lesson({ title, moments }) {
  const stops = moments.map(({ question, answer, note, rows }, n) => {
    const told = [
      h("p", { class: "answer" }, answer),
      note && h("p", {}, h("em", {}, "Note: "), note),
      h("p", { class: "quiet" }, rows),
    ];
    const draw = (beat) => [
      h("p", { class: "lead" }, question),
      beat ? told : h("p", { class: "quiet" }, "What do you think?"),
    ];
    return { key: `moment${n + 1}`, beats: 2, says: question, draw };
  });
  return { name: "key_moments", title, stops };
}

function draw({ page, root, host, props }) {
  const { title, lead, moments } = props();

  /** Close all answers and clear what was written, for the next class. */
  function restart() {
    for (const open of page.querySelectorAll("[aria-expanded=true]")) open.click();
    for (const field of page.querySelectorAll("textarea")) field.value = "";
  }

  page.setAttribute("aria-label", title);
  page.append(
    h("h2", { class: "spoken" }, title),
    h("p", { class: "quiet" }, lead),
    h("ul", { role: "list", class: "cards" }, moments.map(card)),
    h("div", { class: "row" }, h("button", { onclick: restart }, "Start over")),
  );
  return room({ page, root, host }, () => lesson(props()));
}

export default part(draw);
