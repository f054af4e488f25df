"""The installer of a lab Nexus: `show install all impact`, `install all`, and what goes wrong in them."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, TypeAlias

from swimctl.lab.cisco_nxos.forms import INSTALL
from swimctl.lab.effects import Ask, Dialogue, Effect, Pause, Print
from swimctl.lab.flash import LabFile, NoSpace
from swimctl.lab.plain_commands import Words

if TYPE_CHECKING:
    from swimctl.lab.cisco_nxos.device import Nexus
    from swimctl.lab.cisco_nxos.session import CommandLine

Check: TypeAlias = Generator[Effect, str, bool]
STEP = 8.0
"""Lab seconds of one step of the installer."""
REBOOTS_IN = 10.0
_OTHER = "Another install procedure may be in progress. (0x401E0007)\n"
_BAR = f"[{'#':<20}]   0%"
_DONE = f"[{'#' * 20}] 100% -- SUCCESS\n\n"
_NOTIFIES = "Notifying services about system upgrade."
_REBOOTS = "Finishing the upgrade, switch will reboot in 10 seconds."
_REASON = "Reset due to upgrade"


def status(switch: Nexus) -> str:
    """Show install all status."""
    return "There is an on-going installation...\n" if switch.installing else "This is the log of last installation.\n"


def impact(session: CommandLine, words: Words) -> Dialogue:
    """Run `show install all impact`."""
    yield from _check(session.switch, words, "impact only check")


def incompatibility(session: CommandLine, words: Words) -> Dialogue:
    """Run `show incompatibility nxos`."""
    if session.switch.find(words["path"]) is None:
        yield Print("No such file or directory\n")
        return
    yield Pause(STEP)
    for section in ("incompatible configuration(s)", "dynamic incompatibilities"):
        heading = f"Checking {section}:"
        yield Print(f"{heading}\n{'-' * len(heading)}\nNo incompatible configurations\n\n")


def install(session: CommandLine, words: Words) -> Dialogue:
    """Run `install all`."""
    switch = session.switch
    file = switch.find(words["path"])
    release = switch.holds(file)
    checked = yield from _check(switch, words, "compatibility check first")
    if not checked or file is None or release is None:
        return
    calm = "non-disruptive" in words
    if not calm:
        yield Print("\nSwitch will be reloaded for disruptive upgrade.\n")
    elif not switch.spec.issu:
        yield Print("\nPre-upgrade check failed. Return code 0x40930056 (Non-disruptive upgrade is not possible).\n")
        return
    answer = yield Ask("Do you want to continue with the installation (y/n)?  [n] ")
    if not answer.strip().lower().startswith("y"):
        yield Print("Installation cancelled by user.\n")
        return
    switch.installing = True
    stamp = (
        f"\nTime Stamp: {switch.clock.wall():%a %b %e %H:%M:%S %Y}\n\n"
        if INSTALL.of(switch.spec, switch.release).stamps
        else ""
    )
    yield Print(f"{stamp}\nInstall is in progress, please wait.\n\n")
    if switch.drops.at("activate"):
        switch.cut_all()
    nothing = switch.spec.fault("does-nothing") is not None
    yield from _succeeds("Performing runtime checks.", first=False)
    if switch.standby and not nothing and not (yield from _synced(switch, file)):
        return
    if not nothing:
        switch.boot_from(file.name)
        switch.save()
    yield from _succeeds("Setting boot variables.", first=False)
    yield from _succeeds("Performing configuration copy.", first=False)
    for number in _modules(switch):
        yield Print(
            f"Module {number}: Refreshing compact flash and upgrading bios/loader/bootrom.\n"
            "Warning: please do not remove or power off the module at this time.\n"
        )
        yield Pause(STEP)
        if _fails(switch, "activate"):
            switch.installing = False
            yield Print(f"{_BAR} -- FAIL.\nReturn code 0x4093000A (BIOS flash-type verification failed).\n\n")
            yield Print("Install has failed. Return code 0x4093000A (BIOS flash-type verification failed).\n")
            return
        yield Print(_DONE)
    switch.installing = not (nothing or calm)
    if calm and not nothing:
        switch.load_in_service(file.name, release)
    yield Print(f"\n{'Install has been successful.' if calm else _REBOOTS}\n")
    if not (nothing or calm):
        switch.later(REBOOTS_IN, lambda: _reboot(switch, file.name))


def _reboot(switch: Nexus, name: str) -> None:
    """Reload into the file; what is wrong with an upgrade is not wrong with the way back to the first release."""
    forth = name != switch.spec.image

    def after() -> None:
        switch.degraded = forth
        if forth and switch.spec.fault("boots-old-image"):
            switch.startup.top(f"boot nxos bootflash:/{switch.file}")

    switch.reload(_REASON, after, returns=not (forth and switch.spec.fault("never-returns")))


def _modules(switch: Nexus) -> list[str]:
    return ["1", *switch.runs] if switch.spec.hardware.modular else ["1"]


def _fails(switch: Nexus, operation: str) -> bool:
    """Return whether the installer fails in this operation; alone, the fault means its check."""
    fault = switch.spec.fault("install-fails")
    return fault is not None and (fault.argument or "add").partition(":")[0] == operation


def _succeeds(step: str, *, first: bool = True) -> Dialogue:
    yield Print(f"{step}\n{_BAR if first else ''}")
    yield Pause(STEP)
    yield Print(_DONE)


def _check(switch: Nexus, words: Words, what: str) -> Check:
    """Check the file as the installer does. Return whether it may continue."""
    path, calm = words["path"], "non-disruptive" in words and switch.spec.issu
    yield Print(f"Installer will perform {what}. Please wait. \n")
    yield Pause(1)
    if switch.installing or switch.spec.fault("busy-install"):
        yield Print(_OTHER)
        return False
    yield Print("\n" if calm else "Installer is forced disruptive\n\n")
    file = switch.find(path)
    name = file.name if file else path.rpartition(":")[2].strip("/")
    yield Print(f'Verifying image bootflash:/{name} for boot variable "nxos".\n{_BAR}')
    yield Pause(STEP)
    if switch.drops.at("add"):
        switch.cut_all()
    release = switch.holds(file)
    wrong = "No such file or directory" if file is None else "image is not for this hardware, or may be corrupted"
    if release is None or _fails(switch, "add"):
        yield Print(
            f"{_BAR} -- FAIL.\nReturn code 0x4045001E ({wrong}).\n\n"
            "Pre-upgrade check failed. Return code 0x40930011 (Image verification failed).\n"
        )
        return False
    yield Print(_DONE)
    prepares = [f'Preparing "{part}" version info using image bootflash:/{name}.' for part in ("nxos", "bios")]
    for step in ("Verifying image type.", *prepares, "Performing module support checks.", _NOTIFIES):
        yield from _succeeds(step)
    yield Print(_tables(switch, release, calm=calm))
    return True


def _tables(switch: Nexus, release: str, *, calm: bool) -> str:
    lines = [
        "\n\nCompatibility check is done:",
        "Module  bootable          Impact  Install-type  Reason",
        "------  --------  --------------  ------------  ------",
    ]
    numbers = _modules(switch)
    what = "non-disruptive          none  " if calm else "    disruptive         reset  default upgrade is not hitless"
    lines += [f"{n:>6}       yes  {what}" for n in numbers]
    form = INSTALL.of(switch.spec, switch.release)
    runs_in = 40 if form.alternate else 22
    heading = "                 Running-Version(pri:alt)" if form.alternate else "        Running-Version"
    lines += [
        "\n\nImages will be upgraded according to following table:",
        f"Module       Image {heading}           New-Version  Upg-Required",
        f"------  ----------  {'-' * runs_in}  --------------------  ------------",
    ]
    for number in numbers:
        card = switch.spec.hardware.modular and number == "1"
        runs = switch.runs.get(number, switch.release)
        needed = "no" if runs == release else "yes"
        lines.append(f"{number:>6}  {'lcn9k' if card else 'nxos':>10}  {runs:>{runs_in}}  {release:>20}  {needed:>12}")
        bios = "v05.40(01/17/2020)"
        both = f"{bios}:v05.33(09/08/2018)" if form.alternate else bios
        lines.append(f"{number:>6}  {'bios':>10}  {both:>{runs_in}}  {bios:>20}  {'no':>12}")
    if form.info:
        heading = "Additional info for this installation:"
        lines += [
            "\n",
            heading,
            "-" * len(heading),
            "",
            'Service "vpc" in vdc 1: both peers must have the same boot mode',
        ]
    return "\n".join([*lines, "", ""])


def _synced(switch: Nexus, file: LabFile) -> Check:
    """Copy the image to the other supervisor, if it is not there yet."""
    yield Print(f"Syncing image bootflash:/{file.name} to standby.\n")
    yield Pause(STEP)
    try:
        switch.flash(2).add(file)
    except NoSpace:
        switch.installing = False
        yield Print(f"{_BAR} -- FAIL.\nReturn code 0x40930004 (no space left on standby).\n")
        return False
    yield Print(_DONE)
    return True
