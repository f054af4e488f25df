"""From outputs to rows, by each parser: lenient around the table, strict in what it gives."""

from __future__ import annotations

from typing import Any

import pytest
from checks.rules import PEERS, rule
from hypothesis import given
from hypothesis import strategies as st

from swimctl.checks import textfsm_rows
from swimctl.checks.parsing import check_parser, rows_of
from swimctl.checks.rows import Row
from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.text import unread

# By hand, in the form of Cisco's command reference.
BGP = """\
BGP router identifier 10.0.0.1, local AS number 65001
BGP table version is 42, main routing table version 42

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
10.0.0.2        4        65002     100     101       42    0    0 01:00:00       12
10.0.0.3        4        65003     100     101        1    0    0 never    Idle
"""
TEMPLATE = """\
Value PEER (\\S+)

Start
  ^peer ${PEER} -> Record
  ^. -> Error
"""
BGP_RULE: dict[str, Any] = {
    "command": "show ip bgp summary",
    "parse": "ntc",
    "key": "bgp_neighbor",
    "read_as": {"state_or_prefixes_received": {r"\d+": "up"}},
    "where": {"state_or_prefixes_received": "up"},
    "expect": "still there",
    "none": "% BGP not active",
}
XML = """\
<rpc-reply xmlns:junos="http://xml.juniper.net/junos/21.4R0/junos">
    <bgp-information xmlns="http://xml.juniper.net/junos/21.4R0/junos-routing">
        <group-count>1</group-count>
        <bgp-peer junos:style="terse">
            <peer-address>10.0.0.2</peer-address>
            <peer-state>Established</peer-state>
            <bgp-rib junos:style="terse"><name>inet.0</name><active-prefix-count>7</active-prefix-count></bgp-rib>
            <bgp-rib junos:style="terse"><name>inet6.0</name><active-prefix-count>1</active-prefix-count></bgp-rib>
        </bgp-peer>
        <bgp-peer junos:style="terse">
            <peer-address>10.0.0.3</peer-address>
            <peer-state>Active</peer-state>
        </bgp-peer>
    </bgp-information>
    <cli><banner>{master:0}</banner></cli>
</rpc-reply>
"""


def read(text: str, platform: str = "cisco_xe", **fields: Any) -> tuple[Row, ...]:
    wanted = rule(**fields)
    return rows_of(wanted, platform, wanted.command_on(platform), text)


def test_a_template_of_the_community_is_found_by_the_words_of_the_command() -> None:
    assert read(BGP, **BGP_RULE) == (
        {"bgp_neighbor": "10.0.0.2", "state_or_prefixes_received": "up"},
        {"bgp_neighbor": "10.0.0.3", "state_or_prefixes_received": "Idle"},
    )


def test_a_template_can_be_named() -> None:
    named = {**BGP_RULE, "parse": {"ntc": "cisco_ios_show_ip_bgp_summary"}, "command": "show bgp all summary"}
    assert len(read(BGP, **named)) == 2


def test_a_template_forgets_the_output_that_it_gave_up() -> None:
    source = """\
Value Filldown GROUP (\\w+)
Value Required,List MEMBERS (\\S+)

Start
  ^group ${GROUP}
  ^member ${MEMBERS}
  ^end -> Record
  ^. -> Error
"""
    with unread():
        textfsm_rows.read(source, ["group two", "member c", "odd"], "show groups")
    rows = textfsm_rows.read(source, ["member d", "end", "group one", "member a", "member b", "end"], "show groups")
    assert rows == [{"group": "", "members": "d"}, {"group": "one", "members": "a, b"}]


def test_a_line_that_a_template_does_not_know_is_passed_over_and_told() -> None:
    with unread() as passed:
        rows = read("peer a\nSome news of release 27\npeer b\n", parse={"textfsm": TEMPLATE}, expect="still there")
    assert rows == ({"peer": "a"}, {"peer": "b"})
    assert passed == [("show peers", "Some news of release 27")]


