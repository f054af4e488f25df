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
