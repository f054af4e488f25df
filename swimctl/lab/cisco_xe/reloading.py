"""Saving the configuration of a lab switch, and the `reload` command that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from swimctl.lab.effects import Ask, Dialogue, Pause, Print

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch
    from swimctl.lab.cisco_xe.session import CommandLine

GRACE = 2.0
"""Lab seconds from the confirmation to the drop."""


def write(session: CommandLine, _words: Mapping[str, str]) -> Dialogue:
    """Run `write memory`."""
    yield Print("Building configuration...\n")
    yield Pause(3)
    session.switch.startup = session.switch.configuration.copy()
    yield Print("[OK]\n")


def reload(session: CommandLine, words: Mapping[str, str]) -> Dialogue:
    """Run `reload`, at once or `in` so many minutes."""
    switch = session.switch
    minutes = int(words.get("minutes", 0))
    if switch.unsaved:
        while answer := (yield Ask("System configuration has been modified. Save? [yes/no]: ")).strip().lower():
            if answer in {"y", "ye", "yes", "n", "no"}:
                break
            yield Print("% Please answer 'yes' or 'no'.\n")
        if answer.startswith("y"):
            yield from write(session, words)
    if minutes:
        when = switch.clock.at(switch.clock.now() + minutes * 60)
        yield Print(f"Reload scheduled for {when:%H:%M:%S UTC %a %b %-d %Y} (in {minutes} minutes) by console\n")
    elif len(switch.members) > 1:
        yield Print("Reload command is being issued on Active unit, this will reload the whole stack\n")
    answer = yield Ask("Proceed with reload? [confirm]", one_key=True)
    if answer.lower() not in {"", "y"}:
        return
    boots_a_file = switch.install.booted is not None
    if boots_a_file and switch.spec.fault("does-nothing"):
        return
    switch.say("SYS-5-RELOAD", f"Reload requested by {session.login.user} on vty0. Reload Reason: Reload Command.")
    switch.schedule_reload(minutes * 60 + GRACE)
    if boots_a_file and switch.drops.at("activate"):
        switch.cut_all()


def cancel(session: CommandLine, _words: Mapping[str, str]) -> Dialogue:
    """Run `reload cancel`."""
    if session.switch.cancel_reload():
        yield Print("\n\n***\n*** --- SHUTDOWN ABORTED ---\n***\n")
    else:
        yield Print("%No reload is scheduled.\n")


def show_reload(switch: Switch) -> str:
    """Show reload."""
    if switch.scheduled_reload is None:
        return "No reload is scheduled.\n"
    when = switch.clock.at(switch.scheduled_reload)
    left = max(0, int(switch.scheduled_reload - switch.clock.now()) // 60)
    return f"Reload scheduled for {when:%H:%M:%S UTC %a %b %-d %Y} (in {left} minutes) by console\n"
