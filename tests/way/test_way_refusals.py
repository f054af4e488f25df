"""Every failure to get in says its cause in one line, and what to do."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from support import hanging_servers as servers
from support.projects import Project
from support.ssh_server import running
from support.upgrades import lab_folder
from way.test_cases import change

from swimctl.cli.context import Context
from swimctl.cli.doctor import examine
from swimctl.clock import Deadline, SystemClock
from swimctl.errors import InventoryError, LoginFailed, Unreachable, WayLost
from swimctl.sessions.connecting import connect
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.targets import Ssh, Target
from swimctl.sessions.transcript import Transcript
from swimctl.sessions.way import algorithms, enter, meet

CLOCK = SystemClock()
KEY = asyncssh.generate_private_key("ssh-ed25519")


def target(port: int, *, legacy: bool = False, **extras: object) -> Target:
    return Target("sw1", "127.0.0.1", port, "cisco_xe", "ana", "s3cret", extras=extras, ssh=Ssh(legacy=legacy))


def refused(where: Target, kind: type[Exception] = Unreachable, seconds: float = 20) -> str:
    with pytest.raises(kind) as told:
        enter(where, Deadline(CLOCK, seconds)).close()
    assert "\n" not in str(told.value)
    return str(told.value)


@contextmanager
def serving(door: type[asyncssh.SSHServer] = asyncssh.SSHServer, **options: Any) -> Iterator[int]:
    """Serve in a thread, with these options of asyncssh."""
    open_ones: list[asyncssh.SSHServerConnection] = []

    def meets() -> asyncssh.SSHServer:
        made = door()
        kept = made.connection_made
        made.connection_made = lambda conn: (open_ones.append(conn), kept(conn))[1]  # type: ignore[method-assign]
        return made

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen("127.0.0.1", 0, server_factory=meets, server_host_keys=[KEY], **options)

    with running(asyncio.new_event_loop(), start, open_ones, "refusing") as port:
        yield port


@contextmanager
def saying(words: bytes | None) -> Iterator[int]:
    """Listen, say these words to all who come and close; None: say nothing and stay."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                if words is None:
                    kept.append(connection)
                    continue
                with connection:
                    connection.sendall(words)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(60)
        for connection in kept:
            connection.close()


# cryptography says so of every key exchange of old devices, in whatever thread.
FINITE = pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
OLD = [
    ({"kex_algs": ["diffie-hellman-group14-sha1"]}, "no key exchange in common", "diffie-hellman-group14-sha1"),
    ({"encryption_algs": ["aes128-cbc", "3des-cbc"]}, "no cipher in common", "aes128-cbc, 3des-cbc"),
    ({"mac_algs": ["hmac-md5"], "encryption_algs": ["aes128-ctr"]}, "no message authentication in common", "hmac-md5"),
]


@pytest.mark.parametrize(("offers", "says", "named"), OLD)
def test_old_algorithms_are_named_with_what_to_do(offers: dict[str, Any], says: str, named: str) -> None:
    with serving(**offers) as port:
        said = refused(target(port))
        assert says in said
        assert f"it offers {named}; swimctl has " in said
        assert "`swimctl: {ssh: {legacy: true}}`" in said
        with pytest.raises(Unreachable, match=says):
            meet(target(port), 20)


@FINITE
@pytest.mark.parametrize(("offers", "says", "named"), OLD)
def test_who_asks_for_old_algorithms_gets_them_or_is_told_what_is_lacking(
    offers: dict[str, Any], says: str, named: str
) -> None:
    lacking = "kex_algs" in offers and algorithms.lacks_old()
    with serving(**offers) as port:
        if lacking:
            assert "`pip install 'swimctl[legacy]'`" in refused(target(port, legacy=True)), (says, named)
        else:
            meet(target(port, legacy=True), 20)


def test_what_nobody_has_is_not_said_to_be_old() -> None:
    with serving(encryption_algs=["chacha20-poly1305@openssh.com"]) as port:
        said = refused(target(port))
        assert "it offers chacha20-poly1305@openssh.com; swimctl has " in said
        assert "legacy" not in said


def test_doctor_calls_no_device_well_that_no_login_could_begin_at(tmp_path: Path) -> None:
    with lab_folder(tmp_path), serving(kex_algs=["diffie-hellman-group14-sha1"]) as port:
        change(tmp_path, "sw1", hostname="127.0.0.1", port=port)
        with Context(tmp_path / "config.yaml").open() as opened:
            found = [one for one in examine(opened, offline=False, deep=False) if one.what == "device sw1"]
    assert [one.result for one in found] == ["fail"]
    assert "no key exchange in common" in found[0].seen


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (b"", "closes before it greets: all its lines may be taken"),
        (b"Connection refused: no free vty\r\n", "closes before it greets"),
        (None, "does not greet in time"),
    ],
)
def test_a_port_that_does_not_greet(words: bytes | None, says: str, impatient: None) -> None:  # noqa: ARG001 a fixture
    with saying(words) as port:
        assert says in refused(target(port), seconds=1)


