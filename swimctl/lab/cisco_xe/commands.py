"""The exec commands of a lab switch: every pattern it knows beside `show`, and the plain commands among them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from swimctl.lab import plain_commands
from swimctl.lab.cisco_xe import (
    archive,
    copying,
    files,
    reloading,
    shows_interfaces,
    shows_routing,
    shows_software,
    shows_switching,
)
from swimctl.lab.cisco_xe.device import Switch
from swimctl.lab.cisco_xe.session import Command, CommandLine
from swimctl.lab.cisco_xe.show_commands import PRIVILEGED_SHOWS, SHOWS, SOMEWHERE, is_wireless
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


def show_where(has: Callable[[Switch], bool], pattern: str, function: Callable[[Switch], str]) -> Command:
    """Make a show command that not every kind of hardware has."""

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
    for shows_of_some, has in SOMEWHERE:
        for pattern, function in shows_of_some:
            grammar.add(pattern, show_where(has, pattern, function), USER)
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
    yield Print(shows_switching.vlan(session.switch, str(int(words["number"]))))


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


def _predownload(session: CommandLine, _words: Words) -> Dialogue:
    """Run `ap image predownload`. What it prints is not known: here it is nothing."""
    if is_wireless(session.switch):
        session.switch.access_points.predownload()
    else:
        yield Print(session.invalid("ap image predownload", 0))


def _clear_counters(_session: CommandLine, _words: Words) -> Dialogue:
    """Ask as a switch does in the BSDRP project's guide to a bench, and in Genie's own test of the command.

    The counters here are none that could be cleared.
    """
    yield Ask('Clear "show interface" counters on all interfaces [confirm]', one_key=True)


_QUIET = "[prompt-level none]"
COMMANDS: tuple[tuple[str, Command, int], ...] = (
    ("enable", _enable, USER),
    ("disable", disable, USER),
    ("exit", leave, USER),
    ("logout", leave, USER),
    ("quit", leave, USER),
    ("end", nothing, PRIVILEGED),
    ("show privilege", privilege, USER),
    ("ping <address>", shows_routing.ping, USER),
    ("show interfaces <name>", _interface, USER),
    ("show vlan id <number:1-4094>", _vlan, USER),
    ("show install package <path>", _package, PRIVILEGED),
    ("clear counters", _clear_counters, PRIVILEGED),
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
    ("ap image predownload", _predownload, PRIVILEGED),
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
