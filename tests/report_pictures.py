"""Make the pictures of a report, of a night in the lab: on a desktop and a phone, light and dark, and printed.

    python tests/report_pictures.py docs/pictures           what docs/report.md shows: the first screen of each
    python tests/report_pictures.py FOLDER --whole          the whole page of each, and its PDF; look at them

It needs a browser: see support/browser.py.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
from support.browser import browser, missing
from support.report_nights import night

from swimctl.report.gathering import gather
from swimctl.report.page import page

SIZES: Final = {"desktop": (1280, 960), "phone": (390, 844)}
SCHEMES: Final = ("light", "dark")


def written(folder: Path) -> Path:
    """Play the night, and write its report."""
    with night(folder / "lab") as (opened, batch):
        record = gather(opened.store, opened.clock, batch, made_by="carol", folder=folder / "lab" / "jobs")
    path = folder / "night.html"
    path.write_text(page(record), encoding="utf-8")
    return path


def pictures(opened: Any, report: Path, folder: Path, *, whole: bool = False) -> list[str]:
    """Make all pictures of a report; return what the browser had to say against it."""
    said: list[str] = []
    for device, (width, height) in SIZES.items():
        for scheme in SCHEMES:
            place = opened.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            tab = _listened_to(place.new_page(), said)
            tab.goto(report.resolve().as_uri())
            wide = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            said += [f"{device}: {wide} pixels wider than the screen"] if wide > 0 else []
            tab.screenshot(path=folder / f"report-{device}-{scheme}.png", full_page=whole)
            if whole and device == "desktop" and scheme == "light":
                tab.pdf(path=folder / "report.pdf", prefer_css_page_size=True)
            place.close()
    return said


def _listened_to(tab: Any, said: list[str]) -> Any:
    """Collect what runs, complains or is loaded in a tab: nothing of it may be."""
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    tab.on("request", lambda request: request.url.startswith("file:") or said.append(request.url))
    return tab


def main() -> int:
    """Make them where the command line says."""
    parser = argparse.ArgumentParser(description="Make the pictures of a report.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--whole", action="store_true", help="the whole page, and its PDF")
    given = parser.parse_args()
    if why := missing():
        print(why, file=sys.stderr)
        return 1
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, browser() as opened:
        said = pictures(opened, written(Path(folder)), given.folder, whole=given.whole)
    for each in said:
        print(each, file=sys.stderr)
    return 1 if said else 0


if __name__ == "__main__":
    raise SystemExit(main())
