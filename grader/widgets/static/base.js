// The frame of every part; a part's own files follow.

const USUAL = 14; // pixels of a notebook's text for which parts are made

/** Make an element: h("p", { class: "stem" }, "text", child). A function listens: { onclick: f }. */
function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child || child === 0));
  return node;
}

/** A text in which `backticks` stand around code. */
const rich = (text) =>
  text.split(/`([^`]+)`/).map((piece, odd) => (odd % 2 ? h("code", {}, piece) : piece));

/** A table with a caption; the first cell of a row is its heading. */
function table({ caption, columns, rows }) {
  const line = ([first, ...rest]) =>
    h("tr", {}, h("th", { scope: "row" }, first), rest.map((cell) => h("td", {}, cell)));
  const head = h("tr", {}, columns.map((name) => h("th", { scope: "col" }, name)));
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "group", "aria-label": caption },
    h("table", {}, h("caption", {}, caption), h("thead", {}, head), h("tbody", {}, rows.map(line))),
  );
}

/** Whether the page around a node is dark: JupyterLab says so, elsewhere its colour does. */
function isDark(node) {
  const lab = document.body.dataset.jpThemeLight;
  if (lab) return lab === "false";
  for (; node?.isConnected; node = node.parentElement) {
    const [r, g, b, alpha = 1] = getComputedStyle(node).backgroundColor.match(/[\d.]+/g);
    if (alpha > 0.5) return 0.3 * r + 0.6 * g + 0.1 * b < 128;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/** An anywidget front end that draws one part; draw(ui) may return what tidies up. */
function part(draw) {
  return {
    render({ model, el }) {
      const host = h("div");
      const root = host.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(model.get("style_sheet"));
      root.adoptedStyleSheets = [sheet];
      const page = h("section", { class: "page" });
      const spoken = h("p", { class: "spoken", role: "status" });
      const ruler = h("div", { class: "ruler" });
      root.append(page, spoken, ruler);
      el.append(host);
      const gone = new AbortController();
      const { signal } = gone;
      // Keys pressed here are not meant for the notebook: two d's would delete its cell.
      const ours = (event) => !(event.ctrlKey || event.metaKey || event.key === "Escape");
      host.addEventListener("keydown", (event) => ours(event) && event.stopPropagation());
      // Escape leaves the part for its cell, where j, k and the arrows are the notebook's again.
      host.addEventListener("keydown", ({ key }) => key === "Escape" && host.closest(".jp-Cell")?.focus());
      // Notebook 7 hears keys first, but heeds this.
      const mute = (event) => host.toggleAttribute("data-lm-suppress-shortcuts", ours(event));
      addEventListener("keydown", mute, { capture: true, signal });
      const forced = matchMedia("(forced-colors: active)");
      const dress = () =>
        (host.style.colorScheme = forced.matches ? "light dark" : isDark(host) ? "dark" : "light");
      const watch = new MutationObserver(dress);
      watch.observe(document.body, { attributes: true });
      for (const setting of [matchMedia("(prefers-color-scheme: dark)"), forced])
        setting.addEventListener("change", dress, { signal });
      // A part grows with the text of its notebook, as in JupyterLab's Presentation Mode.
      const scale = new ResizeObserver(([{ contentRect }]) => (page.style.zoom = contentRect.width / USUAL || 1));
      scale.observe(ruler);
      requestAnimationFrame(dress); // it is not in the document yet
      dress();
      const tidy = draw({
        model,
        page,
        root,
        host,
        props: () => model.get("props"),
        /** Tell those who listen to the page. */
        say: (text) => (spoken.textContent = text),
        /** Tell the kernel; false where there is none. */
        tell(message) {
          try {
            model.send(message);
            return true;
          } catch {
            return false;
          }
        },
        /** Hear of each new value from the kernel. */
        on(name, listener) {
          model.on(`change:${name}`, listener);
          signal.addEventListener("abort", () => model.off(`change:${name}`, listener));
        },
      });
      return () => {
        tidy?.();
        watch.disconnect();
        scale.disconnect();
        gone.abort();
      };
    },
  };
}
