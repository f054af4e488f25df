"""Netmiko, NAPALM and scrapli against a lab Nexus: what they send at login, and what they read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import scrapli
from fleets.cisco_nxos import FLEET
from napalm import get_network_driver
from netmiko import ConnectHandler, file_transfer
from scrapli.transport import Ssh2Options

from swimctl.lab.fleet import LabFleet
from swimctl.lab.images import make_image


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    with LabFleet([FLEET.make("leaf", vpc=7)], speed=600, folder=tmp_path_factory.mktemp("nexus")) as lab:
        yield lab


@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")  # netmiko finds its templates so
def test_netmiko_reads_by_the_communitys_templates_and_saves(lab: LabFleet, tmp_path: Path) -> None:
    host, port = lab.address("leaf")
    login = {"host": host, "port": port, "username": "admin", "password": "admin"}
    with ConnectHandler(device_type="cisco_nxos", **login) as device:

        def rows(command: str) -> Any:
            return device.send_command(command, use_textfsm=True)

        assert device.find_prompt() == "leaf#"
        assert (rows("show version")[0]["os"], rows("show version")[0]["boot_image"]) == (
            "9.3(5)",
            "bootflash:///nxos.9.3.5.bin",
        )
        assert [row["pid"] for row in rows("show inventory")][:1] == ["N9K-C93180YC-FX"]
        assert len(rows("show interface status")) == 55
        assert {row["name"]: row["state"] for row in rows("show feature")}["scpServer"] == "enabled"
        for command in ("show module", "show cdp neighbors", "show lldp neighbors", "show vpc", "show interface brief"):
            assert isinstance(rows(command), list), command
        device.send_config_set(["interface eth1/9", "description spare"])
        assert "Copy complete." in device.save_config()
        image = make_image(tmp_path, "nxos.9.3.6.bin", 5000)
        sent = file_transfer(device, source_file=str(image), dest_file=image.name, file_system="bootflash:")
        assert sent == {"file_exists": True, "file_transferred": True, "file_verified": True}


def test_napalm_gets_its_facts(lab: LabFleet) -> None:
    host, port = lab.address("leaf")
    with get_network_driver("nxos_ssh")(host, "admin", "admin", optional_args={"port": port}) as device:
        facts = device.get_facts()
        assert (facts["os_version"], facts["hostname"]) == ("9.3(5)", "leaf.lab.example")
        assert "Ethernet1/54" in facts["interface_list"]


def test_scrapli_logs_in_and_reads(lab: LabFleet) -> None:
    host, port = lab.address("leaf")
    auth = scrapli.AuthOptions(username="admin", password="admin")
    with scrapli.Cli(
        host, port=port, definition_file_or_name="cisco_nxos", auth_options=auth, transport_options=Ssh2Options()
    ) as cli:
        result = cli.send_input("show version")
        assert "NXOS: version 9.3(5)" in result.result
        assert not result.failed
