// JupyterLab writes what a notebook held when a save began, and then calls it clean: what was chosen
// meanwhile would be lost. And a save takes one that is under way for another program's.

/** Saves a notebook, one save after the other for all its cards; true once all choices are on disk. */
function saves(context) {
  const name = Symbol.for("grader.saves");
  if (context[name]) return context[name];
  const held = () => JSON.stringify(context.model.getMetadata("rai"));
  let begun = []; // what was held when each unfinished save began
  let last = Promise.resolve();
  let disk, ended;

  async function one() {
    // Another's save, such as the autosave, comes first; one that was refused never ends.
    let patient = true;
    const over = (end) => {
      ended = end;
      setTimeout(() => end((patient = false)), 5000);
    };
    while (begun.length && patient) await new Promise(over);
    if (!patient) begun = [];
    if (disk === held() && !context.model.dirty) return;
    await context.save().catch((no) => no.name === "ModalCancelError" && (begun = []));
  }

  async function save() {
    let seen;
    last = last.then(one);
    while (seen !== last) await (seen = last);
    return disk === held();
  }

  context.saveState?.connect((_, state) => {
    if (state === "started") return begun.push(held());
    const late = begun.some((what) => what !== held());
    begun.shift();
    ended?.();
    if (state !== "completed") return;
    disk = late ? null : held();
    if (late) save((context.model.dirty = true));
  });
  return (context[name] = save);
}
