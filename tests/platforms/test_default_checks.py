"""The checks that come with swimctl: each holds after a clean reload, catches its fault, and reads what is printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import cycle
from pathlib import Path

import pytest
from default_checks_page import PAGE, page
from support.asked_devices import EVERYTHING, FLEET, after_activation, desk
from support.lab_terminal import AnyDesk

from swimctl.checks.comparing import Compared, Standing, compare
from swimctl.checks.parsing import check_parser, is_bare, rows_of
from swimctl.checks.rows import Row, counting
from swimctl.checks.rules import Check, configured, defaults_of, pings_of
from swimctl.config.checks import CheckRule
from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.lab.arista_eos.spec import HARDWARE as ARISTAS
from swimctl.lab.arista_eos.spec import AristaSpec
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.cisco_ios.spec import IosMember, IosSpec
from swimctl.lab.cisco_nxos.spec import HARDWARE as NEXUSES
from swimctl.lab.cisco_nxos.spec import NexusSpec
from swimctl.lab.cisco_xe.spec import MemberSpec, SwitchSpec
from swimctl.lab.routing import BUSY

Rows = Mapping[str, tuple[Row, ...]]
MEMBERS = tuple(("FLB27010001", "0c75.bd77.0001") if not n else ("FLB27010002", "0c75.bd77.0010") for n in range(2))
OTHERS: Mapping[str, ChassisSpec] = {
    "a stack": SwitchSpec("stack", tuple(MemberSpec("C9300-24P", *each) for each in MEMBERS)),
    "a core switch": SwitchSpec("core", (MemberSpec("C9500-24Y4C", *MEMBERS[0]),)),
    "a pair": SwitchSpec("pair", tuple(MemberSpec("C9500-24Y4C", *each) for each in MEMBERS)),
    "a chassis": SwitchSpec("chassis", (MemberSpec("C9407R", *MEMBERS[0]),)),
    "a wireless controller": SwitchSpec("wlc", (MemberSpec("C9800-40-K9", *MEMBERS[0]),)),
    "an old router": IosSpec("isr", (IosMember("CISCO1921/K9", *MEMBERS[0]),), version="15.6(3)M4"),
    "a switch with power": IosSpec("power", (IosMember("WS-C3750X-24P-S", *MEMBERS[0]),)),
    "a vPC pair": NexusSpec("vpc", hardware=NEXUSES["N9K-C93180YC-FX"], number="FDO27020001", vpc=10),
    "two supervisors": NexusSpec("spine", hardware=NEXUSES["N9K-C9504"], number="FDO27020002", supervisors=2),
    "an MLAG pair": AristaSpec("mlag", hardware=ARISTAS["DCS-7050SX3-48YC8"], number="JPE27030001", mlag="pair"),
}
DEVICES = {**FLEET, **OTHERS}
FAULTS = {
    "bgp-lost": {"bgp-sessions"},
    "ospf-lost": {"ospf-neighbors"},
    "isis-lost": {"isis-neighbors"},
    "vlan-lost": {"vlans"},
    "poe-lost": {"poe-faults", "poe-power"},
    "hot": {"temperature", "alarms", "environment", "environment-faults"},
    "uplink-errors": {"uplink-errors", "port-errors"},
    "fpd-old": {"fpd"},
    "partner-lost": {"vpc-peer", "vpc-ports", "mlag", "svl-links"},
    "access-point-lost": {"access-points"},
}
"""The checks that a fault breaks, where a device's system has them; no other does."""
RETURNING = frozenset(
    {
        "bgp-sessions",
        "ospf-neighbors",
        "isis-neighbors",
        "mac-addresses",
        "arp-entries",
        "processor",
        "access-points",
    }
)
"""What needs its time after a boot."""
OF_PARTNERS = frozenset({"vpc-ports", "vpc-peer", "mlag", "svl-links", "poe-power"})
"""What needs its time where there is a partner, or another member of the stack."""


def asked(at: AnyDesk) -> dict[str, CheckRule]:
    """Return the rules that a device of this model and configuration is asked for."""
    platform = at.spec.platform
    shown = at.type("show configuration" if platform == "juniper_junos" else "show running-config")
    found = [Check(name, rule, own=False) for name, rule in defaults_of(platform).items()]
    return {
        each.name: each.rule
        for each in configured(found, shown)
        if not each.rule.on.model or any(re.fullmatch(model, at.spec.model) for model in each.rule.on.model)
    }


