"""Genie is an extra: without it a check that names it says so; with it its facts become rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from checks.rules import rule

from swimctl.checks import genie_parsers
from swimctl.checks.parsing import check_parser, rows_of
from swimctl.errors import UnparsableOutput

WANTED: dict[str, Any] = {
    "command": "show version",
    "parse": {"genie": "peers.{peer}"},
    "expect": [{"same": "state"}],
}


@pytest.fixture
def without_genie(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("genie", "genie.conf.base", "genie.libs.parser.utils", "genie.metaparser.util.exceptions"):
        monkeypatch.setitem(sys.modules, name, None)
    genie_parsers._device.cache_clear()


@pytest.fixture
def genie(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put modules in the place of Genie's, with the names by which it is imported."""

    class Empty(Exception): ...

    class Device:
        def __init__(self, name: str, os: str) -> None:
            assert (name, os) == ("swimctl", "iosxe")
            self.custom: dict[str, Any] = {}

        def parse(self, command: str, output: str) -> Any:
            assert self.custom["abstraction"]["order"] == ["os"]
            if "peer" not in output:
                raise Empty
            if "odd" in output:
                raise RuntimeError("Missing keys: [['vrf']]")
            return {"peers": {"10.0.0.2": {"state": command}}}

    def get_parser(command: str, device: object) -> object:
        if command != "show version":
            raise LookupError(f"Could not find parser for '{command}'")
        return device

    for name, members in {
        "genie": {},
        "genie.conf": {},
        "genie.conf.base": {"Device": Device},
        "genie.libs": {},
        "genie.libs.parser": {},
        "genie.libs.parser.utils": {"get_parser": get_parser},
        "genie.metaparser": {},
        "genie.metaparser.util": {},
        "genie.metaparser.util.exceptions": {"SchemaEmptyParserError": Empty},
    }.items():
        module = ModuleType(name)
        module.__dict__.update(SimpleNamespace(**members).__dict__)
        monkeypatch.setitem(sys.modules, name, module)
    genie_parsers._device.cache_clear()
    yield
    genie_parsers._device.cache_clear()


@pytest.mark.usefixtures("without_genie")
def test_without_genie_a_check_says_what_to_install() -> None:
    assert "pip install 'swimctl[genie]'" in check_parser(rule(**WANTED), "cisco_xe")
    with pytest.raises(UnparsableOutput, match="which is not installed"):
        rows_of(rule(**WANTED), "cisco_xe", "show version", "peer up\n")


@pytest.mark.usefixtures("genie")
def test_what_it_reads_becomes_rows() -> None:
    assert check_parser(rule(**WANTED), "cisco_xe") == ""
    rows = rows_of(rule(**WANTED), "cisco_xe", "show version", "peer up\n")
    assert rows == ({"peer": "10.0.0.2", "state": "show version"},)


@pytest.mark.usefixtures("genie")
def test_what_it_does_not_read_is_not_understood() -> None:
    with pytest.raises(UnparsableOutput, match="no row was found by genie"):
        rows_of(rule(**WANTED), "cisco_xe", "show version", "nothing\n")
    with pytest.raises(UnparsableOutput, match="Genie: Missing keys"):
        rows_of(rule(**WANTED), "cisco_xe", "show version", "an odd peer\n")
    assert rows_of(rule(**WANTED, none="nothing"), "cisco_xe", "show version", "nothing\n") == ()
    assert "Could not find parser" in check_parser(rule(**{**WANTED, "command": "show odd"}), "cisco_xe")


BGP = """\
BGP router identifier 10.0.0.1, local AS number 65001
BGP table version is 42, main routing table version 42

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
10.0.0.2        4        65002     100     101       42    0    0 01:00:00       12
10.0.0.3        4        65003     100     101        1    0    0 never    Idle
"""


def test_the_real_one_reads_sessions_and_refuses_garbage() -> None:
    pytest.importorskip("genie", reason="the extra `genie` is not installed")
    wanted = rule(
        command="show ip bgp summary",
        parse={"genie": "vrf.{vrf}.neighbor.{peer}.address_family.{family}"},
        key=["vrf", "peer"],
        expect={"same": "state_pfxrcd"},
    )
    assert check_parser(wanted, "cisco_xe") == ""
    assert rows_of(wanted, "cisco_xe", "show ip bgp summary", BGP) == (
        {"vrf": "default", "peer": "10.0.0.2", "state_pfxrcd": "12"},
        {"vrf": "default", "peer": "10.0.0.3", "state_pfxrcd": "Idle"},
    )
    with pytest.raises(UnparsableOutput, match="no row was found by genie"):
        rows_of(wanted, "cisco_xe", "show ip bgp summary", "~~~ garbage\n")
