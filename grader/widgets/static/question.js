// A single-choice card. The kernel writes its page; here it comes to life. Choosing is not
// submitting: it can be changed, and no verdict follows. `extras` add to it.
const extras = [];
const MOST_ROWS = 4; // of a table that a question can stand beside on a screen
const UNTOLD = "This notebook does not know which is right. The teacher's edition does.";

/** The lesson for a room: large tables first, then the question. It is drawn anew: nothing of it is kept. */
function lesson(page, { key, title, options, told }) {
  const letters = Object.keys(options);
  const copy = (node) => {
    const copied = node.cloneNode(true);
    for (const named of [copied, ...copied.querySelectorAll("[id]")]) named.removeAttribute("id");
    return copied;
  };
  const tables = [...page.querySelectorAll(".beside .scroll")];
  const isLarge = (frame) => frame.querySelectorAll("tr").length - 1 > MOST_ROWS;
  const looked = tables
    .filter(isLarge)
    .map((frame, n) => ({
      key: `${key}_look${n + 1}`,
      place: "Look first",
      says: frame.ariaLabel,
      draw: () => copy(frame),
    }));

  function draw() {
    const column = [...page.querySelector("fieldset").parentNode.children];
    const before = column
      .slice(
        0,
        column.findIndex((node) => node.matches("fieldset")),
      )
      .map(copy);
    for (const node of before) node.classList.add(node.matches(".stem") ? "lead" : "context");
    const beside = tables.filter((frame) => !isLarge(frame)).map(copy);
    for (const frame of beside) frame.classList.add("context");
    return [before, beside, !told && h("p", { class: "quiet context" }, UNTOLD)];
  }

  const right = told ? letters.indexOf(told.answer) : undefined;
  const reasons = letters.map((letter) => told?.reasons[letter]);
  const ask = { letters, options: Object.values(options), right, reasons };
  const stems = [...page.querySelectorAll(".stem")].map((stem) => stem.textContent);
  const question = { key, place: looked.length ? "The question" : "", says: stems.join(" "), ask, draw };
  return { name: key, title, stops: [...looked, question] };
}

function draw(ui) {
  const { model, page, on, say } = ui;
  const props = ui.props();
  const { key, says } = props;
  const store = answers(model, ui.host);
  page.innerHTML = props.page;
  const find = (what) => page.querySelector(what);
  const button = find("button");
  const choice = () => find("input:checked")?.value;

  /** The option that a text names, as people write letters: " b) " is B. */
  function named(text) {
    const letter = /^\s*\(?([a-z])[.):]?\s*$/i.exec(text)?.[1].toUpperCase();
    return letter in props.options ? letter : "";
  }

  function show(letter, where) {
    for (const input of page.querySelectorAll("input")) input.checked = input.value === letter;
    const text = `${card.given ? says.given : says.chosen} ${letter}. ${says[where] ?? ""}`;
    find(".kept").replaceChildren(...rich(letter ? text : says.none));
    button?.setAttribute("aria-disabled", !letter);
    card.shown();
  }

  /** Show a letter and keep it. */
  async function keep(letter, save) {
    show(letter);
    const line = `${card.given ? "Answer given" : "Your answer"}: ${letter}. ${props.options[letter]}`;
    const where = await store.write(key, letter, line, save, card.given);
    if (choice() === letter) show(letter, where);
  }

  function inform(letter) {
    model.set("picked", letter);
    try {
      model.save_changes();
    } catch {
      // A dead kernel hears nothing; the notebook keeps the answer all the same.
    }
  }

  async function choose({ target: { value: letter } }) {
    inform(letter);
    await keep(letter);
    if (choice() === letter) say(find(".kept").textContent);
  }

  function notice(text) {
    find(".below").replaceChildren(h("p", { class: "told" }, text));
    say(text);
  }

  const card = { props, store, find, choice, named, keep, notice, shown() {} };
  const act = () => (choice() ? card.act(choice()) : notice("Choose an answer first."));
  if (button) button.onclick = act;
  find("fieldset").onchange = choose;
  page.setAttribute("aria-label", props.title);
  comesAlive(ui.host);

  const before = named(store.read(key));
  const known = model.get("picked");
  // What the notebook holds comes first; the kernel may have read an older file.
  if (before && before !== known) inform(before);
  for (const extra of extras) extra(ui, card);
  // What the kernel alone knows, of a file that was replaced since, goes into the notebook.
  if (!card.given && !before && named(known)) keep(named(known));
  else show(card.given || before, "saved");
  on("picked", () => {
    const letter = named(model.get("picked"));
    // Chosen in another tab of the same notebook.
    if (letter && letter !== choice() && !card.given) keep(letter, false);
  });
  const stop = store.follow(() => {
    const letter = named(store.read(key));
    if (!letter || letter === choice() || card.given) return;
    inform(letter);
    show(letter);
  });
  const close = room(ui, () => lesson(page, ui.props()));
  return () => {
    close();
    stop();
    card.tidy?.();
  };
}

export default part(draw);
