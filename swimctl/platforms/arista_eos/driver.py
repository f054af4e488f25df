"""Arista switches of one supervisor, through one open session."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import CommandRefused, NotEnabled, SessionLost, StepFailed, UnparsableOutput
from swimctl.facts import Directory, HashResult, Installed, InstallOutcome, Placement, Running, Snapshot
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.arista_eos.parse_boot import parse_show_boot_config
from swimctl.platforms.arista_eos.parse_files import parse_dir, parse_verify
from swimctl.platforms.arista_eos.parse_interfaces import parse_show_interfaces_status, parse_show_ip_interface_brief
from swimctl.platforms.arista_eos.parse_inventory import parse_show_inventory
from swimctl.platforms.arista_eos.parse_lldp import parse_show_lldp_neighbors
from swimctl.platforms.arista_eos.parse_mlag import parse_show_mlag, parse_show_mlag_detail
from swimctl.platforms.arista_eos.parse_routes import parse_show_ip_route_summary
from swimctl.platforms.arista_eos.parse_session import parse_write_memory
from swimctl.platforms.arista_eos.parse_version import parse_show_version
from swimctl.platforms.arista_eos.readiness import State, assess, identity, partner, release_named, space
from swimctl.platforms.base import Sent, Session, Support, Trace
from swimctl.platforms.privilege import parse_show_privilege, privilege
from swimctl.platforms.text import up_to_end
from swimctl.settings import Settings
from swimctl.terminal import Answer, answer
from swimctl.versions import same_release

_RELOAD: Final[tuple[Answer, ...]] = (
    # Saved just before; what was changed since is saved too, as the reload would lose it.
    answer(r"configuration has been modified\. save\?.*\[yes/no/cancel/diff\]", "yes"),
    answer(r"proceed with reload\?.*\[confirm\]", ""),
)
_DELETE: Final = (answer(r"delete.*\[confirm\]", ""),)
_REFUSED: Final = re.compile(r"^\s*%.*", re.MULTILINE)
_SHOW_BOOT: Final = "show boot-config"
_FLASH: Final = "flash:"
# Those that `show interfaces status` lists too, by their short names.
_PORTS: Final = ("Ethernet", "Port-Channel", "Management")

SUPPORT: Final = Support(
    name="Arista EOS",
    add="",
    activate="boot system, reload now",
    commit="boot system",
    back="boot system, reload now",
    look="`show version`, `show boot-config` and `show reload cause`",
    way_back="nothing goes back by itself; by hand, `boot system flash:OLD` in configuration mode, `show boot-config`, "
    "`reload now`",
    hashes=("sha512", "md5"),
    members="one supervisor; an MLAG partner must be healthy before, and connected again after the reload",
    refuses=(
        "modular switches with two supervisors: the image would have to be proved on both",
        "a switch whose next boot would not start what runs, or a file that is not on its flash",
        "MLAG peers without a `redundancy_group` in the inventory",
        "containers (cEOS): they are upgraded by starting them from another image",
        "--cleanup-flash: the device does not know which files it can do without",
    ),
)


class AristaEos:
    """Read and change one device; every command has a deadline of the settings.

    The image is named by `boot system`, not by `install source`: it sets the one line of `boot-config` that is read
    back, leaves the verified file as it is, and is the same command on the way back. What `install source` does
    beyond it is for a second supervisor. `boot-config` is no part of the configuration: nothing has to be saved for it.
    """

    support = SUPPORT
    unpacks = False
    returns = True

    def __init__(self, session: Session, settings: Settings, _options: JobOptions) -> None:
        self._session = session
        self._settings = settings
        self._limits = settings.deadlines

    def running(self) -> Running:
        """Tell what runs now, and since when."""
        version = parse_show_version(self._show("show version"))
        return Running(version.version, version.uptime, version.restarted_at, {"switch": version.version})

    def identity(self, device: Device) -> list[Finding]:
        """Apply the rules that hold even where nothing is left to do: privilege, the right device, and all of it."""
        may = self._privilege()
        if not may.ok:
            return [may]  # what this session cannot see is no fault of the device
        version = parse_show_version(self._show("show version"))
        return [may, *identity(version, parse_show_inventory(self._show("show inventory")), device)]

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        """Apply every rule of the readiness check; changes nothing. Without enough privilege that is the only one."""
        may = self._privilege()
        if not may.ok:
            return [may]
        boot = parse_show_boot_config(self._show(_SHOW_BOOT))
        mlag = parse_show_mlag(self._show("show mlag"))
        state = State(
            version=parse_show_version(self._show("show version")),
            inventory=parse_show_inventory(self._show("show inventory")),
            boot=boot,
            boots_there=any(self._is_there(path) for path in boot.variable or ()),
            flash=self._directory(_FLASH),
            mlag=mlag,
            delay=parse_show_mlag_detail(self._show("show mlag detail")) if mlag.domain else None,
            patience=self._limits.ready,
        )
        return [*assess(state, device, image, self._settings.readiness, cleanup=cleanup), may]

    def space(self, image: Image) -> list[Finding]:
        """Apply the rule of free space once more."""
        return [space(self._directory(_FLASH), image)]

    def installed(self, image: Image) -> Installed:
        """Tell where the image's release stands on the device."""
        version, boots = parse_show_version(self._show("show version")).version, self._boots()
        release = release_named(boots)
        boots_it = boots == self._path(image) or (release is not None and same_release(release, image.version))
        if not same_release(version, image.version):
            return Installed(Placement.NEXT if boots_it else Placement.ABSENT)
        if boots and release is None and not boots_it:
            raise UnparsableOutput(
                _SHOW_BOOT,
                boots,
                f"its name does not tell whether the next boot starts {version}, which runs; name a file that does "
                "with `boot system`",
            )
        return Installed(Placement.COMMITTED if boots_it else Placement.UNCOMMITTED)

    def snapshot(self, taken_at: str) -> Snapshot:
        """Take what must be as before after the upgrade, with the file that the way back names again."""
        version = parse_show_version(self._show("show version"))
        ports = parse_show_interfaces_status(self._show("show interfaces status"))
        addressed = parse_show_ip_interface_brief(self._show("show ip interface brief"))
        others = [each for each in addressed if not each.name.startswith(_PORTS)]
        tables = parse_show_ip_route_summary(self._show("show ip route summary"))
        return Snapshot(
            taken_at=taken_at,
            version=version.version,
            uptime=version.uptime,
            restarted_at=version.restarted_at,
            members={"switch": "Ready"},
            interfaces_up=tuple(sorted(each.name for each in (*ports, *others) if each.up)),
            neighbours=self._neighbours(),
            routes={f"{table.vrf} {name}": n for table in tables for name, n in table.routes.sources.items()},
            boots=self._boots(),
        )

    def configuration(self) -> str:
        """Read the running configuration; kept out of the transcript."""
        text = self._session.run("show running-config", self._limits.command, quiet=True)
        return up_to_end(text)

    def unready(self) -> str | None:
        """Tell what is not back yet after a reload: the MLAG partner, and the ports that wait for it."""
        uptime = self.running().uptime
        mlag = parse_show_mlag(self._show("show mlag"))
        if not mlag.domain:
            return None
        apart = [finding.seen for finding in partner(mlag) if not finding.ok]
        if apart:
            return f"MLAG {', '.join(apart)}"
        delay = parse_show_mlag_detail(self._show("show mlag detail"))
        waits = (uptime or 0) < delay.seconds if delay.waiting is None else delay.waiting
        return f"MLAG keeps the ports down for its reload delay of {delay.seconds} s" if waits else None

    def clean(self) -> str:
        """Refuse: the device does not know which files it can do without."""
        raise StepFailed(f"{self.support.refuses[-1]}; next: `delete` on the device what is no longer needed")

    def file_size(self, image: Image) -> int | None:
        """Tell the size in bytes of the image's file on the device, None where there is none."""
        return self._directory(_FLASH).size_of(image.filename)

    def file_hash(self, image: Image, algorithm: str) -> HashResult:
        """Let the device compute the hash of the image's file."""
        seconds = self._settings.hash_deadline(image.size)
        return parse_verify(self._session.run(f"verify /{algorithm} {self._path(image)}", seconds))

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device, and see that it is gone."""
        command = f"delete {self._path(image)}"
        reply = self._session.converse(command, _DELETE, self._limits.command)
        if reply.dropped:
            raise SessionLost(f"the session ended in '{command}'")
        if self.file_size(image) is not None:
            raise CommandRefused(f"'{command}': the file is still there; the device answered '{reply.text.strip()}'")

    def destination(self, image: Image) -> str:
        """Name the path that a transport writes to: SCP ends in the Linux below EOS."""
        return f"/mnt/flash/{image.filename}"

    def spread(self, image: Image) -> str:  # noqa: ARG002 - of platforms with members
        """Do nothing: there is one supervisor."""
        return ""

    def save(self) -> None:
        """Save the running configuration."""
        outcome = parse_write_memory(self._session.run("write memory", self._limits.save))
        if not outcome.saved:
            raise StepFailed(f"'write memory' failed: {outcome.reason}; nothing was activated")

    def add(self, image: Image) -> Sent:
        """Refuse: there is nothing to unpack before the activation."""
        raise StepFailed(f"{image.filename} is booted as it is, nothing is added")

    def activate(self, image: Image) -> Sent:
        """Name the image for the next boot, read that back, and reload."""
        return self._boot_and_reload(self._path(image))

    def commit(self, image: Image) -> Sent:
        """Name what runs for the next boot."""
        old = self._boots()
        try:
            self._name(self._path(image))
        except SessionLost:
            return Sent(InstallOutcome("commit", succeeded=None), dropped=True)
        except (CommandRefused, StepFailed) as error:
            return self._undone(old, str(error))
        return Sent(InstallOutcome("commit", succeeded=True))

    def back(self, before: Snapshot) -> Sent:
        """Name the image of before, once it is proved to be there still, and reload."""
        if not before.boots or not self._is_there(before.boots):
            reason = f"{before.boots or 'the image of before'} is not on the device; nothing was changed"
            return Sent(InstallOutcome("reload", succeeded=False, reason=reason))
        return self._boot_and_reload(before.boots)

    def restore(self, before: Snapshot) -> str:
        """Name the image of before again, where another is named."""
        if not before.boots or self._boots() == before.boots:
            return ""
        self._name(before.boots)
        return f"the next boot starts {before.boots} again, as before"

    def log_mark(self) -> str | None:
        """Name what the next boot starts: no line of the log proves as much."""
        return self._boots()

    def trace(self, operation: str, mark: str | None) -> Trace:  # noqa: ARG002 - every one of them begins alike
        """Tell whether an operation came: each begins by naming another image. Nothing tells whether its reload did."""
        return Trace(received=False if self._boots() == mark else None, finished=None)

    def _boot_and_reload(self, path: str) -> Sent:
        try:
            old = self._boots()
            try:
                self._name(path)
                reply = self._session.converse("reload now", _RELOAD, self._limits.activate)
                if not reply.dropped:
                    _not_refused("reload now", reply.text)
            except (CommandRefused, StepFailed, UnparsableOutput) as error:
                return self._undone(old, str(error))
        except SessionLost:
            return Sent(InstallOutcome("reload", succeeded=None), dropped=True)
        return Sent(InstallOutcome("reload", succeeded=None if reply.dropped else True), reply.dropped)

    def _name(self, path: str) -> None:
        """Name a file for the next boot and read it back; StepFailed where another one stands there."""
        self._do("configure")
        try:
            self._do(f"boot system {path}")
        except CommandRefused:
            self._do("end")
            raise
        self._do("end")
        if (seen := self._boots()) != path:
            raise StepFailed(f"'{_SHOW_BOOT}' names {seen or 'nothing'} after 'boot system {path}'")

    def _undone(self, old: str, reason: str) -> Sent:
        """Put the boot setting back as it was, and say why."""
        try:
            if old and self._boots() != old:
                self._name(old)
        except (CommandRefused, StepFailed, UnparsableOutput) as error:
            reason += f"; and the boot setting could not be put back to {old}: {error}"
        else:
            reason += f"; the next boot starts {old or 'nothing'}, as before"
        return Sent(InstallOutcome("reload", succeeded=False, reason=reason))

    def _do(self, command: str) -> None:
        _not_refused(command, self._show(command))

    def _boots(self) -> str:
        """Tell the file that the next boot starts, spelled as a command takes it; empty where none is named."""
        named = next(iter(parse_show_boot_config(self._show(_SHOW_BOOT)).variable or ()), "")
        return named.replace(":/", ":", 1)

    def _is_there(self, path: str) -> bool:
        system, _, inside = path.partition(":")
        folder, _, name = inside.strip("/").rpartition("/")
        try:
            files = self._directory(f"{system}:{folder}").files
        except CommandRefused:
            return False
        return any(file.name == name and not file.is_directory for file in files)

    def _directory(self, path: str) -> Directory:
        listing = parse_dir(self._show(f"dir {path}"))
        if isinstance(listing, tuple):
            raise UnparsableOutput(f"dir {path}", "", "it lists more than one file system")
        return listing

    def _neighbours(self) -> tuple[str, ...]:
        try:
            found = parse_show_lldp_neighbors(self._show("show lldp neighbors"))
        except NotEnabled:
            return ()
        return tuple(sorted({f"{each.local_interface} → {each.name}" for each in found}))

    def _path(self, image: Image) -> str:
        return f"{_FLASH}{image.filename}"

    def _privilege(self) -> Finding:
        return privilege(parse_show_privilege(self._show("show privilege")), self._settings.readiness)

    def _show(self, command: str) -> str:
        return self._session.run(command, self._limits.command)


def _not_refused(command: str, text: str) -> None:
    if refusal := _REFUSED.search(text):
        raise CommandRefused(f"'{command}': the device answered '{refusal[0].strip()}'")
