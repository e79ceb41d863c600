// The transcript as sentences to choose; each lights up its rows of the Process Table.

const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** A voice for English that is installed here: others would send the text to a server. */
const findVoice = () =>
  window.speechSynthesis?.getVoices().find((voice) => voice.localService && voice.lang.startsWith("en"));

/** The lesson for a room: one sentence a screen, above its rows of the table. */
function lesson({ title, sentences, note, process_table: steps }, at, left) {
  const stops = sentences.map(({ text, rows, where }, n) => {
    const draw = () => {
      const view = table(steps);
      [...view.querySelectorAll("tbody tr")].forEach((line, i) =>
        line.classList.toggle("lit", rows.includes(i + 1)),
      );
      return [
        h("p", { class: "lead" }, text),
        n === 2 && h("p", { class: "quiet" }, h("em", {}, "Note: "), note),
        view,
      ];
    };
    return {
      key: `sentence${n + 1}`,
      n,
      place: `Sentence ${n + 1} of ${sentences.length}`,
      says: `${text} ${where}.`,
      draw,
    };
  });
  return { name: "transcript", title, stops, at, left: ({ n }) => left(n) };
}

function draw({ page, root, host, say, props }) {
  const { title, sentences, note, process_table: steps } = props();
  const view = table(steps);
  const lines = [...view.querySelectorAll("tbody tr")];
  const where = h("p", { class: "where" });
  let at = 0;
  let reading = null;

  function show(n) {
    at = n;
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", i === n));
    lines.forEach((line, i) => line.classList.toggle("lit", sentences[n].rows.includes(i + 1)));
    where.textContent = `Sentence ${n + 1} of ${sentences.length}. ${sentences[n].where}.`;
  }

  function choose(n) {
    silence();
    show(n);
    say(where.textContent);
  }

  function step(event) {
    const to = at + STEPS[event.key];
    if (!(to in buttons)) return;
    event.preventDefault();
    buttons[to].focus();
    choose(to);
  }

  function silence() {
    if (!reading) return;
    reading = null;
    speechSynthesis.cancel();
    listen.textContent = "Listen";
  }

  /** Read a sentence aloud, then those after it. */
  function read(n) {
    if (n === sentences.length) return silence();
    show(n);
    const said = (reading = new SpeechSynthesisUtterance(sentences[n].text));
    said.voice = findVoice();
    said.onend = () => reading === said && read(n + 1);
    speechSynthesis.speak(said);
    listen.textContent = "Stop";
  }

  const buttons = sentences.map(({ text }, n) => h("button", { onclick: () => choose(n) }, text));
  const list = h(
    "ul",
    { role: "list", onkeydown: step },
    buttons.map((button) => h("li", {}, button)),
  );
  const listen = h("button", { hidden: true, onclick: () => (reading ? silence() : read(at)) }, "Listen");
  const offer = () => (listen.hidden = !findVoice());
  page.setAttribute("aria-label", title);
  page.append(
    h("h2", { class: "spoken" }, title),
    h(
      "div",
      { class: "sides" },
      h("div", {}, list, listen, h("p", { class: "quiet" }, h("em", {}, "Note: "), note)),
      h("div", {}, where, view),
    ),
  );
  const close = room({ page, root, host }, () => (silence(), lesson(props(), at, show)));
  show(0);
  offer();
  // Browsers load their voices late.
  window.speechSynthesis?.addEventListener("voiceschanged", offer);
  return () => {
    close();
    silence();
    window.speechSynthesis?.removeEventListener("voiceschanged", offer);
  };
}

export default part(draw);
