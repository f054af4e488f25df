"""The exec commands of a lab Nexus: every pattern it knows, and the plain commands among them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from swimctl.lab.effects import Ask, Dialogue, Hangup, Pause, Print
from swimctl.lab.grammar import Grammar
from swimctl.lab.nxos import files, installing, shows, shows_ports
from swimctl.lab.plain_commands import Show, Words, authorized, length, monitor, nothing

if TYPE_CHECKING:
    from swimctl.lab.nxos.device import Nexus
    from swimctl.lab.nxos.session import Session

Command = Callable[["Session", Words], Dialogue]
DENIED = "% Permission denied for the role\n"
GRACE = 2.0
"""Lab seconds from the answer to `reload` to the drop."""

_SHOWS: tuple[tuple[str, Callable[[Nexus], str]], ...] = (
    ("show version", shows.version),
    ("show module", shows.module),
    ("show inventory [all]", shows.inventory),
    ("show boot", shows.boot),
    ("show feature", shows.feature),
    ("show clock", shows.clock),
    ("show hostname", shows.hostname),
    ("show logging", shows.logging),
    ("show redundancy status", shows.redundancy),
    ("show system redundancy status", shows.redundancy),
    ("show running-config", shows.running_configuration),
    ("show startup-config", shows.startup_configuration),
    ("show users", shows.users),
    ("show user-account", shows.user_accounts),
    ("show install all status", installing.status),
    ("show interface status", shows_ports.status),
    ("show interface brief", shows_ports.brief),
    ("show ip route summary [vrf <vrf>]", shows_ports.routes),
    ("show cdp neighbors", shows_ports.cdp),
)


def _where_on(feature: str, function: Callable[[Nexus], str]) -> Command:
    """Make a command that is there only while its feature is on."""

    def run(session: Session, words: Words) -> Dialogue:
        on = session.switch.configuration.has(f"feature {feature}")
        yield Print(function(session.switch) if on else session.invalid(" ".join(words), len("show ")))

    return run


@lru_cache(maxsize=1)
def exec_grammar() -> Grammar[Command]:
    """Teach the commands, once; who may not use one is told so by the command itself."""
    grammar: Grammar[Command] = Grammar()
    for pattern, function in _SHOWS:
        grammar.add(pattern, Show(function))
    grammar.add("show vpc", _where_on("vpc", shows_ports.vpc))
    grammar.add("show lldp neighbors", _where_on("lldp", shows_ports.lldp))
    for pattern, command in _EVERYBODY:
        grammar.add(pattern, command)
    for pattern, command in _ADMINS:
        grammar.add(pattern, authorized(command, DENIED))
    return grammar


def _configure(session: Session, _words: Words) -> Dialogue:
    if session.switch.replaying:
        yield Print("Configuration mode is blocked\n")
        return
    session.mode, session.section = "config", ""
    yield Print("Enter configuration commands, one per line. End with CNTL/Z.\n")


def _exit(session: Session, _words: Words) -> Dialogue:
    session.done = True
    yield Hangup()


def _save(session: Session, _words: Words) -> Dialogue:
    if session.switch.replaying:
        yield Print("Configuration update aborted: another configuration is being applied\n")
        return
    yield Print(f"[{'#' * 40}] 100%\n")
    yield Pause(3)
    session.switch.save()
    yield Print("Copy complete, now saving to disk (please wait)...\nCopy complete.\n")


def _reload(session: Session, _words: Words) -> Dialogue:
    switch = session.switch
    if switch.configuration != switch.startup:
        yield Print("!!!WARNING! there is unsaved configuration!!!\n")
    answer = yield Ask("This command will reboot the system. (y/n)?  [n] ")
    if answer.strip().lower().startswith("y"):
        switch.later(GRACE, lambda: switch.reload("Reset Requested by CLI command reload"))


_EVERYBODY: tuple[tuple[str, Command], ...] = (
    ("exit", _exit),
    ("end", nothing),
    ("terminal length <number:0-511>", length),
    ("terminal width <number:24-511>", nothing),
    ("terminal monitor", monitor(on=True)),
    ("terminal no monitor", monitor(on=False)),
    ("dir [<path>]", files.directory),
    ("show file <path> md5sum", files.hash_of("md5")),
    ("show file <path> sha512sum", files.hash_of("sha512")),
)
_ADMINS: tuple[tuple[str, Command], ...] = (
    ("configure [terminal]", _configure),
    ("copy running-config startup-config", _save),
    ("delete <path> [no-prompt]", files.delete),
    ("reload", _reload),
    ("show install all impact nxos <path> [non-disruptive]", installing.impact),
    ("show incompatibility nxos <path>", installing.incompatibility),
    ("install all nxos <path> [non-disruptive]", installing.install),
)