def take(at: AnyDesk, rules: Mapping[str, CheckRule]) -> Rows:
    """Return what the device says for each rule; a command that it does not have is left out, as a job does."""
    platform, found = at.spec.platform, {}
    for name, rule in rules.items():
        assert not check_parser(rule, platform), name
        command = rule.command_on(platform)
        try:
            found[name] = rows_of(rule, platform, command, at.type(command))
        except CommandRefused:
            assert rule.extra, f"{name} costs a line on a device that does not have it"
    return found


def broken(rules: Mapping[str, CheckRule], before: Rows, after: Rows) -> dict[str, Compared]:
    """Return the checks that do not hold."""
    compared = {name: compare(name, rules[name], rows, after[name]) for name, rows in before.items()}
    return {name: each for name, each in compared.items() if each.standing is not Standing.HOLDS}


@pytest.mark.parametrize("device", DEVICES)
def test_all_hold_after_a_clean_reload(tmp_path: Path, device: str) -> None:
    at = desk(tmp_path, DEVICES[device], routing=EVERYTHING)
    rules = asked(at)
    before = take(at, rules)
    assert {"bgp-sessions", "ospf-neighbors", "isis-neighbors"} <= before.keys()
    assert all(before.values())
    after_activation(at, BUSY + 200)
    assert not broken(rules, before, take(at, rules))


@pytest.mark.parametrize(
    ("device", "fault"),
    [
        # Each fault on each system, and each of the other devices with one of them; the rest is left to `make prove`.
        pytest.param(device, fault, marks=() if device in FLEET or fault == in_turn else pytest.mark.prove)
        for device, in_turn in zip(DEVICES, cycle(FAULTS), strict=False)
        for fault in FAULTS
    ],
)
def test_each_fault_breaks_its_checks_and_no_other(tmp_path: Path, device: str, fault: str) -> None:
    at = desk(tmp_path, DEVICES[device], fault, routing=EVERYTHING)
    rules = asked(at)
    before = take(at, rules)
    after_activation(at, BUSY + 200)
    found = broken(rules, before, take(at, rules))
    assert found.keys() == FAULTS[fault] & before.keys()
    assert all(str(each).startswith(f"check {name}: ") for name, each in found.items())


@pytest.mark.parametrize("platform", FLEET)
def test_the_checks_of_a_fault_are_there_on_each_system(platform: str) -> None:
    """Of PoE, VLANs, heat and partners, where the system's devices have it at all."""
    for fault, names in FAULTS.items():
        if fault == "poe-lost" and platform in {"cisco_nxos", "cisco_xr", "arista_eos"}:
            continue
        if fault in {"vlan-lost", "uplink-errors"} and platform == "cisco_xr":
            continue
        if fault == "fpd-old" and platform != "cisco_xr":
            continue
        if fault == "partner-lost" and platform in {"cisco_xr", "juniper_junos"}:
            continue
        if fault == "access-point-lost" and platform not in {"cisco_xe", "cisco_ios"}:
            continue
        assert names & defaults_of(platform).keys(), fault


@pytest.mark.parametrize("device", DEVICES)
def test_right_after_a_boot_only_what_returns_by_itself_is_missing(tmp_path: Path, device: str) -> None:
    """It breaks, so that it is asked again; an output without a row must be understood as one."""
    at = desk(tmp_path, DEVICES[device], routing=EVERYTHING)
    rules = asked(at)
    before = take(at, rules)
    after_activation(at, 3)
    missing = broken(rules, before, take(at, rules))
    assert missing.keys() <= RETURNING | (OF_PARTNERS if device in OTHERS else set())
    assert {"bgp-sessions", "ospf-neighbors", "isis-neighbors"} <= missing.keys()
    at.wait(BUSY + 200)
    assert not broken(rules, before, take(at, rules))


@pytest.mark.parametrize("device", DEVICES)
def test_an_output_that_ends_before_its_first_row_is_not_read_as_one_whose_rows_are_gone(
    tmp_path: Path, device: str
) -> None:
    at = desk(tmp_path, DEVICES[device], routing=EVERYTHING)
    platform = at.spec.platform
    deciding = {name: rule for name, rule in asked(at).items() if rule.verdict == "fail"}
    for name, rule in deciding.items():
        command = rule.command_on(platform)
        lines = at.type(command).splitlines()
        whole = counting(rule, rows_of(rule, platform, command, "\n".join(lines)))
        for number in range(len(lines)):
            text = "\n".join([*lines[:number], ""])
            try:
                rows = rows_of(rule, platform, command, text)
            except (CommandRefused, UnparsableOutput):
                continue
            if counting(rule, rows) or not whole:
                break
            assert not rows, f"{name}: {lines[number - 1]!r} is no row"
            assert is_bare(rule, text), name


