"""64-bit IOS-XR (ASR 9000, NCS 5500, NCS 540 and others) by whole ISO images, through one open session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, SessionLost, StepFailed, UnparsableOutput
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.base import Cleaned, Sent, Session, Support, Trace
from swimctl.platforms.cisco_xr.fetching import FETCHINGS
from swimctl.platforms.cisco_xr.installer import Installer, added_by
from swimctl.platforms.cisco_xr.parsers.files import parse_show_md5
from swimctl.platforms.cisco_xr.parsers.platform import parse_show_platform
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.cisco_xr.readiness import (
    RUNS,
    Flash,
    State,
    assess,
    identity,
    installer,
    late,
    models,
    nodes,
    processors,
    rights,
    space,
)
from swimctl.platforms.cisco_xr.reading import DISK, Reading
from swimctl.platforms.cisco_xr.software import added_name, boot_images, check_nodes, place
from swimctl.platforms.evidence import read_by
from swimctl.platforms.facts import (
    HashResult,
    Installed,
    InstallOutcome,
    Neighbour,
    Placement,
    Running,
    Slot,
    Snapshot,
)
from swimctl.platforms.fetching import Fetched, Remote, fetch
from swimctl.platforms.hashes import of_file
from swimctl.platforms.journal import Logged
from swimctl.platforms.pieces import Pieces
from swimctl.platforms.surroundings import surroundings
from swimctl.platforms.talk import Talk
from swimctl.platforms.terminal import answer, without_log
from swimctl.platforms.text import up_to_end
from swimctl.platforms.versions import same_release

# What is active and not committed is left by any reload: the device itself says so in its log
# (INSTALL-INSTMGR-4-ACTIVE_SOFTWARE_COMMITTED_INFO).
_RELOAD: Final = "admin hw-module location all reload"
_RELOAD_ANSWERS: Final = (answer(r"reload hardware module \?\s*\[(?:no,yes|yes,no)\]", "yes"),)
_ACKNOWLEDGED: Final = re.compile(r"reload request on all (?:acknowledged|succeeded)", re.IGNORECASE)
_DELETE_ANSWERS: Final = (answer(r"delete \S+\s*\[confirm\]", ""),)
_DENIED: Final = re.compile(
    r"^.*\b(?:denied|not authori[sz]ed|authori[sz]ation failed).*", re.MULTILINE | re.IGNORECASE
)
_ERROR: Final = re.compile(r"^\s*%.*|^.*\b(?:[Ee]rror|[Dd]enied|not authorized|No such file).*", re.MULTILINE)

SUPPORT: Final = Support(
    name="Cisco IOS-XR, 64-bit",
    add="install add",
    activate="install activate",
    commit="install commit",
    back=_RELOAD,
    look="`show version`, `show install log` and `show install active`",
    way_back=f"before the commit, any reload goes back to the committed release: `{_RELOAD}`; after the commit, add "
    "and activate the old ISO again",
    hashes=("md5",),
    members="swimctl checks release and state of every route processor and line card, and space on every route "
    "processor",
    clean="install remove inactive all",
    evidence=read_by(
        who="`show inventory`",
        boot="`show version`",
        release="`show version` and `show install active`",
        state="`show install active` and `show install committed`",
        compared="`show interfaces brief`, `show cdp neighbors detail`, `show lldp neighbors`, `show route summary`",
        commit="`install commit`",
    ),
    refuses=(
        "classic IOS XR (32-bit)",
        "IOS XR 7 with LNT (`install replace`; Cisco 8000, NCS 540L and others)",
        "single packages, RPMs and SMUs: build them into a golden ISO",
        "FPDs: the check `fpd` tells which need an upgrade; then type `upgrade hw-module location all fpd all`",
    ),
)


class CiscoXr:
    """Read and change one device; every command has a deadline of the settings."""

    support = SUPPORT
    unpacks = True

    def __init__(self, session: Session, settings: Settings, _options: JobOptions) -> None:
        self._session = session
        self._settings = settings
        self._limits = settings.deadlines
        self._read = Reading(session, self._limits.command)
        self._installer = Installer(session, self._read.show)

    def running(self) -> Running:
        """Return what runs now on every node, and since when."""
        version, active = self._read.version(), self._read.packages("active")
        images = boot_images(active)
        try:
            up = [node for node, state in nodes(self._read.slots()).items() if state == RUNS]
        except (CommandRefused, UnparsableOutput):
            up = []  # the list of packages is believed without it
        check_nodes(active, up, "'show platform'")
        if not any(same_release(each, version.version) for each in images.values()):
            raise UnparsableOutput(
                "show install active", "", f"no node boots {version.version}, which 'show version' names"
            )
        return Running(version.version, version.uptime, version.restarted_at, images, abnormal=self._read.abnormal())

    def serials(self) -> Iterator[tuple[str, ...]]:
        """Yield the serial numbers of the racks, the processors and the cards: one output has them all."""
        yield self._read.serials()

    def identity(self, device: Device) -> list[Finding]:
        """Apply the rules that hold even where nothing is left to do: rights, the right device, and all of it."""
        version, may = self._read.version(), self._rights()
        known = installer(version)
        if not (may.ok and known.ok):
            return [may, known]  # the rest is printed in other words there, or not to this account
        slots = self._read.slots()
        return [may, *identity(version, self._read.inventory(), slots, self._read.packages("active"), device)]

    def models(self) -> tuple[str, ...]:
        """Return the models of its racks."""
        return models(self._read.inventory())

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        """Apply every rule of the readiness check; changes nothing. Without enough rights that is the only one."""
        version, may = self._read.version(), self._rights()
        known = installer(version)
        if not (may.ok and known.ok):
            return [may, known]
        if version.uptime is None:
            raise UnparsableOutput("show version", "", "it gives no uptime, so a reload could not be proved")
        # The way back is a command of the admin plane: this proves that the account reaches it.
        parse_show_platform(self._read.show("admin show platform"), "admin show platform")
        # What the activation asks between the copy and the reload: it must read by then.
        self._read.packages("inactive summary")
        self._installer.log()
        slots = self._read.slots()
        state = State(
            version=version,
            inventory=self._read.inventory(),
            slots=slots,
            redundancy=self._read.redundancy(),
            active=self._read.packages("active"),
            committed=self._read.packages("committed"),
            activity=self._installer.activity(),
            flash=self._flash(slots, image),
        )
        return [*assess(state, device, image, self._settings.readiness, cleanup=cleanup), may]

    def space(self, image: Image) -> list[Finding]:
        """Apply the rule of free space once more, after a clean-up."""
        return space(self._flash(self._read.slots(), image), image, self._settings.readiness)

    def installed(self, image: Image) -> Installed:
        """Return where the image's release stands on the device."""

        def added() -> bool:
            return added_name(self._read.packages("inactive summary"), image) is not None

        stands = place(self._read.packages("active"), self._read.packages("committed"), image, added)
        if stands in {Placement.ABSENT, Placement.ADDED} and self._installer.activity().pending_reload:
            # An activation is through and has not reloaded it yet: its lists still tell of before.
            return Installed(Placement.NEXT)
        return Installed(stands)

    def snapshot(self, taken_at: str, *, whole: bool = True) -> Snapshot:
        """Return what must be the same after the upgrade; a router has no access ports."""
        version, pieces = self._read.version(), Pieces(whole=whole)
        return Snapshot(
            taken_at=taken_at,
            version=version.version,
            uptime=version.uptime,
            restarted_at=version.restarted_at,
            members=pieces.read("members", lambda: dict(nodes(self._read.slots())), {}),
            interfaces_up=pieces.read("interfaces_up", self._read.interfaces_up, ()),
            neighbours=surroundings(
                (), (), pieces.read("neighbours", self._read.neighbours, tuple[Neighbour, ...]())
            ).neighbours,
            routes=pieces.read("routes", self._read.routes, {}),
            serials=pieces.read("serials", self._read.serials, ()),
            unread=pieces.unread,
        )

    def configuration(self) -> str:
        """Read the running configuration; kept out of the transcript."""
        text = self._session.run("show running-config", self._limits.command, quiet=True)
        return up_to_end(text, TERMINAL)

    def unready(self) -> str | None:
        """Return what is not back yet after a reload, None where all is."""
        return late(self._read.slots(), self._read.redundancy(), self._read.packages("active"))

    def cleanable(self) -> tuple[str, ...]:
        """Return what is neither active nor committed now."""
        return tuple(package.name for package in self._read.packages("inactive summary").packages)

    def clean(self) -> Cleaned:
        """Remove what is neither active nor committed."""
        doomed = self.cleanable()
        if not doomed:
            return Cleaned()
        command = self.support.clean
        sent = self._installer.run(command, self._limits.clean)
        if sent.dropped:
            raise SessionLost(f"the session ended in '{command}'")
        if sent.outcome.succeeded is None:
            raise StepFailed(
                f"how '{command}' ended is not known: {sent.outcome.reason or 'it did not say'}; "
                "inactive packages may be gone, the running ones are as before; next: `show install log` on the device"
            )
        if not sent.outcome.succeeded:
            still = {package.name for package in self._read.packages("inactive summary").packages}
            gone = tuple(name for name in doomed if name not in still)
            why = f"'{command}' failed: {sent.outcome.reason}; next: `show install log` on the device"
            return Cleaned(gone, why)
        return Cleaned(doomed)

    def file_size(self, image: Image) -> int | None:
        """Return the size in bytes of the image's file on the device, None where there is none."""
        return self._read.files().size_of(image.filename)

    def file_hash(self, image: Image, algorithm: str) -> HashResult:
        """Return the hash that the device computes of the image's file."""
        seconds = self._settings.hash_deadline(image.size)
        command, path = f"show {algorithm} file /{self.destination(image)}", self.destination(image)
        return of_file(parse_show_md5(self._read.show(command, seconds)), path, algorithm, command)

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device."""
        command = f"delete {self.destination(image)}"
        reply = self._session.converse(command, _DELETE_ANSWERS, self._limits.command)
        if reply.dropped:
            raise SessionLost(f"the session ended in '{command}'")
        if found := _ERROR.search(reply.text):
            raise CommandRefused(f"'{command}': the device answered '{found.group(0).strip()}'")

    def destination(self, image: Image) -> str:
        """Return the path that a transport writes to."""
        return f"{DISK}/{image.filename}"

    def fetch(self, remote: Remote, image: Image, vrf: str, deadline: float) -> Talk[Fetched]:
        """Have the device fetch a file to the image's destination; return how that ended."""
        return fetch(FETCHINGS, self._session, remote, f"/{self.destination(image)}", vrf, deadline)

    def typed(self, image: Image) -> tuple[str, ...]:
        """Return the commands that change the device from the copy to the commit, in order; see `NamesCommands`."""
        return (f"install add source {DISK}/ {image.filename}", "install activate id … noprompt", "install commit")

    def add(self, image: Image) -> Sent:
        """Unpack the image on all nodes; the device does not reload."""
        return self._installer.run(f"install add source {DISK}/ {image.filename}", self._limits.add)

    def activate(self, image: Image) -> Sent:
        """Start what was added, not committed: the next reload would leave it again."""
        try:
            name = added_name(self._read.packages("inactive summary"), image)
            why = "" if name else f"{image.filename} is no longer added"
        except (CommandRefused, UnparsableOutput) as error:
            name, why = None, f"it was not sent, as what is added cannot be read: {error}"
        if name is None:
            return Sent(InstallOutcome("activate", succeeded=False, reason=why))
        log = self._installer.known()
        number = added_by(log, image.filename)
        # By the operation that added it, as it names what came of this very file; a log that was cleared names none.
        what = name if number is None else f"id {number}"
        return self._installer.run(f"install activate {what} noprompt", self._limits.activate, log)

    def commit(self) -> Sent:
        """Keep what runs."""
        return self._installer.run_when_free("install commit", self._limits.commit)

    def abort(self) -> Sent:
        """Go back to the committed release, by a reload of the whole chassis."""
        reply = self._session.converse(_RELOAD, _RELOAD_ANSWERS, self._limits.commit)
        if _ACKNOWLEDGED.search(reply.text):
            return Sent(InstallOutcome("reload", succeeded=True, reload_announced=True), reply.dropped)
        # Once the question was answered, an error among what the device prints is no proof that it stays up.
        asked = _RELOAD_ANSWERS[0].question.search(reply.text)
        refused = None if reply.dropped else (_DENIED if asked else _ERROR).search(without_log(reply.text, TERMINAL))
        if refused:
            return Sent(InstallOutcome("reload", succeeded=False, reason=refused.group(0).strip()))
        return Sent(InstallOutcome("reload", succeeded=None), reply.dropped)

    def log_mark(self) -> str | None:
        """Return the last operation of the device's own log of installations, None where it keeps none."""
        last = self._installer.last()
        return None if last is None else str(last)

    def journal(self) -> tuple[Logged, ...]:
        """Return what that log names."""
        return self._installer.journal()

    def trace(self, operation: str, mark: str | None) -> Trace:
        """Return from that log whether an operation came after the mark, and whether it ended.

        The way back is no installation: of it the log cannot tell.
        """
        return Trace(None, None) if operation == "abort" else self._installer.trace(operation, mark)

    def _rights(self) -> Finding:
        return rights(self._read.tasks())

    def _flash(self, slots: tuple[Slot, ...], image: Image) -> dict[str, Flash]:
        free, present = self._read.free(), self.file_size(image) or 0
        active = self._read.redundancy().fields["node"]
        return {node: Flash(free.get(node), present if node == active else None) for node in processors(slots)}
