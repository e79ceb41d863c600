// The first answer counts: a choice can be changed until it is given.
extras.push(({ model, on, tell, say, root }, card) => {
  const { props, store, find, named, keep } = card;
  const row = find(".act");
  const kept = find(".kept");

  /** Close the card; the focus goes from the button to what it did. */
  function fix(letter) {
    card.given = letter;
    if (row.contains(root.activeElement)) kept.focus();
    find("fieldset").disabled = row.hidden = true;
  }

  card.give = async (letter, save) => {
    fix(letter);
    await keep(letter, save);
    say(kept.textContent);
  };
  card.act = (letter) => {
    tell({ give: letter });
    card.give(letter);
  };
  on("props", () => {
    const { given } = model.get("props");
    if (given && !card.given) card.give(given, false); // in another tab of the same notebook
  });

  const stop = store.follow(() => {
    const letter = named(store.read(props.key, "given"));
    if (letter && !card.given) card.act(letter);
  });
  card.tidy = stop;
  const before = named(store.read(props.key, "given"));
  if (before && !props.given) tell({ give: before });
  if (before || props.given) fix(before || props.given);
});
