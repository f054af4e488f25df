"""Which way OpenSSH's configuration and the inventory lead to a device, and who said so."""

from __future__ import annotations

from pathlib import Path

import pytest

from swimctl.errors import ConfigError
from swimctl.sessions.targets import Ssh, Target
from swimctl.sessions.way import resolve
from swimctl.sessions.way.algorithms import chosen


def target(config: Path | None, *, address: str = "sw1", port: int = 22, user: str = "ana", **extras: object) -> Target:
    return Target("sw1", address, port, "cisco_xe", user, "secret", extras=extras, ssh=Ssh(config_file=config))


def written(folder: Path, text: str) -> Path:
    path = folder / "ssh_config"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_configuration_the_inventory_decides_alone() -> None:
    way = resolve(target(None, port=2222))
    assert (way.bastions, way.device.host, way.device.port, way.device.user) == ((), "sw1", 2222, "ana")
    assert (way.device.keys, way.device.agent) == ((), None)
    assert way.device.sources["port"] == "the inventory"


def test_host_patterns_and_includes_are_read_and_every_value_has_its_line(tmp_path: Path) -> None:
    (tmp_path / "more").write_text("Host sw*\n  Port 2022\n  User bert\n", encoding="utf-8")
    config = written(tmp_path, f"Host sw1 !sw2\n  HostName 10.0.0.1\nHost *\n  Include {tmp_path}/more\n")
    hop = resolve(target(config, user="")).device
    assert (hop.host, hop.port, hop.user) == ("10.0.0.1", 2022, "bert")
    assert hop.sources["address"] == f"{config} line 2"
    assert hop.sources["port"] == f"{tmp_path}/more line 2"


def test_what_the_inventory_says_goes_before_but_for_port_22(tmp_path: Path) -> None:
    config = written(tmp_path, "Host *\n  Port 2022\n  User bert\n  IdentityFile /keys/one\n  IdentityFile /keys/two\n")
    hop = resolve(target(config)).device
    assert (hop.port, hop.user, hop.keys) == (2022, "ana", (Path("/keys/one"), Path("/keys/two")))
    hop = resolve(target(config, port=8022, key_file="/keys/own")).device
    assert (hop.port, hop.keys) == (8022, (Path("/keys/own"),))
    assert resolve(target(config), 830).device.port == 830


def test_several_jumps_each_with_its_own_user_port_and_way(tmp_path: Path) -> None:
    config = written(
        tmp_path,
        "Host outer\n  HostName 192.0.2.1\n  User gate\n  ProxyCommand nc %h %p\n"
        "Host inner\n  ProxyJump nobody-asks-for-this\n"
        "Host sw1\n  ProxyJump outer,ops@inner:2200,[2001:db8::1]:22\n",
    )
    way = resolve(target(config))
    assert [(hop.name, hop.host, hop.port, hop.user) for hop in way.bastions][:2] == [
        ("outer", "192.0.2.1", 22, "gate"),
        ("inner", "inner", 2200, "ops"),
    ]
    assert way.bastions[2].where == "[2001:db8::1]:22"
    assert [hop.command for hop in way.bastions] == ["nc 192.0.2.1 22", None, None]
    assert way.device.command is None


def test_a_bastion_before_the_bastion(tmp_path: Path) -> None:
    config = written(tmp_path, "Host far\n  ProxyJump near\nHost sw1\n  ProxyJump far\n")
    assert [hop.name for hop in resolve(target(config)).bastions] == ["near", "far"]


def test_a_way_that_leads_in_a_circle_is_told_with_its_line(tmp_path: Path) -> None:
    config = written(tmp_path, "Host *\n  ProxyJump bastion\n")
    with pytest.raises(ConfigError, match="line 2: the way to sw1 leads through bastion again") as told:
        resolve(target(config))
    assert "`ProxyJump none` under `Host bastion`" in str(told.value)
    config = written(tmp_path, "Host bastion\n  ProxyJump none\nHost *\n  ProxyJump bastion\n")
    assert [hop.name for hop in resolve(target(config)).bastions] == ["bastion"]


@pytest.mark.parametrize(("first", "through"), [("ProxyJump", True), ("ProxyCommand", False)])
def test_of_two_proxies_the_first_one_counts(tmp_path: Path, first: str, through: bool) -> None:
    both = {"ProxyJump": "ProxyJump bastion\n", "ProxyCommand": "ProxyCommand nc %h %p\n"}
    config = written(tmp_path, "Host sw1\n" + both.pop(first) + "".join(both.values()))
    way = resolve(target(config))
    assert bool(way.bastions) is through
    assert (way.device.command is None) is through


def test_the_devices_secrets_and_keys_are_not_the_bastions(tmp_path: Path) -> None:
    config = written(tmp_path, "Host sw1\n  ProxyJump bastion\n  IdentityFile /keys/device\nHost bastion\n  User ops\n")
    bastion = resolve(target(config, allow_agent=False)).bastions[0]
    assert Path("/keys/device") not in bastion.keys
    assert bastion.user == "ops"
    assert bastion.agent == "", "as OpenSSH does"


def test_a_bastion_is_as_strict_as_the_project_whatever_a_device_is(tmp_path: Path) -> None:
    config = written(tmp_path, "Host sw1\n  ProxyJump bastion\n")
    ssh = Ssh(config_file=config, host_keys="off", bastion_keys="strict")
    way = resolve(Target("sw1", "sw1", 22, "cisco_xe", "ana", "secret", ssh=ssh))
    assert (way.device.host_keys, way.bastions[0].host_keys) == ("off", "strict")


def test_only_more_strictness_comes_from_elsewhere(tmp_path: Path) -> None:
    strict = written(
        tmp_path, "StrictHostKeyChecking yes\nUserKnownHostsFile /one /two\nGlobalKnownHostsFile /dev/null\n"
    )
    hop = resolve(target(strict)).device
    assert (hop.host_keys, hop.known_hosts) == ("strict", (Path("/one"), Path("/two")))
    lax = written(tmp_path, "StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n")
    assert resolve(target(lax)).device.host_keys == "accept-new"
    assert resolve(target(None, ssh_strict=True)).device.host_keys == "strict"
    hop = resolve(target(None, alt_host_keys=True, alt_key_file="/mine")).device
    assert hop.known_hosts[0] == Path("/mine")


def test_a_key_may_lie_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "id").write_text("")
    config = written(tmp_path, "IdentityFile id\n")
    assert resolve(target(config)).device.keys == (tmp_path / "id",)


@pytest.mark.parametrize(
    ("text", "says"),
    [("Host\n", "line 1"), ("ProxyCommand nc %q\n", "Invalid token"), ("Port many\n", "Invalid Port")],
)
def test_a_configuration_that_does_not_read_is_told(tmp_path: Path, text: str, says: str) -> None:
    config = written(tmp_path, text)
    with pytest.raises(ConfigError, match=says) as told:
        resolve(target(config))
    assert str(config) in str(told.value)


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("b,a", ("b", "a")),
        ("b,unknown", ("b",)),
        ("unknown", ()),
        ("+unknown", ("a", "b", "cc")),
        ("-a,c*", ("b",)),
        ("^cc", ("cc", "a", "b")),
        ("c?,a", ("cc", "a")),
    ],
)
def test_lists_of_algorithms_are_read_as_openssh_does(written: str, left: tuple[str, ...]) -> None:
    assert chosen(written, ("a", "b", "cc")) == left
