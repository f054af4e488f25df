"""What an inventory says of how an image gets to a host: the nearest one wins, and what cannot be is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.projects import Project, make_project

from swimctl.config.settings import Transport
from swimctl.errors import ConfigError, InventoryError
from swimctl.inventory.copies import CopyPolicy
from swimctl.inventory.sources import Source, Way

KEY = f"SHA256:{'a/+9' * 10}abc"
DISTRIBUTION = "    swimctl: {{distribution: {}}}\n"


def project(folder: Path, host: str = "", group: str = "", defaults: str = "") -> Project:
    """Make a project of one host in one group; each may say something of copies."""
    made = make_project(folder)
    said = {"host": host, "group": group, "defaults": defaults}
    data = {who: "  data:\n" + DISTRIBUTION.format(text) if text else "" for who, text in said.items()}
    made.write("inventory/hosts.yaml", f"sw1:\n  platform: cisco_xe\n  groups: [access]\n{data['host']}")
    made.write("inventory/groups.yaml", f"access:\n  username: anna\n{data['group']}")
    made.write("inventory/defaults.yaml", f"username: netops\n{data['defaults'].replace('  ', '', 1)}")
    return made


def policy(made: Project) -> CopyPolicy:
    inventory = made.inventory()
    return inventory.copy_policy(inventory.device("sw1"))


def test_where_nobody_says_anything_the_settings_decide(tmp_path: Path) -> None:
    assert policy(project(tmp_path)) == CopyPolicy(transport=None, address="", vrf="")


def test_each_key_is_from_the_nearest_that_names_it(tmp_path: Path) -> None:
    made = project(
        tmp_path,
        host="{transport: pull}",
        group="{transport: push, vrf: MGMT}",
        defaults="{transport: auto, vrf: none, address: 192.0.2.7}",
    )
    assert policy(made) == CopyPolicy("pull", "192.0.2.7", "MGMT")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{transport: ftp}", "swimctl.distribution.transport of sw1 must be one of auto, pull, push"),
        ("{transport: true}", "swimctl.distribution.transport of sw1 must be one of auto, pull, push"),
        ("{vrf: 'MGMT; reload'}", "swimctl.distribution.vrf of sw1 must be one word"),
        ('{vrf: "M\\n"}', "swimctl.distribution.vrf of sw1 must be one word"),
        ("{vrf: 7}", "swimctl.distribution.vrf of sw1 must be one word"),
        ("{address: ''}", "swimctl.distribution.address of sw1 must be one word"),
        ("{address: 'a b'}", "swimctl.distribution.address of sw1 must be one word"),
        ("{source: a}", "unknown key swimctl.distribution.source of sw1; known are transport, address, vrf, sources"),
        ("{sources: []}", "swimctl.distribution.sources of sw1 must be a list of URLs, `swimctl` and `push`"),
        ("{sources: 'https://a/'}", "swimctl.distribution.sources of sw1 must be a list"),
        ("{sources: [ours]}", "swimctl.distribution.sources[0] of sw1 must be the URL of a folder"),
        ("{sources: [7]}", "swimctl.distribution.sources[0] of sw1 must be a URL, `swimctl`, `push`, or a mapping"),
        ("{sources: [{username: a}]}", "swimctl.distribution.sources[0] of sw1 must be a URL"),
        ("{sources: [{url: 'https://a/', token: b}]}", "swimctl.distribution.sources[0] of sw1 must be a URL"),
        ("{sources: [push, 'tftp://a/']}", "swimctl.distribution.sources[1] of sw1 must begin with one of http, https"),
        ("{sources: ['https://a/?x']}", "swimctl.distribution.sources[0] of sw1 must be the URL of a folder"),
        ("{sources: ['https://a/; reload']}", "swimctl.distribution.sources[0] of sw1 must be the URL of a folder"),
        ("{sources: ['https://a:99999/']}", "swimctl.distribution.sources[0] of sw1 must be the URL of a folder"),
        ("{sources: ['https:///images/']}", "swimctl.distribution.sources[0] of sw1 must be the URL of a folder"),
        ("{sources: ['https://a/', 'https://a']}", "swimctl.distribution.sources of sw1 names one of them twice"),
        ("{sources: [{url: 'https://a/', password: {env: B}}]}", "swimctl.distribution.sources[0].username of sw1"),
        ("{sources: [{url: 'https://a/', username: [b]}]}", "swimctl.distribution.sources[0].username of sw1"),
        ("{sources: ['scp://a/']}", "swimctl.distribution.sources[0] of sw1 needs a username of letters"),
        ("{sources: [{url: 'sftp://a/', username: a@b}]}", "swimctl.distribution.sources[0] of sw1 needs a username"),
        (
            "{sources: [{url: 'scp://a:2222/', username: b}]}",
            "swimctl.distribution.sources[0] of sw1 must have no port",
        ),
        (
            "{sources: [{url: 'scp://a/', username: b, host_key: '3f:2e'}]}",
            "sources[0].host_key of sw1 must be a finger",
        ),
        ("{sources: [{url: 'scp://a/', username: b, host_key: [7]}]}", "sources[0].host_key of sw1 must be a finger"),
        (f"{{sources: [{{url: 'http://a/', host_key: '{KEY}'}}]}}", "sources[0].host_key of sw1 is for sources of scp"),
        ("[pull]", "`swimctl: {distribution: …}` in the data of sw1 must be a mapping"),
    ],
)
def test_what_cannot_be_is_refused_with_who_says_it(tmp_path: Path, said: str, words: str) -> None:
    made = project(tmp_path, host=said)
    with pytest.raises(InventoryError, match=re.escape(words)) as refused:
        policy(made)
    assert "hosts.yaml" in str(refused.value)


@pytest.mark.parametrize(
    "said",
    [
        "https://anna:Hidden1@a/",
        "{url: 'https://anna:Hidden1@a/'}",
        "{url: 'https://a/', username: anna, password: Hidden1}",
    ],
)
def test_a_password_in_plain_text_is_refused_and_not_repeated(tmp_path: Path, said: str) -> None:
    with pytest.raises(InventoryError) as refused:
        policy(project(tmp_path, host=f"{{sources: [{said}]}}"))
    assert "Hidden1" not in str(refused.value)


def test_sources_are_those_of_the_nearest_and_a_reference_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGES_PW", "a/b c?")
    group = (
        "{sources: [{url: 'https://images.ber.example:8443/ios', username: u@x, password: {env: IMAGES_PW}}, swimctl]}"
    )
    found = policy(project(tmp_path, group=group, defaults="{sources: ['http://far.example/']}"))
    source = Source("https://images.ber.example:8443/ios/", "u@x", "a/b c?")
    assert found.sources == (source, "swimctl")
    assert found.secrets == ("a/b c?",)
    assert source.of("a b.bin").signed == "https://u%40x:a%2Fb%20c%3F@images.ber.example:8443/ios/a%20b.bin"
    assert "a/b c?" not in repr(found)


@pytest.mark.parametrize("said", [f"'{KEY}'", f"['{KEY}']"])
def test_a_server_by_ssh_has_a_name_and_the_key_that_it_must_show(tmp_path: Path, said: str) -> None:
    host = f"{{sources: [{{url: 'scp://images.example//ios', username: net.ops_1, host_key: {said}}}]}}"
    (source,) = policy(project(tmp_path, host=host)).sources
    assert source == Source("scp://images.example//ios/", "net.ops_1", "", (KEY,))


def test_a_reference_that_leads_nowhere_is_told_with_its_place(tmp_path: Path) -> None:
    made = project(tmp_path, host="{sources: [{url: 'https://a/', username: u, password: {env: NO_SUCH_NAME}}]}")
    with pytest.raises(ConfigError, match=r"sources\[0\].password: the environment has no NO_SUCH_NAME"):
        policy(made)


A = Source("https://a/")


@pytest.mark.parametrize(
    ("transport", "sources", "ways"),
    [
        (None, (), ("push",)),
        ("pull", (), ("swimctl",)),
        ("auto", (), ("swimctl", "push")),
        (None, (A,), (A, "push")),
        ("pull", (A,), (A, "swimctl")),
        ("auto", (A,), (A, "swimctl", "push")),
        ("auto", (A, "push"), (A, "push")),
        ("push", ("swimctl", A), ("swimctl", A)),
    ],
)
def test_behind_a_list_that_does_not_say_its_end_comes_what_transport_says(
    transport: Transport | None, sources: tuple[Way, ...], ways: tuple[Way, ...]
) -> None:
    assert CopyPolicy(transport, sources=sources).ways("push") == ways
    assert CopyPolicy(sources=sources).ways(transport or "push") == ways
