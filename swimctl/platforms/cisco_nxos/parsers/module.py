"""`show module`: what stands in the slots, its state and its release."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_nxos.facts import Module
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show module"

# What is printed of a module that has its work; `standby` is a system controller's.
WORKING: Final = frozenset({"ok", "active", "ha-standby", "standby"})

# `Mod`, `Xbar` (fabric), `Lem`, `LFM`: each kind has tables of its own. Those of accelerators have a number more in
# each row; they are called `Mod SAM`, and `Mod DPU` on newer smart switches (genielibs' parser knows both).
_MODULES: Final = re.compile(r"(\w+) +(?:Ports|(SAM|DPU)) +Module-Type +Model +Status(?: +\S.*)?", re.IGNORECASE)
_TABLES: Final = {
    "version": re.compile(r"\w+ +(?:(?:SAM|DPU) +)?Sw +Hw\b.*", re.IGNORECASE),
    "serial": re.compile(r"\w+ +MAC-Address\(es\) +Serial-Num(?: +\S.*)?", re.IGNORECASE),
    "diagnosis": re.compile(r"\w+ +Online +Diag +Status(?: +\S.*)?", re.IGNORECASE),
    "power": re.compile(r"\w+ +Power-Status +Reason(?: +\S.*)?", re.IGNORECASE),
}
# Another table of a module: what its rows say is not needed.
_OTHER_TABLE: Final = re.compile(r"(?:Mod|Xbar|Lem|LFM)\b +[A-Z(].*", re.IGNORECASE)
_STATUS: Final = r"(?P<status>[a-z][\w/-]+)(?P<star> *\*)?"
_MODULE: Final = re.compile(
    rf"\d+ +\d+ +(?P<words>\S.*?) +(?P<model>(?=\S*\d)(?=\S*-)[A-Z][A-Z\d]\S*) +{_STATUS}(?: +\S.*)?"
)
# Nothing is known of a module that has no power or was not recognized: its type and model may be missing.
_BLANK: Final = re.compile(rf"\d+ +(?:\d+ +)?(?:(?P<words>\S.*?) +)?(?P<model>(?!)x)?{_STATUS}")
# `Supervisor Module-2` has none where the supervisor has just got its power (a public collection of outputs, N7K).
_LIKE_A_MODEL: Final = re.compile(r"(?!Module-\d)[A-Z][A-Z0-9]*-\S+", re.IGNORECASE)
_VERSION: Final = re.compile(r"\d+ +(?P<version>(?:NA|N/A|--)(?= |$)|\S+(?= ))(?: +\S.*)?")
_SERIAL: Final = re.compile(r"\d+ +(?:NA|N/A|--|\S+ +to +\S{14,17}) +(?P<serial>\S+)(?: +\S.*)?", re.IGNORECASE)
_DIAGNOSIS: Final = re.compile(r"\d+ +(?P<diagnosis>\S+(?: \S+)*)(?: {2,}\S.*)?")
# The hardware's revision is blank, or not a number (genieparser, nxos ShowModule golden_output10: `JI`).
_SERVICE: Final = re.compile(
    r"\d+ +\d+ +(?P<version>\S+) +(?:[\w.]{1,8} +)?(?P<serial>[A-Z0-9]{11}) +(?P<diagnosis>\S+(?: \S+)*)(?: {2,}\S.*)?"
)
_ROWS: Final = {"version": _VERSION, "serial": _SERIAL, "diagnosis": _DIAGNOSIS}
_ASIDE: Final = re.compile(r"[- ]+|[*.] *this terminal session", re.IGNORECASE)


def parse_show_module(text: str) -> tuple[Module, ...]:
    """Return the modules, fabric and expansion modules with their states and releases.

    Each row of modules must read, and so must the release of each that the table below names; a module that does its
    work without one refuses. Serial number and diagnosis are empty where they are not told: a card without power has
    none.
    """
    modules: dict[str, re.Match[str]] = {}
    told: dict[str, dict[str, str]] = {}
    kind, table, service = "", "", False
    for line in _joined(filled(text, COMMAND, TERMINAL)):
        other = next((name for name, pattern in _TABLES.items() if pattern.fullmatch(line)), None)
        if head := _MODULES.fullmatch(line):
            kind, table, service = (head[2] or head[1]), "module", bool(head[2])
        elif kind and (other or _OTHER_TABLE.fullmatch(line)):
            table = other or ""
        elif _ASIDE.fullmatch(line):
            continue
        elif not kind or not re.match(r"\d+ ", line):
            passed_over(COMMAND, line)
        elif table == "module":
            name, row = _name(kind, line, service=service), _module_row(line)
            if name is None or row is None or name in modules:
                raise UnparsableOutput(COMMAND, line, "a row of its modules cannot be read")
            modules[name] = row
        elif table in _ROWS:
            _tell(told, table, _name(kind, line, service=service), line, service=service)
    found = tuple(_module(name, row, told.get(name, {})) for name, row in modules.items())
    _complete(found, {name: row[0] for name, row in modules.items()})
    return found


def _complete(found: tuple[Module, ...], rows: dict[str, str]) -> None:
    """Raise where there are no modules, or one that does its work has no release."""
    if not found:
        raise UnparsableOutput(COMMAND, "", "there is no header 'Mod Ports Module-Type', or no row below it")
    if not any(module.version for module in found):
        raise UnparsableOutput(COMMAND, rows[found[-1].name], "there is no table of releases")
    for module in found:
        works = module.name.isdecimal() and module.state in WORKING
        if (works or "/" in module.name) and not module.version:
            raise UnparsableOutput(COMMAND, rows[module.name], "its table of releases has no row for this module")


def _tell(told: dict[str, dict[str, str]], table: str, name: str | None, line: str, *, service: bool) -> None:
    """Keep what a row below tells of a module; a release that cannot be read refuses, the rest is passed over."""
    row = (_SERVICE if service and table == "version" else _ROWS[table]).fullmatch(line)
    if name is not None and row is not None:
        told.setdefault(name, {}).update(row.groupdict())
    elif table == "version" and not service:
        raise UnparsableOutput(COMMAND, line, "the release of a module cannot be read")
    else:
        passed_over(COMMAND, line)


def _joined(lines: list[str]) -> list[str]:
    """Join rows that a narrow terminal broke: the rest of such a row begins with a blank and has no number."""
    joined: list[str] = []
    for line in lines:
        if joined and re.fullmatch(r" +[a-z][\w/-]*(?: *\*)? *", line) and re.match(r"\d|---|\w+ +Ports", joined[-1]):
            joined[-1] = f"{joined[-1]}  {line.strip()}"
        elif joined and re.fullmatch(r" +(?:Status|-+)", line):
            joined[-1] = f"{joined[-1]} {line.strip()}"
        else:
            joined.append(line)
    return [line.strip() for line in joined]


def _name(kind: str, line: str, *, service: bool) -> str | None:
    found = re.match(r"(\d+) +(\d+)?", line)
    if found is None or (service and not found[2]):
        return None
    number = f"{found[1]}/{found[2]}" if service else found[1]
    return number if kind.lower() == "mod" else f"{kind} {number}"


def _module_row(line: str) -> re.Match[str] | None:
    row = _MODULE.fullmatch(line) or _BLANK.fullmatch(line)
    blank = row is not None and not row["model"]
    return None if row and blank and _LIKE_A_MODEL.fullmatch((row["words"] or "").rpartition(" ")[2]) else row


def _module(name: str, row: re.Match[str], told: dict[str, str]) -> Module:
    return Module(
        name=name,
        model=row["model"] or "",
        state=row["status"],
        serial=told.get("serial", ""),
        description=(row["words"] or "").strip(),
        version=told.get("version", ""),
        diagnosis=told.get("diagnosis", ""),
        this_terminal=bool(row["star"]),
    )
