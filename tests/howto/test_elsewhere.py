"""The how-to pages about other machines, typed to the letter: a bastion, NetBox, relays, workers at a site."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from support import inventory_servers
from support.bastion import Bastion, bastion
from support.certificates import self_signed
from support.dask_sites import free_port
from support.howto import Machine, Page
from support.source_of_truth_server import FIELD, TOKEN, serving
from support.upgrades import hosts_of, lab_folder

from swimctl.lab.fleet import LabFleet

pytestmark = pytest.mark.prove


def at_address(folder: Path, address: str) -> int:
    """Have the inventory say another address of sw1; return its port."""
    with hosts_of(folder) as hosts:
        hosts["sw1"]["hostname"] = address
        return int(hosts["sw1"]["port"])


@contextmanager
def behind_a_bastion(folder: Path, page: Page) -> Iterator[tuple[Machine, Bastion, LabFleet]]:
    """Run sw1 behind a bastion, and set up what the page prints for that."""
    with lab_folder(folder) as lab:
        port = at_address(folder, "10.20.0.1")
        with bastion(folder, {("10.20.0.1", port): ("127.0.0.1", port)}) as through:
            machine = Machine(folder, {"bastion.example.net": f"127.0.0.1\n  Port {through.port}"})
            (folder / ".ssh").mkdir(mode=0o700)
            shutil.copy(folder / "id", folder / ".ssh" / "ops")
            (folder / "ssh_config").write_text(machine.here(page.block("Host bastion")), encoding="utf-8")
            machine.configure(page.block("config_file: ssh_config"))
            yield machine, through, lab
    page.over()


def test_a_device_behind_a_bastion_is_upgraded(tmp_path: Path) -> None:
    page = Page("ssh.md")
    with behind_a_bastion(tmp_path, page) as (machine, through, lab):
        assert "bastion" in machine.type(page.block("swimctl device show sw1"))
        machine.type("swimctl upgrade sw1 --yes")
        assert len(lab.reloads("sw1")) == 1
        assert set(through.logins) == {"ops"}
        machine.configure(page.block("host_keys: strict"))
        machine.type(page.block("swimctl device trust sw1"))
        machine.type("swimctl device check sw1")


def test_the_way_through_a_bastion_is_shown_and_tried(tmp_path: Path) -> None:
    page = Page("behind-a-bastion.md")
    with behind_a_bastion(tmp_path, page) as (machine, through, lab):
        said = machine.type(page.block("swimctl device show sw1"))
        assert "bastion" in said
        assert "1 of 1 devices answer with SSH" in said
        assert set(through.logins) == {"ops"}
        machine.type("swimctl plan sw1")
        through.lets_in = False
        through.die()
        said = machine.type("swimctl doctor", code=1)
        assert "swimctl explain bastion-refused" in said
        assert lab.reloads("sw1") == []


def test_netbox_is_the_inventory_and_hears_of_an_upgrade(tmp_path: Path) -> None:
    page, back = Page("inventories.md"), Page("write-back.md")
    with inventory_servers.serving("netbox", f"Token {TOKEN}") as netbox:
        folder = tmp_path / "netbox"
        folder.mkdir()
        machine = Machine(folder, {"https://netbox.example": netbox.url})
        written = machine.here(page.block("plugin: NetBoxInventory"))
        (folder / "config.yaml").write_text(written, encoding="utf-8")
        assert "\tsw1\tcisco_xe\t192.0.2.7:22\t" in machine.type("swimctl device list", NETBOX_TOKEN=TOKEN)
    folder = tmp_path / "table"
    folder.mkdir()
    (folder / "hosts.csv").write_text(page.block("name,address,platform"), encoding="utf-8")
    (folder / "config.yaml").write_text("inventory: {plugin: CsvInventory, options: {file: hosts.csv}}\n")
    assert "\tsw1\tcisco_xe\t192.0.2.1:22\t" in Machine(folder).type("swimctl device list")
    with lab_folder(tmp_path / "lab"), serving("netbox") as truth:
        machine = Machine(tmp_path / "lab", {"https://netbox.example.com": truth.url})
        machine.configure(back.block("write_back:"))
        machine.type("swimctl upgrade sw1 --yes", NETBOX_TOKEN=TOKEN)
        assert truth.fields == {"100": {FIELD: "17.12.4"}}
        assert "written back" in machine.events_of("sw1")
    page.over()
    back.over()


def of_the_lab(lab: LabFleet) -> inventory_servers.Device:
    """Return sw1 as NetBox has it."""
    return inventory_servers.Device(
        "sw1", "campus-access", serial=lab.specs[0].serial, address="127.0.0.1",
        custom={"ssh_port": lab.ports["sw1"]}, site="Bern", tags=("night",),
    )  # fmt: skip


def test_a_folder_begins_with_netbox_and_a_group_of_it_is_upgraded(tmp_path: Path) -> None:
    page, network, token = Page("with-netbox.md"), tmp_path / "network", f"Token {TOKEN}"
    network.mkdir()
    yaml = YAML(typ="safe", pure=True)
    account = network / "credentials.yaml"
    account.write_text("{username: admin, password: admin, enable_secret: enable}\n", encoding="utf-8")
    account.chmod(0o600)
    with ExitStack() as stack:
        lab = stack.enter_context(lab_folder(tmp_path / "lab"))
        netbox = stack.enter_context(inventory_servers.serving("netbox", token, [of_the_lab(lab)]))
        truth = stack.enter_context(serving("netbox"))
        machine = Machine(network, {"https://netbox.example": netbox.url, "NETBOX_TOKEN=…": f"NETBOX_TOKEN={TOKEN}"})
        assert "\tsw1\t" in machine.type(page.block("swimctl init --from netbox"))
        begun = yaml.load((network / "config.yaml").read_text(encoding="utf-8"))
        printed = page.block("plugin: NetBoxInventory")
        begun["inventory"]["options"]["filters"] = {"status": "active", "role": "access"}
        assert begun["inventory"] == yaml.load(machine.here(printed))["inventory"], "it writes all but the filter"
        machine.configure(printed)
        machine.configure(page.block("campus-access: cisco_xe"))
        labs = json.loads((tmp_path / "lab" / "config.yaml").read_text(encoding="utf-8"))["swimctl"]
        ours = {"credentials_file": account.name, "inventory": {"port": "custom_fields.ssh_port"}}
        times = {name: value for name, value in labs.items() if name not in {"store", "jobs_dir"}}
        machine.configure(json.dumps({"swimctl": {**times, **ours}}))
        image = tmp_path / "lab" / "images" / "cat9k_iosxe.17.12.04.SPA.bin"
        machine.type(f"swimctl image add {image}; swimctl image golden 1", NETBOX_TOKEN=TOKEN)
        planned = machine.type(page.block("swimctl plan --group site__bern"), NETBOX_TOKEN=TOKEN)
        assert planned.count("ready=1") == 2
        assert "status=active" in netbox.requests[-1][0]
        machine.calling(**{"https://netbox.example": truth.url}).configure(page.block("write_back:"))
        machine.type("swimctl upgrade sw1 --yes", NETBOX_TOKEN=TOKEN)
        assert len(lab.reloads("sw1")) == 1
        assert (truth.fields, len(truth.entries)) == ({"100": {FIELD: "17.12.4"}}, 1)
    page.over()


def in_groups(folder: Path, groups: dict[str, str]) -> None:
    """Put devices of the lab's inventory into groups."""
    with hosts_of(folder) as hosts:
        for name, group in groups.items():
            hosts[name]["groups"] = [group]


