"""A tab of a real browser in front of the pages, and what is asked of each page that it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from support.browser import missing
from support.server_process import PASSWORD, Served, serving
from support.upgrades import lab_folder

in_a_browser: Final = pytest.mark.skipif(bool(missing()), reason=missing() or "all there")
NAME: Final = "operator-user"
PHONE: Final = {"width": 390, "height": 844}
_SERIOUS: Final = frozenset({"serious", "critical"})
DESK: Final = {"width": 1280, "height": 860}


@contextmanager
def served_lab(folder: Path) -> Iterator[Served]:
    """Serve a lab of four devices, of which two fail."""
    faults = {"sw3": ["install-fails"], "sw4": ["no-space"]}
    with lab_folder(folder, devices=4, speed=100, faults=faults), serving(folder) as one:
        yield one


@contextmanager
def tab(chromium: Any, url: str, cookies: Sequence[Any] = (), **options: Any) -> Iterator[Any]:
    """Open a tab of a browser of its own; it fails where a script of the page does, or the page's policy is broken."""
    told: list[str] = []
    context = chromium.new_context(**{"viewport": DESK, **options})
    context.add_cookies(cookies)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("dialog", lambda dialog: told.append(f"dialog: {dialog.message}"))
    page.on("console", lambda line: told.append(line.text) if "Content Security Policy" in line.text else None)
    page.goto(url)
    try:
        yield page
    finally:
        context.close()
    assert told == []


def sign_in(page: Any, name: str = NAME, password: str = PASSWORD) -> None:
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.click("main button")
    page.wait_for_selector("text=Sign out")


def signed_in(chromium: Any, url: str, token: str, path: str = "/", **options: Any) -> AbstractContextManager[Any]:
    """Open a tab of somebody who has signed in: their token is in its cookie."""
    cookie = {"name": "swimctl_session", "value": token, "url": url, "httpOnly": True, "sameSite": "Strict"}
    return tab(chromium, f"{url}{path}", cookies=[cookie], **options)


def look_at(page: Any, axe: Any, path: str) -> None:
    """Check that nothing of a page is cut off on a phone, and that nothing serious is wrong for a screen reader.

    In light and dark: of the dark page, the colours alone are another matter.
    """
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"], f"{path} is {wide} wide"
    for colours, rules in (("light", None), ("dark", {"runOnly": ["color-contrast"]})):
        page.emulate_media(color_scheme=colours)
        found = axe.run(page, options=rules).response
        assert found["passes"], "it has looked at something"
        serious = [
            (one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"] if one["impact"] in _SERIOUS
        ]
        assert serious == [], (path, colours)
