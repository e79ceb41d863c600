// A single-choice card. Choosing is not submitting: it can be changed, and no verdict follows. In the
// practice edition "Check answer" asks the kernel, which alone knows what is right.

const KEPT = {
  saved: "Saved in this notebook.",
  notebook: "Kept in this notebook; it reaches the disk with the next save (Ctrl+S).",
  nowhere: "This program does not keep choices: write the letter into the cell `quiz_answers` too.",
};

// The static line below a card is for those who see no card.
const QUIET = ".jp-OutputArea:has(.grader-live) > .jp-OutputArea-child:has(.grader-answer) { display: none; }";

function draw(ui) {
  const { model, page, on, tell, say } = ui;
  const facts = ui.facts();
  const store = answers(model, ui.host);
  let checked = facts.result;

  const kept = h("p", { class: "kept" });
  const told = h("div");
  const line = (letter) => `Your answer: ${letter}. ${facts.options[letter]}`;
  const choice = () => page.querySelector("input:checked")?.value ?? "";

  function show(letter, where) {
    for (const input of page.querySelectorAll("input")) input.checked = input.value === letter;
    const next = facts.practice ? "" : " Submit the notebook to have it graded.";
    const text = letter
      ? `Your answer is ${letter}. ${KEPT[where] ?? ""}${where === "saved" ? next : ""}`
      : "Choose one. You can change it later.";
    kept.replaceChildren(...rich(text));
    if (checked && checked.letter !== letter) checked = null;
    told.replaceChildren(...verdict());
    button.setAttribute("aria-disabled", !letter);
  }

  function verdict() {
    if (!checked) return [];
    const { passed, why, solution } = checked;
    const head = h("strong", {}, passed ? "✔ Correct" : "✘ Not yet");
    return [
      h("div", { class: `told ${passed ? "passed" : "missed"}` }, head, h("p", {}, rich(why))),
      h(
        "details",
        {},
        h("summary", {}, "Show the solution"),
        h("ol", {}, solution.steps.map(([title, text]) => h("li", {}, h("b", {}, title), h("p", {}, rich(text))))),
        solution.lines.map(([name, text]) => h("p", {}, h("b", {}, `${name}: `), rich(text))),
        solution.mistakes.length > 0 && h("p", {}, h("b", {}, "Common Mistakes:")),
        solution.mistakes.length > 0 && h("ul", {}, solution.mistakes.map((text) => h("li", {}, text))),
      ),
    ];
  }

  function inform(letter) {
    model.set("picked", letter);
    try {
      model.save_changes();
    } catch {
      // A dead kernel hears nothing; the notebook keeps the answer all the same.
    }
  }

  async function choose(event) {
    const letter = event.target.value;
    if (!letter) return;
    inform(letter);
    show(letter, "notebook");
    const where = await store.write(facts.key, letter, line(letter));
    if (choice() !== letter) return;
    show(letter, where);
    say(kept.textContent);
  }

  function check() {
    if (!choice()) return say("Choose an answer first.");
    if (!tell({ check: choice() })) say("The kernel does not run. Start it and check again.");
  }

  const button = h("button", { class: "main", onclick: check }, "Check answer");
  const options = Object.entries(facts.options).map(([letter, text]) =>
    h(
      "label",
      { class: "option" },
      h("input", { type: "radio", name: facts.key, value: letter, onchange: choose }),
      h("b", {}, `${letter}.`),
      h("span", {}, text),
    ),
  );
  const code = facts.code && h("pre", { tabindex: "0", role: "group", "aria-label": "The code" }, h("code", {}, facts.code));
  const asked = facts.after || facts.stem;
  const hints = facts.hints.map((text, n) =>
    h(
      "details",
      { hidden: n > 0, ontoggle: (event) => event.target.nextElementSibling?.removeAttribute("hidden") },
      h("summary", {}, `Hint ${n + 1} of ${facts.hints.length}`),
      h("p", {}, rich(text)),
    ),
  );
  ui.host.className = "grader-live";
  if (!document.getElementById("grader-quiet"))
    document.head.append(h("style", { id: "grader-quiet" }, QUIET));
  page.setAttribute("aria-label", facts.title);
  page.append(
    h("div", { class: "about" }, facts.about.map((text) => h("span", { class: "badge" }, text))),
    h(
      "div",
      { class: facts.beside.length ? "sides two" : "sides" },
      h(
        "div",
        {},
        facts.after && h("p", { class: "stem" }, facts.stem),
        code,
        facts.note && h("p", { class: "quiet" }, facts.note),
        h("fieldset", {}, h("legend", {}, asked), options),
        kept,
        facts.practice && h("div", { class: "row" }, button),
        told,
        h("div", {}, hints),
      ),
      facts.beside.length > 0 && h("div", {}, facts.beside.map(table)),
    ),
  );

  const before = store.read(facts.key);
  const known = model.get("picked");
  // What the notebook holds comes first; the kernel may have read an older file.
  if (before !== undefined && before !== known) inform(before);
  show(before ?? known, before !== undefined && "saved");
  on("picked", () => {
    const letter = model.get("picked");
    if (letter === choice()) return;
    store.write(facts.key, letter, line(letter), false); // chosen in another tab of the same notebook
    show(letter, "notebook");
  });
  on("facts", () => {
    checked = model.get("facts").result;
    told.replaceChildren(...verdict());
    if (checked) say(told.querySelector(".told").textContent);
  });
}

export default part(draw);
