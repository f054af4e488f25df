"""What is installed on a lab switch, in which state, and what it boots; the auto-abort timer."""

from __future__ import annotations

from datetime import datetime

from swimctl.lab.chassis import FOREVER
from swimctl.lab.cisco_xe.patches import Patches, is_patch
from swimctl.lab.cisco_xe.release import Release
from swimctl.lab.cisco_xe.software import PACKAGES, PACKAGES_BYTES, Software
from swimctl.lab.cisco_xe.stack import Stack
from swimctl.lab.flash import LabFile
from swimctl.lab.images import read_image

PROGRESS = 1800.0
"""Lab seconds between the timer's syslog lines."""
MODELS_LAG = 90.0
"""Lab seconds that models lag, where they do."""


class Installed:
    """Releases and their states.

    `active` is what packages.conf names. Where it is not `committed` it is activated and uncommitted, and unless
    somebody commits, the switch goes back at the lab second `timer_ends`. `inactive` was added and does not run.
    `booted` is the image that runs in bundle mode, from the file `booted_path` of the flash. `points` are the rollback
    points, the newest first. `provisioned` is what `request platform` made packages.conf name for the next boot, where
    that is not what runs, and `rolls_back_to` what it named before.
    """

    def __init__(self, switch: Stack) -> None:
        self._switch = switch
        spec = switch.spec
        first = spec.born_with
        self.active = self.base = first
        self.committed_software = first
        self.inactive: Software | None = None
        self.booted: Software | None = first if spec.mode == "BUNDLE" else None
        self.booted_path = first.image
        self.timer_ends: float | None = None
        self.points: list[tuple[int, datetime, Software]] = [(1, switch.clock.at(-spec.uptime), first)]
        self._previous = first
        self.patches = Patches(switch)
        self.provisioned: Software | None = None
        self.rolls_back_to: Software | None = None
        self._timers: list[object] = []
        self._before: tuple[float, dict[int, list[tuple[str, Release]]]] = (-FOREVER, {})

    @property
    def mode(self) -> str:
        """Return INSTALL or BUNDLE."""
        return "BUNDLE" if self.booted else "INSTALL"

    @property
    def running(self) -> Release:
        """Return what the active member runs."""
        return (self.booted or self.active).release

    @property
    def committed(self) -> Release:
        """Return what the switch goes back to."""
        return (self.booted or self.committed_software).release

    @property
    def uncommitted(self) -> bool:
        """Return whether what runs is not committed."""
        return self.booted is None and self.active != self.committed_software

    def member_release(self, number: int) -> Release:
        """Return what a member runs."""
        ahead = self._switch.in_service.ahead
        if ahead is not None and number != self._switch.active:
            return ahead.release
        return self._previous.release if self._switch.lags(number) else self.running

    def states(self, number: int) -> list[tuple[str, Release]]:
        """List a member's releases with the letters of `show install summary`.

        Releases up to 17.9.4 go on listing the committed one while another one waits for its commit; newer ones do not.
        """
        if self._switch.lags(number):
            return [("C", self._previous.release)]
        release = self.member_release(number)
        rows = [("C" if release == self.committed else "U", release)]
        if release != self.committed and not release.new_dialect:
            rows.append(("C", self.committed))
        if self.inactive is not None and self.inactive.release != release:
            rows.append(("I", self.inactive.release))
        return rows

    def modelled(self, number: int) -> list[tuple[str, Release]]:
        """List them as the device's models do: those that lag tell for a while what was before the last change."""
        changed, before = self._before
        fresh = self._switch.clock.now() - changed
        if self._switch.booted_at >= changed:  # it changed while it went down
            fresh = self._switch.since_up
        lags = self._switch.spec.fault("models-lag") and fresh < MODELS_LAG
        return before.get(number) or self.states(number) if lags else self.states(number)

    def _changes(self) -> None:
        self._before = (self._switch.clock.now(), {number: self.states(number) for number in self._switch.members})

    def start(self, software: Software, minutes: int | None) -> None:
        """Make a release the one that boots; with `minutes`, uncommitted and under the timer, else committed."""
        self._changes()
        self._previous = self.active
        if self.booted is not None:
            self._previous, self.booted = self.booted, None
        self.active, self.inactive = software, None
        self.patches.states.clear()
        for number in self._switch.members:
            self._switch.flash(number).add(LabFile(PACKAGES, PACKAGES_BYTES, self._switch.clock.wall()))
        if minutes is None:
            self.commit()
        else:
            self.timer_ends = self._switch.clock.now() + minutes * 60

    def commit(self) -> None:
        """Keep what is active, and remember it as a point to come back to."""
        if self.uncommitted:
            self._changes()
        self.stop_timer()
        self._switch.in_service.committed()
        if self.active != self.committed_software:
            number = self.points[0][0] + 1 if self.points else 1
            self.points.insert(0, (number, self._switch.clock.wall(), self.active))
        self.committed_software = self.active

    def start_timer(self, minutes: int) -> None:
        """Go back after so many minutes unless somebody commits."""
        self.timer_ends = self._switch.clock.now() + minutes * 60
        self.after_boot()

    def go_back_without_patches(self) -> bool:
        """Remove the patches that were activated. Return whether the switch reloads for it."""
        self.stop_timer()
        return self.patches.back()

    def go_back(self, software: Software) -> None:
        """Make an earlier release the active one again; what an activation broke is healed by it."""
        self._changes()
        self._switch.degraded = False
        self.stop_timer()
        if self.active != software:
            self.inactive = self.active
        self._previous = self.active = software

    def provision(self, software: Software) -> None:
        """Make packages.conf name a release."""
        self.rolls_back_to = self.provisioned or self.active
        self.provisioned = software if software != self.active else None

    def _start_provisioned(self) -> None:
        old, new, self.provisioned = self.active, self.provisioned, None
        if new is not None and not self._switch.spec.fault("boots-old-image"):
            self._previous, self.active, self.committed_software = old, new, new
            self._switch.degraded = new.release != self._switch.spec.release

    def boot(self, path: str) -> bool:
        """Try to boot from a path; False: there is nothing to boot."""
        if path.rpartition(":")[2].strip("/") == PACKAGES:
            self._start_provisioned()
            whole = self._switch.find(path) is not None and self.active.whole(self._switch.flash(1))
            self.booted = None if whole else self.booted
            return whole
        software, ran = self.bootable(path), self.booted or self.active
        if software is None:
            return False
        self._previous = ran if software != ran else self._previous
        self.booted, self.booted_path = software, self._switch.resolve(path)[1]
        self._switch.degraded = software.release != self._switch.spec.release
        return True

    def bootable(self, path: str) -> Software | None:
        """Return what an image file would start; None: it is not there or does not boot."""
        file = self._switch.find(path)
        software = self.read(file) if file else None
        new = software is not None and software.release != self._switch.spec.release
        return None if new and self._switch.spec.fault("boots-old-image") else software

    def read(self, file: LabFile) -> Software | None:
        """Return what release an image file holds; None: it is none, is damaged, or is for another family."""
        image = None if file.damaged or is_patch(file.name) else read_image(file.head, file.name)
        if image is None or image.family != self._switch.spec.hardware.family:
            return None
        try:
            return self._switch.spec.software(image.version, image.build, file.size)
        except ValueError:
            return None

    def removable(self, number: int) -> tuple[list[str], list[str]]:
        """List what a member keeps and what it can do without, of its package, image and provisioning files."""
        used = {PACKAGES}
        for software in (self.active, self.committed_software):
            used |= {*software.packages, software.conf}
        if self.booted is not None:
            used.add(self.booted.image)
        names = [
            file.name
            for file in self._switch.flash(number).listing()
            if file.name.endswith((".pkg", ".bin", ".conf", ".pkg.old"))
        ]
        return [name for name in names if name in used], [name for name in names if name not in used]

    def forget_removed(self) -> None:
        """Drop the releases whose packages are no longer there."""
        flash = self._switch.flash(1)
        if self.inactive is not None and not self.inactive.whole(flash):
            self.inactive = None
        kept = (self.active, self.committed_software)
        self.points = [point for point in self.points if point[2] in kept or point[2].whole(flash)]

    @property
    def timer_left(self) -> str:
        """Return the time until it goes back, as 01:59:30; empty where no timer runs."""
        if self.timer_ends is None:
            return ""
        left = max(0, int(self.timer_ends - self._switch.clock.now()))
        return f"{left // 3600:02}:{left // 60 % 60:02}:{left % 60:02}"

    def after_boot(self) -> None:
        """Arm the timer of an uncommitted release now that it runs."""
        if self.timer_ends is None:
            return
        left = max(0.0, self.timer_ends - self._switch.clock.now())
        self._timers = [self._switch.later(left, self._expire), self._switch.later(0, self._progress)]

    def stop_timer(self) -> None:
        """Stop the timer."""
        for timer in self._timers:
            self._switch.forget(timer)
        self._timers, self.timer_ends = [], None

    def log(self, code: str, text: str) -> str:
        """Write a line of the install manager's to the log."""
        engine = "install_mgr" if self.running.new_dialect else "install_engine"
        word = self._switch.spec.unit_word
        where = f"{word} 1 R0/0" if word else "R0/0"
        return self._switch.say(code, f"{where}: {engine}: {text}")

    def _progress(self) -> None:
        if self.timer_ends is None:
            return
        left = self.timer_ends - self._switch.clock.now()
        self.log(
            "INSTALL-5-INSTALL_AUTO_ABORT_TIMER_PROGRESS", f"Install auto abort timer will expire in {left:.0f} seconds"
        )
        if left > PROGRESS:
            self._timers.append(self._switch.later(PROGRESS, self._progress))

    def _expire(self) -> None:
        if self.patches.those("U"):
            self.log("INSTALL-5-INSTALL_AUTO_ABORT_TIMER_EXPIRED", "Install auto abort timer has expired, rolling back")
            if self.go_back_without_patches():
                self._switch.reload("Install")
            return
        if self.timer_ends is not None and self.uncommitted:
            self.log("INSTALL-5-INSTALL_AUTO_ABORT_TIMER_EXPIRED", "Install auto abort timer has expired, rolling back")
            if self._switch.in_service.open:
                self._switch.in_service.go_back()
                return
            self._switch.reload("Install", lambda: self.go_back(self.committed_software))
