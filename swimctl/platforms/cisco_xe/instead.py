"""What a device in install mode runs where its `show version` cannot be read: by its models, else by two other outputs.

No upgrade may hang on one text: with neither, nothing would be committed, and the device's own timer would take a good
upgrade back.
"""

from __future__ import annotations

from typing import Final

from swimctl.platforms.base import Session
from swimctl.platforms.cisco_xe.evidence import shortened, version_of
from swimctl.platforms.cisco_xe.facts import InstallSummary, PackageState
from swimctl.platforms.cisco_xe.modelled import UNREAD, hardware_model, install_model
from swimctl.platforms.cisco_xe.parsers.install import parse_show_install
from swimctl.platforms.cisco_xe.parsers.redundancy import parse_show_redundancy
from swimctl.platforms.cisco_xe.parsers.version import seconds
from swimctl.platforms.facts import MemberSoftware, Redundancy, SoftwareVersion
from swimctl.platforms.versions import same_release

# What is uncommitted runs in place of what is committed.
_RUNS: Final = (PackageState.COMMITTED, PackageState.UNCOMMITTED)
# Of these `request platform software` installs, or did: `show install summary` is not what tells of them.
_REQUESTED: Final = "CAT3K"
# In the words of the image's version as `show redundancy` prints it; such a device has `show chassis`.
_WIRELESS: Final = "C9800"


def version_instead(session: Session, limit: float) -> SoftwareVersion | None:
    """Return what `show version` would say of what runs, None where nothing else tells it; `limit` is for a command."""
    version = version_of(hardware_model(session), install_model(session))
    if version is not None:
        return version
    try:
        redundancy = parse_show_redundancy(session.run("show redundancy", limit))
        summary = parse_show_install(session.run("show install summary", limit))
    except UNREAD:
        return None
    return version_by_install(redundancy, summary)


def version_by_install(redundancy: Redundancy, summary: InstallSummary) -> SoftwareVersion | None:
    """Return what both say together, None where they do not agree, or do not show that packages were booted. Pure.

    The active processor tells its release and since when the system runs; the packages, what the others were activated
    with: a member that runs another release is not `Ready` in `show switch`.
    """
    image, boots = redundancy.fields.get("Image Version", ""), redundancy.fields.get("BOOT", "")
    release = redundancy.active_version
    if release is None or _REQUESTED in image or not (summary.open_packages or "packages.conf" in boots):
        return None
    runs: dict[str, str] = {}
    for state in _RUNS:
        for package in summary.packages:
            if package.kind == "IMG" and package.state is state:
                runs |= dict.fromkeys((name.partition("/")[0] for name in package.members), shortened(package.name))
    told = [each for each in (release, redundancy.peer_version) if each is not None]
    if not all(any(same_release(one, each) for each in runs.values()) for one in told):
        return None
    rows = tuple(MemberSoftware(int(name), "", runs[name], "", "INSTALL") for name in sorted(runs) if name.isdecimal())
    return SoftwareVersion(
        release,
        uptime=seconds(redundancy.fields.get("Available system uptime", "")),
        model=_WIRELESS if _WIRELESS in image else None,
        mode="INSTALL",
        members=rows,
    )
