"""The exec commands of a lab Nexus: every pattern it knows, and the plain commands among them."""

from __future__ import annotations

from functools import lru_cache

from swimctl.lab.cisco_nxos import (
    files,
    installing,
    shows,
    shows_health,
    shows_ports,
    shows_routing,
    structured,
    structured_ports,
)
from swimctl.lab.cisco_nxos.device import Nexus
from swimctl.lab.cisco_nxos.session import DENIED, Command, CommandLine, Featured
from swimctl.lab.effects import Ask, Dialogue, Hangup, Pause, Print
from swimctl.lab.grammar import Grammar
from swimctl.lab.plain_commands import Show, Words, authorized, length, monitor, nothing

GRACE = 2.0
"""Lab seconds from the answer to `reload` to the drop."""


_SHOWS: tuple[tuple[str, Show[Nexus]], ...] = (
    ("show version", Show(shows.version, structured.version)),
    ("show module", Show(shows.module, structured.module)),
    ("show inventory [all]", Show(shows.inventory, structured.inventory)),
    ("show boot", Show(shows.boot, structured.boot)),
    ("show feature", Show(shows.feature, structured.feature)),
    ("show clock", Show(shows.clock, structured.clock)),
    ("show hostname", Show(shows.hostname, structured.hostname)),
    ("show logging", Show(shows.logging)),
    ("show redundancy status", Show(shows.redundancy, structured.redundancy)),
    ("show system redundancy status", Show(shows.redundancy, structured.redundancy)),
    ("show running-config", Show(shows.running_configuration)),
    ("show startup-config", Show(shows.startup_configuration)),
    ("show users", Show(shows.users)),
    ("show user-account", Show(shows.user_accounts)),
    ("show install all status", Show(installing.status)),
    ("show license host-id", Show(shows_health.license_host)),
    ("show system resources", Show(shows_health.resources, shows_health.resources_model)),
    ("show processes cpu", Show(shows_health.processor, shows_health.processor_model)),
    ("show environment fan", Show(shows_health.fans, shows_health.fans_model)),
    ("show environment power", Show(shows_health.power, shows_health.power_model)),
    ("show vlan brief", Show(shows_health.vlans, shows_health.vlans_model)),
    ("show ipv6 interface vrf all", Show(shows_health.ipv6, shows_health.ipv6_model)),
    ("show interface", Show(shows_ports.interfaces, structured_ports.interfaces)),
    ("show environment temperature", Show(shows_routing.temperature)),
    ("show interface counters errors", Show(shows_routing.counters_errors)),
    ("show mac address-table", Show(shows_routing.mac_table)),
    ("show ip arp", Show(shows_routing.arp)),
    ("show ip bgp summary [vrf all]", Featured(shows_routing.bgp_summary, None, "bgp")),
    ("show bgp vrf all all summary", Featured(shows_routing.bgp_summaries, None, "bgp")),
    ("show ip ospf neighbors [vrf all]", Featured(shows_routing.ospf_neighbors, None, "ospf")),
    ("show isis adjacency [vrf all]", Featured(shows_routing.isis_adjacency, None, "isis")),
    ("show interface status", Show(shows_ports.status, structured_ports.status)),
    ("show interface brief", Show(shows_ports.brief, structured_ports.brief)),
    ("show ip route summary [vrf <vrf>]", Show(shows_ports.routes, structured_ports.routes)),
    ("show cdp neighbors", Show(shows_ports.cdp, structured_ports.cdp)),
    ("show cdp neighbors detail", Show(shows_ports.cdp_detail, structured_ports.cdp_detail)),
    ("show vpc", Featured(shows_ports.vpc, structured_ports.vpc, "vpc")),
    ("show lldp neighbors", Featured(shows_ports.lldp, structured_ports.lldp, "lldp")),
)


@lru_cache(maxsize=1)
def exec_grammar() -> Grammar[Command]:
    """Teach the commands, once; who may not use one is told so by the command itself."""
    grammar: Grammar[Command] = Grammar()
    for pattern, shown in _SHOWS:
        grammar.add(pattern, shown)
    for pattern, command in _EVERYBODY:
        grammar.add(pattern, command)
    for pattern, command in _ADMINS:
        grammar.add(pattern, authorized(command, DENIED))
    return grammar


def _configure(session: CommandLine, _words: Words) -> Dialogue:
    if session.switch.replaying:
        yield Print("Configuration mode is blocked\n")
        return
    session.mode, session.section = "config", ""
    yield Print("Enter configuration commands, one per line. End with CNTL/Z.\n")


def _exit(session: CommandLine, _words: Words) -> Dialogue:
    session.done = True
    yield Hangup()


def _save(session: CommandLine, _words: Words) -> Dialogue:
    if session.switch.replaying:
        yield Print("Configuration update aborted: another configuration is being applied\n")
        return
    yield Print(f"[{'#' * 40}] 100%\n")
    yield Pause(3)
    session.switch.save()
    yield Print("Copy complete, now saving to disk (please wait)...\nCopy complete.\n")


def _reload(session: CommandLine, _words: Words) -> Dialogue:
    switch = session.switch
    if switch.configuration != switch.startup:
        yield Print("!!!WARNING! there is unsaved configuration!!!\n")
    answer = yield Ask("This command will reboot the system. (y/n)?  [n] ")
    if answer.strip().lower().startswith("y"):
        switch.later(GRACE, lambda: switch.reload("Reset Requested by CLI command reload"))


_EVERYBODY: tuple[tuple[str, Command], ...] = (
    ("exit", _exit),
    ("end", nothing),
    ("ping <address>", shows_routing.ping),
    ("terminal length <number:0-511>", length),
    ("terminal width <number:24-511>", nothing),
    ("terminal session-timeout <number:0-525600>", nothing),
    ("terminal monitor", monitor(on=True)),
    ("terminal no monitor", monitor(on=False)),
    ("dir [<path>]", files.directory),
    ("show file <path> md5sum", files.hash_of("md5")),
    ("show file <path> sha512sum", files.hash_of("sha512")),
)
_ADMINS: tuple[tuple[str, Command], ...] = (
    ("configure [terminal]", _configure),
    ("copy running-config startup-config", _save),
    ("copy <source> <target> [vrf <vrf>]", files.fetch),
    ("delete <path> [no-prompt]", files.delete),
    ("reload", _reload),
    ("show install all impact nxos <path> [non-disruptive]", installing.impact),
    ("show incompatibility nxos <path>", installing.incompatibility),
    ("install all nxos <path> [non-disruptive]", installing.install),
)
