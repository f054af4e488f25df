"""What each system is told to fetch, what it is answered, and what counts as its own word that there is no copy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from swimctl.errors import CommandRefused
from swimctl.platforms.arista_eos import fetching as eos
from swimctl.platforms.base import Session
from swimctl.platforms.cisco_nxos import fetching as nxos
from swimctl.platforms.cisco_xe import fetching as ios
from swimctl.platforms.cisco_xr import fetching as xr
from swimctl.platforms.fetching import Fetched, Fetching
from swimctl.platforms.juniper_junos import fetching as junos
from swimctl.platforms.terminal import Answer, matching

URL = "http://192.0.2.7:8100/Ab3-x_9/image.bin"


@dataclass
class Reply:
    text: str
    dropped: bool = False


@dataclass
class Paper:
    """A session that prints what it is told to, and keeps what was typed."""

    text: str = ""
    dropped: bool = False
    typed: list[str] = field(default_factory=list)
    refuses: tuple[str, ...] = ()

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        assert deadline > 0
        assert closing is None
        assert all(isinstance(each, Answer) for each in answers)
        self.typed.append(command)
        return Reply(self.text, self.dropped)

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        assert deadline > 0
        assert not quiet
        self.typed.append(command)
        return "% Invalid input\n" if command.startswith(self.refuses) and self.refuses else ""


def told(system: Fetching, text: str = "", vrf: str = "", *, dropped: bool = False) -> tuple[Fetched, str]:
    """Have a system fetch; give what it said, and what it was told."""
    paper = Paper(text, dropped)
    fetched = system.run(cast("Session", paper), URL, "flash:image.bin", vrf, 60)
    (line,) = paper.typed
    return fetched, line


@pytest.mark.parametrize(
    ("system", "vrf", "line"),
    [
        (ios.FETCHING, "", f"copy {URL} flash:image.bin"),
        (nxos.FETCHING, "", f"copy {URL} flash:image.bin vrf management"),
        (nxos.FETCHING, "default", f"copy {URL} flash:image.bin vrf default"),
        (eos.FETCHING, "", f"copy {URL} flash:image.bin"),
        (junos.FETCHING, "", f"file copy {URL} flash:image.bin"),
        (xr.FETCHING, "", f"copy {URL} flash:image.bin"),
    ],
)
def test_the_line_that_is_typed(system: Fetching, vrf: str, line: str) -> None:
    assert told(system, vrf=vrf)[1] == line


@pytest.mark.parametrize(
    ("system", "mend"),
    [
        (ios.FETCHING, "`ip http client source-interface`"),
        (xr.FETCHING, "`http client vrf MGMT`"),
        (junos.FETCHING, "`transport: push`"),
    ],
)
def test_a_system_that_takes_no_vrf_is_sent_nothing(system: Fetching, mend: str) -> None:
    paper = Paper()
    with pytest.raises(CommandRefused, match=re.escape(mend)):
        system.run(cast("Session", paper), URL, "flash:image.bin", "MGMT", 60)
    assert paper.typed == []


GOOD = [
    (ios.FETCHING, f"Accessing {URL}...\n!!!\n1234567 bytes copied in 12.345 secs (100004 bytes/sec)\n"),
    # Of AutoInstall, in the middle of somebody else's copy.
    (ios.FETCHING, "%Error opening tftp://255.255.255.255/network-confg (Timed out)\n1234567 bytes copied in 1 secs\n"),
    (
        nxos.FETCHING,
        "100  918M  100  918M    0     0  5176k      0\nCopy complete, now saving to disk\nCopy complete.\n",
    ),
    (eos.FETCHING, "Copy completed successfully.        \n"),
    (junos.FETCHING, "/var/home/anna/...transferring.file.........qYZabR/image.bin100% of 394 B 2482 kBps\n"),
    (xr.FETCHING, f"Accessing {URL}\n!!!!\nSuccessfully copied 1432756224 Bytes\n\n\nCopy operation success\n"),
]
BAD = [
    (ios.FETCHING, f"Accessing {URL}...\n%Error opening {URL} (I/O error)\n", f"%Error opening {URL} (I/O error)"),
    (
        ios.FETCHING,
        f"!!!\n%Error copying {URL} (Not enough space on device)\n",
        f"%Error copying {URL} (Not enough space on device)",
    ),
    (
        ios.FETCHING,
        "%Error writing bootflash:image.bin (No space left on device)\n",
        "%Error writing bootflash:image.bin (No space left on device)",
    ),
    (nxos.FETCHING, "curl: (7) couldn't connect to host\n", "curl: (7) couldn't connect to host"),
    (
        nxos.FETCHING,
        "Destination file is a boot image.Cannot overwrite. Check 'Show Boot'.\n",
        "Destination file is a boot image.Cannot overwrite. Check 'Show Boot'.",
    ),
    (
        nxos.FETCHING,
        "Copying to/from this server name is not permitted\n",
        "Copying to/from this server name is not permitted",
    ),
    (
        eos.FETCHING,
        f"% Error copying {URL} to flash: (Connection refused)\n",
        f"% Error copying {URL} to flash: (Connection refused)",
    ),
    (
        junos.FETCHING,
        f"fetch: {URL}: Not Found\nerror: file-fetch failed\nerror: could not fetch local copy of file\n",
        "error: could not fetch local copy of file",
    ),
    (xr.FETCHING, f"%Error opening {URL}: Connection refused\n", f"%Error opening {URL}: Connection refused"),
]


@pytest.mark.parametrize(("system", "text"), GOOD)
def test_a_good_end_and_the_noise_of_others_are_no_complaint(system: Fetching, text: str) -> None:
    assert told(system, text)[0] == Fetched()


@pytest.mark.parametrize(("system", "text", "word"), BAD)
def test_its_own_word_that_there_is_no_copy(system: Fetching, text: str, word: str) -> None:
    assert told(system, text)[0] == Fetched(word)


def test_a_session_that_ends_in_it_is_told_as_such() -> None:
    assert told(ios.FETCHING, "!!!!", dropped=True)[0] == Fetched(dropped=True)


@pytest.mark.parametrize(
    ("system", "question", "reply"),
    [
        (ios.FETCHING, "Address or name of remote host [192.0.2.7]? ", ""),
        (ios.FETCHING, "Destination filename [image.bin]? ", ""),
        (ios.FETCHING, "Do you want to over write? [confirm]", ""),
        (ios.FETCHING, "Abort Copy? [confirm]", "n"),
        (ios.FETCHING, "Delete bootflash:image.bin? [confirm]", None),
        (ios.FETCHING, "Erase flash: before copying? [confirm]", None),
        (ios.FETCHING, "Password:", None),
        (
            nxos.FETCHING,
            "Warning: There is already a file existing with this name. Do you want to overwrite (y/n)?[n] ",
            "y",
        ),
        (nxos.FETCHING, "Enter username:", None),
        (xr.FETCHING, "Destination filename [/harddisk:/image.iso]?", ""),
    ],
)
def test_known_questions_are_answered_and_no_others(system: Fetching, question: str, reply: str | None) -> None:
    found = matching(question, system.answers)
    assert (None if found is None else found.reply) == reply


def test_eos_changes_the_vrf_of_its_session_and_back() -> None:
    for refuses, words in (((), "cli vrf"), (("cli",), "routing-context vrf")):
        paper = Paper(refuses=refuses)
        with eos.in_vrf(cast("Session", paper), "MGMT", 60):
            paper.typed.append("…")
        assert [line for line in paper.typed if not line.startswith(refuses or "-")] == [
            f"{words} MGMT", "…", f"{words} default",
        ]  # fmt: skip
    with eos.in_vrf(cast("Session", Paper()), "", 60):
        pass
    refusing = Paper(refuses=("cli", "routing-context"))
    with pytest.raises(CommandRefused, match="'cli vrf MGMT'"), eos.in_vrf(cast("Session", refusing), "MGMT", 60):
        pytest.fail("nothing may be typed in a VRF that is none")
