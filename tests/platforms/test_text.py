"""From what a session caught to what the command printed."""

from __future__ import annotations

import pytest

from swimctl.errors import CommandRefused, NotEnabled, UnparsableOutput
from swimctl.platforms import terminal_of
from swimctl.platforms.text import clean, filled, passed_over, unread

BODY = "Mode = Duplex\n  Unit = Primary"
LINES = ["Mode = Duplex", "  Unit = Primary"]
COMMAND = "show redundancy states"
IOS = terminal_of("cisco_xe")
XR = terminal_of("cisco_xr")


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        BODY.replace("\n", "\r\n"),
        BODY.replace("\n", "\r\r\n"),
        BODY.replace("\n", "\r"),
        f"show redundancy states\n{BODY}\n",
        f"sh red states\r\n{BODY}",
        f"how redundancy states\n{BODY}",
        f"core-1#show redundancy states\n{BODY}\ncore-1#",
        f"core-1> show redundancy states\n{BODY}\ncore-1> ",
        f"a.b-c/d(config-if)#show redundancy states\n{BODY}\n\na.b-c/d(config-if)#\n\n",
        f"#show redundancy states\n{BODY}\n#",
        f"core-1#show redundancy states\n{BODY}\ncor",
        f"outer#show redundancy states\ninner#sh redundancy states\n{BODY}\ninner#\nout",
        f"$ong/path/image.bin activate commit\n{BODY}",
        f"core-1#show redundancy states\n{BODY}\ncore-1#show clock\n18:56:04.554 CET Sat Mar 9 2024\ncore-1#",
        f"core-1#\n{BODY}",
        f"core-1(config)#do sh red states\n{BODY}\ncore-1(config)#",
        f"Keep out!\n\ncore-1#terminal length 0\ncore-1#show redundancy states\n{BODY}\ncore-1#exit",
        f"core-1#show clock\n18:56:04.554 CET Sat Mar 9 2024\ncore-1#show redundancy states\n{BODY}\ncore-1#",
        f"Load for five secs: 1%/0%; one minute: 2%\nTime source is NTP, 18:56:04 CET Sat Mar 9 2024\n{BODY}",
        f"+++ core-1: executing command 'show redundancy states' +++\n{BODY}",
        f"[2024-03-09 18:56:04,554] +++ core-1 with via 'cli': executing command 'x' +++\n{BODY}",
        "\n".join(f"        {line}" for line in BODY.split("\n")),
        f"\x1b[2J\x1b[1;1H{BODY}\x1b[0m\x07",
        f"{BODY[:14]} --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b{BODY[14:]}",
        f"{BODY[:14]} --More-- \r          \r{BODY[14:]}",
        f"{BODY[:14]}--More--\n{BODY[14:]}",
        f"{BODY[:14]}\x1b[7m--More--\x1b[m\x1b[K\r\x1b[K{BODY[14:]}",
        f"{BODY[:14]}--More--(42%)\r\x1b[2K{BODY[14:]}",
        f"{BODY[:14]}--More--(42%)\n{BODY[14:]}",
        f"{BODY[:14]}Paging is on: a key turns the page, a letter ends it\r\x1b[K{BODY[14:]}",
        BODY.replace("\n", "\r\0\n").replace("Duplex", "Du\0plex"),
        f"core-1(vrf:MGMT)(config)#show redundancy states\n{BODY}\ncore-1(vrf:MGMT)(config)#",
        f"anna@core-1# run show redundancy states\n{BODY}\n\nanna@core-1# ",
        f"*Mar  9 16:06:55.053: %SYS-5-CONFIG_I: Configured from console\n{BODY}",
        f"{BODY}\nMar 9 06:45:05.694: %ACE-3-RELOAD_SYSTEM: R0/0: ceo: Reloading\n",
        BODY.replace("\n", "\n000123: Mar  9 2024 16:06:55.053 CET: %LINK-3-UPDOWN: Interface Gi1/0/1, changed\n"),
        BODY.replace("\n", "\n%PLATFORM-4-ELEMENT_WARNING: Switch 1 R0/0: smand\n-Traceback= 1#2 :3 4:5\n"),
        BODY.replace("\n", "\n1w2d: %LINEPROTO-5-UPDOWN: Line protocol on Interface Vlan1, changed state to up\n"),
        BODY.replace("\n", "*Mar  9 16:06:55.053: %SYS-5-CONFIG_I: Configured from console\n"),
    ],
)
def test_only_the_output_is_left(text: str) -> None:
    assert [line.rstrip() for line in clean(text, COMMAND, IOS) if line.strip()] == LINES


