"""A hash of another file, of another member, or by another algorithm is none of the image."""

from __future__ import annotations

import pytest
from platforms.cisco_xe.scripted_device import STACK
from platforms.scripted_device import Paper, image

from swimctl.config.settings import Settings
from swimctl.errors import UnparsableOutput
from swimctl.models import Image, JobOptions
from swimctl.platforms import driver_factory
from swimctl.platforms.facts import HashResult
from swimctl.platforms.hashes import of_file

DIGEST, LONG = "ab" * 16, "cd" * 64
XE = image("cisco_xe", "cat9k_iosxe.17.12.04.SPA.bin", "cat9k", "17.12.4", 9_000_000)
EOS = image("arista_eos", "EOS-4.32.1F.swi", "eos", "4.32.1F", 9_000_000)
JUNOS = image("juniper_junos", "junos-arm-32-23.4R2.13.tgz", "junos-ex", "23.4R2", 9_000_000)
XR = image("cisco_xr", "ncs5500-golden-x-7.11.2-v1.iso", "ncs5500", "7.11.2", 9_000_000)


@pytest.mark.parametrize(
    ("printed", "asked"),
    [
        ("flash:a.bin", "flash:a.bin"),
        ("bootflash:a.bin", "flash:a.bin"),
        ("flash:/a.bin", "flash:a.bin"),
        ("/harddisk:/a.iso", "harddisk:/a.iso"),
        ("flash-2:a.bin", "flash-2:a.bin"),
        ("flash-1:a.bin", "flash:a.bin"),
        ("", "bootflash:a.bin"),
    ],
)
def test_a_hash_of_the_file_counts_however_its_path_is_spelled(printed: str, asked: str) -> None:
    result = HashResult(printed, "md5", DIGEST, matches=None)
    assert of_file(result, asked, "MD5", "verify") is result


@pytest.mark.parametrize(
    ("printed", "asked"),
    [
        ("flash:b.bin", "flash:a.bin"),
        ("flash:A.bin", "flash:a.bin"),
        ("flash:a.bin.old", "flash:a.bin"),
        ("flash-2:a.bin", "flash-1:a.bin"),
        ("stby-flash:a.bin", "slavebootflash:a.bin"),
        ("0/RP1/harddisk:/a.iso", "0/RP0/harddisk:/a.iso"),
    ],
)
def test_a_hash_of_another_file_or_member_counts_for_nothing(printed: str, asked: str) -> None:
    with pytest.raises(UnparsableOutput, match="the hash of another file"):
        of_file(HashResult(printed, "md5", DIGEST, matches=None), asked, "md5", "verify")


def test_a_hash_by_another_algorithm_counts_for_nothing() -> None:
    with pytest.raises(UnparsableOutput, match="another algorithm than sha512"):
        of_file(HashResult("flash:a.bin", "md5", DIGEST, matches=None), "flash:a.bin", "sha512", "verify")


@pytest.mark.parametrize(
    ("wanted", "algorithm", "command", "answer"),
    [
        (XE, "sha512", "verify /sha512 flash:{}", "verify /sha512 (flash:{}) = " + LONG),
        (EOS, "sha512", "verify /sha512 flash:{}", "verify /sha512 (flash:{}) = " + LONG),
        (JUNOS, "md5", "file checksum md5 /var/tmp/{}", f"MD5 (/var/tmp/{{}}) = {DIGEST}"),
        (XR, "md5", "show md5 file /harddisk:/{}", DIGEST + "  /harddisk:/{}"),
    ],
    ids=lambda value: getattr(value, "platform", ""),
)
def test_every_driver_takes_the_hash_of_the_file_it_asked_for_alone(
    wanted: Image, algorithm: str, command: str, answer: str
) -> None:
    name = wanted.filename
    digests = []
    for printed in (name, f"old-{name}"):
        paper = Paper({**STACK, command.format(name): answer.format(printed) + "\n"})
        driver = driver_factory(wanted.platform)(paper, Settings(), JobOptions())
        if printed == name:
            digests.append(driver.file_hash(wanted, algorithm).digest)
        else:
            with pytest.raises(UnparsableOutput):
                driver.file_hash(wanted, algorithm)
    assert digests
    assert digests[0] in {LONG, DIGEST}
