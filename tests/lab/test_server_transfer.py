"""The pace and the window of copies, and what a reload does to port, connections and commands."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import paramiko
import pytest
import scp
from support.lab import small_fleet

from swimctl.errors import UsageError
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.fleet import LabFleet
from swimctl.lab.images import make_image


def connect(lab: LabFleet, name: str = "sw1") -> paramiko.SSHClient:
    host, port = lab.address(name)
    ssh = paramiko.SSHClient()
    ssh.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 a lab on loopback
    ssh.connect(host, port, "admin", "admin", look_for_keys=False, allow_agent=False)
    transport = ssh.get_transport()
    assert transport is not None
    transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return ssh


def push(ssh: paramiko.SSHClient, path: Path, target: str) -> float:
    transport = ssh.get_transport()
    assert transport is not None
    began = time.monotonic()
    with scp.SCPClient(transport, socket_timeout=20) as copier:
        copier.put(str(path), target)
    return time.monotonic() - began


def test_a_copy_goes_at_the_switchs_rate_in_lab_time(tmp_path: Path) -> None:
    image = make_image(tmp_path, "cat9k_iosxe.17.12.04.SPA.bin", 1_000_000)
    with small_fleet(tmp_path, n=1, speed=100, rate=10_000) as lab, connect(lab) as ssh:
        seconds = push(ssh, image, "flash:/image.bin")
    assert 0.9 < seconds < 3


def test_two_blanks_before_the_path(tmp_path: Path) -> None:
    image = make_image(tmp_path, "cat9k_iosxe.17.12.04.SPA.bin", 50_000)
    with small_fleet(tmp_path, n=1) as lab, connect(lab) as ssh:
        push(ssh, image, " flash:/image.bin")
        _stdin, stdout, _stderr = ssh.exec_command("dir flash:/image.bin")
        assert "50000" in stdout.read().decode()


def test_the_window_is_64_kilobytes(tmp_path: Path) -> None:
    with small_fleet(tmp_path, n=1) as lab, connect(lab) as ssh:
        transport = ssh.get_transport()
        assert transport is not None
        assert transport.open_session().out_window_size == 65_536


def test_a_file_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    image = make_image(tmp_path, "cat9k_iosxe.17.12.04.SPA.bin", 1_000_000)
    with (
        small_fleet(tmp_path, n=1, free=400_000) as lab,
        connect(lab) as ssh,
        pytest.raises(scp.SCPException, match="No space left"),
    ):
        push(ssh, image, "flash:/image.bin")


def test_a_reload_closes_the_port_and_opens_it_again(tmp_path: Path) -> None:
    with small_fleet(tmp_path, n=1, speed=300, boot_seconds=300) as lab:
        with connect(lab) as ssh:
            shell = ssh.invoke_shell()
            shell.settimeout(10)
            read_until(shell, "sw1#")
            shell.send(b"reload\r")
            while "[confirm]" not in (said := read_until(shell, "]")):
                assert "[yes/no" in said
                shell.send(b"no\r")
            shell.send(b"\r")
            while shell.recv(4096):
                pass  # until the switch cuts the connection
        host, port = lab.address("sw1")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, port), timeout=5)
        deadline = time.monotonic() + 20
        while not lab.switch("sw1").reachable:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert lab.address("sw1") == (host, port)
        with connect_when_open(lab) as ssh:
            _stdin, stdout, _stderr = ssh.exec_command("show version | include uptime")
            assert "minute" in stdout.read().decode()


def connect_when_open(lab: LabFleet) -> paramiko.SSHClient:
    for _attempt in range(50):
        try:
            return connect(lab)
        except OSError:
            time.sleep(0.02)
    return connect(lab)


def read_until(shell: paramiko.Channel, end: str) -> str:
    said = ""
    while not said.rstrip().endswith(end):
        block = shell.recv(4096)
        assert block, said
        said += block.decode()
    return said


def test_every_command_is_in_the_log_file_at_once(tmp_path: Path) -> None:
    with small_fleet(tmp_path, n=2) as lab:
        with connect(lab, "sw2") as ssh:
            ssh.exec_command("show clock")[1].read()
        entries = [json.loads(line) for line in (tmp_path / "lab-commands.jsonl").read_text().splitlines()]
        assert [(entry["switch"], entry["line"]) for entry in entries] == [("sw2", "show clock")]
        assert set(entries[0]) == {"time", "switch", "user", "line"}
        assert lab.commands("sw2") == ["show clock"]
        assert lab.commands("sw1") == []


def test_an_install_goes_on_without_its_terminal(tmp_path: Path) -> None:
    image = make_image(tmp_path, "cat9k_iosxe.17.12.04.SPA.bin", 300_000)
    with small_fleet(tmp_path, n=1, speed=300) as lab:
        with connect(lab) as ssh:
            push(ssh, image, f"flash:/{image.name}")
            shell = ssh.invoke_shell()
            shell.settimeout(10)
            shell.send(f"install add file flash:{image.name}\r".encode())
            read_until_text(shell, "START")
        with connect(lab) as ssh:
            deadline = time.monotonic() + 15
            while "I    17.12.04" not in (said := ssh_run(ssh, "show install summary")):
                assert time.monotonic() < deadline, said
                time.sleep(0.05)


def ssh_run(ssh: paramiko.SSHClient, command: str) -> str:
    return ssh.exec_command(command)[1].read().decode()


def read_until_text(shell: paramiko.Channel, text: str) -> None:
    said = ""
    while text not in said:
        block = shell.recv(4096)
        assert block, said
        said += block.decode()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(UsageError, match=str(port)),
            LabFleet(default_fleet(1), folder=tmp_path, ports={"sw1": port}),
        ):
            pass
