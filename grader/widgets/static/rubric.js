// Lines to tick. The kernel writes the page; what is ticked is kept as numbers, like an answer.

function drawRubric({ model, page, host, say, props }) {
  const { key, title, page: shown, number, ticked, says } = props();
  const store = answers(model, host);
  page.innerHTML = shown;
  page.setAttribute("aria-label", title);
  const boxes = [...page.querySelectorAll("input")];
  const line = page.querySelector(".kept");
  const chosen = () => boxes.flatMap((box, n) => (box.checked ? [n + 1] : []));

  function found() {
    const which = chosen();
    return `Found ${which.length} of ${number}${which.length ? `: ${which.join(", ")}` : ""}.`;
  }

  function show(where) {
    line.textContent = `${found()} ${says[where] ?? ""}`;
  }

  async function keep() {
    show();
    show(await store.write(key, chosen().join(" "), found()));
    say(line.textContent);
  }

  comesAlive(host);
  const before = store.read(key);
  const known = typeof before === "string" ? (before.match(/\d+/g) ?? []).map(Number) : ticked;
  for (const n of known) if (boxes[n - 1]) boxes[n - 1].checked = true;
  page.querySelector("fieldset").onchange = keep;
  show(typeof before === "string" && "saved");
}

export default part(drawRubric);
