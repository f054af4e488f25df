"""What a Cisco device boots next, by the `boot system` lines of its configuration: read, changed, and put back."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import CommandRefused, StepFailed, UnparsableOutput
from swimctl.platforms.base import Sent
from swimctl.platforms.cisco_ios.boot_lines import (
    COMMAND,
    Form,
    files,
    inside,
    parse_boot_lines,
    put_first,
    same_setting,
)
from swimctl.platforms.cisco_xe.parsers.boot import parse_show_boot
from swimctl.platforms.cisco_xe.reading import Reading, unknown_command
from swimctl.platforms.cisco_xe.reload import save
from swimctl.platforms.facts import BootSettings, InstallOutcome

NOT_SET: Final = (CommandRefused, StepFailed, UnparsableOutput)
"""What is raised where another setting than the wanted one may be in force."""
# A line that begins so and is no syslog message is a refusal or a warning; neither is passed over.
_COMPLAINT: Final = re.compile(r"^\s*%(?![A-Z0-9_]+(?:-[A-Z0-9_]+)*-\d-).*", re.MULTILINE)


_BETWEEN: Final = "\n\n"


class BootSetting:
    """The setting of one device; `runs` is the file that runs, `stack`: a line is for all members.

    It is saved only once it is whole: what a lost session leaves half-way is gone with the next boot.
    """

    def __init__(self, read: Reading, runs: str, *, stack: bool) -> None:
        self._read = read
        self._runs = runs
        self._stack = stack
        self._stands: tuple[str, ...] | None = None
        # What stands in its place where a line was sent that nobody saw answered: it may have arrived.
        self._perhaps: tuple[str, ...] | None = None
        self._back = False

    @property
    def left(self) -> str | None:
        """Return the lines as the accepted commands left them; empty where put back, None where there were none.

        Where the session ended in a line, those with it and those without it, with a blank line between. No lines at
        all are a blank line, too: whoever took the only one away, and named nothing in its place, has put nothing back.
        """
        if self._back:
            return ""
        if self._stands is None:
            return None
        lines = _BETWEEN.join("\n".join(each) for each in (self._stands, self._perhaps) if each is not None)
        return lines or _BETWEEN

    @staticmethod
    def is_left(lines: tuple[str, ...], left: str) -> bool:
        """Return whether the lines in force are what an earlier session left; see `left`."""
        return any(same_setting(lines, each.splitlines()) for each in left.split(_BETWEEN))

    def lines(self) -> tuple[str, ...]:
        """Read the lines that are in force."""
        return parse_boot_lines(self._read.show(COMMAND))

    def boot(self) -> BootSettings:
        """Read what the next boot starts."""
        return self._boot()[0]

    def put_first(self, lines: tuple[str, ...], wanted: str) -> None:
        """Set the lines so that a file is first and the one that runs second; raises what is in NOT_SET."""
        self.set(lines, self._with_first(lines, wanted))

    def commands(self, lines: tuple[str, ...], wanted: str) -> tuple[str, ...]:
        """Return the commands by which `put_first` sets the lines."""
        new = self._with_first(lines, wanted)
        changed = () if same_setting(lines, new) else _changed(lines, new)
        return (*(("configure terminal", *changed, "end") if changed else ()), "write memory")

    def _with_first(self, lines: tuple[str, ...], wanted: str) -> tuple[str, ...]:
        joined = self._boot()[1] or any(";" in line for line in lines)
        form = Form(joined=joined, stack=self._stack)
        return put_first(lines, wanted, inside(self._runs), form, self._read.root())

    def set(self, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        """Configure the lines, save, and read back what the next boot starts; StepFailed where it is another."""
        if not same_setting(old, new):
            self._configure(old, new)
        save(self._read)
        boot, wanted = self.boot(), files(new)
        for member, own in (boot.members or {"": boot}).items():
            seen = tuple(inside(path) for path in own.variable or ())
            if seen[: len(wanted)][:2] != wanted[:2]:
                where = f" of member {member}" if member else ""
                raise StepFailed(
                    f"the boot variable{where} reads {', '.join(seen) or 'nothing'} after {', '.join(wanted)} was set"
                )

    def names(self, lines: tuple[str, ...], file: str) -> bool:
        """Return whether the lines name a file first, on all members."""
        return files(lines)[:1] == (file,) and (not self._stack or lines[0].startswith("boot system switch all "))

    def undone(self, lines: tuple[str, ...], reason: str) -> Sent:
        """Restore the boot lines, if they are those of here; return the failure with its reason, and how they are."""
        try:
            seen = self.lines()
            mine = (lines, self._stands, self._perhaps)
            ours = any(each is not None and same_setting(seen, each) for each in mine)
            if ours:
                self.set(seen, lines)
        except NOT_SET as error:
            reason += f"; and the boot lines could not be put back: {error}"
        else:
            if not ours or self._stands is not None:
                self._back = True  # where nothing was set now, what an earlier session set still stands
            reason += (
                "; the boot lines are as they were"
                if ours
                else f"; the boot lines are not as they were set from here, so they stay: {', '.join(seen) or 'none'}"
            )
        return Sent(InstallOutcome("reload", succeeded=False, reason=reason))

    def _boot(self) -> tuple[BootSettings, bool]:
        """Read what the next boot starts, and whether it is one list, as older switches keep it."""
        text = self._read.show("show boot")
        try:
            return parse_show_boot(text), "path-list" in text
        except CommandRefused as error:
            if not unknown_command(error):
                raise
            return parse_show_boot(self._read.show("show bootvar"), "show bootvar"), False  # routers

    def _configure(self, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        lines = _changed(old, new)
        self._back = False
        self._read.show("configure terminal")
        for done, line in enumerate(lines, 1):
            was = self._stands
            # Where the session ends in the line, it may have arrived, and nobody knows before the device is asked.
            self._stands = _after(old, new, done)
            self._perhaps = was
            answer = self._read.show(line)
            self._perhaps = None
            if complaint := _COMPLAINT.search(answer):
                self._stands = was
                self._read.show("end")
                raise CommandRefused(f"'{line}': the device answered '{complaint[0].strip()}'")
        self._read.show("end")


def _changed(old: tuple[str, ...], new: tuple[str, ...]) -> list[str]:
    """Return the lines that lead from one setting to the other; none where they are the same."""
    if old == new:
        return []
    # One line that takes another's place needs no `no`: there is no moment without either.
    removed = [f"no {line}" for line in old] if not (len(old) == len(new) == 1) else []
    return [*removed, *new]


def _after(old: tuple[str, ...], new: tuple[str, ...], done: int) -> tuple[str, ...]:
    """Return the lines that are in force once so many of those of `_changed` were accepted."""
    if len(old) == len(new) == 1:
        return new
    return (*old[done:], *new[: max(0, done - len(old))])
