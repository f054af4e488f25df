"""Who answers: every session that changes or proves something begins with this question.

The serial numbers of the baseline decide: one of them is enough, as another member may lead and a card be replaced.
None of them, by more than one output, is another device: nothing is sent to it. Where none reads, the host name of the
prompt is the second evidence.
"""

from __future__ import annotations

from swimctl.errors import (
    CommandRefused,
    DeadlineExceeded,
    OtherDevice,
    SessionLost,
    UnexpectedPrompt,
    Unidentified,
    UnparsableOutput,
)
from swimctl.platforms.driver import TellsSerials
from swimctl.platforms.facts import Snapshot
from swimctl.platforms.prompts import name_in
from swimctl.platforms.serials import read_serials
from swimctl.sessions.targets import Target
from swimctl.steps.baseline import Recall, kept_baseline


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
        elif found and set(found).isdisjoint(before.serials):
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
