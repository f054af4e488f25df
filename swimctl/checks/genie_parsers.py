"""Cisco's Genie as a parser; the only importer of it. It is an extra: imported only where a rule names it."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any, Final

from swimctl.errors import UnparsableOutput

# Its devices share what they load, and nothing says that threads may.
_ALONE: Final = threading.Lock()
_SYSTEMS: Final = {
    "cisco_xe": "iosxe",
    "cisco_ios": "ios",
    "cisco_nxos": "nxos",
    "cisco_xr": "iosxr",
    "juniper_junos": "junos",
}
_MISSING: Final = "a check is read by Genie, which is not installed; next: `pip install 'swimctl[genie]'`"


def check_there(platform: str, command: str) -> None:
    """Raise ImportError where Genie is not installed, LookupError where it has no parser for a command."""
    if platform not in _SYSTEMS:
        raise LookupError(f"Genie has no parsers for {platform}; it has them for {', '.join(_SYSTEMS)}")
    try:
        from genie.libs.parser.utils import get_parser
    except ImportError:
        raise ImportError(_MISSING) from None
    try:
        with _ALONE:
            get_parser(command, _device(platform))
    except Exception as error:  # noqa: BLE001 - its own errors are bare exceptions, of several modules
        raise LookupError(f"Genie has no parser for `{command}` on {platform}: {error}") from None


def parsed(platform: str, command: str, text: str) -> Any:  # noqa: ANN401 - each of its parsers has a schema of its own
    """Return what Genie reads from an output, None where that is nothing. UnparsableOutput: it knows no such output."""
    try:
        from genie.metaparser.util.exceptions import SchemaEmptyParserError

        with _ALONE:
            return _device(platform).parse(command, output=text)
    except ImportError:
        raise UnparsableOutput(command, "", _MISSING) from None
    except SchemaEmptyParserError:
        return None
    except Exception as error:  # noqa: BLE001 - as above
        why = str(error).strip().partition("\n")[0] or type(error).__name__
        raise UnparsableOutput(command, text.strip().partition("\n")[0], f"Genie: {why}") from None


@cache
def _device(platform: str) -> Any:  # noqa: ANN401 - it has no types here
    """Return a device of Genie's to which nothing connects: its parsers are found by its system."""
    from genie.conf.base import Device

    device = Device("swimctl", os=_SYSTEMS[platform])
    device.custom.setdefault("abstraction", {})["order"] = ["os"]
    return device
