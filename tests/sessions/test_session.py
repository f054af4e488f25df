"""A session against a scripted terminal: what is typed at which question, and what each silence and each end means."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from support.scripted_terminal import ENABLE_SECRET, GONE, NOTHING_YET, PASSWORD, PROMPT, PaperTerminal

from swimctl.clock import Deadline, SystemClock
from swimctl.errors import (
    DeadlineExceeded,
    LoginFailed,
    NoCommandLine,
    SessionLost,
    TransferFailed,
    UnexpectedPrompt,
    UnparsableOutput,
)
from swimctl.platforms.terminal import answer
from swimctl.sessions import session as session_module
from swimctl.sessions.one_look import one_look

GO_ON = answer(r"go on\?", "y")
ANY_KEY = answer("any key", " ", one_key=True)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Believe in hundredths of a second what needs seconds of silence in life; their order stays."""
    for name, seconds in {"_SILENCE": 0.05, "_ODD_SILENCE": 0.3, "_REFUSED": 0.5, "_CLOSING_SILENCE": 0.2}.items():
        monkeypatch.setattr(session_module, name, seconds)


def shown(folder: Path) -> str:
    return (folder / "transcript.log").read_text(encoding="utf-8")


def test_what_a_command_prints_is_returned_without_echo_and_prompt(tmp_path: Path) -> None:
    device = PaperTerminal({"show clock": ["show cl", "ock\r\n12:00:00.1 UTC", " Mon May 5 2031\r\n", PROMPT]})
    assert device.session(tmp_path).run("show clock", 20).strip() == "12:00:00.1 UTC Mon May 5 2031"
    assert device.typed == ["show clock\n"]


def test_a_command_is_looked_at_while_it_runs_and_not_after(tmp_path: Path) -> None:
    device = PaperTerminal(
        {"copy": ["copy\n!!!", NOTHING_YET, "!!!", PROMPT], "show clock": ["show clock\n12:00", PROMPT]}
    )
    session, looks = device.session(tmp_path), list[str]()
    with session.watched(lambda: looks.append("look")):
        assert "!!!!!!" in session.converse("copy", (), 20).text
    seen = len(looks)
    assert seen > 1
    session.run("show clock", 20)
    assert (len(looks), device.closes) == (seen, 0)


def test_what_a_look_raises_ends_the_session(tmp_path: Path) -> None:
    device = PaperTerminal({"copy": ["copy\n!!!"]})
    session = device.session(tmp_path)

    def look() -> None:
        raise TransferFailed("it stands still")

    with pytest.raises(TransferFailed, match="it stands still"), session.watched(look):
        session.converse("copy", (), 20)
    assert device.closes == 1


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        ("\nReally erase everything? [yes/no]: ", "no\n"),
        ("\nReally erase everything? [yes/no]:[yes]", "no\n"),
        ("\nThis may require a reload of the system. Do you want to proceed? [y/n]", "n\n"),
        ("\nProceed with reload? [confirm]", "\x03"),
        ("\nDestination filename [startup-config]?", "\x03"),
        ("\nPassword: ", "\x03"),
    ],
)
def test_an_unknown_question_is_refused_and_the_prompt_waited_for(tmp_path: Path, question: str, typed: str) -> None:
    device = PaperTerminal({"reload": [question], typed.removesuffix("\n"): ["\naborted", PROMPT]})
    with pytest.raises(UnexpectedPrompt, match=r"'reload' on sw1 asked: .*; it was refused and the session closed"):
        device.session(tmp_path).converse("reload", (), 20)
    assert device.typed == ["reload\n", typed]
    assert device.closes == 1
    assert shown(tmp_path).endswith("aborted\nsw1#"), "the session ended while the device still asked"


def test_a_device_that_asks_on_after_a_refusal_is_left_after_a_time(tmp_path: Path) -> None:
    device = PaperTerminal({"reload": ["\nSure? [yes/no]: "], "no": ["\nSure? [yes/no]: "]})
    with pytest.raises(UnexpectedPrompt):
        device.session(tmp_path).converse("reload", (), 20)
    assert device.typed == ["reload\n", "no\n"]
    assert device.closes == 1


