// Rubrics in the formgrader: ticks make the score, and stand in the comment where learners read
// them. Scores and comments are nbgrader's own models, saved by their own way.

const MET = "✔", OPEN = "○";
const HEADING = /^\*\*Rubric: .* points?\*\*$/;
const PLAIN = /^(highlight|dataframe|\w{1,3})$/;

// What a learner wrote cannot pass for a part of the page: nbgrader finds its own parts by ids and
// by classes. Those of tables and of coloured code may stay.
for (const one of document.querySelectorAll(".rendered_html *")) {
  one.removeAttribute("id");
  one.setAttribute("class", [...one.classList].filter((name) => PLAIN.test(name)).join(" "));
}

// The page runs no handler that stands in an attribute: the eye beside a learner's name is ours.
addEventListener("click", (event) => {
  const eye = event.target.closest("nav [data-shows-name]");
  if (eye) toggle_name(eye.dataset.showsName === "true");
});

const round = (number) => Math.round(number * 100) / 100;
const soMany = (number) => `${number} point${number === 1 ? "" : "s"}`;

// Saves a model, one request after the other: of several changes meanwhile the last one counts.
class Saver {
  constructor(model) {
    this.model = model;
    model.on("request", (_, request) => { this.request = request; });
    addEventListener("beforeunload", (event) => { if (this.waiting) event.preventDefault(); });
  }

  save(attributes) {
    const busy = this.request?.state() === "pending";
    if (busy && !this.waiting) this.request.always(() => this.flush());
    this.waiting = attributes;
    if (!busy) this.flush();
  }

  flush() {
    const attributes = this.waiting;
    this.waiting = null;
    this.model.save(attributes());
  }
}

// The lines of a rubric in a comment. Whatever else stands there is a person's and is kept as it is.
class Lines {
  constructor(boxes) {
    this.boxes = boxes;
  }

  // Find the line of each box; words may follow it, and one line may begin like another.
  find(lines) {
    const found = new Map();
    const long = [...this.boxes].sort((a, b) => b.dataset.line.length - a.dataset.line.length);
    lines.forEach((line, at) => {
      const fits = (box) => !found.has(box) && this.entries(box).some((one) => line.startsWith(one));
      const box = long.find(fits);
      if (box) found.set(box, at);
    });
    return found;
  }

  entries(box) {
    return [MET, OPEN].map((sign) => `- ${sign} ${box.dataset.line}`);
  }

  // Tick what a comment says is met.
  read(text) {
    const lines = text.split("\n");
    const found = this.find(lines);
    for (const box of this.boxes) box.checked = lines[found.get(box)]?.startsWith(`- ${MET}`) ?? false;
  }

  // Return the comment with what is ticked now.
  write(text, heading) {
    const lines = text.split("\n");
    const found = this.find(lines);
    const entry = (box) => this.entries(box)[box.checked ? 0 : 1];
    const whole = [text.trim(), heading, this.boxes.map(entry).join("\n")];
    if (!found.size) return whole.filter(Boolean).join("\n\n");
    for (const [box, at] of found) lines[at] = entry(box) + lines[at].slice(entry(box).length);
    const fresh = this.boxes.filter((box) => !found.has(box)).map(entry);
    lines.splice(Math.max(...found.values()) + 1, 0, ...fresh);
    return lines.map((line) => (HEADING.test(line) ? heading : line)).join("\n");
  }

  // Return the comment without the rubric; a line with a person's words stays.
  without(text) {
    const own = this.boxes.flatMap((box) => this.entries(box));
    const kept = text.split("\n").filter((line) => !own.includes(line) && !HEADING.test(line));
    return kept.join("\n").replace(/\n{3,}/g, "\n\n").trim();
  }
}

class Rubric {
  constructor(part, grade, comment) {
    this.boxes = [...part.querySelectorAll("input")];
    this.status = part.querySelector("[role=status]");
    this.lines = new Lines(this.boxes);
    this.grade = grade;
    this.saveGrade = new Saver(grade);
    this.saveComment = new Saver(comment);
    this.$cell = $(part).closest(".nbgrader_cell");
    this.$comment = this.$cell.find("textarea.comment");
    this.read();
    this.listen(part, comment);
    for (const box of this.boxes) box.disabled = false;
  }

  // nbgrader triggers a change of whatever has the focus before it goes on to another submission,
  // and waits until something is saved. jQuery's events are the only ones that hear of it.
  listen(part, comment) {
    $(part).on("change", "input", () => this.ticked());
    this.$comment.on("change", () => this.read());
    this.$cell.on("click", ".full-credit", () => this.all(true));
    this.$cell.on("click", ".no-credit", () => this.all(false));
    this.grade.on("change", () => this.tell());
    comment.on("change", () => autosize.update(this.$comment));
    for (const model of [this.grade, comment]) {
      model.on("error", () => { this.status.textContent = "Not saved: reload the page and tick again."; });
    }
  }

  get met() {
    return this.boxes.filter((box) => box.checked);
  }

  get sum() {
    const sum = this.met.reduce((all, box) => all + Number(box.dataset.points), 0);
    return Math.min(round(sum), this.grade.get("max_score"));
  }

  get heading() {
    return `**Rubric: ${this.sum} of ${soMany(this.grade.get("max_score"))}**`;
  }

  read() {
    this.lines.read(this.$comment.val());
    this.tell();
  }

  // The last tick taken away leaves the answer unmarked: 0 points are given by "No credit".
  ticked() {
    if (this.signs() === this.told) return this.grade.save();
    this.saveGrade.save(() => ({ manual_score: this.met.length ? this.sum : null }));
    this.note((text) => (this.met.length ? this.lines.write(text, this.heading) : this.lines.without(text)));
    this.tell();
  }

  all(met) {
    for (const box of this.boxes) box.checked = met;
    this.note((text) => this.lines.write(text, this.heading));
    this.tell();
  }

  note(change) {
    this.saveComment.save(() => ({ manual_comment: change(this.$comment.val()) || null }));
  }

  signs() {
    return this.boxes.map((box) => (box.checked ? MET : OPEN)).join("");
  }

  tell() {
    this.told = this.signs();
    this.status.textContent = this.words();
  }

  words() {
    const score = this.grade.get("manual_score");
    const most = soMany(this.grade.get("max_score"));
    const given = score === null ? this.grade.get("auto_score") : score;
    if (given === null) return `${most} open: this answer waits for you.`;
    if (Number(given) === this.sum) return `${this.sum} of ${most}`;
    return `${this.sum} of ${most} ticked; the score above says ${given}.`;
  }
}

// nbgrader asks for scores and comments when the page is loaded, right before this. It also scrolls
// to whatever gets the focus: a box would slip away under the mouse.
addEventListener("load", () => {
  const { grades, comments } = formgrader;
  $(".rubric .tabbable").off("focus").on("focus", (event) => {
    formgrader.last_selected = $(event.currentTarget);
    formgrader.setCurrentIndex();
  });
  const start = () => {
    if (!grades.loaded || !comments.loaded) return;
    for (const part of document.querySelectorAll(".nbgrader_cell > .rubric:has(fieldset)")) {
      const name = part.dataset.gradeId;
      const [grade, comment] = [grades, comments].map((models) => models.findWhere({ name }));
      if (grade && comment) new Rubric(part, grade, comment);
    }
  };
  grades.once("sync", start);
  comments.once("sync", start);
});
