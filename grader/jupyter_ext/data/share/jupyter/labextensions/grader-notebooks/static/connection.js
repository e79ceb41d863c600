// Says so where a notebook has no Python to run its cells, with the way back.

const PATIENCE = 4000; // milliseconds without a connection before anything is said
const SAYS = {
  stopped: "Python has stopped: no cell runs.",
  none: "This notebook is not connected to Python: no cell runs.",
  away: "The server does not answer. What you write stays on this page; save it when the server is back.",
};

/** What is wrong with a notebook's connection, "" where nothing is. */
function problem({ isDisposed, session }) {
  if (isDisposed) return "";
  const kernel = session?.kernel;
  if (!kernel) return "none";
  if (kernel.status === "dead") return "stopped";
  return ["disconnected", "connecting"].includes(kernel.connectionStatus) ? "away" : "";
}

/** Keep a line above a notebook, which is there only while something is wrong. */
export function connection(panel, Widget) {
  const { sessionContext } = panel;
  const text = document.createElement("span");
  const button = document.createElement("button");
  const node = document.createElement("div");
  node.setAttribute("role", "alert");
  node.className = "grader-connection";
  Object.assign(node.style, { display: "flex", flexWrap: "wrap", gap: "0.8em", alignItems: "center" });
  Object.assign(node.style, { padding: "0.5em 1em", borderLeft: "4px solid #b35900" });
  Object.assign(node.style, { color: "var(--jp-ui-font-color1)", background: "var(--jp-layout-color2)" });
  button.className = "jp-Dialog-button jp-mod-accept jp-mod-styled";
  button.textContent = "Start Python again";
  node.append(text, button);
  const line = new Widget({ node });
  line.hide();
  panel.contentHeader.addWidget(line);

  let timer;
  const show = () => {
    const what = problem(sessionContext);
    if (what && text.textContent !== SAYS[what]) text.textContent = SAYS[what];
    button.hidden = what === "away";
    line.setHidden(!what);
    requestAnimationFrame(() => {
      node.style.minHeight = `${node.scrollHeight}px`; // the program's layout asks for nothing else
      line.parent?.fit();
    });
  };
  const look = () => {
    clearTimeout(timer);
    if (problem(sessionContext)) timer = setTimeout(show, PATIENCE);
    else show();
  };
  button.onclick = () => {
    line.hide();
    return sessionContext.session?.kernel ? sessionContext.restartKernel() : sessionContext.startKernel();
  };
  const signals = ["statusChanged", "connectionStatusChanged", "kernelChanged", "sessionChanged"];
  panel.disposed.connect(() => clearTimeout(timer));
  sessionContext.ready.then(() => {
    for (const signal of signals) sessionContext[signal].connect(look);
    look();
  });
}
