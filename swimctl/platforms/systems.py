"""Which system an output of `show version` is of: for the words of a parser that was given another one's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# Each is in the first lines of what that system prints, and in no other's. The captures of all show_version folders.
_SIGNS: Final = (
    ("cisco_xr", "IOS XR", re.compile(r"Cisco IOS[ -]XR Software\b.*", re.IGNORECASE)),
    (
        "cisco_nxos",
        "NX-OS",
        re.compile(
            r"Cisco Nexus Operating System\b.*|.*\(NX-OS\).*|(?:BIOS|NXOS|kickstart|system): version .*", re.IGNORECASE
        ),
    ),
    ("cisco_xe", "IOS-XE", re.compile(r"Cisco IOS[ -]XE Software\b.*|IOS[ -]XE Version:.*", re.IGNORECASE)),
    ("cisco_ios", "IOS", re.compile(r"(?:Cisco IOS Software|IOS \(tm\)).* Software\b.*", re.IGNORECASE)),
    # Metamako's, on the 7130: EOS names no `Device:` (a device simulator of a public backup tool; one source).
    ("", "MOS", re.compile(r"Device: \S.*|Internal build ID: mos-.*", re.IGNORECASE)),
    ("arista_eos", "EOS", re.compile(r"Arista .*|[cv]EOS(?:-?lab)?|Software image version: \d.*", re.IGNORECASE)),
    ("juniper_junos", "Junos", re.compile(r"Junos: .*|.*\bxmlns:junos=.*|JUNOS .*\[.*\]", re.IGNORECASE)),
    # It prints ASA's line too, below (outputs of a 2110 in tests of two public tools).
    ("", "FTD", re.compile(r"Model ?: .* Threat Defense \(\d+\) Version .*", re.IGNORECASE)),
    ("", "ASA", re.compile(r"Cisco Adaptive Security Appliance Software\b.*", re.IGNORECASE)),
)
# One driver reads both, and finds out which it is.
_KIN: Final = frozenset({"cisco_ios", "cisco_xe"})


def answered_by(lines: Iterable[str], platform: str) -> tuple[str, str] | None:
    """Return the line by which another system answers than the platform's, and what to do; None where none does."""
    own = _KIN if platform in _KIN else {platform}
    for line in (" ".join(line.split()) for line in lines):
        for name, system, sign in _SIGNS:
            if sign.fullmatch(line):
                return None if name in own else (line, _why(name, system))
    return None


def _why(name: str, system: str) -> str:
    cure = f"set `platform: {name}` for this device" if name else "swimctl does not upgrade it"
    return f"this is another operating system's, {system}: {cure}"
