// The options of a question in the room: marked, counted by hands, shown as bars, and at last judged.

const LETTERS = "ABCDEFGHIJ";
const MOST_HANDS = 999;
const ADVICE = {
  low: "Under 30 % are right: explain it once more, then vote again.",
  talk: "Talk to your neighbour, then vote again.",
  high: "Over 70 % are right: a short explanation is enough.",
};

/** What a share of right votes calls for; the bounds are those of Peer Instruction. */
const advice = (share) => ADVICE[share < 0.3 ? "low" : share <= 0.7 ? "talk" : "high"];

const sum = (votes) => votes.reduce((all, one) => all + one, 0);

/** How many columns options of this length take. */
function columns(options) {
  const longest = Math.max(...options.map((text) => text.length));
  return longest <= 12 ? Math.min(4, options.length) : longest <= 34 ? 2 : 1;
}

/**
 * A question's options. `right` is the index of the right one, undefined where nobody here knows it; `reasons`
 * has a text for each, `why` one for all. `changed()` is called when what stands here has become larger.
 */
function ballot(
  { options, letters = [...LETTERS].slice(0, options.length), right, reasons = [], why = "" },
  { say, changed },
) {
  const rounds = []; // the hands for each option, at most two votes
  let counting = null; // the fields of the vote that is counted now
  let marked = -1;
  let looked = -1; // the option whose reason is shown, once judged
  let judged = false;
  let bars = false;

  const yes = columns(options) > 2 ? "✔" : "✔ right";
  const told = h("p", { class: "advice" });
  const reason = h("p", { class: "reason" });
  const rows = options.map((text, n) => {
    const sign = h("span", { class: "sign" });
    const button = h(
      "button",
      { class: "choice", onclick: () => mark(n) },
      h("b", {}, `${letters[n]}.`),
      h("span", {}, rich(text)),
      sign,
    );
    const meter = h("div", { class: "meter" });
    return { sign, button, meter, item: h("li", {}, button, meter) };
  });
  const list = h(
    "ol",
    { class: `choices in${columns(options)}`, role: "list", "aria-label": "Options" },
    rows.map(({ item }) => item),
  );

  /** Mark what the room says; once judged, look at the reason of an option. */
  function mark(n) {
    if (!(n in options)) return;
    if (judged) looked = n;
    else marked = marked === n ? -1 : n;
    draw();
    say(judged ? reason.textContent : marked < 0 ? "No option is marked." : `${letters[n]} is marked.`);
  }

  /** Take hands for each option: the first vote, or the second. */
  function count() {
    if (counting || judged) return;
    if (rounds.length === 2) rounds.pop(); // counted wrong: once more
    counting = options.map((_, n) => {
      const name = `Hands for ${letters[n]}`;
      return h("input", {
        type: "text",
        inputmode: "numeric",
        maxlength: 3,
        "aria-label": name,
        placeholder: "0",
        onbeforeinput: digits,
      });
    });
    bars = false;
    draw();
    counting[0].focus();
  }

  const digits = (event) => /\D/.test(event.data ?? "") && event.preventDefault();

  /** Close the vote that is counted; an empty one was none. */
  function close() {
    const votes = counting.map(({ value }) => Math.min(MOST_HANDS, Number(value) || 0));
    counting = null;
    if (sum(votes)) rounds.push(votes);
    draw();
    say(told.textContent || "No hands were counted.");
  }

  function show() {
    if (counting) close();
    if (!rounds.length) return;
    bars = !bars;
    draw();
    say(
      bars
        ? rows.map(({ meter }, n) => `${letters[n]}: ${meter.innerText.replace(/\s+/g, " ")}`).join("; ")
        : "The bars are hidden.",
    );
  }

  function judge(now) {
    if (counting) close();
    judged = now;
    looked = right;
    draw();
  }

  /** Keys of a vote that is counted: Enter and the arrows lead through its fields. */
  function press(key) {
    const at = counting?.findIndex((field) => field.matches(":focus")) ?? -1;
    const to = { Enter: at + 1, ArrowDown: at + 1, ArrowUp: at - 1 }[key];
    if (at < 0 || to === undefined) return false;
    if (to === counting.length) close();
    else counting[Math.max(0, to)].focus();
    return true;
  }

  function draw() {
    rows.forEach(({ sign, button, meter, item }, n) => {
      button.setAttribute("aria-pressed", n === (judged ? looked : marked));
      item.className = !judged ? "looked" : n === right ? "right" : n === looked ? "looked" : "";
      item.classList.toggle("wrong", judged && n === marked && n !== right);
      sign.textContent = !judged ? "" : n === right ? yes : n === marked ? "✘" : "";
      meter.replaceChildren(...(counting ? [counting[n]] : bars ? measures(n) : []));
    });
    list.classList.toggle("counted", bars || !!counting);
    told.textContent = counting || !rounds.length ? "" : heard();
    const words = judged ? (reasons[looked] ?? why.replace(/^./, (first) => first.toUpperCase())) : "";
    const head = looked === right ? "" : `${letters[looked]}: `;
    reason.replaceChildren(...(words ? rich(reasons[looked] ? head + words : words) : []));
    changed();
  }

  /** How many hands there were, and what that calls for. */
  function heard() {
    const votes = rounds.at(-1);
    const hands = `${sum(votes)} hands${rounds.length > 1 ? " in the second vote" : ""}.`;
    if (right === undefined || judged) return hands;
    return `${hands} ${advice(votes[right] / sum(votes))}`;
  }

  /** The bars of an option: one for each vote, and by how much its share has changed. */
  function measures(n) {
    const all = rounds.map((votes) => votes.map((one) => one / (sum(votes) || 1))); // nobody may have voted
    const shares = all.map((round) => round[n]);
    const most = Math.max(...all.flat()) || 1;
    const shown = rounds.map((votes, round) => {
      const bar = h("span", { class: "bar" });
      bar.style.width = `${(shares[round] / most) * 100}%`;
      const name = rounds.length > 1 ? `${["first", "second"][round]} ` : "";
      return h(
        "p",
        { class: `vote${round}` },
        h("span", { class: "track" }, bar),
        h("span", { class: "hands" }, `${name}${votes[n]}`),
      );
    });
    if (rounds.length < 2) return shown;
    const shift = Math.round((shares[1] - shares[0]) * 100);
    const arrow = shift > 0 ? "▲ +" : shift < 0 ? "▼ −" : "= ";
    shown.at(-1).append(h("span", { class: "shift" }, `${arrow}${Math.abs(shift)} %`));
    return shown;
  }

  /** Take votes that were counted elsewhere. */
  function put(votes) {
    rounds.splice(0, rounds.length, ...votes);
    bars = votes.length > 0;
    draw();
  }

  draw();
  return {
    nodes: [list, told, reason],
    put,
    mark,
    count,
    show,
    judge,
    press,
    knows: right !== undefined,
    counting: () => !!counting,
    counted: () => rounds.length,
  };
}
