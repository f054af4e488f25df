"""Junos switches and routers with one routing engine, and Virtual Chassis, through one open session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.facts import InstallOutcome, Snapshot
from swimctl.facts_junos import ChassisMember, NodeSnapshots, SoftwareRequest
from swimctl.models import Image, JobOptions
from swimctl.platforms.base import Reply, Sent, Session, Support
from swimctl.platforms.evidence import read_by, with_models
from swimctl.platforms.juniper_junos.parse_reboot import parse_reboot
from swimctl.platforms.juniper_junos.parse_snapshot import parse_snapshot
from swimctl.platforms.juniper_junos.parse_software import parse_software
from swimctl.platforms.juniper_junos.reading import JunosDevice, of_all, unknown_command
from swimctl.settings import Settings
from swimctl.terminal import answer
from swimctl.versions import same_release

_VALIDATE: Final = "request system software validate"
_ADD: Final = "request system software add"
_ROLLBACK: Final = "request system software rollback"
_REBOOT: Final = "request system reboot"
_SNAPSHOT: Final = "request system snapshot"
_YES: Final = (answer(r"reboot the system\b.*\[yes,no\] \(no\)", "yes"),)

SUPPORT: Final = Support(
    name="Juniper Junos, one routing engine or a Virtual Chassis",
    add=_ADD,
    activate=_REBOOT,
    commit="",
    back=_ROLLBACK,
    preserve=_SNAPSHOT,
    starts_added=True,
    look="`show version`, `show virtual-chassis` and `show log messages | last 50`",
    way_back=(
        f"`{_ROLLBACK}`, then `{_REBOOT}`; before the first reboot, `{_ROLLBACK}` alone takes back what was added"
    ),
    hashes=("md5",),
    members="Virtual Chassis: room, release and state of every member, before and after; all reboot at once",
    evidence=with_models(
        read_by(
            boot="`show system uptime`",
            release="`show version` and `show virtual-chassis`",
            state="`show version`, which names what waits for the next reboot",
            compared="`show interfaces terse`, `show lldp neighbors`, `show route summary`",
        ),
        boot="`show system uptime | display xml`",
        release="`show version | display xml`",
        state="`show version | display xml`, which names what waits on the older kind of Junos",
        by="",
    ),
    refuses=(
        "routers with two routing engines, and SRX clusters: each engine or node is upgraded by hand",
        "VM hosts (`request vmhost software`) and Junos Evolved",
        "members of a Virtual Chassis on different releases: bring them to one first, member by member",
        "a device whose `show version` does not name a package that waits for its reboot: what was added is taken back",
        "cleaning: `request system storage cleanup` deletes old logs too, and is left to people",
        "snapshots on USB sticks and disks; it makes those of `swimctl.activation.snapshot` on the device itself",
        "the shell that root gets: use an account of class super-user",
    ),
)


class JuniperJunos(JunosDevice):
    """Change one device, and read it; every command has a deadline of the settings."""

    support = SUPPORT
    unpacks = True
    # The release before stays on the device as long as nothing else is added.
    returns = True

    def __init__(self, session: Session, settings: Settings, _options: JobOptions) -> None:
        super().__init__(session, settings)

    def clean(self) -> str:
        """Refuse: swimctl cannot tell which files people still want."""
        raise CommandRefused("swimctl cleans no Junos device: `request system storage cleanup` deletes old logs too")

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device."""
        command = f"file delete {self.destination(image)}"
        self._show(command)
        if self.file_size(image) is not None:
            raise CommandRefused(f"'{command}': the file is still there")

    def spread(self, image: Image) -> str:  # noqa: ARG002 - other platforms copy it here
        """Leave it to the device, which takes the package to all members when it adds it."""
        return ""

    def save(self) -> None:
        """Do nothing: what is committed on Junos is saved."""

    def unpreserved(self) -> str:
        """Tell which members keep what runs neither in both root partitions nor as a recovery snapshot."""
        members = self.members()
        kept = self.kept(members)
        lacking = [
            f"{name} {', '.join(kept[name].releases) or 'none' if name in kept else 'none'}"
            for name, node in self.nodes(members).items()
            if name not in kept or not _keeps(kept[name], node.version)
        ]
        return f"`show system snapshot` names {'; '.join(lacking)}" if lacking else ""

    def preserve(self) -> Sent:
        """Copy what runs to the other root partition, or into a recovery snapshot, on every member."""
        members = self.members()
        kept = self.kept(members)
        if not kept:
            raise CommandRefused(f"'{_SNAPSHOT}': the device keeps neither a second root partition nor snapshots")
        where = "recovery" if next(iter(kept.values())).recovery else "slice alternate"
        command = of_all(f"{_SNAPSHOT} {where}", members)
        reply = self._session.converse(command, (), self._limits.snapshot)
        return _read(reply, lambda: parse_snapshot(reply.text, command))

    def add(self, image: Image) -> Sent:
        """Add the package on all members; the next reboot starts it."""
        package = self.destination(image)
        members = self.members()
        checked = self._validate(package)
        if checked is not None and (checked.dropped or checked.outcome.succeeded is False):
            return checked
        if checked is not None and checked.outcome.succeeded is None:
            return _failed(checked, f"{checked.outcome.reason or f'{_VALIDATE} gave no verdict'}; nothing was added")
        free = [size for size in self.free(members).values() if size is not None]
        # Where another copy of it would not fit, none is kept beside the one that was copied there.
        keep = "" if free and min(free) >= image.size else " no-copy"
        sent = self._software(f"{_ADD} {package}{keep}", self._limits.add)
        if sent.dropped or sent.outcome.succeeded is False:
            return sent
        lacking = self._lacking(image)
        if not lacking:
            return sent
        # What `show version` does not name nobody would see wait, whether the device said that it does or said nothing
        # that reads. Only where all of it is proved to be taken back nothing was done.
        told, back = self._take_back_unseen(image, members)
        reason = "; ".join(filter(None, (sent.outcome.reason, lacking, told)))
        return Sent(InstallOutcome(sent.outcome.operation, succeeded=False if back else None, reason=reason))

    def activate(self, image: Image) -> Sent:
        """Reboot all members into what was added, where each of them says that it will start that."""
        if lacking := self._lacking(image):
            return Sent(InstallOutcome("reboot", succeeded=False, reason=lacking))
        return self._reboot()

    def commit(self, image: Image) -> Sent:
        """Do nothing: what runs is what boots, unless something else was added since."""
        return Sent(
            InstallOutcome(
                "commit",
                succeeded=False,
                reason=f"{image.version} runs, and another release waits for the next reboot: "
                f"`show version` names it, `{_ROLLBACK}` takes it back",
            )
        )

    def back(self, before: Snapshot) -> Sent:
        """Have every member boot what it ran before, and reboot; not without one that would come back on another."""
        members = self.members()
        away = [f"fpc{member.number}" for member in members if member.state == "NotPrsnt"]
        if away:
            return Sent(
                InstallOutcome(
                    "rollback",
                    succeeded=False,
                    reason=f"{', '.join(away)} NotPrsnt: it cannot be told to go back too, and would not join the "
                    f"others on {before.version}; nothing was sent",
                )
            )
        for name, node in self.nodes(members).items():
            starts = node.pending or node.version
            if same_release(starts, before.version):
                continue
            sent = self._roll_back(name, members)
            if sent.dropped or sent.outcome.succeeded is not True:
                return sent
            starts = sent.outcome.added_version or self._starts(name)
            if not same_release(starts, before.version):
                return _failed(
                    sent,
                    f"{name} would start {starts} at the next reboot, not {before.version}; it was not rebooted",
                )
        return self._reboot()

    def restore(self, before: Snapshot) -> str:
        """Take back on every member what was added and would start at its next reboot."""
        members = self.members()
        doomed = {
            name: node.pending
            for name, node in self.nodes(members).items()
            if node.pending and not same_release(node.pending, before.version)
        }
        told = [f"{self._take_back(name, members)} ({name}, {release})" for name, release in doomed.items()]
        return f"`{_ROLLBACK}`: {', '.join(told)}" if told else ""

    def _validate(self, package: str) -> Sent | None:
        """Let the device hold the package against its configuration; None where it has no such command."""
        try:
            return self._software(f"{_VALIDATE} {package}", self._limits.add)
        except CommandRefused as error:
            if not unknown_command(error):
                raise
            return None

    def _lacking(self, image: Image) -> str:
        """Tell which members would not start the image at the next reboot, empty where all would."""
        lacking = [
            f"{name} {node.pending or node.version}"
            for name, node in self.nodes(self.members()).items()
            if not (node.pending and same_release(node.pending, image.version))
        ]
        return (
            f"'show version' does not name {image.version} for the next reboot; it would start {', '.join(lacking)}"
            if lacking
            else ""
        )

    def _starts(self, name: str) -> str:
        node = self.nodes(self.members())[name]
        return node.pending or node.version

    def _roll_back(self, name: str, members: tuple[ChassisMember, ...]) -> Sent:
        where = f" member {name.removeprefix('fpc')}" if len(members) > 1 else ""
        return self._software(f"{_ROLLBACK}{where}", self._limits.commit)

    def _take_back(self, name: str, members: tuple[ChassisMember, ...]) -> str:
        sent = self._roll_back(name, members)
        left = self.nodes(members)[name].pending
        if left is None:
            return "taken back"
        return f"{left} still waits for the next reboot: {sent.outcome.reason or 'no word of success'}"

    def _take_back_unseen(self, image: Image, members: tuple[ChassisMember, ...]) -> tuple[str, bool]:
        """Take back what a device may have added and does not name; tell what came of it, and whether all is back.

        Where nothing waits a rollback makes the release before the next one: then a second one takes that back.
        """
        unseen = [name for name, node in self.nodes(members).items() if node.pending is None]
        told, all_back = [], True
        for name in unseen:
            for _ in range(2):
                outcome = self._roll_back(name, members).outcome
                back = isinstance(outcome, SoftwareRequest) and outcome.succeeded and not outcome.reboot_required
                if back:
                    break
            all_back = all_back and bool(back)
            why = outcome.reason or f"{outcome.added_version or 'another release'} may start at its next reboot"
            told.append(f"{name} {'taken back' if back else why}")
        return (f"`{_ROLLBACK}`: {', '.join(told)}" if told else f"{image.version} waits on the others"), all_back

    def _software(self, command: str, seconds: float) -> Sent:
        reply = self._session.converse(command, (), seconds)
        return _read(reply, lambda: parse_software(reply.text, command))

    def _reboot(self) -> Sent:
        command = of_all(_REBOOT, self.members())
        reply = self._session.converse(command, _YES, self._limits.activate)
        return _read(reply, lambda: parse_reboot(reply.text, command))


def _keeps(node: NodeSnapshots, release: str) -> bool:
    same = [same_release(each, release) for each in node.releases]
    # A partition that cannot be read, or that holds another release, is no copy; old recovery snapshots may lie about.
    return any(same) if node.recovery else len(same) > 1 and all(same)


def _failed(sent: Sent, reason: str) -> Sent:
    return Sent(InstallOutcome(sent.outcome.operation, succeeded=False, reason=reason))


def _read(reply: Reply, parse: Callable[[], InstallOutcome]) -> Sent:
    try:
        return Sent(parse(), reply.dropped)
    except UnparsableOutput as error:
        reason = None if reply.dropped else str(error)
        return Sent(InstallOutcome(operation=None, succeeded=None, reason=reason), reply.dropped)
