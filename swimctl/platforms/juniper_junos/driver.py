"""Junos switches and routers with one routing engine, and Virtual Chassis, through one open session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.models import Image, JobOptions
from swimctl.platforms.base import Reply, Sent, Session, Support
from swimctl.platforms.evidence import read_by, with_models
from swimctl.platforms.facts import InstallOutcome, Snapshot
from swimctl.platforms.juniper_junos.facts import ChassisMember, NodeSnapshots, SoftwareRequest
from swimctl.platforms.juniper_junos.nodes import of_all
from swimctl.platforms.juniper_junos.parsers.reboot import parse_reboot
from swimctl.platforms.juniper_junos.parsers.snapshot import parse_snapshot
from swimctl.platforms.juniper_junos.parsers.software import parse_software
from swimctl.platforms.juniper_junos.reading import JunosDevice, unknown_command
from swimctl.platforms.juniper_junos.verdicts import is_refusal, on_host, verdict, will_start
from swimctl.platforms.terminal import answer
from swimctl.platforms.versions import same_release

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
    way_back=f"`{_ROLLBACK}`, then `{_REBOOT}`; before the first reboot, `{_ROLLBACK}` alone undoes the `add`",
    hashes=("md5",),
    members="in a Virtual Chassis, swimctl checks space, release and state of every member, before and after; all "
    "reboot at once",
    evidence=with_models(
        read_by(
            who="`show virtual-chassis`, else of `show chassis hardware`",
            boot="`show system uptime`",
            release="`show version` and `show virtual-chassis`",
            state="`show version`, or `show log install` of a host-based installer, for what waits for the next reboot",
            compared="`show interfaces terse`, `show lldp neighbors`, `show route summary`",
        ),
        boot="`show system uptime | display xml`",
        release="`show version | display xml`",
        state="`show version | display xml`, which names what waits on the older kind of Junos",
        by="",
    ),
    refuses=(
        "routers with two routing engines, and SRX clusters: upgrade each engine or node by hand",
        "VM hosts (`request vmhost software`) and Junos Evolved",
        "members of a Virtual Chassis with different releases: bring them to one release first, member by member",
        "a device that does not show what its next reboot starts: swimctl undoes what it added",
        "--cleanup-flash: `request system storage cleanup` also deletes old logs, so type it yourself",
        "snapshots on USB sticks and disks; `swimctl.activation.snapshot` makes one inside the device",
        "the account root, which gets a shell: use an account of class super-user",
    ),
)


class JuniperJunos(JunosDevice):
    """Change one device, and read it; every command has a deadline of the settings."""

    support = SUPPORT
    unpacks = True

    def __init__(self, session: Session, settings: Settings, _options: JobOptions) -> None:
        super().__init__(session, settings)

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device."""
        command = f"file delete {self.destination(image)}"
        self._show(command)
        if self.file_size(image) is not None:
            raise CommandRefused(f"'{command}': the file is still there")

    def unpreserved(self) -> str:
        """Return which members keep what runs neither in both root partitions nor as a recovery snapshot."""
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

    def typed(self, image: Image) -> tuple[str, ...]:
        """Return the commands that change the device from the copy to the commit, in order; see `NamesCommands`."""
        package = self.destination(image)
        kept = (f"{_SNAPSHOT} …",) if self._settings.activation.snapshot else ()
        return (*kept, f"{_VALIDATE} {package}", f"{_ADD} {package} …", f"{_REBOOT} …")

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
        self._said = None
        sent = self._software(f"{_ADD} {package}{keep}", self._limits.add)
        if sent.dropped or is_refusal(sent.outcome):
            return sent
        nodes = self.nodes(members)
        lacking = [name for name, node in nodes.items() if not will_start(node, image)]
        # A member that refused clearly has nothing; those that name it themselves are seen, and taken back if need be.
        unseen = [name for name in lacking if verdict(sent.outcome, name, nodes) is not False]
        if not unseen:
            return sent
        if on_host(sent.outcome) and all(verdict(sent.outcome, name, nodes) for name in unseen):
            self._said = (image.version, frozenset(nodes))
            return sent
        # What neither `show version` nor a log names nobody would see wait, whether the device said that it does or
        # said nothing that reads. Only where all of it is proved to be taken back nothing was done.
        told, back = self._take_back_unseen(unseen, members)
        reason = "; ".join(filter(None, (sent.outcome.reason, self._lacking(image), told)))
        return Sent(InstallOutcome(sent.outcome.operation, succeeded=False if back else None, reason=reason))

    def activate(self, image: Image) -> Sent:
        """Reboot all members into what was added, where each of them says that it will start that."""
        if lacking := self._lacking(image):
            return Sent(InstallOutcome("reboot", succeeded=False, reason=lacking))
        return self._reboot()

    def commit_image(self, image: Image) -> Sent:
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
        """Have every member boot what it ran before, and reboot; not without one that would come back on another.

        The release before stays on the device as long as nothing else is added.
        """
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
            if sent.dropped or sent.outcome.succeeded is False:
                return sent
            # The verdict did not read: then the device says what it would start.
            starts = sent.outcome.added_version or self._starts(name)
            if not same_release(starts, before.version):
                why = f"{sent.outcome.reason or 'no word of success'}; " if sent.outcome.succeeded is None else ""
                may = f", but may start {before.version} then" if why else ""
                return _failed(
                    sent,
                    f"{why}{name} would start {starts} at the next reboot, not {before.version}{may}; it was not "
                    "rebooted",
                )
        self._said = None
        return self._reboot()

    def restore(self, before: Snapshot) -> str:
        """Undo on every member what was added and would start at its next reboot."""
        members = self.members()
        told, left = [], []
        for name, node in self.nodes(members).items():
            if node.pending and not same_release(node.pending, before.version):
                words, back = self._take_back(name, members, unseen=node.by_log)
                told.append(f"{words} ({name}, {node.pending})")
                left += [] if back or not node.by_log else [name]
        words = f"`{_ROLLBACK}`: {', '.join(told)}" if told else ""
        self._said = None
        if left:
            # `show version` cannot show it, so nothing but the device's word says that it is taken back.
            raise CommandRefused(words)
        return words

    def _validate(self, package: str) -> Sent | None:
        """Have the device check the package against its configuration; None if it has no such command."""
        try:
            return self._software(f"{_VALIDATE} {package}", self._limits.add)
        except CommandRefused as error:
            if not unknown_command(error):
                raise
            return None

    def _lacking(self, image: Image) -> str:
        """Return which members would not start the image at the next reboot, empty where all would."""
        lacking = [
            f"{name} {node.pending or node.version}"
            for name, node in self.nodes(self.members()).items()
            if not will_start(node, image) and (self._said is None or name not in self._said[1])
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

    def _take_back(self, name: str, members: tuple[ChassisMember, ...], *, unseen: bool) -> tuple[str, bool]:
        """Undo what waits for the next reboot of a member; return how that ended, and whether it is undone.

        What `show version` named before, it must not name afterwards. If it cannot show what waits (`unseen`), only
        the device's own answer counts. If nothing waited, the rollback sets the older release for the next boot: then
        a second rollback undoes that.
        """
        said, outcome = False, None
        for _ in range(2 if unseen else 1):
            outcome = self._roll_back(name, members).outcome
            said = isinstance(outcome, SoftwareRequest) and bool(outcome.succeeded) and not outcome.reboot_required
            if said:
                break
        left = None if unseen else self.nodes(members)[name].pending
        if left is None and (said or not unseen):
            return "taken back", True
        why = outcome.reason if outcome else None
        if left:
            return f"{left} still waits for the next reboot: {why or 'no word of success'}", False
        starts = outcome.added_version if outcome else None
        return why or f"{starts or 'another release'} may start at its next reboot", False

    def _take_back_unseen(self, unseen: Sequence[str], members: tuple[ChassisMember, ...]) -> tuple[str, bool]:
        """Undo what members may have added but do not name; return how that ended, and whether all is undone."""
        found = {name: self._take_back(name, members, unseen=True) for name in unseen}
        told = ", ".join(f"{name} {words}" for name, (words, _) in found.items())
        return f"`{_ROLLBACK}`: {told}", all(back for _, back in found.values())

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
