"""What each system is told to fetch, what it is answered, and what counts as its own word that there is no copy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from swimctl.errors import CommandRefused, SessionLost, TransferFailed
from swimctl.platforms.arista_eos import fetching as eos
from swimctl.platforms.base import Session
from swimctl.platforms.cisco_nxos import fetching as nxos
from swimctl.platforms.cisco_xe import fetching as ios
from swimctl.platforms.cisco_xr import fetching as xr
from swimctl.platforms.fetching import Fetched, Fetchings, Remote, fetch
from swimctl.platforms.juniper_junos import fetching as junos
from swimctl.platforms.talk import Talk, talked
from swimctl.platforms.terminal import Answer, matching

URL = "http://192.0.2.7:8100/Ab3-x_9/image.bin"
HTTP = Remote(URL)
KEY, OTHER_KEY = f"SHA256:{'a/+9' * 10}abc", f"SHA256:{'b' * 43}"


def server(scheme: str, *keys: str) -> Remote:
    """Return a file at a server of the user's own, with an account."""
    return Remote(f"{scheme}://192.0.2.9/images/image.bin", "anna", "p@ss w/d", keys)


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
    ended: bool = False

    def talk(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Talk[Reply]:
        assert deadline > 0
        assert closing is None
        assert all(isinstance(each, Answer) for each in answers)
        self.typed.append(command)
        yield from ()
        return Reply(self.text, self.dropped)

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        assert deadline > 0
        assert not quiet
        self.typed.append(command)
        if self.ended:
            raise SessionLost(f"the session to sw1 ended in '{command}'")
        return "% Invalid input\n" if command.startswith(self.refuses) and self.refuses else ""


def told(
    system: Fetchings, text: str = "", vrf: str = "", *, dropped: bool = False, remote: Remote = HTTP
) -> tuple[Fetched, str]:
    """Have a system fetch; give what it said, and what it was told."""
    paper = Paper(text, dropped)
    fetched = talked(fetch(system, cast("Session", paper), remote, "flash:image.bin", vrf, 60))
    (line,) = paper.typed
    return fetched, line


@pytest.mark.parametrize(
    ("system", "vrf", "line"),
    [
        (ios.FETCHINGS, "", f"copy {URL} flash:image.bin"),
        (nxos.FETCHINGS, "", f"copy {URL} flash:image.bin vrf management"),
        (nxos.FETCHINGS, "default", f"copy {URL} flash:image.bin vrf default"),
        (eos.FETCHINGS, "", f"copy {URL} flash:image.bin"),
        (junos.FETCHINGS, "", f"file copy {URL} flash:image.bin"),
        (xr.FETCHINGS, "", f"copy {URL} flash:image.bin"),
    ],
)
def test_the_line_that_is_typed(system: Fetchings, vrf: str, line: str) -> None:
    assert told(system, vrf=vrf)[1] == line


@pytest.mark.parametrize(
    ("system", "mend"),
    [
        (ios.FETCHINGS, "`ip http client source-interface`"),
        (xr.FETCHINGS, "`http client vrf MGMT`"),
        (junos.FETCHINGS, "`transport: push`"),
    ],
)
def test_a_system_that_takes_no_vrf_is_sent_nothing(system: Fetchings, mend: str) -> None:
    paper = Paper()
    with pytest.raises(CommandRefused, match=re.escape(mend)):
        talked(fetch(system, cast("Session", paper), HTTP, "flash:image.bin", "MGMT", 60))
    assert paper.typed == []


GOOD = [
    (ios.FETCHINGS, f"Accessing {URL}...\n!!!\n1234567 bytes copied in 12.345 secs (100004 bytes/sec)\n"),
    # Of AutoInstall, in the middle of somebody else's copy.
    (
        ios.FETCHINGS,
        "%Error opening tftp://255.255.255.255/network-confg (Timed out)\n1234567 bytes copied in 1 s\n",
    ),
    (
        nxos.FETCHINGS,
        "100  918M  100  918M    0     0  5176k      0\nCopy complete, now saving to disk\nCopy complete.\n",
    ),
    (eos.FETCHINGS, "Copy completed successfully.        \n"),
    (junos.FETCHINGS, "/var/home/anna/...transferring.file.........qYZabR/image.bin100% of 394 B 2482 kBps\n"),
    (xr.FETCHINGS, f"Accessing {URL}\n!!!!\nSuccessfully copied 1432756224 Bytes\n\n\nCopy operation success\n"),
]
BAD = [
    (ios.FETCHINGS, f"Accessing {URL}...\n%Error opening {URL} (I/O error)\n", f"%Error opening {URL} (I/O error)"),
    (
        ios.FETCHINGS,
        f"!!!\n%Error copying {URL} (Not enough space on device)\n",
        f"%Error copying {URL} (Not enough space on device)",
    ),
    (
        ios.FETCHINGS,
        "%Error writing bootflash:image.bin (No space left on device)\n",
        "%Error writing bootflash:image.bin (No space left on device)",
    ),
    (nxos.FETCHINGS, "curl: (7) couldn't connect to host\n", "curl: (7) couldn't connect to host"),
    (
        nxos.FETCHINGS,
        "Destination file is a boot image.Cannot overwrite. Check 'Show Boot'.\n",
        "Destination file is a boot image.Cannot overwrite. Check 'Show Boot'.",
    ),
    (
        nxos.FETCHINGS,
        "Copying to/from this server name is not permitted\n",
        "Copying to/from this server name is not permitted",
    ),
    (
        eos.FETCHINGS,
        f"% Error copying {URL} to flash: (Connection refused)\n",
        f"% Error copying {URL} to flash: (Connection refused)",
    ),
    (
        junos.FETCHINGS,
        f"fetch: {URL}: Not Found\nerror: file-fetch failed\nerror: could not fetch local copy of file\n",
        f"fetch: {URL}: Not Found / error: file-fetch failed / error: could not fetch local copy of file",
    ),
    (xr.FETCHINGS, f"%Error opening {URL}: Connection refused\n", f"%Error opening {URL}: Connection refused"),
]


@pytest.mark.parametrize(("system", "text"), GOOD)
def test_a_good_end_and_the_noise_of_others_are_no_complaint(system: Fetchings, text: str) -> None:
    assert told(system, text)[0] == Fetched()


@pytest.mark.parametrize(("system", "text", "word"), BAD)
def test_its_own_word_that_there_is_no_copy(system: Fetchings, text: str, word: str) -> None:
    assert told(system, text)[0] == Fetched(word)


def test_a_session_that_ends_in_it_is_told_as_such() -> None:
    assert told(ios.FETCHINGS, "!!!!", dropped=True)[0] == Fetched(dropped=True)


@pytest.mark.parametrize(
    ("system", "question", "reply"),
    [
        (ios.FETCHINGS, "Address or name of remote host [192.0.2.7]? ", ""),
        (ios.FETCHINGS, "Destination filename [image.bin]? ", ""),
        (ios.FETCHINGS, "Do you want to over write? [confirm]", ""),
        (ios.FETCHINGS, "Abort Copy? [confirm]", "n"),
        (ios.FETCHINGS, "Delete bootflash:image.bin? [confirm]", None),
        (ios.FETCHINGS, "Erase flash: before copying? [confirm]", None),
        (ios.FETCHINGS, "Password:", None),
        (
            nxos.FETCHINGS,
            "Warning: There is already a file existing with this name. Do you want to overwrite (y/n)?[n] ",
            "y",
        ),
        (nxos.FETCHINGS, "Enter username:", None),
        (xr.FETCHINGS, "Destination filename [/harddisk:/image.iso]?", ""),
    ],
)
def test_known_questions_are_answered_and_no_others(system: Fetchings, question: str, reply: str | None) -> None:
    found = matching(question, system["http"].answers)
    assert (None if found is None else found.reply) == reply


@pytest.mark.parametrize(
    ("system", "scheme", "vrf", "line"),
    [
        (ios.FETCHINGS, "ftp", "", "copy ftp://anna:p%40ss%20w%2Fd@192.0.2.9/images/image.bin flash:image.bin"),
        (ios.FETCHINGS, "scp", "", "copy scp://anna@192.0.2.9/images/image.bin flash:image.bin"),
        (ios.FETCHINGS, "sftp", "", "copy sftp://anna@192.0.2.9/images/image.bin flash:image.bin"),
        *(
            (nxos.FETCHINGS, scheme, vrf, f"copy {scheme}://anna@192.0.2.9/images/image.bin flash:image.bin vrf {told}")
            for scheme in ("ftp", "scp", "sftp")
            for vrf, told in (("", "management"), ("blue", "blue"))
        ),
        (eos.FETCHINGS, "scp", "", "copy scp://anna@192.0.2.9/images/image.bin flash:image.bin"),
        (eos.FETCHINGS, "sftp", "", "copy sftp://anna@192.0.2.9/images/image.bin flash:image.bin"),
        (xr.FETCHINGS, "ftp", "", "copy ftp://192.0.2.9/images/image.bin flash:image.bin"),
        (xr.FETCHINGS, "scp", "", "scp anna@192.0.2.9:/images/image.bin flash:image.bin"),
        (xr.FETCHINGS, "sftp", "MGMT", "sftp anna@192.0.2.9:/images/image.bin flash:image.bin vrf MGMT"),
        (junos.FETCHINGS, "scp", "", "file copy scp://anna@192.0.2.9/images/image.bin flash:image.bin"),
    ],
)
def test_who_is_asked_for_the_password_is_not_told_it_in_the_line(
    system: Fetchings, scheme: str, vrf: str, line: str
) -> None:
    assert told(system, vrf=vrf, remote=server(scheme))[1] == line


def test_a_device_that_asks_for_an_account_comes_as_anybody_where_none_is_named() -> None:
    told_it = told(nxos.FETCHINGS, remote=Remote("ftp://192.0.2.9/image.bin"))[1]
    assert told_it == "copy ftp://anonymous@192.0.2.9/image.bin flash:image.bin vrf management"


@pytest.mark.parametrize(("system", "scheme"), [(junos.FETCHINGS, "sftp"), (xr.FETCHINGS, "tftp")])
def test_a_server_for_which_there_is_no_command_is_refused(system: Fetchings, scheme: str) -> None:
    with pytest.raises(CommandRefused, match=f"by {scheme}$"):
        told(system, remote=server(scheme))


@pytest.mark.parametrize(
    ("system", "scheme", "mend"),
    [
        (ios.FETCHINGS, "scp", "`copy scp:` of IOS takes no VRF (MGMT); next: `ip ssh source-interface`"),
        (ios.FETCHINGS, "ftp", "`copy ftp:` of IOS takes no VRF (MGMT); next: `ip ftp source-interface`"),
        (xr.FETCHINGS, "ftp", "`copy ftp:` of IOS-XR takes no VRF (MGMT); next: `ftp client vrf MGMT`"),
        (junos.FETCHINGS, "scp", "names no routing instance (MGMT)"),
    ],
)
def test_a_command_that_takes_no_vrf_says_what_to_configure(system: Fetchings, scheme: str, mend: str) -> None:
    with pytest.raises(CommandRefused, match=re.escape(mend)):
        told(system, vrf="MGMT", remote=server(scheme))


SECRET = "p@ss w/d"


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("Source username [anna]? ", "anna"),
        ("Source username: [anonymous]?", "anna"),
        ("Enter username: ", "anna"),
        ("Password:", SECRET),
        ("Password: ", SECRET),
        ("password: ", SECRET),
        ("anna@192.0.2.9's password: ", SECRET),
        ("Password for anna@192.0.2.9:", SECRET),
        ("(anna@192.0.2.9) Password: ", SECRET),
        ("Source password: [anonymous@r1]?", SECRET),
        # None of these is a place for it.
        ("New password: ", None),
        ("(anna@192.0.2.9) New password: ", None),
        ("Enable password:", None),
        ("Enter passphrase for key '/root/.ssh/id_rsa': ", None),
        ("Destination password:", None),
        ("Password will expire in 3 days; continue? [yes/no]", None),
        ("Verification code: ", None),
        ("The password:\nDelete flash:image.bin? [confirm]", None),
    ],
)
def test_the_account_is_typed_where_it_is_asked_for_and_nowhere_else(question: str, reply: str | None) -> None:
    found = matching(question, server("scp").answers())
    assert (None if found is None else found.reply) == reply
    assert found is None or found.once is (reply == SECRET)


