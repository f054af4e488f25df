"""The forms of outputs: each is where it is said to be, reads, and the lab prints what it is modelled on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fleets.every import FLEETS
from forms.every import LAB, PLATFORMS, is_capture, is_on_the_way, on_the_way, outputs, text_of, to_place
from platforms.contract import parser_of, platform
from platforms.material import CAPTURES

from swimctl.errors import SwimctlError
from swimctl.lab.forms import Form, Output

FORMS = [(name, each, form) for name in PLATFORMS for each in outputs(name) for form in each.forms]
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
        assert parser_of(own.package.find(command)) == parser_of(own.package.find(form[1].command)), source
        try:
            own.package.parse(command, text)
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
    there = {parser_of(own.package.find(each.command)) for each in outputs(name) if is_on_the_way(name, each)}
    assert {command for parser, command in on_the_way(name).items() if parser not in there} == set()


def devices(name: str) -> Iterator[tuple[object, str]]:
    """Give the devices that all platforms' tests have of one, with each release that one runs there."""
    from upgrade.test_every_platform import CELLS, device

    for fleet, case in CELLS:
        spec = device(fleet, case)
        if spec.platform == name:
            yield from ((spec, release) for release in (FLEETS[fleet].old, FLEETS[fleet].target))


@pytest.mark.parametrize("name", LAB)
def test_every_form_of_the_lab_is_that_of_some_device(name: str) -> None:
    fleet = list(devices(name))
    lacking = [
        (each.command, form.name)
        for each in LAB[name]
        for form in each.forms
        if not form.named_only and not any(each.form(spec, release) == form for spec, release in fleet)
    ]
    assert lacking == []
