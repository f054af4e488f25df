"""The page of images: what lacks its file, a golden release of which there is no image, and the commands for both."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.api_client import Api
from support.projects import IMAGE
from web.visitor import Visitor

from swimctl.models import Golden

ABSENT, THERE = "17.18.01", "17.12.4"


def golden(api: Api, release: str, **scope: str) -> None:
    api.store.set_golden_release(Golden(None, "cisco_xe", None, release=release, **scope))  # type: ignore[arg-type]


def about(page: str, words: str) -> str:
    """Return the one entry of the list with these words."""
    (entry,) = [one for one in page.split("<li>") if words in one]
    return entry


def test_a_golden_release_of_which_there_is_no_image_says_so_and_what_to_do(api: Api, reader: Visitor) -> None:
    golden(api, ABSENT, site="bern")
    entry = about(reader.see("/images"), ABSENT)
    for words in (">no image file<", "none is upgraded to it", "golden: site bern",
                  "<code>swimctl image add FILE</code>",
                  f"<code>swimctl image golden --release {ABSENT} --platform cisco_xe --unset</code>"):  # fmt: skip
        assert words in entry, words


def test_the_command_that_ends_a_golden_release_is_told_to_end_all_its_rules(api: Api, reader: Visitor) -> None:
    golden(api, ABSENT, site="bern")
    golden(api, ABSENT, site="ber")
    entry = about(reader.see("/images"), "golden: site bern")
    assert "All golden rules of this release end with: <code>" in entry
    api.store.unset_golden_release("cisco_xe", ABSENT)
    assert ABSENT not in reader.see("/images")


def test_a_golden_release_of_which_there_is_an_image_names_it(api: Api, reader: Visitor) -> None:
    golden(api, THERE, site="bern")
    entry = about(reader.see("/images"), "a release without a file")
    assert f"get an image of it: {IMAGE}" in entry
    assert "no image file" not in entry


@pytest.mark.parametrize(("size", "words"), [(None, "file is gone"), (3, "file was changed")])
def test_an_image_without_its_file_says_so(size: int | None, words: str, api: Api, reader: Visitor) -> None:
    path = api.store.image(1).path
    if size is None:
        path.unlink()
    else:
        path.write_bytes(b"x" * size)
    page = reader.see("/images")
    assert f'<span class="pill bad">{words}</span>' in about(page, "<dd>1</dd>")
    assert "swimctl image remove 1" in about(page, "<dd>1</dd>")
    assert page.count(words) == 2, "it is said of this image alone"
    assert str(path.parent) not in page


def test_who_may_change_goldens_is_told_the_commands_of_the_server(operator: Visitor, reader: Visitor) -> None:
    words = "<code>swimctl image golden --release VERSION --platform NAME</code>"
    assert words in operator.see("/images")
    assert words not in reader.see("/images")


def test_a_rule_can_name_a_tag_that_devices_have(api: Api, operator: Visitor) -> None:
    tagged = replace(api.backend.inventory.devices[0], tags=("lobby",))
    api.backend.inventory.devices = (tagged, *api.backend.inventory.devices[1:])
    form = about(operator.see("/images"), "<dd>5</dd>").partition('name="tag"')[2].partition("</select>")[0]
    assert "<option>lobby</option>" in form
    assert operator.press("/images", "/images/5/golden", tag="lobby").status == 303
    assert "golden: tag lobby" in about(operator.see("/images"), "<dd>5</dd>")
