// The practice edition: "Check answer" asks the kernel, which alone knows what is right.
extras.push(({ model, on, tell, say }, card) => {
  const { find, choice, notice, give } = card;
  const below = find(".below");
  const { says } = card.props;
  let { result } = card.props;
  let asked, patience;

  /** Show the verdict of the last check; a choice changed since then has none. */
  card.shown = () => {
    if (choice() !== asked) clearTimeout(patience);
    if (result?.letter !== choice()) result = null;
    below.innerHTML = result?.page ?? "";
  };
  card.act = (letter) => {
    clearTimeout(patience);
    if (!tell({ check: letter })) return notice(says.dead);
    asked = letter;
    patience = setTimeout(notice, 4000, says.slow);
    give?.(letter); // where the first answer counts, checking is giving
  };
  on("props", () => {
    clearTimeout(patience);
    ({ result } = model.get("props"));
    card.shown();
    if (result) say(below.firstChild.innerText.replace(/\n+/, ". "));
  });
  card.tidy = () => clearTimeout(patience);
});
