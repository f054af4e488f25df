"""What EOS says as data of what runs, what boots next and its MLAG partner: `… | json`.

The names are those of devices in public repositories: aristanetworks/anta (tests/units), NAPALM's mocked data, Arista's
eAPI examples of 4.22 and 4.30. Of `show boot-config` two programs read `softwareImage` alone, and no output is known.
"""

from __future__ import annotations

import re
from typing import Any, Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.arista_eos.facts import Mlag, MlagDelay
from swimctl.platforms.arista_eos.platform import TERMINAL
from swimctl.platforms.facts import BootSettings, SoftwareVersion
from swimctl.platforms.structured import read_object

_RELEASE: Final = re.compile(r"(\d+\.\d+\.\d+\S*)(?: \(.*\))?")
_NOT_SET: Final = frozenset({"", "(not set)"})


def version_data(text: str) -> SoftwareVersion:
    """Return release, uptime, model and serial number; the release has to be there. Older releases tell no uptime."""
    command = "show version | json"
    told = read_object(text, command, TERMINAL)
    release = _RELEASE.fullmatch(_word(told.get("version")))
    if release is None:
        raise UnparsableOutput(command, _word(told.get("version")), "the release cannot be read")
    uptime = told.get("uptime")
    return SoftwareVersion(
        version=release[1],
        uptime=int(uptime) if isinstance(uptime, int | float) and not isinstance(uptime, bool) else None,
        model=_word(told.get("modelName")) or None,
        serial=_word(told.get("serialNumber")) or None,
    )


def boot_data(text: str) -> BootSettings:
    """Return the image that boots next, as `show boot-config` does; it has to be told of.

    One source only: a public change script for CloudVision, which reads `softwareImage`.
    """
    command = "show boot-config | json"
    told = read_object(text, command, TERMINAL)
    if "softwareImage" not in told:
        raise UnparsableOutput(command, "", "there is no softwareImage")
    image = _word(told["softwareImage"])
    return BootSettings(variable=() if image.lower() in _NOT_SET else (image,))


def mlag_data(text: str) -> Mlag:
    """Return the pair as `show mlag` does; the state has to be there."""
    command = "show mlag | json"
    told = read_object(text, command, TERMINAL)
    state, domain = _word(told.get("state")), _word(told.get("domainId"))
    if not state or (domain and not _word(told.get("negStatus"))):
        raise UnparsableOutput(command, "", "it does not tell the state of the pair")
    ports = told.get("mlagPorts")
    return Mlag(
        domain=domain,
        state=state,
        negotiation=_word(told.get("negStatus")),
        peer_link=_word(told.get("peerLink")),
        peer_link_status=_word(told.get("peerLinkStatus")),
        ports={str(name): number for name, number in ports.items() if isinstance(number, int)}
        if isinstance(ports, dict)
        else {},
        fields={"peer-config": _word(told["configSanity"])} if "configSanity" in told else {},
    )


def mlag_delay_data(text: str) -> MlagDelay:
    """Return how long the ports wait after a boot, as `show mlag detail` does; the delay has to be there."""
    command = "show mlag detail | json"
    told = read_object(text, command, TERMINAL)
    delay, others, waits = (told.get(name) for name in ("reloadDelay", "reloadDelayNonMlag", "portsErrdisabled"))
    if not isinstance(delay, int):
        raise UnparsableOutput(command, "", "there is no reloadDelay")
    return MlagDelay(delay, waits if isinstance(waits, bool) else None, others if isinstance(others, int) else None)


def _word(value: Any) -> str:  # noqa: ANN401 - whatever stands in the data
    return value.strip() if isinstance(value, str) else ""
