"""When the readiness rules of IOS-XE hold, what they ask a device for, and what they make of room and patches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from platforms.cisco_xe.scripted_device import (
    ANY,
    CHASSIS,
    COMMITTED,
    DEVICE,
    IMAGE,
    IMAGE_FILE,
    INACTIVE,
    INSTALL,
    PAIR,
    PATCH,
    STACK,
    SWITCH,
    VERSION,
    check,
    driver,
)
from platforms.scripted_device import changed, lacking

from swimctl.config.settings import Readiness
from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_ios.driver import BUNDLE
from swimctl.platforms.cisco_xe.facts import InstallSummary
from swimctl.platforms.cisco_xe.readiness import State, boots_alone, boots_packages, models, space
from swimctl.platforms.cisco_xe.units import ACTIVE, STANDBY, Unit
from swimctl.platforms.facts import BootSettings, Placement, SoftwareVersion
from swimctl.platforms.rules import kind


def test_a_healthy_stack_passes_every_rule() -> None:
    assert lacking(check(STACK)) == {}


def test_a_healthy_chassis_passes_every_rule() -> None:
    assert lacking(check(CHASSIS, device=replace(DEVICE, model="C9407R", serial="FXE2703D0EF"))) == {}


def test_a_healthy_pair_passes_every_rule() -> None:
    assert lacking(check(PAIR, device=ANY)) == {}


def test_one_supervisor_alone_passes_every_rule() -> None:
    alone = changed(
        CHASSIS,
        ("show platform", "R1        C9400-SUP-1         ok, standby           3w1d\n", ""),
        (INSTALL, "R0 R1", "R0"),
    )
    assert lacking(check({**alone, "show redundancy": ""}, device=ANY)) == {}


HOLDS: dict[str, tuple[tuple[tuple[str, str, str], ...], dict[str, Any]]] = {
    "the inventory names neither model nor serial number": ((), {"device": ANY}),
    "the inventory names another member's model": ((), {"device": replace(ANY, model="C9300-24T")}),
    "the inventory names another member's serial number": ((), {"device": replace(ANY, serial="FLB27010AA2")}),
    "a downgrade that is allowed": (
        (), {"image": replace(IMAGE, version="17.6.5"), "policy": Readiness(allow_downgrade=True)},
    ),
    "an engineering image that is allowed": (
        (), {"image": replace(IMAGE, version="BLD_X"), "policy": Readiness(allow_downgrade=True)},
    ),
    "the same release once more": ((), {"image": replace(IMAGE, version="17.9.5")}),
    "a release without a letter, whose build may be the image's": (
        ((INSTALL, COMMITTED, INACTIVE.format("12.04.0.4521")),), {"image": replace(IMAGE, version="17.12.4a")},
    ),
    "less room by the settings": (
        (("show file systems", "2600000000", "1600000000"), ("show file systems", "2700000000", "1500000000")),
        {"policy": Readiness(space_factor=1.5)},
    ),
    "the file is there, so the active member needs less": (
        (("show file systems", "2600000000", "1500000000"), ("dir flash:", "\n11353194496", IMAGE_FILE.format(10**9))),
        {},
    ),
    "added already: only the file is needed, and only on the active member": (
        (
            ("show file systems", "2600000000", "1000000000"),
            ("show file systems", "2700000000", "0"),
            (INSTALL, COMMITTED, INACTIVE.format("12.04.0.4521")),
        ),
        {},
    ),
    "added already, and the file is there too": (
        (
            ("show file systems", "2600000000", "0"),
            ("show file systems", "2700000000", "0"),
            ("dir flash:", "\n11353194496", IMAGE_FILE.format(10**9)),
            (INSTALL, COMMITTED, INACTIVE.format("12.04.0.4521")),
        ),
        {},
    ),
    "another image is added, and will be removed first": (
        ((INSTALL, COMMITTED, INACTIVE.format("10.01.0.1444")),), {"cleanup": True},
    ),
    "no room, but it is measured again after the clean-up": (
        (("show file systems", "2600000000", "1000000"),), {"cleanup": True},
    ),
    "a register that will be right": (((VERSION, "is 0x102", "is 0x142 (will be 0x102 at next reload)"),), {}),
    "less privilege by the settings": ((("show privilege", "15", "7"),), {"policy": Readiness(privilege=7)}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLDS)
def test_what_is_no_reason_to_refuse(name: str) -> None:
    changes, asked = HOLDS[name]
    assert lacking(check(changed(STACK, *changes), **asked)) == {}


SMU = f"SMU   {{}}    flash:{PATCH.filename}\n"
OF_ONE = STACK[INSTALL].replace("Switch 1 2", "Switch 2")


@pytest.mark.parametrize(
    ("shown", "placement"),
    [
        (STACK[INSTALL], Placement.ABSENT),
        (STACK[INSTALL].replace(COMMITTED, COMMITTED + SMU.format("I")), Placement.ADDED),
        (STACK[INSTALL].replace(COMMITTED, COMMITTED + SMU.format("U")), Placement.UNCOMMITTED),
        (STACK[INSTALL].replace(COMMITTED, COMMITTED + SMU.format("D")), Placement.UNCOMMITTED),
        (STACK[INSTALL].replace(COMMITTED, COMMITTED + SMU.format("C")), Placement.COMMITTED),
        (
            STACK[INSTALL].replace("Switch 1 2", "Switch 1").replace(COMMITTED, COMMITTED + SMU.format("C")) + OF_ONE,
            Placement.UNCOMMITTED,
        ),
    ],
)
def test_a_patch_is_where_every_member_says_that_it_is(shown: str, placement: Placement) -> None:
    assert driver({**STACK, INSTALL: shown})[0].installed(PATCH).placement is placement


def test_a_member_of_which_nothing_is_told_is_not_guessed() -> None:
    with pytest.raises(UnparsableOutput, match="it says nothing of 1"):
        driver({**STACK, INSTALL: OF_ONE})[0].installed(IMAGE)


def test_space_that_is_put_off_says_so() -> None:
    full = changed(STACK, ("show file systems", "2600000000", "1000000"))
    finding = next(f for f in check(full, cleanup=True) if f.rule == "free flash on member 1")
    assert finding.seen == "1.0 MB"
    assert finding.needed.endswith("; measured again after the clean-up")


def test_unknown_space_is_refused_whatever_will_be_cleaned() -> None:
    silent = changed(STACK, ("show file systems", "flash-2: stby-flash:", "usb-2:"))
    assert set(lacking(check(silent, cleanup=True))) == {"free flash on member 2"}


def test_a_device_without_any_flash_is_refused() -> None:
    image = replace(IMAGE, size=1)
    refused = space({}, InstallSummary((), timer_runs=False), image, Readiness())
    assert [(finding.ok, finding.seen) for finding in refused] == [(False, "unknown")]


def test_a_device_that_does_not_say_how_it_boots_is_refused() -> None:
    told = lacking(boots_alone(BootSettings(None), SoftwareVersion("17.09.05")))
    assert {rule: finding.seen for rule, finding in told.items()} == {
        "boots by itself": "unknown",
        "startup configuration": "unknown",
    }


def test_of_two_the_boot_settings_of_one_are_not_those_of_the_other() -> None:
    units = (Unit("R0", ACTIVE, mode="INSTALL"), Unit("R1", STANDBY, mode="INSTALL"))
    right = BootSettings(("flash:packages.conf",), manual=False, ignore_startup=False)
    for members, seen in (
        ({"": right, "standby": right}, None),
        ({"": right}, "unknown on R1"),
        ({"standby": right}, "unknown on R0"),
    ):
        state = State(
            SoftwareVersion("17.09.05"),
            units,
            InstallSummary((), timer_runs=False),
            replace(right, members=members),
            (),
            {},
        )
        told = lacking(boots_packages(state))
        assert {rule: finding.seen for rule, finding in told.items()} == ({"boot variable": seen} if seen else {})
    assert models(SoftwareVersion("17.09.05")) == ()


def test_after_a_clean_up_the_refusal_does_not_name_the_clean_up() -> None:
    full = changed(STACK, ("show file systems", "2600000000", "1000000"))
    refused = lacking(driver(full)[0].space(IMAGE))
    assert set(refused) == {"free flash on member 1"}
    assert refused["free flash on member 1"].next_command.startswith("`dir flash:` and `delete`")


def test_all_that_lacks_is_said_at_once() -> None:
    poor = changed(STACK, (SWITCH, "Provisioned", "Removed"), (VERSION, "is 0x102", "is 0x142"))
    refused = lacking(check(poor, image=replace(IMAGE, version="17.6.5")))
    assert {"stack members", "startup configuration", "not a downgrade"} <= set(refused)


def test_with_little_privilege_nothing_else_is_asked() -> None:
    one, session = driver(changed(STACK, ("show privilege", "15", "1")))
    for findings in (one.check(DEVICE, IMAGE, cleanup=False), one.identity(DEVICE)):
        assert [(finding.rule, finding.ok) for finding in findings] == [("privilege", False)]
    assert set(session.asked) == {"show privilege"}


def test_identity_alone_asks_for_the_device_and_its_stack() -> None:
    broken = changed(STACK, (SWITCH, "Provisioned", "Removed"))
    refused = lacking(driver(broken)[0].identity(replace(DEVICE, model="C9500-24Y4C", serial="FLB27019ZZ9")))
    assert set(refused) == {"model", "serial number", "stack members", "same release on every member"}


def test_a_driver_that_installs_no_patches_refuses_one() -> None:
    (refused,) = kind(PATCH, BUNDLE.kinds)
    assert refused.seen == f"{PATCH.filename}, patch"
    assert list(kind(PATCH, driver(STACK)[0].support.kinds)) == list(kind(IMAGE, BUNDLE.kinds)) == []


STACK_IS_READY = {
    "model": "C9300-48P, C9300-24T",
    "serial number": "FLB27010AA1",
    "stack members": "2 ready",
    "same release on every member": "17.09.05",
    "image family": "C9300-24T, C9300-48P",
    "install mode": "member 1 INSTALL, member 2 INSTALL",
    "boot variable": "flash:packages.conf",
    "boots by itself": "boots by itself",
    "startup configuration": "read at the next boot",
    "no uncommitted install": "none",
    "auto-abort timer": "not running",
    "no other image added": "none",
    "free flash on member 1": "2600.0 MB",
    "free flash on member 2": "2700.0 MB",
    "not a downgrade": "17.09.05 to 17.12.4",
    "privilege": "level 15",
}


def test_a_stack_that_is_ready_shows_each_fact_in_these_words() -> None:
    found = check(STACK)
    assert {finding.rule: finding.seen for finding in found if finding.ok} == STACK_IS_READY
    assert lacking(found) == {}


PAIR_IS_READY = {
    "stack members": "2 ready",
    "same release on every member": "17.09.05",
    "image family": "C9500-24Y4C",
    "install mode": "member 1 INSTALL",
    "boot variable": "bootflash:packages.conf",
    "boots by itself": "boots by itself",
    "startup configuration": "read at the next boot",
    "no uncommitted install": "none",
    "auto-abort timer": "not running",
    "no other image added": "none",
    "free flash on member 1": "2600.0 MB",
    "free flash on member 2": "2700.0 MB",
    "not a downgrade": "17.09.05 to 17.12.4",
    "StackWise Virtual links": "2 ports up",
    "dual-active detection": "4 ports up",
    "supervisors of the pair": "one a chassis",
    "privilege": "level 15",
}


def test_a_pair_that_is_ready_shows_each_fact_in_these_words() -> None:
    found = check(PAIR, device=ANY)
    assert {finding.rule: finding.seen for finding in found if finding.ok} == PAIR_IS_READY
    assert lacking(found) == {}
