"""Genie is an extra: without it a check that names it says so; with it its facts become rows."""

from __future__ import annotations

import sys
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
    for name in ("genie", "genie.conf.base", "genie.libs.parser.utils"):
        monkeypatch.setitem(sys.modules, name, None)
    genie_parsers._device.cache_clear()


@pytest.fixture
def genie(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put modules in the place of Genie's, with the names by which it is imported."""

    class Device:
        def __init__(self, name: str, os: str) -> None:
            assert (name, os) == ("swimctl", "iosxe")
            self.custom: dict[str, Any] = {}

        def parse(self, command: str, output: str) -> Any:
            assert self.custom["abstraction"]["order"] == ["os"]
            if "peer" not in output:
                raise RuntimeError("Parser Output is empty")
            return {"peers": {"10.0.0.2": {"state": command}}}

    def get_parser(command: str, device: object) -> object:
        if command != "show version":
            raise LookupError(f"Could not find parser for '{command}'")
        return device

    for name, members in {
        "genie": {}, "genie.conf": {}, "genie.conf.base": {"Device": Device}, "genie.libs": {},
        "genie.libs.parser": {}, "genie.libs.parser.utils": {"get_parser": get_parser},
    }.items():  # fmt: skip
        module = ModuleType(name)
        module.__dict__.update(SimpleNamespace(**members).__dict__)
        monkeypatch.setitem(sys.modules, name, module)
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
    with pytest.raises(UnparsableOutput, match="Genie: Parser Output is empty"):
        rows_of(rule(**WANTED), "cisco_xe", "show version", "nothing\n")
    assert "Could not find parser" in check_parser(rule(**{**WANTED, "command": "show odd"}), "cisco_xe")
