"""Devices that answer nearly as one of swimctl's platforms, and are upgraded another way: told so before all else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from platforms.contract import platform
from platforms.scripted_device import Paper, image

from swimctl.config.settings import Settings
from swimctl.errors import UnparsableOutput
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms import PLATFORM_NAMES, canonical_platform, driver_factory
from swimctl.steps.first_look import FirstLook, first_look

IMAGES = {
    "cisco_xe": ("c8000v-universalk9.17.12.04.SPA.bin", "c8000v-universalk9", "17.12.4"),
    "cisco_nxos": ("nxos64-cs.10.3.4a.M.bin", "nxos64-cs", "10.3(4a)"),
    "cisco_xr": ("ncs5500-goldenk9-x-7.9.2.iso", "ncs5500-goldenk9-x", "7.9.2"),
    "juniper_junos": ("junos-arm-32-23.4R2.13.tgz", "junos-arm-32", "23.4R2.13"),
}


class Small(Paper):
    """Answers what is written down; whatever else is asked is noted, and fails the test by that."""

    @property
    def netconf(self) -> None:
        return None

    def ended_within(self, seconds: float, *, watch: bool = False) -> bool:
        raise AssertionError(f"nothing reloads here ({seconds}, {watch})")


def look(name: str, answers: dict[str, str | list[str]]) -> tuple[FirstLook, Sequence[str]]:
    """Look at a device as a job does before it changes anything."""
    device = Device(1, "core-1", name, "192.0.2.9")
    wanted: Image = image(name, *IMAGES[name], 1_000)
    terminal = Small(answers)
    seen = first_look(
        terminal,
        lambda session: driver_factory(name)(session, Settings(), JobOptions()),
        device,
        wanted,
        JobOptions(),
        username="admin",
        taken_at="now",
    )
    return seen, terminal.asked


def refusal(name: str, answers: dict[str, str | list[str]]) -> Finding:
    """Return the one rule that refuses; everything that the device was asked was written down."""
    seen, asked = look(name, answers)
    assert set(asked) == set(answers)
    assert seen.snapshot is None
    assert not seen.unreadable
    (found,) = {finding.rule: finding for finding in seen.refused}.values()
    return found


def test_a_leaf_of_an_aci_fabric_is_asked_nothing_but_its_version() -> None:
    found = refusal("cisco_nxos", {"show version": platform("cisco_nxos").sample("show_version/aci_leaf")})
    assert found.rule == "one image"
    assert found.seen == "a switch of an ACI fabric, 15.2(7f)"
    assert "its APIC upgrades it" in found.next_command
    assert canonical_platform("aci") is None  # so the next step that is named does what it says


def test_a_leaf_whose_file_has_another_name_is_one_too() -> None:
    text = platform("cisco_nxos").sample("show_version/aci_leaf").replace("aci-n9000-dk9", "switch")
    assert "ACI" in refusal("cisco_nxos", {"show version": text}).seen


def test_a_switch_of_a_storage_network_is_asked_nothing_but_its_version() -> None:
    found = refusal("cisco_nxos", {"show version": platform("cisco_nxos").sample("show_version/storage_network")})
    assert found.seen == "a switch of a storage network, MDS 9710: kickstart and system image"
    assert "`install all kickstart … system …`" in found.next_command


def test_a_nexus_7000_is_refused_before_its_modules_are_read() -> None:
    found = refusal("cisco_nxos", {"show version": platform("cisco_nxos").sample("show_version/two_images")})
    assert found.seen == "kickstart and system image"
    assert "`install all kickstart … system …`" in found.next_command


@pytest.mark.parametrize("starts", ["packages.conf", "c8000v-universalk9.17.09.04a.SPA.bin"])
def test_a_router_of_an_sd_wan_is_left_to_its_manager_in_either_mode(starts: str) -> None:
    text = platform("cisco_xe").sample("show_version/router_in_an_sd_wan").replace("packages.conf", starts)
    privilege = {"show privilege": "Current privilege level is 15\n"}
    found = refusal("cisco_xe", {"show version": text, **privilege})
    assert found.rule == "upgraded by itself"
    assert found.seen == "operating mode Controller-Managed"
    assert "upgrade it in its manager" in found.next_command
    assert canonical_platform("sdwan") is None


def test_a_router_in_autonomous_mode_is_asked_on() -> None:
    text = platform("cisco_xe").sample("show_version/router_in_an_sd_wan")
    with pytest.raises(KeyError):  # what comes next is not written down
        look(
            "cisco_xe",
            {
                "show version": text.replace("Controller-Managed", "Autonomous"),
                "show privilege": "Current privilege level is 15\n",
            },
        )


def test_junos_evolved_is_refused_before_its_chassis_is_read() -> None:
    own = platform("juniper_junos")
    found = refusal(
        "juniper_junos",
        {
            "show cli authorization": own.sample("show_cli_authorization/super_user"),
            "show virtual-chassis": "error: syntax error, expecting <command>\n",
            "show version": own.sample("show_version/evolved"),
        },
    )
    assert found.rule == "installer"
    assert found.seen == "Junos Evolved 22.3R1.9-EVO"
    assert "`request system software`" in found.needed


@pytest.mark.parametrize(("kind", "words"), [("classic", "32-bit"), ("lnt", "LNT")])
def test_the_other_kinds_of_ios_xr_are_told_apart(kind: str, words: str) -> None:
    own = platform("cisco_xr")
    tasks = "Task:             pkg-mgmt  : READ    WRITE    EXECUTE\n"
    found = refusal("cisco_xr", {"show version": own.sample(f"show_version/{kind}"), "show user tasks": tasks})
    assert found.rule == "kind of IOS XR"
    assert words in found.next_command


# Systems that are none of swimctl's: each is told what answers, by whatever name the inventory calls it.
MOS = """\
Device: Metamako MetaConnect 48
SKU: DCS-7130-48
Serial number: C48-A6-30001-0

Software image version: 0.39.1
Internal build ID: mos-0.39+12
Applications: netconf-0.9

System management controller version: 1.3.2 release-platmicro-1.3+2

Uptime: 12 days, 9:00:05.700000
"""
FTD = """\
-------------------[ ftd-3 ]--------------------
Model                     : Cisco Firepower 2110 Threat Defense (77) Version 7.2.5 (Build 208)
UUID                      : 00000000-0000-1111-2222-333344445555
VDB version               : 353
----------------------------------------------------

Cisco Adaptive Security Appliance Software Version 9.18(3)56
"""
ASA = """\
Cisco Adaptive Security Appliance Software Version 9.16(3)19
SSP Operating System Version 2.10(1.217)
Device Manager Version 7.18(1)

Compiled on Wed 29-Jun-22 22:23 GMT by builders
System image file is "disk0:/asa9-16-3-19-smp-k8.bin"
Config file at boot was "startup-config"

fw-1 up 41 days 3 hours
"""
OTHERS = {"MOS": MOS, "FTD": FTD, "ASA": ASA}


@pytest.mark.parametrize("name", PLATFORM_NAMES)
@pytest.mark.parametrize("system", OTHERS)
def test_a_system_that_is_none_of_swimctls_is_named(name: str, system: str) -> None:
    with pytest.raises(UnparsableOutput, match=f"another operating system's, {system}: swimctl does not upgrade it"):
        platform(name).commands.parse("show version", OTHERS[system])
