"""Ansible's own modules at lab devices of every platform: `*_command` and `*_facts` of the five collections.

They are not in requirements-test.txt: the package that carries them takes half a gigabyte. What they send is held by
tests/lab/test_other_clients_lines.py in any case.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from fleets import arista_eos, cisco_ios, cisco_nxos, cisco_xe, cisco_xr, juniper_junos

from swimctl.lab.fleet import LabFleet

COLLECTIONS = ("cisco.ios", "cisco.nxos", "cisco.iosxr", "arista.eos", "junipernetworks.junos")
FLEETS = {
    "arista_eos": (arista_eos.FLEET, "arista.eos.eos", "4.28.3M"),
    "cisco_ios": (cisco_ios.FLEET, "cisco.ios.ios", "15.2(7)E4"),
    "cisco_nxos": (cisco_nxos.FLEET, "cisco.nxos.nxos", "9.3(5)"),
    "cisco_xe": (cisco_xe.FLEET, "cisco.ios.ios", "17.06.05"),
    "cisco_xr": (cisco_xr.FLEET, "cisco.iosxr.iosxr", "7.3.2"),
    "juniper_junos": (juniper_junos.FLEET, "junipernetworks.junos.junos", ""),
}


def _folder_of_collections() -> Path | None:
    """Find where the collections are installed: by pip, or by ansible-galaxy."""
    named = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(os.pathsep)
    roots = [*filter(None, named), "~/.ansible/collections", "/usr/share/ansible/collections", *sys.path]
    for root in (Path(each).expanduser() for each in roots if each):
        if all((root / "ansible_collections" / name.replace(".", "/")).is_dir() for name in COLLECTIONS):
            return root
    return None


FOUND = _folder_of_collections()
pytestmark = [
    pytest.mark.prove,
    pytest.mark.skipif(FOUND is None, reason=f"to run it: ansible-galaxy collection install {' '.join(COLLECTIONS)}"),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    devices = [
        fleet.make(name.replace("_", "-"), netconf=name == "juniper_junos", web_api=True)
        for name, (fleet, _, _) in FLEETS.items()
    ]
    with LabFleet(devices, speed=600, folder=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


def play(
    lab: LabFleet, folder: Path, platform: str, *tasks: dict[str, Any], over: str = "network_cli"
) -> dict[str, Any]:
    """Run tasks at a device; give the facts that they found."""
    name = platform.replace("_", "-")
    host, port = lab.address(name)
    enable = {"ansible_become": True, "ansible_become_method": "ansible.netcommon.enable",
              "ansible_become_password": "enable"}  # fmt: skip
    system = FLEETS[platform][1]
    facts = {
        "ansible_host": host,
        "ansible_port": port,
        "ansible_user": "admin",
        "ansible_password": "admin",
        "ansible_connection": f"ansible.netcommon.{over}",
        "ansible_network_os": system,
        "ansible_network_cli_ssh_type": "paramiko",
        "ansible_httpapi_port": lab.api_ports.get(name, 443),
        "ansible_httpapi_use_ssl": True,
        "ansible_httpapi_validate_certs": False,
        **(enable if system in {"cisco.ios.ios", "arista.eos.eos"} else {}),
    }
    told = {"ansible.builtin.debug": {"msg": "FOUND={{ ansible_facts | to_json | b64encode }}"}}
    book = [{"hosts": "all", "gather_facts": False, "tasks": [*tasks, told]}]
    (folder / "inventory.json").write_text(json.dumps({"all": {"hosts": {"device": facts}}}))
    (folder / "play.json").write_text(json.dumps(book))
    program = Path(sysconfig.get_path("scripts")) / "ansible-playbook"
    environment = {
        **os.environ,
        "HOME": str(folder),
        "ANSIBLE_COLLECTIONS_PATH": str(FOUND),
        "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": str(folder / "pc"),
        "ANSIBLE_PERSISTENT_CONNECT_TIMEOUT": "10",
    }
    done = subprocess.run(
        [sys.executable, program, "-i", "inventory.json", "play.json"],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"FOUND=([\w+/=]+)", done.stdout)
    assert found is not None, done.stdout
    facts_found: dict[str, Any] = json.loads(base64.b64decode(found[1]))
    return facts_found


@pytest.mark.timeout(120)
@pytest.mark.parametrize("platform", [name for name in FLEETS if name != "juniper_junos"])
def test_facts_and_commands(lab: LabFleet, tmp_path: Path, platform: str) -> None:
    collection, _, short = FLEETS[platform][1].rpartition(".")
    spec = lab.switch(platform.replace("_", "-")).spec
    facts = play(
        lab, tmp_path, platform,
        {f"{collection}.{short}_command": {"commands": ["show version"]}},
        {f"{collection}.{short}_facts": {"gather_subset": ["all"]}},
    )  # fmt: skip
    assert (facts["net_version"], facts["net_hostname"]) == (FLEETS[platform][2], spec.name)
    if platform != "cisco_xr":  # there it takes the first number of the inventory, which is a module's
        assert facts["net_serialnum"] == spec.serial
    assert len(facts["net_interfaces"]) > 3
    assert facts["net_neighbors"]
    assert facts["net_config"]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("platform", ["arista_eos", "cisco_nxos"])
def test_facts_over_https(lab: LabFleet, tmp_path: Path, platform: str) -> None:
    collection, _, short = FLEETS[platform][1].rpartition(".")
    facts = {f"{collection}.{short}_facts": {"gather_subset": ["default", "interfaces"]}}
    found = play(lab, tmp_path, platform, facts, over="httpapi")
    spec = lab.switch(platform.replace("_", "-")).spec
    assert (found["net_version"], found["net_hostname"]) == (FLEETS[platform][2], spec.name)
    assert (found["net_serialnum"], len(found["net_interfaces"]) > 3) == (spec.serial, True)


@pytest.mark.timeout(120)
def test_junos_commands(lab: LabFleet, tmp_path: Path) -> None:
    module = {"commands": ["show version", "show system uptime"], "display": "json"}
    show = {"junipernetworks.junos.junos_command": module, "register": "said"}
    kept = {"ansible.builtin.set_fact": {"said": "{{ said.stdout }}", "cacheable": True}}
    version, times = play(lab, tmp_path, "juniper_junos", show, kept)["said"]
    read = json.JSONDecoder().raw_decode  # it takes the line above the prompt for a part of the output
    assert read(version)[0]["software-information"][0]["junos-version"][0]["data"] == juniper_junos.FLEET.old
    assert "system-uptime-information" in read(times)[0]


@pytest.mark.timeout(120)
def test_junos_facts_and_commands_over_netconf(lab: LabFleet, tmp_path: Path) -> None:
    device = lab.switch("juniper-junos")
    hardware = ["hardware"] if find_spec("xmltodict") else []  # a package that its facts of the modules need
    subsets = ["default", "interfaces", "config", *hardware]
    facts = {"junipernetworks.junos.junos_facts": {"gather_subset": subsets}}
    show = {"junipernetworks.junos.junos_command": {"commands": ["show version"]}, "register": "said"}
    kept = {"ansible.builtin.set_fact": {"said": "{{ said.stdout }}", "cacheable": True}}
    found = play(lab, tmp_path, "juniper_junos", facts, show, kept, over="netconf")
    assert (found["net_version"], found["net_hostname"]) == (juniper_junos.FLEET.old, device.name)
    assert (found["net_serialnum"], found["net_model"]) == (device.spec.serial, device.spec.model)
    if hardware:
        assert found["net_filesystems"] == ["/dev/gpt/junos", "tmpfs"]
        assert 0 < found["net_memfree_mb"] < found["net_memtotal_mb"]
        assert found["net_routing_engines"]["0"]["mastership_state"] == "master"
        assert [each["name"] for each in found["net_modules"]][-2:] == ["Routing Engine 0", "FPC 0"]
    assert found["net_interfaces"]["ge-0/0/0"]["oper-status"] == "up"
    assert f"host-name {device.name};" in found["net_config"]
    assert found["said"][0].startswith(f"Hostname: {device.name}\n")
