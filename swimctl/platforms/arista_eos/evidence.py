"""What an Arista says as data and as text, weighed: what runs, since when, and what boots next. Pure.

Where both read and disagree, neither is believed: a `doubt` says so.
"""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.facts import BootSettings, Running, SoftwareVersion
from swimctl.platforms.structured import Both, same_boot
from swimctl.platforms.versions import same_release

# Words of a reload that the software brought about by failing; `Reload requested by the user.` is ours, and a loss of
# power (`The system rebooted due to a Power Loss`) none of the software's. Of `kernel panic` one source tells.
_ABNORMAL: Final = re.compile(r"panic|watchdog|crash|fatal|uncorrectable|machine check", re.IGNORECASE)


def running(version: Both[SoftwareVersion], cause: str) -> Running:
    """Return what runs by both, the uptime of that which tells it; raises where neither reads."""
    one, told, printed = version.one(), version.told, version.printed
    doubt = ""
    if told and printed and not same_release(told.version, printed.version):
        doubt = f"'show version' says that {printed.version} runs, 'show version | json' that {told.version} does"
    elif told and printed and not same_boot(told.uptime, printed.uptime):
        doubt = f"'show version' says that it is up for {printed.uptime} s, 'show version | json' for {told.uptime} s"
    return Running(
        one.version,
        one.uptime,
        one.restarted_at,
        {"switch": one.version},
        abnormal=cause if _ABNORMAL.search(cause) else "",
        doubt=doubt,
    )


def boot_doubt(boot: Both[BootSettings]) -> str:
    """Return that the two forms name different images for the next boot, empty where they do not."""
    if boot.told is None or boot.printed is None:
        return ""
    told, printed = (next(iter(each.variable or ()), "").replace(":/", ":", 1) for each in (boot.told, boot.printed))
    if told == printed:
        return ""
    return (
        f"'show boot-config' says that the next boot starts {printed or 'nothing'}, 'show boot-config | json' that it "
        f"starts {told or 'nothing'}"
    )
