"""Netmiko against lab switches: sessions, its own file transfer, a whole upgrade."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import netmiko
import pytest
from support.lab import small_fleet

from swimctl.lab.fleet import LabFleet
from swimctl.lab.images import make_image

pytestmark = pytest.mark.prove

USERS = {"admin": ("admin", 15), "guest": ("guest", 1)}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    with small_fleet(tmp_path_factory.mktemp("lab"), n=2, users=USERS) as lab:
        yield lab


def connect(lab: LabFleet, name: str, user: str = "admin", **more: object) -> netmiko.BaseConnection:
    host, port = lab.address(name)
    return netmiko.ConnectHandler(
        device_type="cisco_xe", host=host, port=port, username=user, password=user, secret="enable", **more
    )


@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")  # netmiko's, when it looks for templates
def test_privilege_15_lands_in_enable_mode(lab: LabFleet) -> None:
    with connect(lab, "sw1") as device:
        assert device.find_prompt() == "sw1#"
        assert "Version 17.06.05" in device.send_command("show version")
        assert "% Invalid input detected at '^' marker." in device.send_command("show nonsense")
        assert [row["switch"] for row in device.send_command("show switch", use_textfsm=True)] == ["1"]


def test_user_mode_enables_with_the_secret(lab: LabFleet) -> None:
    with connect(lab, "sw1", "guest") as device:
        assert device.find_prompt() == "sw1>"
        device.enable()
        assert device.find_prompt() == "sw1#"
        assert "15" in device.send_command("show privilege")


def test_wrong_password_is_refused(lab: LabFleet) -> None:
    host, port = lab.address("sw1")
    with pytest.raises(netmiko.NetmikoAuthenticationException):
        netmiko.ConnectHandler(device_type="cisco_xe", host=host, port=port, username="admin", password="wrong")


def test_put_and_get_a_file_with_netmikos_own_transfer(lab: LabFleet, tmp_path: Path) -> None:
    image = make_image(tmp_path, "cat9k_iosxe.17.12.04.SPA.bin", 300_000)
    with connect(lab, "sw1") as device:
        put = netmiko.file_transfer(
            device, source_file=str(image), dest_file=image.name, file_system="flash:", direction="put"
        )
        assert put == {"file_exists": True, "file_transferred": True, "file_verified": True}
        again = netmiko.file_transfer(
            device, source_file=str(image), dest_file=image.name, file_system="flash:", direction="put"
        )
        assert again["file_transferred"] is False
        assert hashlib.sha512(image.read_bytes()).hexdigest() in device.send_command(
            f"verify /sha512 flash:{image.name}", read_timeout=30
        )
        back = tmp_path / "back.bin"
        got = netmiko.file_transfer(
            device, source_file=image.name, dest_file=str(back), file_system="flash:", direction="get"
        )
        assert got["file_verified"] is True
    assert back.read_bytes() == image.read_bytes()


def test_inline_transfer_through_tcl(lab: LabFleet, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("line one\nline two\n")
    with connect(lab, "sw2") as device:
        sent = netmiko.file_transfer(
            device, source_file=str(note), dest_file="note.txt", file_system="flash:", direction="put",
            inline_transfer=True,
        )  # fmt: skip
        assert sent["file_verified"] is True
        assert "line two" in device.send_command("more flash:note.txt")


def test_one_shot_install_over_a_reload(tmp_path: Path) -> None:
    with small_fleet(tmp_path, n=1, boot_seconds=600) as lab:
        image = make_image(tmp_path, "cat9k_iosxe.17.12.04.SPA.bin")
        with connect(lab, "sw1") as device:
            netmiko.file_transfer(
                device, source_file=str(image), dest_file=image.name, file_system="flash:", direction="put"
            )
            device.send_command("write memory", read_timeout=60)
            said = device.send_command(
                f"install add file flash:{image.name} activate commit",
                expect_string=r"\[y/n\]",
                read_timeout=60,
            )
            assert "START" in said
            said = device.send_command("y", expect_string=r"SUCCESS: install_add_activate_commit", read_timeout=60)
        # Down lasts a second here, which a busy machine may miss; a boot after the lab's start it cannot.
        wait_until(lambda: lab.switch("sw1").booted_at > 0 and lab.switch("sw1").reachable)
        wait_until(lambda: answers(*lab.address("sw1")))
        with connect(lab, "sw1") as device:
            assert "Version 17.12.04" in device.send_command("show version")
            assert "C    17.12.04" in device.send_command("show install summary")
        installs = [line for line in lab.commands("sw1") if line.startswith("install")]
        assert installs == [f"install add file flash:{image.name} activate commit"]


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        if time.monotonic() > deadline:
            pytest.fail("the switch did not reload and come back within 30 seconds")
        time.sleep(0.02)


def answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
