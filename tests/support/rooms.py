"""A part that fills the screen for a room: opening it, and what stands on its screen."""

from playwright.sync_api import Page

SETTLED = 450  # milliseconds after which a press of the clicker reveals again

# What is wrong with the screen: parts that are cut off, texts below 24 pixels of its own unit.
FAULTS = """() => {
  const roots = [...document.querySelectorAll("*")].map((node) => node.shadowRoot);
  const root = roots.find((one) => one?.querySelector("dialog"));
  const find = (what) => root.querySelector(what);
  const [floor, screen, body] = [".floor", ".screen", ".stop"].map(find);
  const unit = Math.min(floor.clientWidth / 1280, floor.clientHeight / 720);
  const faults = [];
  const high = body.scrollHeight - body.clientHeight;
  const wide = body.scrollWidth - body.clientWidth;
  if (high > 1) faults.push(`${high} pixels too high`);
  if (wide > 1) faults.push(`${wide} pixels too wide`);
  const within = floor.getBoundingClientRect();
  const walker = document.createTreeWalker(screen, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    const seen = node.checkVisibility({ visibilityProperty: true });
    if (!text || !seen || node.closest(".spoken, caption")) continue;
    // A long table of turns moves by itself: its current row is to be seen.
    if (node.closest(".turns") && !node.closest("[aria-current]")) continue;
    const size = parseFloat(getComputedStyle(node).fontSize) * unit;
    if (size < 24 * unit - 0.2) faults.push(`${size / unit} pixels: ${text}`);
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect();
    const aside = [within.left - box.left, box.right - within.right];
    const out = [...aside, within.top - box.top, box.bottom - within.bottom];
    if (Math.max(...out) > 1) faults.push(`off the screen: ${text}`);
    const frame = node.closest(".scroll, pre, h2");
    if (frame && frame.scrollWidth > frame.clientWidth + 1) faults.push(`cut: ${text}`);
  }
  return faults;
}"""


def fill(page: Page) -> None:
    """Open the first part of a page for a room."""
    page.get_by_role("button", name="Full screen").first.click()
    page.locator("dialog.room").wait_for()
    page.wait_for_timeout(SETTLED)


def forth(page: Page, key: str = "PageDown") -> None:
    """Press the clicker once, slowly."""
    page.keyboard.press(key)
    page.wait_for_timeout(SETTLED)


def is_open(page: Page) -> bool:
    """Whether a part fills the screen."""
    return page.locator("dialog.room").count() > 0


def is_last(page: Page) -> bool:
    """Whether nothing comes after this screen."""
    return page.locator(".screen .main").get_attribute("aria-disabled") == "true"


def screen(page: Page) -> str:
    """The words on the screen, without those of its bar."""
    return " ".join(page.locator(".stop").inner_text().split())


def place(page: Page) -> str:
    """Where in the lesson it is: "Step 2 of 7"."""
    return page.locator("header > .place").inner_text()


def faults(page: Page) -> list[str]:
    """What is cut off or too small on the screen."""
    return page.evaluate(FAULTS)
