"""What an inventory says of the relay of a host, and what cannot be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.projects import Project, make_project

from swimctl.errors import ConfigError, InventoryError
from swimctl.inventory.copies import CopyPolicy
from swimctl.inventory.relays import IN_ENVIRONMENT, Relay
from swimctl.inventory.sources import Source, Way

TOKEN = "a-token-of-the-site-ber"


def policy(folder: Path, group: str, host: str = "") -> CopyPolicy:
    made = project(folder, group, host).inventory()
    return made.copy_policy(made.device("sw1"))


def project(folder: Path, group: str, host: str = "") -> Project:
    """Make a project of two hosts; the group of one says something of copies, and it itself may."""
    made, data = make_project(folder), "  data: {{swimctl: {{distribution: {}}}}}\n"
    own = data.format(host) if host else ""
    made.write(
        "inventory/hosts.yaml", f"sw1:\n  platform: cisco_xe\n  groups: [ber]\n{own}sw2:\n  platform: cisco_xe\n"
    )
    made.write("inventory/groups.yaml", f"ber:\n  username: anna\n{data.format(group)}")
    return made


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(IN_ENVIRONMENT, TOKEN)
    monkeypatch.setenv("SHORT", "fifteen-letters")


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("relay.ber.example", "http://relay.ber.example:8101"),
        ("'10.20.0.9:8200'", "http://10.20.0.9:8200"),
        ("'[2001:db8::9]'", "http://[2001:db8::9]:8101"),
        ("'https://relay.ber.example'", "https://relay.ber.example:8101"),
        ("{url: 'https://relay.ber.example:443/'}", "https://relay.ber.example:443"),
    ],
)
def test_a_relay_is_a_host_or_a_url_and_its_token_in_the_environment(tmp_path: Path, said: str, url: str) -> None:
    found = policy(tmp_path, f"{{relay: {said}}}")
    assert found.relay == Relay(url, TOKEN)
    assert found.relay.for_devices == url
    assert found.secrets == (TOKEN,)
    assert TOKEN not in repr(found)


def test_all_of_it_may_be_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BER", "another-token-of-a-site")
    (tmp_path / "ca.pem").write_text("a certificate", encoding="utf-8")
    said = "{url: 'https://ber.example:8443', token: {env: BER}, address: 10.20.0.9, trust: ca.pem}"
    relay = policy(tmp_path, f"{{relay: {said}}}").relay
    assert relay == Relay("https://ber.example:8443", "another-token-of-a-site", "10.20.0.9", tmp_path / "ca.pem")
    assert (relay.host, relay.scheme, relay.for_devices) == ("ber.example", "https", "https://10.20.0.9:8443")


@pytest.mark.parametrize("address", ["2001:db8::9", "[2001:db8::9]"])
def test_devices_find_it_at_an_address_of_ipv6(tmp_path: Path, address: str) -> None:
    relay = policy(tmp_path, f"{{relay: {{url: ber.example, address: '{address}'}}}}").relay
    assert relay is not None
    assert relay.for_devices == "http://[2001:db8::9]:8101"


def test_the_nearest_wins_and_a_host_may_have_none(tmp_path: Path) -> None:
    assert policy(tmp_path, "{relay: far.example}", "{relay: near.example}").relay == Relay(
        "http://near.example:8101", TOKEN
    )
    assert policy(tmp_path, "{relay: far.example}", "{relay: null}").relay is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("7", "swimctl.distribution.relay of the group ber must be a host, a URL, or a mapping of url, token, address"),
        ("{token: {env: SHORT}}", "must be a host, a URL, or a mapping"),
        ("{url: ber.example, port: 1}", "must be a host, a URL, or a mapping"),
        ("'ftp://ber.example'", "must be a host such as relay.example, or a URL such as https://relay.example:8101"),
        ("'http://ber.example/images'", "must be a host such as"),
        ("'ber.example; reload'", "must be a host such as"),
        ("'https://[::1'", "must be a host such as"),
        ("'http://:8101'", "must be a host such as"),
        ("'ber.example:99999'", "a port is a number from 1 to 65535"),
        ("{url: ber.example, token: plain-text-of-a-token}", "token must be a reference, such as {env: NAME}"),
        ("{url: ber.example, token: {env: SHORT}}", "its token has less than 16 characters; `openssl rand -hex 32`"),
        ("{url: ber.example, address: 'a b'}", "address must be a name or an address, not 'a b'"),
        ("{url: ber.example, address: '10.20.0.9:8200'}", "not '10.20.0.9:8200'; the port is that of `url`"),
        ("{url: ber.example, address: 'f:1'}", "address must be a name or an address, not 'f:1'"),
        ("{url: ber.example, trust: [ca.pem]}", "trust must be the file of a certificate"),
        ("{url: ber.example, trust: ca.pem}", "trust: there is no file"),
        ("sw2", "is sw2, a device of this inventory: swimctl does not serve images from a switch"),
    ],
)
def test_what_cannot_be_is_refused_with_who_says_it(tmp_path: Path, said: str, words: str) -> None:
    with pytest.raises(InventoryError, match=re.escape(words)) as refused:
        policy(tmp_path, f"{{relay: {said}}}")
    assert "the group ber" in str(refused.value)
    assert "plain-text" not in str(refused.value)
    assert "fifteen" not in str(refused.value)


def test_an_account_in_its_url_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="must be a host such as") as refused:
        policy(tmp_path, "{relay: 'https://anna:Hidden1@ber.example'}")
    assert "Hidden1" not in str(refused.value)


def test_where_no_token_is_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(IN_ENVIRONMENT)
    with pytest.raises(ConfigError, match=r"relay.token: the environment has no SWIMCTL_RELAY_TOKEN"):
        policy(tmp_path, "{relay: ber.example}")


A, R = Source("https://a/"), Relay("http://ber.example:8101", TOKEN)


@pytest.mark.parametrize(
    ("sources", "ways"),
    [((), (R, "push")), ((A,), (R, A, "push")), ((A, "swimctl"), (R, A, "swimctl")), (("push",), (R, "push"))],
)
def test_it_is_asked_before_all_else(sources: tuple[Way, ...], ways: tuple[Way, ...]) -> None:
    assert CopyPolicy(sources=sources, relay=R).ways("push") == ways
