"""Golden images and campaigns in a real browser: from a rule to its approval, and who gets no further.

One server and one store for all: each test makes rules and campaigns of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from support.accounts import PASSWORD, ROOT
from support.projects import CONFIG, make_project
from support.server_process import Served, serving
from web.browsing import PHONE, in_a_browser, look_at, sign_in, signed_in, tab

from swimctl.cli.context import Context
from swimctl.models import Golden

# They share a server: one worker runs them.
pytestmark = [pytest.mark.prove, in_a_browser, pytest.mark.xdist_group("goldens")]

OPERATOR, READER, OTHER, ASKS, OF_A_SITE = "olga", "rita", "otto", "asta", "bert"
ROLES = {OPERATOR: "operator", READER: "read-only", OTHER: "operator", ASKS: "asks", OF_A_SITE: "bern"}
# A window of a day that is far away: no night begins by itself.
WINDOW = "2090-05-06 22:00/6h"
EVIL = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>"
EVIL_HOST = "x\"'><script>alert(3)<script>"  # what the name of a host may have
HOSTS = [
    *({"name": f"sw{number}", "site": "bern" if number < 3 else "muc"} for number in range(1, 5)),
    {"name": EVIL_HOST, "site": EVIL},
]


@dataclass
class House:
    """A server, and each user's token. `spoiled`: the host with a name that no page may obey."""

    served: Served
    tokens: dict[str, str]

    def of(self, chromium: Any, user: str, path: str, **options: Any) -> Any:
        return signed_in(chromium, self.served.url, self.tokens[user], path, **options)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("goldens")
    project = make_project(folder)
    roles = "    asks: {may: [look, trigger]}\n    bern: {may: [look, trigger, steer], sites: [bern]}\n"
    project.write("config.yaml", f"{CONFIG}  roles:\n{roles}")
    project.write("inventory/groups.yaml", "switches: {platform: cisco_xe}\n")
    hosts = {
        one["name"]: {"groups": ["switches"], "data": {"model": "C9300-24P", "site": one["site"]}} for one in HOSTS
    }
    project.write("inventory/hosts.yaml", json.dumps(hosts))  # which is YAML, too
    with Context(project.path).open() as opened:
        project.add_image(opened.store)
        project.add_image(opened.store, "cat9k_iosxe.17.15.01.SPA.bin", b"newer")
        opened.store.set_golden(1)
        opened.store.set_golden_release(Golden(None, "cisco_xe", None, site="bern", release="17.18.1"))
        for device in opened.inventory.devices:
            release = EVIL if device.name == EVIL_HOST else "17.09.04a"
            opened.store.saw(device.id, release, {"1": release}, "", by="scan", serials=(f"FOC{device.id}",))
        tokens = {}
        for name, role in ROLES.items():
            kind, own = opened.accounts.roles_of([role])
            opened.accounts.create_user(name, PASSWORD, kind, by=ROOT, roles=own)
            tokens[name] = opened.accounts.create_token(name, by=ROOT).text
    with serving(folder, token=tokens[OPERATOR]) as served:
        yield House(served, tokens)


def keep(page: Any, name: str, devices: str = "sw*", **typed: str) -> None:
    """Fill in the form of a new campaign, and send it."""
    for field, value in ({"name": name, "devices": devices, "window": WINDOW} | typed).items():
        page.fill(f"[name={field}]", value)
    page.click("text=Keep this rule")
    page.wait_for_url(f"**/campaigns/{name}")


def answer_to(page: Any, path: str, **form: str) -> int:
    """Send a form from a page as its script could, with the mark that its forms have; return the status."""
    return int(
        page.evaluate(
            """([path, form]) => {
                const mark = document.querySelector("[name=form_mark]").value;
                const body = new URLSearchParams({ ...form, form_mark: mark });
                return fetch(path, { method: "POST", body, redirect: "manual" }).then((one) => one.status);
            }""",
            [path, form],
        )
    )


