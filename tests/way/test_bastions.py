"""What one shared connection to a bastion goes through, and what is said where a bastion is at fault."""

from __future__ import annotations

import asyncio
import shlex
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import asyncssh
import paramiko
import pytest
from support import hanging_servers as servers
from support.bastion import DOMAIN, USER, Bastion, bastion, make_key, sshd
from support.ssh_server import running

from swimctl.clock import Deadline, SystemClock
from swimctl.errors import BastionRefused, LoginFailed, Unreachable, WayLost
from swimctl.sessions.targets import Ssh, Target
from swimctl.sessions.way import enter, entering, greeting, greets
from swimctl.sessions.way.streams import ChannelStream

CLOCK = SystemClock()
SW1 = f"sw1.{DOMAIN}"


@pytest.fixture
def device() -> Iterator[Target]:
    with servers.hanging(servers.silent) as target:
        yield target


@pytest.fixture
def way(tmp_path: Path, device: Target) -> Iterator[Bastion]:
    with bastion(tmp_path, {(SW1, 22): (device.address, device.port), ("gone", 22): ("127.0.0.1", 1)}) as made:
        yield made


def through(bastion: Bastion, address: str = SW1, **options: str) -> Target:
    lines = [f"Host {address}", "ProxyJump bastion", "Host bastion", "HostName 127.0.0.1", f"Port {bastion.port}"]
    lines += [f"User {USER}", "IdentityFile id", "IdentitiesOnly yes", *(" ".join(one) for one in options.items())]
    config = bastion.folder / "ssh_config"
    config.write_text("\n".join(lines), encoding="utf-8")
    return Target("sw1", address, 22, "cisco_xe", "ana", "secret", ssh=Ssh(config_file=config))


def deadline() -> Deadline:
    return Deadline(CLOCK, 20)


def test_many_at_once_are_one_login(way: Bastion) -> None:
    target = through(way)
    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(lambda _: greeting(target, 20), range(40)))
    assert {line.split("_")[0] for line in said} == {"SSH-2.0-AsyncSSH"}
    assert (way.logins, len(way.asked_for)) == ([USER], 40)


def test_a_connection_that_died_is_opened_anew(way: Bastion) -> None:
    target = through(way)
    transport = enter(target, deadline())
    way.die()
    end = time.monotonic() + 20
    while transport.is_active() and time.monotonic() < end:
        time.sleep(0.05)
    assert not transport.is_active(), "what went through it has ended"
    assert greets(target, 20)
    assert len(way.logins) == 2


def test_a_device_that_is_down_behind_a_bastion_is_the_one_to_blame(way: Bastion) -> None:
    target = through(way, "gone")
    assert greets(target, 5) is False
    with pytest.raises(Unreachable, match=r"sw1 \(gone:22\) does not answer: the bastion bastion .* says") as told:
        enter(target, deadline())
    assert type(told.value) is Unreachable
    assert len(way.logins) == 1


def test_a_bastion_that_is_down_says_nothing_of_the_device(way: Bastion) -> None:
    target = through(way)
    config = way.folder / "ssh_config"
    config.write_text(config.read_text(encoding="utf-8").replace(f"Port {way.port}", "Port 1"), encoding="utf-8")
    for asked in (lambda: greets(target, 5), lambda: enter(target, deadline())):
        with pytest.raises(WayLost, match=r"the bastion bastion \(127.0.0.1:1\) does not answer"):
            asked()


def test_a_refused_login_at_the_bastion_is_not_tried_for_every_device(way: Bastion) -> None:
    way.lets_in = False
    target = through(way)

    def ask(number: int) -> BaseException:
        with pytest.raises(BastionRefused, match="the bastion bastion refused the login of 'ops'") as told:
            greets(replace(target, name=f"sw{number}"), 5)
        return told.value

    with ThreadPoolExecutor(10) as pool:
        assert len(list(pool.map(ask, range(30)))) == 30
    assert way.refused <= 2, "it asks whether the key would do, and then"
    assert not isinstance(ask(1), LoginFailed), "the device refused nothing, and its account is not near a lock"


