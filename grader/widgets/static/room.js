// The part for a room: one stop fills the screen, led by a clicker. Nothing that is done here reaches
// the notebook.

const STAGE = { width: 1280, height: 720 }; // pixels a stop is laid out for; a larger screen enlarges it
const SETTLES = 400; // milliseconds in which a second press of a clicker reveals nothing
const LARGER = [1.6, 1.4, 1.2, 1]; // how large a screen is shown, if it fits so
const TALK = 120; // seconds of the timer
const FORTH = ["PageDown", "ArrowRight", " ", "Enter", "n"];
const BACK = ["PageUp", "ArrowLeft", "p"];
// A window with the teacher's notes follows from here: see grader/jupyter_ext/margin.
const CHANNEL = "grader-room";

/**
 * Give a part its button and its key. `lesson()` returns what fills the screen: its name, its title, the
 * stop to begin `at`, and its stops. A stop has `draw(beat)`, the nodes of one screen; how many `beats` it
 * takes (1); `says`, a sentence; its `place`, where a number would mislead; and, where it asks something,
 * `ask`: see votes.js. Stops that are `asked` can be left out. `left(stop)` hears at which stop the room was left.
 */
function room({ page, root, host }, lesson) {
  let running = null;
  const enter = h("button", { class: "enter", title: "Fill the screen (F)", onclick: begin }, "Full screen");
  page.append(enter);
  page.addEventListener("keydown", (event) => {
    const typing = event.target.matches("textarea, select, input:not([type=radio], [type=range])");
    if (event.key !== "f" || typing || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    begin();
  });

  function begin() {
    if (running) return;
    const back = root.activeElement ?? enter;
    running = stage(root, host, lesson(), () => {
      running = null;
      back.focus({ preventScroll: true });
    });
  }

  return () => running?.end();
}

/** Whether all of a node is to be seen; a table of turns may be long, it moves by itself. */
const fits = (node) =>
  node.scrollWidth <= node.clientWidth + 1 &&
  (node.scrollHeight <= node.clientHeight + 1 || node.matches(".turns > *"));

/** Show a body as large as it fits, in the first of these kinds in which it fits at all. */
function enlarge(body, kinds) {
  for (const [zoom, kind] of kinds.flatMap((one) => LARGER.map((zoom) => [zoom, one]))) {
    body.style.zoom = zoom;
    body.className = `stop ${kind}`;
    if ([body, ...body.querySelectorAll("pre, .scroll")].every(fits)) return;
  }
}

/** Open the screen; returns what closes it again. */
function stage(root, host, { name, title, stops: all, at: first = 0, left }, done) {
  const gone = new AbortController();
  const { signal } = gone;
  const channel = new BroadcastChannel(CHANNEL);
  const spoken = h("p", { class: "spoken", role: "status" });
  const say = (text) => (spoken.textContent = text);
  const body = h("div", { class: "stop", tabindex: 0, role: "group", "aria-label": title });
  const where = h("span", { class: "place" });
  const clock = timer(say);
  let asking = true;
  let screens = [];
  let at = 0;
  let since = 0;

  const bar = transport({ at: () => at, count: () => screens.length, go: show });
  const count = h("button", { onclick: () => screens[at].stop.ballot.count() }, "Hands");
  const bars = h("button", { onclick: () => screens[at].stop.ballot.show() }, "Bars");
  const questions = h("button", { class: "aside", "aria-pressed": "true", onclick: toggle }, "Questions");
  const leave = h("button", { "aria-label": "Leave", title: "Leave (Esc)", onclick: end }, "✕");
  const head = h("header", {}, h("h2", {}, title), where, count, bars, leave);
  bar.row.append(clock.button, clock.left, questions);
  const black = h("div", { class: "black", hidden: true, onclick: lift });
  const screen = h("div", { class: "screen" }, head, body, bar.row);
  const floor = h("div", { class: "floor", tabindex: -1 }, screen, black, spoken);
  const dialog = h("dialog", { class: "room", "aria-label": `${title}, for a room` }, floor);

  for (const stop of all) if (stop.ask) stop.ballot = ballot(stop.ask, { say, changed: fit });
  questions.hidden = !all.some(({ asked }) => asked);

  /** Tell the window with the teacher's notes where the room is; it may also ask. */
  function tell() {
    const { stop, number, of } = screens[at];
    channel.postMessage({ name, stop: stop.key ?? number, title, number, of });
  }

  /** Lay out the screens: each beat of each stop is one. */
  function plan(stop) {
    const shown = all.filter(({ asked }) => asking || !asked);
    screens = shown.flatMap((stop) => {
      const beats = stop.beats ?? (stop.ballot?.knows ? 2 : 1);
      return Array.from({ length: beats }, (_, beat) => ({
        stop,
        beat,
        number: shown.indexOf(stop) + 1,
        of: shown.length,
      }));
    });
    return Math.max(
      0,
      screens.findIndex((screen) => screen.stop === stop),
    );
  }

  function show(to) {
    at = to;
    since = performance.now();
    const { stop, beat, number, of } = screens[at];
    stop.ballot?.judge(beat > 0);
    body.replaceChildren(...[stop.draw(beat)].flat(Infinity).filter(Boolean));
    if (stop.ballot) body.append(...stop.ballot.nodes);
    where.textContent = stop.place ?? (of > 1 ? `${number} of ${of}` : "");
    clock.stop();
    bar.update();
    fit();
    tell();
    say([title, where.textContent, stop.says].filter(Boolean).join(" · "));
  }

  /**
   * Show a screen as large as it fits. Where it does not fit at all: what is right without the other options,
   * else the question without what it is about, which the screen before has shown.
   */
  function fit() {
    tools();
    if (!screens[at]) return;
    const { stop, beat } = screens[at];
    enlarge(body, stop.ballot && beat ? ["", "brief", "tight"] : ["", "tight"]);
  }

  function tools() {
    const { stop, beat } = screens[at] ?? {};
    const ballot = stop?.ballot;
    for (const tool of [count, bars, clock.button]) tool.hidden = !ballot || beat > 0;
    if (!ballot) return;
    count.textContent = ["Hands", "Vote again", "Count again"][ballot.counted()];
    bars.setAttribute("aria-disabled", !ballot.counted() && !ballot.counting());
  }

  function toggle() {
    const { stop } = screens[at];
    asking = !asking;
    questions.setAttribute("aria-pressed", asking);
    bar.pause();
    const after = all.slice(all.indexOf(stop)).find(({ asked }) => !asked);
    show(plan(asking ? stop : after));
  }

  /** One screen on or back; what a key that is held or bounces would reveal stays covered. */
  function step(by, again) {
    const opens = by > 0 && screens[at + 1]?.stop === screens[at].stop;
    if (opens && (again || performance.now() - since < SETTLES)) return;
    bar.pause();
    const to = at + by;
    if (to in screens) show(to);
  }

  function lift() {
    black.hidden = !black.hidden;
    say(black.hidden ? "" : "The screen is black. Press b to go on.");
  }

  /** What a key does; true if it does anything. */
  function act(event) {
    const { key, repeat } = event;
    const { ballot } = screens[at].stop;
    const held = root.activeElement;
    if (key === "Escape") return (end(), true);
    if (!black.hidden || key === "b" || key === "B" || key === ".") return (lift(), true);
    if (ballot?.press(key)) return true;
    if (held?.matches("input") && /^(\d|Backspace|Delete|ArrowLeft|ArrowRight)$/.test(key)) return false;
    if (held?.matches("button") && [" ", "Enter"].includes(key)) return false;
    if (FORTH.includes(key)) return (step(1, repeat), true);
    if (BACK.includes(key)) return (step(-1), true);
    if (bar.press(event)) return true;
    if (!ballot) return false;
    if (/^[1-9]$/.test(key)) ballot.mark(key - 1);
    else if (key === "v") ballot.count();
    else if (key === "s") ballot.show();
    else if (key === "t") clock.toggle();
    else return false;
    return true;
  }

  /** No key leaves the room: the notebook would take it for one of its own. */
  function press(event) {
    event.stopImmediatePropagation();
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (event.key === "s") event.preventDefault(); // the browser would save this page
      return;
    }
    if (act(event)) event.preventDefault();
  }

  /** A finger that moves to the left shows what comes next. */
  function touch() {
    let from = null;
    floor.addEventListener(
      "pointerdown",
      ({ pointerType, clientX }) => (from = pointerType === "touch" ? clientX : null),
    );
    floor.addEventListener("pointerup", ({ clientX, target }) => {
      const way = from === null || target.closest("button") ? 0 : clientX - from;
      from = null;
      if (Math.abs(way) > 60) step(way < 0 ? 1 : -1);
    });
  }

  function resize() {
    const scale = Math.min(floor.clientWidth / STAGE.width, floor.clientHeight / STAGE.height);
    screen.style.zoom = scale;
    fit();
  }

  function end() {
    if (signal.aborted) return;
    gone.abort();
    sizes.disconnect();
    bar.pause();
    clock.stop();
    channel.close();
    if (document.fullscreenElement === host) document.exitFullscreen().catch(() => {});
    left?.(screens[at].stop);
    dialog.remove();
    done();
  }

  channel.onmessage = ({ data }) => data === "where" && tell();
  root.append(dialog);
  dialog.showModal();
  // A long page would keep its scroll bar beside the full screen.
  const whole = document.documentElement.style;
  whole.scrollbarWidth = "none";
  signal.addEventListener("abort", () => (whole.scrollbarWidth = ""));
  dialog.addEventListener("cancel", (event) => (event.preventDefault(), end()));
  // After a click keys are for the lesson again, not for the button.
  floor.addEventListener(
    "click",
    ({ detail, target }) =>
      detail && !target.matches("input") && !screens[at].stop.ballot?.counting() && floor.focus(),
  );
  for (const kind of ["keydown", "keypress", "keyup"])
    addEventListener(kind, kind === "keydown" ? press : (event) => event.stopImmediatePropagation(), {
      capture: true,
      signal,
    });
  floor.requestFullscreen?.().then(
    () =>
      host.ownerDocument.addEventListener("fullscreenchange", () => document.fullscreenElement || end(), {
        signal,
      }),
    () => {}, // a window that may not fill the screen is filled all the same
  );
  const sizes = new ResizeObserver(resize);
  sizes.observe(floor);
  touch();
  floor.focus();
  show(plan(all[first]));
  resize();
  return { end };
}

/** A clock that counts down while neighbours talk. */
function timer(say) {
  let ticks = 0;
  let until = 0;
  const left = h("b", { class: "clock", role: "timer", "aria-live": "off" });
  const button = h("button", { onclick: toggle }, "2 min");

  function tick() {
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds) return;
    clearInterval(ticks);
    left.textContent = "Time is up";
    say("Time is up.");
  }

  function stop() {
    clearInterval(ticks);
    ticks = 0;
    left.textContent = "";
  }

  function toggle() {
    if (ticks) return stop();
    until = Date.now() + TALK * 1000;
    ticks = setInterval(tick, 250);
    tick();
    say("Two minutes.");
  }

  return { button, left, toggle, stop };
}
