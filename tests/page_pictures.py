"""Make the pictures of each page of `swimctl serve`: on a desktop and a phone, light and dark; look at them.

    python tests/page_pictures.py docs/pictures batch     what docs/pages.md shows
    python tests/page_pictures.py FOLDER                  all of them; look at them

It needs a browser: see support/browser.py.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any, Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
from support.accounts import PASSWORD
from support.api_client import OPERATOR, Api, answering, opened
from support.browser import browser, missing
from support.projects import make_project
from support.stores import StandingClock

from swimctl.models import Outcome
from swimctl.requests import transcripts
from swimctl.states import JobStatus, StepStatus
from swimctl.web import add_pages

SIZES: Final = {"desktop": (1280, 860), "phone": (390, 844)}
SCHEMES: Final = ("light", "dark")


def fill(api: Api) -> dict[str, str]:
    """Make what the pages show: a batch under way, a campaign, devices that were seen. Return the pages."""
    names = [f"sw{number}" for number in range(1, 13)]
    batch = api.trigger(*names, ticket="CHG0031", waves=[2, "100%"])["batch_id"]
    with api.store.register_runner() as runner:
        for number in (1, 2, 3):
            api.store.saw(number, "17.09.04a", {"1": "17.09.04a"}, "", by="scan", serials=(f"FOC{number}",))
            api.store.claim(number, runner)
        api.store.move(1, runner, JobStatus.ACTIVATING)
        api.store.move(1, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
        why = "free flash: seen 1.2 GB, needed 2.4 GB; next: swimctl upgrade sw2 --cleanup-flash"
        api.store.step(2, runner, "readiness", StepStatus.RUNNING)
        api.store.step(2, runner, "readiness", StepStatus.FAILED, why)
        api.store.move(2, runner, JobStatus.FAILED, why, outcome=Outcome.UNTOUCHED)
    written = transcripts.path_of(api.backend.service.jobs_dir, api.store.job(2))
    written.parent.mkdir(parents=True)
    written.write_text("----- 2031-05-04T12:00:00Z step: Readiness Check\nsw2#show version\nCisco IOS XE Software\n")
    rule = {"name": "access", "all": True, "window": "Tue,Thu 22:00-04:00@UTC", "per_night": 5, "ticket": "CHG0040"}
    api.post("/api/campaigns/create/", rule)
    return {
        "batches": "/", "batch": f"/batches/{batch}", "job": "/jobs/2", "transcript": "/jobs/2/transcript",
        "found": "/?q=sw2", "devices": "/devices", "device": "/devices/sw1", "images": "/images",
        "campaigns": "/campaigns", "campaign": "/campaigns/access", "new-campaign": "/new-campaign", "plan": "/plan",
        "refused": "/jobs/99", "api": "/api/docs", "sign-in": "/sign-in",
    }  # fmt: skip


def pictures(chromium: Any, url: str, pages: dict[str, str], folder: Path) -> list[str]:
    """Make all pictures; return what the browser had to say against a page."""
    said: list[str] = []
    for device, (width, height) in SIZES.items():
        for scheme in SCHEMES:
            place = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            tab = _listened_to(place.new_page(), said)
            tab.goto(f"{url}/sign-in")
            if "sign-in" in pages:
                tab.screenshot(path=folder / f"page-sign-in-{device}-{scheme}.png")
            tab.fill("[name=username]", OPERATOR)
            tab.fill("[name=password]", PASSWORD)
            tab.click("main button")
            tab.wait_for_url(f"{url}/")
            for name, path in pages.items():
                if name == "sign-in":
                    continue  # made before
                tab.goto(url + path)
                wide = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                said += [f"{name}, {device}: {wide} pixels wider than the screen"] if wide > 0 else []
                tab.screenshot(path=folder / f"page-{name}-{device}-{scheme}.png", full_page=name != "api")
            place.close()
    return said


def _listened_to(tab: Any, said: list[str]) -> Any:
    """Collect what a page complains about; one page is a refusal."""
    tab.on("console", lambda line: said.append(line.text) if "404" not in line.text else None)
    tab.on("pageerror", lambda error: said.append(str(error)))
    return tab


def main() -> int:
    """Make them where the command line says."""
    if why := missing():
        print(why, file=sys.stderr)
        return 1
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as project,
        opened(make_project(Path(project)), StandingClock()) as api,
        answering(api.backend, add_pages) as api.address,
        browser() as chromium,
    ):
        pages = fill(api)
        wanted = {name: pages[name] for name in sys.argv[2:] or pages}
        said = pictures(chromium, "http://{}:{}".format(*api.address), wanted, folder)
    for each in said:
        print(each, file=sys.stderr)
    return 1 if said else 0


if __name__ == "__main__":
    raise SystemExit(main())
