"""Netmiko against a lab router with IOS-XR: what it sends at login, and what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fleets.cisco_xr import FLEET
from netmiko import ConnectHandler

from swimctl.lab.fleet import LabFleet

pytestmark = pytest.mark.prove


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    with LabFleet([FLEET.make("edge")], speed=600, folder=tmp_path_factory.mktemp("router")) as lab:
        yield lab


@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")  # netmiko finds its templates so
def test_netmiko_reads_by_the_communitys_templates_and_commits(lab: LabFleet) -> None:
    host, port = lab.address("edge")
    with ConnectHandler(device_type="cisco_xr", host=host, port=port, username="admin", password="admin") as device:

        def rows(command: str) -> Any:
            return device.send_command(command, use_textfsm=True)

        assert device.find_prompt() == "RP/0/RP0/CPU0:edge#"
        assert rows("show version")[0]["version"] == "7.3.2"
        assert [row["state"] for row in rows("show platform")][:2] == ["IOS XR RUN"] * 2
        assert rows("show inventory")[-1]["pid"] == "ASR-9901"
        assert [row["neighbor_name"] for row in rows("show lldp neighbors")] == ["core1", "core2"]
        device.send_config_set(["interface TenGigE0/0/0/2", "description to nowhere"], exit_config_mode=False)
        device.commit()
        device.exit_config_mode()
        assert " description to nowhere" in device.send_command("show running-config")
    assert not lab.reloads("edge")
