// The teacher's margin is a window of its own: this opens it, where the server says that a teacher works.

import { option } from "./file.js";

const OPEN = "grader:margin";

/** Offer the window in the launcher and among the commands. */
export function margin(app, tiles, palette) {
  if (!option("graderMargin")) return;
  const address = `${option("baseUrl")}grader/margin`;
  app.commands.addCommand(OPEN, {
    label: "Teacher's margin",
    caption: "The clock of the lesson plan and what to ask, in a second window",
    execute: () => void window.open(address, "grader-margin", "popup,width=1100,height=780"),
  });
  tiles?.add({ command: OPEN, category: "Course", rank: 1 });
  palette?.addItem({ command: OPEN, category: "Course" });
}
