"""Netmiko against a lab Juniper: what it sends at login, and what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fleets.juniper_junos import FLEET
from netmiko import ConnectHandler

from swimctl.lab.fleet import LabFleet
from swimctl.lab.juniper_junos.forms import NUMBERED

pytestmark = pytest.mark.prove


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    users = {"admin": ("admin", 15), "root": ("admin", 15)}
    # The community's template of `show version` knows no number above a switch that is alone.
    plain = {NUMBERED: NUMBERED.forms[-1]}
    with LabFleet(
        [FLEET.make("ex", users=users, forms=plain)], speed=600, folder=tmp_path_factory.mktemp("juniper")
    ) as lab:
        yield lab


@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")  # netmiko finds its templates so
@pytest.mark.parametrize("user", ["admin", "root"])
def test_netmiko_reads_by_the_communitys_templates_and_commits(lab: LabFleet, user: str) -> None:
    host, port = lab.address("ex")
    with ConnectHandler(device_type="juniper_junos", host=host, port=port, username=user, password="admin") as device:

        def rows(command: str) -> Any:
            return device.send_command(command, use_textfsm=True)

        assert device.find_prompt() == f"{user}@ex>"
        found = rows("show version")[0]
        assert (found["hostname"], found["model"], found["junos_version"]) == ("ex", "ex3400-24p", "20.4R3.8")
        assert rows("show chassis hardware")[0]["chassis_description"] == "EX3400-24P"
        assert rows("show system uptime")[0]["time_source"] == "NTP CLOCK"
        assert [row["neighbor_name"] for row in rows("show lldp neighbors")] == ["server-1.lab", "core-0.lab"]
        assert sum(int(row["active_routes"]) for row in rows("show route summary")) == 14
        device.send_config_set([f"set system host-name {user}-1"])
        assert "commit complete" in device.commit(and_quit=True)
        assert device.find_prompt() == f"{user}@{user}-1>"
        device.send_config_set(["delete system host-name"])
        device.commit(and_quit=True)
        asked = device.send_command("request system reboot", expect_string=r"\(no\)")
        assert "Reboot the system ?" in asked
        device.send_command("no", expect_string=">")
    assert not lab.reloads("ex")
