"""Netmiko at a lab Nexus, with the community's templates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fleets.cisco_nxos import FLEET
from netmiko import ConnectHandler, file_transfer

from swimctl.lab.cisco_nxos.forms import OLD_VERSION, VERSION
from swimctl.lab.fleet import LabFleet
from swimctl.lab.images import make_image

pytestmark = pytest.mark.prove

# The templates take a build in brackets for a part of the release.
FORMS = {VERSION: OLD_VERSION}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    with LabFleet([FLEET.make("leaf", vpc=7, forms=FORMS)], speed=600, folder=tmp_path_factory.mktemp("nexus")) as lab:
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
