"""What a lab Arista answers to `show … | json` of itself: the same facts as the text, by EOS's names. Pure.

The names are those of devices in public repositories: aristanetworks/anta (tests/units/anta_tests), napalm-automation's
napalm (test/eos/mocked_data) and the `show mlag | json` of pyeapi guides. Of `show boot-config` one source names
`softwareImage` alone (a change script of CloudVision). A command of which no source shows the model has none here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from swimctl.lab.arista_eos import shows
from swimctl.lab.plain_commands import Model, Show

if TYPE_CHECKING:
    from swimctl.lab.arista_eos.device import Arista

_UNCONVERTED = "This is an unconverted command"
_NO_MODEL = f"% {_UNCONVERTED}\n" + json.dumps({"errors": [_UNCONVERTED]}, indent=4) + "\n"
"""As arista-netdevops-community/vane has it from devices: a line for people, and the same as data."""


def as_json(switch: Arista, command: object) -> str:
    """Write a command's output as data; a command without a model says so."""
    model = command.model if isinstance(command, Show) and switch.spec.structured else None
    return _NO_MODEL if model is None else json.dumps(model(switch), indent=4) + "\n"


def version(switch: Arista) -> Model:
    """Show version."""
    fault, hardware = switch.spec.fault("no-boot-time"), switch.spec.hardware
    booted = switch.clock.at(switch.started_at).timestamp()
    return {
        "mfgName": "Arista",
        "modelName": hardware.name,
        "hardwareRevision": "11.20",
        "serialNumber": switch.spec.serial,
        "systemMacAddress": colons(shows.mac(switch)),
        "hwMacAddress": colons(shows.mac(switch)),
        "configMacAddress": "00:00:00:00:00:00",
        "version": switch.release,
        "architecture": hardware.architecture,
        "internalVersion": shows.build(switch),
        "internalBuildId": shows.BUILD_ID,
        "imageFormatVersion": "3.0",
        "imageOptimization": "None",
        **({} if fault and fault.argument else {"bootupTimestamp": booted, "uptime": round(switch.uptime, 2)}),
        "memTotal": shows.TOTAL_MEMORY,
        "memFree": shows.FREE_MEMORY,
        "isIntlVersion": False,
    }


def hostname(switch: Arista) -> Model:
    """Show hostname."""
    return {"hostname": switch.hostname, "fqdn": f"{switch.hostname}.{switch.spec.domain}"}


def inventory(switch: Arista) -> Model:
    """Show inventory."""
    spec, up = switch.spec, set(switch.spec.ports_up())
    present = {"mfgName": "Arista Networks", "modelName": "SFP-25G-SR", "hardwareRev": "0001"}
    absent = {"mfgName": "Not Present", "modelName": "", "serialNum": "", "hardwareRev": ""}
    names = spec.hardware.port_names()
    return {
        "systemInformation": {
            "name": spec.model,
            "description": spec.hardware.description,
            "mfgDate": "2024-03-09",
            "hardwareRev": "11.20",
            "hwEpoch": "02.00",
            "serialNum": spec.serial,
        },
        "cardSlots": {},
        "powerSupplySlots": {
            str(slot): {"name": "PWR-511-AC-RED", "serialNum": f"{spec.serial}P{slot}"} for slot in (1, 2)
        },
        "fanTraySlots": {str(slot): {"name": "FAN-7011H-RED", "numFans": 2, "serialNum": "N/A"} for slot in (1, 2)},
        "portCount": len(names) + 1,
        "managementPortCount": 1,
        "switchedPortCount": len(names),
        "xcvrSlots": {
            port.removeprefix("Et").partition("/")[0]: {**present, "serialNum": f"XLB{at:09d}"}
            if port in up
            else absent
            for at, port in enumerate(names, 1)
        },
    }


def boot_config(switch: Arista) -> Model:
    """Show boot-config."""
    return {"softwareImage": switch.boots or "(not set)", "abootPassword": "(not set)", "memTestIterations": 0}


def reload_cause(switch: Arista) -> Model:
    """Show reload cause."""
    cause = {
        "description": switch.reload_reason,
        "timestamp": switch.clock.at(switch.booted_at).timestamp(),
        "recommendedAction": "No action necessary.",
        "debugInfoIsDir": False,
    }
    return {"kernelCrashData": [], "resetCauses": [cause], "full": False}


def sessions(_switch: Arista) -> Model:
    """Show configuration sessions."""
    return {"sessions": {}, "maxSavedSessions": 1, "maxOpenSessions": 5}


def running_configuration(switch: Arista) -> Model:
    """Show running-config: each line is a name, with the lines below it."""
    below = {
        top: {"comments": [], "cmds": dict.fromkeys(lines)} if lines else None
        for top, lines in switch.configuration.sections.items()
    }
    return {
        "header": [f"! device: {switch.hostname} ({switch.spec.model}, EOS-{switch.release})"],
        "comments": [],
        "cmds": below,
    }


def colons(mac: str) -> str:
    """Spell a hardware address as the models do."""
    digits = mac.replace(".", "")
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))