def test_a_known_question_is_answered_twice_and_not_a_third_time(tmp_path: Path) -> None:
    device = PaperTerminal({"install": ["\nGo on? [y/n]"], "y": ["\nGo on? [y/n]"], "n": ["\n", PROMPT]})
    with pytest.raises(UnexpectedPrompt, match="asked again"):
        device.session(tmp_path).converse("install", (GO_ON,), 20)
    assert device.typed == ["install\n", "y\n", "y\n", "n\n"]


def test_a_known_question_is_answered_once_where_it_comes_once(tmp_path: Path) -> None:
    device = PaperTerminal({"install": ["\nGo on? [y/n]"], "y": ["y\nSUCCESS: done\n", PROMPT]})
    reply = device.session(tmp_path).converse("install", (GO_ON,), 20)
    assert device.typed == ["install\n", "y\n"]
    assert "SUCCESS: done" in reply.text
    assert not reply.dropped


def test_a_question_that_was_answered_is_not_answered_again_while_the_device_works(tmp_path: Path) -> None:
    device = PaperTerminal({"install": ["\nGo on? [y/n]"], "y": [*[NOTHING_YET] * 8, "y\nSUCCESS: done\n", PROMPT]})
    assert "SUCCESS" in device.session(tmp_path).converse("install", (GO_ON,), 20).text
    assert device.typed == ["install\n", "y\n"]


def test_a_question_with_nothing_behind_it_is_answered_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "_SILENCE", 30.0)
    device = PaperTerminal({"install": ["install\nGo on? [y/n]"], "y": ["y\nSUCCESS: done\n", PROMPT]})
    assert "SUCCESS" in device.session(tmp_path).converse("install", (GO_ON,), 20).text


def test_one_key_is_typed_without_enter(tmp_path: Path) -> None:
    device = PaperTerminal({"show all": ["\nPress any key [confirm]"], " ": ["\nrest\n", PROMPT]})
    device.session(tmp_path).converse("show all", (ANY_KEY,), 20)
    assert device.typed == ["show all\n", " "]


def test_a_question_of_several_answers_is_answered_by_its_own(tmp_path: Path) -> None:
    device = PaperTerminal({"x": ["\nSave first? [yes/no]: "], "no": ["\nGo on? [y/n]"], "y": ["\n", PROMPT]})
    device.session(tmp_path).converse("x", (answer("save first", "no"), GO_ON), 20)
    assert device.typed == ["x\n", "no\n", "y\n"]


def test_a_prompt_with_text_behind_it_is_not_believed_while_more_comes(tmp_path: Path) -> None:
    device = PaperTerminal({"show logging": ["\nsw1#clear line 1", "\nthe rest of the log\n", PROMPT]})
    assert "the rest of the log" in device.session(tmp_path).run("show logging", 20)


def test_a_prompt_with_an_unknown_line_behind_it_is_believed_after_a_silence(tmp_path: Path) -> None:
    device = PaperTerminal({"show clock": ["\n12:00\n", PROMPT, "\nBob was here\n"]})
    assert device.session(tmp_path).run("show clock", 20).strip() == "12:00"


def test_a_log_message_behind_the_prompt_waits_for_the_shorter_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "_ODD_SILENCE", 30.0)
    device = PaperTerminal({"show clock": ["\n12:00", PROMPT, "\n*May  5 12:00:00.1: %SYS-5-CONFIG_I: Configured\n"]})
    assert "12:00" in device.session(tmp_path).run("show clock", 20)


def test_what_is_quiet_is_in_no_transcript_and_all_else_is(tmp_path: Path) -> None:
    device = PaperTerminal({"show running-config": ["\nsnmp-server community tr34sure RO\n", PROMPT]})
    session = device.session(tmp_path)
    assert "tr34sure" in session.run("show running-config", 20, quiet=True)
    assert session.run("show clock", 20) == ""
    assert "tr34sure" not in shown(tmp_path)
    assert "show clock" in shown(tmp_path)


