"""The pages in a real browser: an evening from plan to retry, and what goes wrong between browser and server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.accounts import ROOT
from support.api_client import answering, opened
from support.browser import browser, missing
from support.processes import start
from support.projects import CONFIG, Project
from support.server_process import PASSWORD, Served, serving
from support.stores import StandingClock
from support.upgrades import lab_folder

from swimctl.models import Role
from swimctl.web import add_pages

pytestmark = [pytest.mark.prove, pytest.mark.skipif(bool(missing()), reason=missing() or "all there")]

NAME = "operator-user"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 860}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as opened:
        yield opened


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    faults = {"sw3": ["install-fails"], "sw4": ["no-space"]}
    with lab_folder(tmp_path, devices=4, speed=100, faults=faults), serving(tmp_path) as one:
        yield one


@contextmanager
def tab(chromium: Any, url: str, **options: Any) -> Iterator[Any]:
    """Open a tab of a browser of its own; it fails where a script of the page does, or the page's policy is broken."""
    told: list[str] = []
    context = chromium.new_context(**{"viewport": DESK, **options})
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


def sign_in(page: Any, name: str = NAME) -> None:
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_selector("text=Sign out")


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


def test_a_lost_server_is_told_and_the_page_catches_up(tmp_path: Path, chromium: Any) -> None:
    with lab_folder(tmp_path, devices=2, speed=100), ExitStack() as ends:
        with serving(tmp_path) as first:
            port = first.url.rpartition(":")[2]
            page = ends.enter_context(tab(chromium, first.url))
            sign_in(page)
            ids = first.trigger("sw1")
            page.wait_for_selector("a.batch")
            first.wait(ids)
            page.wait_for_selector("text=/^\\s*1\\s*success/")
        page.wait_for_selector("text=Connection lost")
        with start(tmp_path, "serve", "--port", port) as again:
            assert again.stdout is not None
            while "listening" not in again.stdout.readline():
                assert again.poll() is None
            page.wait_for_selector("#line", state="hidden")
            with start(tmp_path, "upgrade", "sw2", "--yes") as upgrade:
                upgrade.communicate(timeout=240)
            page.wait_for_function("document.querySelectorAll('a.batch').length === 2")
            again.kill()
            again.communicate(timeout=60)


def test_who_is_signed_out_elsewhere_is_asked_to_sign_in_again(served: Served, chromium: Any, tmp_path: Path) -> None:
    with tab(chromium, served.url) as page:
        sign_in(page)
        page.wait_for_timeout(500)  # the stream is open
        with start(tmp_path, "token", "list", "--json") as listed:
            text, _ = listed.communicate(timeout=60)
        number = max(map(int, re.findall(r'"id": (\d+)', text)))
        with start(tmp_path, "token", "revoke", str(number)) as revoked:
            revoked.communicate(timeout=60)
        page.wait_for_selector("[name=password]")


def test_who_may_look_at_nothing_any_more_sees_nothing_of_what_the_page_had(
    served: Served, chromium: Any, tmp_path: Path
) -> None:
    with tab(chromium, served.url) as page:
        sign_in(page)
        page.wait_for_timeout(500)  # the stream is open
        # A role that this server has not: it has read its configuration before.
        config = tmp_path / "config.yaml"
        yaml = YAML()
        said = yaml.load(config.read_text(encoding="utf-8"))
        said["swimctl"]["roles"] = {"late": {"may": ["look"]}}
        with config.open("w", encoding="utf-8") as file:
            yaml.dump(said, file)
        with start(tmp_path, "user", "role", NAME, "--role", "late") as changed:
            changed.communicate(timeout=60)
        page.wait_for_selector("text=no role that config.yaml still has")
        assert page.query_selector("text=Plan an upgrade") is None


def test_who_may_look_at_a_batch_no_more_sees_nothing_of_it(project: Project, chromium: Any) -> None:
    roles = "".join(f"    {site}: {{may: [look], sites: [{site}]}}\n" for site in ("ber", "muc"))
    project.write("config.yaml", f"{CONFIG}  roles:\n{roles}")
    sited = "".join(f"{name}: {{groups: [switches], data: {{site: {name[:3]}}}}}\n" for name in ("ber-1", "muc-1"))
    with opened(project, StandingClock(), sited) as api, answering(api.backend, add_pages) as api.address:
        kind, own = api.accounts.roles_of(["ber"])
        api.accounts.create_user("bert", PASSWORD, kind, by=ROOT, roles=own)
        batch = api.trigger("ber-1", image_id=1)["batch_id"]
        with tab(chromium, "http://{}:{}/batches/{}".format(*api.address, batch)) as page:
            sign_in(page, "bert")
            page.wait_for_selector("text=ber-1")
            api.accounts.set_roles("bert", ["muc"], by=ROOT)
            page.wait_for_selector("text=there is no batch")
            assert "ber-1" not in page.inner_text("body")


@pytest.mark.parametrize("to", ["/%09/elsewhere.invalid/", "/%0A/elsewhere.invalid/", "//elsewhere.invalid/"])
def test_who_is_signed_in_is_led_to_no_other_server(served: Served, chromium: Any, to: str) -> None:
    with tab(chromium, served.url) as page:
        sign_in(page)
        page.wait_for_selector("text=Sign out")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{served.url}/sign-in?to={to}")
        page.wait_for_selector("text=Sign out")
        assert [url for url in asked if "elsewhere.invalid/" in url and "to=" not in url] == []


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


def test_a_tab_that_nobody_sees_holds_no_connection_and_catches_up(served: Served, chromium: Any) -> None:
    hide = """hidden => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    with tab(chromium, served.url) as page:
        with page.expect_response("**/live"):
            sign_in(page)
        with page.expect_event("requestfailed", lambda request: request.url.endswith("/live")):
            page.evaluate(hide, True)
        served.trigger("sw1", "sw2", execution_mode="sequential")
        with page.expect_response("**/live"):
            page.evaluate(hide, False)
        page.wait_for_selector("a.batch")


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


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_is_cut_off_on_a_phone_and_nothing_serious_is_wrong_for_a_screen_reader(
    served: Served, chromium: Any, colours: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    served.wait(served.trigger("sw1", "sw3"))
    with tab(chromium, served.url, viewport=PHONE, color_scheme=colours) as page:
        _looked_at(page, axe, "/sign-in")
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
            _looked_at(page, axe, path)


def _looked_at(page: Any, axe: Any, path: str) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"], f"{path} is {wide} wide"
    found = axe.run(page).response["violations"]
    serious = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in {"serious", "critical"}]
    assert serious == [], path


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
