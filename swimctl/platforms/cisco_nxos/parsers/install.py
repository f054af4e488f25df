"""`show install all impact` and `install all`: what an installation would do, and how one ended."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.cisco_nxos.facts import ImageChange, InstallImpact, ModuleImpact, NxosInstallOutcome
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.text import filled, is_half, plain_words

_START: Final = re.compile(
    r"Installer (?:will perform (?:compatibility check first|impact only check)|is forced disruptive)\b.*",
    re.IGNORECASE,
)
_FORCED: Final = re.compile(r"Installer is forced disruptive\.?", re.IGNORECASE)
_NO_RELOAD: Final = re.compile(r"Installer will exit before reload\.?", re.IGNORECASE)
_CHECK_DONE: Final = re.compile(r"Compatibility check is done:", re.IGNORECASE)
_IMPACT_HEAD: Final = re.compile(r"Module +bootable +Impact +Install-type +Reason.*", re.IGNORECASE)
_IMPACT: Final = re.compile(
    r"(?P<module>\d+) +(?P<bootable>yes|no) +(?P<impact>non-disruptive|disruptive|None|N/A) +(?P<type>[\w-]+)"
    r"(?: +(?P<reason>\S.*))?",
    re.IGNORECASE,
)
_COLUMNS: Final = re.compile(
    r"Module +Image +Running-Version(?: *\(pri:alt\))? +New-Version +Upg-Required.*", re.IGNORECASE
)
_IMAGE: Final = re.compile(
    r"(?P<module>\d+) +(?P<image>[\w-]+) +(?P<running>\S+) +(?P<new>\S+) +(?P<required>\S+)(?: .*)?", re.IGNORECASE
)

_BAR: Final = re.compile(
    r"(?:\[[# ]*\] *\d+% *)*(?:\[[# ]*\] *\d+% *|)-- (?P<end>SUCCESS|FAIL\w*)\.?(?P<rest>.*)", re.IGNORECASE
)
_STEP: Final = re.compile(
    r"(?P<module>Module \d+): (?:Refreshing|Upgrading|Non-disruptive|Waiting).*|(?P<boot>Setting boot variables)\."
    r"|(?P<epld>Performing EPLD/FPGA upgrade ?\.)"
    r"|(?:Verifying|Preparing|Performing|Notifying|Extracting|Syncing|Converting|Saving) .*",
    re.IGNORECASE,
)
_EPLD: Final = re.compile(r"\d+ +\S+ +\S.* +Yes", re.IGNORECASE)
_DONE: Final = re.compile(r"Install has been successful\.?", re.IGNORECASE)
_REBOOTS: Final = re.compile(r"Finishing the upgrade, switch will reboot in \d+ seconds?\.?", re.IGNORECASE)
_SWITCHOVER: Final = re.compile(r"\"?Switching over onto standby\"?\.?.*", re.IGNORECASE)
_OTHER: Final = re.compile(r"Another install(?:ation)? procedure may be in progress\..*", re.IGNORECASE)
_FAILED: Final = re.compile(
    r"Pre-upgrade check failed\..*|Install(?:ation)? (?:has )?(?:been )?(?:failed|aborted|cancel\w*)\b.*"
    r"|Upgrade (?:has )?failed\b.*|User (?:aborted|cancelled).*|Return code 0x[0-9A-F]+ .*",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(r"[A-Z].*[a-z.)].*")


def parse_install_impact(text: str) -> InstallImpact:
    """Read the tables of the compatibility check; raises CommandRefused where the check failed, or did not start."""
    command = "show install all impact"
    lines = [plain_words(line) for line in filled(text, command, TERMINAL)]
    reasons = _reasons(lines)
    if reasons:
        raise CommandRefused(f"'{command}': the device answered '{'; '.join(reasons)}'")
    impact = _tables(command, lines)
    if impact is None or not impact.images:
        raise UnparsableOutput(command, lines[-1], "it has no table of modules, or none of images")
    if any(_DONE.fullmatch(line) or _REBOOTS.fullmatch(line) for line in lines):
        raise UnparsableOutput(command, lines[-1], "this is the end of an installation")
    return impact


def parse_install_all(text: str) -> NxosInstallOutcome:
    """Read how the installation ended; `succeeded` is None where its last line is missing: ask the device.

    With `no-reload` there is no last line: it ended where the boot variables are set and the steps of all modules,
    and of the EPLDs where any is new, succeeded.
    """
    command = "install all"
    lines = [plain_words(line) for line in filled(text, command, TERMINAL)]
    other = any(map(_OTHER.fullmatch, lines))
    known = (_START, _FAILED, _CHECK_DONE, _DONE, _REBOOTS)
    if not other and not any(pattern.fullmatch(line) for pattern in known for line in lines):
        raise UnparsableOutput(command, lines[0], "no line is the installer's")
    reasons = _reasons(lines)
    try:
        impact = (
            None if reasons and not any(map(_CHECK_DONE.fullmatch, lines)) else _tables(command, lines, whole=False)
        )
    except UnparsableOutput:
        impact = None  # how it ended is told elsewhere
    left = any(map(_NO_RELOAD.fullmatch, lines))
    reboots = any(map(_REBOOTS.fullmatch, lines))
    done = reboots or any(map(_DONE.fullmatch, lines)) or (left and impact is not None and _all_steps(lines, impact))
    return NxosInstallOutcome(
        operation="all",
        succeeded=False if reasons else done or None,
        reason="; ".join(reasons) or None,
        reload_announced=not reasons and (reboots or any(map(_SWITCHOVER.fullmatch, lines))),
        impact=impact,
        reload_left=left and done and not reasons,
        other_in_progress=other,
    )


def _reasons(lines: list[str]) -> list[str]:
    """Collect what the device says went wrong: the step, and the lines below the bar that ended in FAIL."""
    reasons: list[str] = []
    step, failing = "", False
    for line in lines:
        bar = _BAR.fullmatch(line)
        if bar:
            failing = bar["end"].upper() != "SUCCESS"
            reasons += [word for word in (step, bar["rest"].strip(" .")) if failing and word]
        elif _OTHER.fullmatch(line) or _FAILED.fullmatch(line) or (failing and _WORDS.fullmatch(line)):
            reasons.append(line)
        elif _STEP.fullmatch(line):
            step, failing = line, False
    return list(dict.fromkeys(reasons))


def _tables(command: str, lines: list[str], *, whole: bool = True) -> InstallImpact | None:
    """Read both tables; None where the check did not get to them. Each module needs a row in the table of images."""
    modules: list[ModuleImpact] = []
    images: list[ImageChange] = []
    part, last_word = "", ""
    for line in lines:
        if _IMPACT_HEAD.fullmatch(line) or _COLUMNS.fullmatch(line):
            part = "modules" if _IMPACT_HEAD.fullmatch(line) else "images"
        elif part and re.match(r"\d+ ", line):
            row = {"modules": _IMPACT, "images": _IMAGE}[part].fullmatch(line)
            if row is None:
                raise UnparsableOutput(command, line, "a row of its tables cannot be read")
            if part == "modules":
                disruptive = row["impact"].lower() == "disruptive"
                bootable = row["bootable"].lower() == "yes"
                modules.append(ModuleImpact(row["module"], bootable, disruptive, row["type"], row["reason"] or ""))
            else:
                last_word = row["required"]
                required = {"yes": True, "no": False}.get(row["required"].lower())
                images.append(ImageChange(row["module"], row["image"], row["running"], row["new"], required))
        elif line.lower().startswith("module ") or line.endswith(":"):
            part = ""  # another table
    rows = {image.module for image in images}
    if not whole and (part or not images):
        return None  # it ends inside the tables, or before the second one
    if images and is_half(last_word, ("yes", "no")):
        raise UnparsableOutput(command, lines[-1], "it ends inside a row")
    if whole and (not modules or any(module.module not in rows for module in modules)):
        raise UnparsableOutput(command, lines[-1], "it has no table of modules, or none of images that names each")
    return InstallImpact(tuple(modules), tuple(images), any(map(_FORCED.fullmatch, lines))) if modules else None


def _all_steps(lines: list[str], impact: InstallImpact) -> bool:
    step, succeeded = "", set[str]()
    for line in lines:
        begun, bar = _STEP.fullmatch(line), _BAR.fullmatch(line)
        if begun:
            step = begun["module"] or begun["boot"] or begun["epld"] or ""
        elif bar and bar["end"].upper() == "SUCCESS" and step:
            succeeded.add(step.rstrip(" .").lower())
    wanted = {"setting boot variables", *(f"module {module.module}" for module in impact.modules)}
    # The table of EPLDs, and no other, has its rows' last word in capitals.
    if any(line.endswith(" Yes") and _EPLD.fullmatch(line) for line in lines):
        wanted.add("performing epld/fpga upgrade")
    return wanted <= succeeded
