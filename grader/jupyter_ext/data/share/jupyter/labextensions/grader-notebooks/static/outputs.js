// What stands below an answer: the sentence first, and Python's own message folded under it.

const STYLE = `
.grader-sentence-first { display: flex; flex-direction: column; }
.grader-sentence-first > .grader-error { order: 1; flex-wrap: wrap; }
.grader-sentence-first > .grader-error .jp-OutputArea-output { display: none; }
.grader-sentence-first > .grader-error.grader-open .jp-OutputArea-output { display: block; }
.grader-error-fold {
  flex: 0 0 auto; min-height: 24px; margin: 0.2em 0; padding: 0 0.9em;
  margin-left: var(--jp-cell-prompt-width); border: 0; background: none;
  color: var(--jp-ui-font-color1); font: inherit; text-align: left; cursor: pointer;
}
.grader-error .jp-OutputArea-output { flex: 1 0 100%; }
@media (max-width: 760px) { .grader-error-fold { margin-left: 0; } }
@media (pointer: coarse) { .grader-error-fold { min-height: 44px; } }`;

const isVerdict = ({ data }) => `${data?.["text/html"] ?? ""}`.includes("grader-verdict");

/** Fold the errors of a cell that has a sentence about them; without one they stay as they are. */
function fold({ outputArea, model }) {
  const outputs = Array.from({ length: model.outputs.length }, (_, at) => model.outputs.get(at));
  const isTold = outputs.some(isVerdict);
  outputArea.node.classList.toggle("grader-sentence-first", isTold);
  if (!isTold) return;
  outputs.forEach((output, at) => {
    const child = outputArea.widgets[at]?.node;
    if (!child || output.type !== "error" || child.classList.contains("grader-error")) return;
    const { ename, evalue } = output.toJSON();
    const button = document.createElement("button");
    const words = `Python's own message: ${ename}${evalue ? `: ${evalue}` : ""}`;
    const draw = (isOpen) => {
      child.classList.toggle("grader-open", isOpen);
      button.setAttribute("aria-expanded", isOpen);
      button.textContent = `${isOpen ? "▾" : "▸"} ${words.length > 90 ? `${words.slice(0, 89)}…` : words}`;
    };
    button.className = "grader-error-fold";
    button.onclick = () => draw(!child.classList.contains("grader-open"));
    child.classList.add("grader-error");
    child.prepend(button);
    draw(false);
  });
}

/** Follow the outputs of a code cell. */
export function sentenceFirst(cell) {
  if (!document.getElementById("grader-outputs")) {
    const style = document.createElement("style");
    document.head.append(Object.assign(style, { id: "grader-outputs", textContent: STYLE }));
  }
  const soon = () => requestAnimationFrame(() => cell.isDisposed || fold(cell));
  cell.model.outputs.changed.connect(soon);
  cell.outputArea?.outputLengthChanged?.connect(soon);
  soon();
}
