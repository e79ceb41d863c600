"""
An interactive part on a plain page: its ES module with a stand-in for the kernel's model.

The stand-in keeps values, tells listeners, and notes what the part sends. `notebook` is the
metadata of a notebook that the part finds, or None for a program that offers none.
"""

import json
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from grader.widgets.base import Widget
from grader.widgets.live import module, style

SHELL = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>part</title>
<meta name="viewport" content="width=device-width">
<style>html { color-scheme: light dark }</style></head>
<body style="margin: 12px; background: light-dark(#fff, #111); color: light-dark(#000, #fff)">
<main id="here"><h1>A part</h1></main></body></html>"""
MOUNT = """async ([code, values, notebook]) => {
  const listeners = {};
  const sent = [], saves = [];
  const tell = (name) => (listeners[`change:${name}`] ?? []).forEach((f) => f());
  const alive = () => { if (window.part.dead) throw new Error("Kernel is dead"); };
  const followers = new Set(), savers = new Set();
  const saving = (state) => savers.forEach((f) => f(context, state));
  const context = notebook && {
    contentsModel: { writable: true },
    saveState: { connect: (f) => savers.add(f) },
    save: async () => {
      saving("started");
      saves.push(JSON.stringify(notebook));
      await null;
      saving("completed");
    },
    model: {
      cells: { length: 0 },
      getMetadata: (key) => notebook[key],
      setMetadata: (key, value) => { notebook[key] = value; followers.forEach((f) => f()); },
      metadataChanged: {
        connect: (f) => followers.add(f),
        disconnect: (f) => followers.delete(f),
      },
    },
  };
  const model = {
    get: (name) => values[name],
    set: (name, value) => { values[name] = value; },
    save_changes: () => alive(),
    send: (message) => { alive(); sent.push(message); },
    on: (name, f) => (listeners[name] ??= []).push(f),
    off: (name, f) => (listeners[name] = (listeners[name] ?? []).filter((g) => g !== f)),
    widget_manager: context ? { context } : {},
  };
  const change = (name, value) => { values[name] = value; tell(name); };
  const noted = { notebook, sent, saves, listeners, followers };
  window.part = { context, values, ...noted, change, dead: false };
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const front = (await import(url)).default;
  const el = document.createElement("div");
  document.getElementById("here").append(el);
  window.part.remove = await front.render({ model, el });
}"""


def show(page: Page, part: Widget, notebook: dict | None = None, **values: Any) -> None:
    """Draw a part on an empty page, as large as its window."""
    page.set_content(SHELL)
    model = {"props": part.props(), "picked": getattr(part, "chosen", "")} | values
    model["style_sheet"] = style(part)
    page.evaluate(MOUNT, [module(part), json.loads(json.dumps(model)), notebook])


def change(page: Page, name: str, value: object) -> None:
    """Change a value as the kernel does."""
    page.evaluate("([name, value]) => window.part.change(name, value)", [name, value])


def look(page: Page, what: str) -> Any:
    """Read what the stand-in noted: "sent", "saves", "notebook" or "values"."""
    return page.evaluate("what => window.part[what]", what)


def violations(page: Page, within: str | None = None) -> tuple[list[str], int]:
    """
    Return axe-core's violations in the page, or in a part of it, and how many elements it checked
    the contrast of.
    """
    options = {"resultTypes": ["violations", "passes"]}
    found = Axe().run(page, context=within, options=options).response
    contrast = [rule for rule in found["passes"] if rule["id"] == "color-contrast"]
    checked = sum(len(rule["nodes"]) for rule in contrast)
    told = [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
    return told, checked
