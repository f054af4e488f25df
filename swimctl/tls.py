"""Certificates with which this machine proves who it is, wherever it serves."""

from __future__ import annotations

import ssl
from pathlib import Path

from swimctl.errors import UsageError


def tls_context(
    cert: Path | None, key: Path | None, named: tuple[str, str] = ("--tls-cert", "--tls-key")
) -> ssl.SSLContext | None:
    """Load a certificate chain and its key; None where neither is given. UsageError, with what the two are `named`."""
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise UsageError(f"{named[0]} and {named[1]} belong together; give both")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in (cert, key):
        if not path.is_file():
            raise UsageError(f"{path} is no file; give a certificate and its key in PEM format")
    try:
        context.load_cert_chain(cert, key, password=lambda: "")
    except (ssl.SSLError, OSError) as error:
        raise UsageError(
            f"{cert} and {key} cannot be used for TLS ({error}); both must be PEM, belong together, and the key must "
            "have no passphrase"
        ) from error
    return context
