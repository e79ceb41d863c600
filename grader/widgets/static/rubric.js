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

  function tick(numbers) {
    boxes.forEach((box, n) => (box.checked = numbers.includes(n + 1)));
  }

  const numbers = (text) => (text.match(/\d+/g) ?? []).map(Number);
  comesAlive(host);
  const before = store.read(key);
  tick(typeof before === "string" ? numbers(before) : ticked);
  page.querySelector("fieldset").onchange = keep;
  show(typeof before === "string" && "saved");
  return store.follow(() => {
    const now = store.read(key);
    if (typeof now !== "string" || now === chosen().join(" ")) return;
    tick(numbers(now));
    show();
  });
}

export default part(drawRubric);
