"""netmiko's terminal over a connection that is there already. The only importer of netmiko."""

from __future__ import annotations

import logging
from typing import Any, Final

import paramiko
from netmiko.exceptions import NetmikoBaseException
from nornir_netmiko.connections import Netmiko

from swimctl.sessions.targets import OF_THE_WAY, Target

# The device's answers, secrets of its configuration among them, would go to any log that the user turns on.
_LOG = logging.getLogger("netmiko")
_LOG.setLevel(logging.CRITICAL)

# What a terminal raises whose connection has ended.
LOST: Final = (OSError, EOFError, paramiko.SSHException, NetmikoBaseException)


class _LoggedIn(paramiko.SSHClient):
    """A client whose connection is there already: netmiko makes its own, and would go a way of its own."""

    def __init__(self, transport: paramiko.Transport) -> None:
        super().__init__()
        self._transport = transport

    def connect(self, *_: object, **__: object) -> None:
        """Do nothing: it is connected."""


def terminal_over(transport: paramiko.Transport, target: Target) -> Any:  # noqa: ANN401 - netmiko has no types
    """Open a terminal; what the inventory says of the way is not netmiko's to look at. Raises what is in `LOST`."""
    extras = {key: value for key, value in target.extras.items() if key not in OF_THE_WAY}
    plugin = Netmiko()
    options = extras | {"auto_connect": False, "secret": target.enable_secret or ""}
    plugin.open(target.address, target.username, target.password, target.port, target.platform, options)
    connection = plugin.connection
    # It masks this account in that silent log. netmiko keeps it, with the password, until its own disconnect().
    _LOG.removeFilter(connection._secrets_filter)  # noqa: SLF001 - netmiko has no other way
    connection._get_ssh_client_instance = lambda: _LoggedIn(transport)  # noqa: SLF001 - netmiko has no other way
    connection.establish_connection()
    return connection
