"""One terminal of a lab switch: modes, privilege, and the commands that it knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from swimctl.lab import files, shows
from swimctl.lab.effects import Ask, Dialogue, Hangup, Pause, Print
from swimctl.lab.grammar import Ambiguous, Filter, Grammar, Incomplete, Invalid, read_filter

if TYPE_CHECKING:
    from swimctl.lab.switch import Login, Switch

Words = Mapping[str, str]
Command = Callable[["Session", Words], Dialogue]
USER, PRIVILEGED = 1, 15
_SAVE_QUESTION = "System configuration has been modified. Save? [yes/no]: "
_NOISE = "\n*Jan  1 00:00:00.000: %PLATFORM-4-ELEMENT_WARNING: Switch 1 R0/0: smand: 1/RP/0: \n~#\x07"


class Session:
    """A terminal without wires: a line in, effects out. `done`: it wants to be closed."""

    def __init__(self, switch: Switch, login: Login, *, exec_command: bool = False) -> None:
        self.switch = switch
        self.login = login
        self.privilege = login.privilege
        self.mode = ""
        self.length = 24
        self.monitor = False
        self.done = False
        self._exec = exec_command
        self._tcl: list[str] = []
        self._lines = 0

    @property
    def prompt(self) -> str:
        """Give the prompt as it stands."""
        if self._tcl:
            return "+>(tcl)#"
        mark = "#" if self.privilege >= PRIVILEGED else ">"
        return f"{self.switch.hostname}{f'({self.mode})' if self.mode else ''}{mark}"

    def banner(self) -> str:
        """Give what is printed before the first prompt."""
        return "\n"

    def line(self, text: str) -> Dialogue:
        """Run one line."""
        switch = self.switch
        switch.note_command(text, self.login.user)
        self._lines += 1
        if (self._tcl or self.mode == "tcl") and (yield from files.tcl_line(self, self._tcl, text)):
            return
        command, bar, rest = text.partition("|")
        if not command.strip() or command.lstrip().startswith("!"):
            return
        try:
            chosen = read_filter(rest, len(command) + 1) if bar else None
            dialogue = self._understand(command)
        except Ambiguous:
            yield Print(f'% Ambiguous command:  "{text.strip()}"\n')
            return
        except Incomplete:
            yield Print("% Incomplete command.\n\n")
            return
        except Invalid as odd:
            column = len(self.prompt) + odd.column
            yield Print(f"{' ' * column}^\n% Invalid input detected at '^' marker.\n\n")
            return
        if dialogue is not None:
            yield from self._filtered(dialogue, chosen)

    def _understand(self, text: str) -> Dialogue | None:
        if self.mode.startswith("config"):
            words = text.strip()
            if re.match(r"do\s", words):
                return self._exec_command(words[3:])
            return config_line(self, words)
        return self._exec_command(text)

    def _exec_command(self, text: str) -> Dialogue:
        match = exec_grammar().parse(text, PRIVILEGED if self.privilege >= PRIVILEGED else USER)
        return match.target(self, match.words)

    def _filtered(self, dialogue: Dialogue, chosen: Filter | None) -> Dialogue:
        garbled = self.switch.spec.fault("garbled-output") is not None
        kept: list[str] = []
        try:
            effect = next(dialogue)
            while True:
                answer = ""
                if isinstance(effect, Print) and chosen is not None:
                    kept.append(effect.text)
                elif isinstance(effect, Print) and garbled and len(effect.text) > 60:
                    middle = len(effect.text) // 2
                    yield Print(effect.text[:middle] + _NOISE + effect.text[middle:])
                else:
                    answer = yield effect
                effect = dialogue.send(answer)
        except StopIteration:
            pass
        if chosen is not None:
            lines = chosen("".join(kept).split("\n"))
            yield Print("\n".join(lines).rstrip("\n") + "\n")


def _show(function: Callable[[Switch], str]) -> Command:
    def run(session: Session, _words: Words) -> Dialogue:
        yield Print(function(session.switch))

    return run


@lru_cache(maxsize=1)
def exec_grammar() -> Grammar[Command]:
    """Teach the commands of user and privileged mode, once."""
    grammar: Grammar[Command] = Grammar()
    for pattern, function in (
        ("show version", shows.version),
        ("show switch [detail]", shows.stack),
        ("show inventory", shows.inventory),
        ("show module", shows.module),
        ("show redundancy", shows.redundancy),
        ("show interfaces status", shows.interfaces_status),
        ("show ip interface brief", shows.ip_interface_brief),
        ("show cdp neighbors", lambda switch: shows.neighbours(switch, "cdp")),
        ("show lldp neighbors", lambda switch: shows.neighbours(switch, "lldp")),
        ("show ip route summary", shows.route_summary),
        ("show clock", shows.clock),
        ("show processes cpu", shows.processes_cpu),
        ("show memory statistics", shows.memory),
        ("show vlan [brief]", shows.vlan),
        ("show hosts", shows.hosts),
        ("show file systems", files.file_systems),
    ):
        grammar.add(pattern, _show(function), USER)
    for pattern, function in (
        ("show boot", shows.boot),
        ("show bootvar", shows.boot),
        ("show romvar", shows.romvar),
        ("show logging", shows.logging),
        ("show install rollback", shows.rollback),
        ("show running-config", lambda switch: configuration(switch, switch.running_config)),
        ("show startup-config", lambda switch: configuration(switch, switch.startup_config)),
    ):
        grammar.add(pattern, _show(function), PRIVILEGED)
    for form in ("summary", "active", "committed", "inactive", "uncommitted"):
        grammar.add(f"show install {form}", _show(partial(shows.install, form=form)), PRIVILEGED)
    for pattern, command, level in _COMMANDS:
        grammar.add(pattern, command, level)
    return grammar


def configuration(switch: Switch, lines: list[str]) -> str:
    """Write a configuration as `show running-config` does."""
    body = "\n".join(["!", f"hostname {switch.hostname}", "!", *switch.boot_lines, *lines, "!", "end", ""])
    release = switch.install.running
    head = f"Building configuration...\n\nCurrent configuration : {len(body)} bytes\n!\n"
    return f"{head}version {release.major}.{release.minor}\n{body}\n"


def config_line(session: Session, text: str) -> Dialogue | None:
    """Take one line of configuration."""
    switch = session.switch
    word = text.lower()
    if re.fullmatch(r"end?", word):
        session.mode = ""
        switch.say("SYS-5-CONFIG_I", f"Configured from console by {session.login.user} on vty0 (192.0.2.9)")
        return None
    if re.fullmatch(r"exi?t?", word):
        session.mode = "" if session.mode == "config" else "config"
        return None
    switch.unsaved = True
    if word.startswith("hostname "):
        switch.hostname = text.split()[1]
    elif re.match(r"no\s+boot\s+sys", word):
        switch.boot_lines.clear()
    elif re.match(r"boot\s+sys\w*\s+", word):
        switch.boot_lines.append("boot system " + text.split(None, 2)[2])
    elif re.match(r"(no\s+)?boot\s+manual", word):
        switch.manual_boot = not word.startswith("no")
    elif re.match(r"(no\s+)?system\s+ignore\s+startup", word):
        switch.ignore_startup = not word.startswith("no")
    else:
        submode = {"int": "config-if", "lin": "config-line", "vla": "config-vlan", "rou": "config-router"}.get(word[:3])
        if submode:
            session.mode = submode
        switch.running_config.append(text if submode or session.mode == "config" else f" {text}")
    return None


def _enable(session: Session, _words: Words) -> Dialogue:
    if session.privilege >= PRIVILEGED:
        return
    for _ in range(3):
        answer = yield Ask("Password: ", secret=True)
        if answer == session.switch.spec.enable_secret:
            session.privilege = PRIVILEGED
            return
        if not answer:
            break
    yield Print("% Bad secrets\n\n")


def _disable(session: Session, _words: Words) -> Dialogue:
    session.privilege = USER
    yield from ()


def _exit(session: Session, _words: Words) -> Dialogue:
    session.done = True
    yield Hangup() if session._exec else Print("")  # noqa: SLF001 - its own module


def _configure(session: Session, _words: Words) -> Dialogue:
    session.mode = "config"
    yield Print("Enter configuration commands, one per line.  End with CNTL/Z.\n")


def _tclsh(session: Session, _words: Words) -> Dialogue:
    session.mode = "tcl"
    yield from ()


def _length(session: Session, words: Words) -> Dialogue:
    session.length = int(words["number"]) if words["number"].isdigit() else session.length
    yield from ()


def _nothing(_session: Session, _words: Words) -> Dialogue:
    yield from ()


def _monitor(on: bool) -> Command:
    def run(session: Session, _words: Words) -> Dialogue:
        session.monitor = on
        yield from ()

    return run


def _privilege(session: Session, _words: Words) -> Dialogue:
    yield Print(f"Current privilege level is {session.privilege}\n")


def _write(session: Session, _words: Words) -> Dialogue:
    yield Print("Building configuration...\n")
    yield Pause(3)
    save(session.switch)
    yield Print("[OK]\n")


def _copy_running(session: Session, _words: Words) -> Dialogue:
    yield Ask("Destination filename [startup-config]? ")
    yield from _write(session, _words)


def save(switch: Switch) -> None:
    """Make what runs what is read at the next boot."""
    switch.startup_config = list(switch.running_config)
    switch.unsaved = False


def _reload(session: Session, words: Words) -> Dialogue:
    switch = session.switch
    if switch.unsaved:
        answer = yield Ask(_SAVE_QUESTION)
        if answer.lower().startswith("y"):
            yield from _write(session, words)
    if len(switch.members) > 1:
        yield Print("Reload command is being issued on Active unit, this will reload the whole stack\n")
    answer = yield Ask("Proceed with reload? [confirm]", one_key=True)
    if answer.lower() not in {"", "y"}:
        return
    minutes = int(words["minutes"]) if words.get("minutes", "").isdigit() else 0
    switch.scheduled_reload = switch.clock.now() + minutes * 60
    switch.later(minutes * 60 + 2, lambda: switch.reload("Reload Command"))


def _timer(session: Session, words: Words) -> Dialogue:
    minutes = words.get("minutes", "120")
    if not minutes.isdigit() or not 30 <= int(minutes) <= 1200:
        yield Print("% Invalid input detected at '^' marker.\n\n")
        return
    yield from session.switch.install.activate(int(minutes), ask="none" not in words)


_COMMANDS: tuple[tuple[str, Command, int], ...] = (
    ("enable", _enable, USER),
    ("disable", _disable, USER),
    ("exit", _exit, USER),
    ("logout", _exit, USER),
    ("quit", _exit, USER),
    ("end", _nothing, PRIVILEGED),
    ("show privilege", _privilege, USER),
    ("terminal length <number>", _length, USER),
    ("terminal width <number>", _nothing, USER),
    ("terminal monitor", _monitor(True), PRIVILEGED),
    ("terminal no monitor", _monitor(False), PRIVILEGED),
    ("configure [terminal]", _configure, PRIVILEGED),
    ("tclsh", _tclsh, PRIVILEGED),
    ("write [memory]", _write, PRIVILEGED),
    ("copy running-config startup-config", _copy_running, PRIVILEGED),
    ("reload", _reload, PRIVILEGED),
    ("reload in <minutes>", _reload, PRIVILEGED),
    ("dir [<path>]", files.dir_command, USER),
    ("delete [/force] [/recursive] <path>", files.delete, PRIVILEGED),
    ("verify /md5 <path> [<hash>]", files.verify("md5"), PRIVILEGED),
    ("verify /sha512 <path> [<hash>]", files.verify("sha512"), PRIVILEGED),
    ("more <path>", files.more, PRIVILEGED),
    ("install remove inactive", lambda session, _words: session.switch.install.remove_inactive(), PRIVILEGED),
    ("install add file <path>", lambda session, words: session.switch.install.add(words["path"]), PRIVILEGED),
    (
        "install add file <path> activate commit [prompt-level none]",
        lambda session, words: session.switch.install.one_shot(words["path"], ask="none" not in words, commit=True),
        PRIVILEGED,
    ),
    (
        "install add file <path> activate [prompt-level none]",
        lambda session, words: session.switch.install.one_shot(words["path"], ask="none" not in words, commit=False),
        PRIVILEGED,
    ),
    ("install activate [auto-abort-timer <minutes>] [prompt-level none]", _timer, PRIVILEGED),
    ("install commit", lambda session, _words: session.switch.install.commit(), PRIVILEGED),
    (
        "install abort [prompt-level none]",
        lambda session, words: session.switch.install.abort(ask="none" not in words),
        PRIVILEGED,
    ),
    (
        "install rollback to committed",
        lambda session, _words: session.switch.install.abort(ask=True, operation="rollback"),
        PRIVILEGED,
    ),
    ("install auto-abort-timer stop", lambda session, _words: session.switch.install.stop_timer(), PRIVILEGED),
)
