"""NAPALM, scrapli and netmiko's SCP classes at lab devices of every platform: they log in, read facts and copy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import netmiko
import pytest
import scrapli
from fleets import arista_eos, cisco_ios, cisco_nxos, cisco_xe, cisco_xr, juniper_junos
from fleets.fleet import Fleet
from napalm import get_network_driver
from scrapli.transport import Ssh2Options

from swimctl.lab.fleet import LabFleet
from swimctl.lab.images import make_image

FLEETS: dict[str, Fleet] = {
    module.__name__.rpartition(".")[2]: module.FLEET
    for module in (arista_eos, cisco_ios, cisco_nxos, cisco_xe, cisco_xr, juniper_junos)
}
MODELS = {"cisco_nxos": "Nexus9000 C93180YC-FX"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    devices = [fleet.make(name.replace("_", "-")) for name, fleet in FLEETS.items()]
    with LabFleet(devices, speed=600, folder=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


def address(lab: LabFleet, platform: str) -> tuple[str, int]:
    return lab.address(platform.replace("_", "-"))


@pytest.mark.parametrize(
    ("driver", "platform", "release"),
    [
        ("ios", "cisco_xe", "Version 17.6.5,"),
        ("ios", "cisco_ios", None),
        ("nxos_ssh", "cisco_nxos", "9.3(5)"),
        ("iosxr", "cisco_xr", "7.3.2"),
    ],
)
def test_napalm_gets_its_facts(lab: LabFleet, driver: str, platform: str, release: str | None) -> None:
    host, port = address(lab, platform)
    spec = lab.switch(platform.replace("_", "-")).spec
    with get_network_driver(driver)(host, "admin", "admin", optional_args={"port": port, "secret": "enable"}) as device:
        assert device.is_alive()["is_alive"]
        facts = device.get_facts()
    assert (release or FLEETS[platform].old) in facts["os_version"]
    assert facts["hostname"].partition(".")[0] == spec.name
    assert (facts["serial_number"], facts["vendor"]) == (spec.serial, "Cisco")
    assert facts["uptime"] >= spec.uptime - 60
    assert len(facts["interface_list"]) > 3


@pytest.mark.parametrize(
    ("definition", "platform"),
    [
        ("arista_eos", "arista_eos"),
        ("cisco_iosxe", "cisco_ios"),
        ("cisco_nxos", "cisco_nxos"),
        ("cisco_iosxe", "cisco_xe"),
        ("cisco_iosxr", "cisco_xr"),
        ("juniper_junos", "juniper_junos"),
    ],
)
def test_scrapli_logs_in_and_reads(lab: LabFleet, definition: str, platform: str) -> None:
    host, port = address(lab, platform)
    auth = scrapli.AuthOptions(username="admin", password="admin")
    with scrapli.Cli(
        host, port=port, definition_file_or_name=definition, auth_options=auth, transport_options=Ssh2Options()
    ) as cli:
        told = cli.send_input("show version")
    assert FLEETS[platform].old in told.result
    assert not told.failed


@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")  # netmiko's, when it looks for templates
@pytest.mark.parametrize(
    ("platform", "file_system"),
    [
        ("arista_eos", "/mnt/flash"),
        ("cisco_ios", "flash:"),
        ("cisco_nxos", "bootflash:"),
        ("cisco_xe", "flash:"),
        ("cisco_xr", "harddisk:"),
    ],
)
def test_netmiko_puts_a_file_and_finds_it_right(lab: LabFleet, tmp_path: Path, platform: str, file_system: str) -> None:
    host, port = address(lab, platform)
    image = make_image(tmp_path, FLEETS[platform].image, 5000)
    with netmiko.ConnectHandler(
        device_type=platform, host=host, port=port, username="admin", password="admin", secret="enable"
    ) as device:
        sent = netmiko.file_transfer(device, source_file=str(image), dest_file=image.name, file_system=file_system)
    assert sent == {"file_exists": True, "file_transferred": True, "file_verified": True}