def test_what_comes_before_a_command_is_not_its_output(tmp_path: Path) -> None:
    device = PaperTerminal({"show clock": ["show clock\n12:00\n", PROMPT]})
    session = device.session(tmp_path)
    device.late("\nSYSTEM SHUTDOWN in 5 minutes\n")
    assert session.run("show clock", 20).strip() == "12:00"
    assert "SHUTDOWN" in shown(tmp_path)


def test_a_prompt_that_a_late_message_brings_does_not_end_the_command(tmp_path: Path) -> None:
    device = PaperTerminal({"show clock": ["show clock\n12:00\n", PROMPT]})
    session = device.session(tmp_path)
    device.late("\nSYSTEM SHUTDOWN in 5 minutes\n", PROMPT)
    assert session.run("show clock", 20).strip().endswith("12:00")


def test_a_device_that_does_not_echo_ends_a_command_by_its_silence(tmp_path: Path) -> None:
    device = PaperTerminal({"show clock": ["12:00\n", PROMPT]})
    assert device.session(tmp_path).run("show clock", 20).strip() == "12:00"


def test_the_echo_of_a_long_command_is_known_however_it_is_wrapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "_SILENCE", 30.0)
    command = "install add file flash:" + "x" * 80
    device = PaperTerminal({command: ["install add fi", " \b\n$le flash:xxx$\nSUCCESS\n", PROMPT]})
    assert "SUCCESS" in device.session(tmp_path).run(command, 20)


def test_a_session_that_ends_in_a_command_is_lost_in_run_and_told_in_converse(tmp_path: Path) -> None:
    device = PaperTerminal({"show clock": ["\n12:", GONE]})
    with pytest.raises(SessionLost, match="ended in 'show clock'"):
        device.session(tmp_path).run("show clock", 20)
    device = PaperTerminal({"install": ["\nworking\n", GONE]})
    reply = device.session(tmp_path).converse("install", (), 20)
    assert reply.dropped
    assert "working" in reply.text


def test_a_deadline_that_passes_is_no_session_that_went_down(tmp_path: Path) -> None:
    device = PaperTerminal({"show tech": ["\nit begins\r\n", "still at it\r\n\r\n "]})
    with pytest.raises(DeadlineExceeded, match=r"did not end within 0s; last line: 'still at it'"):
        device.session(tmp_path, clock=device.clock).converse("show tech", (), 0.3)
    assert device.closes == 1


def test_a_call_that_hangs_is_closed_from_outside_and_says_nothing_of_the_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "GRACE", 0.1)
    device = PaperTerminal({"show clock": []})

    def hang() -> bool:
        while device.typed and not device.remote_conn.closed:
            pass
        if device.typed:
            raise OSError("closed from outside")
        return False

    monkeypatch.setattr(device.remote_conn, "recv_ready", hang)
    with pytest.raises(DeadlineExceeded):
        device.session(tmp_path).run("show clock", 0.2)
    assert "closed by swimctl, too late" in shown(tmp_path)


def test_a_device_that_ends_the_session_went_down_and_our_own_close_is_no_sign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = PaperTerminal()
    session = device.session(tmp_path)
    device.late("\nReloading\n", GONE)
    assert session.ended_within(5, watch=True)
    assert "Reloading" in shown(tmp_path)

    monkeypatch.setattr(session_module, "GRACE", -1.9)
    device = PaperTerminal()
    session = device.session(tmp_path)
    assert not session.ended_within(2, watch=True)
    assert device.closes

    monkeypatch.setattr(session_module, "GRACE", 5)
    assert not PaperTerminal().session(tmp_path).ended_within(0.1, watch=True)


def test_who_waits_for_the_end_of_a_session_sleeps_meanwhile_and_closes_what_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class News(threading.Event):
        """What wakes who waits for the device: each wait here is a moment of silence."""

        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout)
            return super().wait(0.001)

    waits: list[float | None] = []
    device = PaperTerminal()
    session = device.session(tmp_path)
    monkeypatch.setattr(session, "_news", News())
    device.late(NOTHING_YET, NOTHING_YET, GONE)
    assert session.ended_within(20, watch=True)
    assert device.closes == 1
    assert waits
    assert set(waits) == {0.5}
    waits.clear()
    device = PaperTerminal()
    session = device.session(tmp_path)
    monkeypatch.setattr(session, "_news", News())
    assert not session.ended_within(0.1, watch=True)
    assert all(wait is not None and 0.01 <= wait <= 0.1 for wait in waits)
    assert device.closes == 0


