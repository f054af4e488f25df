"""What a lab Nexus answers to `show … | json` of itself: the same facts as the text, by NX-OS' names. Pure.

The names are those of devices in public repositories: NAPALM's test/nxos/mocked_data, allenrobel/nxapi-netbox (`show
boot`, `show vpc`, `show module`, `show lldp neighbors`, `show ip route summary`, each with `| json-pretty` as it was
typed), fixtures of the Ansible collection cisco.nxos, and Cisco's list of show commands for 9.3. A TABLE has one ROW:
a dict for one row and a list for several; a TABLE without rows is not there. On the command line all values are text;
with `native` numbers are numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from swimctl.lab.cisco_nxos import shows
from swimctl.lab.plain_commands import Model, Show

if TYPE_CHECKING:
    from swimctl.lab.cisco_nxos.device import Nexus
    from swimctl.lab.configuration import Configuration


def structured(switch: Nexus, command: Show[Nexus], pipe: str) -> str:
    """Write an output as data; a command that has no model prints its text (ansible-modules-core issue 4402)."""
    if command.model is None:
        return command.text(switch)
    model = command.model(switch)
    data = model if pipe.endswith(" native") else _as_text(model)
    return json.dumps(data, indent=4 if pipe.startswith("json-pretty") else None) + "\n"


def _as_text(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _as_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_text(each) for each in value]
    return str(value) if isinstance(value, int | float) else value


def table(name: str, rows: Sequence[Model]) -> Model:
    """Write rows as a TABLE; nothing where there are none."""
    return {f"TABLE_{name}": {f"ROW_{name}": rows[0] if len(rows) == 1 else list(rows)}} if rows else {}


def version(switch: Nexus) -> Model:
    """Show version."""
    fault, seconds = switch.spec.fault("no-boot-time"), int(switch.uptime)
    path = f"bootflash:///{switch.file}"
    compiled, stamp = "9/30/2023 12:00:00", "10/01/2023 05:04:03"
    up = {
        "kern_uptm_days": seconds // 86_400,
        "kern_uptm_hrs": seconds // 3600 % 24,
        "kern_uptm_mins": seconds // 60 % 60,
        "kern_uptm_secs": seconds % 60,
    }
    reset = {"rr_usecs": 123_456, "rr_ctime": f"{switch.clock.at(switch.started_at):%a %b %e %H:%M:%S %Y}"}
    return {
        "header_str": "Cisco Nexus Operating System (NX-OS) Software\nTAC support: http://www.cisco.com/tac\n"
        "Copyright (C) 2002-2024, Cisco and/or its affiliates.\nAll rights reserved.\n",
        "bios_ver_str": "05.40",
        "kickstart_ver_str": switch.release,
        **({"release_type": "Maintenance Release"} if switch.release.startswith("10.") else {}),
        "nxos_ver_str": switch.release,
        "bios_cmpl_time": "01/17/2020",
        "kick_file_name": path,
        "nxos_file_name": path,
        "kick_cmpl_time": compiled,
        "nxos_cmpl_time": compiled,
        "kick_tmstmp": stamp,
        "nxos_tmstmp": stamp,
        "chassis_id": f"{switch.spec.hardware.printed} {'(4 Slot) ' * switch.spec.hardware.modular}Chassis",
        "cpu_name": "Intel(R) Xeon(R) CPU D-1528 @ 1.90GHz",
        "memory": 24_571_568,
        "mem_type": "kB",
        "proc_board_id": switch.spec.serial,
        "host_name": switch.hostname,
        "bootflash_size": switch.flash(1).capacity // 1024,
        **({} if fault and fault.argument == "uptime" else up),
        **(reset if shows.tells_reset(switch) else {}),
        "rr_reason": switch.reload_reason,
        "rr_sys_ver": switch.release,
        "rr_service": None,
        "plugins": "Core Plugin, Ethernet Plugin",
        "manufacturer": "Cisco Systems, Inc.",
        **table("package_list", [{"package_id": None}]),
    }


def module(switch: Nexus) -> Model:
    """Show module."""
    rows = shows.modules(switch)
    return {
        **table(
            "modinfo",
            [
                {"modinf": int(n), "ports": ports, "modtype": kind, "model": model, "status": state}
                for n, ports, kind, model, state, _, _ in rows
            ],
        ),
        **table(
            "modwwninfo",
            [
                {"modwwn": int(n), "sw": "NA" if s == "powered-up" else r, "hw": "1.1", "slottype": slot}
                for n, _, _, _, s, r, slot in rows
            ],
        ),
        **table(
            "modmacinfo",
            [{"modmac": int(row[0]), "mac": shows.addresses_of(row[0]), "serialnum": shows.serial_of(switch, row)}
             for row in rows],
        ),
        **table("moddiaginfo", [{"mod": int(row[0]), "diagstatus": "Pass"} for row in rows]),
    }  # fmt: skip


def inventory(switch: Nexus) -> Model:
    """Show inventory."""
    return table(
        "inv",
        [
            {"name": name, "desc": words, "productid": pid, "vendorid": "V03", "serialnum": number}
            for name, words, pid, number in shows.parts(switch)
        ],
    )


def boot(switch: Nexus) -> Model:
    """Show boot: two supervisors share one row, with lists in it."""
    return {
        **table("Current_Bootvar", [_bootvar(switch, switch.configuration, "current")]),
        **table("Startup_Bootvar", [_bootvar(switch, switch.startup, "start")]),
    }


def _bootvar(switch: Nexus, own: Configuration, which: str) -> Model:
    path, count = next(own.values("boot nxos"), ""), switch.spec.supervisors
    names = [f"sup-{number}" for number in range(1, count + 1)]
    return {
        f"{which}_sup_module": names[0] if count == 1 else names,
        **({f"{which}_image": path if count == 1 else [path] * count} if path else {}),
        f"{which}_poap_status": "Disabled",
    }


def feature(switch: Nexus) -> Model:
    """Show feature."""
    return table(
        "cfcFeatureCtrlTable",
        [
            {
                "cfcFeatureCtrlName2": shown,
                "cfcFeatureCtrlInstanceNum2": 1,
                "cfcFeatureCtrlOpStatus2": "enabled" if switch.configuration.has(f"feature {name}") else "disabled",
            }
            for name, shown in shows.FEATURES.items()
        ],
    )


def clock(switch: Nexus) -> Model:
    """Show clock."""
    return {"simple_time": shows.clock(switch).partition("\n")[0] + "\n", "time_source": "NTP"}


def hostname(switch: Nexus) -> Model:
    """Show hostname."""
    return {"hostname": f"{switch.hostname}.{switch.spec.domain}"}


def redundancy(switch: Nexus) -> Model:
    """Show system redundancy status."""
    ready = switch.standby == "ha-standby"
    other = "HA standby" if ready else "Initializing"
    told = {
        "rdn_mode_admin": "HA",
        "rdn_mode_oper": "HA" if ready else "None",
        "this_sup": "(sup-1)",
        "this_sup_rdn_state": "Active",
        "this_sup_sup_state": "Active",
        "this_sup_internal_state": f"Active with {'HA standby' if ready else 'no standby'}",
        "other_sup": "(sup-2)",
        "other_sup_rdn_state": "Standby" if ready else "Initializing" if switch.standby else "Not present",
    }
    there = {"other_sup_sup_state": other, "other_sup_internal_state": other}
    return told | (there if switch.standby else {})
