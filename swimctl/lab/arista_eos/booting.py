"""How a lab Arista is told what to boot, and to boot it: `boot system`, `install source`, `reload`, `write memory`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.arista_eos.device import BY_USER, GRACE
from swimctl.lab.effects import Ask, Dialogue, Pause, Print
from swimctl.lab.plain_commands import Words

if TYPE_CHECKING:
    from swimctl.lab.arista_eos.device import Arista
    from swimctl.lab.arista_eos.session import Session

_WRITE_BOOT_CONFIG, _SAVE = 4.0, 3.0


def boot_system(switch: Arista, path: str) -> Dialogue:
    """Run `boot system`, of configuration mode; without a path no image is named any more."""
    failed = _fails(switch)
    if path and switch.find(path) is None:
        failed = f"% Error setting boot image to {path} (No such file or directory)\n"
    if failed:
        yield Print(failed)
        return
    yield Pause(_WRITE_BOOT_CONFIG)
    if not switch.spec.fault("does-nothing"):
        switch.boots = _spelled(switch, path)
    if switch.drops.at("activate"):
        switch.cut_all()


def install_source(session: Session, words: Words) -> Dialogue:
    """Run `install source`: it looks into the file before it names it."""
    switch, path = session.switch, words["path"]
    if switch.find(path) is None:
        yield Print(f"% Error installing {path} (No such file or directory)\n")
        return
    if switch.holds(path) is None:
        yield Print(f"% Error installing {path} (Incompatible or damaged image)\n")
        return
    yield Print("Preparing new boot-config... ")
    yield Pause(_WRITE_BOOT_CONFIG)
    if failed := _fails(switch):
        yield Print(f"failed\n{failed}")
        return
    yield Print("done.\nCommitting changes... ")
    if not switch.spec.fault("does-nothing"):
        switch.boots = _spelled(switch, path)
    yield Print("done.\nInstallation succeeded.\n")
    if "reload" in words:
        yield Print("Reloading this supervisor...\n")
        _go(switch)


def write(session: Session, _words: Words) -> Dialogue:
    """Run `write memory`."""
    yield Pause(_SAVE)
    session.switch.startup = session.switch.configuration.copy()
    yield Print("Copy completed successfully.\n")


def reload(session: Session, words: Words) -> Dialogue:
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


def _fails(switch: Arista) -> str | None:
    fault = switch.spec.fault("install-fails")
    if switch.spec.fault("busy-install"):
        return "% Error writing flash:/boot-config (Device or resource busy)\n"
    return "% Error writing flash:/boot-config (Input/output error)\n" if fault else None


def _spelled(switch: Arista, path: str) -> str:
    return f"flash:/{switch.resolve(path)[1]}" if path else ""


def _whole(typed: str) -> str:
    word = typed.strip().lower()
    return next((each for each in ("yes", "no", "cancel", "diff") if word and each.startswith(word)), "")