def test_the_devices_password_is_never_typed_at_the_bastion(way: Bastion) -> None:
    (way.folder / "id").unlink()
    with pytest.raises(BastionRefused, match="the agent has no key"):
        enter(through(way), deadline())
    assert way.logins == []


def test_a_bastion_behind_a_bastion(way: Bastion, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    for name in ("id", "id.pub"):
        (inner / name).write_bytes((tmp_path / name).read_bytes())
    with bastion(inner, way.behind) as second:
        way.behind = {("inner", 22): ("127.0.0.1", second.port)}
        target = through(way)
        config = tmp_path / "ssh_config"
        text = config.read_text(encoding="utf-8").replace("ProxyJump bastion", f"ProxyJump bastion,{USER}@inner")
        config.write_text(f"{text}\nHost inner\nIdentityFile id\n", encoding="utf-8")
        assert greets(target, 20)
        assert greets(target, 20)
        assert (way.logins, second.logins) == ([USER], [USER])
        assert set(way.asked_for) == {("inner", 22)}


class Line(paramiko.Transport):
    """A bastion's connection that notes the kind of each message and sends none."""

    kinds: list[int]

    def _send_user_message(self, message: paramiko.Message) -> None:
        self.kinds.append(message.asbytes()[0])


def test_nothing_of_a_channel_is_sent_after_its_own_end() -> None:
    """Paramiko lets a thread write on a channel that another has closed, for which a server ends the connection."""
    ours, theirs = socket.socketpair()
    line, channel = Line(ours), paramiko.Channel(1)
    line.kinds = []
    channel._set_transport(line)
    channel._set_window(100_000, 32_768)
    channel._set_remote_channel(1, 100_000, 32_768)
    stream = ChannelStream(channel)
    data, window = paramiko.Message(), paramiko.Message()
    data.add_byte(bytes([94]))
    window.add_byte(bytes([93]))
    assert stream.send(b"x") == 1
    channel.shutdown_write()
    channel.transport._send_user_message(data)  # of a thread that was in the midst of it
    channel.transport._send_user_message(window)  # what comes may still be read
    stream.close()
    channel.transport._send_user_message(window)
    channel.transport._send_user_message(data)
    stream.close()
    assert line.kinds == [94, 96, 93, 97]
    ours.close()
    theirs.close()


def test_an_idle_connection_is_closed_and_one_in_use_is_not(way: Bastion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swimctl.sessions.way.bastions._IDLE", 0.3)
    transport = enter(through(way), deadline())
    time.sleep(1.5)
    assert transport.is_active()
    transport.close()
    end = time.monotonic() + 20
    while _shared_with(way) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _shared_with(way)


def _shared_with(way: Bastion) -> bool:
    return any(path[-1].port == way.port for path in entering._BASTIONS._shared)


def test_opensshs_own_server_is_a_bastion(tmp_path: Path, device: Target) -> None:
    with sshd(tmp_path) as (port, log):
        (tmp_path / "ssh_config").write_text(
            f"Host sw1\nHostName {device.address}\nPort {device.port}\nProxyJump bastion\n"
            f"Host bastion\nHostName 127.0.0.1\nPort {port}\nIdentityFile id\nIdentitiesOnly yes\n",
            encoding="utf-8",
        )
        target = Target("sw1", "sw1", 22, "cisco_xe", "ana", "secret", ssh=Ssh(config_file=tmp_path / "ssh_config"))
        with ThreadPoolExecutor(10) as pool:
            assert all(pool.map(lambda _: greets(target, 20), range(30)))
        enter(target, deadline()).close()
        assert log.read_text(encoding="utf-8").count("Accepted publickey") == 1


def test_a_proxy_command_carries_all_of_it_and_leaves_no_process(tmp_path: Path, device: Target) -> None:
    relay = tmp_path / "relay.py"
    relay.write_text(
        "import os, socket, sys, threading\n"
        "far = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n"
        "open(sys.argv[3], 'a').write(f'{os.getpid()}\\n')\n"
        "def out():\n"
        "    while data := far.recv(65536): os.write(1, data)\n"
        "threading.Thread(target=out, daemon=True).start()\n"
        "while data := os.read(0, 65536): far.sendall(data)\n",
        encoding="utf-8",
    )
    pids = tmp_path / "pids"
    config = tmp_path / "ssh_config"
    words = shlex.join(["python3", str(relay)])
    config.write_text(f"Host sw1\nPort {device.port}\nHostName 127.0.0.1\nProxyCommand {words} %h %p {pids}\n")
    target = Target("sw1", "sw1", 22, "cisco_xe", "ana", "secret", ssh=Ssh(config_file=config))
    assert greets(target, 20)
    enter(target, deadline()).close()
    started = pids.read_text(encoding="utf-8").split()
    assert len(started) == 2
    end = time.monotonic() + 20
    while any(Path("/proc", pid).exists() for pid in started) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(Path("/proc", pid).exists() for pid in started)


def test_a_proxy_command_that_fails_is_no_device_that_is_back(tmp_path: Path) -> None:
    config = tmp_path / "ssh_config"
    config.write_text("Host sw1\nProxyCommand exit 3\n", encoding="utf-8")
    target = Target("sw1", "sw1", 22, "cisco_xe", "ana", "secret", ssh=Ssh(config_file=config))
    assert greets(target, 5) is False
    with pytest.raises(Unreachable, match="through `exit 3`"):
        enter(target, deadline())


def test_a_key_with_a_passphrase_opens_a_device(tmp_path: Path) -> None:
    make_key(tmp_path, "locked", "s3same")
    with bastion(tmp_path, {}) as server:
        for name in ("locked", "locked.pub"):
            (tmp_path / name.replace("locked", "id")).write_bytes((tmp_path / name).read_bytes())
        extras = {"key_file": str(tmp_path / "id"), "passphrase": "s3same"}
        target = Target("sw1", "127.0.0.1", server.port, "cisco_xe", USER, "", extras=extras)
        transport = enter(target, deadline())
        assert transport.is_authenticated()
        transport.close()
        with pytest.raises(LoginFailed):
            enter(replace(target, extras=extras | {"passphrase": "other"}), deadline())


@pytest.mark.parametrize("named", ["beside the key", "CertificateFile"])
def test_a_certificate_opens_a_device_that_knows_its_authority_alone(tmp_path: Path, named: str) -> None:
    authority, key = asyncssh.generate_private_key("ssh-ed25519"), make_key(tmp_path)
    certificate = authority.generate_user_certificate(key, "ops", principals=[USER])
    known = asyncssh.import_authorized_keys(f"cert-authority {authority.export_public_key().decode()}")
    made: list[asyncssh.SSHServerConnection] = []

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            authorized_client_keys=known,
            acceptor=made.append,
        )

    with running(asyncio.new_event_loop(), start, made, "certificates") as port:
        config = tmp_path / "ssh_config"
        config.write_text("Host 127.0.0.1\nIdentityFile id\n", encoding="utf-8")
        target = Target("sw1", "127.0.0.1", port, "cisco_xe", USER, "", ssh=Ssh(config_file=config))
        with pytest.raises(LoginFailed, match="the key"):
            enter(target, deadline())
        if named == "CertificateFile":
            config.write_text("Host 127.0.0.1\nIdentityFile id\nCertificateFile signed.pub\n", encoding="utf-8")
            certificate.write_certificate(tmp_path / "signed.pub")
        else:
            certificate.write_certificate(tmp_path / "id-cert.pub")
        transport = enter(target, deadline())
        assert transport.is_authenticated()
        transport.close()


def test_a_device_that_ends_what_a_bastion_opened_at_once_is_the_one_that_is_away(
    way: Bastion, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = through(way)
    assert greets(target, 20)

    def gone_already(*_: object, **__: object) -> None:
        raise paramiko.SSHException("Unable to open channel.")  # what it says where the channel came and went

    monkeypatch.setattr(paramiko.Transport, "open_channel", gone_already)
    assert greets(target, 20) is False
    with pytest.raises(Unreachable, match="ended the connection at once, through the bastion bastion") as told:
        enter(target, deadline())
    assert type(told.value) is Unreachable
