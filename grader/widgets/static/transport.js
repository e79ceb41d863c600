// The bar that leads through steps, the same in every part: previous, play, next, start over.

const PACES = [2.5, 5, 10, 0]; // seconds that a step stays while it plays; 0: until the next press

/**
 * A bar for `count()` steps, of which `at()` is on show; `go(to)` shows another. Returns its row, and
 * what the part does with it: `update` after each step, `pause` when it leaves, `press` with a key.
 */
function transport({ at, count, go }) {
  let timer = 0;
  let pace = 0;

  const last = () => count() - 1;
  const bounded = (to) => Math.max(0, Math.min(last(), to));
  const previous = h("button", { onclick: () => move(at() - 1) }, "‹ Previous");
  const play = h("button", { onclick: () => (timer ? pause() : start()) });
  const next = h("button", { class: "main", onclick: () => move(at() + 1) }, "Next ›");
  const again = h("button", { onclick: () => move(0) }, "Start over");
  const tempo = h("button", { onclick: slower });

  /** Go where a person wants to: that ends playing. */
  function move(to) {
    pause();
    go(bounded(to));
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "▶\ufe0e Play";
  }

  function start() {
    go(at() < last() ? at() + 1 : 0);
    const seconds = PACES[pace];
    if (!seconds) return;
    play.textContent = "❚❚ Pause";
    timer = setInterval(() => {
      go(bounded(at() + 1));
      if (at() >= last()) pause();
    }, seconds * 1000);
    if (at() >= last()) pause();
  }

  function slower() {
    const playing = timer;
    pause();
    pace = (pace + 1) % PACES.length;
    name();
    if (playing && PACES[pace]) start();
  }

  function name() {
    tempo.textContent = PACES[pace] ? `Pace: ${PACES[pace]} s` : "Pace: stop at each";
  }

  function update() {
    for (const button of [previous, again]) button.setAttribute("aria-disabled", at() <= 0);
    next.setAttribute("aria-disabled", at() >= last());
  }

  /** Step with a key; false for a key that does not. */
  function press({ key, altKey, ctrlKey, metaKey, shiftKey }) {
    const to = { ArrowLeft: at() - 1, ArrowRight: at() + 1, Home: 0, End: last() }[key];
    if (to === undefined || altKey || ctrlKey || metaKey || shiftKey) return false;
    move(to);
    return true;
  }

  name();
  pause();
  const row = h("div", { class: "row transport" }, previous, play, next, again, tempo);
  return { row, play, next, update, pause, move, press };
}
