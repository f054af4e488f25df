"""What is around a device: which of its ports are access ports, and which neighbours are one and the same. Pure.

CDP and LLDP name one neighbour in two ways: with its domain or without, cut at the width of a column, with a serial
number in brackets (`hall-8.example.net(FDO24100002)` of NX-OS, captures/cisco_nxos/show_cdp_neighbors); and both spell
the local port otherwise (`Gig 1/0/1`, `Gi1/0/1`, `GigabitEthernet1/0/1`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from swimctl.platforms.facts import Interface, Neighbour

ACCESS: Final = "access"
MEMBER: Final = "member"
_BUNDLES: Final = ("po", "ae")
_ARROW: Final = " → "
# A name this long may have been cut: the narrowest column of names that is known (IOS-XR) has 15 letters.
_CUT: Final = 15
_PORT: Final = re.compile(r"([A-Za-z-]*) *(.*?)(?:\.0)?")
_NUMBERS_ONLY: Final = re.compile(r"[0-9a-f]{1,4}(?:[.:-][0-9a-f]{1,4})+")
_ONE_VLAN: Final = re.compile(r"\d+(?:,\d+)?")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`access_up` are those of the ports that are up which serve end devices; each of the others is an uplink.

    `neighbours` are `local interface → name`, one each; `end_devices` are those of them that are no switch or router.
    """

    access_up: tuple[str, ...]
    neighbours: tuple[str, ...]
    end_devices: tuple[str, ...]


def surroundings(
    up: Iterable[str], ports: Iterable[Interface], neighbours: Iterable[Neighbour], bundled: Iterable[str] = ()
) -> Surroundings:
    """Sort the ports that are up and the neighbours by what they are.

    `ports` are read with their mode; a port of no known mode, one in a bundle (`bundled` where the mode does not tell
    it), and one with a switch, a router or an unknown thing behind it are uplinks. All may spell one port in different
    ways.
    """
    found = one_each(neighbours)
    ports = tuple(ports)
    # A port-channel is an uplink even where it is in one VLAN.
    access = [each.name for each in ports if each.mode == ACCESS and not _parts(each.name)[0].startswith(_BUNDLES)]
    members = [each.name for each in ports if each.mode == MEMBER]
    others = [*bundled, *members, *(each.local_interface for each in found if not each.end_device)]
    modes = _by_numbers(each.name for each in ports)
    serving, uplinks = set(access), _by_numbers(others)
    return Surroundings(
        access_up=tuple(
            sorted(
                name
                for name in up
                if _nearest(name, modes) in serving and not any(same_port(name, each) for each in _at(name, uplinks))
            )
        ),
        neighbours=tuple(sorted(_line(each) for each in found)),
        end_devices=tuple(sorted(_line(each) for each in found if each.end_device)),
    )


def one_each(neighbours: Iterable[Neighbour]) -> tuple[Neighbour, ...]:
    """Make one of those that are the same on the same port, with the longest name that one of them gives.

    A phone or an access point is one where either protocol says so.
    """
    found: list[Neighbour] = []
    for each in neighbours:
        at = next((n for n, other in enumerate(found) if _same(other, each)), None)
        if at is None:
            found.append(each)
            continue
        other = found[at]
        name = max(other.name, each.name, key=len)
        end_device = other.end_device or each.end_device
        found[at] = Neighbour(name, other.local_interface, other.remote_interface or each.remote_interface, end_device)
    return tuple(found)


def absent(wanted: Sequence[str], there: Iterable[str]) -> tuple[str, ...]:
    """Return the neighbours (`local interface → name`) that are not among others, however these are spelled."""
    others = _by_numbers(there)
    return tuple(each for each in wanted if not any(same_neighbour(each, other) for other in _at(each, others)))


