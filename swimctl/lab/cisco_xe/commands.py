"""The exec commands of a lab switch: every pattern it knows, and the plain commands among them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from swimctl.lab import plain_commands
from swimctl.lab.cisco_xe import (
    archive,
    copying,
    files,
    reloading,
    shows,
    shows_environment,
    shows_features,
    shows_interfaces,
    shows_issu,
    shows_ports,
    shows_redundancy,
    shows_software,
)
from swimctl.lab.cisco_xe.device import Switch
from swimctl.lab.cisco_xe.models import Shape
from swimctl.lab.cisco_xe.session import Command, CommandLine
from swimctl.lab.effects import Ask, Dialogue, Print
from swimctl.lab.grammar import Grammar
from swimctl.lab.plain_commands import (
    PRIVILEGED,
    USER,
    Show,
    Words,
    disable,
    leave,
    length,
    monitor,
    nothing,
    privilege,
)

SHOWS: tuple[tuple[str, Callable[[Switch], str]], ...] = (
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
    ("show mac address-table [dynamic]", shows_ports.mac_table),
    ("show cdp", shows_ports.cdp_settings),
    ("show lldp", shows_ports.lldp_settings),
    ("show cdp neighbors", shows_ports.cdp),
    ("show cdp neighbors detail", shows_ports.cdp_detail),
    ("show lldp neighbors", shows_ports.lldp),
    ("show lldp neighbors detail", shows_ports.lldp_detail),
    ("show ip route summary", shows_ports.route_summary),
    ("show vlan [brief]", shows_ports.vlan),
    ("show hosts", shows_ports.hosts),
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
_MEMBER_SHOWS: tuple[tuple[str, Callable[[Switch], str]], ...] = (
    ("show switch", shows.stack),
    ("show switch detail", shows.stack_detail),
    ("show switch stack-ports summary", shows.stack_ports),
)
_PAIR_SHOWS: tuple[tuple[str, Callable[[Switch], str]], ...] = (
    ("show stackwise-virtual link", shows_redundancy.virtual_link),
    ("show stackwise-virtual dual-active-detection", shows_redundancy.dual_active),
)
_CORE_SHOWS: tuple[tuple[str, Callable[[Switch], str]], ...] = (("show issu state detail", shows_issu.state_detail),)
PRIVILEGED_SHOWS: tuple[tuple[str, Callable[[Switch], str]], ...] = (
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


def _is_wireless(switch: Switch) -> bool:
    return switch.spec.hardware.shape is Shape.WIRELESS


def _is_core(switch: Switch) -> bool:
    return switch.spec.hardware.shape in {Shape.MODULAR, Shape.FIXED}


def _is_pair(switch: Switch) -> bool:
    return switch.spec.is_pair


# Those that not every kind of hardware has.
_SOMEWHERE = (
    (_MEMBER_SHOWS, _has_switches),
    (_PAIR_SHOWS, _is_pair),
    (_CORE_SHOWS, _is_core),
    ((("show chassis", shows.chassis),), _is_wireless),
)


def _show_where(has: Callable[[Switch], bool], pattern: str, function: Callable[[Switch], str]) -> Command:
    def run(session: CommandLine, _words: Words) -> Dialogue:
        switch = session.switch
        yield Print(function(switch) if has(switch) else session.invalid(pattern, len("show ")))

    return run


def _where(command: Command, *, requests: bool) -> Command:
    def run(session: CommandLine, words: Words) -> Dialogue:
        if session.switch.spec.hardware.requests is requests:
            yield from command(session, words)
        else:
            yield Print(session.invalid("", 0))

    return run


@lru_cache(maxsize=1)
def exec_grammar() -> Grammar[Command]:
    """Teach the commands of user and privileged mode, once."""
    grammar: Grammar[Command] = Grammar()
    for listed, level in ((SHOWS, USER), (PRIVILEGED_SHOWS, PRIVILEGED)):
        for pattern, function in listed:
            grammar.add(pattern, Show(function), level)
    for shows_of_some, has in _SOMEWHERE:
        for pattern, function in shows_of_some:
            grammar.add(pattern, _show_where(has, pattern, function), USER)
    for form in shows_software.INSTALL_FORMS:
        function = partial(shows_software.install, form=form)
        grammar.add(f"show install {form}", _where(Show(function), requests=False), PRIVILEGED)
    for pattern, command, level in COMMANDS:
        if pattern.startswith(("install ", "request ", "show install ")):
            grammar.add(pattern, _where(command, requests=pattern.startswith("request ")), level)
        else:
            grammar.add(pattern, command, level)
    return grammar


def _enable(session: CommandLine, _words: Words) -> Dialogue:
    yield from plain_commands.enable(session, "% Bad secrets\n\n", empty_ends=True)


def _configure(session: CommandLine, _words: Words) -> Dialogue:
    session.mode = "config"
    yield Print("Enter configuration commands, one per line.  End with CNTL/Z.\n")


def _tclsh(session: CommandLine, _words: Words) -> Dialogue:
    session.mode = "tcl"
    yield from ()


def _package(session: CommandLine, words: Words) -> Dialogue:
    yield Print(shows_software.package(session.switch, words["path"]))


def _interface(session: CommandLine, words: Words) -> Dialogue:
    found = shows_interfaces.named(session.switch, words["name"])
    yield Print(shows_interfaces.interface(session.switch, found))


def _vlan(session: CommandLine, words: Words) -> Dialogue:
    yield Print(shows_ports.vlan(session.switch, str(int(words["number"]))))


def _copy_running(session: CommandLine, words: Words) -> Dialogue:
    yield Ask("Destination filename [startup-config]? ", about_file=True)
    yield from reloading.write(session, words)


def _activate(session: CommandLine, words: Words) -> Dialogue:
    installer, minutes = session.switch.installer, int(words.get("minutes", 120))
    if "issu" in words:
        yield from installer.activate_in_service(minutes)
    else:
        yield from installer.activate(minutes, ask="none" not in words)


def _rollback(session: CommandLine, words: Words) -> Dialogue:
    point = int(words["number"]) if "number" in words else None
    yield from session.switch.installer.roll_back("base" if "base" in words else point, ask="none" not in words)


def _remove_inactive(session: CommandLine, words: Words) -> Dialogue:
    """Run `install remove inactive`. Of older releases Cisco's command reference lists no `prompt-level` for it."""
    command, quiet = "install remove inactive", "none" in words
    if quiet and not session.switch.install.running.new_dialect:
        yield Print(session.invalid(f"{command} prompt-level none", len(command) + 1))
    else:
        yield from session.switch.installer.remove_inactive(ask=not quiet)


