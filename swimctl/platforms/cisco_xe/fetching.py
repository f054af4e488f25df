"""`copy` of IOS and IOS-XE from a server: `copy http://…`, `copy ftp://…`, `copy scp://…`, `copy sftp://…`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from swimctl.platforms.fetching import Fetching, Fetchings, plain_copy
from swimctl.platforms.terminal import answer

# Seen, each with its source: both questions and the marks, transcripts/cisco_xe/copy_http_success and
# copy_https_success; the file's own name, copy_tftp_success_interactive; a file that is there, copy_prompt_overwrite;
# one that is none of the system's own, copy_tftp_prompt_abort_not_executable, where Enter would end the copy.
_ANSWERS: Final = (
    answer(r"address or name of remote host \[.*\]\?", ""),
    answer(r"source filename \[.*\]\?", ""),
    answer(r"destination filename \[.*\]\?", ""),
    answer(r"do you want to over\s*write\?\s*\[confirm\]", "", one_key=False),
    answer(r"abort copy\?\s*\[confirm\]", "n", one_key=True),
)
# `%Error opening http://*:*@10.0.0.1/startup-config.cfg (I/O error)` of a router without a way to the server; `%Error
# copying … (Not enough space on device)`. Others' stand there too, such as those of AutoInstall
# (copy_tftp_success_with_autoinstall_noise), so that the line must name what the command copies, or a flash. Of SCP:
# `%Error opening scp://*:*@172.27.148.198;Mgmt-intf//tftpboot/testme.bin (Invalid IP address or hostname)` (csmpe).
_COMPLAINT: Final = re.compile(
    r"\s*%\s?Error \w+ (?:(?:https?|ftp|scp|sftp)://|[\w-]*(?:flash|disk)[\w-]*:)\S* ?\(.*\)", re.IGNORECASE
)
_NO_VRF: Final = (
    "`copy {kind}:` of IOS takes no VRF ({{vrf}}); next: `ip {client} source-interface` with an interface of "
    "that VRF on the device, and no swimctl.distribution.vrf in the inventory"
)
_HTTP: Final = Fetching(plain_copy, _ANSWERS, _COMPLAINT, _NO_VRF.format(kind="http", client="http client"))
# It asks for the name, its file and the password: docs/forms.md, "copy scp:". A Cisco guide (Catalyst 2960-XR, "Secure
# Copy Protocol"): "you cannot enter the password into the copy command. You must enter the password when prompted."
_BY_SSH: Final = replace(_HTTP, no_vrf=_NO_VRF.format(kind="scp", client="ssh"), asks=True)

FETCHINGS: Final[Fetchings] = {
    "http": _HTTP,
    "https": _HTTP,
    "ftp": replace(_HTTP, no_vrf=_NO_VRF.format(kind="ftp", client="ftp")),
    "scp": _BY_SSH,
    "sftp": _BY_SSH,
}
