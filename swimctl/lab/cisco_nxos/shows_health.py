"""What a lab Nexus tells of its load, parts and VLANs, which never change here: as text, and as data. Pure.

For programs that read such facts (Ansible's nxos_facts); modelled on captures cisco_nxos/show_environment,
show_processes_cpu and show_vlan, and on the names that the collection cisco.nxos reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.cisco_nxos.shows_ports import long_name
from swimctl.lab.cisco_nxos.structured import table
from swimctl.lab.plain_commands import Model
from swimctl.lab.routing import busy

if TYPE_CHECKING:
    from swimctl.lab.cisco_nxos.device import Nexus

_TOTAL, _USED = 24_571_568, 8_123_456
_LOAD = (0.25, 0.2, 0.18)
_PROCESSES = ((1, 24_380, 162_103, "init"), (417, 0, 28, "bootflash_sync."), (5121, 9120, 88_012, "pktmgr"))
_FANS = tuple((f"Fan{number}(sys_fan{number})", "NXA-FAN-30CFM-F") for number in (1, 2, 3, 4))
_SUPPLIES = ((1, "NXA-PAC-500W-PE", 101, 103, 500), (2, "NXA-PAC-500W-PE", 96, 102, 500))


def _cpu(switch: Nexus) -> tuple[float, float, float]:
    """Return the percents that programs, the kernel and nobody have."""
    return (61.0, 22.0, 17.0) if busy(switch) else (2.0, 3.0, 95.0)


def resources(switch: Nexus) -> str:
    """Show system resources."""
    (one, five, fifteen), (user, kernel, idle) = _LOAD, _cpu(switch)
    return (
        f"Load average:   1 minute: {one}   5 minutes: {five}   15 minutes: {fifteen}\n"
        f"Processes   :   724 total, 1 running\nCPU states  :   {user}% user,   {kernel}% kernel,   {idle}% idle\n"
        f"Memory usage:   {_TOTAL}K total,   {_USED}K used,   {_TOTAL - _USED}K free\nCurrent memory status: OK\n"
    )


def resources_model(switch: Nexus) -> Model:
    """Return `show system resources` as data."""
    user, kernel, idle = _cpu(switch)
    return {
        "load_avg_1min": _LOAD[0],
        "load_avg_5min": _LOAD[1],
        "load_avg_15min": _LOAD[2],
        "processes_total": 724,
        "processes_running": 1,
        "cpu_state_user": user,
        "cpu_state_kernel": kernel,
        "cpu_state_idle": idle,
        "memory_usage_total": _TOTAL,
        "memory_usage_used": _USED,
        "memory_usage_free": _TOTAL - _USED,
        "current_memory_status": "OK",
    }


def processor(_switch: Nexus) -> str:
    """Show processes cpu."""
    head = "PID    Runtime(ms)  Invoked   uSecs  1Sec    Process\n"
    head += "-----  -----------  --------  -----  ------  -----------\n"
    rows = "".join(f"{pid:>5}{run:>13}{times:>10}      0   0.00%  {name}\n" for pid, run, times, name in _PROCESSES)
    return (
        f"\n{head}{rows}\nCPU util  :    2.00% user,    3.00% kernel,   95.00% idle\n\n"
        "CPU utilization for five seconds: 5%/1%; one minute: 4%; five minutes: 4%\n"
    )


def processor_model(_switch: Nexus) -> Model:
    """Return `show processes cpu` as data."""
    rows = [
        {"pid": pid, "runtime": run, "invoked": times, "usecs": 0, "onesec": 0.0, "process": name}
        for pid, run, times, name in _PROCESSES
    ]
    return {
        **table("process_cpu", rows),
        "user_percent": 2.0,
        "kernel_percent": 3.0,
        "idle_percent": 95.0,
        "fivesec_percent": 5,
        "fivesec_intr_percent": 1,
        "onemin_percent": 4,
        "fivemin_percent": 4,
    }


def fans(_switch: Nexus) -> str:
    """Show environment fan."""
    rule = "-" * 75
    rows = "".join(f"{name:<15} {model:<20} {'--':<6} {'front-to-back':<15} Ok\n" for name, model in _FANS)
    return f"Fan:\n{rule}\nFan             Model                Hw     Direction       Status\n{rule}\n{rows}"


def fans_model(_switch: Nexus) -> Model:
    """Return `show environment fan` as data."""
    rows = [
        {"fanname": name, "fanmodel": model, "fanhwver": "--", "fandir": "front-to-back", "fanstatus": "Ok"}
        for name, model in _FANS
    ]
    return {"fandetails": table("faninfo", rows)}


def power(_switch: Nexus) -> str:
    """Show environment power."""
    rows = "".join(
        f"{number:<8} {model:<19}  {out:>9} W {taken:>9} W {most:>9} W     Ok\n"
        for number, model, out, taken, most in _SUPPLIES
    )
    return (
        "Power Supply:\nVoltage: 12 Volts\nPower                             Actual      Actual        Total\n"
        "Supply    Model                   Output      Input      Capacity    Status\n"
        "                                (Watts )    (Watts )     (Watts )\n"
        f"-------  -------------------  ----------  ----------  ----------  --------------\n{rows}"
    )


def power_model(_switch: Nexus) -> Model:
    """Return `show environment power` as data."""
    rows = [
        {
            "psnum": number,
            "psmodel": model,
            "actual_out": f"{out} W",
            "actual_input": f"{taken} W",
            "tot_capa": f"{most} W",
            "ps_status": "Ok",
        }
        for number, model, out, taken, most in _SUPPLIES
    ]
    return {"powersup": {"voltage_level": 12, **table("psinfo", rows)}}


def vlans(switch: Nexus) -> str:
    """Show vlan brief."""
    ports = switch.spec.hardware.port_names()
    lines = [", ".join(ports[at : at + 4]) for at in range(0, len(ports), 4)]
    head = f"VLAN Name                             Status    Ports\n---- {'-' * 32} --------- {'-' * 31}\n"
    text = f"{head}{'1':<4} {'default':<32} {'active':<9} " + f"\n{'':48}".join(lines) + "\n"
    return text + "".join(f"{number:<4} {name:<32} active    \n" for number, name in _vlans(switch).items())


def _vlans(switch: Nexus) -> dict[str, str]:
    """Return the VLANs beside the first one; `vlan-lost` takes the first of them."""
    found = list(switch.configuration.values("vlan"))
    found = found[switch.degraded and switch.spec.fault("vlan-lost") is not None :]
    below = {number: switch.configuration.sections[f"vlan {number}"] for number in found}
    named = {n: [line.removeprefix("name ") for line in b if line.startswith("name ")] for n, b in below.items()}
    return {number: next(iter(names), f"VLAN{number:0>4}") for number, names in named.items()}


def vlans_model(switch: Nexus) -> Model:
    """Return `show vlan brief` as data."""
    ports = ",".join(long_name(port) for port in switch.spec.hardware.port_names())
    rows = [
        {
            "vlanshowbr-vlanid": int(number),
            "vlanshowbr-vlanid-utf": int(number),
            "vlanshowbr-vlanname": name,
            "vlanshowbr-vlanstate": "active",
            "vlanshowbr-shutstate": "noshutdown",
            **({"vlanshowplist-ifidx": ports} if number == "1" else {}),
        }
        for number, name in {"1": "default", **_vlans(switch)}.items()
    ]
    return table("vlanbriefxbrief", rows)


def license_host(switch: Nexus) -> str:
    """Show license host-id."""
    return f"License hostid: VDH={switch.spec.serial}\n"


def ipv6(_switch: Nexus) -> str:
    """Show ipv6 interface vrf all: it has none."""
    return 'IPv6 Interface Status for VRF "default"(1)\n\nIPv6 Interface Status for VRF "management"(2)\n'


def ipv6_model(_switch: Nexus) -> Model:
    """Return `show ipv6 interface vrf all` as data: a table without rows, as cisco.nxos meets it."""
    return {"TABLE_intf": ""}