def test_two_sites_have_relays(tmp_path: Path) -> None:
    page, etc = Page("relays.md"), tmp_path / "etc"
    etc.mkdir()
    cert, key = self_signed(tmp_path)
    for name in ("relay.pem", "relay-brn.pem"):
        shutil.copy(cert, tmp_path / name)
    shutil.copy(key, tmp_path / "relay.key")
    set_up = page.block("(umask 077")
    with lab_folder(tmp_path, devices=2) as lab, ExitStack() as stack:
        # Both relays have the one certificate of this machine, and it is of no authority that the system knows.
        names = {"10.20.0.9": "127.0.0.1", "relay-ber.token}": "relay-ber.token}\n          trust: relay-brn.pem"}
        for site in ("ber", "brn"):
            here = {
                "/etc/swimctl/relay.token": str(etc / f"relay-{site}.token"),
                "/var/lib/swimctl-relay": str(tmp_path / site),
                "--space 20": "--space 20 --bind 127.0.0.1 --port 0",
            }
            said = stack.enter_context(Machine(tmp_path, here).running(set_up, "listening on "))
            names[f"https://relay.{site}.example:8101"] = said.rpartition("listening on ")[2].split()[0]
            assert (etc / f"relay-{site}.token").stat().st_mode & 0o777 == 0o600
        machine = Machine(tmp_path, {**names, "/etc/swimctl": str(etc)})
        machine.configure(page.block("berlin:"), "inventory/groups.yaml")
        in_groups(tmp_path, {"sw1": "berlin", "sw2": "bern"})
        machine.type(page.block("swimctl plan --group berlin"))
        machine.type("swimctl upgrade --all --yes")
        assert [len(lab.reloads(name)) for name in ("sw1", "sw2")] == [1, 1]
        for site in ("ber", "brn"):
            kept = [path for path in (tmp_path / site).rglob("*") if path.is_file()]
            assert any(path.stat().st_size > 1_000_000 for path in kept), "the image went through the relay"
    page.over()


def workers(folder: Path, lab: LabFleet) -> None:
    """Set a scheduler, a coordinator and a worker up, and upgrade two devices through them."""
    page, port = Page("workers.md"), free_port()
    cert, key = self_signed(folder)
    for name in ("ca", "scheduler", "coordinator", "ber"):
        shutil.copy(cert, folder / f"{name}.pem")
    for name in ("scheduler", "coordinator", "ber"):
        shutil.copy(key, folder / f"{name}.key")
    names = {
        "tls://scheduler.example.net:8786": f"tls://127.0.0.1:{port}",
        "--port 8786": f"--port {port} --host 127.0.0.1",
        "tls://10.0.0.5:8790": "tls://127.0.0.1:0",
        "--site ber": "--site lab --dir worker",
    }
    machine = Machine(folder, names)
    with machine.running(page.block("export DASK_"), f"127.0.0.1:{port}"):
        machine.configure(page.block("plugin: swimctl_dask"))
        with machine.running(page.block("swimctl worker"), "swimctl worker: site lab"):
            machine.type("swimctl upgrade --all --yes")
    assert [len(lab.reloads(name)) for name in ("sw1", "sw2")] == [1, 1]
    assert [*(folder / "worker").rglob("transcript.log")], "the worker did it"
    page.over({"pip ": "the environment of the tests has the extra"})


def test_a_site_has_a_worker(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=2) as lab:
        workers(tmp_path, lab)
