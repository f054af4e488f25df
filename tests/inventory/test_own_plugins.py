"""The inventories that swimctl reads itself: a table, Ansible's by `ansible-inventory`, NetBox's by pynetbox."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.inventory_servers import serving
from support.projects import Project

from swimctl.errors import ConfigError, InventoryError
from swimctl.inventory.hosts import Inventory
from swimctl.inventory.plugins.ssh_arguments import ssh_config_of
from swimctl.inventory.selection import Selection

V1 = "0123456789abcdef0123456789abcdef01234567"
V2 = "nbt_k1.0123456789abcdef0123456789abcdef01234567"


def loaded(project: Project, plugin: str, options: dict[str, object]) -> Inventory:
    project.write("config.yaml", f"inventory: {{plugin: {plugin}, options: {json.dumps(options)}}}\nswimctl: {{}}\n")
    return project.inventory()


class TestTable:
    @pytest.mark.parametrize("comma", [",", ";", "\t"])
    def test_a_table_of_any_spreadsheet(self, project: Project, comma: str) -> None:
        rows = (
            ("Name", "address", "platform", "port", "groups", "model", "site", "depends_on"),
            ("sw1", "192.0.2.1", "Cisco IOS-XE", "2201", "access", "C9300-48P", "bern", "core1"),
            ("core1", "", "nxos", "", "core vpc", "", "", ""),
            ("", "", "", "", "", "", "", ""),
        )
        text = "".join(comma.join(row) + "\r\n" for row in rows)
        project.write("hosts.csv", "\N{ZERO WIDTH NO-BREAK SPACE}" + text)
        inventory = loaded(project, "CsvInventory", {"file": "hosts.csv"})
        switch, core = inventory.select(Selection(all=True)).devices
        assert (switch.name, switch.address, switch.port, switch.platform) == ("sw1", "192.0.2.1", 2201, "cisco_xe")
        assert (switch.model, switch.site, switch.depends_on) == ("C9300-48P", "bern", ("core1",))
        assert (core.address, core.port, core.groups, core.model) == ("core1", 22, ("core", "vpc"), None)
        assert [one.name for one in inventory.select(Selection(filters=("site=bern",))).devices] == ["sw1"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "is empty"),
            ("device,address\nsw1,x\n", "line 1: no column is called name"),
            ("name,ip,address\n", "line 1: two columns are for hostname"),
            ("name,platform\nsw1,ios\nsw1,ios\n", "line 3: sw1 is there twice"),
            ("name,port\nsw1,ssh\n", "line 2: port must be a whole number"),
            ("name,platform\nsw1,ios,attic\n", "line 2: 3 cells under 2 columns"),
            ("name,platform\n,ios\n", "line 2: the column name is empty"),
        ],
    )
    def test_a_mistake_is_told_with_its_line(self, project: Project, text: str, said: str) -> None:
        project.write("hosts.csv", text)
        with pytest.raises(InventoryError) as refused:
            loaded(project, "CsvInventory", {"file": "hosts.csv"})
        assert said in str(refused.value)

    def test_a_table_that_is_not_there(self, project: Project) -> None:
        with pytest.raises(InventoryError, match=r"none\.csv cannot be read: No such file"):
            loaded(project, "CsvInventory", {"file": "none.csv"})


class TestNetBox:
    @pytest.mark.parametrize(("token", "header"), [(V1, f"Token {V1}"), (V2, f"Bearer {V2}")])
    def test_devices_by_either_kind_of_token(
        self, project: Project, token: str, header: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pytest.importorskip("pynetbox")
        monkeypatch.setenv("OUR_TOKEN", token)
        with serving("netbox", header) as stub:
            inventory = loaded(project, "NetBoxInventory", {"url": stub.url, "token": {"env": "OUR_TOKEN"}})
        chosen = inventory.select(Selection(all=True))
        assert chosen.left_out == "3 hosts of other systems are left out: 2 without a platform, 1 pan-os"
        switch = chosen.devices[0]
        assert (switch.name, switch.platform, switch.model, switch.serial) == (
            "sw1",
            "cisco_xe",
            "C9300-48P",
            "FOC0001",
        )
        assert (switch.site, switch.role, switch.address) == ("bern-west", "access-switch", "192.0.2.7")
        assert "site__bern-west" in switch.groups
        assert chosen.devices[1].address == "ar1"

    def test_a_token_that_is_refused(self, project: Project) -> None:
        pytest.importorskip("pynetbox")
        with (
            serving("netbox", "Token another") as stub,
            pytest.raises(InventoryError, match=r"refuses .* 403") as refused,
        ):
            loaded(project, "NetBoxInventory", {"url": stub.url, "token": V1})
        assert V1 not in str(refused.value)

    def test_nobody_there_and_nothing_said(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("pynetbox")
        with pytest.raises(InventoryError, match="returns no devices"):
            loaded(project, "NetBoxInventory", {"url": "http://127.0.0.1:1", "token": V1})
        monkeypatch.delenv("NETBOX_TOKEN", raising=False)
        with pytest.raises(ConfigError, match=r"needs inventory\.options\.url and token"):
            loaded(project, "NetBoxInventory", {"url": "http://127.0.0.1:1"})


@pytest.mark.skipif(
    not (shutil.which("ansible-inventory") or Path(sys.executable).with_name("ansible-inventory").exists()),
    reason="ansible-core is not installed",
)
class TestAnsible:
    @pytest.fixture
    def site(self, project: Project) -> Project:
        project.write("vault-password", "of the vault\n").chmod(0o600)
        project.write(
            "inv/hosts.yml",
            "all:\n"
            "  children:\n"
            "    access: {hosts: {'sw[01:02]': {ansible_host: 192.0.2.1, model: C9300-48P}}}\n"
            "    core: {hosts: {core1: {ansible_port: 2222, ansible_network_os: arista.eos.eos}}}\n"
            "    site: {children: {access: , core: }}\n"
            "    walls: {hosts: {fw1: {ansible_network_os: paloaltonetworks.panos}}}\n",
        )
        project.write(
            "inv/group_vars/all.yml",
            "ansible_user: netops\nvaulted: geheim\nansible_password: '{{ vaulted }}'\n"
            "ansible_network_os: cisco.ios.ios\n"
            "ansible_ssh_common_args: -o ProxyJump=ops@bastion.example:2200 -o ControlPersist=60s\n",
        )
        vault = shutil.which("ansible-vault") or str(Path(sys.executable).with_name("ansible-vault"))
        words = [vault, "encrypt", "--vault-password-file", "vault-password", "inv/group_vars/all.yml"]
        subprocess.run(words, cwd=project.folder, check=True, capture_output=True, stdin=subprocess.DEVNULL)
        return project

    def test_ranges_groups_vaults_ports_and_jump_hosts(self, site: Project) -> None:
        options: dict[str, object] = {"source": "inv/hosts.yml", "vault_password_file": "vault-password"}
        inventory = loaded(site, "AnsibleInventory", options)
        chosen = inventory.select(Selection(all=True))
        found = {device.name: device for device in chosen.devices}
        assert list(found) == ["sw01", "sw02", "core1"]
        assert chosen.left_out == "1 host of another system is left out: 1 paloaltonetworks.panos"
        assert (found["sw01"].platform, found["sw01"].address, found["sw01"].model) == (
            "cisco_ios", "192.0.2.1", "C9300-48P",
        )  # fmt: skip
        assert (found["core1"].platform, found["core1"].port) == ("arista_eos", 2222)
        assert set(found["sw01"].groups) == {"access", "site"}
        account = inventory.credentials(found["sw01"])
        assert (account.username, account.password) == ("netops", "geheim")
        written = Path(inventory.connection_extras(found["sw01"])["ssh_config_file"])
        assert written.parent == site.folder / "jobs" / "ssh"
        assert "    ProxyJump ops@bastion.example:2200\n" in written.read_text()
        assert "ControlPersist" not in written.read_text()
        assert inventory.connection_extras(found["core1"])["ssh_config_file"] == str(written)

    @pytest.mark.prove
    def test_a_vault_without_its_password_is_ansibles_complaint(self, site: Project) -> None:
        with pytest.raises(InventoryError, match=r"(?i)vault"):
            loaded(site, "AnsibleInventory", {"source": "inv/hosts.yml"})

    @pytest.mark.prove
    def test_a_source_that_is_not_there_gives_no_hosts(self, project: Project) -> None:
        with pytest.raises(InventoryError, match="gives no hosts"):
            loaded(project, "AnsibleInventory", {"source": "gone.yml"})


def test_a_program_that_is_not_installed_is_named(project: Project) -> None:
    with pytest.raises(ConfigError, match=r"needs `no-such-program`: install ansible-core"):
        loaded(project, "AnsibleInventory", {"source": "x", "program": "no-such-program"})


@pytest.mark.parametrize(
    ("arguments", "lines", "more"),
    [
        ("-J ops@b1,b2:2200", ["ProxyJump ops@b1,b2:2200"], {}),
        ("-o ProxyJump=b", ["ProxyJump b"], {}),
        ("-oProxyJump=b -p 2222 -l netops -C -4", ["ProxyJump b"], {"port": "2222", "user": "netops"}),
        ("-o 'ProxyCommand ssh -W %h:%p -q b'", ["ProxyCommand ssh -W %h:%p -q b"], {}),
        ("-o ProxyCommand='ssh -o A=b -W %h:%p b'", ["ProxyCommand ssh -o A=b -W %h:%p b"], {}),
        ("-o KexAlgorithms=+diffie-hellman-group14-sha1", ["KexAlgorithms +diffie-hellman-group14-sha1"], {}),
        ("-o ControlMaster=auto -o ControlPersist=60s", [], {}),
    ],
)
def test_arguments_of_ssh(arguments: str, lines: list[str], more: dict[str, str]) -> None:
    text, found = ssh_config_of([arguments], "sw1")
    assert [line.strip() for line in text.splitlines() if line.startswith("    ")] == lines
    assert found == more
    assert bool(text) is bool(lines)


def test_a_file_that_the_arguments_name_is_included() -> None:
    assert ssh_config_of(["-F /etc/site/ssh_config"], "sw1")[0].endswith("Include /etc/site/ssh_config\n")


@pytest.mark.parametrize("arguments", ["--jump b", "-o", "-o ProxyJump", "-J 'b", "bastion"])
def test_what_is_no_argument_of_ssh_is_refused(arguments: str) -> None:
    with pytest.raises(InventoryError, match="sw1"):
        ssh_config_of([arguments], "sw1")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("inventory: {plugin: nornir.plugins.inventory.simple.SimpleInventory}", "Nornir 3 calls it SimpleInventory"),
        ("inventory: {plugin: SimpleInventry}", "did you mean SimpleInventory?"),
        ("inventory: {transform_function: add_keys}", "line 1: inventory.transform_function: the plugin 'add_keys'"),
        ("runner: {plugin: many}", "line 1: runner.plugin: the plugin 'many' is not installed"),
    ],
)
def test_a_plugin_that_is_missing_is_named_with_its_key(project: Project, config: str, said: str) -> None:
    project.write("config.yaml", config + "\n")
    project.write("hosts.yaml", "sw1: {platform: ios}\n")
    with pytest.raises(ConfigError) as refused:
        project.inventory()
    assert said in str(refused.value)
