"""A real browser for pages that swimctl writes: Chromium without a window, driven by Playwright.

Neither is a dependency of swimctl. `SWIMCTL_CHROMIUM` names the program; else it is looked for.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless_shell")


def program() -> str | None:
    """Return where the browser is, None where there is none."""
    named = os.environ.get("SWIMCTL_CHROMIUM")
    return named or next((found for name in _NAMES if (found := shutil.which(name))), None)


def missing() -> str:
    """Return what is missing for tests with a browser, empty where nothing is."""
    if find_spec("playwright") is None:
        return "playwright is not installed: pip install playwright"
    return "" if program() else "there is no Chromium: install one, or name it in SWIMCTL_CHROMIUM"


@contextmanager
def browser() -> Iterator[Any]:
    """Open a browser; it is Playwright's, which has no types here."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        # A page of ours from a file: no sandbox of the browser is needed, and none works for root.
        opened = play.chromium.launch(executable_path=program(), args=["--no-sandbox", "--disable-gpu"])
        try:
            yield opened
        finally:
            opened.close()
