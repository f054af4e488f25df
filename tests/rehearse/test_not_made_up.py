"""What nobody read is not made up: it is missing, its device gets no twin, and one that answers otherwise is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.projects import IMAGE
from support.stores import NOON

from swimctl.lab.chassis_spec import StandIn
from swimctl.lab.cisco_xr.device import Router
from swimctl.lab.clock import LabClock
from swimctl.lab.devices import device
from swimctl.models import Device, Finding, Image
from swimctl.rehearse.casting import unlike_its_device, with_pace
from swimctl.rehearse.learned import Disk, Learned, Part
from swimctl.rehearse.learning import contradictions, learn
from swimctl.rehearse.making import Conditions, NoTwin, make_twin
from swimctl.requests.looks import Checked
from swimctl.requests.usual import Took

VERSION = """\
Arista {model}
Hardware version: 11.01
Serial number: JPE12345678
Hardware MAC address: 2899.3a00.0001
System MAC address: 2899.3a00.0001

Software image version: 4.28.3M
Architecture: i686
Internal build version: 4.28.3M-28837868.4283M
Internal build ID: 1a2b

Uptime: 3 weeks, 1 day, 23 hours and 58 minutes
Total memory: 8098984 kB
Free memory: 5899996 kB
"""
FILES = """\
Directory of flash:/

       -rwx   985000000           May  5 02:11  EOS-4.28.3M.swi
       -rwx          27           May  5 02:11  boot-config

