// Calls to guess about. What came of each is known here, and shown once a guess is there. Guesses
// are kept like an answer, as one JSON text for all calls of the card.

/** A value as Python or a person writes it, in one form: "1.0" is 1, a tuple is a list. */
function inOneForm(text) {
  return text
    .toLowerCase()
    .replace(/[\s`]+/g, "")
    .replace(/"/g, "'")
    .replace(/\(/g, "[")
    .replace(/\)/g, "]")
    .replace(/,(?=[\]}])/g, "")
    .replace(/(?<![\w.'])(\d+\.?\d*|\.\d+)(e[-+]?\d+)?/g, Number);
}

function drawGuesses({ model, page, host, say, props }) {
  const { key, title, asks, calls, typed, says } = props();
  const store = answers(model, host);
  const guesses = kept() ?? typed;

  function kept() {
    try {
      const found = JSON.parse(store.read(key));
      return Object(found) === found ? found : null;
    } catch {
      return null;
    }
  }

  const shows = {}; // for each call, what shows a guess that was made elsewhere

  function row({ call, came, why, same }, n) {
    const field = h("input", { id: `guess${n}`, maxlength: 200, autocomplete: "off", spellcheck: "false" });
    const told = h("p", { class: "told", hidden: true });
    const where = h("span", { class: "quiet" });

    function show(guess) {
      const right = same.some((one) => inOneForm(one) === inOneForm(guess));
      const first = right ? "✔ As you guessed: it" : `You guessed \`${guess.replaceAll("`", "'")}\`. It`;
      told.replaceChildren(...rich(`${first} ${came}. ${why} `), where);
      told.classList.toggle("passed", right);
      told.hidden = false;
    }

    async function compare(event) {
      event.preventDefault();
      const guess = field.value.trim();
      where.textContent = "";
      if (!guess) {
        told.replaceChildren("Write down a guess first: a wrong one is worth as much.");
        told.hidden = false;
        return say(told.textContent);
      }
      guesses[call] = guess;
      show(guess);
      say(told.textContent);
      where.textContent = says[await store.write(key, JSON.stringify(guesses), "")];
    }

    shows[call] = (guess) => {
      field.value = guess;
      show(guess);
    };
    if (typeof guesses[call] === "string") shows[call](guesses[call]);
    return h(
      "form",
      { onsubmit: compare },
      h("label", { for: field.id }, h("code", {}, call)),
      h("div", { class: "row" }, field, h("button", {}, "Compare")),
      told,
    );
  }

  page.setAttribute("aria-label", title);
  page.append(h("p", { class: "asks" }, asks), ...calls.map(row));
  return store.follow(() => {
    for (const [call, guess] of Object.entries(kept() ?? {})) {
      if (guesses[call] === guess || typeof guess !== "string") continue;
      guesses[call] = guess;
      shows[call]?.(guess);
    }
  });
}

export default part(drawGuesses);
