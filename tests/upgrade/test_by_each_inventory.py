"""One device is listed, given its golden image and upgraded from each kind of inventory, in one lab and one store."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from support.inventory_servers import Device, serving
from support.processes import look
from support.upgrades import TARGET, lab_folder

TOKEN = "0123456789abcdef0123456789abcdef01234567"
KINDS = {
    "simple": "",
    "csv": "",
    "ansible": "",
    "netbox": "pynetbox",
    "nornir_netbox": "nornir_netbox",
    "nornir_netbox's first": "nornir_netbox",
    "nornir_ansible": "nornir_ansible",
    "nautobot": "nornir_nautobot",
}


def section(kind: str, url: str, folder: Path, name: str, port: int, model: str) -> dict[str, object]:
    """Write a kind's inventory of one device, and return the section of config.yaml."""
    if kind == "simple":
        host = {"hostname": "127.0.0.1", "port": port, "platform": "cisco_xe", "data": {"model": model}}
        (folder / "hosts.yaml").write_text(json.dumps({name: host}))
        return {"plugin": "SimpleInventory", "options": {"host_file": "hosts.yaml"}}
    if kind == "csv":
        (folder / "hosts.csv").write_text(f"name,address,port,platform,model\n{name},127.0.0.1,{port},ios-xe,{model}\n")
        return {"plugin": "CsvInventory", "options": {"file": "hosts.csv"}}
    if kind in {"ansible", "nornir_ansible"}:
        text = (
            f"[all]\n{name} ansible_host=127.0.0.1 ansible_port={port} ansible_network_os=cisco.ios.ios model={model}\n"
        )
        (folder / "hosts.ini").write_text(text)
        option = "source" if kind == "ansible" else "hostsfile"  # by which option it is somebody's
        return {"plugin": "AnsibleInventory", "options": {option: "hosts.ini"}}
    if kind == "netbox":
        return {"plugin": "NetBoxInventory", "options": {"url": url, "token": {"env": "OUR_TOKEN"}}}
    if kind == "nornir_netbox's first":
        return {"plugin": "NBInventory", "options": {"nb_url": url, "nb_token": {"env": "OUR_TOKEN"}}}
    if kind == "nornir_netbox":
        return {"plugin": "NetBoxInventory2", "options": {"nb_url": url, "nb_token": {"env": "OUR_TOKEN"}}}
    return {"plugin": "NautobotInventory", "options": {"nautobot_url": url, "nautobot_token": {"env": "OUR_TOKEN"}}}


@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("tried", [("csv", "netbox"), pytest.param(tuple(KINDS), marks=pytest.mark.prove)])
def test_a_device_of_each_inventory_is_upgraded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tried: Sequence[str]
) -> None:
    ansible = shutil.which("ansible-inventory") or Path(sys.executable).with_name("ansible-inventory").exists()
    there = {kind: ansible if kind == "ansible" else not needs or _there(needs) for kind, needs in KINDS.items()}
    kinds = [kind for kind in tried if there[kind]]
    assert "csv" in kinds
    with lab_folder(tmp_path, devices=len(kinds), speed=600, boot_seconds=30) as lab:
        account = YAML(typ="safe").load((tmp_path / "inventory/defaults.yaml").read_text())
        monkeypatch.setenv("SWIMCTL_USERNAME", account["username"])
        monkeypatch.setenv("SWIMCTL_PASSWORD", account["password"])
        monkeypatch.setenv("SWIMCTL_ENABLE_SECRET", "")
        monkeypatch.setenv("OUR_TOKEN", TOKEN)
        config = YAML(typ="safe").load((tmp_path / "config.yaml").read_text())
        for spec, kind in zip(lab.specs, kinds, strict=False):
            model, port = spec.members[0].model, lab.ports[spec.name]
            site = Device(
                spec.name, "Cisco IOS-XE", f"Catalyst {model[1:]}", f"cisco-{model.lower()}", address="127.0.0.1",
                driver="cisco_xe", custom={"ssh_port": port},
            )  # fmt: skip
            stub = "nautobot" if kind == "nautobot" else "netbox"
            with serving(stub, f"Token {TOKEN}", [site]) as asked:
                config["inventory"] = section(kind, asked.url, tmp_path, spec.name, port, model)
                config["swimctl"]["inventory"] = {
                    "port": ["custom_fields.ssh_port", "ssh_port", "pynautobot_dictionary.custom_fields.ssh_port"]
                }
                (tmp_path / "config.yaml").write_text(json.dumps(config))
                listed = json.loads(look(tmp_path, "device", "list", "--json")[1])["devices"]
                assert [(each["hostname"], each["model"], each["port"]) for each in listed] == [
                    (spec.name, model, port)
                ], kind
                golden = json.loads(look(tmp_path, "image", "golden", "--explain", spec.name, "--json")[1])
                assert [rule["family"] for rule in golden["rules"] if rule["wins"]] == [golden["image"]["family"]], kind
                assert golden["image"]["version"] == "17.12.4", kind
                code, said = look(tmp_path, "upgrade", "--all", "--yes")
                assert code == 0, f"{kind}: {said}"
            switch = lab.switch(spec.name)
            assert switch.install.running == switch.install.committed
            assert {switch.install.member_release(member).padded for member in switch.members} == {TARGET}, kind


def _there(module: str) -> bool:
    try:
        __import__(module)
    except ImportError:
        return False
    return True
