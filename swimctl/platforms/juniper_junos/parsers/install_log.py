"""`show log install`: which release a host-based installer staged last. It is not among what `show version` names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from swimctl.platforms.juniper_junos.nodes import moment

# The format is known from one source: the log of a QFX5110 and of an SRX1500 in the tests of shigechika/junos-ops.
# `2026-05-12 12:18:29 JST mgd[59821]: /usr/libexec/ui/package -X update -no-validate /var/tmp/x.tgz`
_COMMAND: Final = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\d +\d\d:\d\d:\d\d +\S+) +mgd\[\d+\]: +\S*/package +(?P<words>\S.*)", re.IGNORECASE
)
_UPDATE: Final = re.compile(r".*-X +update\b.*", re.IGNORECASE)
_STAGED: Final = re.compile(
    r"upgrade_platform: +Staging +of +\S*?-(?P<release>\d{1,2}\.\d[A-Z]\d+(?:-[SD]\d+)?(?:\.\d{1,3})?)(?:-\S*)?\.tgz"
    r" +completed *",
    re.IGNORECASE,
)
_RESULT: Final = re.compile(r"<package-result>\s*(\d+)\s*</package-result>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StagedUpgrade:
    """A release that the next reboot starts, and since when, ISO, in the device's own zone."""

    release: str
    at: str


def parse_show_log_install(text: str) -> StagedUpgrade | None:
    """Return what the last command of the installer staged; None where that was another one, failed, or cannot be read.

    A log is no proof that nothing waits: it may be gone, or of another form. So what cannot be read is None here.
    """
    lines = [line.strip() for line in text.splitlines()]
    begun = [(number, found) for number, line in enumerate(lines) if (found := _COMMAND.fullmatch(line))]
    if not begun:
        return None
    number, command = begun[-1]
    inside = lines[number + 1 :]
    at = moment(command["at"])
    staged = next((found["release"] for line in inside if (found := _STAGED.fullmatch(line))), None)
    results = [found[1] for line in inside if (found := _RESULT.fullmatch(line))]
    if at is None or staged is None or results != ["0"] or not _UPDATE.fullmatch(command["words"]):
        return None
    return StagedUpgrade(staged, at[0])