@pytest.mark.parametrize(("device", "name"), [("a vPC pair", "vpc-peer"), ("an MLAG pair", "mlag")])
def test_a_line_of_a_partner_that_is_gone_is_noticed(tmp_path: Path, device: str, name: str) -> None:
    at = desk(tmp_path, DEVICES[device])
    rule, platform = asked(at)[name], at.spec.platform
    command = rule.command_on(platform)
    lines = at.type(command).splitlines()
    before = rows_of(rule, platform, command, "\n".join(lines))
    assert len(before) >= 3
    for row in before:
        left = [line for line in lines if not re.match(rf"{row['what']}\s*:", line)]
        after = rows_of(rule, platform, command, "\n".join(left))
        assert str(compare(name, rule, before, after)) == f"check {name}: {row['what']} is gone"


@pytest.mark.parametrize(
    ("device", "name", "well", "ill"),
    [
        ("a vPC pair", "vpc-peer", "Peer status                       : peer adjacency formed ok", "peer link is down"),
        ("a vPC pair", "vpc-peer", "vPC keep-alive status             : peer is alive", "Suspended"),
        ("a vPC pair", "vpc-peer", "Configuration consistency status  : success", "failed"),
        ("an MLAG pair", "mlag", "peer-config +: +consistent", "inconsistent"),
        ("an MLAG pair", "mlag", "negotiation status +: +Connected", "Connecting"),
    ],
)
def test_a_partner_that_gets_well_sends_nothing_back_and_one_that_falls_ill_does(
    tmp_path: Path, device: str, name: str, well: str, ill: str
) -> None:
    at = desk(tmp_path, DEVICES[device])
    rule, platform = asked(at)[name], at.spec.platform
    command = rule.command_on(platform)
    at.wait(BUSY + 200)
    good = at.type(command)
    bad = re.sub(rf"^({well.partition(':')[0]}:\s*).*", rf"\1{ill}", good, flags=re.MULTILINE)
    assert good != bad
    before, after = (rows_of(rule, platform, command, each) for each in (bad, good))
    assert compare(name, rule, before, after).standing is Standing.HOLDS
    assert compare(name, rule, after, before).standing is Standing.BROKEN


@pytest.mark.parametrize("device", FLEET)
def test_a_device_without_a_feature_is_not_asked_for_it(tmp_path: Path, device: str) -> None:
    at = desk(tmp_path, DEVICES[device], routing=frozenset())
    rules = asked(at)
    assert not {"bgp-sessions", "ospf-neighbors", "isis-neighbors", "vpc-ports", "mlag", "svl-links"} & rules.keys()
    assert len({rule.command_on(at.spec.platform) for rule in rules.values() if not rule.extra}) <= 3


def test_the_page_is_written_from_the_rules() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python tests/default_checks_page.py"


PINGS = {
    "cisco_xe": "Type escape sequence to abort.\n"
    "Sending 5, 100-byte ICMP Echos to 192.0.2.1, timeout is 2 seconds:\n{}\n",
    "cisco_nxos": "PING 192.0.2.1 (192.0.2.1): 56 data bytes\n{}\n",
    "arista_eos": "PING 192.0.2.1 (192.0.2.1) 72(100) bytes of data.\n{}\n",
}
PINGS |= {"cisco_ios": PINGS["cisco_xe"], "cisco_xr": f"Mon May  5 02:11:07.201 UTC\n{PINGS['cisco_xe']}"}
PINGS |= {"juniper_junos": PINGS["cisco_nxos"]}
WHOLE, FIRST_LOST, MOST_LOST, NONE = "whole", "first lost", "most lost", "none"
"""What is answered: all, all but the first one, two of five, nothing."""
SUCCESS = {
    WHOLE: "!!!!!\nSuccess rate is 100 percent (5/5), round-trip min/avg/max = 1/1/4 ms",
    FIRST_LOST: ".!!!!\nSuccess rate is 80 percent (4/5), round-trip min/avg/max = 1/1/4 ms",
    MOST_LOST: "..!.!\nSuccess rate is 40 percent (2/5), round-trip min/avg/max = 1/1/4 ms",
    NONE: "UUUUU\nSuccess rate is 0 percent (0/5)",
}
LOST = {WHOLE: ("5", "0"), FIRST_LOST: ("4", "20"), MOST_LOST: ("2", "60"), NONE: ("0", "100")}
RECEIVED = {
    "cisco_nxos": "packets received, {}.00%",
    "juniper_junos": "packets received, {}%",
    "arista_eos": "received, {}%",
}
"""What stands between the number of answers and the words `packet loss`."""