@pytest.mark.parametrize(
    "text",
    [
        f"RP/0/RP0/CPU0:edge(a)#admin show redundancy states\nSat Mar  9 16:06:55.053 CET\n{BODY}\nRP/0/RP0/CPU0:edge#",
        f"RP/0/RSP0/CPU0:edge#show redundancy states\nSat Mar  9 16:06:55.053 CET\n\n{BODY}\nRP/0/RSP0/CPU0:edge#",
        BODY.replace("\n", "\nRP/0/RP0/CPU0:Mar  9 16:06:55.053 CET: ifmgr[222]: %PKT_INFRA-LINK-3-UPDOWN : Te0/0\n"),
        f"{BODY}\nRP/0/RP0/CPU0:edge#LC/0/1/CPU0:2024 Mar  9 16:06:55.053 CET: x_y[9]: %L2-A-6-B : text\n",
    ],
)
def test_only_the_output_is_left_of_ios_xr(text: str) -> None:
    assert [line.rstrip() for line in clean(text, COMMAND, XR) if line.strip()] == LINES


def test_a_paste_that_lost_the_first_indentation() -> None:
    assert filled("Mode = Duplex\n        Unit = Primary\n        Mode = x", COMMAND, IOS) == [
        "Mode = Duplex",
        "Unit = Primary",
        "Mode = x",
    ]


def test_columns_are_kept() -> None:
    assert clean("\tPort   Name\n\tGi1    x", "show interfaces status", IOS) == ["Port   Name", "Gi1    x"]


def test_results_that_look_like_an_echo_are_kept() -> None:
    line = "verify /md5 (flash:a.bin) = 00112233445566778899aabbccddeeff"
    assert clean(line, "verify /md5 flash:a.bin", IOS) == [line]


@pytest.mark.parametrize(
    ("system", "line"),
    [
        ("cisco_xe", "Install will reload the system now!"),
        ("cisco_xr", "Install prepare operation 15 is in progress"),
        ("cisco_xr", "Install operation aborted"),
        ("cisco_nxos", "Install is in progress, please wait."),
    ],
)
def test_what_an_installer_says_first_is_no_echo(system: str, line: str) -> None:
    assert clean(f"install source x\n{line}\n", "install source x", terminal_of(system)) == [line]


@pytest.mark.parametrize(
    "answer",
    [
        "          ^\n% Invalid input detected at '^' marker.\n",
        "% Incomplete command.\n",
        '% Ambiguous command:  "sh"\n',
        "Command authorization failed.\n",
        "% Authorization failed.\n",
        "% Bad IP address or host name\n% Unknown command or computer name, or unable to find computer address\n",
    ],
)
def test_an_error_text_is_a_refusal_in_the_devices_words(answer: str) -> None:
    with pytest.raises(CommandRefused, match=r"'show foo': the device answered '(%|Command)"):
        clean(f"sw#show foo\n{answer}\nsw#", "show foo", IOS)


def test_an_error_text_in_the_middle_is_one_too() -> None:
    with pytest.raises(CommandRefused):
        clean(f"{BODY}\n% Invalid input detected at '^' marker.", COMMAND, IOS)


@pytest.mark.parametrize(
    "answer", ["% CDP is not enabled", "% LLDP is not enabled", "% CDP is not enabled on this box"]
)
def test_a_protocol_that_is_off_is_told_apart(answer: str) -> None:
    with pytest.raises(NotEnabled):
        clean(answer, "show cdp neighbors", IOS)


@pytest.mark.parametrize("text", ["", "\n\r\n  \n", "sw#show clock\nsw#", "sw#", "*Mar  9 16:06:55.053: %SYS-5-X: y"])
def test_nothing_printed_is_no_answer(text: str) -> None:
    with pytest.raises(UnparsableOutput, match="printed nothing"):
        clean(text, "show clock", IOS)


def test_lines_that_no_parser_knows_are_gathered_once() -> None:
    passed_over(COMMAND, "nobody listens")
    with unread() as outer:
        passed_over(COMMAND, "  a new line ")
        with unread() as inner:
            passed_over(COMMAND, "another")
        passed_over(COMMAND, "a new line")
        passed_over(COMMAND, "   ")
    assert outer == [(COMMAND, "a new line")]
    assert inner == [(COMMAND, "another")]
