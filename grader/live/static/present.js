// The presenter's page: the question, how many answered, and the bars once the vote is closed. What the
// full screen of a part does with hands, this does with phones.

const find = (id) => document.getElementById(id);
const say = (text) => (find("spoken").textContent = text);
const clock = timer(say);
let now = null;
let drawn = "";
let since = 0;
let leaving = false;

const button = (name, does, kind) => h("button", { class: kind, onclick: does }, name);
const back = button("‹ Back", () => lead("back"));
const forth = button("Next ›", () => lead("forth"), "main");
const again = button("Vote again", () => lead("again"));
const join = button("Code", () => showCode());
const over = button("End the lesson", leave, "aside");
find("bar").append(back, forth, again, clock.button, clock.left, join, over);

/** Do a step of the lesson; what a clicker sends twice is done once. */
async function lead(act) {
  if (!now || performance.now() - since < SETTLES) return;
  since = performance.now();
  clock.stop();
  const { status, problem } = await send("lead", { act, step: now.step });
  if (problem) say(problem);
  if (status === 0) lost(0);
  await lesson.ask();
}

/** End it for everybody; the first press asks. */
async function leave() {
  if (!leaving) {
    leaving = true;
    over.textContent = "End it for all?";
    return void setTimeout(() => ((leaving = false), (over.textContent = "End the lesson")), 4000);
  }
  await send("lead", { act: "end" });
}

function hear(state) {
  now = state;
  if (state.over) return end();
  const { question, of, round, phase, devices, answered, step } = state;
  const who = `${devices} phone${devices === 1 ? "" : "s"}`;
  find("where").textContent =
    question < 0 ? "" : `${question + 1} of ${of}${round > 1 ? ", second vote" : ""}`;
  find("title").textContent = question < 0 ? "Join the vote" : state.asked.title;
  find("answered").textContent = question < 0 ? who : `${answered} of ${who} answered`;
  back.setAttribute("aria-disabled", question < 0);
  forth.setAttribute("aria-disabled", question === of - 1 && phase === "revealed");
  forth.textContent =
    { open: question < 0 ? "Next ›" : "Close the vote ›", closed: "What is right ›" }[phase] ?? "Next ›";
  again.hidden = phase !== "closed" || round > 1;
  clock.button.hidden = question < 0 || phase === "revealed";
  const seen = `${step}`;
  if (drawn === seen) return;
  drawn = seen;
  since = performance.now();
  find("stop").replaceChildren(...(question < 0 ? joining() : asking()));
  fit();
  say(find("stop").querySelector(".advice")?.textContent ?? find("title").textContent);
}

const fit = () => enlarge(find("stop"), now?.phase === "revealed" ? ["", "brief", "tight"] : ["", "tight"]);

/** The way into the room. */
function joining() {
  const code = h("div");
  code.innerHTML = now.qr; // drawn by the server
  const way = h("div", {}, h("p", {}, "Open ", h("b", {}, now.address.replace(/^https?:\/\//, ""))));
  way.append(h("p", {}, "and type the code"), h("p", { class: "code" }, now.code));
  return [h("div", { class: "join" }, code, way)];
}

/** Show the way in over a question, for who comes late. */
function showCode() {
  if (!now || now.question < 0) return;
  const shown = find("stop").querySelector(".join");
  find("stop").replaceChildren(...(shown ? asking() : joining()));
  fit();
}

function asking() {
  const { asked, rounds, right: share, phase, round } = now;
  const letters = Object.keys(asked.options);
  const judged = phase === "revealed";
  const known = judged ? letters.indexOf(asked.answer) : -1;
  const words = {
    options: Object.values(asked.options),
    letters,
    right: known < 0 ? undefined : known,
    reasons: judged ? letters.map((letter) => asked.reasons[letter]) : [],
  };
  const options = ballot(words, { say, changed: () => {} });
  if (phase !== "open") options.put(rounds);
  if (judged) options.judge(true);
  const [list, , reason] = options.nodes;
  list.addEventListener("click", fit);
  const told = phase === "closed" && share !== null ? advice(share) : "";
  return [
    ...(asked.after ? [h("p", { class: "lead" }, rich(asked.stem))] : []),
    ...(asked.code ? [h("pre", { class: "context" }, asked.code)] : []),
    ...(asked.note ? [h("p", { class: "quiet context" }, rich(asked.note))] : []),
    h("p", { class: "lead" }, rich(asked.after || asked.stem)),
    ...asked.tables.map((one) => {
      const frame = table(one);
      frame.classList.add("context");
      return frame;
    }),
    list,
    h(
      "p",
      { class: "advice" },
      round > 1 && told === ADVICE.talk ? "Explain it; the second vote has not settled it." : told,
    ),
    reason,
  ];
}

function end() {
  find("stop").replaceChildren(h("p", { class: "lead" }, "The lesson is over. Nothing of it was kept."));
  find("bar").replaceChildren();
  for (const id of ["where", "answered"]) find(id).textContent = "";
}

function lost(status) {
  if (now?.over) return;
  const words =
    status === 0
      ? "The server does not answer. Start the same command again: it goes on."
      : "Open the presenter's address from the terminal again.";
  find("answered").textContent = words;
  say(words);
}

const lesson = link({ events: "front_events", state: "front", hear, lost });

function lift() {
  find("black").hidden = !find("black").hidden;
}

addEventListener("keydown", (event) => {
  const { key, repeat, ctrlKey, metaKey, altKey, target } = event;
  if (ctrlKey || metaKey || altKey) return;
  const pressed = target.matches("button") && [" ", "Enter"].includes(key);
  const does =
    !find("black").hidden || ["b", "B", "."].includes(key)
      ? lift
      : FORTH.includes(key) && !pressed
        ? () => repeat || lead("forth")
        : BACK.includes(key)
          ? () => repeat || lead("back")
          : { v: () => lead("again"), t: clock.toggle, c: showCode }[key];
  if (!does) return;
  event.preventDefault();
  does();
});
find("black").onclick = lift;
addEventListener("click", ({ detail }) => detail && find("floor").focus());

new ResizeObserver(() => {
  const { clientWidth, clientHeight } = find("floor");
  find("screen").style.zoom = Math.min(clientWidth / STAGE.width, clientHeight / STAGE.height);
  fit();
}).observe(find("floor"));
lesson.listen();
lesson.ask();
