"""The rules that hold on every platform: what each sees, needs and advises, in its whole words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from platforms.scripted_device import image

from swimctl import platforms
from swimctl.config.settings import Readiness
from swimctl.models import Device, Finding, ImageKind
from swimctl.platforms import rules
from swimctl.platforms.cisco_xe.driver import SUPPORT

IMAGE = image("cisco_xe", "cat9k_iosxe.17.12.04.SPA.bin", "cat9k_iosxe", "17.12.4", 1_000_000_000)
DEVICE = Device(1, "sw1", "cisco_xe", "192.0.2.1")


def told(*findings: Finding) -> list[tuple[str, bool, str, str]]:
    assert all(finding.next_command for finding in findings)
    return [(finding.rule, finding.ok, finding.seen, finding.needed) for finding in findings]


def test_the_right_device_is_told_by_what_the_inventory_says_of_it() -> None:
    assert not list(rules.right_device(DEVICE, ["C9300-48P"], {"FLB1"}, "FLB1"))
    known = replace(DEVICE, model="c9300-48p", serial="FLB1")
    for models, serials, shown, ok, seen in (
        (["C9300-24T", "C9300-48P"], {"FLB1", "FLB2"}, "FLB2", True, ("C9300-24T, C9300-48P", "FLB2")),
        ([], set[str](), None, False, ("no model", "none")),
    ):
        assert told(*rules.right_device(known, models, serials, shown)) == [
            ("model", ok, seen[0], "c9300-48p, as the inventory says"),
            ("serial number", ok, seen[1], "FLB1, as the inventory says"),
        ]


@pytest.mark.parametrize(
    ("models", "ok", "seen", "needed"),
    [
        (("b-fits", "a-fits", "b-fits"), True, "a-fits, b-fits", "cat9k_iosxe"),
        (("fits", "other"), False, "fits, other", "hardware that cat9k_iosxe runs on (does not fit)"),
        (("fits", "new"), False, "fits, new", "hardware that cat9k_iosxe runs on (cannot tell whether it fits)"),
        ((), False, "no model", "hardware that cat9k_iosxe runs on (cannot tell whether it fits)"),
    ],
)
def test_an_image_fits_where_it_is_known_to_fit_every_member(
    models: tuple[str, ...], ok: bool, seen: str, needed: str
) -> None:
    def fits(family: str, model: str) -> bool | None:
        assert family == IMAGE.family
        return None if model == "new" else model.endswith("fits")

    assert told(rules.family(IMAGE, models, fits)) == [("image family", ok, seen, needed)]


def test_room_is_measured_in_megabytes_and_unknown_room_is_none() -> None:
    need, why = rules.unpacked(IMAGE, 400_000_000, Readiness(space_factor=2.5))
    assert (need, why) == (2_100_000_000, "2.5 times the image, less what is there of it")
    assert rules.unpacked(IMAGE, 9 * IMAGE.size, Readiness(space_factor=1))[0] == 0
    assert rules.unpacked(IMAGE, 9 * IMAGE.size, Readiness(space_factor=2))[0] == IMAGE.size
    assert rules.as_it_is(IMAGE, 400_000_000) == (600_000_000, "the image's own size, less what is there of it")
    assert rules.as_it_is(IMAGE, 9 * IMAGE.size)[0] == 0
    for free, ok, seen in ((need, True, "2100.0 MB"), (need - 1, False, "2100.0 MB"), (None, False, "unknown")):
        found = rules.free_space("free flash", free, need, why, "`dir flash:`")
        assert told(found) == [("free flash", ok, seen, f"2100.0 MB ({why})")]
        put_off = rules.later(found)
        assert put_off.ok is (free is not None)
        assert put_off.needed.endswith("; measured again after the clean-up") is (free == need - 1)
    disk = rules.free_space("free flash", 10**12, 10**12, "all of it", "x")
    assert told(disk) == [("free flash", True, "1000000.0 MB", "1000000.0 MB (all of it)")]


def test_how_much_an_image_takes_is_told_by_the_rules_alone() -> None:
    code = {path: path.read_text(encoding="utf-8") for path in Path(platforms.__path__[0]).rglob("*.py")}
    assert {path.name for path, text in code.items() if "space_factor" in text} == {"rules.py"}
    deadlines = ("verify_rate", "minimum_rate")
    assert not [path.name for path, text in code.items() if any(word in text for word in deadlines)]


@pytest.mark.parametrize(
    ("running", "allowed", "ok", "needed"),
    [
        ("17.09.05", False, True, "17.12.4"),
        ("17.12.04", False, True, "17.12.4"),
        ("17.15.01", False, False, "17.15.01 or newer"),
        ("17.15.01", True, True, "17.15.01 or newer"),
        ("BLD_X", False, False, "a release that can be compared with the running one"),
        ("BLD_X", True, True, "a release that can be compared with the running one"),
    ],
)
def test_an_older_release_is_refused_unless_it_is_meant(running: str, allowed: bool, ok: bool, needed: str) -> None:
    found = rules.order(running, IMAGE, Readiness(allow_downgrade=allowed))
    assert told(found) == [("not a downgrade", ok, f"{running} to 17.12.4", needed)]
    assert found.next_command == "set swimctl.readiness.allow_downgrade: true if you want this"


def test_what_is_asked_for_and_no_driver_does_is_refused_and_else_nothing_is_said() -> None:
    assert told(*rules.in_service("", wanted=True)) == [
        ("in-service upgrade", False, "asked for", "a platform that swimctl upgrades in service")
    ]
    assert not [*rules.in_service("install …", wanted=True), *rules.in_service("", wanted=False)]
    assert told(*rules.no_clean_up(wanted=True)) == [
        ("clean-up of flash", False, "asked for", "a platform whose device knows which files its releases need")
    ]
    assert not list(rules.no_clean_up(wanted=False))
    assert told(*rules.kind(IMAGE, {ImageKind.PATCH, ImageKind.EPLD})) == [
        ("kind of image", False, f"{IMAGE.filename}, {IMAGE.kind}", "one of these kinds: epld, patch")
    ]
    assert not list(rules.kind(IMAGE, {IMAGE.kind}))


def test_what_runs_is_installed_again_only_where_the_installer_does_that() -> None:
    support = replace(SUPPORT, reinstalls=True)
    assert not [*rules.again("17.12.04", support), *rules.again("", replace(support, reinstalls=False))]
    assert told(*rules.again("17.12.04", replace(support, reinstalls=False))) == [
        (
            "another image than runs",
            False,
            "17.12.04",
            f"another one: '{support.activate}' is not known to change anything if the image already runs",
        )
    ]
