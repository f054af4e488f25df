"""The readiness rules of devices that boot by their boot variable: each refuses with what was seen and what helps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from platforms.cisco_ios.lab_driver import DEVICE, NEW_FILE, OLD_FILE, ROUTER, BundleDesk, IosDesk
from platforms.scripted_device import lacking

from swimctl.config.settings import Readiness
from swimctl.errors import UnparsableOutput
from swimctl.models import Finding
from swimctl.platforms.cisco_ios.images import fits
from swimctl.platforms.cisco_ios.readiness import MemberFlash, State, assess
from swimctl.platforms.cisco_xe.units import Unit
from swimctl.platforms.facts import BootSettings, SoftwareVersion

CAT9K, CAT9K_OLD = "cat9k_iosxe.17.12.04.SPA.bin", "cat9k_iosxe.17.06.05.SPA.bin"
TFTP, SLAVE = "-   network     rw   tftp:\n", "  64000000  60000000  disk  rw  slavedisk0:\n"
ROW = "2 28    WS-C2960X-24TS-L          15.2(7)E4"


@dataclass(frozen=True)
class Refused:
    """A device, what is changed of what it prints, and what the refusal says: seen, needed, next."""

    seen: str
    needed: str
    following: str
    swaps: dict[str, tuple[str, str]] = field(default_factory=dict)
    spec: dict[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    asked: dict[str, Any] = field(default_factory=dict)


CASES = {
    "boot variable": Refused(
        "older.bin first", f"{OLD_FILE}, which runs, first", f"`boot system flash:/{OLD_FILE}` as the first",
        lines=("boot system flash:older.bin",),
    ),
    "boot variable (none)": Refused(
        "nothing first", f"{OLD_FILE}, which runs", "`write memory`", lines=("no boot system",)
    ),
    "boot variable (one member)": Refused(
        "nothing first on member 2", f"{OLD_FILE}, which runs", f"`boot system switch all flash:/{OLD_FILE}`",
        spec={"members": 2}, lines=(f"boot system flash:/{OLD_FILE}",),
    ),
    "file of the running image": Refused(
        "not on flash2:", f"{OLD_FILE} on the flash of every member", "`copy` it back", spec={"members": 2},
        swaps={f"dir flash2:{OLD_FILE}": ("-rw-", "drwx")},
    ),
    "boots by itself": Refused("manual boot", "no manual boot", "`no boot manual`", lines=("boot manual",)),
    "boots by itself (register)": Refused(
        "manual boot (register 0x2102, 0x2100)", "no manual boot", "0x2102",
        spec={"model": ROUTER, "version": "15.7(3)M5"},
        swaps={"show version": ("register is 0x2102", "register is 0x2102 (will be 0x2100 at next reload)")},
    ),
    "boot variable is used": Refused(
        "register 0x2101", "last digit is 2 to F", "`config-register 0x2102`",
        spec={"model": ROUTER, "version": "15.7(3)M5"}, swaps={"show version": ("is 0x2102", "is 0x2101")},
    ),
    "startup configuration": Refused(
        "ignored at the next boot (register 0x2102, 0x2142)", "read at the next boot", "`config-register 0x2102`",
        spec={"model": ROUTER, "version": "15.7(3)M5"}, swaps={"show version": ("is 0x2102", "is 0x2142")},
    ),
    "one processor": Refused(
        "slavedisk0:", "without a second supervisor", "by hand",
        swaps={"show file systems": (TFTP, TFTP + SLAVE)},
    ),
    "stack members": Refused(
        "member 2 Version Mismatch", "every member Ready", "`show switch`", spec={"members": 2},
        swaps={"show switch": ("14     4       Ready", "14     4       Version Mismatch")},
    ),
    "same release on every member": Refused(
        "15.2(7)E3, 15.2(7)E4", "one release", "`boot system switch all flash:IMAGE`", spec={"members": 2},
        swaps={"show version": (ROW, ROW.replace("E4", "E3"))},
    ),
    "free flash on member 2": Refused(
        "0.0 MB", "0.1 MB (the image's file)", "`dir flash2:` and `delete`", spec={"members": 2},
        swaps={"show file systems": ("20000000     flash     rw   flash2:", "0     flash     rw   flash2:")},
    ),
    "not a downgrade": Refused(
        "15.2(7)E9 to 15.2(7)E7", "15.2(7)E9 or newer", "allow_downgrade", spec={"version": "15.2(7)E9"}
    ),
    "image family": Refused(
        "WS-C3750X-24P-S", "hardware that c2960x-universalk9 runs on", "--image", spec={"model": "WS-C3750X-24P-S"},
    ),
    "clean-up of flash": Refused("asked for", "knows which files", "without --cleanup-flash", asked={"cleanup": True}),
    "serial number": Refused(
        "FOC2701001K", "FOC0000", "check address", asked={"device": replace(DEVICE, serial="FOC0000")},
    ),
}  # fmt: skip


def refusals(desk: IosDesk, image: Any, **asked: Any) -> dict[str, Finding]:
    """Apply all rules to a device; the refused ones by their names."""
    found = desk.driver().check(asked.get("device", DEVICE), image, cleanup=asked.get("cleanup", False))
    return lacking(found)


@pytest.mark.parametrize("name", CASES)
def test_each_rule_refuses_alone_with_what_helps(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    desk = IosDesk(tmp_path, **case.spec)
    desk.lines("configure terminal", *case.lines, "end")
    desk.swaps = case.swaps
    router = case.spec.get("model") == ROUTER
    image = desk.image(*(("c1900-universalk9-mz.SPA.157-3.M8.bin", "15.7(3)M8") if router else ()))
    found = refusals(desk, image, **case.asked)
    rule = name.partition(" (")[0]
    assert set(found) == {rule}, found
    assert case.seen in found[rule].seen
    assert case.needed in found[rule].needed
    assert case.following in found[rule].next_command


@pytest.mark.parametrize("members", [1, 3])
def test_what_is_ready_passes_and_nothing_was_changed(tmp_path: Path, members: int) -> None:
    desk = IosDesk(tmp_path, members=members)
    assert refusals(desk, desk.image()) == {}
    assert all(line.startswith(("show ", "dir ")) for line in desk.typed)


def test_an_archive_needs_room_for_what_is_unpacked_of_it(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path, members=2)
    image = desk.image("c2960x-universalk9-tar.152-7.E7.tar")
    desk.swaps = {"show file systems": ("20000000     flash     rw   flash2:", "59999     flash     rw   flash2:")}
    found = refusals(desk, image)
    assert found["free flash on member 2"].needed == "0.1 MB (the image's file, and what is unpacked of it)"


def test_a_conversion_needs_room_to_unpack_and_no_packages_conf(tmp_path: Path) -> None:
    desk = BundleDesk(tmp_path)
    image = replace(desk.image(CAT9K, "17.12.4"), size=8_100_000)
    assert desk.driver(convert=True).support.activate == "install add … activate commit"
    found = {f.rule: f for f in desk.driver(convert=True).check(DEVICE, image, cleanup=False)}
    assert not found["free flash"].ok
    assert found["free flash"].needed.startswith("20.2 MB (2.5 times the image")
    assert all(finding.ok for rule, finding in found.items() if rule != "free flash")


def test_a_member_in_another_mode_is_refused(tmp_path: Path) -> None:
    desk = BundleDesk(tmp_path, members=2)
    text = desk.type("show version")
    row = next(line for line in text.splitlines() if line.strip().startswith("2 ") and "BUNDLE" in line)
    desk.swaps = {"show version": (row, row.replace("BUNDLE", "INSTALL"))}
    found = refusals(desk, desk.image(CAT9K, "17.12.4"))
    assert found["one mode on every member"].seen == "member 1 BUNDLE, member 2 INSTALL"


def test_without_a_time_of_boot_no_reload_is_provable(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path)
    image, text = desk.image(), desk.type("show version")
    kept = [line for line in text.splitlines() if "uptime is" not in line and "restarted" not in line]
    desk.swaps = {"show version": ("\n".join(text.splitlines()), "\n".join(kept))}
    with pytest.raises(UnparsableOutput, match="a reload could not be proved"):
        desk.driver().check(DEVICE, image, cleanup=False)


def test_the_driver_is_chosen_by_what_runs(tmp_path: Path) -> None:
    names = [IosDesk(tmp_path).driver().support.name, BundleDesk(tmp_path).driver().support.name]
    names.append(BundleDesk(tmp_path).driver(convert=True).support.name)
    assert names == [
        "Cisco IOS (classic)",
        "Cisco IOS-XE, bundle mode",
        "Cisco IOS-XE, from bundle to install mode",
    ]
    desk = IosDesk(tmp_path)
    desk.driver().running()
    assert desk.typed == ["show version"]
    assert desk.driver().installed(desk.image(NEW_FILE))
    assert desk.typed == ["show version", "show version", "show boot"]


READY = {
    "stack members": "2 ready",
    "same release on every member": "15.2(7)E4",
    "image family": "WS-C2960X-24TS-L",
    "one processor": "one",
    "boot variable": OLD_FILE,
    "file of the running image": "there",
    "boots by itself": "boots by itself",
    "startup configuration": "read at the next boot",
    "boot variable is used": "register 0xF",
    "free flash on member 1": "19.9 MB",
    "free flash on member 2": "20.0 MB",
    "not a downgrade": "15.2(7)E4 to 15.2(7)E7",
    "privilege": "level 15",
}


def test_a_stack_that_is_ready_shows_each_fact_in_these_words(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path, members=2)
    found = desk.driver().check(DEVICE, desk.image(), cleanup=False)
    assert {finding.rule: finding.seen for finding in found if finding.ok} == READY
    assert lacking(found) == {}


def test_two_processors_without_a_boot_variable_and_a_known_image_are_told_in_whole_words(tmp_path: Path) -> None:
    units = (Unit("R0", version="15.2(7)E4"), Unit("R1", version="15.2(7)E4"))
    flash = {unit.name: MemberFlash(f"flash-{unit.name}:", None, 1_000_000, "its file", boots=False) for unit in units}
    version = SoftwareVersion("15.2(7)E4", model="WS-C2960X-24TS-L")
    state = State(version, units, BootSettings(None), (), (), flash)
    image = IosDesk(tmp_path).image()
    told = lacking(assess(state, replace(DEVICE, model=None, serial=None), image, Readiness(), fits, cleanup=False))
    assert {rule: finding.seen for rule, finding in told.items()} == {
        "stack members": "none is the standby",
        "one processor": "R0, R1",
        "boot variable": "unknown",
        "file of the running image": "not on flash-R0:, flash-R1:",
        "boots by itself": "unknown",
        "startup configuration": "unknown",
        "boot variable is used": "register not printed",
        "free flash on R0": "unknown",
        "free flash on R1": "unknown",
    }
    alone = replace(state, units=units[:1], boot=BootSettings(("flash:older.bin",)))
    told = lacking(assess(alone, replace(DEVICE, model=None, serial=None), image, Readiness(), fits, cleanup=False))
    assert told["boot variable"].seen == "older.bin first"
    assert "one processor" not in told
