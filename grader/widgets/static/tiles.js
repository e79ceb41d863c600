// A count with a bar, and below it a tile for each step or question. A tile leads to its cell where
// this program lets the page reach the notebook.

function tiles({ model, root, host }, label) {
  const count = h("strong", { class: "count" });
  const bar = h("progress", { "aria-label": label });
  const list = h("ol", { class: "states" });
  const leads = Boolean(model.widget_manager?.context);
  const goTo = (id) => () =>
    host.dispatchEvent(
      new CustomEvent("grader:goto", { bubbles: true, composed: true, detail: { id } }),
    );

  function tile({ id, title, state, sign, words }) {
    const mark = h("span", { class: "sign", "aria-hidden": "true" }, sign);
    const told = [mark, h("span", {}, h("b", {}, title), " ", h("span", {}, words))];
    const inside = leads
      ? h("button", { class: "tile", onclick: goTo(id) }, told)
      : h("div", { class: "tile" }, told);
    return h("li", { class: state }, inside);
  }

  return {
    nodes: [h("div", { class: "line" }, count, bar), list],
    /** Say how many of all are done, and show the tiles anew. */
    show(text, done, all) {
      count.textContent = text;
      bar.max = all.length;
      bar.value = done;
      const held = [...list.children].findIndex((one) => one.contains(root.activeElement));
      list.replaceChildren(...all.map(tile));
      list.children[held]?.firstChild.focus();
    },
  };
}
