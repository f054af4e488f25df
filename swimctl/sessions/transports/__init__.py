"""Ways to get an image onto a device, and the one place that lists them."""

from swimctl.sessions.transports.base import Transport
from swimctl.sessions.transports.scp_push import ScpPush

TRANSPORTS: dict[str, Transport] = {"scp": ScpPush()}
