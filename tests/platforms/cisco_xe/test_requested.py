"""A Catalyst 3850 on paper: what is refused, and what becomes of an install that fails half-way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from platforms.cisco_xe.scripted_device import DEVICE, IMAGE, REFUSED, STACK
from platforms.material import sample
from platforms.scripted_device import changed, lacking

from swimctl.config.settings import Settings
from swimctl.models import Finding
from swimctl.platforms.cisco_xe.parsers.version import parse_show_version
from swimctl.platforms.cisco_xe.reading import Reading
from swimctl.platforms.cisco_xe.requested import Requested, is_requested
from swimctl.platforms.facts import Placement, Snapshot
from swimctl.platforms.terminal import Answer
from swimctl.sessions.session import Reply

OLD, NEW = "16.03.05b", "16.12.10a"
CONF = sample("more/packages_conf")
INSTALL, RELOAD = "request platform software package install switch all file", "reload"
ROLLBACK = "request platform software package install switch all rollback"
TARGET = replace(
    IMAGE, filename=f"cat3k_caa-universalk9.{NEW}.SPA.bin", family="cat3k_caa-universalk9", version="16.12.10a"
)
DONE, FULL = sample("request/installed"), sample("request/no_space")
SWITCH = changed(
    {**STACK, "show romvar": REFUSED, "more flash:packages.conf": CONF, "more flash-2:packages.conf": CONF},
    ("show version", "17.09.05", OLD), ("show version", "17.9.5", "16.3.5b"),
    ("show version", "C9300-48P", "WS-C3850-48P"), ("show version", "C9300-24T", "WS-C3850-24T"),
)  # fmt: skip
ANY = replace(DEVICE, model=None, serial=None)


@dataclass
class Session:
    """A switch whose install names the packages of `reaches` on these members, and says so or not."""

    answers: dict[str, str]
    said: str = DONE
    reaches: Sequence[str] = ("flash", "flash-2")
    dropped: bool = False
    rolls_back: bool = True
    typed: list[str] = field(default_factory=list)

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        assert deadline > 0 or quiet
        return self.answers[command]

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        assert (deadline > 0, closing, bool(answers)) == (True, None, command == RELOAD)
        self.typed.append(command)
        if command == RELOAD:
            return Reply("Proceed with reload? [confirm]\n")
        if command.startswith(INSTALL):
            for member in self.reaches:
                self.answers[f"more {member}:packages.conf"] = CONF.replace(OLD, NEW)
            return Reply("" if self.dropped else self.said, self.dropped)
        if self.rolls_back:
            self.answers |= {f"more {member}:packages.conf": CONF for member in ("flash", "flash-2")}
        return Reply(DONE if self.rolls_back else sample("request/no_rollback"))


def driver(session: Session) -> Requested:
    return Requested(Reading(session, Settings(), parse_show_version(session.answers["show version"])))


def check(answers: dict[str, str]) -> dict[str, Finding]:
    return lacking(driver(Session(answers)).check(ANY, TARGET, cleanup=False))


@pytest.mark.parametrize(
    ("model", "release", "wanted"),
    [("WS-C3850-48P", OLD, True), ("C9300-48P", "16.06.01", True), ("C9300-48P", "16.06.02", False)],
)
def test_who_installs_so(model: str, release: str, wanted: bool) -> None:
    version = parse_show_version(SWITCH["show version"])
    assert is_requested(replace(version, model=model, version=release)) is wanted


def test_a_healthy_stack_passes_every_rule() -> None:
    assert check(SWITCH) == {}


def test_what_boots_next_must_be_what_runs() -> None:
    refused = check(changed(SWITCH, ("more flash-2:packages.conf", OLD, "16.06.08")))
    assert set(refused) == {"installer"}
    assert "packages.conf of 2: 16.06.08" in refused["installer"].seen
    assert f"`{ROLLBACK}" in refused["installer"].next_command


def test_older_releases_are_refused() -> None:
    refused = check(changed(SWITCH, ("show version", OLD, "03.06.07E"), ("show version", "16.3.5b", "3.6.7E")))
    assert "`software install file flash:IMAGE new force`" in refused["installer"].next_command


def test_no_clean_up() -> None:
    assert set(lacking(driver(Session(dict(SWITCH))).check(ANY, TARGET, cleanup=True))) == {"clean-up of flash"}


def test_it_reloads_once_every_member_names_the_packages() -> None:
    session = Session(dict(SWITCH))
    assert driver(session).activate(TARGET).outcome.succeeded
    assert session.typed == [f"{INSTALL} flash:{TARGET.filename} auto-copy", RELOAD]
    assert driver(session).installed(TARGET).placement is Placement.NEXT


@pytest.mark.parametrize(
    ("said", "words"), [(DONE, "packages.conf of 2 does not name"), (FULL, "not enough free disk")]
)
def test_an_install_that_reached_one_member_alone_is_taken_back(said: str, words: str) -> None:
    session = Session(dict(SWITCH), said, reaches=("flash",))
    sent = driver(session).activate(TARGET)
    assert sent.outcome.succeeded is False
    assert words in str(sent.outcome.reason)
    assert "the packages are as they were" in str(sent.outcome.reason)
    assert RELOAD not in session.typed
    assert driver(session).installed(TARGET).placement is Placement.ABSENT


@pytest.mark.parametrize("said", ["~#", "Notice: the maintenance bay is sealed\n"])
def test_of_an_answer_that_does_not_read_packages_conf_tells_what_came_of_it(said: str) -> None:
    whole = Session(dict(SWITCH), said)
    assert driver(whole).activate(TARGET).outcome.succeeded
    assert whole.typed[-1] == RELOAD
    half = Session(dict(SWITCH), said, reaches=("flash",))
    sent = driver(half).activate(TARGET)
    assert sent.outcome.succeeded is False
    assert said.strip() in str(sent.outcome.reason)
    assert f"packages.conf of 2 does not name {TARGET.version}" in str(sent.outcome.reason)
    assert "the packages are as they were" in str(sent.outcome.reason)
    assert RELOAD not in half.typed


def test_what_cannot_be_taken_back_is_said() -> None:
    session = Session(dict(SWITCH), reaches=("flash",), rolls_back=False)
    assert "could not be rolled back" in str(driver(session).activate(TARGET).outcome.reason)
    assert driver(session).installed(TARGET).placement is Placement.NEXT


def test_after_a_lost_session_nothing_is_installed_twice() -> None:
    session = Session(dict(SWITCH), dropped=True)
    first, second = driver(session), driver(session)
    assert first.activate(TARGET).dropped
    session.dropped = False
    assert second.activate(TARGET).outcome.succeeded
    assert (first.left, second.left) == (TARGET.version, None)
    assert [command for command in session.typed if command.startswith(INSTALL)] == session.typed[:1]


def test_what_a_failed_activation_left_is_put_back() -> None:
    session = Session(changed(SWITCH, ("more flash:packages.conf", OLD, NEW)))
    before = Snapshot("", OLD, 1, None, {}, (), (), {})
    assert driver(session).put_back(before, "16.99.1") == ""
    assert driver(session).put_back(before, TARGET.version).startswith(f"the next boot starts {OLD} again")
    assert driver(session).put_back(before, TARGET.version) == ""
    assert len(session.typed) == 1
