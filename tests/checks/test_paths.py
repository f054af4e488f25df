"""From data to rows: what a path leads to, and what the rows have of what they stand in."""

from __future__ import annotations

import pytest

from swimctl.checks.paths import steps_of, walk
from swimctl.errors import UnparsableOutput

# The form of `show ip bgp summary vrf all | json` of EOS, in part.
BGP = {
    "vrfs": {
        "default": {
            "routerId": "10.0.0.1",
            "peers": {
                "10.0.0.2": {"peerState": "Established", "prefixReceived": 12, "timers": {"hold": 180}},
                "10.0.0.3": {"peerState": "Idle", "prefixReceived": 0},
            },
        },
        "red": {"routerId": "10.1.0.1", "peers": {}},
    }
}
# The form of NX-OS: one row is a mapping, several are a list.
ONE = {"TABLE_vrf": {"ROW_vrf": {"vrf": "default", "TABLE_peer": {"ROW_peer": {"id": "10.0.0.2", "state": "Up"}}}}}
TWO = {
    "TABLE_vrf": {
        "ROW_vrf": [
            {"vrf": "a", "TABLE_peer": {"ROW_peer": [{"id": "1"}, {"id": "2"}]}},
            {"vrf": "b", "TABLE_peer": {"ROW_peer": {"id": "3"}}},
        ]
    }
}


def test_keys_become_fields_and_rows_have_what_they_stand_in() -> None:
    assert walk(BGP, "vrfs.{vrf}.peers.{peer}", "show bgp") == [
        {"vrf": "default", "peer": "10.0.0.2", "routerId": "10.0.0.1", "peerState": "Established",
         "prefixReceived": 12, "timers.hold": 180},
        {"vrf": "default", "peer": "10.0.0.3", "routerId": "10.0.0.1", "peerState": "Idle", "prefixReceived": 0},
    ]  # fmt: skip


def test_a_star_goes_through_without_a_name() -> None:
    assert [row["routerId"] for row in walk(BGP, "vrfs.*", "show bgp")] == ["10.0.0.1", "10.1.0.1"]


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (ONE, [{"vrf": "default", "id": "10.0.0.2", "state": "Up"}]),
        (TWO, [{"vrf": "a", "id": "1"}, {"vrf": "a", "id": "2"}, {"vrf": "b", "id": "3"}]),
        ({"TABLE_vrf": ""}, []),
        ({}, []),
    ],
)
def test_one_row_alone_is_a_list_of_one(data: object, rows: list[dict[str, str]]) -> None:
    assert walk(data, "TABLE_vrf.ROW_vrf[].TABLE_peer.ROW_peer[]", "show bgp") == rows


def test_without_a_path_the_data_is_the_rows() -> None:
    assert walk([{"name": "a"}, {"name": "b"}], "", "show x") == [{"name": "a"}, {"name": "b"}]
    assert walk({"cpu": 3, "by": ["a", "b"]}, "", "show x") == [{"cpu": 3, "by": "a, b"}]


def test_a_single_value_is_a_row_with_a_value() -> None:
    assert walk({"vlans": ["1", "10"]}, "vlans.*", "show x") == [{"value": "1"}, {"value": "10"}]


@pytest.mark.parametrize("path", ["a..b", "a.{b", "a.[]", "a.b c}"])
def test_a_path_that_cannot_be_read_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="of the path"):
        steps_of(path)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("vrfs.{vrf}.routerId.{x}", "{x} leads into no list and no mapping: it is '10.0.0.1'"),
        ("a.*", "* leads into no list and no mapping: it is 'text'"),
        ("a.b", "there is no b in it: it is 'text'"),
        ("list.b", "there is no b in it: it is a list"),
        ("list[].b", "there is no b in it: it is 1"),
    ],
)
def test_data_of_another_form_is_not_understood(path: str, why: str) -> None:
    with pytest.raises(UnparsableOutput) as refused:
        walk({**BGP, "a": "text", "list": [1]}, path, "show bgp")
    assert (refused.value.command, refused.value.why) == ("show bgp", why)


def test_items_of_a_list_are_named_by_their_number() -> None:
    assert walk({"fans": [{"state": "ok"}, {"state": "bad"}]}, "fans.{fan}", "show fans") == [
        {"fan": "0", "state": "ok"},
        {"fan": "1", "state": "bad"},
    ]