3519041536 bytes total ({free} bytes free)
"""
OUTPUTS = {"show version": VERSION.format(model="DCS-7050SX3-48YC8"), "dir flash:": FILES.format(free="1500000000")}
CONDITIONS = Conditions("user", "word", "word")


def an_image(name: str = "EOS-4.31.6M.swi", family: str = "EOS") -> Image:
    return Image(1, name, Path(name), "arista_eos", family, "4.31.6M", 1_000_000_000, "a" * 128, "b" * 32, NOON)


def test_a_fact_has_the_command_that_told_it_and_what_is_not_read_has_its_reason() -> None:
    told = learn("leaf1", "arista_eos", OUTPUTS, {"show mlag": "the device refused it"})
    assert (told.release, told.model, told.serial) == ("4.28.3M", "DCS-7050SX3-48YC8", "JPE12345678")
    assert (told.disks[1].total, told.disks[1].free) == (3_519_041_536, 1_500_000_000)
    assert told.disks[1].files == {"EOS-4.28.3M.swi": 985_000_000, "boot-config": 27}
    assert told.sources["release"] == told.sources["parts"] == "show version"
    assert told.sources["disks"] == "dir flash:"
    assert "the device refused it" in told.unread["pair"]
    assert (told.pair, told.boots, told.routes, told.neighbours) == (None, None, None, ())
    assert told.document()["disks"]["1"]["free"] == 1_500_000_000


@pytest.mark.parametrize(
    ("command", "text", "missing"),
    [
        ("dir flash:", "% Error listing directory flash:/ (Permission denied)\n", "disks"),
        ("dir flash:", FILES.partition("3519041536")[0], "disks"),
        ("show version", "garbage\n", "release"),
    ],
)
def test_without_what_it_needs_there_is_no_twin(command: str, text: str, missing: str) -> None:
    told = learn("leaf1", "arista_eos", {**OUTPUTS, command: text})
    assert missing in "; ".join(told.missing)
    with pytest.raises(NoTwin, match=missing):
        make_twin(told, an_image(), CONDITIONS)


def test_a_device_that_lies_in_one_output_gets_no_twin() -> None:
    told = learn("leaf1", "arista_eos", {**OUTPUTS, "dir flash:": FILES.format(free="9999999999")})
    with pytest.raises(NoTwin, match="contradict each other: flash of 1"):
        make_twin(told, an_image(), CONDITIONS)
    lying = replace(told, disks={}, installed=(("4.27.0F", "C"),))
    assert "runs 4.28.3M, 'its installer' says 4.27.0F" in contradictions(lying)[0]
    assert contradictions(replace(lying, installed=(("4.28.3M", "C"), ("4.31.6M", "I")))) == ()


def test_a_model_that_the_lab_has_not_is_played_by_one_that_boots_the_same_images_and_that_is_said() -> None:
    told = learn("leaf1", "arista_eos", {**OUTPUTS, "show version": VERSION.format(model="DCS-7050CX3-32S")})
    twin = make_twin(told, an_image(), CONDITIONS)
    assert twin.spec.model == "DCS-7050SX3-48YC8"
    assert "stands in for DCS-7050CX3-32S" in twin.unlike[0]
    with pytest.raises(NoTwin, match="the lab has no DCS-7050CX3-32S"):
        make_twin(told, an_image(IMAGE, "cat9k_iosxe"), CONDITIONS)


def test_inactive_packages_are_in_a_twin_with_ios_xr_and_are_missed_in_one_with_ios_xe() -> None:
    added = (("asr9k-mini-x64-7.5.2", "I"), ("asr9k-mgbl-x64-2.0.0.0-r732.x86_64", "I"), ("asr9k-xr-7.3.2", "C"))
    router = Learned(
        "pe1", "cisco_xr", "7.3.2", "ASR-9901", "FOC1", parts=(Part(1, "ASR-9901-RP", "FOC2", "7.3.2"),),
        disks={1: Disk(9_000_000_000, 5_000_000_000, {})}, installed=added,
    )  # fmt: skip
    twin = make_twin(router, None, CONDITIONS)
    made = device(twin.spec, LabClock(1.0))
    assert isinstance(made, Router)
    assert [(each.name, each.version) for each in made.inactive] == [(added[0][0], "7.5.2"), (added[1][0], "7.3.2")]
    switch = replace(
        router, platform="cisco_xe", release="17.09.05", model="C9300-24P", installed=(("17.12.04.0.4444", "I"),),
        parts=(Part(1, "C9300-24P", "FOC2", "17.09.05"),),
    )  # fmt: skip
    assert (
        "inactive packages: the twin has none, its device 17.12.04.0.4444" in make_twin(switch, None, CONDITIONS).unlike
    )


def test_a_twin_has_the_space_of_its_device_and_images_in_their_size_at_no_cost() -> None:
    image = an_image()
    stand_ins = {image.filename: StandIn(65_536, image.size, {"md5": image.md5})}
    twin = make_twin(learn("leaf1", "arista_eos", OUTPUTS), image, replace(CONDITIONS, stand_ins=stand_ins))
    assert (twin.spec.held[1].free, twin.spec.stand_ins) == (1_500_000_000, stand_ins)
    assert twin.spec.users == {"user": ("word", 15)}


def test_a_twin_copies_and_boots_as_long_as_its_model_did_before() -> None:
    took = Took("DCS-7050SX3-48YC8", 3, {}, seconds_a_byte=6e-7, check=20.0, rest=1_280.0)
    paced = with_pace(CONDITIONS, took, an_image(), "arista_eos", 1.0, 2_700.0)
    assert paced.boot_seconds == pytest.approx(1_000.0)
    assert an_image().size / paced.transfer == pytest.approx(600.0 - 34.0)
    assert with_pace(CONDITIONS, None, an_image(), "arista_eos", 1.0, 2_700.0).boot_seconds == pytest.approx(2_420.0)


def test_a_twin_that_answers_otherwise_is_none() -> None:
    device = Device(1, "leaf1", "arista_eos", "127.0.0.1")
    good = Finding("free flash", ok=True, seen="1.5 GB", needed="1.0 GB", next_command="")
    said = Checked(device, (good,), runs="4.28.3M")
    assert unlike_its_device(said, said) == ()
    bad = replace(good, ok=False, seen="0.5 GB")
    assert "free flash: its twin says 0.5 GB, the device 1.5 GB" in unlike_its_device(
        said, replace(said, findings=(bad,))
    )
    assert "its twin runs 4.29.0F" in unlike_its_device(said, replace(said, runs="4.29.0F"))[0]
    assert "could not be asked" in unlike_its_device(said, Checked(device, error="no route"))[0]
    assert "the other way round" in unlike_its_device(said, replace(said, already="already runs it"))[0]
