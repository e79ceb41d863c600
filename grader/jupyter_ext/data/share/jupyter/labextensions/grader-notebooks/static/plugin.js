// Helps the interactive parts of a course's notebooks.

import { Alive } from "./alive.js";
import { nextKey } from "./bar.js";
import { handIn } from "./handin.js";
import { map } from "./map.js";
import { saved } from "./saved.js";

const MODULES = ["@jupyterlab/notebook", "@jupyterlab/cells", "@lumino/widgets", "@jupyterlab/apputils"];

/** The plugin, made with the modules that the program shares. */
export async function plugin(shared) {
  const [notebook, cells, widgets, apputils] = await Promise.all(MODULES.map(shared));
  return {
    id: "grader-notebooks:plugin",
    autoStart: true,
    optional: [notebook?.INotebookTracker].filter(Boolean),
    activate(app, tracker) {
      saved(app);
      map(app);
      nextKey(app);
      if (widgets && apputils) handIn(app, { ...apputils, Widget: widgets.Widget });
      if (!tracker || !cells || !widgets) return;
      const made = { NotebookActions: notebook.NotebookActions, CodeCell: cells.CodeCell, Widget: widgets.Widget };
      const follow = (panel) => new Alive(app, panel, made);
      tracker.forEach(follow);
      tracker.widgetAdded.connect((_, panel) => follow(panel));
    },
  };
}
