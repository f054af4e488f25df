"""`dir`, `show file systems`, `verify`."""

from __future__ import annotations

import pytest
from platforms.material import sample

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.cisco_xe.parsers.files import parse_dir, parse_show_file_systems, parse_verify
from swimctl.platforms.facts import Directory, File, FileSystem, HashResult
from swimctl.platforms.text import unread

MD5 = "0123456789abcdef0123456789abcdef"


def test_dir() -> None:
    assert parse_dir(sample("dir/flash")) == Directory(
        "flash:/",
        (
            File("bootloader_evt_handle.log", 16872),
            File("core", 4096, is_directory=True),
            File("cat9k_iosxe.17.12.01a.SPA.bin", 1214556677),
            File("name with blanks.txt", 5681),
            File("undated", 119),
        ),
        11353194496,
        9936510976,
    )


def test_dir_of_an_empty_directory() -> None:
    assert parse_dir(sample("dir/empty")) == Directory("bootflash:/", (), 60817408, 16626160)


def test_dir_without_trailer() -> None:
    facts = parse_dir(sample("dir/no_trailer"))
    assert [file.name for file in facts.files] == ["core", "last.txt"]
    assert (facts.total, facts.free) == (None, None)


def test_dir_of_the_recovery_drive() -> None:
    assert parse_dir(sample("dir/recovery_drive")).files == (File("cat9k_lite_iosxe.17.09.01.SPA.bin", 501234567),)


def test_dir_of_a_pattern() -> None:
    """Two of Genie's: a pattern that finds a file names both, and one that finds none says so and how much is free."""
    found = "Directory of flash:/log_*\n\n\nDirectory of flash:/\n\n 12  -rw-  4  Mar 9 2024 20:02:11 +01:00  log_1\n\n"
    room = "100 bytes total (50 bytes free)\n"
    assert parse_dir(found + room) == Directory("flash:/", (File("log_1", 4),), 100, 50)
    assert parse_dir(f"Directory of flash:/log_*\n\n\nNo such file\n\n\n{room}") == Directory(
        "flash:/log_*", (), 100, 50
    )


def test_dir_of_a_boot_loader() -> None:
    """It prints no date, and what is used in place of what there is in all (from one source only)."""
    text = (
        "Directory of flash:/\n  12  drwx  4096   .\n 17  -rwx  539187403  a.bin\n\n50 bytes available (70 bytes used)"
    )
    assert parse_dir(text) == Directory(
        "flash:/", (File(".", 4096, is_directory=True), File("a.bin", 539187403)), 120, 50
    )


def test_a_file_without_a_number_is_listed() -> None:
    row = "       -rw-   4  Mar 9 2024 20:02:11 +01:00  a file"
    assert parse_dir(f"Directory of flash:/\n\n{row}\n\n100 bytes total (50 bytes free)") == Directory(
        "flash:/", (File("a file", 4),), 100, 50
    )


def test_what_stands_around_a_listing_is_passed_over_and_told() -> None:
    with unread() as told:
        facts = parse_dir(f"One flash is being checked\n{sample('dir/flash').partition(chr(10))[2]}")
    assert len(facts.files) == 5
    assert told == [("dir", "One flash is being checked")]


def test_dir_of_what_is_not_there_is_a_refusal() -> None:
    with pytest.raises(CommandRefused, match="No such file or directory"):
        parse_dir("sw#dir flash:/x\n%Error opening flash:/x (No such file or directory)\nsw#")


@pytest.mark.parametrize(
    "text",
    [
        "Directory of flash:/\n",
        "Directory of flash:/\n\n  12  -rw-  many  Mar 9 2024 20:02:11 +01:00  x\n",
        "   12  -rw-   4  Mar 9 2024 20:02:11 +01:00  x\n\n100 bytes total (50 bytes free)\n",
        "Directory of flash:/\n\n100 bytes total (50 bytes free)\nDirectory of crashinfo:/\n",
        "Directory of flash:/\n\n 12  -rw-  4  Mar 9 2024 20:02:11 +01:00  x\n\nDirectory of crashinfo:/\n",
        "Directory of flash:/\n\n 12  -rw-  4  9/3/2024 20:02:11  x\n\n100 bytes total (50 bytes free)\n",
        "Directory of flash:/\n\nNothing is said\n",
    ],
)
def test_dir_that_does_not_read(text: str) -> None:
    with pytest.raises(UnparsableOutput):
        parse_dir(text)