def test_who_has_no_password_types_none() -> None:
    assert matching("Password:", Remote("scp://192.0.2.9/a", "anna").answers()) is None


ASKS = "Are you sure you want to continue connecting"
ABOVE = "The authenticity of host '192.0.2.9 (192.0.2.9)' can't be established.\nECDSA key fingerprint is {}.\n"


@pytest.mark.parametrize("choice", [" (yes/no)? ", " (yes/no/[fingerprint])? ", "?"])
@pytest.mark.parametrize(
    ("known", "above", "reply"),
    [
        ((), ABOVE.format(KEY), "no"),
        ((KEY,), ABOVE.format(KEY), "yes"),
        ((OTHER_KEY, KEY), ABOVE.format(KEY), "yes"),
        ((OTHER_KEY,), ABOVE.format(KEY), "no"),
        ((KEY,), "", "no"),
        ((KEY,), ABOVE.format(f"{KEY}x"), "no"),
        ((KEY,), f"{KEY} is what you want\n{ABOVE.format(OTHER_KEY)}", "no"),
        ((KEY,), ABOVE.format("MD5:3f:2e:11"), "no"),
    ],
)
def test_a_host_key_is_believed_where_the_inventory_names_it(
    choice: str, known: tuple[str, ...], above: str, reply: str
) -> None:
    found = matching(f"{ASKS}{choice}", server("scp", *known).answers(), above)
    assert found is not None
    assert found.reply == reply


