"""`copy http://…` and `copy ftp://…` of IOS and IOS-XE."""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.fetching import Fetching, plain_copy
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
# (copy_tftp_success_with_autoinstall_noise), so that the line must name HTTP, FTP or a flash.
_COMPLAINT: Final = re.compile(
    r"\s*%\s?Error \w+ (?:https?://|ftp://|[\w-]*(?:flash|disk)[\w-]*:)\S* ?\(.*\)", re.IGNORECASE
)
_NO_VRF: Final = (
    "`copy http:` of IOS takes no VRF ({vrf}); next: `ip http client source-interface` with an interface of "
    "that VRF on the device, and no swimctl.distribution.vrf in the inventory"
)

FETCHING: Final = Fetching(plain_copy, _ANSWERS, _COMPLAINT, _NO_VRF)
