"""The forms in which a lab Arista prints. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from swimctl.lab.forms import Form, Output, Outputs


@dataclass(frozen=True, slots=True)
class VersionText:
    """`show version`: how wide a name with its colon is, and whether an uptime begins with weeks that are none."""

    name: int = 0
    weeks: bool = True

    def line(self, name: str, value: str) -> str:
        """Write a line."""
        return f"{f'{name}:':<{self.name}} {value}\n"

    def uptime(self, seconds: float) -> str:
        """Write how long it is up."""
        weeks, rest = divmod(int(seconds) // 60, 7 * 24 * 60)
        days, rest = divmod(rest, 24 * 60)
        counts = [(weeks, "week"), (days, "day"), (rest // 60, "hour"), (rest % 60, "minute")]
        if self.weeks:
            words = [f"{count} {unit}s" for count, unit in counts]
        else:
            first = next((at for at, (count, _) in enumerate(counts) if count), 3)
            words = [f"{count} {unit}{'s' * (count != 1)}" for count, unit in counts[first:]]
        return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


IN_COLUMN = Form(
    "values in a column",
    VersionText(name=23),
    ("more/arista_eos/show_version/b_07_7280SR_4.20.11M", "arista_eos/show_version/unicon_eos_mock_data_enable"),
    r"^ ?Uptime: {3,}\d",
)
WITH_WEEKS = Form(
    "one blank before a value, an uptime with all its units",
    VersionText(),
    ("more/arista_eos/show_version/b_02_7280CR3K_4.25.1F", "more/arista_eos/show_version/06"),
    r"^Uptime: \d+ weeks, ",
)
SHORT_UPTIME = Form(
    "one blank before a value, an uptime from its first unit on",
    VersionText(weeks=False),
    (
        "more/arista_eos/show_version/b_01_7280SR3K_4.33.1.1F",
        "more/arista_eos/show_version/b_05_7280SR3_4.33.1.1F",
        "more/arista_eos/show_version/b_10_vEOS_4.27.0F",
    ),
    r"^Uptime: (?:1 week|\d+ days?|\d+ hours?|\d+ minutes?)\b",
)
VERSION: Output[VersionText] = Output("show version", "values, and the uptime", (IN_COLUMN, WITH_WEEKS, SHORT_UPTIME))

TWO_LINES = Form(
    "image and console",
    False,
    ("more/arista_eos/show_boot-config/b_01_4.31.6M",),
    r"^Software image: .*\nConsole speed: .*\s*\Z",
)
FOUR_LINES = Form(
    "image, console, password of Aboot, memory test",
    True,
    ("two public snapshots of vEOS-lab 4.27.3F, with all commands that were given",),
    r"^Memory test iterations: ",
)
BOOT_CONFIG: Output[bool] = Output("show boot-config", "settings", (TWO_LINES, FOUR_LINES))

ADDRESSES: Output[bool] = Output(
    "show ip interface brief",
    "columns",
    (
        Form(
            "with the owner of the address, a rule below the header",
            True,
            ("more/arista_eos/show_ip_interface_brief/01",),
            r"MTU +Owner",
        ),
        Form(
            "no owner, no rule",
            False,
            ("arista_eos/show_ip_interface_brief/ntc_arista_eos_show_ip_interface_brief",),
            r"^Interface +IP Address +Status +Protocol +MTU *$",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class MlagText:
    """`show mlag`: how wide a name is, and whether the heartbeat's and dual-primary lines are there."""

    name: int = 34
    heartbeat: bool = False
    dual: bool = True


MLAG: Output[MlagText] = Output(
    "show mlag",
    "fields",
    (
        Form(
            "a narrow column of names, no word of dual primaries",
            MlagText(name=19, dual=False),
            ("arista_eos/show_mlag/ntc_arista_eos_show_mlag",),
            r"^domain-id {11}:(?s:(?!.*dual-primary))",
        ),
        Form(
            "dual primaries",
            MlagText(),
            ("more/arista_eos/show_mlag/01", "more/arista_eos/show_mlag/b_07_inactive_lowerlayerdown"),
            r"^peer-link +:.*\npeer-config(?s:.*)^dual-primary",
        ),
        Form(
            "dual primaries, and the partner's heartbeat",
            MlagText(heartbeat=True),
            ("more/arista_eos/show_mlag/b_02_no_ports", "more/arista_eos/show_mlag/b_06_inactive_connecting"),
            r"^hb-peer-address",
        ),
    ),
)

DIR: Output[str] = Output(
    "dir flash:",
    "the line below the files",
    (
        Form(
            "bytes alone",
            "",
            ("arista_eos/dir/ntc_arista_eos_dir_flash", "more/arista_eos/dir/b_m01_eos"),
            r"bytes free\)$",
        ),
        Form("on which file system", " on flash:", ("more/arista_eos/dir/01",), r"bytes free\) on flash:$"),
    ),
)

INVENTORY: Output[bool] = Output(
    "show inventory",
    "the line of the serial number",
    (
        Form(
            "with an epoch",
            True,
            ("arista_eos/show_inventory/ntc_arista_eos_show_inventory1",),
            r"HW Version +Serial Number +Mfg Date +Epoch",
        ),
        Form(
            "without an epoch",
            False,
            ("arista_eos/show_inventory/ntc_arista_eos_show_inventory2",),
            r"HW Version +Serial Number +Mfg Date *$",
        ),
    ),
)

OUTPUTS: Outputs = (VERSION, BOOT_CONFIG, ADDRESSES, MLAG, DIR, INVENTORY)
