"""What a lab device says and keeps when it fetches a file by HTTP itself."""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest
from support.file_server import serving
from support.ftp_server import serving_ftp
from support.lab_terminal import Desk

NAME = "cat9k_iosxe.17.12.04.SPA.bin"
CONTENT = bytes(range(256)) * 5_000
SHA = hashlib.sha512(CONTENT).hexdigest()


def kept(desk: Desk, name: str = NAME) -> int | None:
    file = desk.switch.flash(1).get(name)
    return None if file is None else file.size


def test_an_iosxe_switch_asks_shows_marks_and_has_the_servers_very_bytes(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with serving(NAME, CONTENT) as server:
        said = desk.type(f"copy {server.url} flash:", "", "")
    lines = said.splitlines()
    asked = ["Address or name of remote host [127.0.0.1]? ", f"Destination filename [{NAME}]? "]
    assert lines[:3] == [*asked, f"Accessing {server.url}..."]
    assert set(lines[3]) == {"!"}
    assert lines[-1].startswith(f"{len(CONTENT)} bytes copied in ")
    assert SHA in desk.type(f"verify /sha512 flash:{NAME}")


def test_under_another_name_and_over_a_file_that_is_there(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with serving(NAME, CONTENT) as server:
        desk.type(
            f"copy {server.url} flash:other.bin",
            "",
            "",
        )
        assert kept(desk, "other.bin") == len(CONTENT)
        assert "Do you want to over write?" in desk.type(f"copy {server.url} flash:other.bin", "", "", "n")
        assert len(server.asked) == 1
        desk.type(f"copy {server.url} flash:other.bin", "", "", "")
        assert len(server.asked) == 2


@pytest.mark.parametrize(("status", "words"), [(404, "(No such file or directory)"), (403, "(I/O error)")])
def test_what_the_server_refuses_leaves_no_file(tmp_path: Path, status: int, words: str) -> None:
    desk = Desk(tmp_path)
    with serving(NAME, CONTENT, status=status) as server:
        assert f"%Error opening {server.url} {words}\n" in desk.type(f"copy {server.url} flash:", "", "")
    assert kept(desk) is None


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/{NAME}"
        assert f"%Error opening {url} (I/O error)" in desk.type(f"copy {url} flash:", "", "")
    assert kept(desk) is None


def test_a_copy_that_the_server_cuts_leaves_a_part(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with serving(NAME, CONTENT, sent=500_000) as server:
        said = desk.type(f"copy {server.url} flash:", "", "")
    assert f"%Error reading {server.url} (I/O error)" in said
    assert "bytes copied" not in said
    assert kept(desk) == 500_000


def test_a_flash_that_is_too_small(tmp_path: Path) -> None:
    desk = Desk(tmp_path, free=1_000_000)
    with serving(NAME, CONTENT) as server:
        said = desk.type(f"copy {server.url} flash:", "", "")
    assert f"%Error copying {server.url} (Not enough space on device)" in said
    assert (kept(desk) or 0) < len(CONTENT)


@pytest.mark.parametrize(
    ("fault", "words", "asked", "left"),
    [
        ("pull-fails:unreachable", "(I/O error)", [], False),
        ("pull-fails:refused", "(No such file or directory)", [f"/{NAME}.x"], False),
        ("pull-fails:cut", "(I/O error)", [f"/{NAME}"], True),
        ("pull-fails:stalls", "(I/O error)", [f"/{NAME}"], True),
    ],
)
def test_each_way_to_fail(tmp_path: Path, fault: str, words: str, asked: list[str], left: bool) -> None:
    desk = Desk(tmp_path, fault)
    with serving(NAME, CONTENT) as server:
        said = desk.type(f"copy {server.url} flash:", "", "")
        assert server.asked == asked
    assert words in said
    assert (kept(desk) is not None) is left
    assert (kept(desk) or 0) < len(CONTENT)


def test_one_wrong_byte_and_no_word_of_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "corrupt-copy")
    with serving(NAME, CONTENT) as server:
        assert "bytes copied in" in desk.type(f"copy {server.url} flash:", "", "")
    assert kept(desk) == len(CONTENT)
    assert SHA not in desk.type(f"verify /sha512 flash:{NAME}")


def test_by_ftp_it_has_the_servers_very_bytes_and_shows_no_account(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with serving_ftp(NAME, CONTENT, account="anna:a/b") as server:
        place = server.url.partition("://")[2]
        said = desk.type(f"copy ftp://anna:a%2Fb@{place} flash:", "", "")
    assert f"Accessing ftp://*:*@{place}..." in said
    assert f"{len(CONTENT)} bytes copied in " in said
    assert SHA in desk.type(f"verify /sha512 flash:{NAME}")


@pytest.mark.parametrize(
    ("name", "account", "words"),
    [(NAME, "anna:wrong@", "(I/O error)"), ("other.bin", "anna:a@", "(No such file or directory)")],
)
def test_what_an_ftp_server_refuses_leaves_no_file(tmp_path: Path, name: str, account: str, words: str) -> None:
    desk = Desk(tmp_path)
    with serving_ftp(NAME, CONTENT, account="anna:a") as server:
        place = server.folder.partition("://")[2]
        assert words in desk.type(f"copy ftp://{account}{place}{name} flash:", "", "")
    assert kept(desk, name) is None


def test_a_file_that_comes_is_shown_as_large_as_it_is(tmp_path: Path) -> None:
    upload = Desk(tmp_path).switch.receive(f"flash:{NAME}", shown=True)
    flash = upload.switch.flash(1)
    before = flash.free
    upload.write(CONTENT)
    upload.write(CONTENT)
    file = flash.get(NAME)
    assert (file and file.size, before - flash.free) == (2 * len(CONTENT), 2 * len(CONTENT))
    upload.close()
    assert before - flash.free == 2 * len(CONTENT)