def test_after_a_closing_line_a_silence_is_enough(tmp_path: Path) -> None:
    failed = re.compile("^FAILED: ", re.MULTILINE)
    device = PaperTerminal({"install": ["\nFAILED: install_add\n"]})
    reply = device.session(tmp_path).converse("install", (), 20, closing=failed)
    assert "FAILED" in reply.text
    assert not reply.dropped
    device = PaperTerminal({"install": ["\nFAILED: install_add\n", NOTHING_YET, "the reason\n", PROMPT]})
    assert "the reason" in device.session(tmp_path).converse("install", (), 20, closing=failed).text
    device = PaperTerminal({"install": ["\nadding\n"]})
    with pytest.raises(DeadlineExceeded):
        device.session(tmp_path, clock=device.clock).converse("install", (), 0.6, closing=failed)


def test_output_without_an_end_is_bounded_and_the_deadline_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "_MOST", 100_000)
    device = PaperTerminal({"show tech": ["x" * 60_000 + "\n"] * 20, "show log": ["y\n" * 5_000] * 100})
    session = device.session(tmp_path)
    device.late(*["z\n" * 100] * 3)
    monkeypatch.setattr(device.remote_conn, "recv_ready", lambda: True)
    monkeypatch.setattr(device.remote_conn, "recv", lambda _most: b"x" * 50 + b"\n")
    with pytest.raises(DeadlineExceeded):
        session.run("show tech", 1.0)
    assert len(shown(tmp_path)) < 200_000


def test_of_output_that_is_too_long_the_end_is_kept_and_the_loss_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "_MOST", 100_000)
    long = ["install\n", *["progress\n" * 5_000] * 10, "SUCCESS: done\n", PROMPT]
    reply = PaperTerminal({"install": long}).session(tmp_path).converse("install", (), 20)
    assert reply.text.rstrip().endswith("SUCCESS: done")
    assert len(reply.text) < 130_000
    assert reply.whole > 450_000
    told = re.search(r"'install' printed (\d+) characters; (\d+) of them were dropped", shown(tmp_path))
    assert told is not None
    assert int(told[1]) == reply.whole
    assert 100_000 <= reply.whole - int(told[2]) < 130_000
    with pytest.raises(UnparsableOutput, match="are not read"):
        PaperTerminal({"show log": ["show log\n", *long[1:]]}).session(tmp_path).run("show log", 20)


def test_a_letter_in_two_packets_is_one_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = PaperTerminal({"show clock": []})
    session = device.session(tmp_path)
    packets = [b"show clock\r\r\nZ\xc3", b"\xbcrich\r\n", b"sw1#"]
    monkeypatch.setattr(device.remote_conn, "recv_ready", lambda: bool(packets) and bool(device.typed))
    monkeypatch.setattr(device.remote_conn, "recv", lambda _most: packets.pop(0))
    assert session.run("show clock", 20) == "Zürich"


def opened(device: PaperTerminal, folder: Path, seconds: float = 5) -> session_module.Session:
    session = device.unopened(folder)
    session.prepare(Deadline(SystemClock(), seconds, watch=True))
    return session


def test_at_level_15_no_enable_is_typed_and_the_terminal_is_set_up(tmp_path: Path) -> None:
    device = PaperTerminal(greeting=("\nAuthorized use only #\n", PROMPT))
    session = opened(device, tmp_path)
    assert session.hostname == "sw1"
    assert device.typed == ["\n", "terminal length 0\n", "terminal width 511\n"]


def test_what_a_device_says_to_its_set_up_is_a_refusal_only_where_it_is_one(tmp_path: Path) -> None:
    refused = "% Invalid input detected at '^' marker."
    script = {
        "terminal length 0": ["terminal length 0\nPaging is off\n", PROMPT],
        "terminal width 511": [f"terminal width 511\nfirst\n{refused}\n", PROMPT],
    }
    opened(PaperTerminal(script), tmp_path)
    assert f"'terminal width 511' was refused: {refused!r}" in shown(tmp_path)
    assert "'terminal length 0' was refused" not in shown(tmp_path)


