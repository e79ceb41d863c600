// What a notebook's file holds, which may be anything: read without surprises.

/** A text, which may stand there in lines. */
export const lines = (text) => (Array.isArray(text) ? text.join("") : String(text ?? ""));

/** A dictionary; an empty one in place of anything else. */
export const object = (value) => (Object(value) === value && !Array.isArray(value) ? value : {});

/** What the server's pages are told in their configuration. */
export function option(name) {
  try {
    return JSON.parse(document.getElementById("jupyter-config-data").textContent)[name] ?? "";
  } catch {
    return "";
  }
}