def same_neighbour(one: str, other: str) -> bool:
    """Return whether two of `local interface → name` are one neighbour."""
    port, _, name = one.partition(_ARROW)
    its_port, _, its_name = other.partition(_ARROW)
    return same_port(port, its_port) and same_name(name, its_name)


def same_port(one: str, other: str) -> bool:
    """Return whether two names, long or short, are of one port."""
    (kind, numbers), (its_kind, its_numbers) = _parts(one), _parts(other)
    return numbers == its_numbers and (kind.startswith(its_kind) or its_kind.startswith(kind))


def same_name(one: str, other: str) -> bool:
    """Return whether two names are of one device: with a domain, a serial number in brackets, or cut by a column."""
    label, its_label = _label(one), _label(other)
    shorter, longer = sorted((label, its_label), key=len)
    return label == its_label or (len(shorter) >= _CUT and longer.startswith(shorter))


def port_of(neighbour: str) -> str:
    """Return the local interface of `local interface → name`."""
    return neighbour.partition(_ARROW)[0]


def mode_of_vlan(words: str) -> str:
    """Return the mode of a port by the column `Vlan` of Cisco's and Arista's tables; empty where it tells none.

    `trunk` and `routed` stand for themselves; a port of one VLAN, or of a private one with its primary (`123,1234`,
    captures/cisco_ios/show_interfaces_status), is an access port.
    """
    said = words.strip().casefold()
    if _ONE_VLAN.fullmatch(said):
        return ACCESS
    return said if said in {"trunk", "routed"} else ""


def end_device_of_cdp(codes: Iterable[str]) -> bool:
    """Return by CDP's letters whether it is a phone (`H P M`), an access point (`T B I`, `R T`) or a host (`H`).

    captures/cisco_ios/show_cdp_neighbors, captures/cisco_xe/show_cdp_neighbors; V is a phone on NX-OS. Without any
    letter nothing is known, and it is none.
    """
    said = set(codes)
    if "S" in said:
        return False
    return bool(said & {"P", "V", "T"}) or ("H" in said and not said & {"R", "B"})


def end_device_of_lldp(codes: Iterable[str]) -> bool:
    """Return by LLDP's letters whether it is a phone (T), an access point (W) or nothing but a station (S)."""
    said = set(codes) - {","}
    return bool(said & {"T", "W"}) or said == {"S"}


def cdp_codes(rest: str) -> list[str]:
    """Return the letters that stand before platform and port in a row of CDP."""
    words = rest.split()
    end = next((at for at, word in enumerate(words) if not re.fullmatch(r"[RTBSHIrPDCMVs]", word)), len(words))
    return words[:end]


def _same(one: Neighbour, other: Neighbour) -> bool:
    return same_port(one.local_interface, other.local_interface) and same_name(one.name, other.name)


def _line(neighbour: Neighbour) -> str:
    return f"{neighbour.local_interface}{_ARROW}{neighbour.name}"


def _parts(port: str) -> tuple[str, str]:
    kind, numbers = _PORT.fullmatch(port.strip()).groups()  # type: ignore[union-attr] # it always fits
    return kind.replace("-", "").casefold(), numbers


def _label(name: str) -> str:
    bare = name.strip().casefold().partition("(")[0].strip()
    # The name of one that tells none is its hardware address or its IP address: no part of it is a domain.
    return bare if _NUMBERS_ONLY.fullmatch(bare) else bare.partition(".")[0] or bare


def _by_numbers(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(_parts(port_of(name))[1], []).append(name)
    return found


def _at(name: str, names: dict[str, list[str]]) -> list[str]:
    return names.get(_parts(port_of(name))[1], [])


def _nearest(name: str, names: dict[str, list[str]]) -> str | None:
    """Find the name that is spelled the most like it: `Twe1/1/1`, and not `Tw1/1/1`, for TwentyFiveGigE1/1/1."""
    fit = [each for each in _at(name, names) if same_port(each, name)]
    return max(fit, key=lambda each: len(_parts(each)[0]), default=None)