def answered(platform: str, how: str) -> str:
    """Write what a system prints of a ping."""
    if platform not in RECEIVED:
        return PINGS[platform].format(SUCCESS[how])
    got, lost = LOST[how]
    says = "64 bytes from 192.0.2.1: icmp_seq=4 ttl=254 time=0.9 ms" if how != NONE else "Request 4 timed out"
    summary = f"5 packets transmitted, {got} {RECEIVED[platform].format(lost)} packet loss"
    return PINGS[platform].format(f"{says}\n\n--- 192.0.2.1 ping statistics ---\n{summary}")


@pytest.mark.parametrize("platform", FLEET)
def test_a_ping_holds_while_most_of_it_is_answered(platform: str) -> None:
    """The first of five gets lost while the address is asked for; what nobody answered before is tolerated."""
    ((name, rule),) = pings_of(platform, ["192.0.2.1"]).items()
    command = rule.command_on(platform)
    said = {
        how: rows_of(rule, platform, command, answered(platform, how)) for how in (WHOLE, FIRST_LOST, MOST_LOST, NONE)
    }
    stands = {how: compare(name, rule, said[WHOLE], now).standing for how, now in said.items()}
    assert stands == {
        WHOLE: Standing.HOLDS, FIRST_LOST: Standing.HOLDS, MOST_LOST: Standing.BROKEN, NONE: Standing.BROKEN,
    }  # fmt: skip
    assert compare(name, rule, said[NONE], said[NONE]).standing is Standing.TOLERATED
    with pytest.raises(UnparsableOutput):
        rows_of(rule, platform, command, PINGS[platform].format(""))


def environment(**states: str) -> str:
    """Write what a Juniper says of its parts, by their names: `psm_0` is PSM 0."""
    rows = [f"      {name.upper().replace('_', ' '):<30} {state}" for name, state in states.items()]
    return "\n".join(
        ["Class Item                           Status     Measurement", f"Temp{rows[0][4:]}", *rows[1:], ""]
    )


PARTS = {"psm_0": "OK", "psm_1": "OK", "psm_2": "Check", "cb_0": "OK"}


@pytest.mark.parametrize(
    ("after", "broken_"),
    [
        (PARTS, set()),
        # A release with other names, and with one sensor more.
        ({"psm00": "OK", "psm01": "OK", "psm02": "Check", "cb_0": "OK", "cb_0_outlet": "OK"}, set()),
        ({**PARTS, "psm_0": "Failed"}, {"environment", "environment-faults"}),
        ({**PARTS, "psm_0": "Check"}, {"environment"}),
        # One is mended while another one fails.
        ({**PARTS, "psm_2": "OK", "psm_0": "Failed"}, {"environment", "environment-faults"}),
        # One more fails behind a new name.
        ({"psm00": "OK", "psm01": "Failed", "psm02": "Check", "cb_0": "OK"}, {"environment", "environment-faults"}),
        ({"psm00": "Failed", "psm01": "OK", "cb_0": "OK", "cb_1": "OK", "cb_2": "OK"}, {"environment-faults"}),
        ({"psm_1": "OK", "psm_2": "Check", "cb_0": "OK"}, {"environment"}),
        # A new name fills its column; what a fan says of itself is no status. Others are well in words of their own.
        ({**PARTS, "fan_tray_0_fan_1_on_the_rear_left": "OK         Spinning at normal speed"}, set()),
        ({**PARTS, "fan_tray_0_fan_1_on_the_rear_left": "Failed"}, {"environment-faults"}),
        ({**PARTS, "pdu_0": "Online", "re1": "Standby", "psm_3": "NA"}, set()),
        # A word that nobody knows sends no device back, behind a new name or an old one; it is told.
        ({**PARTS, "psm_3": "Nominal"}, {"environment-words"}),
        ({**PARTS, "psm_0": "Nominal", "psm_1": "Nominal"}, {"environment-words"}),
        (
            {"psm00": "Nominal", "psm01": "Failed", "cb_0": "OK"},
            {"environment", "environment-faults", "environment-words"},
        ),
    ],
)
def test_a_juniper_whose_sensors_have_other_names_is_well_and_one_that_fails_is_not(
    after: Mapping[str, str], broken_: set[str]
) -> None:
    names = ("environment", "environment-faults", "environment-words")
    rules = {name: defaults_of("juniper_junos")[name] for name in names}
    assert [name for name in names if rules[name].verdict != "fail"] == ["environment-words"]
    before, now = (
        {
            name: rows_of(rule, "juniper_junos", "show chassis environment", environment(**states))
            for name, rule in rules.items()
        }
        for states in (PARTS, after)
    )
    assert broken(rules, before, now).keys() == broken_


