// How far the questions of a pattern are answered. The notebook itself tells what was chosen and
// given, also where no kernel runs; the verdict of a practice edition comes from the kernel.
const ORDER = ["open", "chosen", "given", "wrong", "right"]; // the last two in a practice edition

function draw(ui) {
  const { model, page, on, say } = ui;
  const store = answers(model, ui.host);
  const shown = tiles(ui, "Answers that are given");
  const end = h("div", { class: "end" });
  let drawn = "";

  const holds = (key, what) => /^\s*\(?[a-z][.):]?\s*$/i.test(store.read(key, what));

  /** What is known of a question: the notebook may know more than the kernel, or less. */
  function stateOf({ key, state }) {
    const here = holds(key, "given") ? "given" : holds(key) ? "chosen" : "open";
    return ORDER[Math.max(ORDER.indexOf(here), ORDER.indexOf(state))];
  }

  function verdict({ sign, sentence, lead, read }) {
    const line = ([concept, place]) => h("li", {}, h("b", {}, rich(place)), ": ", rich(concept));
    return [
      h("p", { class: "sentence" }, h("span", { "aria-hidden": "true" }, sign), ` ${sentence}`),
      h("p", {}, lead),
      read.length && h("ul", {}, read.map(line)),
    ].filter(Boolean);
  }

  function show(aloud) {
    const { questions, states, later, verdict: found } = ui.props();
    const now = questions.map(stateOf);
    const news = JSON.stringify([now, found]);
    if (news === drawn) return;
    drawn = news;
    const given = now.filter((state) => ORDER.indexOf(state) >= ORDER.indexOf("given")).length;
    const count = `${given} of ${now.length} answers ${states.given[1]}`;
    const all = questions.map(({ key, title }, n) => {
      const [sign, words] = states[now[n]];
      return { id: key, title, state: now[n], sign, words };
    });
    shown.show(count, given, all);
    end.classList.toggle("found", Boolean(found));
    end.replaceChildren(...(found ? verdict(found) : [h("p", {}, later)]));
    if (aloud) say(`${count}. ${found ? found.sentence : ""}`);
  }

  const changed = model.widget_manager?.context?.model?.metadataChanged;
  const follow = () => show(true);
  changed?.connect(follow);
  page.setAttribute("aria-label", ui.props().title);
  page.append(...shown.nodes, end);
  show(false);
  on("props", follow);
  return () => changed?.disconnect(follow);
}

export default part(draw);
