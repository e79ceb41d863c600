// The teacher's margin: the clock of the lesson plan, and the notes on what the full screen shows now.

const CHANNEL = "grader-room"; // the full screen tells its stop here: grader/widgets/static/room.js
const KEPT = "grader-margin"; // the clock outlives a reload of this page

const find = (id) => document.getElementById(id);
const clock = { plan: 0, since: null, before: 0, ...kept() }; // milliseconds; since is null while it stands
let lesson;
let part = "";
let stop = "whole";

function kept() {
  try {
    return Object(JSON.parse(localStorage.getItem(KEPT)));
  } catch {
    return {};
  }
}

function keep() {
  try {
    localStorage.setItem(KEPT, JSON.stringify(clock));
  } catch {
    // A browser that keeps nothing shows the clock all the same.
  }
}

const elapsed = () => clock.before + (clock.since === null ? 0 : Math.max(0, Date.now() - clock.since));
const minutes = (count) => `${count} minute${count === 1 ? "" : "s"}`;

/** Minutes and seconds, with a sign where a time is over. */
function time(seconds) {
  const whole = Math.abs(Math.round(seconds));
  return `${seconds < -0.5 ? "−" : ""}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function options(select, texts, chosen) {
  select.replaceChildren(...texts.map(([value, text]) => new Option(text, value, false, value === chosen)));
}

/** The stations of the plan, each with when it begins; the clock says in which we are. */
function showPlan() {
  const { stations } = lesson.plans[clock.plan];
  let from = 0;
  const items = stations.map(({ title, minutes: length, notebook }) => {
    const item = document.createElement("li");
    const place = document.createElement("small");
    place.textContent = `${time(from * 60)} to ${time((from + length) * 60)} · ${notebook}`;
    item.append(title, place);
    from += length;
    return item;
  });
  find("stations").replaceChildren(...items);
  tick();
}

function tick() {
  const { stations } = lesson.plans[clock.plan];
  const now = elapsed() / 60000;
  let until = 0;
  const at = stations.findIndex(({ minutes: length }) => (until += length) > now);
  const whole = stations.reduce((sum, { minutes: length }) => sum + length, 0);
  [...find("stations").children].forEach((item, n) =>
    n === at ? item.setAttribute("aria-current", "step") : item.removeAttribute("aria-current"),
  );
  find("elapsed").textContent = time(now * 60);
  const left =
    at < 0 ? `the lesson of ${whole} minutes is over` : `${time((until - now) * 60)} left for this station`;
  find("left").textContent = left;
  find("lesson").classList.toggle("late", at < 0);
  find("run").textContent = clock.since === null ? (clock.before ? "Go on" : "Start the clock") : "Pause";
}

function run() {
  clock.before = elapsed();
  clock.since = clock.since === null ? Date.now() : null;
  if (clock.since === null) clock.before = Math.max(0, clock.before);
  keep();
  tick();
}

function reset() {
  Object.assign(clock, { since: null, before: 0 });
  keep();
  tick();
}

/** The part of the notes that a part of the course goes by: its own name, or how its name begins. */
const known = (name) => {
  const fits = Object.keys(lesson.notes).filter((one) => name === one || name.startsWith(`${one}_`));
  return fits.sort((one, other) => other.length - one.length)[0] ?? "";
};

function showNote() {
  const notes = lesson.notes[part];
  const note = notes[stop] ?? notes.whole ?? Object.values(notes)[0];
  find("title").textContent = note.title;
  for (const name of ["ask", "wrong", "hear"]) find(name).textContent = note[name];
  find("minutes").textContent = minutes(note.minutes);
  const titles = Object.entries(lesson.notes).map(([name, stops]) => [
    name,
    (stops.whole ?? Object.values(stops)[0]).title,
  ]);
  options(find("part"), titles, part);
  options(
    find("stop"),
    Object.entries(notes).map(([name, { title }]) => [name, name === "whole" ? "all of it" : title]),
    stop in notes ? stop : "whole",
  );
}

/** Go with the full screen: `{name, stop, title, number, of}`. */
function follow({ data }) {
  const { name, stop: at, title, number, of } = Object(data);
  if (typeof name !== "string" || !lesson) return;
  const found = known(name);
  find("follow").textContent =
    `On the screen: ${title}, ${number} of ${of}.${found ? "" : " There are no notes on it."}`;
  if (!found) return;
  [part, stop] = [found, String(at)];
  showNote();
}

async function begin() {
  try {
    lesson = await (await fetch("margin/margin.json")).json();
  } catch {
    lesson = { problem: "Jupyter does not answer. Is it still running?" };
  }
  find("problem").textContent = lesson.problem ?? "";
  if (lesson.problem) return;
  if (!lesson.plans[clock.plan]) clock.plan = 0;
  options(
    find("plan"),
    lesson.plans.map(({ title }, n) => [String(n), title]),
    String(clock.plan),
  );
  find("plan").onchange = ({ target }) => ((clock.plan = Number(target.value)), keep(), showPlan());
  find("run").onclick = run;
  find("reset").onclick = reset;
  find("lesson").hidden = false;
  showPlan();
  setInterval(tick, 500);
  [part] = Object.keys(lesson.notes);
  if (!part) return;
  find("part").onchange = ({ target }) => (([part, stop] = [target.value, "whole"]), showNote());
  find("stop").onchange = ({ target }) => ((stop = target.value), showNote());
  find("follow").textContent = "Open a part with Full screen: its notes appear here.";
  find("notes").hidden = false;
  showNote();
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = follow;
  channel.postMessage("where");
}

begin();
