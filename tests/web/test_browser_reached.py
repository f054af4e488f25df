"""The pages by other ways than a mouse on a desk: a phone, a screen reader, the keyboard, no script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.server_process import PASSWORD, Served
from web.browsing import NAME, PHONE, in_a_browser, look_at, served_lab, sign_in, tab

# They share a server: one worker runs them.
pytestmark = [pytest.mark.prove, in_a_browser, pytest.mark.xdist_group("reached")]


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve what one batch has left: of two devices, one failed."""
    with served_lab(tmp_path_factory.mktemp("reached")) as one:
        one.wait(one.trigger("sw1", "sw3"))
        yield one


def test_nothing_is_cut_off_on_a_phone_and_nothing_serious_is_wrong_for_a_screen_reader(
    upgraded: Served, chromium: Any
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with tab(chromium, upgraded.url, viewport=PHONE) as page:
        look_at(page, axe, "/sign-in")
        sign_in(page)
        batch = page.get_attribute("a.batch", "href")
        for path in (
            "/",
            batch,
            "/jobs/1",
            "/jobs/2",
            "/jobs/2/transcript",
            "/devices",
            "/devices/sw1",
            "/images",
            "/plan",
        ):
            page.goto(f"{upgraded.url}{path}")
            look_at(page, axe, path)


def test_everything_is_reached_by_keyboard(upgraded: Served, chromium: Any) -> None:
    with tab(chromium, upgraded.url) as page:
        page.wait_for_function("document.activeElement.name === 'username'")  # the first field has the focus
        page.keyboard.type(NAME)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Sign out")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        for _ in range(3):  # the field and the button of the search, then the first batch
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/batches/*")


def test_the_pages_work_without_a_script(upgraded: Served, chromium: Any) -> None:
    with tab(chromium, upgraded.url, java_script_enabled=False) as page:
        sign_in(page)
        page.click("a.batch")
        page.click("a.job >> text=sw1")
        page.wait_for_selector("text=Readiness Check")
        assert "sw1" in page.inner_text("h1")
