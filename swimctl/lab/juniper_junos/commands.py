"""The commands of a lab Juniper: every pattern that it knows."""

from __future__ import annotations

from functools import lru_cache

from swimctl.lab.effects import Dialogue, Hangup, Print
from swimctl.lab.grammar import Grammar
from swimctl.lab.juniper_junos import (
    configuration,
    files,
    requests,
    shows,
    shows_network,
    shows_routing,
    space,
    structured,
)
from swimctl.lab.juniper_junos.device import Juniper
from swimctl.lab.juniper_junos.session import READ_ONLY, SUPER_USER, Command, CommandLine
from swimctl.lab.plain_commands import Show, Words

_SHOWS: tuple[tuple[str, Show[Juniper], int], ...] = (
    ("show version [all-members] [brief]", Show(shows.version, structured.version), READ_ONLY),
    ("show virtual-chassis [status]", Show(shows.virtual_chassis, structured.virtual_chassis), READ_ONLY),
    ("show system uptime [all-members]", Show(shows.uptime, structured.uptime), READ_ONLY),
    ("show system storage [detail] [all-members]", Show(space.storage, space.storage_data), READ_ONLY),
    ("show system memory [all-members]", Show(space.memory, space.memory_data), READ_ONLY),
    ("show system snapshot [all-members]", Show(shows.snapshots), READ_ONLY),
    ("show system snapshot media internal [all-members]", Show(shows.partitions), READ_ONLY),
    ("show system reboot", Show(shows.reboot), READ_ONLY),
    ("show system alarms", Show(shows.alarms), READ_ONLY),
    ("show system commit", Show(shows_network.commit), READ_ONLY),
    ("show chassis alarms", Show(shows.alarms), READ_ONLY),
    ("show chassis fpc", Show(shows.fpc), READ_ONLY),
    ("show chassis hardware", Show(shows.hardware, structured.hardware), READ_ONLY),
    ("show chassis routing-engine", Show(shows.routing_engine, structured.routing_engine), READ_ONLY),
    ("show interfaces terse", Show(shows_network.interfaces, structured.interfaces), READ_ONLY),
    ("show interfaces descriptions", Show(shows_network.descriptions), READ_ONLY),
    ("show vlans", Show(shows_network.vlans), READ_ONLY),
    ("show lldp neighbors", Show(shows_network.lldp, structured.lldp), READ_ONLY),
    ("show route summary", Show(shows_network.routes, structured.routes), READ_ONLY),
    ("show bgp summary", Show(shows_routing.bgp_summary), READ_ONLY),
    ("show ospf neighbor", Show(shows_routing.ospf_neighbors), READ_ONLY),
    ("show isis adjacency", Show(shows_routing.isis_adjacency), READ_ONLY),
    ("show poe interface", Show(shows_routing.poe), READ_ONLY),
    ("show ethernet-switching table", Show(shows_routing.switching_table), READ_ONLY),
    ("show arp no-resolve", Show(shows_routing.arp), READ_ONLY),
    ("show chassis environment", Show(shows_routing.environment), READ_ONLY),
    ("show interfaces extensive", Show(shows_routing.errors), READ_ONLY),
    ("show configuration", Show(configuration.as_text, configuration.as_elements), SUPER_USER),
)


def _authorization(session: CommandLine, _words: Words) -> Dialogue:
    yield Print(shows_network.authorization(session))


def _log(session: CommandLine, words: Words) -> Dialogue:
    yield Print(shows_network.log(session.switch, words["name"]))


def _screen_length(session: CommandLine, words: Words) -> Dialogue:
    session.length = int(words["number"])
    yield Print(f"Screen length set to {session.length}\n")


def _screen_width(_session: CommandLine, words: Words) -> Dialogue:
    yield Print(f"Screen width set to {words['number']}\n")


def _setting(text: str) -> Command:
    def run(_session: CommandLine, words: Words) -> Dialogue:
        yield Print(f"{text} {'off' if 'off' in words or 'disable' in words else 'on'}\n")

    return run


def _exit(session: CommandLine, _words: Words) -> Dialogue:
    session.done = True
    yield Hangup() if session.exec_command else Print("\n")


@lru_cache(maxsize=1)
def grammar() -> Grammar[Command]:
    """Teach the commands, once."""
    taught: Grammar[Command] = Grammar()
    for pattern, shown, level in _SHOWS:
        taught.add(pattern, shown, level)
    for pattern, command, level in _COMMANDS:
        taught.add(pattern, command, level)
    return taught


_COMMANDS: tuple[tuple[str, Command, int], ...] = (
    ("show cli authorization", _authorization, READ_ONLY),
    ("show log <name>", _log, SUPER_USER),
    ("set cli screen-length <number:0-10000>", _screen_length, READ_ONLY),
    ("set cli screen-width <number:0-1024>", _screen_width, READ_ONLY),
    ("set cli complete-on-space on", _setting("Enabling complete-on-space:"), READ_ONLY),
    ("set cli complete-on-space off", _setting("Disabling complete-on-space:"), READ_ONLY),
    ("set cli timestamp disable", _setting("CLI timestamp"), READ_ONLY),
    ("ping <address> count <number:1-100>", shows_routing.ping, READ_ONLY),
    ("ping <address> rapid count <number:1-100>", shows_routing.ping, READ_ONLY),
    ("exit", _exit, READ_ONLY),
    ("quit", _exit, READ_ONLY),
    ("file list [<path>]", files.file_list, SUPER_USER),
    ("file list [<path>] detail", files.file_list, SUPER_USER),
    ("file list detail <path>", files.file_list, SUPER_USER),
    ("file checksum md5 <path>", files.checksum("md5"), SUPER_USER),
    ("file checksum sha1 <path>", files.checksum("sha1"), SUPER_USER),
    ("file checksum sha-256 <path>", files.checksum("sha-256"), SUPER_USER),
    ("file delete <path>", files.delete, SUPER_USER),
    ("file copy <source> <target>", files.fetch, SUPER_USER),
    ("request system storage cleanup dry-run", files.cleanup, SUPER_USER),
    ("request system software validate <package>", requests.validate, SUPER_USER),
    ("request system software add <package> [no-copy] [no-validate] [unlink]", requests.add, SUPER_USER),
    ("request system software rollback [all-members]", requests.rollback, SUPER_USER),
    ("request system software rollback member <number:0-9>", requests.rollback, SUPER_USER),
    ("request system software delete <package>", requests.delete, SUPER_USER),
    ("request system snapshot slice alternate [all-members]", requests.snapshot, SUPER_USER),
    ("request system snapshot recovery [all-members]", requests.snapshot, SUPER_USER),
    ("request system reboot [all-members]", requests.reboot_all, SUPER_USER),
    ("request system reboot in <minutes:1-10000>", requests.reboot_all, SUPER_USER),
    ("clear system reboot", requests.clear_reboot, SUPER_USER),
)
