"""`request system software …` and `request system reboot` of a lab Juniper, with the faults that make them fail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from swimctl.lab.effects import Ask, Dialogue, Pause, Print
from swimctl.lab.flash import NoSpace
from swimctl.lab.juniper_junos.forms import SHUTDOWN, STAMPED
from swimctl.lab.juniper_junos.shows import RULE, numbered, reboot
from swimctl.lab.plain_commands import Words

if TYPE_CHECKING:
    from swimctl.lab.images import LabImage
    from swimctl.lab.juniper_junos.device import Juniper
    from swimctl.lab.juniper_junos.session import CommandLine

VALIDATE_SECONDS, ADD_SECONDS, ROLLBACK_SECONDS, SNAPSHOT_SECONDS = 60.0, 240.0, 10.0, 300.0
GRACE = 5.0
"""Lab seconds from the answer to the drop."""
PENDING = (
    "There is already an install pending.\n    Use the 'request system reboot' command to complete the install,\n"
    "    or the 'request system software rollback' command to back it out.\n"
)
# As a QFX10002 says it (captures/more/juniper_junos/request_system_software_add/05).
PENDING_ON_HOST = (
    "Pushing Junos image package to the host...\nThere is pending upgrade. upgrade_in_progress=stage\n"
    "Please reboot the system to complete the installation or rollback before attempting another upgrade\n"
)
_BUSY = "error: another package installation is in progress\n"
_REASONS = {
    "no-space": "Available space: -49868 require: 4641",
    "bad-image": "ERROR: Package signature validation failed. Aborting install.",
}


def _parts(switch: Juniper, members: Iterable[int], texts: Mapping[int, str]) -> str:
    if not numbered(switch):
        return texts[0]
    return "\n".join(f"fpc{number}:\n{RULE}\n{texts[number]}" for number in members)


def _unfit(switch: Juniper, path: str) -> tuple[LabImage | None, int, str]:
    """Return the image of a package and its size, or what the device says of a file that it does not take."""
    file, image = switch.package(path)
    name = path.rpartition("/")[2]
    if file is None or not file.size:
        return None, 0, f"ERROR: package: {path} is not found or empty\n"
    if image is None:
        return None, 0, f"{_REASONS['bad-image']}\n"
    if image.family != switch.spec.hardware.family:
        return None, 0, f"ERROR: {name}: the package is not for {switch.spec.hardware.name}. Aborting install.\n"
    return image, file.size, ""


def validate(session: CommandLine, words: Words) -> Dialogue:
    """Run `request system software validate`; the older kind of switch has none."""
    switch = session.switch
    if switch.spec.hardware.old:
        yield Print(f"error: command is not valid on the {switch.spec.hardware.name}\n")
        return
    _image, _size, unfit = _unfit(switch, words["package"])
    if unfit:
        yield Print(unfit)
        return
    yield Print("Checking compatibility with configuration\nInitializing...\nUsing junos-arm-32\n")
    yield Pause(VALIDATE_SECONDS)
    yield Print(
        "Validating against /config/juniper.conf.gz\nmgd: error: schema: could not find a name 7\n"
        "mgd: commit complete\nValidation succeeded\n"
    )


def snapshot(session: CommandLine, words: Words) -> Dialogue:
    """Run `request system snapshot slice alternate`, or `recovery`, of which each kind of Junos has one."""
    switch, old = session.switch, session.switch.spec.hardware.old
    if switch.spec.hardware.on_host or old is ("recovery" in words):
        yield Print(f"error: command is not valid on the {switch.spec.hardware.name}\n")
        return
    members = switch.members if "all-members" in words else switch.members[:1]
    begun = (
        "Formatting alternate root (/dev/da0s2a)...\n"
        "Copying '/dev/da0s1a' to '/dev/da0s2a' .. (this may take a few minutes)\n"
        if old
        else "Creating image ...\nCompressing image ...\nImage size is 512MB\n"
    )
    ended = "The following filesystems were archived: /\n" if old else "Recovery snapshot created successfully\n"
    yield Pause(SNAPSHOT_SECONDS * switch.slowness)
    if not switch.spec.fault("does-nothing"):
        switch.kept |= {number: (switch.running[number], switch.clock.wall()) for number in members}
    yield Print(_parts(switch, members, dict.fromkeys(members, begun + ended)))


def add(session: CommandLine, words: Words) -> Dialogue:
    """Run `request system software add`, on all members."""
    switch, path = session.switch, words["package"]
    if switch.spec.fault("busy-install"):
        yield Print(_BUSY)
        return
    if switch.waits:
        yield Print(PENDING_ON_HOST if switch.spec.hardware.on_host else PENDING)
        return
    image, size, unfit = _unfit(switch, path)
    if image is None:
        yield Print(unfit)
        return
    members = switch.members
    if numbered(switch):
        stamped = STAMPED.of(switch.spec, switch.running[0])
        stamp = f"[{switch.clock.wall():%b %e %H:%M:%S}]: " if stamped else ""
        yield Print("".join(f"{stamp}Checking pending install on fpc{number}\n" for number in members))
        yield Print("".join(f"{stamp}Pushing package to fpc{number}\n" for number in members[1:]))
    yield Pause(ADD_SECONDS / 2 * switch.slowness)
    if switch.drops.at("add"):
        switch.cut_all()
    yield Pause(ADD_SECONDS / 2 * switch.slowness)
    failing = _failing(switch, "add")
    texts = {}
    for number in members:
        # Of several members one fails while the others succeed, as happens.
        fails = failing if number == members[-1] else ""
        texts[number] = fails or _add(switch, number, image, size, path)
    yield Print(_parts(switch, members, texts))
    if "unlink" in words:
        member, name = switch.resolve(path)
        switch.flash(member).delete(name)


def _add(switch: Juniper, number: int, image: LabImage, size: int, path: str) -> str:
    package = path.rpartition("/")[2].removesuffix(".tgz").removesuffix("-signed")
    signed = f"Verified {package} signed by PackageProductionECP256_2022 method ECDSA256+SHA256\n"
    if not switch.spec.fault("does-nothing"):
        try:
            switch.unpack(number, image.version, size)
        except NoSpace:
            return f"{signed}ERROR: insufficient space for /packages/db/{package}\n"
    if switch.spec.members[number].hardware.on_host:
        return _staged(switch, number, image, path, signed)
    if switch.spec.members[number].hardware.old:
        return (
            f"{signed}Adding {package}...\nSaving the config files ...\nInstalling the bootstrap installer ...\n\n"
            "WARNING: A reboot is required to install the software\n"
            "WARNING:     Use the 'request system reboot' command immediately\nSaving state for rollback ...\n"
        )
    return f"{signed}Adding {package} ...\nNOTICE: 'pending' set will be activated at next reboot...\n"


def _staged(switch: Juniper, number: int, image: LabImage, path: str, signed: str) -> str:
    """Return a host-based installer's words, as of an EX4300-MP; the master keeps them in its install log.

    The texts are those of captures/more/juniper_junos/request_system_software_add/03 and 04.
    """
    name = f"/var/tmp/jinstall-ex-4300mp-junos-{image.version}-secure-linux.tgz"  # noqa: S108 - the device's
    text = (
        f"{signed}Pushing Junos image package to the host...\nInstalling Host OS ...\n"
        f"upgrade_platform: Staging the upgrade package - {name}..\nupgrade_platform: Checksum verified and OK...\n"
        f"upgrade_platform: Staging of {name} completed\n"
        "upgrade_platform: System need *REBOOT* to complete the upgrade\n\n"
        "Host OS upgrade staged. Reboot the system to complete installation!\n"
    )
    if number == 0:
        at = f"{switch.clock.wall():%Y-%m-%d %H:%M:%S} UTC mgd[59821]"
        switch.install_log += (
            f"{at}: /usr/libexec/ui/package -X update -no-validate {path}\n<output>\n{text}\nInstall completed\n"
            "</output>\n<package-result>0</package-result>\n"
        )
    return text


def _failing(switch: Juniper, operation: str) -> str:
    """Return the words of `install-fails`, where it strikes in this operation."""
    fault = switch.spec.fault("install-fails")
    if fault is None:
        return ""
    first, _, second = (fault.argument or "add").partition(":")
    where, why = (first, second) if first in {"add", "activate", "commit"} else ("add", first)
    return f"{_REASONS.get(why, 'ERROR: installation failed')}\n" if where == operation else ""


def rollback(session: CommandLine, words: Words) -> Dialogue:
    """Run `request system software rollback`, on all members or one."""
    switch = session.switch
    members = [int(words["number"])] if "number" in words else switch.members
    if not set(members) <= set(switch.members):
        yield Print(f"error: fpc{members[0]}: no such member\n")
        return
    yield Pause(ROLLBACK_SECONDS)
    yield Print(_parts(switch, members, {number: _roll_back(switch, number) for number in members}))


def _roll_back(switch: Juniper, number: int) -> str:
    hardware = switch.spec.members[number].hardware
    taken_back = (
        "Deleting bootstrap installer ...\n"
        if hardware.old
        else "Rollback of staged upgrade succeeded\n"
        if hardware.on_host
        else "NOTICE: The 'pending' set has been removed\n"
    )
    if switch.spec.fault("does-nothing"):
        return taken_back
    try:
        release = switch.roll_back(number)
    except LookupError:
        if hardware.on_host:
            return "There is NO image for ROLLBACK\n"
        return "ERROR: there is no image for rollback: rollback aborted\n"
    if release is None:
        return taken_back
    if hardware.on_host:
        # As a QFX5120 says it (captures/more/juniper_junos/request_system_software_rollback/01).
        image = f"ex-4300mp-{release}.202404051900"
        return (
            f"Initiating rollback on the Host.\nRolling back to {image} image\n\nRollback staged to image {image}.\n"
            "Reboot the system to complete installation!\n"
        )
    return f"Junos version '{release}' will become active at next reboot\n"


def delete(session: CommandLine, words: Words) -> Dialogue:
    """Run `request system software delete jinstall`: an older switch's way to take back what waits."""
    switch = session.switch
    if not switch.spec.hardware.old or not switch.waits or words["package"] != "jinstall":
        yield Print(f"error: package '{words['package']}' is not installed\n")
        return
    yield Print(_parts(switch, switch.members, {number: _roll_back(switch, number) for number in switch.members}))


