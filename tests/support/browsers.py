"""The browsers of this machine: Chromium or, with COURSE_BROWSER=firefox, an installed Firefox."""

import os
import shlex
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from support import firefox_bidi
from support.courses import need

FIREFOX = os.environ.get("COURSE_BROWSER") == "firefox"

# Chromium calls its makers at every start unless it is told not to.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No page for the address bar, which nobody sees here, and no process in reserve.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,SpareRendererForSitePerProcess",
]
# A Firefox that is driven calls nobody anyway; and what is light here is so on every machine.
PREFERENCES = {"layout.css.prefers-color-scheme.content-override": 1}
# A part on its full screen is as large as Firefox's screen, whatever the window was.
SCREEN = {"MOZ_HEADLESS_WIDTH": "1280", "MOZ_HEADLESS_HEIGHT": "720"}

# What Firefox cannot be asked for over WebDriver BiDi, by a word in the name of a test.
MEDIA = "this Firefox has no command for the look of a page"
ONE_SCREEN = "a full screen of Firefox has one size in all of a run"
NOT_IN_FIREFOX = {
    "dark": MEDIA,
    "forced": MEDIA,
    "taken_off_the_page_stays_calm": MEDIA,
    "options_have_names_and_belong_together": "a process of Firefox 153 ends at Playwright's query",
    "full_hd": ONE_SCREEN,
    "screens_of_another_shape": ONE_SCREEN,
}


def find_chromium() -> str | None:
    """The Chromium of this machine, under one of its names."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def find_firefox() -> str | None:
    """The Firefox of this machine, under one of its names."""
    return next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)


def need_browser() -> str:
    """Return the browser that these tests are for; skip loudly without it: see `need`."""
    if FIREFOX:
        return need("Firefox", "COURSE_REQUIRE_FIREFOX", find_firefox())
    return need("chromium", "COURSE_REQUIRE_BROWSER", find_chromium())


def why_not(name: str) -> str:
    """Why a test is not for this browser; "" where it is."""
    reasons = [reason for word, reason in NOT_IN_FIREFOX.items() if word in name]
    return reasons[0] if FIREFOX and reasons else ""


def launch(playwright: Playwright, folder: Path) -> Browser:
    """Start the browser that these tests are for; what it needs on disk is in the folder."""
    path = need_browser()
    if not FIREFOX:
        return playwright.chromium.launch(executable_path=path, args=SWITCHES)
    start = folder / "firefox"
    command = shlex.join([sys.executable, firefox_bidi.__file__, path])
    start.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
    start.chmod(0o755)
    return playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=start,
        firefox_user_prefs=PREFERENCES,
        env=os.environ | SCREEN,
    )
