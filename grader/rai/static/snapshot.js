// Cards to put in order: dragged, or moved with their buttons or with Alt and an arrow key. It is
// always the neighbour that moves past the card: so the card keeps the focus and the pointer.

const middle = (card) => {
  const { top, height } = card.getBoundingClientRect();
  return top + height / 2;
};

/** The lesson for a room: the cards as they lie at first, of which each press puts the next in its place. */
function lesson({ title, lead, practices, shuffled, note }) {
  const last = practices.length;
  const list = (names, placed) =>
    h(
      "ol",
      { role: "list" },
      names.map((name, n) => h("li", {}, placed && h("b", {}, `${n + 1}. `), name)),
    );

  function draw(beat) {
    const open = shuffled.filter((index) => index >= beat).map((index) => practices[index]);
    const asks =
      beat < last ? `What comes ${beat ? "next" : "first"}?` : "This is the order of the snapshot.";
    return [
      h("p", { class: "lead" }, `${lead} ${asks}`),
      h("div", { class: "sort" }, list(open, false), list(practices.slice(0, beat), true)),
      beat === last && h("p", { class: "quiet" }, note),
    ];
  }

  return { name: "snapshot", title, stops: [{ key: "order", beats: last + 1, draw }] };
}

function draw({ page, root, host, say, props }) {
  const { title, lead, practices, shuffled, note } = props();
  const list = h("ol", { role: "list", class: "cards" });
  const result = h("p", { class: "result" });
  const order = () => [...list.children];
  const name = (card) => practices[card.dataset.index];
  const isRight = (card, n) => Number(card.dataset.index) === n;

  /** Number the cards as they lie; what was told about another order is out of date. */
  function settle() {
    const last = practices.length - 1;
    order().forEach((card, n) => {
      card.className = "card";
      card.querySelector(".place").textContent = `${n + 1}.`;
      card.querySelector(".mark").textContent = "";
      card.querySelector(".up").setAttribute("aria-disabled", n === 0);
      card.querySelector(".down").setAttribute("aria-disabled", n === last);
    });
    result.textContent = "";
  }

  /** Move a card by one place; false at the end of the list. */
  function shift(card, by) {
    const neighbour = by < 0 ? card.previousElementSibling : card.nextElementSibling;
    if (!neighbour) return false;
    if (by < 0) card.after(neighbour);
    else card.before(neighbour);
    settle();
    return true;
  }

  const tell = (card) => say(`${name(card)}: place ${order().indexOf(card) + 1} of ${practices.length}.`);

  function move(card, by) {
    shift(card, by);
    tell(card);
  }

  function grasp({ currentTarget: card, target, button, pointerType, pointerId }) {
    // A finger on a card scrolls the page; only the grip is for dragging then.
    const meant = pointerType === "mouse" || target.matches(".grip");
    if (button || !meant || target.closest("button")) return;
    card.setPointerCapture(pointerId);
  }

  function drag({ currentTarget: card, pointerId, clientY }) {
    if (!card.hasPointerCapture(pointerId)) return;
    const { previousElementSibling: above, nextElementSibling: below } = card;
    if (above && clientY < middle(above)) shift(card, -1);
    else if (below && clientY > middle(below)) shift(card, 1);
    card.classList.add("held");
  }

  function release({ currentTarget: card }) {
    if (card.classList.contains("held")) tell(card);
    card.classList.remove("held");
  }

  function press(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !event.altKey) return;
    event.preventDefault();
    move(event.currentTarget, by);
  }

  function make(index) {
    const arrow = (by, where, sign) => {
      const label = `Move ${practices[index]} ${where}`;
      return h("button", { class: where, "aria-label": label, onclick: () => move(card, by) }, sign);
    };
    const pointed = { onpointerdown: grasp, onpointermove: drag, onlostpointercapture: release };
    const card = h(
      "li",
      { "data-index": index, onkeydown: press, ...pointed },
      h("span", { class: "grip", "aria-hidden": "true" }, "⠿"),
      h("span", { class: "place" }),
      h("span", { class: "name" }, practices[index]),
      h("span", { class: "mark" }),
      arrow(-1, "up", "↑"),
      arrow(1, "down", "↓"),
    );
    return card;
  }

  const conclude = (text) => say((result.textContent = text));

  function check() {
    const all = order();
    const count = all.filter(isRight).length;
    all.forEach((card, n) => {
      const right = isRight(card, n);
      card.className = `card ${right ? "right" : "wrong"}`;
      card.querySelector(".mark").textContent = right ? "✔ in place" : "✘ not here";
    });
    const first = all.findIndex((card, n) => !isRight(card, n));
    if (first >= 0) {
      const next = `Begin at place ${first + 1}: ${name(all[first])} belongs further down.`;
      return conclude(`${count} of ${all.length} are in place. ${next}`);
    }
    conclude(`✔ All ${count} are in place: this is the order of the snapshot.`);
  }

  function reveal() {
    list.append(...order().sort((one, other) => one.dataset.index - other.dataset.index));
    settle();
    conclude("This is the order.");
  }

  /** Lay the cards as at first, for the next class. */
  function restart() {
    list.replaceChildren(...shuffled.map(make));
    settle();
    say("The cards lie as at first.");
  }

  const ways = "Put the cards in order: drag them, use their arrows, or press Alt with ↑ or ↓.";
  const help = h("p", { class: "quiet" }, ways);
  const told = h("p", { class: "quiet" }, note);
  const controls = h(
    "div",
    { class: "row" },
    h("button", { class: "main", onclick: check }, "Check the order"),
    h("button", { onclick: reveal }, "Show the order"),
    h("button", { onclick: restart }, "Start over"),
  );
  list.append(...shuffled.map(make));
  settle();
  page.setAttribute("aria-label", title);
  page.append(
    h("h2", { class: "spoken" }, title),
    h("p", {}, lead),
    h("div", { class: "sides" }, list, h("div", {}, help, controls, result, told)),
  );
  return room({ page, root, host }, () => lesson(props()));
}

export default part(draw);
