"""The flash of a lab switch: listing, deleting, copying, hashing, and files that come in."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from support.lab_terminal import NEW, Desk

from swimctl.lab.effects import Cut, Down
from swimctl.lab.flash import NoSpace
from swimctl.lab.images import make_image


def free(desk: Desk, where: str = "flash:") -> int:
    return int(desk.type(f"dir {where}").splitlines()[-1].partition("(")[2].split()[0])


def test_dir_lists_files_and_room(tmp_path: Path) -> None:
    desk = Desk(tmp_path, free=20_000_000)
    before = free(desk)
    assert before == 20_000_000
    name = desk.put(size=50_000)
    assert desk.type("dir").startswith("Directory of flash:/\n\n")
    assert f"50000  Mar  4 2031 05:06:07 +00:00  {name}\n" in desk.out
    assert desk.out.endswith(f"36000000 bytes total ({before - 50_000} bytes free)\n")
    assert "drwx" in desk.out
    assert "capture-1.pcap" in desk.type("dir flash:/dc_profile_dir")
    assert name in desk.type(f"dir flash:{name}")
    assert desk.type("dir flash:/*.bin").count("-rw-") == 1
    assert desk.type("dir flash:/none") == "%Error opening flash:/none (No such file or directory)\n"
    assert desk.type("dir nowhere:") == "%Error opening nowhere: (No such device)\n"


def test_delete_asks_first(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    name = desk.put()
    assert "aborted" in desk.type(f"delete flash:{name}", "", "n")
    asked = desk.type(f"delete flash:{name}", "", "")
    assert asked == f"Delete filename [{name}]? \nDelete flash:/{name}? [confirm]\n"
    assert name not in desk.type("dir")
    assert desk.type(f"delete /force flash:{name}") == f"%Error deleting flash:{name} (No such file or directory)\n"


def test_delete_by_force_and_by_pattern(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upload("a.log", b"1")
    desk.upload("b.log", b"2")
    assert desk.type("delete /force flash:*.log") == ""
    assert ".log" not in desk.type("dir")


def test_directories_go_with_recursive_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.type("mkdir flash:attic", "") == "Create directory filename [attic]? \nCreated dir flash:/attic\n"
    assert "Can't create" in desk.type("mkdir flash:attic", "")
    assert "Is a directory" in desk.type("delete /force flash:attic")
    assert desk.type("delete /force /recursive flash:dc_profile_dir") == ""
    assert desk.type("delete /recursive /force flash:attic") == ""
    assert "attic" not in desk.type("dir")


def test_each_member_has_a_flash_of_its_own(tmp_path: Path) -> None:
    desk = Desk(tmp_path, members=3)
    name = desk.put()
    room = free(desk, "flash-2:")
    copied = desk.type(f"copy flash:{name} flash-2:", "")
    assert f"Destination filename [{name}]? " in copied
    assert "60000 bytes copied in " in copied
    assert free(desk, "flash-2:") == room - 60_000
    assert "over write? [confirm]" in desk.type(f"copy flash:{name} flash-2:", "", "n")
    assert name not in desk.type("dir flash-3:")
    systems = desk.type("show file systems")
    assert systems.count("disk     rw") == 3
    assert "No such device" in desk.type("dir flash-4:")


def test_odd_copies(tmp_path: Path) -> None:
    desk = Desk(tmp_path, capacity=9_000_000, free=100_000)
    name = desk.put(size=80_000)
    assert "Not enough space on device" in desk.type(f"copy flash:{name} flash:again.bin", "")
    assert "No such file or directory" in desk.type("copy flash:none flash:again", "")
    assert "No such device" in desk.type(f"copy flash:{name} usb0:")
    assert desk.type("copy tftp://192.0.2.1/x flash:").startswith("%Error opening tftp://192.0.2.1/x")


@pytest.mark.parametrize("algorithm", ["md5", "sha512"])
def test_verify_computes_and_compares(tmp_path: Path, algorithm: str) -> None:
    desk = Desk(tmp_path)
    name = desk.put()
    right = hashlib.new(algorithm, (tmp_path / name).read_bytes()).hexdigest()
    start = desk.at
    assert desk.type(f"verify /{algorithm} flash:/{name}").endswith(
        f"Done!\nverify /{algorithm} (flash:/{name}) = {right}\n"
    )
    assert desk.out.startswith("....")
    assert 10 < desk.at - start < 120
    assert f"Verified (flash:/{name}) = {right}\n" in desk.type(f"verify /{algorithm} flash:/{name} {right.upper()}")
    wrong = desk.type(f"verify /{algorithm} flash:/{name} {'0' * len(right)}")
    assert f"%Error verifying flash:/{name}\nComputed signature  = {right}\n" in wrong
    assert "%Error verifying flash:none" in desk.type(f"verify /{algorithm} flash:none")


def test_slow_flash_hashes_and_copies_slowly(tmp_path: Path) -> None:
    slow, usual = Desk(tmp_path, "slow-flash"), Desk(tmp_path)
    for desk in (slow, usual):
        desk.type(f"verify /md5 flash:{desk.put()}")
    assert slow.at == 4 * usual.at
    assert slow.switch.transfer == usual.switch.transfer / 20


@pytest.mark.parametrize("path", ["flash:F", "flash:/F", "/flash/F", "bootflash:/F", "bootflash:F", "F", "flash-1:/F"])
def test_paths(tmp_path: Path, path: str) -> None:
    assert Desk(tmp_path, members=2).switch.resolve(path) == (1, "F")


def test_paths_of_other_members(tmp_path: Path) -> None:
    switch = Desk(tmp_path, members=2).switch
    assert switch.resolve("flash-2:/F") == switch.resolve("flash2:F") == (2, "F")
    for odd in ("flash-3:F", "usb0:F", "nvram:startup-config"):
        with pytest.raises(ValueError, match=odd):
            switch.resolve(odd)


def test_a_file_that_does_not_fit(tmp_path: Path) -> None:
    desk = Desk(tmp_path, free=100_000)
    with pytest.raises(NoSpace):
        desk.upload("big.bin", bytes(200_000))
    assert free(desk) < 50_000
    assert desk.type("delete /force flash:big.bin") == ""
    assert free(desk) == 100_000


def test_no_space_stays_after_cleaning(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "no-space")
    assert free(desk) < 2_000_000
    desk.type("install remove inactive", "y")
    assert free(desk) < 3_000_000


@pytest.mark.parametrize(
    ("fault", "copies"), [("corrupt-copy", [False, True]), ("corrupt-copy:always", [False, False])]
)
def test_corrupt_copies(tmp_path: Path, fault: str, copies: list[bool]) -> None:
    desk = Desk(tmp_path, fault)
    for right in copies:
        name = desk.put()
        digest = hashlib.md5((tmp_path / name).read_bytes(), usedforsecurity=False).hexdigest()
        assert (digest in desk.type(f"verify /md5 flash:{name}")) is right
        assert "60000" in desk.type(f"dir flash:{name}")


def test_a_copy_that_is_cut_leaves_a_part_that_does_not_install(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "drop-session-at:copy")
    image = make_image(tmp_path, "cat9k_iosxe.17.12.04.SPA.bin", 2_000_000)
    incoming = desk.switch.receive(f"flash:{image.name}")
    incoming.write(image.read_bytes()[:1_100_000])
    assert [type(event) for event in desk.wait(0) if isinstance(event, Cut | Down)] == [Cut]
    incoming.close()
    assert "1100000" in desk.type(f"dir flash:{image.name}")
    assert "Image verification failed" in desk.type(f"install add file flash:{image.name}")
    desk.put(size=2_000_000)
    assert "SUCCESS: install_add" in desk.type(f"install add file flash:{image.name}")


def test_the_image_of_another_release_is_read_by_its_header(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    data = (tmp_path / desk.put(NEW)).read_bytes()
    desk.upload("renamed.bin", data)
    shown = desk.type("show install package flash:renamed.bin")
    assert "Version: 17.12.04.0." in shown
    assert "Package State: Not Installed" in shown
    assert hashlib.sha1(data, usedforsecurity=False).hexdigest() in shown
    assert "not a valid package" in desk.type("show install package flash:vlan.dat")
    assert "No such file" in desk.type("show install package flash:none")
