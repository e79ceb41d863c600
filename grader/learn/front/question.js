// A single-choice card. Choosing is not submitting: it can be changed, and no verdict follows. In the
// practice edition "Check answer" asks the kernel, which alone knows what is right.

// The static line below a card is for those who see no card.
const QUIET = ".jp-OutputArea:has(.grader-live) > :has(.grader-answer) { display: none; }";

function draw(ui) {
  const { model, page, on, tell, say } = ui;
  const facts = ui.facts();
  const store = answers(model, ui.host);
  let checked = facts.result;
  let patience;

  const kept = h("p", { class: "kept" });
  const told = h("div");
  const line = (letter) => `Your answer: ${letter}. ${facts.options[letter]}`;
  const choice = () => page.querySelector("input:checked")?.value;
  const closed = (summary, ...rest) => h("details", {}, h("summary", {}, summary), ...rest);

  /** The option that a text names, as people write letters: " b) " is B. */
  function named(text) {
    const letter = /^\s*\(?([a-z])[.):]?\s*$/i.exec(text)?.[1].toUpperCase();
    return letter in facts.options ? letter : "";
  }

  function show(letter, where) {
    for (const input of page.querySelectorAll("input")) input.checked = input.value === letter;
    const text = letter ? `Your answer is ${letter}. ${facts.kept[where] ?? ""}` : facts.kept.none;
    kept.replaceChildren(...rich(text));
    button.setAttribute("aria-disabled", !letter);
    judge();
  }

  /** Show the verdict of the last check; a choice changed since then has none. */
  function judge() {
    clearTimeout(patience);
    if (checked?.letter !== choice()) checked = null;
    told.replaceChildren(...(checked ? verdict(checked) : []));
  }

  function verdict({ passed, why, solution: { steps, lines, mistakes } }) {
    const head = h("strong", {}, passed ? "✔ Correct" : "✘ Not yet");
    const step = ([title, text]) => h("li", {}, h("b", {}, title), h("p", {}, rich(text)));
    if (mistakes.length) lines = [...lines, ["Common Mistakes", ""]];
    return [
      h("div", { class: `told ${passed ? "passed" : "missed"}` }, head, h("p", {}, rich(why))),
      closed(
        "Show the solution",
        h("ol", {}, steps.map(step)),
        lines.map(([name, text]) => h("p", {}, h("b", {}, `${name}: `), rich(text))),
        h("ul", {}, mistakes.map((text) => h("li", {}, rich(text)))),
      ),
    ];
  }

  function notice(text) {
    told.replaceChildren(h("p", { class: "told" }, text));
    say(text);
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
    show(letter);
    const where = await store.write(facts.key, letter, line(letter));
    if (choice() !== letter) return;
    show(letter, where);
    say(kept.textContent);
  }

  function check() {
    clearTimeout(patience);
    if (!choice()) notice("Choose an answer first.");
    else if (!tell({ check: choice() })) notice("The kernel stopped or was restarted. Run this cell again.");
    else patience = setTimeout(notice, 4000, "No reply yet. Is the kernel busy? Else run this cell again.");
  }

  const button = h("button", { class: "main", onclick: check }, "Check answer");
  const options = Object.entries(facts.options).map(([value, text]) =>
    h(
      "label",
      { class: "option" },
      h("input", { type: "radio", name: facts.key, value, onchange: choose }),
      h("b", {}, `${value}.`),
      h("span", {}, rich(text)),
    ),
  );
  const hints = facts.hints.map((text, n, { length }) => {
    const hint = closed(`Hint ${n + 1} of ${length}`, h("p", {}, rich(text)));
    hint.hidden = n > 0;
    hint.ontoggle = () => hint.nextElementSibling?.removeAttribute("hidden");
    return hint;
  });
  ui.host.className = "grader-live";
  if (!document.getElementById("grader-quiet"))
    document.head.append(h("style", { id: "grader-quiet" }, QUIET));
  page.setAttribute("aria-label", facts.title);
  page.append(
    h("div", { class: "about" }, facts.about.map((text) => h("span", { class: "badge" }, text))),
    h(
      "div",
      { class: "sides" },
      h(
        "div",
        {},
        facts.after && h("p", { class: "stem" }, rich(facts.stem)),
        facts.code && h("pre", { tabindex: "0", role: "group", "aria-label": "The code" }, facts.code),
        facts.note && h("p", { class: "quiet" }, rich(facts.note)),
        h("fieldset", {}, h("legend", {}, rich(facts.after || facts.stem)), options),
        kept,
        facts.practice && button,
        told,
        hints,
      ),
      h("div", {}, facts.beside.map(table)),
    ),
  );

  const before = named(store.read(facts.key));
  const known = model.get("picked");
  // What the notebook holds comes first; the kernel may have read an older file.
  if (before && before !== known) inform(before);
  show(before || named(known), before && "saved");
  on("picked", async () => {
    const letter = named(model.get("picked"));
    if (!letter || letter === choice()) return;
    // Chosen in another tab of the same notebook.
    show(letter, await store.write(facts.key, letter, line(letter), false));
  });
  on("facts", () => {
    checked = model.get("facts").result;
    judge();
    if (checked) say(told.firstChild.innerText.replace(/\n+/, ". "));
  });
  return () => clearTimeout(patience);
}

export default part(draw);