def by_tab(page: Any, wanted: str) -> None:
    """Press the tabulator until what is wanted has the focus, and check that one sees that it has."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", wanted
            return
    raise AssertionError(f"the tabulator does not lead to {wanted}")


def test_a_campaign_is_made_changed_approved_by_another_and_ended(house: House, chromium: Any) -> None:
    with tab(chromium, f"{house.served.url}/campaigns") as own, house.of(chromium, OTHER, "/campaigns") as other:
        sign_in(own, OPERATOR, PASSWORD)
        own.click("text=New campaign")
        own.check("[name=approval]")
        keep(own, "access", "sw?", ticket="CHG-7")
        own.wait_for_selector("text=Somebody else has to approve it.")
        assert own.locator("button >> text=Approve").count() == 0
        # What is in the way of somebody comes first.
        assert own.locator("a.device b").all_inner_texts() == ["sw1", "sw2", "sw3", "sw4"]
        assert own.locator("main h2").all_inner_texts() == ["Gets no job 2", "Behind 2"]
        assert "no image for C9300-24P is in the catalogue" in own.inner_text("a.device >> nth=0")
        assert "17.09.04a, older than 17.12.4" in own.inner_text("a.device >> nth=2")
        own.click("summary >> text=Change…")
        own.fill("[name=per_night]", "2")
        own.click("button >> text=Change")
        own.wait_for_selector("dd >> text=2 a night")

        other.reload()
        other.click("text=access")
        other.click("button >> text=Approve")
        other.wait_for_selector(f"dd >> text=by {OTHER}")
        assert other.locator("button >> text=Approve").count() == 0

        # What was approved is not what it is now: it has to be approved again.
        own.reload()
        own.click("summary >> text=Change…")
        own.fill("[name=waves]", "1, 100%")
        own.click("button >> text=Change")
        own.wait_for_selector(".pill >> text=unapproved")

        other.click("button >> text=Pause")
        other.click("button >> text=Continue")
        other.click("summary >> text=End…")
        other.fill("details[open] [name=reason]", "all are new")
        other.click("details[open] button")
        other.wait_for_selector(".pill >> text=ended")
        assert other.locator("main form").count() == 0
        other.click("a.device >> text=sw3")
        other.wait_for_selector("h1 >> text=sw3")


def test_a_mistake_leads_back_to_what_was_typed(house: House, chromium: Any) -> None:
    with house.of(chromium, OPERATOR, "/new-campaign") as page:
        for field, value in {"name": "wrong", "devices": "sw99", "window": WINDOW, "ticket": "CHG-8"}.items():
            page.fill(f"[name={field}]", value)
        page.click("text=Keep this rule")
        page.wait_for_selector("[role=alert] >> text=sw99")
        assert page.input_value("[name=ticket]") == "CHG-8"
        page.fill("[name=devices]", "sw1")
        page.click("text=Keep this rule")
        page.wait_for_url("**/campaigns/wrong")


def test_a_campaign_is_made_and_changed_by_keyboard(house: House, chromium: Any) -> None:
    with house.of(chromium, OPERATOR, "/new-campaign") as page:
        for field, value in {"name": "keys", "devices": "sw1", "window": WINDOW}.items():
            by_tab(page, f"[name={field}]")
            page.keyboard.type(value)
        page.keyboard.press("Enter")
        page.wait_for_url("**/campaigns/keys")
        by_tab(page, "#change > summary")
        page.keyboard.press("Enter")
        by_tab(page, "[name=ticket]")
        page.keyboard.type("CHG-9")
        by_tab(page, "#change button")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=CHG-9")


def test_an_image_becomes_golden_and_is_golden_no_more(house: House, chromium: Any) -> None:
    with house.of(chromium, OPERATOR, "/images") as page, house.of(chromium, READER, "/images") as reader:
        newer = page.locator("#image-2")
        newer.locator("summary").first.click()
        newer.locator("[name=site]").select_option("muc")
        newer.locator("[name=model]").fill("C9300-*")
        newer.locator("button >> text=Make golden").click()
        page.wait_for_selector("#image-2 >> text=golden: model C9300-*, site muc")
        reader.reload()
        reader.wait_for_selector("text=golden: model C9300-*, site muc")
        reader.goto(f"{house.served.url}/devices/sw3")
        reader.wait_for_selector("dd >> text=17.15.1")
        newer.locator("summary").first.click()
        newer.locator("summary >> text=No longer golden").click()
        newer.locator(".sure button").click()
        page.wait_for_selector("#image-2 .pill", state="detached")


def test_what_makes_no_rule_is_refused_and_an_error_unfolds_to_what_it_means(house: House, chromium: Any) -> None:
    with house.of(chromium, OPERATOR, "/images") as page:
        newer = page.locator("#image-2")
        newer.locator("summary").first.click()
        newer.locator("[name=model]").fill("N9K-*")
        newer.locator("button >> text=Make golden").click()
        page.wait_for_selector("h1 >> text=Not found")
        assert "N9K-*" in page.inner_text("main")
        page.goto(f"{house.served.url}/campaigns/none")
        page.click("#explained > summary")
        page.wait_for_selector("text=swimctl explain not-found")


def test_a_golden_release_without_an_image_names_the_command_that_adds_one(house: House, chromium: Any) -> None:
    with house.of(chromium, READER, "/images") as page:
        page.wait_for_selector(".pill.warn >> text=no image file")
        page.click("summary >> text=17.18.1")
        page.wait_for_selector("details[open] >> text=swimctl image add FILE")


def test_what_a_role_may_not_is_neither_offered_nor_done(house: House, chromium: Any) -> None:
    with house.of(chromium, OPERATOR, "/new-campaign") as page:
        keep(page, "guarded")
    steering = [f"/campaigns/guarded/{word}" for word in ("pause", "continue", "next", "end", "approve")]
    change = "/campaigns/guarded/change"
    for user, offered, refused in (
        (READER, [], [*steering, change, "/new-campaign", "/images/2/golden", "/images/1/end"]),
        (ASKS, [change], [*steering, "/images/2/golden", "/images/1/end"]),
    ):
        with house.of(chromium, user, "/campaigns/guarded") as page:
            forms = page.locator("main form").evaluate_all("forms => forms.map((one) => one.getAttribute('action'))")
            assert forms == offered, user
            for path in refused:
                assert answer_to(page, path, window=WINDOW, reason="mine", name="mine", devices="sw1") == 403, path
            page.goto(f"{house.served.url}/images")
            assert page.locator("main form").count() == 0
    with house.of(chromium, OF_A_SITE, "/") as page:
        assert page.locator("nav >> text=Campaigns").count() == 0
        assert [answer_to(page, path) for path in (*steering, change, "/images/2/golden")] == [403] * 7
        for path in ("/campaigns", "/campaigns/guarded", "/new-campaign"):
            assert page.goto(f"{house.served.url}{path}").status == 403
            assert "sw4" not in page.inner_text("main")
    with house.of(chromium, READER, "/campaigns/guarded") as page:
        assert page.inner_text("h1").split() == ["guarded", "waiting"], "nobody has changed it"


def test_no_name_of_a_device_or_of_a_person_becomes_markup(house: House, chromium: Any) -> None:
    with house.of(chromium, OPERATOR, "/new-campaign") as page:
        keep(page, "spoiled", "x*", ticket=EVIL, reason=EVIL)
        assert EVIL_HOST in page.inner_text("a.device")
        page.goto(f"{house.served.url}/images")
        page.click("#image-2 > summary")
        page.select_option("#image-2 [name=site]", EVIL)
        page.click("#image-2 button >> text=Make golden")
        page.wait_for_selector("#image-2 .pill.good")
        assert page.inner_text("#image-2 .pill.good") == f"golden: site {EVIL}"
        for path in ("/campaigns", "/campaigns/spoiled", "/new-campaign", "/images", "/devices", "/plan"):
            page.goto(f"{house.served.url}{path}")
            # A tab fails where a dialog opens, or the policy of a page has to stop something.
            assert page.locator("main script, main img").count() == 0, path
        page.goto(f"{house.served.url}/campaigns/spoiled")
        page.click("a.device")
        page.wait_for_selector("h1")
        assert EVIL_HOST in page.inner_text("h1")
        assert EVIL in page.inner_text("main")
        page.goto(f"{house.served.url}/images")
        page.click("#image-2 > summary")
        page.click("#image-2 summary >> text=No longer golden")
        page.click("#image-2 .sure button")


def test_nothing_is_cut_off_on_a_phone_and_nothing_serious_is_wrong_for_a_screen_reader(
    house: House, chromium: Any
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with house.of(chromium, OPERATOR, "/new-campaign", viewport=PHONE) as page:
        page.click("summary >> text=More")
        look_at(page, axe, "/new-campaign")
        keep(page, "phone", "*", ticket="CHG-OF-A-CHANGE-WITH-A-LONG-NAME-0123456789", reason=EVIL)
        for path in ("/campaigns", "/campaigns/phone", "/images"):
            page.goto(f"{house.served.url}{path}")
            for fold in page.locator("main > details > summary, li > details > summary").all():
                fold.click()
            look_at(page, axe, path)
