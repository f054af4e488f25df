"""Where a terminal stands, with syslog landing where it likes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from platforms.contract import platform

from swimctl.platforms import PLATFORM_NAMES, terminal_of
from swimctl.platforms.terminal import (
    answer,
    body,
    find_prompt,
    has_echo,
    matching,
    no_command_line,
    plain,
    stand,
    without_log,
)

IOS = terminal_of("cisco_xe")
NXOS = terminal_of("cisco_nxos")
XR = terminal_of("cisco_xr")
JUNOS = terminal_of("juniper_junos")
SYSLOG = "*Mar  4 10:11:12.345: %SYS-5-CONFIG_I: Configured from console by vty0 (192.0.2.9)"
QUESTION = "This operation may require a reload of the system. Do you want to proceed? [y/n]"


def test_a_prompt_ends_a_command() -> None:
    where = stand("show clock\n10:11:12.345 UTC Wed Mar 4 2026\nedge-1#", "edge-1", IOS)
    assert (where.prompt, where.sure) == ("#", True)


@pytest.mark.parametrize("mode", ["edge-1(config)#", "edge-1(config-if)#", "edge-1>"])
def test_prompts_of_other_modes_count(mode: str) -> None:
    assert stand(f"\n{mode}", "edge-1", IOS).prompt == mode[-1]


def test_a_long_name_is_cut_in_configuration_mode() -> None:
    assert stand("\na-very-long-switc(config)#", "a-very-long-switch-name", IOS).prompt == "#"


def test_a_prompt_with_syslog_behind_it_is_not_sure() -> None:
    where = stand(f"done\nedge-1#{SYSLOG}\n", "edge-1", IOS)
    assert (where.prompt, where.sure) == ("#", False)


@pytest.mark.parametrize("between", ["hall-7 ", "UTC hall-7 ", "", "hall-7 %$ VDC-1 %$ "])
def test_a_prompt_with_syslog_of_nx_os_behind_it_is_seen(between: str) -> None:
    message = f"2031 Mar  4 10:11:12.345 {between}%VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by admin"
    where = stand(f"done\nhall-7# {message}\n", "hall-7", NXOS)
    assert (where.prompt, where.sure) == ("#", False)


def test_a_progress_bar_is_no_question() -> None:
    assert stand("Setting boot variables.\n[####################]", "hall-7", NXOS).question is None


@pytest.mark.parametrize(
    "late",
    [
        "Mar 09 18:33:41 Install operation 25 finished successfully",
        "Mar 09 18:33:41 Install operation 25 aborted\nMar 09 18:33:41 Ending operation 25",
        "2026-03-09 18:33:40 ERROR! no room\n2026-03-09 18:33:41 Install operation 25 aborted\n",
        "RP/0/RP0/CPU0:Mar  9 16:06:55.053 CET: ifmgr[222]: %PKT_INFRA-LINK-3-UPDOWN : Interface Te0/0/0/1, changed",
        "0/RP0/ADMIN0:Mar  9 16:06:55.000 UTC: inst_mgr[2915]: %INFRA-INSTMGR-6-OPERATION : text",
    ],
)
def test_what_ios_xr_prints_behind_a_prompt_leaves_it_one(late: str) -> None:
    name = "RP/0/RP0/CPU0:hall-7"
    where = stand(f"No install operation in progress\n{name}#{late}", name, XR)
    assert (where.prompt, where.sure) == ("#", False)
    assert find_prompt(f"\n{name}#{late}", XR) == f"{name}#"


def test_what_ends_in_the_background_behind_a_prompt_is_a_fact_and_a_log_message_is_none() -> None:
    name, ended = "RP/0/RP0/CPU0:hall-7", "Mar 09 18:33:41 Install operation 25 finished successfully"
    log = "0/RP0/ADMIN0:Mar  9 16:06:55.000 UTC: inst_mgr[2915]: %INFRA-INSTMGR-6-OPERATION : text"
    for behind in (f"{ended}\n", f"{ended}\n{log}\n", f"{log}\n{ended}\n\n"):
        text = f"show install request\nNo install operation in progress\n{name}#\n{behind}"
        assert body(text, "show install request", name, XR) == f"No install operation in progress\n{ended}"


def test_a_question_with_syslog_behind_it_is_still_one() -> None:
    where = stand(f"{QUESTION}\n{SYSLOG}\n", "edge-1", IOS)
    assert where.question == QUESTION
    assert not where.sure


@pytest.mark.parametrize(
    "text",
    [
        QUESTION,
        "Proceed with reload? [confirm]",
        "System configuration has been modified. Save? [yes/no]: ",
        "Destination filename [startup-config]? ",
        "Password: ",
        "Press Yes(y) to save the configuration and proceed. [y/n/q] ",
        "Do you want to continue with the installation (y/n)?  [n] ",
    ],
)
def test_every_seen_question_is_seen(text: str) -> None:
    assert stand(f"words\n{text}", "edge-1", IOS).question is not None


def test_choices_in_a_line_of_their_own_belong_to_the_question_above() -> None:
    asked = "This install operation will reload the sdr, continue?\n [yes/no]:[yes]"
    assert stand(f"Package list:\n{asked} ", "RP/0/RP0/CPU0:hall-7", XR).question == asked


def test_output_in_the_middle_is_neither() -> None:
    where = stand("install_add: START Wed Mar 04 10:11:12 UTC 2026\n--- Starting Add ---\n", "edge-1", IOS)
    assert (where.prompt, where.question) == (None, None)


def test_another_devices_prompt_is_not_ours() -> None:
    assert stand("banner\nother#", "edge-1", IOS).prompt is None


def test_body_cuts_echo_and_prompt() -> None:
    assert body("show clock\r\n10:11:12 UTC\r\nedge-1#", "show clock", "edge-1", IOS) == "10:11:12 UTC"


def test_a_heading_that_ends_with_the_command_is_no_echo() -> None:
    heading = "!Command: show running-config\n!Time: Mon May  5 02:11:07 2031\n"
    assert body(f"{heading}\nsw1# ", "show running-config", "sw1", NXOS).startswith("!Command:")
    assert body(f"sw1# show running-config\n{heading}\nsw1# ", "show running-config", "sw1", NXOS).startswith(
        "!Command:"
    )


@pytest.mark.parametrize(
    "before", ["", "edge-1#", "edge-1> ", "edge-0# ", "edge-0> ", "[anna@edge-1 ~]$ ", "root@edge-1:RE:0% "]
)
def test_an_echo_is_cut_with_the_prompt_before_it_whatever_its_sign(before: str) -> None:
    assert body(f"{before}show clock\n10:11:12\nedge-1#", "show clock", "edge-1", IOS) == "10:11:12"
    kept = f"{before}show clock of\n10:11:12"
    assert body(f"{kept}\nedge-1#", "show clock", "edge-1", IOS) == kept


def test_a_first_line_that_ends_in_the_command_behind_other_words_is_output() -> None:
    assert body("as told by show clock\n10:11\nedge-1#", "show clock", "edge-1", IOS) == "as told by show clock\n10:11"


def test_body_cuts_the_prompt_below_syslog() -> None:
    assert body(f"dir\nline\nedge-1#{SYSLOG}\n", "dir", "edge-1", IOS) == "line"


def test_the_name_is_found_with_syslog_behind_the_prompt() -> None:
    assert find_prompt(f"welcome\r\nedge-1>{SYSLOG}\r\n", IOS) == "edge-1>"
    assert find_prompt("welcome to the lab\r\n", IOS) is None


@pytest.mark.parametrize("prompt", ["% ", "root@hall-7:RE:0% ", "root@hall-7:~ # ", "[anna@hall-7 ~]$ ", "$"])
def test_a_shell_is_no_command_line(prompt: str) -> None:
    assert f"a shell ({prompt.rstrip(' ')})" in (no_command_line(f"--- JUNOS 22.2R1.9\n{prompt}", "root") or "")
    assert find_prompt(f"\n{prompt}", JUNOS) is None


def test_of_a_long_question_after_the_login_the_end_is_told() -> None:
    words = " ".join(f"word{number}" for number in range(60))
    told = no_command_line(f"banner\n{words}\nDo you accept? [yes/no]", "anna") or ""
    asked = f"{words} Do you accept? [yes/no]"[-200:]
    assert told == f"asks 'anna' after the login: {asked!r}; nothing was typed there"


@pytest.mark.parametrize("text", ["anna@hall-7> ", "hall-7#", "Last login: 100% ", "RP/0/RP0/CPU0:hall-7#", ""])
def test_a_command_line_is_no_shell(text: str) -> None:
    assert no_command_line(text, "root") is None


def test_answers_match_whatever_the_blanks() -> None:
    known = answer(r"do you want to proceed\? \[y/n\]", "y")
    assert matching(QUESTION.replace("want to", "want   to"), [known]) is known
    assert matching("Erase flash? [confirm]", [known]) is None


def test_log_messages_go_from_every_line_and_the_rest_stays() -> None:
    text = f"one\n{SYSLOG}\ntwo{SYSLOG}\n-Traceback= 1\n - a list\nedge-1#{SYSLOG}"
    assert without_log(text, IOS) == "one\n\ntwo\n\n - a list\nedge-1#"


def test_a_prompt_that_changed_where_it_never_did_is_odd_and_learned() -> None:
    where = stand("10:11\nsw1 12 of 7#", "sw1 12 of …#", IOS)
    assert (where.prompt, where.odd, where.learned) == ("#", False, None)
    where = stand("10:11\nsw1 13 of 7>", "sw1 12 of …#", IOS)
    assert (where.prompt, where.sure, where.odd, where.learned) == (">", False, True, "sw1 … of …#")


def test_backspaces_take_back() -> None:
    assert plain("shoe\bw clock") == "show clock"
    assert plain("one\r\0\ntw\0o\r\n") == "one\ntwo\n"
    assert plain("\b\bone\r\n\b\btwo\b\b\b\b") == "one\n"


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    where = stand(text, "edge-1", IOS)
    assert where.prompt in {None, "#", ">"}
    assert isinstance(body(text, "show clock", "edge-1", IOS), str)
    assert "%SYS-5-CONFIG_I" not in without_log(f"\n{SYSLOG}\n", IOS)


@pytest.mark.parametrize("name", PLATFORM_NAMES)
def test_a_log_message_of_the_system_behind_a_prompt_leaves_it_one(name: str) -> None:
    for message in platform(name).cases.syslog:
        for text in (
            f"output\nhall-7#{message}\n",
            f"output\nhall-7# \n{message}",
            f"output\nhall-7>\r\n{message}\r\n",
        ):
            where = stand(text, "hall-7", terminal_of(name))
            assert where.prompt in {"#", ">"}, text
            assert not where.odd, text
            assert body(text, "show clock", "hall-7", terminal_of(name)) == "output", text


@pytest.mark.parametrize("name", PLATFORM_NAMES)
def test_a_log_message_glued_to_a_question_leaves_it_one(name: str) -> None:
    for message in platform(name).cases.syslog:
        where = stand(f"{QUESTION}{message}\n", "hall-7", terminal_of(name))
        assert where.question == QUESTION, message


@pytest.mark.parametrize(
    "behind", ["Broadcast: the power of rack 7 is going down\n", " note from the console\n\nmore\n"]
)
def test_a_prompt_with_something_unknown_behind_it_is_odd(behind: str) -> None:
    text = f"show clock\noutput\nhall-7#{behind}"
    where = stand(text, "hall-7", IOS, "show clock")
    assert (where.prompt, where.sure, where.odd) == ("#", False, True)
    assert body(text, "show clock", "hall-7", IOS) == "output"


@pytest.mark.parametrize(
    "text",
    [
        "hall-7#show clock\n",
        "hall-7#show clock\noutput in the making",
        "hall-7# show clock\n\n",
        "a hall-7#x\n",
        "hall-7#$s.bin activate commit\n",
    ],
)
def test_an_echo_behind_a_prompt_is_no_end(text: str) -> None:
    assert stand(text, "hall-7", IOS, "show clock").prompt is None


SYSLOGD = "Message from syslogd@hall-7 at Mar  9 16:06:55  ...\n"
WALL = "Broadcast Message from root@hall-7\n        (/dev/pts/1) at 16:06 CET...\n\nRack 7 goes off\nat noon\n"


@pytest.mark.parametrize(
    ("notice", "kept"),
    [
        (f"{SYSLOGD}hall-7 fpc0 Resetting\n", []),
        (f"{SYSLOGD}ge-0/0/7 up up\n", ["ge-0/0/7 up up"]),
        (f"{SYSLOGD}hall-7>\n", ["hall-7>"]),
        (f"{SYSLOGD}hall-70 fpc0\n", ["hall-70 fpc0"]),
        (f"{WALL}\n", []),
        (f"{WALL}more of it\n", ["Rack 7 goes off", "at noon", "more of it"]),
        ("Message from anna@hall-7 on ttyp0 at 16:06 ...\nlog out\nEOF\n", []),
        ("Message from anna@hall-7 on ttyp0 at 16:06 ...\nlog out\n", ["log out"]),
        ("Message from the vendor\n", ["Message from the vendor"]),
    ],
)
def test_a_message_of_several_lines_takes_no_line_of_the_output(notice: str, kept: list[str]) -> None:
    """Of one whose end is not to be seen the lines stay that may be the output's."""
    rest = without_log(f"first\n{notice}last", JUNOS).split("\n")
    assert [line for line in rest if line.strip()] == ["first", *kept, "last"]


