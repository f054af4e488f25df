"""The forms of outputs: each is where it is said to be, reads, and the lab prints what it is modelled on."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from fleets.every import FLEETS
from forms.every import LAB, PLATFORMS, is_capture, is_on_the_way, of_lab, on_the_way, outputs, text_of, to_place
from platforms.contract import parser_of, platform
from platforms.material import CAPTURES
from support.lab_terminal import AnyDesk, Desk
from upgrade.test_every_platform import CELLS, device

from swimctl.errors import SwimctlError
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.cisco_xe.forms import TIMER
from swimctl.lab.forms import Form, Output
from swimctl.lab.images import make_image

FORMS = [(name, each, form) for name in PLATFORMS for each in outputs(name) for form in each.forms]
FLASH = {"cisco_nxos": "bootflash:", "juniper_junos": "/var/tmp/"}  # noqa: S108 - the devices' own
MEANWHILE = {"show install request": "install commit"}
"""What has to run while a command is asked."""
captures = pytest.mark.skipif(not CAPTURES.is_dir(), reason=f"no captures in {CAPTURES}")


def named(form: tuple[str, Output[object], Form[object]]) -> str:
    return f"{form[0]}-{form[1].command}-{form[2].name}"


@pytest.mark.parametrize("form", FORMS, ids=named)
def test_every_form_names_what_it_was_seen_in(form: tuple[str, Output[object], Form[object]]) -> None:
    assert form[2].sources
    assert bool(form[2].shows) or not any(map(is_capture, form[2].sources))


@captures
@pytest.mark.parametrize("form", FORMS, ids=named)
def test_each_capture_shows_its_form_and_reads(form: tuple[str, Output[object], Form[object]]) -> None:
    own = platform(form[0])
    for source in filter(is_capture, form[2].sources):
        text = text_of(source)
        assert re.search(form[2].shows, text, re.MULTILINE), source
        folder = source.split("/")[-2]
        command = form[1].command if source.startswith("transcripts/") else own.cases.command_of(folder)
        assert parser_of(own.commands.find(command)) == parser_of(own.commands.find(form[1].command)), source
        try:
            own.commands.parse(command, text)
        except SwimctlError as error:
            pytest.fail(f"{source}: {error}")


@captures
@pytest.mark.parametrize("name", PLATFORMS)
def test_every_capture_on_the_way_to_a_commit_is_named_by_a_form(name: str) -> None:
    known = {source for each in outputs(name) for form in each.forms for source in form.sources}
    new = [(command, source) for command, source in to_place(name) if source not in known]
    assert new == [], f"place each under the form that it shows, in tests/forms/{name}.py or the forms of the lab"


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_output_on_the_way_to_a_commit_is_there(name: str) -> None:
    own = platform(name)
    there = {parser_of(own.commands.find(each.command)) for each in outputs(name) if is_on_the_way(name, each)}
    assert {command for parser, command in on_the_way(name).items() if parser not in there} == set()


@cache
def fleet(name: str) -> tuple[tuple[str, ChassisSpec], ...]:
    """Return the devices that test_every_platform.py has of one platform, as they are before and after an upgrade."""
    specs = [(where, device(where, case)) for where, case in CELLS]
    return tuple(
        (where, cast("Any", replace)(spec, version=release))
        for where, spec in specs
        if spec.platform == name
        for release in (FLEETS[where].old, FLEETS[where].target)
    )


def printed(folder: Path, where: str, spec: ChassisSpec, command: str) -> str:
    """Type a command at a device that is up for a day; one that names an image has it on its flash."""
    desk = AnyDesk(folder, replace(spec, uptime=100_000))
    image = FLEETS[where].image
    if "IMAGE" in command:
        desk.upload(image, make_image(folder, image, 60_000).read_bytes(), FLASH[spec.platform])
    if command in MEANWHILE:
        desk.type(MEANWHILE[command])
    desk.say(command.replace("IMAGE", image), ["y"])
    return desk.out


def while_the_timer_runs(folder: Path, spec: ChassisSpec) -> str:
    """Activate another release, and give the install summary after the reload."""
    desk = Desk(folder, forms=spec.forms)
    desk.upgrade()
    return desk.type("show install summary")


@pytest.mark.parametrize("form", [each for each in FORMS if of_lab(each[0], each[1])], ids=named)
def test_some_device_has_each_form_of_the_lab_and_prints_it(
    form: tuple[str, Output[object], Form[object]], tmp_path: Path
) -> None:
    name, every, one = form
    output = next(each for each in LAB[name] if (each.command, each.part) == (every.command, every.part))
    seen = []
    for where, spec in fleet(name):
        if one.named_only or output.form(spec, cast("Any", spec).version).name == one.name:
            chosen = replace(spec, forms={output: one})
            summary = output is TIMER
            seen.append(
                while_the_timer_runs(tmp_path, chosen) if summary else printed(tmp_path, where, chosen, output.command)
            )
            if re.search(one.shows, seen[-1], re.MULTILINE):
                return
    assert seen, "no device of tests/fleets has it"
    pytest.fail(f"none prints {one.shows}: {seen[-1]}")
