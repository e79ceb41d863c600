// Where answers are kept: in the metadata of the notebook, written when the learner chooses.

// The static line below a card is for those who see no card.
const QUIET = ".jp-OutputArea:has(.grader-live) > :has(.grader-answer) { display: none; }";

/** Mark a card as alive, so that its static line is not shown besides. */
function comesAlive(host) {
  host.className = "grader-live";
  if (!document.getElementById("grader-quiet"))
    document.head.append(h("style", { id: "grader-quiet" }, QUIET));
}

/** Write a choice into the static line below its card, which stays in the file. */
function writeLine({ cells }, key, line) {
  const id = `answer-${key}`;
  const html = h("p", { id, class: "grader-answer" }, rich(line)).outerHTML;
  for (let n = 0; n < cells?.length; n += 1) {
    const { outputs } = cells.get(n);
    for (let m = 0; m < outputs?.length; m += 1) {
      const output = outputs.get(m).toJSON();
      if (String(output.data?.["text/html"]).includes(`id="${id}"`))
        outputs.set(m, { ...output, data: { "text/plain": line, "text/html": html } });
    }
  }
}

/**
 * The answers in the metadata of the notebook that shows this node: JupyterLab and Notebook 7 hand
 * the notebook on to widgets; elsewhere the course's small extension does, if it is installed.
 */
function answers(model, node) {
  const found = () => {
    const detail = { context: model.widget_manager?.context };
    if (!detail.context?.model?.setMetadata) {
      detail.context = null;
      node.dispatchEvent(new CustomEvent("grader:notebook", { bubbles: true, composed: true, detail }));
    }
    if (detail.context) saves(detail.context); // it follows them from now on
    return detail.context;
  };
  // A file may hold anything under these names.
  const object = (value) => (Object(value) === value ? value : {});
  const rai = (context) => object(context.model.getMetadata("rai"));
  return {
    /** What is kept for a question, undefined without an answer or without a notebook. */
    read(key, what = "answers") {
      const context = found();
      return context && object(rai(context)[what])[key];
    },
    /** Hear of what others keep: another window, or the same card elsewhere. Call the result to end it. */
    follow(listener) {
      const changed = found()?.model.metadataChanged;
      changed?.connect(listener);
      return () => changed?.disconnect(listener);
    },
    /** Keep a letter: "nowhere", "notebook" (not on disk yet) or, if it is saved, "saved". */
    async write(key, letter, line, save = true, given = false) {
      const context = found();
      if (!context) return "nowhere";
      const all = rai(context);
      const more = {};
      for (const what of given ? ["answers", "given"] : ["answers"])
        if (object(all[what])[key] !== letter) more[what] = { ...object(all[what]), [key]: letter };
      if (more.answers || more.given) context.model.setMetadata("rai", { ...all, ...more });
      writeLine(context.model, key, line);
      if (!save || context.contentsModel?.writable === false) return "notebook";
      return (await saves(context)()) ? "saved" : "notebook";
    },
  };
}
