"""Who answers: every session that changes or proves something begins with this question.

The serial numbers of the baseline decide: one of them is enough, as another member may lead and a card be replaced.
None of them, by more than one output, is another device: nothing is sent to it. Where none reads, the host name of the
prompt is the second evidence. Before there is a baseline, those decide that a scan, a plan or a job saw at it last.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from swimctl.errors import (
    CommandRefused,
    DeadlineExceeded,
    OtherDevice,
    SessionLost,
    UnexpectedPrompt,
    Unidentified,
    UnparsableOutput,
)
from swimctl.models import Device, Finding
from swimctl.platforms.driver import TellsSerials
from swimctl.platforms.facts import Snapshot
from swimctl.platforms.prompts import name_in
from swimctl.platforms.serials import read_serials
from swimctl.sessions.targets import Target
from swimctl.steps.baseline import Recall, kept_baseline


@dataclass(frozen=True, slots=True)
class Met:
    """The serial numbers that were last seen at a device, `by` and `when`; none where nobody has read any."""

    serials: tuple[str, ...] = ()
    by: str = ""
    when: str = ""


NOBODY: Final = Met()
"""Nothing was seen before."""


def is_another(known: Collection[str], found: Collection[str]) -> bool:
    """Return whether other serial numbers answer than those that are known; where either is none, nobody can tell.

    One is enough: another member may lead, and a card may be replaced.
    """
    return bool(known) and bool(found) and set(known).isdisjoint(found)


def stranger(met: Met, driver: TellsSerials, device: Device) -> Finding | None:
    """Return that another device answers than the one that was seen before; None where nothing says so.

    A serial number of the inventory was proved already. One number of before is enough: see above. What cannot be read
    accuses nobody.
    """
    if device.serial is not None or not met.serials:
        return None
    try:
        found = read_serials(driver.serials(), met.serials)
    except (CommandRefused, UnparsableOutput):
        return None
    if not is_another(met.serials, found):
        return None
    return Finding(
        "known device",
        ok=False,
        seen=f"serial number {found[0]}",
        needed=f"{_some(met.serials)}, as {met.by or 'somebody'} saw at {device.name} ({met.when})",
        next_command=f"if it was replaced, `swimctl scan {device.name} --replaced`; else correct the address of "
        f"{device.name} in the inventory",
    )


def _some(numbers: tuple[str, ...]) -> str:
    return f"one of {', '.join(numbers[:3])}{' …' if len(numbers) > 3 else ''}" if len(numbers) > 1 else numbers[0]


class Who:
    """What a job has found of who answers; one that hung at the question is asked by its host name from then on."""

    def __init__(self) -> None:
        self._hung = ""

    def ask(self, recall: Recall, driver: TellsSerials, hostname: str, target: Target) -> str:
        """Ask an open session which device it is. Return what proves it if no serial number does, mostly nothing.

        Raises OtherDevice, and Unidentified where it cannot be told; that may pass, as a device that boots does not
        tell everything at once. SessionLost where it hangs at the question, once.
        """
        before = kept_baseline(recall)
        if before is None or not (before.serials or before.hostname):
            return ""  # nothing was changed yet, or by an earlier swimctl
        found, why = self._serials(driver, before)
        if not before.serials:
            why = "it has no serial number"
        elif is_another(before.serials, found):
            raise OtherDevice(_other(before, found, hostname, target))
        elif found:
            return ""
        if hostname == before.hostname:
            return f"by its host name {hostname}, as {why}" if before.serials else ""
        raise Unidentified(
            f"who answers at {target.address}:{target.port} is not known: {why}; its host name is {hostname}, and "
            f"{target.name} had {before.hostname or 'none that was read'}; nothing more was sent to it; next: "
            f"`show version` on the console of {target.name}"
        )

    def _serials(self, driver: TellsSerials, before: Snapshot) -> tuple[tuple[str, ...], str]:
        """Return the serial numbers that were read, or why there are none."""
        if self._hung or not before.serials:
            return (), self._hung
        try:
            return read_serials(driver.serials(), before.serials), "it gives no serial number"
        except (CommandRefused, UnparsableOutput) as error:
            return (), f"its serial numbers cannot be read: {error}"
        except (DeadlineExceeded, UnexpectedPrompt) as error:
            self._hung = f"it does not end its answer: {error}"
            raise SessionLost(str(error)) from error


def host_name(prompt: str) -> str:
    """Return the host name in what stays of a prompt: Junos puts the user before it, IOS-XR the node that answers."""
    return name_in(prompt).rpartition("@")[2].rpartition(":")[2]


def _other(before: Snapshot, found: tuple[str, ...], hostname: str, target: Target) -> str:
    return (
        f"another device answers at {target.address}:{target.port}: serial number {found[0]} (host name {hostname}), "
        f"needed {before.serials[0]} (host name {before.hostname or 'not read'}); nothing more was sent to it; next: "
        f"check the console of {target.name}; give one of the two devices another address, or correct the "
        "inventory; then `swimctl retry`"
    )
