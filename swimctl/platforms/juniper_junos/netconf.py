"""The CLI's text inside a NETCONF reply, so that one parser reads both."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

_REPLY: Final = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)?<(?:\w+:)?rpc-reply\b")
_PART: Final = re.compile(
    r"<(?P<tag>output|prompt|message|error-message|request-reboot-status|re-name|package-result|computation-method"
    r"|input-file|checksum)(?: [^>]*)?>(?P<body>.*?)</(?P=tag)>",
    re.DOTALL,
)
_RULE: Final = "-" * 74
RESULT: Final = "package-result:"


def cli_text(text: str) -> str:
    """Give what the CLI would have shown; other text comes back as it is.

    A result in numbers, which the CLI does not show, comes as `package-result: 0`.
    """
    if not _REPLY.match(text):
        return text
    lines: list[str] = []
    for part in _PART.finditer(text):
        body = unescape(part["body"]).strip("\r\n")
        match part["tag"]:
            case "re-name":
                lines += [f"{body.strip()}:", _RULE]
            case "package-result":
                lines.append(f"{RESULT} {body.strip()}")
            case "computation-method":
                lines.append(body.strip())
            case "input-file":
                lines[-1:] = [f"{lines[-1]} ({body.strip()}) =" if lines else body.strip()]
            case "checksum":
                lines[-1:] = [f"{lines[-1]} {body.strip()}" if lines else body.strip()]
            case "prompt":
                lines.append(f"{body.strip()} yes")
            case _:
                lines += [line.strip() for line in body.splitlines()]
    return "\n".join(lines)