@pytest.mark.parametrize("notice", [f"{SYSLOGD}hall-7 fpc0 Resetting\n", f"{WALL}\n"])
def test_a_message_of_several_lines_in_pieces_never_ends_a_command_early(notice: str) -> None:
    text = f"show version\nHostname: hall-7\nanna@hall-7> \n\n{notice}"
    for end in range(len(text) - len(notice), len(text) + 1):
        where = stand(text[:end], "anna@hall-7", JUNOS, "show version")
        assert where.prompt is None or not (where.sure and end > text.index(notice)), text[:end]
        assert body(text[:end], "show version", "anna@hall-7", JUNOS).startswith("Hostname: hall-7"), text[:end]
    assert (where.prompt, where.sure, where.odd) == (">", False, False)
    assert body(text, "show version", "anna@hall-7", JUNOS).strip() == "Hostname: hall-7"
    early = f"show version\nHostname: hall-7\n{notice}"
    assert stand(early, "anna@hall-7", JUNOS, "show version").prompt is None


@pytest.mark.parametrize(("behind", "odd"), [(1, True), (3, True), (4, False)])
def test_a_message_that_nobody_knows_has_no_more_than_four_lines_behind_a_prompt(behind: int, odd: bool) -> None:
    text = "output\nedge-1#a word" + "".join(f"\nline {number}" for number in range(behind))
    assert stand(text, "edge-1", IOS, "show clock").odd is odd
    assert body(text, "show clock", "edge-1", IOS) == ("output" if odd else text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("edge-1#", ""),
        ("show clock\nedge-1#", ""),
        (f"show clock\nedge-1#{SYSLOG}\n\n", ""),
        ("\n\nshow clock\n  indented\n\nbelow a blank\nedge-1#\n", "  indented\n\nbelow a blank"),
        ("output\nedge-1#show clock\nmore", "output\nedge-1#show clock\nmore"),
    ],
)
def test_what_stands_between_echo_and_prompt_is_the_output_even_where_that_is_nothing(text: str, said: str) -> None:
    assert body(text, "show clock", "edge-1", IOS) == said


def test_ten_letters_of_a_command_are_its_echo_wherever_a_terminal_breaks_them() -> None:
    assert has_echo("sw1#install a\r\ndd fi", "install add file flash:x.bin")
    assert has_echo("install add of another file", "install add file flash:x.bin")
    assert not has_echo("install ac", "install add file flash:x.bin")
    assert not has_echo("show cloc", "show clock")
    assert has_echo("sho\bow clock\r\n", "show clock")


def test_choices_alone_are_a_question() -> None:
    assert stand("[y/n]: ", "edge-1", IOS).question == "[y/n]:"
    assert stand("Proceed?\n[y/n]: ", "edge-1", IOS).question == "Proceed?\n[y/n]:"
