"""Read the models of a device beside a terminal to it, where somebody may."""

from __future__ import annotations

from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.base import Netconf, OffersNetconf, Session
from swimctl.platforms.cisco_xe.models import (
    HARDWARE,
    HARDWARE_SUBTREE,
    INSTALL,
    INSTALL_SUBTREE,
    HardwareModel,
    InstallModel,
    parse_hardware_oper,
    parse_install_oper,
)

# What may not be printed, or not as it must be, where the models can tell it.
UNREAD: Final = (UnparsableOutput, CommandRefused)


def install_model(session: Session) -> InstallModel | None:
    """Return what is installed; None where the model cannot be read."""
    way = _way(session)
    return None if way is None else way.read(INSTALL, INSTALL_SUBTREE, parse_install_oper)


def hardware_model(session: Session) -> HardwareModel | None:
    """Return what runs, and since when; None where the model cannot be read."""
    way = _way(session)
    return None if way is None else way.read(HARDWARE, HARDWARE_SUBTREE, parse_hardware_oper)


def _way(session: Session) -> Netconf | None:
    return session.netconf if isinstance(session, OffersNetconf) else None
