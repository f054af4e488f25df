"""The pages by other ways than a mouse on a desk: a phone, a screen reader, the keyboard, no script."""

from __future__ import annotations

from typing import Any

import pytest
from support.server_process import PASSWORD, Served
from web.browsing import NAME, PHONE, in_a_browser, look_at, sign_in, tab

pytestmark = [pytest.mark.prove, in_a_browser]


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_is_cut_off_on_a_phone_and_nothing_serious_is_wrong_for_a_screen_reader(
    served: Served, chromium: Any, colours: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    served.wait(served.trigger("sw1", "sw3"))
    with tab(chromium, served.url, viewport=PHONE, color_scheme=colours) as page:
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
            page.goto(f"{served.url}{path}")
            look_at(page, axe, path)


def test_everything_is_reached_by_keyboard(served: Served, chromium: Any) -> None:
    with tab(chromium, served.url) as page:
        page.keyboard.type(NAME)  # the first field has the focus
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Sign out")
        served.wait(served.trigger("sw1"))
        page.wait_for_selector("text=/1\\s*success/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        for _ in range(3):  # the field and the button of the search, then the first batch
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/batches/*")


def test_the_pages_work_without_a_script(served: Served, chromium: Any) -> None:
    served.wait(served.trigger("sw1"))
    with tab(chromium, served.url, java_script_enabled=False) as page:
        sign_in(page)
        page.click("a.batch")
        page.click("summary >> text=1") if page.locator("summary.row").count() else page.click("a.job")
        assert "sw1" in page.inner_text("main")
