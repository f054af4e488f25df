"""What a driver is: a platform bound to one open session, in small protocols by what a caller needs of it.

Above, what every platform has; below `Driver`, what only some have: a step asks with `isinstance`, and a platform that
lacks it says nothing. Every method may raise any DeviceError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

from swimctl.config.settings import Settings
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.base import Cleaned, Sent, Session, Support, Trace
from swimctl.platforms.facts import AccessPoint, HashResult, Installed, Running, Snapshot
from swimctl.platforms.journal import Logged, NextBoot


class Offers(Protocol):
    """What it offers, in words and commands."""

    @property
    def support(self) -> Support:
        """Return what this driver offers."""


class TellsRunning(Protocol):
    """What runs."""

    def running(self) -> Running:
        """Return what runs now on every member, and since when."""


class TellsInstalled(Protocol):
    """How far an image has got."""

    def installed(self, image: Image) -> Installed:
        """Return where the image's release stands on the device."""


class TellsSerials(Protocol):
    """Who answers."""

    def serials(self) -> Iterator[tuple[str, ...]]:
        """Yield the serial numbers of chassis, members and cards, output by output; see `serials.read_serials`.

        An output is asked for when its numbers are: whoever knows enough stops. Nothing where the device has none.
        """


class Identifies(TellsRunning, Protocol):
    """Whether it is the right device."""

    def identity(self, device: Device) -> list[Finding]:
        """Apply the rules that hold even where nothing is left to do: privilege, the right device, and all of it."""


class Answers(Identifies, TellsSerials, Protocol):
    """What runs, and on which device."""


class TellsOfImage(TellsRunning, TellsInstalled, Protocol):
    """What runs, and how far an image has got."""


class Compares(TellsOfImage, Protocol):
    """What is held against the time before an upgrade."""

    def snapshot(self, taken_at: str, *, whole: bool = True) -> Snapshot:
        """Return what must be the same after the upgrade.

        What cannot be read raises; without `whole` only the release does, and the rest is named in `unread`.
        """

    def configuration(self) -> str:
        """Read the running configuration; kept out of the transcript."""

    def unready(self) -> str | None:
        """Return what is not back yet after a reload, None where all is."""


class Sends(Offers, Protocol):
    """A driver whose commands are sent at most once."""

    def log_mark(self) -> str | None:
        """Return what shows later whether anything was done: the last line of the device's log, where it keeps one.

        Where it does not, what its next boot starts; None where neither can be told.
        """


class SizesFiles(Protocol):
    """Whether an image's file is there."""

    def file_size(self, image: Image) -> int | None:
        """Return the size in bytes of the image's file on the device, None where there is none."""


class Checks(Identifies, Compares, Sends, SizesFiles, Protocol):
    """All that is asked before anything is changed."""

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        """Apply every rule of the readiness check; changes nothing. Without enough privilege that is the only one."""


class AsksFirst(TellsSerials, Checks, Protocol):
    """The same, and which device it is."""


