// A hand-written extension of JupyterLab and Notebook 7. A widget that is not told its notebook asks
// with the event "grader:notebook"; this answers with the document that the widget stands in.
const plugin = {
  id: "grader-answers:plugin",
  autoStart: true,
  activate(app) {
    document.addEventListener("grader:notebook", (event) => {
      for (const panel of app.shell.widgets?.("main") ?? []) {
        if (panel.context?.model?.setMetadata && panel.node.contains(event.target)) {
          event.detail.context = panel.context;
        }
      }
    });
  },
};

(window._JUPYTERLAB ??= {})["grader-answers"] = {
  init() {},
  get: async () => () => ({ __esModule: true, default: plugin }),
};
