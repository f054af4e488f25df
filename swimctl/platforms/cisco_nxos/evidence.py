"""What a Nexus says as data and as text, weighed: what runs, since when, and what boots next. Pure.

Where both read and disagree, neither is believed: a `doubt` says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from swimctl.models import Image
from swimctl.platforms.cisco_nxos.facts import Module, NxosVersion
from swimctl.platforms.cisco_nxos.software import next_boot, placement, releases
from swimctl.platforms.facts import BootSettings, Installed, Placement, Running
from swimctl.platforms.structured import Both, same_boot
from swimctl.platforms.versions import same_release

# The words of a reset that the software or its hardware brought about by failing (`Reset triggered due to HA policy of
# Reset`: a service that crashed). A loss of power is none of the software's.
_ABNORMAL: Final = re.compile(r"HA policy|panic|watchdog|crash|machine check|uncorrectable|fatal", re.IGNORECASE)


def running(version: Both[NxosVersion], modules: Both[tuple[Module, ...]]) -> Running:
    """Return what runs on every module by both; raises where neither reads."""
    one, cards = version.one(), modules.one()
    reason = one.reload_reason or (version.told.reload_reason if version.told else None) or ""
    return Running(
        one.version,
        one.uptime,
        one.restarted_at,
        releases(one, cards),
        abnormal=reason if _ABNORMAL.search(reason) else "",
        doubt=_odd_releases(version, modules),
    )


def installed(
    version: Both[NxosVersion], modules: Sequence[Module], boot: Both[BootSettings], image: Image
) -> Installed:
    """Return where an image's release stands by both; raises where neither reads."""
    stands = placement(version.one(), modules, boot.one(), image)
    if boot.told is None or boot.printed is None:
        return Installed(stands)
    told, printed = (sorted(next_boot(each).values()) for each in (boot.told, boot.printed))
    if told == printed:
        return Installed(stands)
    doubt = (
        f"'show boot' says that the next boot starts {', '.join(printed) or 'nothing'}, 'show boot | json' that it "
        f"starts {', '.join(told) or 'nothing'}"
    )
    return Installed(Placement.UNCOMMITTED if stands is Placement.COMMITTED else stands, doubt=doubt)


def _odd_releases(version: Both[NxosVersion], modules: Both[tuple[Module, ...]]) -> str:
    told, printed = version.told, version.printed
    if told and printed and not same_release(told.version, printed.version):
        return f"'show version' says that {printed.version} runs, 'show version | json' that {told.version} does"
    if told and printed and not same_boot(told.uptime, printed.uptime):
        return f"'show version' says that it is up for {printed.uptime} s, 'show version | json' for {told.uptime} s"
    if modules.told is None or modules.printed is None:
        return ""
    data, text = (releases(version.one(), each) for each in (modules.told, modules.printed))
    odd = [name for name in data if name in text and not same_release(data[name], text[name])]
    return f"'show module' and 'show module | json' disagree on the release of {', '.join(odd)}" if odd else ""
