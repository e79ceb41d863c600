// How far the questions of a pattern are answered. The notebook itself tells what was chosen and
// given, also where no kernel runs; the verdict of a practice edition comes from the kernel.
const ORDER = ["open", "chosen", "given"];

function draw(ui) {
  const { model, page, on, say } = ui;
  const store = answers(model, ui.host);
  const count = h("strong", { class: "count" });
  const bar = h("progress", { "aria-label": "Answers that are given" });
  const list = h("ol", { class: "states" });
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
    const given = now.filter((state) => state === "given").length;
    count.textContent = `${given} of ${now.length} answers ${states.given[1]}`;
    bar.max = now.length;
    bar.value = given;
    list.replaceChildren(
      ...questions.map(({ title }, n) => {
        const [sign, words] = states[now[n]];
        const mark = h("span", { class: "sign", "aria-hidden": "true" }, sign);
        return h("li", { class: now[n] }, mark, h("span", {}, h("b", {}, title), " ", h("span", {}, words)));
      }),
    );
    end.classList.toggle("found", Boolean(found));
    end.replaceChildren(...(found ? verdict(found) : [h("p", {}, later)]));
    if (aloud) say(`${count.textContent}. ${found ? found.sentence : ""}`);
  }

  const changed = model.widget_manager?.context?.model?.metadataChanged;
  const follow = () => show(true);
  changed?.connect(follow);
  page.setAttribute("aria-label", ui.props().title);
  page.append(h("div", { class: "line" }, count, bar), list, end);
  show(false);
  on("props", follow);
  return () => changed?.disconnect(follow);
}

export default part(draw);
