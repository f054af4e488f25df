"""The exec commands of a lab Arista: every pattern it knows, and the plain commands among them."""

from __future__ import annotations

from functools import lru_cache

from swimctl.lab import plain_commands
from swimctl.lab.arista_eos import (
    bash,
    booting,
    files,
    shows,
    shows_ports,
    shows_routing,
    structured,
    structured_ports,
    structured_routing,
)
from swimctl.lab.arista_eos.device import Arista
from swimctl.lab.arista_eos.session import Command, CommandLine
from swimctl.lab.effects import Dialogue, Print
from swimctl.lab.grammar import Grammar
from swimctl.lab.plain_commands import (
    PRIVILEGED,
    USER,
    Show,
    Words,
    disable,
    leave,
    monitor,
    nothing,
    privilege,
)

_SHOWS: tuple[tuple[str, Show[Arista], int], ...] = (
    ("show version", Show(shows.version, structured.version), USER),
    ("show inventory", Show(shows.inventory, structured.inventory), USER),
    ("show clock", Show(shows.clock), USER),
    ("show hostname", Show(shows.hostname, structured.hostname), USER),
    ("show users", Show(shows.users), USER),
    ("show reload cause", Show(shows.reload_cause, structured.reload_cause), USER),
    ("show interfaces", Show(shows_ports.interfaces, structured_ports.interfaces), USER),
    ("show interfaces status", Show(shows_ports.status, structured_ports.status), USER),
    ("show ip interface brief", Show(shows_ports.addresses, structured_ports.addresses), USER),
    ("show ip route summary", Show(shows_ports.routes, structured_ports.routes), USER),
    ("show lldp neighbors", Show(shows_ports.lldp, structured_ports.lldp), USER),
    ("show lldp neighbors detail", Show(shows_ports.lldp_detail, structured_ports.lldp_detail), USER),
    ("show mlag", Show(shows_ports.mlag, structured_ports.mlag), USER),
    ("show mlag detail", Show(shows_ports.mlag_detail, structured_ports.mlag_detail), USER),
    ("show ip bgp summary [vrf all]", Show(shows_routing.bgp_summary, structured_routing.bgp_summary), USER),
    ("show ip ospf neighbor [vrf all]", Show(shows_routing.ospf_neighbors), USER),
    ("show isis neighbors [vrf all]", Show(shows_routing.isis_neighbors), USER),
    ("show vlan", Show(shows_routing.vlans), USER),
    ("show mac address-table", Show(shows_routing.mac_table), USER),
    ("show ip arp", Show(shows_routing.arp), USER),
    ("show [system] environment temperature", Show(shows_routing.temperature), USER),
    ("show processes top once", Show(shows_routing.top), USER),
    ("show interfaces counters errors", Show(shows_routing.counters_errors), USER),
    ("show configuration sessions", Show(shows.sessions, structured.sessions), PRIVILEGED),
    ("show boot-config", Show(shows.boot_config, structured.boot_config), PRIVILEGED),
    ("show logging", Show(shows.logging), PRIVILEGED),
    ("show running-config [all]", Show(shows.running_configuration, structured.running_configuration), PRIVILEGED),
    ("show startup-config", Show(shows.startup_configuration), PRIVILEGED),
)


@lru_cache(maxsize=1)
def exec_grammar() -> Grammar[Command]:
    """Teach the commands of user and privileged mode, once."""
    grammar: Grammar[Command] = Grammar()
    for pattern, shown, level in _SHOWS:
        grammar.add(pattern, shown, level)
    for pattern, command, level in _COMMANDS:
        grammar.add(pattern, command, level)
    return grammar


def _enable(session: CommandLine, _words: Words) -> Dialogue:
    yield from plain_commands.enable(session, "% Bad secret\n", empty_ends=False)


def _bash(session: CommandLine, _words: Words) -> Dialogue:
    session.mode = bash.MODE
    yield Print("\nArista Networks EOS shell\n\n")


def _cat(session: CommandLine, words: Words) -> Dialogue:
    yield Print(bash.answer(session.switch, f"cat {words['path']}"))


def _configure(session: CommandLine, _words: Words) -> Dialogue:
    session.mode, session.section = "config", ""
    yield from ()


def _length(session: CommandLine, words: Words) -> Dialogue:
    session.length = int(words["number"])
    yield Print("Pagination disabled.\n" if not session.length else f"Pagination set to {session.length} lines.\n")


def _width(_session: CommandLine, words: Words) -> Dialogue:
    yield Print(f"Width set to {int(words['number'])} columns.\n")


def _vrf(session: CommandLine, words: Words) -> Dialogue:
    """Run `cli vrf`: the prompt names it from then on."""
    session.vrf = "" if words["vrf"] == "default" else words["vrf"]
    yield from ()


_COMMANDS: tuple[tuple[str, Command, int], ...] = (
    ("enable", _enable, USER),
    ("disable", disable, USER),
    ("exit", leave, USER),
    ("logout", leave, USER),
    ("quit", leave, USER),
    ("end", nothing, USER),
    ("ping <address>", shows_routing.ping, USER),
    ("show privilege", privilege, USER),
    ("terminal length <number:0-32767>", _length, USER),
    ("terminal width <number:0-32767>", _width, USER),
    ("terminal monitor", monitor(on=True), PRIVILEGED),
    ("no terminal monitor", monitor(on=False), PRIVILEGED),
    ("configure [terminal]", _configure, PRIVILEGED),
    ("bash", _bash, PRIVILEGED),
    ("bash timeout <number:1-99999> cat <path>", _cat, PRIVILEGED),
    ("write [memory]", booting.write, PRIVILEGED),
    ("copy running-config startup-config", booting.write, PRIVILEGED),
    ("copy <source> <target>", files.fetch, PRIVILEGED),
    ("cli vrf <vrf>", _vrf, USER),
    ("reload [now]", booting.reload, PRIVILEGED),
    ("install source <path> [reload] [now]", booting.install_source, PRIVILEGED),
    ("dir [<path>]", files.directory, PRIVILEGED),
    ("dir all-filesystems", files.directory, PRIVILEGED),
    ("delete <path>", files.delete, PRIVILEGED),
    ("verify /md5 <path>", files.verify("md5"), PRIVILEGED),
    ("verify /sha512 <path>", files.verify("sha512"), PRIVILEGED),
)
