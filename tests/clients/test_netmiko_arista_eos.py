"""Netmiko at a lab Arista, with privilege and without."""

from __future__ import annotations

from collections.abc import Iterator

import netmiko
import pytest
from fleets.arista_eos import FLEET

from swimctl.lab.fleet import LabFleet

pytestmark = pytest.mark.prove

USERS = {"admin": ("admin", 15), "guest": ("guest", 1)}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    with LabFleet([FLEET.make("leaf", users=USERS)], speed=600, folder=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")  # netmiko's, when it looks for templates
@pytest.mark.parametrize(("user", "prompt"), [("admin", "leaf#"), ("guest", "leaf>")])
def test_netmiko_reads_configures_and_saves(lab: LabFleet, user: str, prompt: str) -> None:
    host, port = lab.address("leaf")
    with netmiko.ConnectHandler(
        device_type="arista_eos", host=host, port=port, username=user, password=user, secret="enable"
    ) as device:
        assert device.find_prompt() == prompt
        device.enable()
        assert device.find_prompt() == "leaf#"
        assert device.send_command("show version", use_textfsm=True)[0]["image"] == "4.28.3M"
        assert device.send_command("show boot-config", use_textfsm=True)[0]["version"] == "flash:/EOS-4.28.3M.swi"
        device.send_config_set(["interface Ethernet3", f"description of {user}"])
        assert "Copy completed successfully." in device.save_config()
        assert f"   description of {user}" in device.send_command("show startup-config")
