// Helps the interactive parts of a course's notebooks.

import { Alive } from "./alive.js";
import { nextKey } from "./bar.js";
import { handIn } from "./handin.js";
import { map } from "./map.js";
import { margin } from "./margin.js";
import { saved } from "./saved.js";

const NAMES = ["notebook", "cells", "apputils", "launcher"].map((name) => `@jupyterlab/${name}`);
const MODULES = ["@lumino/widgets", ...NAMES];

/** The plugin, made with the modules that the program shares. */
export async function plugin(shared) {
  const [widgets, notebook, cells, apputils, launcher] = await Promise.all(MODULES.map(shared));
  return {
    id: "grader-notebooks:plugin",
    autoStart: true,
    optional: notebook ? [notebook.INotebookTracker, apputils?.ICommandPalette, launcher?.ILauncher].filter(Boolean) : [],
    activate(app, tracker, palette, tiles) {
      saved(app);
      map(app);
      if (app.commands.hasCommand("grader:start")) tiles?.add({ command: "grader:start", category: "Course", rank: 0 });
      margin(app, tiles, palette);
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
