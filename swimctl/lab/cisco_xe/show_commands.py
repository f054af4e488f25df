"""What a lab switch shows: every `show` that takes no argument, and which kinds of hardware have it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from swimctl.lab.cisco_xe import (
    archive,
    files,
    reloading,
    shows,
    shows_environment,
    shows_features,
    shows_interfaces,
    shows_issu,
    shows_ports,
    shows_power,
    shows_redundancy,
    shows_routing,
    shows_software,
    shows_switching,
    shows_wireless,
)
from swimctl.lab.cisco_xe.device import Switch
from swimctl.lab.cisco_xe.models import Shape

Shows: TypeAlias = tuple[tuple[str, Callable[[Switch], str]], ...]
Somewhere: TypeAlias = tuple[tuple[Shows, Callable[[Switch], bool]], ...]

SHOWS: Shows = (
    ("show version", shows_software.version),
    ("show inventory", shows.inventory),
    ("show module", shows.module),
    ("show platform", shows_redundancy.platform),
    ("show redundancy", shows_redundancy.redundancy),
    ("show redundancy states", shows_redundancy.redundancy_states),
    ("show license summary", shows.license_summary),
    ("show users", shows.users),
    ("show interfaces", shows_interfaces.interfaces),
    ("show interfaces description", shows_interfaces.interfaces_description),
    ("show interfaces status", shows_ports.interfaces_status),
    ("show etherchannel summary", shows_ports.etherchannel_summary),
    ("show ip interface", shows_interfaces.ip_interface),
    ("show ip interface brief", shows_interfaces.ip_interface_brief),
    ("show ipv6 interface", shows_interfaces.ipv6_interface),
    ("show arp", shows_interfaces.arp),
    ("show ip arp", shows_interfaces.arp),
    ("show mac address-table [dynamic]", shows_switching.mac_table),
    ("show mac address-table count", shows_switching.mac_count),
    ("show cdp", shows_ports.cdp_settings),
    ("show lldp", shows_ports.lldp_settings),
    ("show cdp neighbors", shows_ports.cdp),
    ("show cdp neighbors detail", shows_ports.cdp_detail),
    ("show lldp neighbors", shows_ports.lldp),
    ("show lldp neighbors detail", shows_ports.lldp_detail),
    ("show ip route summary", shows_ports.route_summary),
    ("show ip bgp summary", shows_routing.bgp_summary),
    ("show ip bgp all summary", shows_routing.bgp_all_summary),
    ("show ip ospf neighbor", shows_routing.ospf_neighbors),
    ("show isis neighbors", shows_routing.isis_neighbors),
    ("show interfaces counters errors", shows_power.counters_errors),
    ("show vlan [brief]", shows_switching.vlan),
    ("show hosts", shows_switching.hosts),
    ("show clock", shows.clock),
    ("show processes cpu", shows.processes_cpu),
    ("show memory statistics", shows.memory),
    ("show environment all", shows_environment.everything),
    ("show environment temperature", shows_environment.temperature),
    ("show environment temperature status", shows_environment.temperature_status),
    ("show access-lists", shows_features.access_lists),
    ("show lacp sys-id", shows_features.lacp),
    ("show lldp interface", shows_features.lldp_interfaces),
    ("show snmp user", shows_features.snmp_users),
    ("show snmp chassis", shows_features.snmp_chassis),
    ("show file systems", files.file_systems),
)
_MEMBER_SHOWS: Shows = (
    ("show switch", shows.stack),
    ("show switch detail", shows.stack_detail),
    ("show switch stack-ports summary", shows.stack_ports),
)
_PAIR_SHOWS: Shows = (
    ("show stackwise-virtual link", shows_redundancy.virtual_link),
    ("show stackwise-virtual dual-active-detection", shows_redundancy.dual_active),
)
POWER_SHOWS: Shows = (("show power inline", shows_power.inline),)
_CORE_SHOWS: Shows = (("show issu state detail", shows_issu.state_detail),)
_WIRELESS_SHOWS: Shows = (
    ("show chassis", shows.chassis),
    ("show ap summary", shows_wireless.summary),
    ("show ap image", shows_wireless.image),
)
_SENSORS: Shows = (("show environment", shows_environment.sensors),)
PRIVILEGED_SHOWS: Shows = (
    ("show boot", shows_software.boot),
    ("show bootvar", shows_software.boot),
    ("show romvar", shows_software.romvar),
    ("show logging", shows.logging),
    ("show archive", archive.archive),
    ("show archive config rollback timer", archive.rollback_timer),
    ("show reload", reloading.show_reload),
    ("show install rollback", shows_software.rollback),
    ("show running-config [all]", shows_software.running_configuration),
    ("show startup-config", shows_software.startup_configuration),
)


def _has_switches(switch: Switch) -> bool:
    return switch.spec.hardware.shape in {Shape.STACK, Shape.FIXED}


def is_wireless(switch: Switch) -> bool:
    """Return whether it is a controller of access points."""
    return switch.spec.hardware.shape is Shape.WIRELESS


def _is_core(switch: Switch) -> bool:
    return switch.spec.hardware.shape in {Shape.MODULAR, Shape.FIXED}


def gives_power(switch: Switch) -> bool:
    """Return whether a member of it gives power to what is behind its ports."""
    return any(member.hardware.gives_power for member in switch.spec.members)


def _is_pair(switch: Switch) -> bool:
    return switch.spec.is_pair


# Those that not every kind of hardware has.
SOMEWHERE: Somewhere = (
    (_MEMBER_SHOWS, _has_switches),
    (_PAIR_SHOWS, _is_pair),
    (POWER_SHOWS, gives_power),
    (_SENSORS, lambda switch: switch.spec.hardware.shape is not Shape.STACK),
    (_CORE_SHOWS, _is_core),
    (_WIRELESS_SHOWS, is_wireless),
)
