"""The line of a lab Arista's boot-config: how it is written, and why it is not."""

from __future__ import annotations

from swimctl.lab.arista_eos.device import Arista
from swimctl.lab.effects import Dialogue, Pause, Print

WRITE_SECONDS = 4.0


def boot_system(switch: Arista, path: str) -> Dialogue:
    """Run `boot system`, of configuration mode; without a path no image is named any more."""
    failed = failure(switch)
    if path and switch.find(path) is None:
        failed = f"% Error setting boot image to {path} (No such file or directory)\n"
    if failed:
        yield Print(failed)
        return
    yield Pause(WRITE_SECONDS)
    if not switch.spec.fault("does-nothing"):
        switch.boots = spelled(switch, path)
    if switch.drops.at("activate"):
        switch.cut_all()


def failure(switch: Arista) -> str | None:
    """Return why it cannot be written; None: it can."""
    fault = switch.spec.fault("install-fails")
    if switch.spec.fault("busy-install"):
        return "% Error writing flash:/boot-config (Device or resource busy)\n"
    return "% Error writing flash:/boot-config (Input/output error)\n" if fault else None


def spelled(switch: Arista, path: str) -> str:
    """Spell a path as it stands there."""
    return f"flash:/{switch.resolve(path)[1]}" if path else ""
