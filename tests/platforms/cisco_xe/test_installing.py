"""Install commands that are told not to ask, on releases that know the word for it and on those that do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from platforms.cisco_xe.scripted_device import IMAGE, STACK
from platforms.material import sample
from platforms.scripted_device import Paper

from swimctl.config.settings import Settings
from swimctl.errors import SessionLost
from swimctl.platforms.cisco_ios.choice import install_mode
from swimctl.platforms.cisco_xe.driver import CiscoXe
from swimctl.platforms.cisco_xe.parsers.install_outcome import parse_install_outcome
from swimctl.platforms.facts import Snapshot
from swimctl.platforms.terminal import Answer, matching
from swimctl.sessions.session import Reply

QUIET = " prompt-level none"
UNKNOWN = "                        ^\n% Invalid input detected at '^' marker.\n\n"
# more/cisco_xe/install_remove_inactive/b_01_c9300_17.18.3_locked: one source.
LOCKED = "FAILED: cannot start new install operation, some operation is already running\n"
ASKS = "This operation may require a reload of the system. Do you want to proceed? [y/n]"
REMOVES = "Do you want to remove the above files? [y/n]"
BEFORE = Snapshot("", "17.9.5", 1, None, {}, (), (), {})


@dataclass
class Installer(Paper):
    """Answers each command with a reply of its own, once, and asks what it is told to ask."""

    replies: dict[str, Reply] = field(default_factory=dict)
    asks: dict[str, str] = field(default_factory=dict)

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        assert deadline > 0
        assert closing is not None
        self.asked.append(command)
        if question := self.asks.get(command):
            given = matching(question, answers)
            assert given is not None
            assert given.reply == "y"
        return self.replies.pop(command, Reply(UNKNOWN))


def driver(replies: dict[str, Reply], asks: dict[str, str] | None = None) -> tuple[CiscoXe, Installer]:
    session = Installer(STACK, replies=replies, asks=asks or {})
    return install_mode(session, Settings()), session


def ended(operation: str) -> str:
    return f"install_{operation}: START Sat Mar 09 21:51:02 CET 2024\nSUCCESS: install_{operation} Sat Mar 09 2024\n"


COMMANDS = {
    "abort": ("install abort", lambda made: made.abort()),
    "activate": ("install activate auto-abort-timer 60", lambda made: made.activate(IMAGE)),
}


@pytest.mark.parametrize("operation", COMMANDS)
def test_it_is_told_not_to_ask_and_answered_where_it_asks_all_the_same(operation: str) -> None:
    command, send = COMMANDS[operation]
    made, session = driver({command + QUIET: Reply(ended(operation))}, {command + QUIET: ASKS})
    assert send(made).outcome.succeeded
    assert session.asked == [command + QUIET]


@pytest.mark.parametrize("operation", COMMANDS)
def test_a_release_that_does_not_know_the_word_is_asked_without_it(operation: str) -> None:
    command, send = COMMANDS[operation]
    made, session = driver({command: Reply(ended(operation))}, {command: ASKS})
    assert send(made).outcome.succeeded
    assert session.asked == [command + QUIET, command]


@pytest.mark.parametrize("reply", [Reply(UNKNOWN, dropped=True), Reply(""), Reply("% Authorization failed.\n")])
def test_nothing_else_is_sent_twice(reply: Reply) -> None:
    made, session = driver({"install abort" + QUIET: reply})
    assert made.abort().outcome.succeeded is not True
    assert session.asked == ["install abort" + QUIET]


@pytest.mark.parametrize("refusal", [UNKNOWN, "% This option is not supported\n"])
@pytest.mark.parametrize("operation", COMMANDS)
def test_what_has_begun_is_neither_sent_twice_nor_taken_for_refused(operation: str, refusal: str) -> None:
    command, send = COMMANDS[operation]
    begun = f"install_{operation}: START Sat Mar 09 21:51:02 CET 2024\n{refusal}"
    made, session = driver({command + QUIET: Reply(begun)})
    outcome = send(made).outcome
    assert outcome.succeeded is None
    assert "the device answered" in (outcome.reason or "")
    assert session.asked == [command + QUIET]


def test_a_release_that_knows_neither_has_refused() -> None:
    made, session = driver({})
    sent = made.abort()
    assert sent.outcome.succeeded is False
    assert session.asked == ["install abort" + QUIET, "install abort"]


@pytest.mark.parametrize("known", [True, False])
def test_so_is_the_clean_up(known: bool) -> None:
    command = "install remove inactive"
    typed = command + QUIET if known else command
    made, session = driver({typed: Reply(sample("install_remove/deleted"))}, {typed: REMOVES})
    cleaned = made.clean()
    assert (len(cleaned.removed), cleaned.complaint) == (2, "")
    assert session.asked == [command + QUIET, command][: 1 if known else 2]


def test_a_clean_up_that_was_answered_with_no_has_removed_nothing() -> None:
    made, _ = driver({"install remove inactive" + QUIET: Reply(sample("install_remove/rejected"))})
    cleaned = made.clean()
    assert cleaned.removed == ()
    assert "answered with no" in cleaned.complaint


def test_a_clean_up_whose_session_ends_is_not_begun_again() -> None:
    made, session = driver({"install remove inactive" + QUIET: Reply("", dropped=True)})
    with pytest.raises(SessionLost):
        made.clean()
    assert session.asked == ["install remove inactive" + QUIET]


def test_a_lock_that_nothing_shows_comes_with_its_cure() -> None:
    outcome = parse_install_outcome(LOCKED)
    assert outcome.succeeded is False
    assert (outcome.reason or "").startswith("cannot start new install operation, some operation is already running; ")
    assert all(
        words in (outcome.reason or "") for words in ("`show install log`", "only a reload frees it", "`reload`")
    )
    made, _ = driver({"install remove inactive" + QUIET: Reply(LOCKED)})
    cleaned = made.clean()
    assert "only a reload frees it" in cleaned.complaint
    assert cleaned.removed == ()
    wordy = LOCKED.replace("FAILED: cannot", "[1]  R0 FAILED: Cannot").replace("operation,", "operation ,")
    assert "only a reload" in (
        parse_install_outcome(f"install_add: START x\n{wordy}FAILED: install_add x\n").reason or ""
    )


def test_other_reasons_are_left_as_they_are() -> None:
    failed = "install_add: START x\n[1] Switch 1 FAILED: Booted in bundle mode.\nFAILED: install_add /flash/x.bin x\n"
    assert parse_install_outcome(failed).reason == "Booted in bundle mode."


@pytest.mark.parametrize(
    ("behind", "reason"),
    [
        (" /flash/x.bin is no valid image", "/flash/x.bin is no valid image"),
        (" the file is gone Fri Sep 22 16:05:29 UTC 2023", "the file is gone Fri Sep 22 16:05:29 UTC 2023"),
        (" /bootflash/x.17.12.01a.SPA.bin Fri Sep 22 16:05:29 UTC 2023", None),
        (" /bootflash/x.bin Wed Aug 02 08:30:18 UTC 2023.", None),
        (" exit(1) Thu Feb  9 05:41:35 UTC 2023", None),
        ("", None),
    ],
)
def test_words_in_the_last_line_are_a_reason_where_there_is_no_other(behind: str, reason: str | None) -> None:
    outcome = parse_install_outcome(f"install_add: START x\nFAILED: install_add{behind}\n")
    assert (outcome.succeeded, outcome.reason) == (False, reason)
