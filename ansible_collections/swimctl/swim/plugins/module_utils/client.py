# Copyright (c) 2026, the authors of swimctl
# BSD 2-Clause License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The one way to the API of `swimctl serve`: the token, TLS, and what is wrong if no good answer comes."""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit

from ansible.module_utils.urls import ConnectionError as AnsibleConnectionError
from ansible.module_utils.urls import SSLValidationError, open_url

BUSY = 429
SERVER_FAILS = 500
_LOOPBACK = re.compile(r"^(localhost|127(\.\d+){3}|::1)$")
_NEXT = {
    401: "give a token that counts: `swimctl token create --user NAME` makes one",
    403: "give the token of a user with the role operator",
}


class ApiError(Exception):
    """No good answer came. `status` is None if none came at all, `document` is what was answered."""

    def __init__(self, message: str, status: int | None = None, document: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.document = document or {}


class Unavailable(ApiError):
    """The server cannot answer now. `sent`: what was asked may have reached it."""

    def __init__(self, message: str, status: int | None = None, *, sent: bool = True) -> None:
        super().__init__(message, status)
        self.sent = sent


def token_of(token: str | None, token_file: str | None) -> str:
    """Return the token: what is given counts before the environment. Its text is in no error."""
    where = "token"
    if not token and not token_file:
        token, where = os.environ.get("SWIMCTL_TOKEN"), "SWIMCTL_TOKEN"
        token_file = os.environ.get("SWIMCTL_TOKEN_FILE")
    if not token and token_file:
        where = token_file
        try:
            token = Path(token_file).expanduser().read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise ApiError(f"the file with the token cannot be read: {token_file}: {why}") from None
    token = (token or "").strip()
    if not token:
        raise ApiError("there is no token: give token or token_file, or set SWIMCTL_TOKEN or SWIMCTL_TOKEN_FILE")
    if not re.match(r"^[!-~]+$", token):  # an error of http.client would print it
        raise ApiError(f"{where}: a token is one word of printable ASCII characters")
    return token


class Client:
    """Ask the API. It follows no redirect and reads no netrc, so that the token goes to one server alone.

    `answered_at` is the server's clock in its last good answer.
    """

    def __init__(
        self,
        url: str | None,
        token: str,
        *,
        validate_certs: bool = True,
        ca_path: str | None = None,
        timeout: int = 30,
    ) -> None:
        self.url = _checked(url)
        self.answered_at: datetime | None = None
        self._token = token
        self._validate_certs = validate_certs
        self._ca_path = ca_path
        self._timeout = timeout
        if ca_path and not Path(ca_path).is_file():
            raise ApiError(f"ca_path: {ca_path} is not a file")

    @property
    def in_clear(self) -> bool:
        """Return whether others can read the token on its way."""
        parts = urlsplit(self.url)
        return parts.scheme == "http" and not _LOOPBACK.match(parts.hostname or "")

    def get(self, path: str) -> dict[str, Any]:
        """Ask for a document."""
        return self._ask("GET", path)

    def post(
        self, path: str, body: dict[str, Any], *, key: str | None = None, timeout: int | None = None
    ) -> dict[str, Any]:
        """Send a document. The same `key` makes nothing twice."""
        return self._ask("POST", path, body, {"Idempotency-Key": key} if key else {}, timeout)

    def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        timeout: int | None = None,
    ) -> dict[str, Any]:
        try:
            with open_url(
                f"{self.url}{path}",
                method=method,
                data=None if body is None else json.dumps(body).encode(),
                headers={
                    "Authorization": f"Token {self._token}",
                    "Accept": "application/json",
                    "Content-Type": "application/json",
                    **(headers or {}),
                },
                timeout=timeout or self._timeout,
                validate_certs=self._validate_certs,
                ca_path=self._ca_path,
                follow_redirects="none",
                use_netrc=False,
                http_agent="swimctl.swim",
            ) as response:
                status, text = response.getcode(), response.read()
                self.answered_at = _moment(response.headers.get("Date"))
        except HTTPError as error:
            with error:
                status, text = error.code, _rest(error)
        except (SSLValidationError, ssl.SSLError) as error:
            raise self._no_tls(error) from None
        except (URLError, AnsibleConnectionError, HTTPException, OSError) as error:
            raise self._unreached(error) from None
        return self._read(status, text)

    def _unreached(self, error: Exception) -> Unavailable:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLError):
            return self._no_tls(reason)
        why = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        sent = not isinstance(reason, (ConnectionRefusedError, socket.gaierror))
        what = "no whole answer" if sent else "no answer"
        return Unavailable(f"{what} from {self.url}: {why}; is `swimctl serve` running there?", sent=sent)

    def _no_tls(self, error: Exception) -> Unavailable:
        return Unavailable(
            f"no TLS with {self.url}: {error}; if its certificate is of your own authority, name that in ca_path",
            sent=False,
        )

    def _read(self, status: int, text: bytes) -> dict[str, Any]:
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        told = document if isinstance(document, dict) else {}
        if status in (200, 201) and told:
            return told
        if "message" in told:
            why = f"{told.get('error', 'refused')}: {told['message']}"
        else:
            why = "this is no answer of swimctl; is the url right?"
        following = _NEXT.get(status)
        message = f"{self.url} answers {status}: {why}" + (f"; {following}" if following else "")
        if status == BUSY or status >= SERVER_FAILS:
            raise Unavailable(message, status)
        raise ApiError(message, status, told)


def in_query(text: str) -> str:
    """Return a text as it stands in a URL's query."""
    return quote(text, safe="")


def _moment(date: str | None) -> datetime | None:
    """Return the server's clock, if its answer says it."""
    try:
        return parsedate_to_datetime(date or "").astimezone(timezone.utc)
    except (TypeError, ValueError, IndexError):
        return None


def _rest(error: HTTPError) -> bytes:
    try:
        return error.read()
    except (HTTPException, OSError):  # its status stands, whatever became of its text
        return b""


def _checked(url: str | None) -> str:
    if not url:
        raise ApiError("there is no url: give url, or set SWIMCTL_URL")
    try:
        parts = urlsplit(url)
        wrong = parts.port == 0
    except ValueError as error:
        raise ApiError(f"url: {error}") from None
    if parts.username or parts.password:
        raise ApiError("url: leave the user and the password out; swimctl takes a token")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or wrong:
        raise ApiError(f"url: {url!r} is not such as https://swim.example.com:8443")
    return url.rstrip("/")
