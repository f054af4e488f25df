"""NetBox and Nautobot are told by requests as their documentation has them, and a token is in no message."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.source_of_truth_server import BEARER, FIELD, TOKEN, UUID, Truth, serving

from swimctl.config.settings import Settings
from swimctl.errors import ConfigError
from swimctl.notify.source_of_truth import NotWritten, Target, Upgrade, targets, write

UPGRADE = Upgrade("sw2", "17.12.4", "swimctl upgraded it from 17.06.05 to 17.12.4: job 7")


def target(truth: Truth, **changes: Any) -> Target:
    given: dict[str, Any] = {"url": truth.url, "token": TOKEN, "custom_field": FIELD, **changes}
    (made,) = targets(Settings.model_validate({"write_back": {truth.kind: given}}), Path("/"))
    return made


@pytest.fixture
def netbox() -> Iterator[Truth]:
    with serving("netbox") as truth:
        yield truth


@pytest.mark.parametrize("token", [TOKEN, BEARER])
def test_netbox_gets_the_custom_field_and_a_journal_entry(netbox: Truth, token: str) -> None:
    done = write(target(netbox, token=token), UPGRADE)
    assert done.said == "NetBox has sw2: its custom field software_version is 17.12.4, journal entry 1"
    assert done.ids == {"device": "101", "entry": 1}
    assert netbox.fields == {"101": {FIELD: "17.12.4"}}
    assert netbox.entries == [
        {
            "assigned_object_type": "dcim.device",
            "assigned_object_id": 101,
            "kind": "success",
            "comments": UPGRADE.story,
        }
    ]
    assert [method for method, _ in netbox.asked] == ["GET", "PATCH", "POST"]


def test_nautobot_gets_the_custom_field_and_a_note() -> None:
    with serving("nautobot") as nautobot:
        done = write(target(nautobot), UPGRADE)
        number = UUID.format(1)
        assert nautobot.fields == {number: {FIELD: "17.12.4"}}
        assert nautobot.entries == [{"device": number, "note": UPGRADE.story}]
        assert done.said == f"Nautobot has sw2: its custom field software_version is 17.12.4, note {UUID.format(9)}"


def test_what_is_not_wanted_is_not_written(netbox: Truth) -> None:
    write(target(netbox, journal=False), UPGRADE)
    assert netbox.entries == []
    write(target(netbox, custom_field=""), UPGRADE)
    assert [method for method, _ in netbox.asked] == ["GET", "PATCH", "GET", "POST"]


def test_an_answer_that_comes_in_pieces_is_read_to_its_end(netbox: Truth) -> None:
    netbox.pieces = True
    assert write(target(netbox), UPGRADE).ids == {"device": "101", "entry": 1}
    assert len(netbox.entries) == 1


def test_a_netrc_that_names_the_host_is_said(netbox: Truth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password pw-4711\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    with pytest.raises(NotWritten, match=r"if ~/.netrc names that host, take it out there") as refused:
        write(target(netbox), UPGRADE)
    assert "pw-4711" not in str(refused.value)
    assert netbox.asked == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"custom_field": "sofware"}, 'answers 400: {"custom_fields": ["Unknown field name \'sofware\''),
        ({"token": "wrong-token-4711"}, 'answers 403: {"detail": "Invalid token: Token ***"}'),
    ],
)
def test_a_refusal_is_said_without_the_token(netbox: Truth, changes: dict[str, Any], said: str) -> None:
    one = target(netbox, **changes)
    with pytest.raises(NotWritten) as refused:
        write(one, UPGRADE)
    assert said in str(refused.value)
    assert one.token not in f"{refused.value} {one!r}"


def test_a_device_that_is_not_there_or_there_twice_is_not_guessed(netbox: Truth) -> None:
    netbox.names = ["sw1", "sw2", "sw2"]
    with pytest.raises(NotWritten, match="it has several devices of the name sw2"):
        write(target(netbox), UPGRADE)
    with pytest.raises(NotWritten, match="it has no device of the name sw9"):
        write(target(netbox), Upgrade("sw9", "17.12.4", ""))
    assert netbox.fields == {}


def test_a_field_that_does_not_read_as_it_was_set_is_none(netbox: Truth) -> None:
    netbox.deaf = True
    with pytest.raises(NotWritten, match="the custom field software_version reads None after it was set"):
        write(target(netbox), UPGRADE)
    assert netbox.entries == []


def test_one_that_is_down_or_moved_is_said(netbox: Truth) -> None:
    netbox.fails = 1
    with pytest.raises(NotWritten, match=r"answers 502: <html>Bad Gateway</html>"):
        write(target(netbox), UPGRADE)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(NotWritten, match="failed: ClientConnectorError"):
            write(target(netbox, url=url), UPGRADE)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"url": "netbox.example.com"}, "url must be an address such as https://netbox.example.com"),
        ({"url": "https://ada:pw-4711@netbox.example.com"}, "url must be an address such as https://netbox"),
        ({"url": "https://netbox.example.com"}, "token must be a token"),
        ({"url": "https://netbox.example.com", "token": "a b"}, "token must be a token"),
        ({"url": "https://netbox.example.com", "token": {"env": "NO_SUCH"}}, "the environment has no NO_SUCH"),
        ({"url": "https://netbox.example.com", "token": "t", "journal": False}, "name a custom_field, or let journal"),
        ({"url": "https://netbox.example.com", "token": "t", "ca": "no-such-file"}, "no-such-file has no certificates"),
    ],
)
def test_a_mistake_in_the_settings_is_found_before_anything_runs(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        targets(Settings.model_validate({"write_back": {"netbox": given}}), Path("/"))
    assert said in str(refused.value)
    assert "pw-4711" not in str(refused.value)


def test_without_an_address_nothing_is_told() -> None:
    assert targets(Settings(), Path("/")) == ()


def test_a_token_may_stand_elsewhere(monkeypatch: pytest.MonkeyPatch, netbox: Truth) -> None:
    monkeypatch.setenv("SWIMCTL_TEST_NETBOX_TOKEN", TOKEN)
    write(target(netbox, token={"env": "SWIMCTL_TEST_NETBOX_TOKEN"}), UPGRADE)
    assert netbox.fields == {"101": {FIELD: "17.12.4"}}
