"""Windows of the browser that go from test to test: each is as good as new when handed out."""

import contextlib
import re
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Error, Page

from support.lab_notebook import OF_ONE_TEST

OURS = r"(http|ws)s?://127\.0\.0\.1|data:|blob:|about:"
LOOKS = ("media", "color_scheme", "reduced_motion", "forced_colors")

# Leave JupyterLab as it is when it was just loaded; false where that cannot be done. What stands in
# for a document keeps the start page from coming, for which the server reads all notebooks.
TIDY = """async () => {
  const { commands, shell, serviceManager } = window.jupyterapp ?? {};
  if (!shell?.widgets || document.body.dataset.jpThemeLight !== 'true') return false;
  const before = [...shell.widgets('main')];
  (await commands.execute('launcher:create')).context = {};
  for (const widget of before) {
    // Closed without a question; and a save that is under way has nobody to tell that it failed.
    if (widget.context) widget.context._handleError = async () => {};
    widget.dispose();
  }
  await serviceManager.sessions.shutdownAll();
  if (shell.leftCollapsed) shell.expandLeft();
  localStorage.clear();
  for (const toast of document.querySelectorAll('.Toastify__close-button')) toast.click();
  const left = () => document.querySelector('.jp-Dialog, .Toastify__toast');
  for (let n = 0; n < 20 && left(); n += 1) await new Promise((done) => setTimeout(done, 100));
  return window.tidy = !left();
}"""


@dataclass
class Window:
    """A page, and what it did besides showing itself: requests to strangers, reported errors."""

    page: Page
    strangers: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def watched(page: Page, console: bool = False) -> Window:
    """
    Note what leaves this machine and what breaks on a page, from now on; with `console` also what
    is told there as an error.
    """
    seen = Window(page)
    page.on(
        "request",
        lambda request: None if re.match(OURS, request.url) else seen.strangers.append(request.url),
    )
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    if console:
        page.on(
            "console",
            lambda told: seen.errors.append(told.text) if told.type == "error" else None,
        )
    return seen


class Windows:
    """
    The windows of one size that no test uses now; a new one is opened where there is none. In bare
    ones, without JupyterLab, whatever the console tells as an error is one.
    """

    def __init__(self, browser: Browser, width: int, height: int, bare: bool = False) -> None:
        self.browser, self.bare = browser, bare
        self.size = {"width": width, "height": height}
        self.free: list[Window] = []

    def take(self) -> Window:
        """A window for one test."""
        if not self.free:
            return self.opened()
        window = self.free.pop()
        window.strangers.clear()
        window.errors.clear()
        return window

    def opened(self) -> Window:
        """A new window, with a store of its own; one with JupyterLab agrees to what it asks."""
        page = self.browser.new_context(viewport=self.size).new_page()
        if not self.bare:
            page.on("dialog", lambda dialog: dialog.accept())
        return watched(page, console=self.bare)

    def give_back(self, window: Window) -> None:
        """Keep a window for the next test, unless something of this one would stay in it."""
        if window.page in OF_ONE_TEST:
            return self.drop(window)
        try:
            self.clear(window.page)
        except Error:
            self.drop(window)
        else:
            self.free.append(window)

    def clear(self, page: Page) -> None:
        """Take away what a test did to a window."""
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.unroute_all()
        # Firefox gives no window that is on a full screen another size, and never says so.
        page.evaluate("() => document.fullscreenElement && document.exitFullscreen()")
        page.set_viewport_size(self.size)
        page.emulate_media(**dict.fromkeys(LOOKS, "null"))
        page.mouse.move(0, 0)
        if not page.url.startswith("http") or not page.evaluate(TIDY):
            page.goto("about:blank")

    def drop(self, window: Window) -> None:
        """Close a window and whatever belongs to it."""
        with contextlib.suppress(Error):
            window.page.context.close()

    def close(self) -> None:
        """Close the windows that no test uses."""
        for window in self.free:
            self.drop(window)
