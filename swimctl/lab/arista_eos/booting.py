"""How a lab Arista is told what to boot, and to boot it: `install source`, `reload`, `write memory`."""

from __future__ import annotations

from swimctl.lab.arista_eos.boot_config import WRITE_SECONDS, failure, spelled
from swimctl.lab.arista_eos.device import BY_USER, GRACE, Arista
from swimctl.lab.arista_eos.session import CommandLine
from swimctl.lab.effects import Ask, Dialogue, Pause, Print
from swimctl.lab.plain_commands import Words

_SAVE = 3.0


def install_source(session: CommandLine, words: Words) -> Dialogue:
    """Run `install source`: it looks into the file before it names it."""
    switch, path = session.switch, words["path"]
    if switch.find(path) is None:
        yield Print(f"% Error installing {path} (No such file or directory)\n")
        return
    if switch.holds(path) is None:
        yield Print(f"% Error installing {path} (Incompatible or damaged image)\n")
        return
    yield Print("Preparing new boot-config... ")
    yield Pause(WRITE_SECONDS)
    if failed := failure(switch):
        yield Print(f"failed\n{failed}")
        return
    yield Print("done.\nCommitting changes... ")
    if not switch.spec.fault("does-nothing"):
        switch.boots = spelled(switch, path)
    yield Print("done.\nInstallation succeeded.\n")
    if "reload" in words:
        yield Print("Reloading this supervisor...\n")
        _go(switch)


def write(session: CommandLine, _words: Words) -> Dialogue:
    """Run `write memory`."""
    yield Pause(_SAVE)
    session.switch.startup = session.switch.configuration.copy()
    yield Print("Copy completed successfully.\n")


def reload(session: CommandLine, words: Words) -> Dialogue:
    """Run `reload`; with `now` it asks nothing."""
    switch = session.switch
    if "now" not in words:
        if switch.unsaved:
            answer = ""
            while answer not in {"yes", "no", "cancel"}:
                asked = yield Ask("System configuration has been modified. Save? [yes/no/cancel/diff]:")
                answer = _whole(asked)
                if answer == "diff":
                    yield Print("--- startup-config\n+++ system:/running-config\n")
                if not asked.strip():
                    return
            if answer == "cancel":
                return
            if answer == "yes":
                yield from write(session, words)
        if (yield Ask("Proceed with reload? [confirm]", one_key=True)).lower() not in {"", "y"}:
            return
    yield Print(
        f"\nBroadcast message from root@{switch.hostname}\n"
        f"\t(unknown) at {switch.clock.wall():%H:%M} ...\n\nThe system is going down for reboot NOW!\n"
    )
    _go(switch)


def _go(switch: Arista) -> None:
    if not switch.spec.fault("does-nothing"):
        switch.later(GRACE, lambda: switch.go_down(BY_USER))


def _whole(typed: str) -> str:
    word = typed.strip().lower()
    return next((each for each in ("yes", "no", "cancel", "diff") if word and each.startswith(word)), "")
