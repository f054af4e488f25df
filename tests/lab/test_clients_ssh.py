"""OpenSSH, scrapli and paramiko against lab switches."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest
import scrapli
from scrapli.auth import LookupKeyValue
from support.lab import small_fleet

from swimctl.lab.fleet import LabFleet
from swimctl.lab.images import make_image

USERS = {"admin": ("admin", 15), "guest": ("guest", 1)}
OPTIONS = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-F", "none")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    with small_fleet(tmp_path_factory.mktemp("lab"), n=1, users=USERS) as lab:
        yield lab


def run(tmp_path: Path, *command: str, user: str = "admin", typed: str = "") -> subprocess.CompletedProcess[str]:
    asker = tmp_path / "askpass"
    asker.write_text(f"#!/bin/sh\necho {user}\n")
    asker.chmod(0o700)
    environment = {**os.environ, "SSH_ASKPASS": str(asker), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ""}
    return subprocess.run(
        command, env=environment, input=typed, capture_output=True, text=True, timeout=30, check=False
    )


def test_openssh_runs_a_single_command(lab: LabFleet, tmp_path: Path) -> None:
    host, port = lab.address("sw1")
    done = run(tmp_path, "ssh", *OPTIONS, "-p", str(port), f"admin@{host}", "show version | include uptime")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("sw1 uptime is ")
    assert done.stdout.count("\n") == 1


def test_openssh_shell_takes_piped_lines_and_ends(lab: LabFleet, tmp_path: Path) -> None:
    host, port = lab.address("sw1")
    lines = "terminal length 0\nshow privilege\nexit\n"
    done = run(tmp_path, "ssh", *OPTIONS, "-tt", "-p", str(port), f"admin@{host}", typed=lines)
    assert "Current privilege level is 15" in done.stdout


def test_openssh_is_refused_with_a_wrong_password(lab: LabFleet, tmp_path: Path) -> None:
    host, port = lab.address("sw1")
    done = run(tmp_path, "ssh", *OPTIONS, "-p", str(port), f"admin@{host}", "show clock", user="wrong")
    assert done.returncode == 255
    assert "Permission denied" in done.stderr


def test_openssh_scp_there_and_back(lab: LabFleet, tmp_path: Path) -> None:
    host, port = lab.address("sw1")
    image = make_image(tmp_path, "cat9k_iosxe.17.09.04a.SPA.bin", 500_000)
    there = run(tmp_path, "scp", "-O", *OPTIONS, "-P", str(port), str(image), f"admin@{host}:flash:/{image.name}")
    assert there.returncode == 0, there.stderr
    back = tmp_path / "back.bin"
    done = run(tmp_path, "scp", "-O", *OPTIONS, "-P", str(port), f"admin@{host}:flash:{image.name}", str(back))
    assert done.returncode == 0, done.stderr
    assert back.read_bytes() == image.read_bytes()


def test_a_catalyst_has_no_sftp_and_the_terminal_is_as_before(lab: LabFleet, tmp_path: Path) -> None:
    host, port = lab.address("sw1")
    note = tmp_path / "note.txt"
    note.write_text("by sftp\n")
    done = run(tmp_path, "scp", "-s", *OPTIONS, "-P", str(port), str(note), f"admin@{host}:flash:/sftp.txt")
    assert done.returncode != 0
    assert "subsystem request failed" in done.stderr
    shown = run(tmp_path, "ssh", *OPTIONS, "-p", str(port), f"admin@{host}", "dir flash:sftp.txt")
    assert "No such file or directory" in shown.stdout
    refused = run(tmp_path, "ssh", *OPTIONS, "-p", str(port), "-s", f"admin@{host}", "netconf")
    assert "subsystem request failed" in refused.stderr


def test_scp_is_denied_below_privilege_15(lab: LabFleet, tmp_path: Path) -> None:
    host, port = lab.address("sw1")
    note = tmp_path / "note.txt"
    note.write_text("x")
    done = run(
        tmp_path, "scp", "-O", *OPTIONS, "-P", str(port), str(note), f"guest@{host}:flash:/denied.txt", user="guest"
    )
    assert done.returncode != 0
    assert "Privilege denied." in done.stderr


def test_scp_of_a_missing_file_fails(lab: LabFleet, tmp_path: Path) -> None:
    host, port = lab.address("sw1")
    done = run(tmp_path, "scp", "-O", *OPTIONS, "-P", str(port), f"admin@{host}:flash:/nothing", str(tmp_path / "x"))
    assert done.returncode != 0
    assert "No matches found" in done.stderr


@pytest.mark.parametrize("transport", ["bin", "ssh2"])
@pytest.mark.parametrize(("user", "prompt"), [("admin", "sw1#"), ("guest", "sw1>")])
def test_scrapli_logs_in_and_reads(lab: LabFleet, transport: str, user: str, prompt: str) -> None:
    from scrapli.transport import BinOptions, Ssh2Options

    host, port = lab.address("sw1")
    options = BinOptions(extra_open_args=list(OPTIONS)) if transport == "bin" else Ssh2Options()
    auth = scrapli.AuthOptions(username=user, password=user, lookups=[LookupKeyValue("enable", "enable")])
    with scrapli.Cli(
        host, port=port, definition_file_or_name="cisco_iosxe", auth_options=auth, transport_options=options
    ) as cli:
        result = cli.send_input("show version")
        assert "Version 17.06.05" in result.result
        assert not result.failed
        assert prompt[:3] in cli.get_prompt().result


def client(lab: LabFleet, user: str = "admin") -> paramiko.SSHClient:
    host, port = lab.address("sw1")
    ssh = paramiko.SSHClient()
    ssh.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 a lab on loopback
    ssh.connect(host, port, user, user, look_for_keys=False, allow_agent=False)
    return ssh


def test_keyboard_interactive_alone(tmp_path: Path) -> None:
    with small_fleet(tmp_path, n=1, authentication=("keyboard-interactive",)) as lab:
        transport = paramiko.Transport(lab.address("sw1"))
        try:
            transport.start_client(timeout=10)
            with pytest.raises(paramiko.BadAuthenticationType) as refused:
                transport.auth_password("admin", "admin", fallback=False)
            assert refused.value.allowed_types == ["keyboard-interactive"]
            transport.auth_interactive("admin", lambda _title, _text, prompts: ["admin"] * len(prompts))
            channel = transport.open_session()
            channel.exec_command("show privilege")
            assert b"level is 15" in channel.makefile().read()
            assert channel.recv_exit_status() == 0
        finally:
            transport.close()


def test_password_alone(tmp_path: Path) -> None:
    with small_fleet(tmp_path, n=1, authentication=("password",)) as lab, client(lab) as ssh:
        _stdin, stdout, _stderr = ssh.exec_command("show clock")
        assert stdout.channel.recv_exit_status() == 0
