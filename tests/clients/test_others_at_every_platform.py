"""NAPALM, scrapli and netmiko's SCP classes at lab devices of every platform: they log in, read facts and copy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import netmiko
import paramiko
import pytest
import scrapli
from fleets import arista_eos, cisco_ios, cisco_nxos, cisco_xe, cisco_xr, juniper_junos
from fleets.fleet import Fleet
from napalm import get_network_driver
from scrapli.transport import Ssh2Options

from swimctl.lab.cisco_nxos.device import Nexus
from swimctl.lab.fleet import LabFleet
from swimctl.lab.images import make_image

pytestmark = pytest.mark.prove

FLEETS: dict[str, Fleet] = {
    module.__name__.rpartition(".")[2]: module.FLEET
    for module in (arista_eos, cisco_ios, cisco_nxos, cisco_xe, cisco_xr, juniper_junos)
}
OFFERED: dict[str, dict[str, bool]] = {
    "arista_eos": {"web_api": True}, "cisco_nxos": {"web_api": True}, "juniper_junos": {"netconf": True}
}  # fmt: skip
"""What a device offers beside its terminal, where NAPALM's driver of it asks for that by default."""
VAR_TMP = "/var/tmp"  # noqa: S108 - the device's


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    devices = [fleet.make(name.replace("_", "-"), **OFFERED.get(name, {})) for name, fleet in FLEETS.items()]
    with LabFleet(devices, speed=600, folder=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


def address(lab: LabFleet, platform: str) -> tuple[str, int]:
    return lab.address(platform.replace("_", "-"))


@pytest.mark.parametrize(
    ("driver", "platform", "release"),
    [
        ("ios", "cisco_xe", "Version 17.6.5,"),
        ("ios", "cisco_ios", None),
        ("eos", "arista_eos", "4.28.3M"),
        ("nxos_ssh", "cisco_nxos", "9.3(5)"),
        ("iosxr", "cisco_xr", "7.3.2"),
    ],
)
def test_napalm_gets_its_facts(lab: LabFleet, driver: str, platform: str, release: str | None) -> None:
    host, port = address(lab, platform)
    spec = lab.switch(platform.replace("_", "-")).spec
    given = {"port": port, "secret": "enable", "transport": "ssh"}
    with get_network_driver(driver)(host, "admin", "admin", optional_args=given) as device:
        assert device.is_alive()["is_alive"]
        facts = device.get_facts()
    assert (release or FLEETS[platform].old) in facts["os_version"]
    assert facts["hostname"].partition(".")[0] == spec.name
    assert (facts["serial_number"], facts["vendor"]) == (spec.serial, "Arista" if driver == "eos" else "Cisco")
    assert facts["uptime"] >= spec.uptime - 60
    assert len(facts["interface_list"]) > 3


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")  # the certificate is the lab's own
@pytest.mark.parametrize(
    ("driver", "platform", "vendor", "release"),
    [("eos", "arista_eos", "Arista", "4.28.3M"), ("nxos", "cisco_nxos", "Cisco", "9.3(5)")],
)
def test_napalm_gets_its_facts_over_https(lab: LabFleet, driver: str, platform: str, vendor: str, release: str) -> None:
    name = platform.replace("_", "-")
    spec = lab.switch(name).spec
    given = {"port": lab.api_ports[name]}
    with get_network_driver(driver)("127.0.0.1", "admin", "admin", optional_args=given) as device:
        facts, links, configuration = device.get_facts(), device.get_interfaces(), device.get_config()
        said = device.cli(["show version"])["show version"]
    assert (facts["vendor"], facts["serial_number"], facts["fqdn"]) == (vendor, spec.serial, f"{name}.{spec.domain}")
    assert release in facts["os_version"]
    assert release in said
    assert facts["uptime"] >= spec.uptime - 60
    assert set(facts["interface_list"]) == set(links)
    assert f"hostname {name}" in configuration["running"]


def test_napalm_gets_the_facts_of_a_juniper_over_netconf(lab: LabFleet) -> None:
    host, port = address(lab, "juniper_junos")
    spec = lab.switch("juniper-junos").spec
    for number in (port, lab.netconf_ports["juniper-junos"]):
        with get_network_driver("junos")(host, "admin", "admin", optional_args={"port": number}) as device:
            assert device.is_alive()["is_alive"]
            facts, links = device.get_facts(), device.get_interfaces()
        assert (facts["hostname"], facts["fqdn"], facts["model"]) == (spec.name, spec.name, spec.model.upper())
        assert (facts["serial_number"], facts["os_version"]) == (spec.serial, FLEETS["juniper_junos"].old)
        assert facts["uptime"] >= spec.uptime - 60
        assert facts["interface_list"] == list(links)[: len(facts["interface_list"])]
        assert links["ge-0/0/0"]["is_up"]
        assert not links["me0"]["is_up"]


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
        ("juniper_junos", VAR_TMP),
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


def sftp_of(lab: LabFleet, platform: str) -> paramiko.SFTPClient:
    host, port = address(lab, platform)
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 a lab on loopback
    client.connect(host, port, "admin", "admin", allow_agent=False, look_for_keys=False)
    return client.open_sftp()


@pytest.mark.parametrize(
    ("platform", "folder"), [("arista_eos", "/mnt/flash"), ("cisco_xr", "harddisk:"), ("juniper_junos", VAR_TMP)]
)
def test_sftp_where_it_is_served_reaches_no_file_of_the_host(
    lab: LabFleet, tmp_path: Path, platform: str, folder: str
) -> None:
    with sftp_of(lab, platform) as sftp:
        with sftp.open(f"{folder}/note.txt", "w") as file:
            file.write("by sftp\n")
        with sftp.open(f"{folder}/note.txt") as file:
            assert file.read() == b"by sftp\n"
        for path in ("/etc/passwd", "../../etc/passwd", str(tmp_path)):
            with pytest.raises(OSError, match=r"."):
                sftp.open(path).read()
        with pytest.raises(OSError, match="not supported"):
            sftp.mkdir(str(tmp_path / "made"))
        with pytest.raises(OSError, match="not supported"):
            sftp.rename(f"{folder}/note.txt", str(tmp_path / "taken"))
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("platform", ["cisco_ios", "cisco_nxos", "cisco_xe"])
def test_sftp_is_refused_where_it_is_not_served(lab: LabFleet, platform: str) -> None:
    with pytest.raises(paramiko.SSHException):
        sftp_of(lab, platform)


def test_a_nexus_serves_sftp_once_its_feature_is_on(lab: LabFleet) -> None:
    nexus = cast("Nexus", lab.switch("cisco-nxos"))
    nexus.configuration.top("feature sftp-server")
    with sftp_of(lab, "cisco_nxos") as sftp:
        assert "note.txt" not in sftp.listdir("bootflash:")
    nexus.configuration.top("no feature sftp-server")
