"""How a session ends, and an output that is too long: nothing is lost, and each number that is told is exact."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.scripted_terminal import GONE, NOTHING_YET, PROMPT, PaperTerminal

from swimctl.clock import Deadline, SystemClock
from swimctl.errors import DeadlineExceeded, SessionLost, UnexpectedPrompt, UnparsableOutput
from swimctl.platforms.talk import Lull, Talk, talked
from swimctl.platforms.terminal import answer
from swimctl.sessions import session as session_module
from swimctl.sessions.one_look import one_look
from swimctl.sessions.session import Reply

GO_ON = answer(r"go on\?", "y")
ECHO, LINE = "show log\n", "a line of the log\n"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"_SILENCE": 0.05, "_ODD_SILENCE": 0.3, "_REFUSED": 0.5, "_MOST": 10_000}.items():
        monkeypatch.setattr(session_module, name, seconds)


def shown(folder: Path) -> str:
    return (folder / "transcript.log").read_text(encoding="utf-8")


def test_output_a_quarter_longer_than_what_is_kept_is_read_whole(tmp_path: Path) -> None:
    for size in (7_600, 9_990, 12_400):
        said = (LINE * 700)[: size - 1] + "!"
        device = PaperTerminal({"show log": [ECHO, said[:5_000], said[5_000:], PROMPT]})
        assert device.session(tmp_path).run("show log", 20) == said
    assert "dropped" not in shown(tmp_path)


def test_of_output_that_is_too_long_the_middle_is_missing_and_each_number_is_exact(tmp_path: Path) -> None:
    pieces = [ECHO, "the first\n", *[LINE * 300] * 6, "half a line", "\nthe last\n", PROMPT]
    whole = sum(map(len, pieces))
    reply = PaperTerminal({"show log": pieces}).session(tmp_path).converse("show log", (), 20)
    assert reply.whole == whole
    assert reply.text.startswith("the first\n")
    assert reply.text.rstrip().endswith("the last")
    record = shown(tmp_path)
    assert f"'show log' printed {whole} characters; " in record
    dropped = int(record.rpartition("characters; ")[2].split()[0])
    kept = whole - dropped
    assert 10_000 <= kept <= 12_500
    assert len(reply.text) == kept - len(ECHO) - len(PROMPT), "what is said to be kept is there"
    with pytest.raises(UnparsableOutput, match=rf"'show log'.*{whole} characters; more than 10000 are not read"):
        PaperTerminal({"show log": pieces}).session(tmp_path).run("show log", 20)


def test_what_was_heard_of_it_stands_before_the_note_and_a_lost_session_has_one_too(tmp_path: Path) -> None:
    device = PaperTerminal({"show log": [ECHO, LINE * 600, f"{LINE * 200}half a line", LINE * 600, GONE]})
    with pytest.raises(SessionLost):
        device.session(tmp_path).run("show log", 20)
    heard, _, behind = shown(tmp_path).partition("-----")
    assert heard.endswith("half a line\n")
    assert "'show log' printed" in behind
    assert "half a line" not in behind


def test_what_was_heard_of_it_stands_before_the_note_of_a_whole_output_too(tmp_path: Path) -> None:
    device = PaperTerminal({"show log": [ECHO, LINE * 600, f"{LINE * 200}half a line", LINE * 600, PROMPT]})
    device.session(tmp_path).converse("show log", (), 20)
    heard, _, behind = shown(tmp_path).partition("-----")
    assert heard.endswith("half a line\n")
    assert "half a line" not in behind


def test_an_answered_question_is_forgotten_with_the_middle_that_it_stood_in(tmp_path: Path) -> None:
    device = PaperTerminal(
        {"install": ["install\n", LINE * 500, "\nGo on? [y/n]"], "y": ["y\n", LINE * 700, "SUCCESS: done\n", PROMPT]}
    )
    assert "SUCCESS" in device.session(tmp_path).converse("install", (GO_ON,), 20).text
    assert device.typed == ["install\n", "y\n"]


@pytest.mark.parametrize(
    ("quiet", "told"),
    [(False, "last line: 'b{200}'$"), (True, "its output is not shown: it is the configuration$")],
)
@pytest.mark.parametrize("hangs", [False, True])
def test_what_did_not_end_is_told_with_its_last_line_and_of_a_configuration_with_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quiet: bool, told: str, hangs: bool
) -> None:
    device = PaperTerminal({"show startup-config": ["show startup-config\naaa\n" + "b" * 300]})
    session = device.session(tmp_path, clock=device.clock)
    if hangs:  # within a call to the library
        monkeypatch.setattr(session_module, "GRACE", -0.3)
        ready = device.remote_conn.recv_ready

        def hang() -> bool:
            while device.typed and not ready() and not device.remote_conn.closed:
                time.sleep(0.01)
            return ready()

        monkeypatch.setattr(device.remote_conn, "recv_ready", hang)
    with pytest.raises(DeadlineExceeded, match=rf"'show startup-config' on sw1 did not end within 0s; {told}"):
        session.run("show startup-config", 0.4, quiet=quiet)
    assert device.closes >= 1


def test_what_comes_with_the_end_of_a_session_is_read_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = PaperTerminal({"reload": ["reload\n"]})
    session = device.session(tmp_path)
    asked: list[int] = []

    def ready() -> bool:
        """Have the last words arrive right behind a look that saw nothing."""
        asked.append(1)
        if len(asked) == 3:
            device.remote_conn.eof_received = True
            return False
        if len(asked) == 4:
            device.late("The system goes down\n")
        return bool(device.remote_conn.pieces)

    monkeypatch.setattr(device.remote_conn, "recv_ready", ready)
    reply = session.converse("reload", (), 20)
    assert reply.dropped
    assert "The system goes down" in reply.text


def test_a_terminal_that_netmiko_took_away_is_a_lost_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = PaperTerminal()
    session = device.session(tmp_path)
    monkeypatch.setattr(device, "remote_conn", None)
    with pytest.raises(SessionLost, match="ended in 'show clock'"):
        session.run("show clock", 20)


def test_closing_raises_nothing_and_records_what_was_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = PaperTerminal()
    session = device.session(tmp_path)
    device.late("half a line")
    while device.remote_conn.pieces:
        assert not session.ended_within(0.01, watch=True)
    assert not (tmp_path / "transcript.log").exists()

    def fail() -> None:
        raise OSError("the socket is gone already")

    monkeypatch.setattr(device, "close", fail)
    session.close()
    assert shown(tmp_path) == "half a line"


def test_the_set_up_of_a_terminal_stands_in_its_transcript(tmp_path: Path) -> None:
    device = PaperTerminal(greeting=("\r\nsw1#",))
    device.unopened(tmp_path).prepare(Deadline(SystemClock(), 20))
    assert "terminal length 0" in shown(tmp_path)


def test_a_look_ends_with_a_wait_and_not_with_what_changes_nothing(tmp_path: Path) -> None:
    device = PaperTerminal({"show version": ["show version\n17.12.04", PROMPT]})
    session = device.session(tmp_path)
    with one_look():
        session.run("show version", 20)
        for command in ("configure terminal", "end", "configure terminal", "end"):
            session.run(command, 20)
        session.run("show version", 20)
        assert device.typed.count("show version\n") == 1
        assert device.typed.count("configure terminal\n") == 2
        session.ended_within(0.01, watch=True)
        session.run("show version", 20)
    assert device.typed.count("show version\n") == 2


def test_where_a_device_asks_on_after_a_refusal_its_words_are_recorded(tmp_path: Path) -> None:
    device = PaperTerminal({"reload": ["\nSure? [yes/no]: "], "no": ["no", NOTHING_YET, "\nit is off\n", PROMPT]})
    with pytest.raises(UnexpectedPrompt):
        device.session(tmp_path).converse("reload", (), 20)
    assert shown(tmp_path).endswith("no\nit is off\n\nsw1#")


def test_a_talk_that_is_left_alone_hears_what_came_meanwhile_and_answers_a_late_question(tmp_path: Path) -> None:
    device = PaperTerminal({"copy": ["copy\n"], "y": ["y\n!!!\n", PROMPT]})
    session = device.session(tmp_path)
    talk = session.talk("copy", (GO_ON,), 20)
    for _ in range(3):
        assert next(talk).seconds > 0
    assert device.typed == ["copy\n"]
    device.late("!!!!\nGo on?")
    lulls = [lull.seconds for lull in _slowly(talk)]
    assert device.typed == ["copy\n", "y\n"]
    assert lulls[-1] == 0, "it has ended"
    assert shown(tmp_path).endswith("copy\n!!!!\nGo on?y\n!!!\n\nsw1#")


def test_a_talk_that_nobody_goes_on_with_leaves_the_session_as_it_is(tmp_path: Path) -> None:
    device = PaperTerminal({"copy": ["copy\n!!!"]})
    session = device.session(tmp_path)
    talk = session.talk("copy", (), 20)
    next(talk)
    with session.watched(lambda: None):
        talk.close()
    assert device.closes == 0


def test_a_talk_whose_session_ends_while_it_is_left_alone_says_so(tmp_path: Path) -> None:
    device = PaperTerminal({"copy": ["copy\n!!!"]})
    talk = device.session(tmp_path).talk("copy", (), 20)
    next(talk)
    device.late(GONE)
    assert talked(talk).dropped


def _slowly(talk: Talk[Reply]) -> Iterator[Lull]:
    """Go on with a talk a moment later each time, as who looks now and then does."""
    for lull in talk:
        yield lull
        time.sleep(0.02)
