"""Netmiko and scrapli at a lab Arista, each with its own login."""

from __future__ import annotations

from collections.abc import Iterator

import netmiko
import pytest
import scrapli
from fleets.arista_eos import FLEET
from scrapli.auth import LookupKeyValue
from scrapli.transport import Ssh2Options

from swimctl.lab.fleet import LabFleet

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


@pytest.mark.parametrize("user", USERS)
def test_scrapli_logs_in_and_reads(lab: LabFleet, user: str) -> None:
    host, port = lab.address("leaf")
    auth = scrapli.AuthOptions(username=user, password=user, lookups=[LookupKeyValue("enable", "enable")])
    with scrapli.Cli(
        host, port=port, definition_file_or_name="arista_eos", auth_options=auth, transport_options=Ssh2Options()
    ) as cli:
        told = cli.send_input("show version")
        assert "Software image version: 4.28.3M" in told.result
        assert not told.failed
