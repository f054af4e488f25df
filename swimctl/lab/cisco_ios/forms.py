"""The forms in which a lab device of classic IOS prints, beside those of `lab/cisco_xe/forms.py`. Pure."""

from __future__ import annotations

from swimctl.lab.cisco_xe.forms import CDP, DIR
from swimctl.lab.forms import Form, Output, Outputs

RESTARTED = Form(
    "the moment of the restart",
    True,
    ("cisco_ios/show_version/genie_golden_output_ios", "cisco_ios/show_version/genie_golden_output_ios_c1900"),
    r"^System restarted at ",
)
NOT_RESTARTED = Form(
    "no line of a restart",
    False,
    ("cisco_ios/show_version/ntc_cisco_ios_show_version6", "cisco_ios/show_version/genie_cat6k_golden_output_1"),
    r"(?s)\A(?!.*System restarted)",
)
RESTART: Output[bool] = Output("show version", "the restart", (RESTARTED, NOT_RESTARTED))

PADDED = Form(
    "colons in a column",
    "{:<20}:",
    ("cisco_ios/show_boot/ntc_cisco_ios_show_boot_optimization", "cisco_xe/show_boot/genie_golden_output_2900"),
    r"^BOOT path-list {6}:",
)
UNPADDED = Form(
    "a blank before each colon", "{} :", ("cisco_ios/show_boot/ntc_cisco_ios_show_boot2",), r"^BOOT path-list :"
)
BOOT: Output[str] = Output("show boot", "the list of paths", (PADDED, UNPADDED))

OUTPUTS: Outputs = (RESTART, BOOT, CDP, DIR)