class HoldsFiles(TellsOfImage, Offers, SizesFiles, Protocol):
    """How an image's file comes onto the device, and is proved there."""

    def file_hash(self, image: Image, algorithm: str) -> HashResult:
        """Return the hash that the device computes of the image's file, by an algorithm of `Support.hashes`."""

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device."""

    def destination(self, image: Image) -> str:
        """Return the path that a transport writes to."""


class Changes(TellsOfImage, Sends, Protocol):
    """What sends a command at most once, and sees what came of it."""


class Activates(Changes, Protocol):
    """The point of no return."""

    def activate(self, image: Image) -> Sent:
        """Start the image, with the device's own way back armed where it has one; the device reloads.

        Where the device refuses, what it boots next is what it was before.
        """


class Driver(AsksFirst, HoldsFiles, Activates, Protocol):
    """What the driver of every platform has. Beside it, one way to commit and one way back of those below."""


# Makes a driver for one open session.
DriverFactory = Callable[[Session, Settings, JobOptions], Driver]


@runtime_checkable
class Adds(Protocol):
    """A driver whose device can unpack an image before it is activated, and does not reload for that."""

    @property
    def unpacks(self) -> bool:
        """Return whether `add` comes before `activate`; else `activate` does all that there is to do."""

    def add(self, image: Image) -> Sent:
        """Unpack the image on all members."""


@runtime_checkable
class Predownloads(Adds, Protocol):
    """A driver of a controller whose access points can load what was added before it is activated."""

    @property
    def predownloads(self) -> bool:
        """Return whether it is such a controller, and that is asked for."""

    def predownload(self) -> Sent:
        """Have all access points load it; those that have it already load nothing. Nothing reloads."""

    def access_points(self, image: Image) -> tuple[AccessPoint, ...]:
        """Return each access point that is joined now, and how far it is with the image."""


@runtime_checkable
class Saves(Protocol):
    """A driver of a device whose reload would lose what is not saved, and which saves before it is activated."""

    def save(self) -> None:
        """Save the running configuration."""


@runtime_checkable
class Spreads(Protocol):
    """A driver of a device that does not bring an image to its other members by itself."""

    def spread(self, image: Image) -> str:
        """Copy the verified image to all other members, and check its hash on each.

        Return what was done, empty where the device has no others.
        """


@runtime_checkable
class Cleans(Protocol):
    """A driver of a device that knows which of its files no install state needs."""

    def clean(self) -> Cleaned:
        """Remove those. Where it raises, what is gone is not known."""

    def space(self, image: Image) -> list[Finding]:
        """Apply the rule of free space once more."""


@runtime_checkable
class ForetellsClean(Protocol):
    """A driver of a device that lists beforehand what a clean-up removes."""

    def cleanable(self) -> tuple[str, ...]:
        """Return what `clean` would remove, as the device lists it now; changes nothing."""


@runtime_checkable
class NamesCommands(Protocol):
    """A driver that tells beforehand what an upgrade types."""

    def typed(self, image: Image) -> tuple[str, ...]:
        """Return the commands that change the device from the copy to the commit, in order.

        `…` stands for what only the device tells then. Nothing is changed; what is read was read for the rules.
        """


@runtime_checkable
class Arms(Protocol):
    """A driver whose device goes back by itself unless what it activates is committed in time."""

    def armed_for(self) -> float | None:
        """Return the seconds from the activation until the device goes back, None where nothing is armed."""


@runtime_checkable
class Commits(Protocol):
    """A driver that keeps what runs, whatever it is."""

    def commit(self) -> Sent:
        """Keep what runs; disarms the way back."""


@runtime_checkable
class CommitsImage(Protocol):
    """A driver that keeps what runs by its image."""

    def commit_image(self, image: Image) -> Sent:
        """Keep this image, which runs; where nothing is to be sent for that, say why it is not kept."""


@runtime_checkable
class Aborts(Protocol):
    """A driver of a device that leaves what is not committed, and nothing else."""

    def abort(self) -> Sent:
        """Go back to what is committed; the device reloads."""


@runtime_checkable
class Returns(Protocol):
    """A driver that leads back to what ran before, also from what is committed."""

    def back(self, before: Snapshot) -> Sent:
        """Go back to what ran before the activation; the device reloads."""


@runtime_checkable
class Restores(Protocol):
    """A driver whose activation may leave something set that the next boot would go by."""

    def restore(self, before: Snapshot) -> str:
        """Undo what a failed activation left set on a device that still runs its old release.

        Return what was done, empty where nothing was left. The next boot starts what it would have started before;
        nothing reloads.
        """


@runtime_checkable
class PutsBack(Protocol):
    """A driver of a device whose next boot anybody may name: it puts back what it named itself, and nothing else."""

    @property
    def left(self) -> str | None:
        """Return what its commands left named: empty where that was put back, None where they changed nothing."""

    def put_back(self, before: Snapshot, left: str) -> str:
        """Name again what the next boot started before, if `left` still stands there exactly.

        Return what was done, empty where something else stands there: that is not from here.
        """


@runtime_checkable
class Traces(Protocol):
    """A driver whose device's log names the operations that were sent."""

    def trace(self, operation: str, mark: str | None) -> Trace:
        """Return from the device's log whether an operation came after the mark, and whether it ended."""


@runtime_checkable
class KeepsJournal(Protocol):
    """A driver whose device's log names what was begun there, by whoever did."""

    def journal(self) -> tuple[Logged, ...]:
        """Return the entries, the oldest first, each with a key as `log_mark` returns it."""


@runtime_checkable
class NamesNextBoot(Protocol):
    """A driver of a device that keeps no such log: whoever installs names another image for the next boot."""

    def next_boot(self) -> NextBoot:
        """Return what the next boot starts, as `log_mark` returns it."""


@runtime_checkable
class NamesModels(Protocol):
    """A driver whose device says which hardware it is."""

    def models(self) -> tuple[str, ...]:
        """Return the models of the chassis or of its members, as they are printed."""


@runtime_checkable
class Rehearses(Protocol):
    """A driver whose device can tell what an installation would do, once the image's file is on it."""

    def rehearse(self, image: Image) -> list[Finding]:
        """Have the device check the file, and apply the rules to what it says; nothing changes."""


@runtime_checkable
class ChecksAgain(Protocol):
    """A driver with rules that the time of a copy may have outlived."""

    def check_again(self) -> list[Finding]:
        """Apply them once more, right before the activation; changes nothing."""


@runtime_checkable
class Preserves(Protocol):
    """A driver whose device can keep a copy of what runs, and boot that where nothing else boots."""

    def unpreserved(self) -> str:
        """Return which members keep no copy of what runs and by which command that is seen, empty where all do."""

    def preserve(self) -> Sent:
        """Make such a copy on every member."""