def test_file_systems_keep_default_and_all_prefixes() -> None:
    systems = parse_show_file_systems(sample("show_file_systems/stack"))
    assert len(systems) == 8
    assert systems[3] == FileSystem(
        ("flash:", "bootflash:", "flash-1:"), "disk", "rw", 11353194496, 4835155968, default=True
    )
    assert systems[4].prefixes == ("flash-2:", "stby-flash:")
    assert (systems[5].size, systems[5].free) == (None, None)


def test_file_systems_of_classic_ios_mark_the_removable() -> None:
    systems = parse_show_file_systems("Size(b)  Free(b)  Type  Flags  Prefixes\n* 512000  27852  disk  rw  disk0:#\n")
    assert systems[0].prefixes == ("disk0:",)


def test_file_systems_name_the_odd_row() -> None:
    with pytest.raises(UnparsableOutput) as caught:
        parse_show_file_systems(sample("show_file_systems/stack").replace("4835155968", "4.8G"))
    assert "4.8G" in caught.value.odd_line


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("md5", HashResult("flash:cat9k_iosxe.17.12.01a.SPA.bin", "md5", MD5, None)),
        ("sha512", HashResult("flash:a.bin", "sha512", MD5 * 4, None)),
        ("sha512_broken_line", HashResult("flash:a.bin", "sha512", MD5 * 4, None)),
        ("md5_good", HashResult("flash:a.bin", "md5", MD5, True)),
        ("md5_bad", HashResult("flash:a.bin", "md5", MD5, False)),
        ("signature", HashResult("flash:a.bin", "sha1", "00aa11bb22cc33dd44ee55ff66007711882299aa", True)),
    ],
)
def test_verify(name: str, expected: HashResult) -> None:
    assert parse_verify(sample(f"verify/{name}")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Verified /md5 (flash:a.bin) = {MD5}", HashResult("flash:a.bin", "md5", MD5, True)),
        (f"verified /MD5 (flash:a.bin) = {MD5}", HashResult("flash:a.bin", "md5", MD5, True)),
        (f"verify /SHA-512 (disk0:/a.bin) = {MD5 * 4}", HashResult("disk0:/a.bin", "sha512", MD5 * 4, None)),
        ("Embedded hash verification successful.", HashResult("", None, None, True)),
    ],
)
def test_verify_in_other_words(text: str, expected: HashResult) -> None:
    assert parse_verify(text) == expected


def test_signature_that_does_not_match() -> None:
    text = sample("verify/signature").replace("Computed Hash   SHA1 : 0", "Computed Hash   SHA1 : 3")
    assert parse_verify(text).matches is False


@pytest.mark.parametrize(
    "text",
    [
        "%Error verifying flash:a.bin (No such file or directory)",
        "%Error verifying flash:a.bin",
        "%Error opening flash:a.bin (No such file or directory)",
        "%ERROR: Not able to process Signature in flash:a.bin.",
    ],
)
def test_verify_of_a_missing_file_is_a_refusal(text: str) -> None:
    with pytest.raises(CommandRefused):
        parse_verify(f"verify /md5 flash:a.bin\n{text}\n")


@pytest.mark.parametrize(
    "text",
    [
        "." * 500,
        f"....Done!\nverify /md5 (flash:a.bin) = {MD5[:-1]}",
        f"....Done!\nverify /sha512 (flash:a.bin) = {MD5}",
        "....Done!\nverify /md5 (flash:a.bin) = ",
        f"verify /md5 (flash:a.bin) = {MD5}\nverify /md5 (flash:b.bin) = {MD5[::-1]}",
        f"%Error verifying flash:a.bin\nComputed signature  = {MD5}",
        f"%Error verifying flash:a.bin\nComputed signature  = {MD5[1:]}\nSubmitted signature = {MD5}",
    ],
)
def test_verify_without_a_whole_result(text: str) -> None:
    with pytest.raises(UnparsableOutput):
        parse_verify(text)
