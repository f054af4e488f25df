"""The pages in a real browser: an evening from plan to retry, two who look at it, and a batch of a thousand jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.server_process import PASSWORD, Served, serving
from support.upgrades import lab_folder
from web.browsing import in_a_browser, sign_in, tab

from swimctl.models import Role

pytestmark = [pytest.mark.prove, in_a_browser]


def test_an_evening_from_the_plan_to_the_retry(served: Served, chromium: Any) -> None:
    with tab(chromium, f"{served.url}/plan") as page:
        sign_in(page)
        page.wait_for_selector("form.plan")
        page.check("[name=all]")
        page.fill("[name=ticket]", "CHG-17")
        page.click("text=Ask the devices")
        page.wait_for_selector("text=Upgrade 3 devices")
        assert "free flash" in page.inner_text("main")
        page.click("text=Upgrade 3 devices")
        page.wait_for_url("**/batches/*")
        first = page.url
        # Nobody loads the page again: it tells by itself.
        page.wait_for_selector(".jobs.trouble >> text=sw3")
        page.wait_for_selector("text=/^\\s*2\\s*success/")
        page.wait_for_selector("text=Retry what failed")
        page.click("summary >> text=Retry what failed")
        page.click("details[open] button")
        page.wait_for_url(lambda url: "/batches/" in url and url != first)
        assert "CHG-17" in page.inner_text("main")
        page.click("text=swimctl")
        page.wait_for_selector("text=CHG-17")
        assert page.locator("a.batch").count() == 2
        page.fill("[name=q]", "sw3")
        page.press("[name=q]", "Enter")
        page.wait_for_selector("h1 >> text=Jobs of sw3")
        page.click("a.job >> nth=1")
        page.wait_for_selector("text=Readiness Check")
        page.click("li.failed >> text=transcript")
        page.wait_for_selector("pre.transcript")
        assert "install" in page.inner_text("pre")


def test_a_form_that_somebody_fills_in_is_left_alone(served: Served, chromium: Any) -> None:
    with tab(chromium, served.url) as page:
        sign_in(page)
        served.trigger("sw1", "sw2", execution_mode="sequential")
        page.click("a.batch")
        page.wait_for_selector("summary >> text=Cancel what waits")
        page.click("summary >> text=Cancel what waits")
        page.wait_for_timeout(4000)  # events come meanwhile
        assert page.locator("details.sure[open]").count() == 1
        page.click("details[open] button")
        page.wait_for_selector("text=/1\\s*cancelled/")


def test_two_tabs_show_the_same(served: Served, chromium: Any) -> None:
    with tab(chromium, served.url) as one, tab(chromium, served.url) as two:
        sign_in(one)
        sign_in(two)
        served.trigger("sw1", "sw2", execution_mode="sequential")
        for page in (one, two):
            page.click("a.batch")
        one.click("text=Pause")
        two.wait_for_selector("button >> text=Continue")
        two.click("button >> text=Continue")
        one.wait_for_selector("button >> text=Pause")


def test_the_first_page_is_small_with_a_thousand_jobs(tmp_path: Path, chromium: Any) -> None:
    from support.stores import some_batch, some_image

    from swimctl.cli.context import Context, caller
    from swimctl.store import NewJob

    with lab_folder(tmp_path, devices=1):
        with Context(tmp_path / "config.yaml").open() as opened:
            image = some_image(opened.store, "cat9k_iosxe.17.15.01.SPA.bin")
            ids = opened.store.device_ids([f"many-{number}" for number in range(1000)])
            new = [NewJob(device, name, image.id, ("readiness",)) for name, device in ids.items()]
            batch = opened.store.create_batch(some_batch("batch-of-1000", needs_approval=True), new)[0].batch_id
            opened.accounts.create_user("rita", PASSWORD, Role.READ_ONLY, by=caller())
        with serving(tmp_path) as served, tab(chromium, served.url) as page:
            sign_in(page, "rita")
            for path in ("/", f"/batches/{batch}"):
                page.goto(f"{served.url}{path}", wait_until="load")
                weighs = page.evaluate(
                    "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
                    ".reduce((sum, one) => sum + one.encodedBodySize, 0)"
                )
                assert 15_000 < weighs < 100_000, path
