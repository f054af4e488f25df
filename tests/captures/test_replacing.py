"""What is replaced in an output: all that belongs to the site, and nothing that swimctl reads beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from platforms.contract import Platform, names, platform
from platforms.material import CAPTURES, read
from platforms.test_captures import READ, owner

from swimctl.captures.finding import names_of
from swimctl.captures.masking import Mask
from swimctl.captures.substitutes import Substitutes
from swimctl.errors import SwimctlError

KEY = b"0123456789abcdef0123456789abcdef"
OF = Substitutes(KEY)
# Facts that are values of a site, or have some in them; all other facts must be the same.
SITE = {
    "serial": "", "hostname": "", "mac": "", "user": "", "login_class": "", "domain": "", "vrf": "",
    "remote_interface": "a port of another's: its MAC address, or what its owner calls it",
    "system_image": "with the address of a server", "variable": "the same", "values": "serial numbers of processors",
    "fields": "every line that is a label and a value", "description": "a serial number in it",
    "reason": "the device's own words, with whatever it names",
}  # fmt: skip
# Formats of details that no driver asks for: there a word too many may be replaced.
UNASKED = ("show cdp neighbors detail", "show lldp neighbors detail")
WORDS = st.text("abcxyzABCXYZ0189-_./", min_size=1, max_size=24)
MACS = st.integers(1, 2**48 - 2).map(lambda number: f"{number:012x}")


@settings(deadline=None)
@given(WORDS, WORDS)
def test_a_word_becomes_another_of_the_same_form_and_no_two_become_one(one: str, other: str) -> None:
    new = OF.word(one)
    assert [form(each) for each in new] == [form(each) for each in one]
    assert all(a != b for a, b in zip(one, new, strict=True) if a.isalnum())
    assert (OF.word(other).casefold() == new.casefold()) is (other.casefold() == one.casefold())


@settings(deadline=None)
@given(WORDS, st.integers(1, 24))
def test_a_name_that_is_cut_off_becomes_the_beginning_of_what_the_whole_one_becomes(name: str, length: int) -> None:
    assert OF.word(name).startswith(OF.word(name[:length]))
    assert OF.word(name.upper()) == OF.word(name.lower()).upper()


@settings(deadline=None)
@given(MACS)
def test_a_mac_address_is_the_same_one_in_every_notation(digits: str) -> None:
    dotted, colons = ".".join(re.findall("....", digits)), ":".join(re.findall("..", digits)).upper()
    bare = {re.sub(r"[.:]", "", OF.mac(each)).lower() for each in (dotted, colons)}
    assert len(bare) == 1
    assert (bare == {digits}) is (len(set(digits)) == 1)


@settings(deadline=None)
@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_an_ipv4_address_becomes_another_of_the_same_length_in_the_same_net(one: Any, other: Any) -> None:
    first, second = str(one).split("."), str(other).split(".")
    new, new_other = OF.ipv4(str(one)).split("."), OF.ipv4(str(other)).split(".")
    assert [len(each) for each in new] == [len(each) for each in first]
    assert all(int(each) <= 255 for each in new)
    assert [a == b for a, b in zip(first, new, strict=True)] == [each in {"0", "255"} for each in first]
    shared = next((n for n in range(4) if first[n] != second[n]), 4)
    assert new[:shared] == new_other[:shared]
    assert (new == new_other) is (shared == 4)


@settings(deadline=None)
@given(st.ip_addresses(v=6))
def test_an_ipv6_address_stays_one_of_the_same_form(address: Any) -> None:
    new = OF.ipv6(str(address))
    assert [each if each == ":" else "x" for each in new] == [each if each == ":" else "x" for each in str(address)]
    assert OF.ipv6(str(address).upper()).lower() == new


def form(character: str) -> str:
    kinds = ((str.islower, "a"), (str.isupper, "A"), (str.isdigit, "1"))
    return next((name for fits, name in kinds if fits(character)), character)


def masked(command: str, text: str, facts: Any = None, known: tuple[str, ...] = ()) -> str:
    mask = Mask(KEY, known)
    mask.learn(text, facts)
    return mask.replaced(command, text)


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("Processor board ID FLB27010AA1", "Processor board ID "),
        ("hall-7 uptime is 3 weeks, 1 day", " uptime is 3 weeks, 1 day"),
        ("  Device name: hall-7", "  Device name: "),
        ("PID: C9300-48P         , VID: V02  , SN: FLB27010AA1", "PID: C9300-48P         , VID: V02  , SN: "),
        ("Internet address is 10.20.30.44/24", "Internet address is "),
        ("link fe80::211:22ff:feaa:100 and 2001:db8:7::1", "link fe80::"),
        ("Base Ethernet MAC Address : 00:11:22:aa:01:00", "Base Ethernet MAC Address : "),
        ("contact netops@corp.example.com", "contact "),
        ("Configured from console by anna on vty0 (10.1.1.9)", "Configured from console by "),
        ("snmp community: s3cr3t", "snmp community: "),
        ("BOOT variable = tftp://10.9.8.7/cat9k_iosxe.17.09.04a.SPA.bin", "BOOT variable = tftp://"),
        ('IP Route Table for VRF "CUSTOMER-A"', 'IP Route Table for VRF "'),
        ("CUST-1.inet.0: 12 destinations", ""),
    ],
)  # fmt: skip
def test_what_a_line_calls_its_own_is_replaced(line: str, left: str) -> None:
    new = masked("show version", line)
    assert len(new) == len(line)
    assert new != line
    assert left in new


@pytest.mark.parametrize(
    "line",
    [
        "Cisco IOS XE Software, Version 17.09.05",
        "IMG   C    17.09.05.0.6411",
        "IMG   C    16.3.8.0",
        "255.255.255.0 and 0.0.0.0 and 127.0.0.1",
        'System image file is "flash:packages.conf"',
        "cat9k-rpbase.17.06.05.SPA.pkg",
        "http://www.cisco.com/techsupport",
        "Technical Support: http://www.cisco.com/techsupport",
        "VRF: default",
        "Kernel uptime is 3 day(s), 1 hour(s), 2 minute(s), 3 second(s)",
        "The password-recovery mechanism is enabled.",
        "12:33:44 up 3 days, 00:01:23",
        "cisco C9300-48P (X86) processor with 1338842K/6147K bytes of memory.",
        "Model number                       : C9300-48P",
        "FPGA version 1.0.0.12",
    ],
)  # fmt: skip
def test_what_is_well_known_stays(line: str) -> None:
    assert masked("show version", line) == line


def test_a_name_is_replaced_wherever_it_stands_and_the_same_way() -> None:
    mask = Mask(KEY, ["secret-word"])
    mask.learn("  Device name: hall-7\n")
    mask.learn_configuration("hostname hall-7\nusername anna-b privilege 15\nvrf definition GREEN-NET\n")
    new = mask.replaced("show module", "hall-7 HALL-7 backup-hall-7.cfg anna-b GREEN-NET secret-word xhall-7")
    other = mask.replaced("", "hall-7")
    assert new.startswith(f"{other} {other.upper()} backup-{other}.cfg ")
    assert new.endswith(" xhall-7")
    assert not any(word in new for word in ("anna-b", "GREEN-NET", "secret-word"))


@dataclass
class Runs:
    """What a device runs, of its facts."""

    hostname: str
    system_image: str


def test_a_name_that_is_part_of_a_model_or_an_image_is_replaced_where_it_is_called_a_name_alone() -> None:
    image = "flash0:c1900-universalk9-mz.SPA.151-4.M8.bin"
    text = f'c1900 uptime is 1 day\nSystem image file is "{image}"\n'
    new = masked("show version", text, Runs("c1900", image))
    assert image in new
    assert " uptime is 1 day" in new
    assert not new.startswith("c1900")


@pytest.mark.parametrize("command", ["show cdp neighbors", "show lldp neighbors"])
def test_of_a_table_of_neighbours_that_does_not_read_no_name_is_left(command: str) -> None:
    table = (
        "Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID\n"
        "core-berlin-4    Gig 1/0/1         148             R S I  N9K-C9504 Eth1/7\n"
        "a-very-long-name.corp.exaGi1/0/2   120        B,R             Uplink-to-Berlin\n"
        "?? new column    phone-anna        1\n"
    )
    new = masked(command, table)
    assert [len(line) for line in new.splitlines()] == [len(line) for line in table.splitlines()]
    assert new.splitlines()[0] == table.splitlines()[0]
    for word in ("berlin", "Berlin", "a-very", "corp.exa", "phone-anna", "Uplink"):
        assert word not in new
    assert "Gig 1/0/1         148             R S I" in new
    assert "Gi1/0/2   120        B,R " in new


def test_descriptions_of_ports_are_replaced_and_their_states_stay() -> None:
    table = (
        "Port       Name              Status       Vlan     Duplex Speed Type\n"
        "Et1        to down town PC 4 connected    1        full   10G   10GBASE-SR\n"
        "Et2                          notconnect   1        auto   auto  Not Present\n"
    )
    new = masked("show interfaces status", table)
    assert "town" not in new
    assert "connected    1        full   10G   10GBASE-SR" in new
    assert new.splitlines()[2] == table.splitlines()[2]


def materials() -> Iterator[tuple[Platform, str, str, str]]:
    for name in names():
        own = platform(name)
        for sample in own.samples:
            yield own, f"{name}:{sample}", *own.of(sample)


def captured(source: str, folder: str) -> Iterator[tuple[Platform, str, str, str]]:
    own = owner(source)
    assert own is not None
    for path in sorted((CAPTURES / source / folder).glob("*.txt")):
        yield own, f"{source}/{folder}/{path.stem}", own.cases.command_of(folder), read(path)


def trouble(own: Platform, name: str, command: str, text: str) -> list[str]:
    """Return what is wrong with how an output is replaced."""
    facts, error = said(own, command, text)
    new = masked(command, text, facts)
    if [len(line) for line in new.split("\n")] != [len(line) for line in text.split("\n")]:
        return [f"{name}: its lines are not as long"]
    left = [word for word in names_of(facts) if re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", new)]
    found = [
        f"{name}: {word} is left" for word in left if word.casefold() not in str(facts_of_models(facts)).casefold()
    ]
    now, now_error = said(own, command, new)
    if command in UNASKED:
        return found
    if now_error is not error:
        return [*found, f"{name}: {error} became {now_error}"]
    return [*found, *(f"{name}: {each}" for each in differing(facts, now, ""))]


def said(own: Platform, command: str, text: str) -> tuple[Any, type[SwimctlError] | None]:
    try:
        return own.commands.parse(command, text), None
    except SwimctlError as error:
        return None, type(error)


def facts_of_models(facts: Any) -> list[str]:
    """Return the models and images in facts: a name that is part of one stays there."""
    if is_dataclass(facts):
        values = {each.name: getattr(facts, each.name) for each in fields(facts)}
        own = [str(values[name]) for name in ("model", "pid", "system_image", "version") if name in values]
        return own + [each for value in values.values() for each in facts_of_models(value)]
    inside = facts.values() if isinstance(facts, Mapping) else facts if isinstance(facts, tuple | list) else ()
    return [each for value in inside for each in facts_of_models(value)]


def differing(one: Any, other: Any, where: str) -> Iterator[str]:
    """Name facts that differ and are no value of the site."""
    if is_dataclass(one) and type(one) is type(other):
        for each in fields(one):
            if each.name in SITE or (each.name == "name" and type(one).__name__ == "Neighbour"):
                continue
            yield from differing(getattr(one, each.name), getattr(other, each.name), f"{where}.{each.name}")
    elif isinstance(one, Mapping) and isinstance(other, Mapping) and len(one) == len(other):
        for a, b in zip(one.values(), other.values(), strict=True):
            yield from differing(a, b, f"{where}{{}}")
    elif isinstance(one, tuple | list) and isinstance(other, tuple | list) and len(one) == len(other):
        for a, b in zip(one, other, strict=True):
            yield from differing(a, b, f"{where}[]")
    elif one != other:
        yield f"{where}: {one!r} became {other!r}"


def test_every_sample_says_the_same_facts_and_no_name_of_them_is_left() -> None:
    tried = list(materials())
    assert len(tried) > 200
    assert [each for one in tried for each in trouble(*one)] == []


@pytest.mark.prove
@pytest.mark.parametrize(("source", "folder"), READ)
def test_every_capture_says_the_same_facts_and_no_name_of_them_is_left(source: str, folder: str) -> None:
    assert [each for one in captured(source, folder) for each in trouble(*one)] == []


def test_the_captures_are_there_where_they_are_named() -> None:
    if not Path(CAPTURES).is_dir():
        pytest.skip("the captures lie beside the repository")
    assert READ


def test_in_data_of_junos_names_are_replaced_and_its_elements_stay() -> None:
    text = (
        '<rpc-reply>\n<host-name>hall-nine</host-name>\n<user>berta</user>\n<active-user-count format="1 user">1'
        "</active-user-count>\n<member-serial-number>NX0219020001</member-serial-number>\n</rpc-reply>\n"
    )
    found = Mask(b"key").replaced("show version | display xml", text)
    assert re.findall(r"</?[\w-]+", found) == re.findall(r"</?[\w-]+", text)
    assert not [word for word in ("hall-nine", "berta", "NX0219020001") if word in found]
