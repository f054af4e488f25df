"""Terminals of lab switches as a client with a pty sees them."""

from __future__ import annotations

from collections.abc import Iterator

import paramiko
import pytest
from support.lab import small_fleet

from swimctl.lab.fleet import LabFleet


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    with small_fleet(tmp_path_factory.mktemp("lab"), n=1) as lab:
        yield lab


@pytest.fixture
def ssh(lab: LabFleet) -> Iterator[paramiko.SSHClient]:
    host, port = lab.address("sw1")
    with paramiko.SSHClient() as client:
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect(host, port, "admin", "admin", look_for_keys=False, allow_agent=False)
        yield client


def shell(ssh: paramiko.SSHClient) -> paramiko.Channel:
    channel = ssh.invoke_shell()
    channel.settimeout(10)
    read_until(channel, "sw1#")
    return channel


def read_until(channel: paramiko.Channel, end: str) -> str:
    said = ""
    while not said.rstrip().endswith(end):
        block = channel.recv(4096)
        assert block, said
        said += block.decode()
    return said


def test_long_output_waits_at_more(ssh: paramiko.SSHClient) -> None:
    channel = shell(ssh)
    channel.send(b"show interfaces status\r")
    assert read_until(channel, "--More--").count("\r\n") == 24  # the command and 23 lines
    channel.send(b" ")
    read_until(channel, "--More--")
    channel.send(b"q")
    read_until(channel, "sw1#")
    channel.send(b"terminal length 0\r")
    read_until(channel, "sw1#")
    channel.send(b"show interfaces status\r")
    assert "--More--" not in read_until(channel, "sw1#")


def test_ctrl_z_leaves_configuration_and_ctrl_c_drops_a_line(ssh: paramiko.SSHClient) -> None:
    channel = shell(ssh)
    channel.send(b"configure terminal\r")
    read_until(channel, "sw1(config)#")
    channel.send(b"interface Gi1/0/1\r")
    read_until(channel, "sw1(config-if)#")
    channel.send(b"\x1a")
    read_until(channel, "sw1#")
    channel.send(b"reload\x03")
    read_until(channel, "sw1#")
    channel.send(b"show privilege\r")
    assert "level is 15" in read_until(channel, "sw1#")


def test_syslog_lands_in_terminals_that_monitor(ssh: paramiko.SSHClient) -> None:
    watcher, deaf = shell(ssh), shell(ssh)
    watcher.send(b"terminal monitor\r")
    read_until(watcher, "sw1#")
    worker = shell(ssh)
    worker.send(b"configure terminal\rend\r")
    read_until(worker, "(config)#end\r\nsw1#")
    said = ""
    while "%SYS-5-CONFIG_I: Configured from console by admin" not in said:
        said += watcher.recv(4096).decode()
    deaf.send(b"show clock\r")
    assert "CONFIG_I" not in read_until(deaf, "sw1#")


def test_exit_ends_the_session(ssh: paramiko.SSHClient) -> None:
    channel = shell(ssh)
    channel.send(b"exit\r")
    while channel.recv(4096):
        pass
    assert channel.recv_exit_status() == 0
