"""`show module`: what stands in the slots, its state and its release."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_nxos import Module
from swimctl.platforms.cisco_nxos.terminal import TERMINAL
from swimctl.platforms.text import filled, is_half

COMMAND: Final = "show module"

# `Mod`, `Xbar` (fabric), `Lem`, `LFM`: each kind has tables of its own, and `Mod SAM` a number more in each row.
_MODULES: Final = re.compile(r"(\w+) +(?:Ports|(SAM)) +Module-Type +Model +Status")
_VERSIONS: Final = re.compile(r"\w+ +(?:SAM +)?Sw +Hw\b.*")
_SERIALS: Final = re.compile(r"\w+ +MAC-Address\(es\) +Serial-Num")
_DIAGNOSES: Final = re.compile(r"\w+ +Online Diag Status")
_POWER: Final = re.compile(r"\w+ +Power-Status +Reason")
_HEADS: Final = {"version": _VERSIONS, "serial": _SERIALS, "diagnosis": _DIAGNOSES, "power": _POWER}
_STATUS: Final = r"(?P<status>[a-z][\w/-]*)(?P<star> *\*)?"
_MODULE: Final = re.compile(rf"\d+ +\d+ +(?P<words>\S.*?) +(?P<model>(?=\S*\d)(?=\S*-)[A-Z]\S+) +{_STATUS}")
# Nothing is known of a module that has no power: its type and model may be missing.
_BLANK: Final = re.compile(rf"\d+ +(?:\d+ +)?(?:(?P<words>\S.*?) {{2,}})?(?P<model>(?!)x)?{_STATUS}")
_VERSION: Final = re.compile(r"\d+ +(?P<version>\S+)(?: +\S.*)?")
_SERIAL: Final = re.compile(r"\d+ +(?:NA|N/A|--|\S+ to \S{14,17}) +(?P<serial>\S{6,}|N/?A|--)")
_WHOLE_SERIAL: Final = re.compile(r".* (?:[A-Z0-9]{11}|N/?A|--)")
_DIAGNOSIS: Final = re.compile(r"\d+ +(?P<diagnosis>\S.*)")
_POWERED: Final = re.compile(r"\d+ +\S+ +\S.*")
_SERVICE: Final = re.compile(
    r"\d+ +\d+ +(?P<version>\S+) +(?:\d+\.\d+ +)?(?P<serial>[A-Z0-9]{11}) +(?P<diagnosis>\S.*)"
)
_ROWS: Final = {"version": _VERSION, "serial": _SERIAL, "diagnosis": _DIAGNOSIS, "power": _POWERED}
_VERDICTS: Final = ("Pass", "Fail", "Untested", "Incomplete", "Not Applicable", "N/A")
_ASIDE: Final = re.compile(r"[- ]+|[*.] ?this terminal session")


def parse_show_module(text: str) -> tuple[Module, ...]:
    """Read the tables of modules, fabric and expansion modules; each row needs its serial number in a table below."""
    modules: dict[str, re.Match[str]] = {}
    told: dict[str, dict[str, str]] = {}
    kind, table, service = "", "", False
    lines = _joined(filled(text, COMMAND, TERMINAL))
    for line in lines:
        head = _MODULES.fullmatch(line)
        other = next((name for name, pattern in _HEADS.items() if pattern.fullmatch(line)), None)
        if head:
            kind, table, service = (head[2] or head[1]), "module", bool(head[2])
        elif other and kind:
            table = other
        elif not kind:
            raise UnparsableOutput(COMMAND, line, "there is no header 'Mod Ports Module-Type'")
        elif not _ASIDE.fullmatch(line):
            name = _name(kind, line, service=service)
            row = _row(table, line, service=service)
            if name is None or row is None or (table == "module") is (name in modules):
                raise UnparsableOutput(COMMAND, line)
            if table == "module":
                modules[name] = row
            elif is_half(row.groupdict().get("diagnosis", "Pass"), _VERDICTS):
                raise UnparsableOutput(COMMAND, line, "it breaks off in a verdict")
            else:
                told.setdefault(name, {}).update(row.groupdict())
    if table == "serial" and not (_ASIDE.fullmatch(lines[-1]) or _WHOLE_SERIAL.fullmatch(lines[-1])):
        raise UnparsableOutput(COMMAND, lines[-1], "it ends inside a serial number")
    if not modules or any("serial" not in told.get(name, {}) for name in modules):
        raise UnparsableOutput(COMMAND, lines[-1], "it ends before the serial numbers of all modules")
    return tuple(_module(name, row, told[name]) for name, row in modules.items())


def _joined(lines: list[str]) -> list[str]:
    """Put rows together that a narrow terminal broke: the rest of such a row begins with a blank, without a number."""
    joined: list[str] = []
    for line in lines:
        if joined and re.match(r" +[a-z-]", line) and re.match(r"\d|---|\w+ +Ports", joined[-1]):
            joined[-1] = f"{joined[-1]}  {line.strip()}"
        elif joined and re.fullmatch(r" +Status", line):
            joined[-1] = f"{joined[-1]} Status"
        else:
            joined.append(line)
    return [line.strip() for line in joined]


def _name(kind: str, line: str, *, service: bool) -> str | None:
    found = re.match(r"(\d+) +(\d+)?", line)
    if found is None or (service and not found[2]):
        return None
    number = f"{found[1]}/{found[2]}" if service else found[1]
    return number if kind == "Mod" else f"{kind} {number}"


def _row(table: str, line: str, *, service: bool) -> re.Match[str] | None:
    if table == "module":
        return _MODULE.fullmatch(line) or _BLANK.fullmatch(line)
    return (_SERVICE if service and table == "version" else _ROWS[table]).fullmatch(line)


def _module(name: str, row: re.Match[str], told: dict[str, str]) -> Module:
    return Module(
        name=name,
        model=row["model"] or "",
        state=row["status"],
        serial=told["serial"],
        description=(row["words"] or "").strip(),
        version=told.get("version", ""),
        diagnosis=told.get("diagnosis", ""),
        this_terminal=bool(row["star"]),
    )