def test_a_prompt_that_does_not_come_by_itself_is_asked_for(tmp_path: Path) -> None:
    device = PaperTerminal(greeting=())
    assert opened(device, tmp_path).hostname == "sw1"
    assert device.typed[0] == "\n"


def test_privilege_is_asked_for_with_the_secret_which_no_record_shows(tmp_path: Path) -> None:
    device = PaperTerminal(
        {"enable": ["enable\nPassword: "], ENABLE_SECRET: [f"{ENABLE_SECRET}\n", PROMPT]},
        greeting=("\nsw1>",),
        enable_secret=ENABLE_SECRET,
    )
    opened(device, tmp_path)
    assert device.typed[1:3] == ["enable\n", f"{ENABLE_SECRET}\n"]
    assert ENABLE_SECRET not in shown(tmp_path)


def test_a_device_that_echoes_the_secret_and_hangs_brings_it_into_no_error_and_no_transcript(tmp_path: Path) -> None:
    device = PaperTerminal(
        {
            "enable": ["\nPassword: "],
            ENABLE_SECRET: [f"\nchecking {ENABLE_SECRET[:4]}", ENABLE_SECRET[4:], " with AAA"],
        },
        greeting=("\nsw1>",),
        enable_secret=ENABLE_SECRET,
    )
    with pytest.raises(DeadlineExceeded, match=r"last line: 'checking \*{8} with AAA'"):
        opened(device, tmp_path, 1.0)
    assert "checking ******** with AAA" in shown(tmp_path)


def test_a_question_that_names_the_secret_is_told_without_it(tmp_path: Path) -> None:
    device = PaperTerminal({"reload": [f"\nIs it {PASSWORD}? [y/n]"], "n": [PROMPT]})
    with pytest.raises(UnexpectedPrompt, match=r"Is it \*{8}\?"):
        device.session(tmp_path).converse("reload", (), 20)


@pytest.mark.parametrize(("secret", "hint"), [(None, "is missing"), (ENABLE_SECRET, "was refused")])
def test_without_privilege_the_login_fails_and_says_which_secret(tmp_path: Path, secret: str | None, hint: str) -> None:
    device = PaperTerminal(
        {"enable": ["\nPassword: "], (secret or ""): ["\n% Access denied\n", "\nsw1>"], "\x03": ["\nsw1>"]},
        greeting=("\nsw1>",),
        enable_secret=secret,
    )
    mend = "; set SWIMCTL_ENABLE_SECRET, or give the account privilege 15"
    with pytest.raises(LoginFailed, match=f"sw1 gives 'netops' no privilege: the enable secret {hint}{mend}"):
        opened(device, tmp_path)


def test_a_secret_that_is_asked_for_again_and_again_is_typed_twice_at_most(tmp_path: Path) -> None:
    device = PaperTerminal(
        {"enable": ["\nPassword: "], ENABLE_SECRET: ["\nPassword: "], "\x03": ["\nsw1>"]},
        greeting=("\nsw1>",),
        enable_secret=ENABLE_SECRET,
    )
    with pytest.raises(LoginFailed, match="was refused"):
        opened(device, tmp_path)
    assert device.typed.count(f"{ENABLE_SECRET}\n") == 2


def test_a_session_that_ends_in_enable_is_lost(tmp_path: Path) -> None:
    device = PaperTerminal({"enable": [GONE]}, greeting=("\nsw1>",))
    with pytest.raises(SessionLost):
        opened(device, tmp_path)


