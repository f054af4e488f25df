"""The XML agent of IOS-XR's terminal (`xml agent tty`): the few tables that clients read their facts from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from swimctl.lab.cisco_xr.shows_network import ports

if TYPE_CHECKING:
    from swimctl.lab.cisco_xr.device import Router

PROMPT = "XML>"
CONFIGURED = "xml agent tty"
OFF = "ERROR: 0x24319600 'XML-TTY' detected the 'warning' condition 'XML TTY Agent has not been started'\n"
_END = "</Request>"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Agent:
    """Collect a request line by line, and answer it where it is whole."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._lines: list[str] = []

    @property
    def prompt(self) -> str:
        """Return the prompt; none in the middle of a request."""
        return "" if self._lines else PROMPT

    def take(self, line: str) -> str:
        """Read a line. Return the answer to the request that it ends, else nothing."""
        if not (self._lines or line.strip()):
            return ""
        self._lines.append(line)
        if _END not in line:
            return ""
        request, self._lines = "\n".join(self._lines), []
        tables = "".join(
            write(self._router) for name, write in _TABLES if f"<{name}/>" in request or f"<{name}>" in request
        )
        found = f"<Get><Operational>{tables}</Operational></Get>" if tables else ""
        errors = 0 if tables else 1
        return (
            f'{_DECLARATION}<Response MajorVersion="1" MinorVersion="0">{found}'
            f'<ResultSummary ErrorCount="{errors}"/></Response>\n'
        )


def _time(router: Router) -> str:
    return (
        f"<SystemTime><Uptime><Hostname>{escape(router.hostname)}</Hostname>"
        f"<Uptime>{int(router.uptime)}</Uptime></Uptime></SystemTime>"
    )


def _inventory(router: Router) -> str:
    spec = router.spec
    return (
        "<PlatformInventory><RackTable><Rack><Naming><Name>0</Name></Naming><Attributes><BasicInfo>"
        f"<Description>{escape(spec.hardware.description)}</Description>"
        f"<SoftwareRevision>{router.active.version}</SoftwareRevision><ModelName>{spec.hardware.name}</ModelName>"
        f"<SerialNumber>{spec.number}</SerialNumber></BasicInfo></Attributes></Rack></RackTable></PlatformInventory>"
    )


def _interfaces(router: Router) -> str:
    rows = "".join(
        f"<Interface><Naming><InterfaceName>{port.name}</InterfaceName></Naming>"
        f"<LineState>{'IM_STATE_UP' if port.up else 'IM_STATE_DOWN'}</LineState>"
        f"<State>{'IM_STATE_UP' if port.up else 'IM_STATE_DOWN'}</State>"
        "<MACAddress><Address>00c1.6452.0010</Address></MACAddress><Bandwidth>10000000</Bandwidth><MTU>1514</MTU>"
        "<Description></Description></Interface>"
        for port in ports(router)
    )
    return f"<Interfaces><InterfaceTable>{rows}</InterfaceTable></Interfaces>"


_TABLES: tuple[tuple[str, Callable[[Router], str]], ...] = (
    ("SystemTime", _time),
    ("PlatformInventory", _inventory),
    ("Interfaces", _interfaces),
)
