"""A readiness rule whose command gives no answer refuses; none is ever skipped in silence."""

from __future__ import annotations

import pytest
from platforms.cisco_xe.scripted_device import (
    ANY,
    BOOT,
    CHASSIS,
    INSTALL,
    PAIR,
    REFUSED,
    STACK,
    SWITCH,
    UNAUTHORIZED,
    VERSION,
    check,
)
from platforms.scripted_device import changed, lacking

from swimctl.errors import CommandRefused, DeviceError, UnparsableOutput
from swimctl.models import Device
from swimctl.platforms.cisco_xe.readiness import identity
from swimctl.platforms.cisco_xe.units import Unit
from swimctl.platforms.facts import SoftwareVersion

# Where a cut leaves lines that are whole each, and too few.
CUT_AT = {
    VERSION: "System restarted",
    SWITCH: "Switch#",
    INSTALL: "IMG",
    BOOT: "Manual Boot",
    "show inventory": "PID:",
    "dir flash:": "30530",
    "show file systems": "*",
}


# A rule whose command gives no answer must refuse: what broke the command is raised, and names it.
GUARDS = [command for command in STACK if command != "show running-config"]
BROKEN: dict[str, tuple[str, type[DeviceError], str]] = {
    "empty": ("", UnparsableOutput, "printed nothing"),
    "garbled": ("~#\x07 smand: 1/RP/0:\n", UnparsableOutput, "first odd line: '"),
    "no such command": (REFUSED, CommandRefused, "% Invalid input"),
    "not authorized": (UNAUTHORIZED, CommandRefused, "% Authorization failed"),
}


# Not every model has `show romvar`: see below.
@pytest.mark.parametrize(
    ("command", "how"),
    [(command, how) for command in GUARDS for how in BROKEN if (command, how) != ("show romvar", "no such command")],
)
def test_a_guard_whose_command_is_broken_refuses(command: str, how: str) -> None:
    text, error, words = BROKEN[how]
    with pytest.raises(error, match=words) as caught:
        check({**STACK, command: text})
    assert command.removesuffix(" flash:") in str(caught.value)


@pytest.mark.parametrize("command", CUT_AT)
def test_a_guard_whose_output_was_cut_off_refuses(command: str) -> None:
    cut = STACK[command][: STACK[command].rindex(CUT_AT[command])]
    with pytest.raises(UnparsableOutput, match=f"cannot read the output of '{command.removesuffix(' flash:')}'"):
        check({**STACK, command: cut})


@pytest.mark.parametrize("how", [how for how in BROKEN if how != "no such command"])
def test_a_chassis_is_asked_as_strictly(how: str) -> None:
    text, error, _ = BROKEN[how]
    for command in ("show switch", "show platform", "show redundancy", "show romvar", "show running-config"):
        with pytest.raises(error, match=command):
            check({**CHASSIS, command: text}, device=ANY)


@pytest.mark.parametrize("how", BROKEN)
def test_so_is_a_pair(how: str) -> None:
    text, error, _ = BROKEN[how]
    for command in ("show redundancy", "show stackwise-virtual link", "show stackwise-virtual dual-active-detection"):
        with pytest.raises(error, match=command):
            check({**PAIR, command: text}, device=ANY)


def test_without_romvar_the_configuration_and_the_register_tell() -> None:
    without = {**STACK, "show romvar": REFUSED}
    assert lacking(check(without)) == {}
    for broken in (
        changed(without, ("show running-config", "hostname", "system ignore startupconfig switch all\nhostname")),
        changed(without, (VERSION, "is 0x102", "is 0x142")),
    ):
        assert set(lacking(check(broken))) == {"startup configuration"}
    with pytest.raises(UnparsableOutput, match="show running-config"):
        check({**without, "show running-config": "Building configuration...\n"})


def test_a_device_whose_reload_could_not_be_proved_is_refused() -> None:
    timeless = changed(
        STACK,
        (VERSION, "hall-2 uptime is 3 weeks, 1 day, 4 hours, 9 minutes\n", ""),
        (VERSION, "System restarted at 22:11:05 CET Sat Mar 9 2024\n", ""),
    )
    with pytest.raises(UnparsableOutput, match="a reload could not be proved"):
        check(timeless)


def test_a_pair_of_controllers_is_told_the_commands_that_it_has() -> None:
    version = SoftwareVersion("17.12.04", model="C9800-40-K9", serial="TTM27010AA1")
    units = (Unit("1", "Active", version="17.12.04"), Unit("2", "Standby", "HA sync in progress", "17.12.04"))
    found = {each.rule: each for each in identity(version, units, (), Device(1, "wlc-1", "cisco_xe", "192.0.2.1"))}
    assert not found["stack members"].ok
    assert "`show chassis`" in found["stack members"].next_command
    assert "show switch" not in found["stack members"].next_command