def test_a_shell_is_refused_and_nothing_is_typed_into_it(tmp_path: Path) -> None:
    device = PaperTerminal(greeting=("\nroot@hall-7:RE:0%",), platform="juniper_junos")
    with pytest.raises(LoginFailed, match="a shell"):
        opened(device, tmp_path)
    assert device.typed == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            "\r\nYour password has expired. You must change it now.\r\nEnter new password: ",
            "expired.*Enter new password:",
        ),
        ("\r\nWARNING: Your password has expired.\r\n(current) UNIX password: ", "UNIX password:"),
        ("\r\nPasscode or option (1-3): ", "Passcode or option"),
        ("\r\nEnter your RSA token: ", "RSA token"),
        ("\r\nVerification code: ", "Verification code:"),
        ("\r\nDo you accept the terms of use? [yes/no] ", "terms of use"),
        ("\r\nI agree to the above (y/n): ", "I agree"),
    ],
)
def test_a_question_after_the_login_is_refused_in_its_words_and_nothing_is_typed(
    tmp_path: Path, asked: str, told: str
) -> None:
    device = PaperTerminal(greeting=(asked,))
    with pytest.raises(NoCommandLine, match=f"{told}.*nothing was typed there"):
        opened(device, tmp_path)
    assert device.typed == []


def test_a_banner_that_speaks_of_passwords_is_no_question(tmp_path: Path) -> None:
    banner = "\r\nBy logging in you agree to the terms. Never tell anybody your password:\r\nDo you accept?\r\n"
    device = PaperTerminal(greeting=(banner, "\r\n" + PROMPT))
    assert opened(device, tmp_path).hostname


def test_a_device_that_never_shows_a_prompt_is_given_up(tmp_path: Path) -> None:
    device = PaperTerminal({"": []}, greeting=("\nWelcome\n",))
    with pytest.raises(DeadlineExceeded, match="no prompt"):
        opened(device, tmp_path, 0.4)
    assert PASSWORD not in shown(tmp_path) if (tmp_path / "transcript.log").exists() else True


# Within one look a device is asked each thing once.


def test_within_one_look_a_device_is_asked_once_and_in_the_next_one_anew(tmp_path: Path) -> None:
    device = PaperTerminal({"show version": ["show version\n17.12.04", PROMPT]})
    session = device.session(tmp_path)
    with one_look():
        assert {session.run("show version", 20) for _ in range(3)} == {"17.12.04"}
        with one_look():  # of somebody who is asked meanwhile
            assert session.run("show version", 20) == "17.12.04"
        assert device.typed == ["show version\n"]
    device.script["show version"] = ["show version\n17.15.01", PROMPT]
    assert session.run("show version", 20) == "17.15.01"
    with one_look():
        assert session.run("show version", 20) == "17.15.01"
    assert device.typed == ["show version\n"] * 3


@pytest.mark.parametrize("sent", ["converse", "run"])
def test_what_was_read_before_a_command_says_nothing_of_after_it(tmp_path: Path, sent: str) -> None:
    device = PaperTerminal({"show version": ["show version\n17.12.04", PROMPT]})
    session = device.session(tmp_path)
    with one_look():
        session.run("show version", 20)
        if sent == "converse":
            session.converse("install commit", (), 20)
        else:
            session.run("delete /force flash:old.bin", 20)
        device.script["show version"] = ["show version\n17.15.01", PROMPT]
        assert session.run("show version", 20) == "17.15.01"


def test_one_look_keeps_no_configuration_and_nothing_of_another_session(tmp_path: Path) -> None:
    first = PaperTerminal({"show running-config": ["show running-config\nhostname sw1", PROMPT]})
    other = PaperTerminal()
    with one_look():
        session = first.session(tmp_path)
        session.run("show running-config", 20, quiet=True)
        session.run("show running-config", 20, quiet=True)
        session.run("show clock", 20)
        other.session(tmp_path).run("show clock", 20)
    assert first.typed == ["show running-config\n", "show running-config\n", "show clock\n"]
    assert other.typed == ["show clock\n"]


def test_what_did_not_end_well_is_asked_again_within_the_look(tmp_path: Path) -> None:
    device = PaperTerminal({"show version": ["show ver", GONE]})
    with one_look():
        with pytest.raises(SessionLost):
            device.session(tmp_path).run("show version", 20)
        again = PaperTerminal({"show version": ["show version\n17.12.04", PROMPT]})
        assert again.session(tmp_path).run("show version", 20) == "17.12.04"