@pytest.mark.parametrize(
    ("system", "scheme", "text", "word"),
    [
        (
            ios.FETCHINGS,
            "scp",
            "%Error opening scp://*:*@172.27.148.198;Mgmt-intf//tftpboot/testme.bin (Invalid IP address or hostname)\n",
            "%Error opening scp://*:*@172.27.148.198;Mgmt-intf//tftpboot/testme.bin (Invalid IP address or hostname)",
        ),
        (
            nxos.FETCHINGS,
            "ftp",
            "ftp: connect: No route to host\n***** Transfer of file aborted, server not connected *****\n",
            "ftp: connect: No route to host / ***** Transfer of file aborted, server not connected *****",
        ),
        (nxos.FETCHINGS, "scp", "anna@192.0.2.9: Permission denied (publickey,password).\n", None),
        (nxos.FETCHINGS, "scp", "scp: /images/image.bin: No such file or directory\n", None),
        (nxos.FETCHINGS, "sftp", "Couldn't stat remote file: No such file or directory\n", None),
        (eos.FETCHINGS, "scp", "% Error copying scp://a/b to flash: (Permission denied)\n", None),
        (
            junos.FETCHINGS,
            "scp",
            "scp: /a: No such file or directory\nerror: file-fetch failed\n",
            "scp: /a: No such file or directory / error: file-fetch failed",
        ),
        (xr.FETCHINGS, "scp", "Permission denied, please try again.\n", None),
        (xr.FETCHINGS, "sftp", "Connection closed by remote host\n", None),
        # Good ends.
        (ios.FETCHINGS, "scp", " Sending file modes: C0644 3698 sh_ver.txt\n!\n3698 bytes copied in 0.304 secs\n", ""),
        (nxos.FETCHINGS, "scp", "image.bin     100%   14KB 355.1KB/s   00:00\nCopy complete.\n", ""),
        (nxos.FETCHINGS, "ftp", "***** Transfer of file Completed Successfully *****\nCopy complete.\n", ""),
        (eos.FETCHINGS, "scp", "image.bin    100%   17KB  17.0KB/s   00:00    \nCopy completed successfully.\n", ""),
        (
            xr.FETCHINGS,
            "scp",
            "Connecting to 192.0.2.9...\n\n  Transferred 66061312 Bytes\n  66061312 bytes\n",
            "",
        ),
        (junos.FETCHINGS, "scp", "image.tgz       100%  318MB  42.1MB/s   00:07\n", ""),
    ],
)
def test_what_counts_as_the_word_that_there_is_no_copy_by_ssh(
    system: Fetchings, scheme: str, text: str, word: str | None
) -> None:
    assert told(system, text, remote=server(scheme))[0] == Fetched(text.strip() if word is None else word)


