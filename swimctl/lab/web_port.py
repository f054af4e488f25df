"""Real HTTPS in front of a lab device that offers an API: loopback, a certificate of its own, the device's accounts."""

from __future__ import annotations

import asyncio
import socket
import ssl
import tempfile
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from swimctl.lab.chassis import Chassis
from swimctl.lab.effects import Ask, Pause, Print
from swimctl.lab.service_port import Listener, ServicePort
from swimctl.lab.vty import Login, Vty
from swimctl.lab.web_api import Asked, WebApi, WebReply

_HOST = "127.0.0.1"


class WebPort(ServicePort):
    """The port of one device's API. `look` lets happen what is due on the device."""

    def __init__(
        self, switch: Chassis, api: WebApi, bound: Callable[[int], socket.socket], look: Callable[[], None]
    ) -> None:
        super().__init__(switch, bound)
        self._api = api
        self._look = look
        self._server = web.Server(self._answer)

    async def listen(self, sock: socket.socket) -> Listener:
        """Begin to listen."""
        return await asyncio.get_running_loop().create_server(self._server, sock=sock, ssl=_certified())

    def drop(self) -> None:
        """Lose every connection."""
        for connection in self._server.connections:
            if connection.transport is not None:
                connection.transport.abort()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if not self._switch.serves_api:
            # Switched off in its configuration: nobody listens there any more.
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=503)
        if request.path != self._api.path:
            return web.Response(status=404)
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "POST"})
        login = self._login(request.headers.get("Authorization", ""))
        if login is None:
            asks = {"WWW-Authenticate": f'Basic realm="{self._api.realm}"'}
            return _response(self._api.denied, asks)
        asked = Asked(request.path, request.content_type, await request.text())
        session = self._switch.open(login, exec_command=True)
        return _response(await self._api.answer(asked, session, self._run), {})

    def _login(self, authorization: str) -> Login | None:
        scheme, _, mark = authorization.partition(" ")
        try:
            user, colon, password = b64decode(mark, validate=True).decode().partition(":")
        except (NotBase64, UnicodeDecodeError):
            return None
        if scheme.lower() != "basic" or not colon:
            return None
        login = self._switch.login(user, password)
        self._look()
        return login

    async def _run(self, session: Vty, line: str, answers: Sequence[str]) -> str:
        """Run a line to its end; what it asks beyond the answers is answered with nothing."""
        said, given, answer = "", iter(answers), ""
        dialogue = session.line(line)
        try:
            effect = next(dialogue)
            while True:
                self._look()
                answer = ""
                match effect:
                    case Print(text):
                        said += text
                    case Pause(seconds):
                        await self._switch.clock.sleep(seconds)
                    case Ask():
                        answer = next(given, "")
                effect = dialogue.send(answer)
        except StopIteration:
            self._look()
        return said


def _response(reply: WebReply, headers: dict[str, str]) -> web.Response:
    return web.Response(text=reply.body, status=reply.status, content_type=reply.kind, headers=headers)


@lru_cache(maxsize=1)
def _certified() -> ssl.SSLContext:
    """Return what serves with a certificate that the lab signed itself, as a switch does from the factory."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _HOST)]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "certificate"
        file.touch(0o600)
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context.load_cert_chain(file)
    return context
