// How far a learner is in a notebook, read from the notebook itself.

import { called } from "./cells.js";
import { lines, object } from "./file.js";

/** The sign with which a verdict below a cell begins, "" where none stands there. */
export function verdict({ outputs }) {
  const found = outputs?.findLast?.(({ data }) => lines(data?.["text/html"]).includes("grader-verdict"));
  return found ? lines(found.data["text/plain"]).trim()[0] : "";
}

const WORDS = { "✘": "not yet", "": "not started", "○": "not started" };

/**
 * How far a notebook is: { done, all, unit, open }, `open` what is left, each { id, title, says }. Its
 * steps are those that its progress bar names, and its questions the cells that show a card. `edited`
 * are the cells, by id, whose text is not the one that ran.
 */
export function progress({ cells, metadata }, edited = new Set()) {
  const given = cells.filter(({ cell_type }) => cell_type === "code");
  const source = ({ source: text }) => lines(text);
  const bar = given.map(source).find((text) => /^from grader\.(?:widgets|learn) import Progress$/m.test(text));
  const steps = bar ? [...(/Progress\(([^)]*)\)/.exec(bar)?.[1] ?? "").matchAll(/["']([^"']+)["']/g)].map(([, id]) => id) : [];
  const asked = given.filter((cell) => /^from grader\.(?:widgets|learn) import Question$/m.test(source(cell)));
  const { answers, given: first } = object(object(metadata).rai);
  const isOnce = given.some((cell) => /^from grader\.(?:widgets|learn) import Strength$/m.test(source(cell)));
  const step = (id) => {
    const at = given.findIndex((cell) => cell.id === id);
    const signs = [given[at], given[at + 1]].map((cell) => (cell ? verdict(cell) : ""));
    const sign = signs.find(Boolean) ?? "";
    const isDone = ["✔", "●"].includes(sign);
    const says = isDone ? "changed since it ran" : WORDS[sign] ?? "";
    return { id, title: called(id), done: isDone && !edited.has(id), says };
  };
  const question = ({ id }, n) => {
    const done = Boolean(object(isOnce ? first : answers)[id]);
    return { id, title: `Question ${n + 1}`, done, says: "no answer yet" };
  };
  const items = steps.length ? steps.map(step) : asked.map(question);
  const unit = steps.length ? (steps[0].startsWith("step_") ? "steps" : "tasks") : "answers";
  const open = items.filter(({ done }) => !done);
  return { done: items.length - open.length, all: items.length, unit, open };
}