def test_a_host_key_that_was_refused_is_told_with_what_to_do() -> None:
    text = f"{ABOVE.format(KEY)}{ASKS} (yes/no)? no\nHost key verification failed.\n"
    said = told(nxos.FETCHINGS, text, remote=server("scp"))[0]
    assert said.complaint == "Host key verification failed."
    assert f"the host key {KEY}" in said.advice
    assert "`host_key`" in said.advice
    shown = f"The fingerprint for the ECDSA key sent by the remote host is\n{KEY}.\n"
    changed = f"@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\n{shown}"
    said = told(nxos.FETCHINGS, f"{changed}Host key verification failed.\n", remote=server("scp", OTHER_KEY))[0]
    assert said.advice == f"the device knows another host key of the server, which shows {KEY}: check the server"


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


def test_eos_types_nothing_where_the_copy_was_given_up_and_a_session_that_ended_in_it_is_no_error() -> None:
    paper = Paper()
    with pytest.raises(TransferFailed, match="it stood still"), eos.in_vrf(cast("Session", paper), "MGMT", 60):
        raise TransferFailed("it stood still")
    assert paper.typed == ["cli vrf MGMT"], "the device still copies, and would answer nobody"
    ended = Paper()
    with eos.in_vrf(cast("Session", ended), "MGMT", 60):
        ended.ended = True
    assert ended.typed == ["cli vrf MGMT", "cli vrf default"]
