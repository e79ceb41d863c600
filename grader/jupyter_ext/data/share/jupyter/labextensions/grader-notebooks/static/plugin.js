// Helps the interactive parts of a course's notebooks.

import { Alive } from "./alive.js";
import { saved } from "./saved.js";

/** The plugin, made with the modules that the program shares. */
export async function plugin(shared) {
  const [notebook, cells] = await Promise.all(
    ["@jupyterlab/notebook", "@jupyterlab/cells"].map(shared),
  );
  return {
    id: "grader-notebooks:plugin",
    autoStart: true,
    optional: notebook ? [notebook.INotebookTracker] : [],
    activate(app, tracker) {
      saved(app);
      if (!tracker || !cells) return;
      const follow = (panel) => new Alive(app, panel, cells.CodeCell, notebook.NotebookActions);
      tracker.forEach(follow);
      tracker.widgetAdded.connect((_, panel) => follow(panel));
    },
  };
}
