"""What NX-OS says as data: `show version`, `show module`, `show boot` and `show vpc`, each with `| json`.

The names are those of 9.2(2), 9.2(3) and 10.2(3) as they were typed (allenrobel/nxapi-netbox), of 9.3(3) and 9.3(5) by
NX-API, and of Cisco's list of show commands for 9.3; of `show vpc` one output is published, of 10.2(3). On the command
line every value is text; a table has one row as an object and several as a list, and two supervisors share one row of
boot variables, with lists in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_nxos.facts import Module, NxosVersion, Vpc, VpcPort
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.facts import BootSettings
from swimctl.platforms.structured import read_object

# 9.2 names the kickstart's release alone on a device of one image. `rr_sys_ver` is what ran before the last reset.
_RELEASES: Final = ("nxos_ver_str", "sys_ver_str", "kickstart_ver_str")
_IMAGES: Final = ("nxos_file_name", "isan_file_name", "kick_file_name")
_UPTIME: Final = (("kern_uptm_days", 86_400), ("kern_uptm_hrs", 3_600), ("kern_uptm_mins", 60), ("kern_uptm_secs", 1))

# Names of the data -> those that `show vpc` prints, and its words for a partner that is well.
_VPC_TIMERS: Final = {
    "vpc-delay-restore-status": "Delay-restore status",
    "vpc-delay-restore-svi-status": "Delay-restore SVI status",
}
_WELL: Final = {
    "peer-ok": "peer adjacency formed ok",
    "peer-alive": "peer is alive",
    "success": "success",
}


def version_data(text: str) -> NxosVersion:
    """Return release, image and uptime; both the release and the uptime have to be there."""
    command = "show version | json"
    told = read_object(text, command, TERMINAL)
    release = next((_word(told.get(name)) for name in _RELEASES if _word(told.get(name))), "")
    parts = [(_word(told.get(name)), seconds) for name, seconds in _UPTIME]
    if not re.match(r"\d+\.\d", release) or not all(part.isdecimal() for part, _ in parts):
        raise UnparsableOutput(command, "", "it does not tell release and uptime")
    two = bool(_word(told.get("sys_ver_str")))
    return NxosVersion(
        version=release.split()[0],
        hostname=_word(told.get("host_name")) or None,
        uptime=sum(int(part) * seconds for part, seconds in parts),
        restarted_at=_moment(_word(told.get("rr_ctime"))),
        reload_reason=_word(told.get("rr_reason")) or None,
        system_image=next((_word(told.get(name)) for name in _IMAGES if _word(told.get(name))), None),
        model=re.sub(r"^cisco +| +chassis\b.*", "", _word(told.get("chassis_id")), flags=re.IGNORECASE) or None,
        serial=_word(told.get("proc_board_id")) or None,
        kickstart_version=_word(told.get("kickstart_ver_str")) or None if two else None,
    )


def modules_data(text: str) -> tuple[Module, ...]:
    """Return the modules with states and releases; each row needs its number and its state."""
    command = "show module | json"
    told = read_object(text, command, TERMINAL)
    releases = {_word(row.get("modwwn")): _word(row.get("sw")) for row in _rows(told, "modwwninfo")}
    serials = {_word(row.get("modmac")): _word(row.get("serialnum")) for row in _rows(told, "modmacinfo")}
    found = []
    for row in _rows(told, "modinfo"):
        name, (state, *star) = _word(row.get("modinf")), [*_word(row.get("status")).split(), ""]
        if not name.isdecimal() or not state:
            raise UnparsableOutput(command, str(dict(row)), "a module cannot be read")
        model, kind, release = _word(row.get("model")), _word(row.get("modtype")), releases.get(name, "")
        found.append(Module(name, model, state, serials.get(name, ""), "", kind, release, this_terminal="*" in star))
    if not found or not any(module.version for module in found):
        raise UnparsableOutput(command, "", "it has no modules, or none has a release")
    return tuple(found)


def boot_data(text: str) -> BootSettings:
    """Return the images of the next reload, as `show boot` does.

    One source only: its names in Cisco's list of show commands for 9.3.
    """
    command = "show boot | json"
    settings: dict[str, BootSettings] = {}
    for row in _rows(read_object(text, command, TERMINAL), "Startup_Bootvar"):
        names = _list(row.get("start_sup_module")) or [""]
        images = [_list(row.get(key)) for key in ("start_kickstart", "start_system", "start_image")]
        if any(told and len(told) != len(names) for told in images):
            raise UnparsableOutput(command, str(dict(row)), "it does not tell an image of each supervisor")
        for at, name in enumerate(names):
            settings[name.lower()] = BootSettings(variable=tuple(told[at] for told in images if told and told[at]))
    if not settings:
        raise UnparsableOutput(command, "", "it has no boot variables of the next reload")
    first = next(iter(settings.values()))
    return BootSettings(variable=first.variable, members=settings if len(settings) > 1 else {})


def vpc_data(text: str) -> Vpc:
    """Return the pair and its vPCs; domain, role and the states of partner and keep-alive have to be there.

    What is well has the words of `show vpc`, what is not those of the data. There must be as many vPCs as it counts.
    """
    command = "show vpc | json"
    told = read_object(text, command, TERMINAL)
    needed = [_word(told.get(f"vpc-{name}")) for name in ("domain-id", "role", "peer-status", "peer-keepalive-status")]
    if not all(needed):
        raise UnparsableOutput(command, "", "it does not tell domain, role and the states of partner and keep-alive")
    domain, role, peer, keepalive = needed
    ports = tuple(_vpc_port(row) for row in _rows(told, "vpc"))
    if _word(told.get("num-of-vpcs")) != str(len(ports)):
        raise UnparsableOutput(command, "", f"{len(ports)} vPCs read, of {_word(told.get('num-of-vpcs')) or '?'}")
    consistency = _word(told.get("vpc-peer-consistency-status"))
    return Vpc(
        domain="" if not domain.isdecimal() else domain,
        role=role,
        peer_status=_WELL.get(peer, peer),
        keepalive=_WELL.get(keepalive, keepalive),
        consistency=_WELL.get(consistency.lower(), consistency),
        peer_links=(),
        ports=ports,
        fields={name: _word(told.get(key)) for key, name in _VPC_TIMERS.items() if _word(told.get(key))},
    )


def _vpc_port(row: Mapping[str, Any]) -> VpcPort:
    number, port, state = (_word(row.get(f"vpc-{name}")) for name in ("id", "ifindex", "port-state"))
    if not number.isdecimal() or not port or state not in {"0", "1"}:
        raise UnparsableOutput("show vpc | json", str(dict(row)), "a vPC cannot be read")
    down = "down*" if _word(row.get("vpc-thru-peerlink")) == "1" else "down"
    return VpcPort(number, port, "up" if state == "1" else down)


def _rows(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    table = told.get(f"TABLE_{name}")
    rows = table.get(f"ROW_{name}") if isinstance(table, dict) else None
    return [row for row in (rows if isinstance(rows, list) else [rows]) if isinstance(row, dict)]


def _list(value: object) -> list[str]:
    return [_word(each) for each in value] if isinstance(value, list) else [_word(value)] if value else []


def _word(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _moment(said: str) -> str | None:
    try:
        return datetime.strptime(" ".join(said.split()), "%a %b %d %H:%M:%S %Y").isoformat()  # noqa: DTZ007 - the device names no offset
    except ValueError:
        return None