def _add(session: CommandLine, words: Words) -> Dialogue:
    installer, path = session.switch.installer, words["path"]
    if "activate" in words:
        yield from installer.one_shot(path, ask="none" not in words, commit="commit" in words)
    else:
        yield from installer.add(path)


_QUIET = "[prompt-level none]"
COMMANDS: tuple[tuple[str, Command, int], ...] = (
    ("enable", _enable, USER),
    ("disable", disable, USER),
    ("exit", leave, USER),
    ("logout", leave, USER),
    ("quit", leave, USER),
    ("end", nothing, PRIVILEGED),
    ("show privilege", privilege, USER),
    ("show interfaces <name>", _interface, USER),
    ("show vlan id <number:1-4094>", _vlan, USER),
    ("show install package <path>", _package, PRIVILEGED),
    ("terminal length <number:0-512>", length, USER),
    ("terminal width <number:0-512>", nothing, USER),
    ("terminal monitor", monitor(on=True), PRIVILEGED),
    ("terminal no monitor", monitor(on=False), PRIVILEGED),
    ("configure [terminal]", _configure, PRIVILEGED),
    ("tclsh", _tclsh, PRIVILEGED),
    ("write [memory]", reloading.write, PRIVILEGED),
    ("copy running-config startup-config", _copy_running, PRIVILEGED),
    ("copy running-config <target>", archive.save, PRIVILEGED),
    ("copy startup-config running-config", archive.merge, PRIVILEGED),
    ("copy startup-config <target>", partial(archive.save, source=archive.STARTUP), PRIVILEGED),
    ("copy null: <target>", partial(archive.save, source="null:"), PRIVILEGED),
    ("copy <source> running-config", archive.merge, PRIVILEGED),
    ("configure replace <path> [force] [revert trigger error]", archive.replace, PRIVILEGED),
    ("show archive config differences [<old> [<new>]]", archive.differences, PRIVILEGED),
    ("show archive config incremental-diffs <new> [ignorecase]", archive.additions, PRIVILEGED),
    ("copy <source> <target>", copying.copy, PRIVILEGED),
    ("reload [/noverify]", reloading.reload, PRIVILEGED),
    ("reload [/noverify] in <minutes:1-34560>", reloading.reload, PRIVILEGED),
    ("reload cancel", reloading.cancel, PRIVILEGED),
    ("dir [<path>]", files.dir_command, USER),
    ("mkdir <path>", files.mkdir, PRIVILEGED),
    ("delete [/force] [/recursive] <path>", files.delete, PRIVILEGED),
    ("delete /recursive /force <path>", files.delete, PRIVILEGED),
    ("verify /md5 <path> [<hash>]", files.verify("md5"), PRIVILEGED),
    ("verify /sha512 <path> [<hash>]", files.verify("sha512"), PRIVILEGED),
    ("more <path>", files.more, PRIVILEGED),
    (f"install remove inactive {_QUIET}", _remove_inactive, PRIVILEGED),
    (f"install add file <path> [activate [commit]] {_QUIET}", _add, PRIVILEGED),
    (f"install activate [auto-abort-timer <minutes:30-1200>] {_QUIET}", _activate, PRIVILEGED),
    ("install activate issu [auto-abort-timer <minutes:30-1200>]", _activate, PRIVILEGED),
    ("install commit", lambda session, _words: session.switch.installer.commit(), PRIVILEGED),
    (
        f"install abort {_QUIET}",
        lambda session, words: session.switch.installer.abort(ask="none" not in words),
        PRIVILEGED,
    ),
    ("install abort issu", lambda session, _words: session.switch.installer.abort_in_service(), PRIVILEGED),
    (f"install rollback to committed {_QUIET}", _rollback, PRIVILEGED),
    (f"install rollback to base {_QUIET}", _rollback, PRIVILEGED),
    (f"install rollback to id <number:1-9999> {_QUIET}", _rollback, PRIVILEGED),
    ("install auto-abort-timer stop", lambda session, _words: session.switch.installer.stop_timer(), PRIVILEGED),
    (
        "request platform software package install switch all file <path> [auto-copy]",
        lambda session, words: session.switch.requester.install(words["path"]),
        PRIVILEGED,
    ),
    (
        "request platform software package install switch all rollback [on-reboot] [auto-copy]",
        lambda session, _words: session.switch.requester.roll_back(),
        PRIVILEGED,
    ),
)
