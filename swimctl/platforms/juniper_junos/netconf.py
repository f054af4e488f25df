"""The CLI's text inside a NETCONF reply, so that one parser reads both."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

_REPLY: Final = re.compile(
    r"^[ \t]*(?:<\?xml[^>]*\?>\s*)?<(?:\w+:)?rpc-reply\b.*?(?:</(?:\w+:)?rpc-reply>|\Z)",
    re.DOTALL | re.MULTILINE,
)
_PART: Final = re.compile(
    r"<(?P<tag>output|prompt|message|error-message|request-reboot-status|re-name|package-result|computation-method"
    r"|input-file|checksum|host-name|product-model|junos-version|comment)(?: [^>]*)?>(?P<body>.*?)</(?P=tag)>",
    re.DOTALL,
)
_RULE: Final = "-" * 74
# The elements of `show version`, and what the CLI calls them.
_FIELDS: Final = {"host-name": "Hostname", "product-model": "Model", "junos-version": "Junos"}
RESULT: Final = "package-result:"


def cli_text(text: str) -> str:
    """Return what the CLI would have shown; other text, also around a reply, comes back as it is.

    A result in numbers, which the CLI does not show, comes as `package-result: 0`.
    """
    reply = _REPLY.search(text)
    if reply is None:
        return text
    return f"{text[: reply.start()]}{_inside(reply[0])}{text[reply.end() :]}"


def _inside(reply: str) -> str:
    lines: list[str] = []
    for part in _PART.finditer(reply):
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
            case "host-name" | "product-model" | "junos-version" as name:
                lines.append(f"{_FIELDS[name]}: {body.strip()}")
            case "prompt":
                lines.append(f"{body.strip()} yes")
            case _:
                lines += [line.strip() for line in body.splitlines()]
    return "\n".join(lines)