@pytest.mark.parametrize("text", ["% BGP not active\n", "\n% BGP not active\n\n"])
def test_words_of_the_rule_say_that_there_is_nothing(text: str) -> None:
    assert read(text, **BGP_RULE) == ()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("% Invalid input detected at '^' marker.\n", CommandRefused),
        ("\n~~~ 0x7f3a core dumped ~~~\n", UnparsableOutput),
        (BGP.partition("10.0.0.2")[0], UnparsableOutput),
        ("", UnparsableOutput),
        ("\n".join(f"odd line {n}" for n in range(40)), UnparsableOutput),
    ],
)
def test_what_gives_no_row_is_not_understood(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(text, **BGP_RULE)


def test_an_empty_answer_means_nothing_only_where_the_rule_says_so() -> None:
    assert read("\n", parse={"json": "peers.*"}, command="show peers | json", none="") == ()


def test_a_protocol_that_is_off_has_no_rows() -> None:
    assert read("% CDP is not enabled\n", command="show cdp neighbors", parse="ntc") == ()


def test_named_groups_are_fields() -> None:
    text = "peer     state prefixes\n10.0.0.2 up    12\nTotal 1\n"
    assert read(text, parse={"regex": r"^(?P<peer>\d\S+) +(?P<state>\S+)"}) == ({"peer": "10.0.0.2", "state": "up"},)


def test_data_is_read_by_a_path() -> None:
    text = '{"peers": {"10.0.0.2": {"state": "up", "up": true}}}\n'
    wanted = {"command": "show peers | json", "parse": {"json": "peers.{peer}"}}
    assert read(text, "arista_eos", **wanted) == ({"peer": "10.0.0.2", "state": "up"},)
    assert read('{"peers": {}}\n', "arista_eos", **wanted) == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [('{"peers": {"10.0', "no whole JSON"), ('{"peers": {}}\nError 5\n', "something follows"), ("peers\n", "no whole")],
)
def test_data_that_is_not_whole_is_not_understood(text: str, why: str) -> None:
    with pytest.raises(UnparsableOutput, match=why):
        read(text, "arista_eos", command="show peers | json", parse={"json": "peers.{peer}"})


@pytest.mark.parametrize(
    ("parse", "text", "why"),
    [
        ({"json": "peers.{peer}"}, '{"errors": ["the agent does not run"]}', "its JSON is an error, and no table"),
        ({"json": "peers.{peer}"}, '{"error": {"message": "not yet"}}', "its JSON is an error, and no table"),
        (
            {"xml": "bgp-peer"},
            '<rpc-reply><error xmlns="http://xml.juniper.net/xnm"><message>not yet</message></error></rpc-reply>',
            "its XML is an error, and no table",
        ),
    ],
)
def test_an_error_as_data_is_no_empty_table(parse: Any, text: str, why: str) -> None:
    with pytest.raises(UnparsableOutput, match=why):
        read(text, "arista_eos", parse=parse)


def test_data_with_no_row_and_no_error_is_an_empty_table() -> None:
    assert read('{"peers": {}, "errors": []}', "arista_eos", parse={"json": "peers.{peer}"}) == ()
    assert read("<rpc-reply><bgp-information/></rpc-reply>", "arista_eos", parse={"xml": "bgp-peer"}) == ()


def test_elements_are_rows_and_their_leaves_fields() -> None:
    wanted = {"command": "show bgp summary | display xml", "parse": {"xml": "bgp-peer"}, "key": "peer-address"}
    expect = [{"same": ["peer-state", "active-prefix-count", "group-count"]}]
    assert read(XML, "juniper_junos", **wanted, expect=expect) == (
        {"peer-address": "10.0.0.2", "peer-state": "Established", "active-prefix-count": "7", "group-count": "1"},
        {"peer-address": "10.0.0.3", "peer-state": "Active", "active-prefix-count": None, "group-count": "1"},
    )


@pytest.mark.parametrize("text", [XML[:400], "error: syntax\n", "no elements\n"])
def test_elements_that_are_not_whole_are_not_understood(text: str) -> None:
    with pytest.raises((UnparsableOutput, CommandRefused)):
        read(
            text, "juniper_junos", command="show bgp summary | display xml", parse={"xml": "bgp-peer"}, key="peer-state"
        )


def test_elements_name_no_file_of_this_machine() -> None:
    text = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>\n<a><b><peer>&e;</peer></b></a>\n'
    with pytest.raises(UnparsableOutput, match="no whole XML"):
        read(text, "juniper_junos", command="show bgp summary | display xml", parse={"xml": "b"})


def test_our_own_parser_gives_its_facts_as_rows() -> None:
    text = """\
Interface              IP-Address      OK? Method Status                Protocol
Vlan1                  10.0.0.1        YES NVRAM  up                    up
"""
    wanted = {"command": "show ip interface brief", "parse": "swimctl", "key": "name", "expect": {"same": "up"}}
    assert read(text, **wanted) == ({"name": "Vlan1", "up": True},)