FPD = """\
Auto-upgrade:Enabled
Attribute codes: B golden, P protect, S secure, A Anti Theft aware
                                                                 FPD Versions
                                                                 ==============
Location   Card type             HWver FPD device       ATR Status    Running  Programd  Reload Loc
-------------------------------------------------------------------------------------------------
0/RP0/CPU0 X-RP2                 0.1   BIOS             S   CURRENT      5.20     5.20          0/RP0
0/RP0/CPU0 X-RP2                 0.1   BIOS-Golden      BS  NEED UPGD             1.90          0/RP0
0/RP0/CPU0 X-RP2                 0.1   SsdIntel         S   NOT READY                            0/RP0
0/1        X-24H-SE              1.0   IOFPGA               {status:<12} 0.08     0.08
"""
"""In the wider form of newer systems; the lab has the narrower one."""


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("CURRENT", Standing.TOLERATED),
        ("NEED UPGD", Standing.BROKEN),
        ("RLOAD REQ", Standing.BROKEN),
        ("UPGD FAIL", Standing.BROKEN),
    ],
)
def test_what_an_upgrade_leaves_behind_in_programmable_parts_is_told(status: str, standing: Standing) -> None:
    """What was not current before is no news, and a golden one is never upgraded."""
    rule = defaults_of("cisco_xr")["fpd"]
    before, after = (
        rows_of(rule, "cisco_xr", "show hw-module fpd", FPD.format(status=each)) for each in ("CURRENT", status)
    )
    assert [row["device"] for row in before] == ["BIOS", "BIOS-Golden", "SsdIntel", "IOFPGA"]
    found = compare("fpd", rule, before, after)
    assert (found.standing, found.verdict) == (standing, "warn")
    new = [one for one in found.differences if one.standing is Standing.BROKEN]
    assert [(one.key, one.after) for one in new] == ([] if status == "CURRENT" else [("0/1 IOFPGA", status)])


@pytest.mark.parametrize("says", ["connect: Network is unreachable", "ping: connect: Network is unreachable"])
def test_an_arista_without_a_route_says_so_and_nothing_else(says: str) -> None:
    ((name, rule),) = pings_of("arista_eos", ["192.0.2.1"]).items()
    before, after = (
        rows_of(rule, "arista_eos", rule.command_on("arista_eos"), text)
        for text in (answered("arista_eos", WHOLE), f"{says}\n")
    )
    assert compare(name, rule, before, after).standing is Standing.BROKEN


@pytest.mark.parametrize("device", FLEET)
def test_a_router_that_answers_no_more_is_missed_and_the_other_one_is_not(tmp_path: Path, device: str) -> None:
    at = desk(tmp_path, FLEET[device], "ping-lost")
    rules = pings_of(device, ["203.0.113.1", "203.0.113.2"])
    before = take(at, rules)
    after_activation(at, BUSY)
    assert broken(rules, before, before) == {}
    assert broken(rules, before, take(at, rules)).keys() == {"ping-203.0.113.1"}


TOLD = frozenset({"poe-power", "fpd", "access-points", "bgp-dynamic-sessions", "environment-words"})
"""What is asked of each device that has it, and decides nothing."""


def test_every_rule_says_what_it_is_for_and_where_its_form_is_known_from() -> None:
    for platform in FLEET:
        for name, rule in defaults_of(platform).items():
            assert rule.about[0].islower(), name
            assert rule.source, name
            assert (rule.verdict == "fail") is not (rule.extra or name in TOLD), name
