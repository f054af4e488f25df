"""What a lab router with IOS-XR tells of its load and of what it runs, which hardly changes here.

For programs that read such facts (Ansible's iosxr_facts), in the words that the collection cisco.iosxr looks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.routing import busy

if TYPE_CHECKING:
    from swimctl.lab.cisco_xr.device import Router


def memory(router: Router) -> str:
    """Show memory summary."""
    return (
        f"\nnode:      node{router.processors[0].replace('/', '_')}\n{'-' * 66}\n\n"
        "Physical Memory: 26214M total (18203M available)\n Application Memory : 26214M (18203M available)\n"
        " Image: 4M (bootram: 0M)\n Reserved: 0M, IOMem: 0M, flashfsys: 0M\n Total shared window: 236M\n\n"
    )


def processor(router: Router) -> str:
    """Show processes cpu."""
    return (
        f"---- node{router.processors[0].replace('/', '_')} ----\n\n"
        f"CPU utilization for one minute: {71 if busy(router) else 4}%; five minutes: 4%; fifteen minutes: 3%\n \n"
        "PID    1Min    5Min    15Min Process\n1        0%      0%       0% init\n"
    )


def fpd(router: Router) -> str:
    """Show hw-module fpd: the first boot loader needs an upgrade with `fpd-old`, after the activation."""
    hardware, old = router.spec.hardware, router.degraded and router.spec.fault("fpd-old") is not None
    rows = [(node.removesuffix("/CPU0"), hardware.processor, "Bootloader", "", "9.31") for node in router.processors]
    rows += [(node.removesuffix("/CPU0"), hardware.processor, "IOFPGA", "S", "0.16") for node in router.processors]
    rows += [("0/0", hardware.card, "MIFPGA", "", "0.06"), ("0/0", hardware.card, "IOFPGA-Golden", "B", "0.09")]
    head = f"{'':65}FPD Versions\n{'':65}================\n"
    head += f"{'Location':<10} {'Card type':<18} HWver FPD device       ATR Status   Running Programd\n{'-' * 81}\n"
    lines = [
        f"{at:<10} {card:<18} {'1.0':<5} {device:<16} {attributes:<3} "
        f"{'NEED UPGD' if old and number == 0 else 'CURRENT':<9} {version:>7} {version:>8}\n"
        for number, (at, card, device, attributes, version) in enumerate(rows)
    ]
    return head + "".join(lines)


def hostname(router: Router) -> str:
    """Show running-config hostname."""
    return f"hostname {router.hostname}\n\n"


def cdp(_router: Router) -> str:
    """Show cdp."""
    return (
        "Global CDP information:\n        Sending CDP packets every 60 seconds\n"
        "        Sending a holdtime value of 180 seconds\n        Sending CDPv2 advertisements is  enabled\n"
    )


def lldp(_router: Router) -> str:
    """Show lldp."""
    return (
        "Global LLDP information:\n        Status: ACTIVE\n        LLDP advertisements are sent every 30 seconds\n"
        "        LLDP hold time advertised is 120 seconds\n        LLDP interface reinitialisation delay is 2 seconds\n"
    )