def reboot_all(session: CommandLine, words: Words) -> Dialogue:
    """Run `request system reboot`, at once or `in` so many minutes."""
    switch, user = session.switch, session.login.user
    answer = yield Ask("Reboot the system ? [yes,no] (no) ")
    if answer.strip().lower() not in {"yes", "y", "ye"}:
        yield Print("\n")
        return
    if failing := _failing(switch, "activate"):
        yield Print(f"error: reboot of fpc0 failed: {failing}")
        return
    minutes = int(words.get("minutes", 0))
    if minutes:
        switch.plan = user
        switch.schedule_reload(minutes * 60)
        yield Print(f"\nShutdown at {switch.clock.at(switch.clock.now() + minutes * 60):%a %b %e %H:%M:%S %Y}.\n")
        yield Print("[pid 17221]\n")
        return
    if switch.drops.at("activate"):
        switch.cut_all()
    if not switch.spec.fault("does-nothing"):
        switch.later(GRACE, lambda: switch.reboot(user))
    yield Print(SHUTDOWN.of(switch.spec, switch.running[0]).format(user=user, name=switch.hostname))


def clear_reboot(session: CommandLine, _words: Words) -> Dialogue:
    """Run `clear system reboot`."""
    planned = reboot(session.switch)
    cancelled = session.switch.cancel_reload()
    session.switch.plan = ""
    yield Print(f"{planned}Terminating...\n" if cancelled else planned)
