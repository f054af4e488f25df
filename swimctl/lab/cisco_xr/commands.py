"""The exec commands of a lab router with IOS-XR: every pattern it knows, and the plain commands among them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from swimctl.lab.cisco_xr import files, shows, shows_health, shows_network, shows_routing, xml_agent
from swimctl.lab.cisco_xr.device import Router
from swimctl.lab.cisco_xr.session import DENIED, Command, CommandLine
from swimctl.lab.effects import Ask, Dialogue, Pause, Print
from swimctl.lab.grammar import Grammar
from swimctl.lab.plain_commands import Words, authorized, leave, length, monitor, nothing

GRACE = 8.0
"""Lab seconds from the acknowledgement of a reload to the drop."""

_SHOWS: tuple[tuple[str, Callable[[Router], str]], ...] = (
    ("show version [brief]", shows.version),
    ("show platform", shows.platform),
    ("show inventory [all]", shows.inventory),
    ("show redundancy", shows.redundancy),
    ("show redundancy summary", shows.redundancy_summary),
    ("show install request", shows.install_request),
    ("show filesystem", partial(files.systems, everywhere=False)),
    ("show filesystem location all", partial(files.systems, everywhere=True)),
    ("show memory summary", shows_health.memory),
    ("show processes cpu", shows_health.processor),
    ("show hw-module fpd", shows_health.fpd),
    ("show interfaces", shows_network.interfaces),
    ("show interfaces brief", shows_network.brief),
    ("show ipv6 interface", shows_network.ipv6),
    ("show ipv4 interface brief", shows_network.ip_brief),
    ("show ip interface brief", shows_network.ip_brief),
    ("show cdp neighbors detail", shows_network.cdp_detail),
    ("show cdp", shows_health.cdp),
    ("show lldp", shows_health.lldp),
    ("show lldp neighbors", shows_network.lldp),
    ("show lldp neighbors detail", shows_network.lldp_detail),
    ("show route [ipv4] summary", shows_network.routes),
    ("show [ip] bgp summary", shows_routing.bgp_summary),
    ("show bgp all all summary", shows_routing.bgp_summaries),
    ("show ospf neighbor", shows_routing.ospf_neighbors),
    ("show isis neighbors", shows_routing.isis_neighbors),
    ("show arp", shows_routing.arp),
    ("show clock", shows.clock),
    ("show logging", shows.logging),
    ("show running-config", shows.running_configuration),
    ("show running-config hostname", shows_health.hostname),
    *(
        (f"show install {which}{' summary' if summary else ''}", partial(shows.packages, which=which, summary=summary))
        for which in ("active", "inactive", "committed")
        for summary in (False, True)
    ),
)


def _say(tell: Callable[[CommandLine, Words], str]) -> Command:
    def run(session: CommandLine, words: Words) -> Dialogue:
        yield Print(f"{session.stamp}{tell(session, words)}")

    return run


def _show(function: Callable[[Router], str]) -> Command:
    return _say(lambda session, _words: function(session.router))


def _timed(command: Command) -> Command:
    def run(session: CommandLine, words: Words) -> Dialogue:
        yield Print(session.stamp)
        yield from command(session, words)

    return run


@lru_cache(maxsize=1)
def exec_grammar() -> Grammar[Command]:
    """Teach the commands, once; who may not use one is told so by the command itself."""
    grammar: Grammar[Command] = Grammar()
    for pattern, function in _SHOWS:
        grammar.add(pattern, _show(function))
    for pattern, command in _EVERYBODY:
        grammar.add(pattern, command)
    for pattern, command in _ROOTS:
        grammar.add(pattern, authorized(command, DENIED))
    return grammar


def _configure(session: CommandLine, _words: Words) -> Dialogue:
    session.begin()
    yield Print(session.stamp)


def _stamped(*, on: bool) -> Command:
    def run(session: CommandLine, _words: Words) -> Dialogue:
        yield Print(session.stamp)
        session.stamped = on

    return run


def _xml(session: CommandLine, _words: Words) -> Dialogue:
    if not session.router.configuration.has(xml_agent.CONFIGURED):
        yield Print(xml_agent.OFF)
        return
    session.agent = xml_agent.Agent(session.router)


def _add(session: CommandLine, words: Words) -> Dialogue:
    yield from session.router.installer.add(session.login.user, words["path"], words["name"])


def _activate(session: CommandLine, words: Words) -> Dialogue:
    what = f"id {words['number']}" if "number" in words else words["name"]
    yield from session.router.installer.activate(session.login.user, what, ask="noprompt" not in words)


def _commit(session: CommandLine, _words: Words) -> Dialogue:
    yield from session.router.installer.commit(session.login.user)


def _remove(session: CommandLine, _words: Words) -> Dialogue:
    yield from session.router.installer.remove_inactive(session.login.user)


def _reload_all(session: CommandLine, _words: Words) -> Dialogue:
    answer = yield Ask("Reload hardware module ? [no,yes] ")
    if answer.strip().lower() != "yes":
        return
    yield Print("reload request on all acknowledged.\n")
    session.router.schedule_reload(GRACE)


def _reload(session: CommandLine, _words: Words) -> Dialogue:
    router = session.router
    if not router.standby_ready:
        answer = yield Ask("Standby card not present or not Ready for failover. Proceed? [confirm]", one_key=True)
        if answer.lower() not in {"", "y"}:
            return
    yield Print("\nPreparing system for backup. This may take a few minutes especially for large configurations.\n")
    yield Pause(3)
    yield Print("[Done]\n")
    answer = yield Ask("Proceed with reload? [confirm]", one_key=True)
    if answer.lower() not in {"", "y"}:
        return
    yield Print(f"Reloading node  {router.processors[0]}\n")
    router.schedule_reload(GRACE)


_EVERYBODY: tuple[tuple[str, Command], ...] = (
    ("exit", leave),
    ("logout", leave),
    ("quit", leave),
    ("end", nothing),
    ("terminal length <number:0-512>", length),
    ("terminal width <number:0-512>", nothing),
    ("terminal exec prompt timestamp", _stamped(on=True)),
    ("terminal exec prompt no-timestamp", _stamped(on=False)),
    ("terminal monitor", monitor(on=True)),
    ("terminal monitor disable", monitor(on=False)),
    ("show user tasks", _say(lambda session, _words: shows.tasks(session.privilege))),
    ("show user", _say(lambda session, _words: f"{session.login.user}\n")),
    ("show install log [<number:1-9999>] [detail]", _say(lambda s, words: shows.install_log(s.router, words))),
    ("show md5 file <path>", _timed(files.md5)),
    ("dir [<path>]", _timed(files.listing)),
    ("dir /all", _timed(files.listing)),
    ("ping <address>", shows_routing.ping),
)
_ROOTS: tuple[tuple[str, Command], ...] = (
    ("configure [terminal]", _configure),
    ("xml", _xml),
    ("install add source <path> <name>", _timed(_add)),
    ("install activate id <number:1-9999> [noprompt]", _timed(_activate)),
    ("install activate <name> [noprompt]", _timed(_activate)),
    ("install commit", _timed(_commit)),
    ("install remove inactive all", _timed(_remove)),
    ("admin show platform", _show(shows.admin_platform)),
    ("admin show environment temperatures", _show(shows_routing.temperatures)),
    ("admin hw-module location all reload", _timed(_reload_all)),
    ("reload", _timed(_reload)),
    ("reload location all", _timed(_reload)),
    ("delete <path> [noprompt]", _timed(files.delete)),
    ("delete /noprompt <path>", _timed(files.delete)),
    ("copy <source> <target>", _timed(files.fetch)),
    ("scp <source> <target> [vrf <vrf>]", _timed(files.by_ssh("scp"))),
    ("sftp <source> <target> [vrf <vrf>]", _timed(files.by_ssh("sftp"))),
)
