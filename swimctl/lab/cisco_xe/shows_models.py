"""What a lab switch says of itself in YANG models, from the same state as its `show` commands. Pure.

Leaves and enums as in github.com/YangModels/yang, vendor/cisco/xe/1781 (Cisco-IOS-XE-install-oper) and 17121
(Cisco-IOS-XE-device-hardware-oper). That an idle timer reads `unknown` up to 17.12 and `inactive` later, and an added
image `in-progress`, is how two public tools met it on C9300s.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from swimctl.lab.cisco_xe.models import Shape
from swimctl.lab.cisco_xe.release import Release
from swimctl.lab.cisco_xe.shows_software import image_line
from swimctl.lab.netconf import Containers, Refusal

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch

_YANG = "http://cisco.com/ns/yang"
INSTALL, HARDWARE = f"{_YANG}/Cisco-IOS-XE-install-oper", f"{_YANG}/Cisco-IOS-XE-device-hardware-oper"
CAPABILITIES = tuple(f"{name}?module={name.rpartition('/')[2]}" for name in (INSTALL, HARDWARE))
_WORDS = {"C": "provisioned-committed", "U": "provisioned-uncommitted", "I": "in-progress"}
_SINCE, _LEDGER_SINCE, _SEVERITY_SINCE = (17, 3), (17, 8), (17, 3)
_KEPT = 20
"""Operations that the ledger keeps."""


def models(switch: Switch) -> Containers:
    """Return the models that its release has."""
    release = switch.install.running
    served = {f"{{{HARDWARE}}}device-hardware-data": lambda: _served(switch, _hardware(switch))}
    if (release.major, release.minor) >= _SINCE:
        served[f"{{{INSTALL}}}install-oper-data"] = lambda: _served(switch, _install(switch))
    return served


def _served(switch: Switch, text: str) -> str:
    if switch.spec.fault("models-refuse"):
        raise Refusal("access-denied", "access denied")
    return "" if switch.spec.fault("models-empty") else text


def _hardware(switch: Switch) -> str:
    release = switch.install.running
    banner = (
        f"{image_line(switch, release)}\nTechnical Support: http://www.cisco.com/techsupport\n"
        "Copyright (c) 1986-2024 by Cisco Systems, Inc.\nCompiled Wed 14-Feb-24 05:46 by mcpre"
    )
    severity = ""
    if (release.major, release.minor) >= _SEVERITY_SINCE:
        severity = _leaf("reason-severity", "abnormal" if switch.abnormal else "normal")
    inventory = "".join(
        f"<device-inventory><hw-type>hw-type-chassis</hw-type><hw-dev-index>{number}</hw-dev-index>"
        f"{_leaf('part-number', switch.spec.members[number - 1].model)}</device-inventory>"
        for number in (switch.members if switch.spec.hardware.shape is not Shape.MODULAR else [1])
    )
    return (
        f'<device-hardware-data xmlns="{HARDWARE}"><device-hardware>{inventory}<device-system-data>'
        f"{_leaf('current-time', _time(switch.clock.wall()))}"
        f"{_leaf('boot-time', _time(switch.clock.at(switch.started_at)))}"
        f"{_leaf('software-version', banner)}<rommon-version>IOS-XE ROMMON</rommon-version>"
        f"{_leaf('last-reboot-reason', switch.reload_reason)}{severity}"
        "</device-system-data></device-hardware></device-hardware-data>"
    )


def _install(switch: Switch) -> str:
    release = switch.install.running
    ledger = _ledger(switch) if (release.major, release.minor) >= _LEDGER_SINCE else ""
    places = "".join(_place(switch, number) for number in switch.members)
    return f'<install-oper-data xmlns="{INSTALL}">{ledger}{places}</install-oper-data>'


def _place(switch: Switch, number: int) -> str:
    modular = switch.spec.hardware.shape is Shape.MODULAR
    slot, chassis = (number - 1, 1) if modular else (0, number)
    rows = switch.install.modelled(number)
    versions = "".join(
        f"<install-version-info><version>{release.full}</version><version-extension/>"
        f"<current>install-version-state-{_WORDS[state]}</current></install-version-info>"
        for state, release in rows
    )
    states = "".join(
        f"<install-version-state-info><version-state>install-version-state-{_WORDS[state]}</version-state>"
        f"<version>{release.full}</version><version-extension/></install-version-state-info>"
        for state, release in rows
    )
    mode = switch.install.mode.lower()
    busy = switch.spec.fault("busy-install") or any(entry.ended is None for entry in switch.installer.ledger.entries)
    activity = "install-install-in-progress" if busy else "install-no-activity"
    return (
        f"<install-location-information><fru>fru-rp</fru><slot>{slot}</slot><bay>0</bay><chassis>{chassis}</chassis>"
        f"{versions}{states}<oper-state>{_timer(switch)}<sys-activity>{activity}</sys-activity>"
        f"<boot-mode>install-boot-mode-{mode}</boot-mode></oper-state></install-location-information>"
    )


def _timer(switch: Switch) -> str:
    ends, release = switch.install.timer_ends, switch.install.running
    if ends is None:
        word, end = "inactive" if release > Release(17, 13, 0) else "unknown", ""
    else:
        word, end = "active", _leaf("end-time", _time(switch.clock.at(ends)))
    return f"<auto-abort-timer><state>install-timer-state-{word}</state>{end}</auto-abort-timer>"


def _ledger(switch: Switch) -> str:
    """Write the operations; each names its command by the parameters that stand in it."""
    text = ""
    for number, entry in enumerate(switch.installer.ledger.entries[-_KEPT:], 1):
        ended = None if entry.ended is None else _time(switch.clock.at(entry.ended))
        name, status, done = "install-oper", "in-progress", "not-complete"
        if ended is not None:
            name, status, done = "install-oper-hist", "fail" if entry.failed else "succ", "complete"
        text += (
            f"<{name}>{_leaf('start-time', _time(switch.clock.at(entry.began)))}<op-uuid/><op-id>{number}</op-id>"
            f"{_leaf('end-time', ended) if ended else ''}<op-status>install-op-{status}</op-status>"
            f"<op-done>op-{done}</op-done><op-intf>op-intf-cli</op-intf><{entry.parameters}/></{name}>"
        )
    return text


def _leaf(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