class _Asks(asyncssh.SSHServer):
    """Ask something of one's own by keyboard-interactive, and note what was answered."""

    question = ""
    answered: list[str] = []  # noqa: RUF012 - of the one test at a time

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        return bool(username)

    def kbdint_auth_supported(self) -> bool:
        self._connection._next_service = b"ssh-userauth"  # as the lab's own gate does
        return True

    def get_kbdint_challenge(self, *_: Any) -> Any:
        return "", "Your password has expired.", "", [(self.question, False)]

    def validate_kbdint_response(self, username: str, responses: Any) -> bool:
        assert username
        self.answered.extend(responses)
        return True


@pytest.mark.parametrize(
    ("question", "plain"),
    [("Password: ", True), ("ana's passwd:", True), ("New password: ", False), ("Passcode or token: ", False)],
)
def test_a_question_that_is_not_for_the_password_gets_no_answer(question: str, plain: bool) -> None:
    door = type("Door", (_Asks,), {"question": question, "answered": []})
    with serving(door) as port:
        if plain:
            enter(target(port), Deadline(CLOCK, 20)).close()
            assert door.answered == ["s3cret"]
            return
        said = refused(target(port), LoginFailed)
        assert question.strip() in said
        assert "nothing was typed" in said
        assert door.answered == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("\r\n% Authorization failed.\r\n", "and closes the session: '% Authorization failed.'"),
        ("\r\nWelcome\r\nYour account is locked\r\n", "and closes the session: 'Your account is locked'"),
    ],
)
def test_a_shell_that_closes_at_once_is_told_with_its_words(tmp_path: Path, words: str, told: str) -> None:
    async def turn_away(process: servers.Process) -> None:
        process.stdout.write(words)
        await process.stdout.drain()
        process.exit(1)

    transcript = Transcript(tmp_path / "transcript.log", CLOCK, Redaction())
    with servers.hanging(turn_away) as device, pytest.raises(LoginFailed) as refusal:
        connect(device, CLOCK, transcript, 20)
    assert told in str(refusal.value)


def test_a_banner_before_a_lost_line_is_no_refusal(tmp_path: Path) -> None:
    async def drop(process: servers.Process) -> None:
        process.stdout.write("\r\nAuthorized access only, by company policy\r\nWelcome to sw1\r\n")
        await process.stdout.drain()
        process.channel.get_connection().abort()

    transcript = Transcript(tmp_path / "transcript.log", CLOCK, Redaction())
    with servers.hanging(drop) as device, pytest.raises(Unreachable):
        connect(device, CLOCK, transcript, 20)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("10.0.0.1:2222", "write `hostname: '10.0.0.1'` and `port: 2222`"),
        ("sw1.example.net:22", "write `hostname: 'sw1.example.net'` and `port: 22`"),
        ("'[2001:db8::1]:2222'", "write `hostname: '2001:db8::1'` and `port: 2222`"),
        ("'[::1]'", "write the address alone, in quotes: `hostname: '::1'`"),
        ("admin@10.0.0.1", "is not an address"),
        ("ssh://10.0.0.1", "is not an address"),
    ],
)
def test_what_is_no_address_is_told_as_the_typing_error_that_it_is(project: Project, written: str, says: str) -> None:
    project.write("inventory/hosts.yaml", f"a:\n  platform: ios\n  hostname: {written}\n")
    with pytest.raises(InventoryError) as told:
        project.inventory()
    assert says in str(told.value)
    assert "hosts.yaml line 1" in str(told.value)


@pytest.mark.parametrize("written", ["10.0.0.1", "'::1'", "'2001:db8::1'", "'fe80::1%eth0'", "sw1.example.net"])
def test_an_address_is_one(project: Project, written: str) -> None:
    project.write("inventory/hosts.yaml", f"a:\n  platform: ios\n  hostname: {written}\n")
    assert project.inventory().devices[0].address == written.strip("'")


def test_an_ipv6_address_is_entered() -> None:
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 here")
    with server:
        port = server.getsockname()[1]
        said = refused(Target("sw1", "::1", port, "cisco_xe", "ana", "s3cret"), seconds=1)
        assert f"sw1 ([::1]:{port})" in said


def from_address(folder: Path, address: str, port: int) -> Target:
    config = folder / "ssh_config"
    config.write_text(f"Host *\n  BindAddress {address}\n", encoding="utf-8")
    return Target("sw1", "127.0.0.1", port, "cisco_xe", "ana", "s3cret", ssh=Ssh(config_file=config))


def test_a_device_is_asked_from_the_address_that_openssh_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        refused(from_address(tmp_path, "127.0.0.2", server.getsockname()[1]), seconds=1)
        connection, (peer, _) = server.accept()
        connection.close()
    assert peer == "127.0.0.2"


def test_an_address_that_this_machine_does_not_have_says_nothing_of_the_device(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        pytest.raises(WayLost, match=r"from 192\.0\.2\.77, the BindAddress of OpenSSH's configuration") as lost,
    ):
        meet(from_address(tmp_path, "192.0.2.77", server.getsockname()[1]), 5)
    assert "does not answer" not in str(lost.value)
