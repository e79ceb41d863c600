// A learner's page: the question that the room sees now, and one vote a round.

const KEPT = "vote"; // one that did not reach the server yet

const find = (id) => document.getElementById(id);
const tell = (text) => (find("told").textContent = text);
let shown = ""; // the step of the lesson that is drawn
let now = null;
let waiting = remembered();

/** Letters and their texts; the one that is right and why, once that is told. */
function options({ options: texts, answer, reasons }, open, chosen) {
  const one = ([letter, text]) => {
    const input = h("input", {
      type: "radio",
      name: "vote",
      value: letter,
      checked: letter === chosen,
      onchange: choose,
    });
    const isRight = letter === answer;
    const sign = isRight && h("span", { class: "sign" }, "✔ right");
    const label = h("span", {}, h("b", {}, `${letter}. `), rich(text));
    const why = answer && reasons[letter];
    return [
      h("label", { class: isRight ? "option right" : "option" }, input, label, sign),
      why && h("p", { class: "why" }, rich(why)),
    ];
  };
  return h("fieldset", { disabled: !open, "aria-labelledby": "asked" }, Object.entries(texts).flatMap(one));
}

function draw(state) {
  now = state;
  if (state.over) return end();
  const { question, of, asked, phase, round, step } = state;
  find("enter").hidden = true;
  if (waiting && (waiting.question !== question || waiting.round !== round || phase !== "open")) forget();
  const chosen = waiting?.letter ?? state.chosen;
  if (shown === String(step)) {
    const held = find("question").querySelector(":checked")?.value ?? "";
    if (held !== chosen)
      for (const one of document.querySelectorAll("input[name=vote]")) one.checked = one.value === chosen;
    return say(chosen);
  }
  shown = String(step);
  if (question < 0) {
    find("question").replaceChildren(
      h("h2", {}, "You are in."),
      h("p", {}, "The first question comes soon."),
    );
    return tell("");
  }
  const number = h(
    "p",
    { class: "quiet" },
    `Question ${question + 1} of ${of}${round > 1 ? ", second vote" : ""}`,
  );
  const last = asked.after || asked.stem;
  find("question").replaceChildren(
    number,
    ...(asked.after ? [h("p", {}, rich(asked.stem))] : []),
    ...(asked.code ? [h("pre", { tabindex: 0, role: "group", "aria-label": "The code" }, asked.code)] : []),
    ...(asked.note ? [h("p", { class: "quiet" }, rich(asked.note))] : []),
    h("h2", { id: "asked" }, rich(last)),
    options(asked, phase === "open", chosen),
    ...asked.tables.map(table),
  );
  say(chosen);
}

/** Say where the vote stands. */
function say(chosen) {
  if (now.question < 0) return;
  const { phase, asked } = now;
  if (phase === "revealed")
    return tell(chosen === asked.answer ? "Right." : chosen ? `You chose ${chosen}.` : "");
  const mine = chosen ? `You chose ${chosen}.` : "You did not choose.";
  if (phase === "closed") return tell(`The vote is closed. ${mine}`);
  if (waiting) return tell(`You chose ${chosen}. It is sent as soon as the connection is back.`);
  tell(chosen ? `You chose ${chosen}. You can change it.` : "Choose one.");
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function forget() {
  waiting = null;
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // A browser that keeps nothing forgets by itself.
  }
}

function choose({ target }) {
  waiting = { question: now.question, round: now.round, letter: target.value };
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(waiting));
  } catch {
    // It is sent at once all the same.
  }
  deliver();
}

/** Send the vote that waits; it waits on where nobody answers. The same vote twice counts once. */
async function deliver() {
  const vote = waiting;
  if (!vote) return;
  const { status, problem } = await send("vote", vote);
  if (vote !== waiting) return deliver(); // another was chosen meanwhile
  if (status === 200) {
    now.chosen = vote.letter;
    forget();
    return say(vote.letter);
  }
  if (status === 0 || status === 429 || status >= 500) {
    say(vote.letter);
    return void setTimeout(deliver, 1500);
  }
  forget();
  await lesson.ask();
  if (problem) tell(problem);
}

function end() {
  shown = "";
  forget();
  find("enter").hidden = true;
  find("question").replaceChildren(
    h("h2", {}, "The lesson is over."),
    h("p", {}, "You can close this page."),
  );
  tell("");
}

function lost(status) {
  if (status === 401) {
    shown = "";
    find("question").replaceChildren();
    if (find("enter").hidden) {
      find("enter").hidden = false;
      tell("");
    }
  } else if (status === 0 && now && !now.over)
    tell("The connection is gone. This page tries again by itself.");
}

async function enter(code) {
  const { status, problem } = await send("enter", { code });
  if (status !== 200) {
    find("enter").hidden = false;
    find("code").focus();
    return tell(problem ?? "The server does not answer. Are you in the same network?");
  }
  tell("");
  lesson.listen();
  await lesson.ask();
}

const lesson = link({ events: "events", state: "state", hear: draw, lost });
find("enter").onsubmit = (event) => {
  event.preventDefault();
  enter(find("code").value);
};
const code = new URLSearchParams(location.search).get("code");
if (code) {
  history.replaceState(null, "", location.pathname);
  enter(code);
} else {
  lesson.listen();
  lesson.ask();
}
deliver();