def test_a_template_can_stand_in_the_rule() -> None:
    states = "Start\n  ^peer ${PEER}\n  ^seen ${SEEN}\n  ^. -> Error\n"
    template = f"Value PEER (\\S+)\nValue List SEEN (\\S+)\n\n{states}"
    wanted = {"parse": {"textfsm": template}, "key": "peer", "expect": {"same": "seen"}}
    assert read("peer a\nseen 1\nseen 2\n", **wanted) == ({"peer": "a", "seen": "1, 2"},)


@pytest.mark.parametrize(
    ("fields", "text", "why"),
    [
        ({"expect": [{"same": "flaps"}]}, "a up 1\n", "no row has the field flaps; they have peer, prefixes, state"),
        ({}, "a up 1\na down 1\n", "two rows are named a by peer"),
        ({"key": [], "expect": [{"same": "state"}]}, "a up 1\nb up 1\n", "2 rows count, and the rule has no `key`"),
    ],
)
def test_rows_that_do_not_fit_the_rule_are_not_understood(fields: dict[str, Any], text: str, why: str) -> None:
    with pytest.raises(UnparsableOutput, match=why) as refused:
        read(text, **fields)
    assert refused.value.command == "show peers"


def test_one_row_alone_needs_no_key() -> None:
    wanted = {"key": [], "expect": [{"at most": {"cpu": 90}}], "parse": {"regex": r"(?P<cpu>\d+)%"}}
    assert read("CPU utilization: 12%\n", **wanted) == ({"cpu": "12"},)


@pytest.mark.parametrize(
    ("fields", "platform", "why"),
    [
        ({"parse": "ntc", "command": "show nothing at all"}, "cisco_xe", "no template 'cisco_ios_show_nothing_at_all'"),
        ({"parse": {"ntc": "../../etc"}}, "cisco_xe", "no template"),
        ({"parse": "swimctl"}, "cisco_xe", "no parser reads it"),
        ({"parse": {"json": "a..b"}}, "cisco_xe", "the step ''"),
        ({"parse": {"textfsm": "Value X"}}, "cisco_xe", "template cannot be read"),
        ({"parse": "genie", "command": "show version"}, "arista_eos", "Genie has no parsers for arista_eos"),
    ],
)
def test_a_parser_that_cannot_be_used_says_so(fields: dict[str, Any], platform: str, why: str) -> None:
    assert why in check_parser(rule(**fields), platform)


def test_a_parser_that_can_be_used_has_nothing_to_say() -> None:
    assert [check_parser(rule(**BGP_RULE), platform) for platform in ("cisco_xe", "cisco_nxos", "arista_eos")] == [
        ""
    ] * 3


def _spoilt(text: str) -> st.SearchStrategy[str]:
    """Return outputs that are cut, have a piece twice, or something odd in the middle."""
    places = st.integers(0, len(text))
    return st.builds(
        lambda one, two, odd: text[: max(one, two)] + odd + text[min(one, two) :],
        places,
        places,
        st.one_of(st.just(""), st.text(max_size=20), st.sampled_from(["<a>", "{", "]", "% Invalid input", "\x00"])),
    )


@pytest.mark.parametrize(
    ("platform", "fields", "text"),
    [
        ("cisco_xe", BGP_RULE, BGP),
        ("juniper_junos", {"command": "show x | display xml", "parse": {"xml": "bgp-peer"}, "key": "peer-address",
                           "expect": "still there"}, XML),
        ("arista_eos", {"command": "show x | json", "parse": {"json": "peers.{peer}"}},
         '{"peers": {"a": {"state": "up"}, "b": {"state": "down", "timers": {"hold": 3}}}}'),
        ("cisco_nxos", {"parse": {"regex": PEERS}}, "a up 1\nb down 2\n"),
    ],
)  # fmt: skip
@given(data=st.data())
def test_an_output_that_is_spoilt_is_read_or_not_understood_and_nothing_else(
    platform: str, fields: dict[str, Any], text: str, data: st.DataObject
) -> None:
    wanted = rule(**fields)
    try:
        rows = rows_of(wanted, platform, wanted.command_on(platform), data.draw(_spoilt(text)))
    except (CommandRefused, UnparsableOutput):
        return
    names = [tuple(row[field] for field in wanted.key) for row in rows]
    assert len(names) == len(set(names))
    assert all(all(name) for name in names)
