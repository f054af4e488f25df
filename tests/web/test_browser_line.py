"""What an open page does where its server, its session or its rights end, and where nobody looks at it."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.accounts import ROOT
from support.api_client import answering, opened
from support.processes import start
from support.projects import CONFIG, Project
from support.server_process import PASSWORD, Served, serving
from support.stores import StandingClock
from support.upgrades import lab_folder
from web.browsing import NAME, in_a_browser, sign_in, tab

from swimctl.web import add_pages

pytestmark = [pytest.mark.prove, in_a_browser]


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
