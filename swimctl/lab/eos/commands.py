"""The exec commands of a lab Arista: every pattern it knows, and the plain commands among them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from swimctl.lab import plain_commands
from swimctl.lab.effects import Dialogue, Print
from swimctl.lab.eos import bash, booting, files, shows, shows_ports
from swimctl.lab.grammar import Grammar
from swimctl.lab.plain_commands import (
    PRIVILEGED,
    USER,
    Words,
    disable,
    leave,
    monitor,
    nothing,
    privilege,
    show,
)

if TYPE_CHECKING:
    from swimctl.lab.eos.device import Arista
    from swimctl.lab.eos.session import Session

Command = Callable[["Session", Words], Dialogue]

_SHOWS: tuple[tuple[str, Callable[[Arista], str], int], ...] = (
    ("show version", shows.version, USER),
    ("show inventory", shows.inventory, USER),
    ("show clock", shows.clock, USER),
    ("show hostname", shows.hostname, USER),
    ("show users", shows.users, USER),
    ("show reload cause", shows.reload_cause, USER),
    ("show interfaces status", shows_ports.status, USER),
    ("show ip interface brief", shows_ports.addresses, USER),
    ("show ip route summary", shows_ports.routes, USER),
    ("show lldp neighbors", shows_ports.lldp, USER),
    ("show lldp neighbors detail", shows_ports.lldp_detail, USER),
    ("show mlag", shows_ports.mlag, USER),
    ("show mlag detail", shows_ports.mlag_detail, USER),
    ("show boot-config", shows.boot_config, PRIVILEGED),
    ("show logging", shows.logging, PRIVILEGED),
    ("show running-config [all]", shows.running_configuration, PRIVILEGED),
    ("show startup-config", shows.startup_configuration, PRIVILEGED),
)


@lru_cache(maxsize=1)
def exec_grammar() -> Grammar[Command]:
    """Teach the commands of user and privileged mode, once."""
    grammar: Grammar[Command] = Grammar()
    for pattern, function, level in _SHOWS:
        grammar.add(pattern, show(function), level)
    for pattern, command, level in _COMMANDS:
        grammar.add(pattern, command, level)
    return grammar


def _enable(session: Session, _words: Words) -> Dialogue:
    yield from plain_commands.enable(session, "% Bad secret\n", empty_ends=False)


def _bash(session: Session, _words: Words) -> Dialogue:
    session.mode = bash.MODE
    yield Print("\nArista Networks EOS shell\n\n")


def _configure(session: Session, _words: Words) -> Dialogue:
    session.mode, session.section = "config", ""
    yield from ()


def _length(session: Session, words: Words) -> Dialogue:
    session.length = int(words["number"])
    yield Print("Pagination disabled.\n" if not session.length else f"Pagination set to {session.length} lines.\n")


def _width(_session: Session, words: Words) -> Dialogue:
    yield Print(f"Width set to {int(words['number'])} columns.\n")


_COMMANDS: tuple[tuple[str, Command, int], ...] = (
    ("enable", _enable, USER),
    ("disable", disable, USER),
    ("exit", leave, USER),
    ("logout", leave, USER),
    ("quit", leave, USER),
    ("end", nothing, USER),
    ("show privilege", privilege, USER),
    ("terminal length <number:0-32767>", _length, USER),
    ("terminal width <number:0-32767>", _width, USER),
    ("terminal monitor", monitor(on=True), PRIVILEGED),
    ("no terminal monitor", monitor(on=False), PRIVILEGED),
    ("configure [terminal]", _configure, PRIVILEGED),
    ("bash", _bash, PRIVILEGED),
    ("write [memory]", booting.write, PRIVILEGED),
    ("copy running-config startup-config", booting.write, PRIVILEGED),
    ("reload [now]", booting.reload, PRIVILEGED),
    ("install source <path> [reload] [now]", booting.install_source, PRIVILEGED),
    ("dir [<path>]", files.directory, PRIVILEGED),
    ("delete <path>", files.delete, PRIVILEGED),
    ("verify /md5 <path>", files.verify("md5"), PRIVILEGED),
    ("verify /sha512 <path>", files.verify("sha512"), PRIVILEGED),
)
