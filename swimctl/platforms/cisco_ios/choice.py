"""Which driver a Cisco IOS or IOS-XE device needs: its own `show version` says so, not what an inventory calls it."""

from __future__ import annotations

from functools import partial

from swimctl.config.settings import Settings
from swimctl.models import JobOptions
from swimctl.platforms.base import Session
from swimctl.platforms.cisco_ios.conversion import Conversion
from swimctl.platforms.cisco_ios.driver import BootVariable
from swimctl.platforms.cisco_xe.driver import CiscoXe
from swimctl.platforms.cisco_xe.in_service import InService, offers
from swimctl.platforms.cisco_xe.instead import version_instead
from swimctl.platforms.cisco_xe.modelled import UNREAD
from swimctl.platforms.cisco_xe.parsers.version import parse_show_version
from swimctl.platforms.cisco_xe.reading import Reading
from swimctl.platforms.cisco_xe.requested import Requested, is_requested
from swimctl.platforms.driver import Driver
from swimctl.platforms.facts import SoftwareVersion


def cisco(session: Session, settings: Settings, options: JobOptions) -> Driver:
    """Make the driver for what the device runs now; what was read for it serves the driver's first look.

    Where that cannot be read, other outputs and the device's models say whether it runs in install mode.
    """
    try:
        version = parse_show_version(session.run("show version", settings.deadlines.command))
    except UNREAD:
        told = version_instead(session, settings.deadlines.command)
        if told is None or told.mode != "INSTALL":
            raise
        # Where no model is told: the checks before the upgrade read `show version`, and refused --issu to others.
        in_service = options.issu and (told.model is None or offers(told.model))
        return install_mode(session, settings, in_service=in_service)
    if version.mode == "INSTALL" and is_requested(version):
        return Requested(Reading(session, settings, version))
    if version.mode == "INSTALL":
        return install_mode(session, settings, version, in_service=options.issu and offers(version.model))
    read = Reading(session, settings, version, beside=version.system_image or "")
    convert = version.mode == "BUNDLE" and options.convert
    return BootVariable(read, version, Conversion(read) if convert else None)


def install_mode(
    session: Session, settings: Settings, version: SoftwareVersion | None = None, *, in_service: bool = False
) -> CiscoXe:
    """Make the driver of a device in install mode, which does without its `show version` where that cannot be read."""
    instead = partial(version_instead, session, settings.deadlines.command)
    read = Reading(session, settings, version, instead=instead)
    return CiscoXe(read, InService(read) if in_service else None)
