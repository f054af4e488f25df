"""What a lab device asks when it copies by SSH, and what it says where that fails."""

from __future__ import annotations

from pathlib import Path

from support.lab_terminal import Desk
from support.ssh_file_server import PASSWORD, USER, free_port, serving_ssh

NAME = "cat9k_iosxe.17.12.04.SPA.bin"
CONTENT = bytes(range(256)) * 5_000


def test_an_iosxe_switch_asks_for_the_account_and_hides_the_password(tmp_path: Path) -> None:
    desk = Desk(tmp_path, ssh_port=free_port())
    with serving_ssh(NAME, CONTENT) as server:
        said = desk.type(
            f"copy {server.folder('scp')}{NAME} flash:".replace("//", f"//{USER}@"), "", "", "", "", PASSWORD
        )
    assert said.splitlines()[:5] == [
        "Address or name of remote host [127.0.0.1]? ",
        f"Source username [{USER}]? ",
        f"Source filename [/{NAME}]? ",
        f"Destination filename [{NAME}]? ",
        "Password: ",
    ]
    assert f" Sending file modes: C0644 {len(CONTENT)} {NAME}" in said
    assert f"{len(CONTENT)} bytes copied in " in said
    assert PASSWORD not in "".join(each.line for each in desk.switch.log)
    file = desk.switch.flash(1).get(NAME)
    assert file.size == len(CONTENT)


def test_who_answers_nothing_for_a_password_is_not_asked_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, ssh_port=free_port())
    with serving_ssh(NAME, CONTENT) as server:
        said = desk.type(f"copy sftp://{USER}@127.0.0.1/{NAME} flash:", "", "", "", "", "wrong", "")
        assert server.passwords == ["wrong"]
    assert said.count("Password: ") == 2
    assert "(Permission denied)" in said
    assert desk.switch.flash(1).get(NAME) is None


def test_a_flash_that_is_too_small_says_so(tmp_path: Path) -> None:
    desk = Desk(tmp_path, ssh_port=free_port(), free=1_000_000)
    with serving_ssh(NAME, CONTENT):
        said = desk.type(f"copy scp://{USER}@127.0.0.1/{NAME} flash:", "", "", "", "", PASSWORD)
    assert f"%Error copying scp://*:*@127.0.0.1/{NAME} (Not enough space on device)" in said
