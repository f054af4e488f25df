"""The look before anything is changed: ready only where every command that the night will give can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from fleets.every import FLEETS
from platforms.contract import platform
from support.lab_terminal import AnyDesk
from support_matrix import supported

from swimctl import platforms
from swimctl.config.settings import Settings
from swimctl.errors import DeadlineExceeded, UnexpectedPrompt
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.models import Device, Finding, Image, ImageKind, JobOptions
from swimctl.platforms.base import Session
from swimctl.platforms.cisco_xe.models import HARDWARE, INSTALL
from swimctl.platforms.driver import Driver
from swimctl.platforms.terminal import Answer
from swimctl.sessions.session import Reply
from swimctl.steps.first_look import FirstLook, first_look

T = TypeVar("T")

GARBAGE = "\n~~~ 0x7f3a core dumped ~~~\n"
NEEDLESS = {
    "show logging": "after a lost session it tells whether a command came; without it the whole deadline is waited",
    "show log interactive-commands": "the same on Junos",
    "show reload cause": "a failure that it tells of is a complaint; without it none is",
    "show vlans": "Junos: what its ports are; where it cannot be read each counts as an uplink",
    "end": "what it leaves was entered to see whether it lets this account in",
}
_DATA = (" | json", " | display xml")
# Where the text alone tells what is needed by day: which release waits for the next reboot.
_BY_TEXT = {"juniper_junos": {"show version"}}
CONFIGURATION = re.compile(r"show (?:running-)?config(?:uration)?")
SILENT = {"configure terminal": "it may say anything but no"}


@dataclass
class Desk:
    """A session in front of a lab device without a network. `bent` are the texts that some commands print instead."""

    desk: AnyDesk
    bent: dict[str, str | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        assert deadline > 0
        assert quiet is bool(CONFIGURATION.fullmatch(command))
        self.asked.append(command)
        bent = self.bent.get(command)
        if isinstance(bent, Exception):
            raise bent
        return self.desk.type(command) if bent is None else bent

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        raise AssertionError(f"a look that changes nothing gave {command!r} ({answers}, {deadline}, {closing})")

    def ended_within(self, seconds: float, *, watch: bool = False) -> bool:
        raise AssertionError((seconds, watch))


def denial(name: str) -> str:
    """Return what an AAA server that allows single commands makes of the others, in the words of a fleet's system."""
    return f"{platform(of(name)).cases.denied}\n"


def of(name: str) -> str:
    """Return the platform of a fleet."""
    return next(each for each in sorted(platforms.PLATFORM_NAMES, key=len, reverse=True) if name.startswith(each))


def image_of(name: str) -> Image:
    fleet = FLEETS[name]
    read = platforms.read_filename(fleet.image)
    assert read is not None
    added = datetime(2031, 1, 1, tzinfo=UTC)
    return Image(1, fleet.image, Path(fleet.image), read.platform, read.family, read.version, 60_000, "a", "b", added)


def desk(folder: Path, name: str, *, stack: bool = False) -> Desk:
    """Put a healthy device of a fleet onto a desk, with a terminal that is made ready."""
    fleet = FLEETS[name]
    spec: ChassisSpec = (fleet.stack if stack and fleet.stack else fleet.make)("desk", version=fleet.old)
    made = AnyDesk(folder, spec)
    own = platforms.terminal_of(of(name))
    if own.enable:
        made.say("enable", ["enable"])
    for line in own.setup:
        made.type(line)
    return Desk(made)


def look(
    session: Desk, name: str, device: Device | None = None, image: Image | None = None, **options: bool
) -> FirstLook:
    def make(open_one: Session) -> Driver:
        return platforms.driver_factory(of(name))(open_one, Settings(), JobOptions(**options))

    host = device or Device(1, "desk", of(name), "192.0.2.20")
    wanted = image or image_of(name)
    return first_look(session, make, host, wanted, JobOptions(**options), username="admin", taken_at="now")


CELLS = [(name, stack) for name, fleet in FLEETS.items() for stack in (False, True) if fleet.stack or not stack]


@pytest.mark.parametrize(("name", "stack"), CELLS)
def test_a_healthy_device_is_ready_and_its_baseline_is_read(tmp_path: Path, name: str, stack: bool) -> None:
    seen = look(desk(tmp_path, name, stack=stack), name)
    assert seen.refused == ()
    assert (seen.ready, seen.already) == (True, "")
    assert seen.snapshot is not None
    assert seen.snapshot.interfaces_up
    assert seen.configuration


ANSWERS = ("denied", "garbage", "nothing")


def in_turn() -> Iterator[Any]:
    """Yield each fleet with each answer; all but one answer of each system are left to `make prove`."""
    for number, name in enumerate(FLEETS):
        for answer in ANSWERS:
            now = name in platforms.PLATFORM_NAMES and answer == ANSWERS[number % len(ANSWERS)]
            yield pytest.param(name, answer, marks=() if now else pytest.mark.prove)


@pytest.mark.parametrize(("name", "answer"), list(in_turn()))
def test_a_command_that_the_night_needs_and_that_does_not_read_is_a_finding(
    tmp_path: Path, name: str, answer: str
) -> None:
    session = desk(tmp_path, name)
    look(session, name)
    text = {"denied": denial(name), "garbage": GARBAGE, "nothing": ""}[answer]
    passed = {**NEEDLESS, **({} if answer == "denied" else SILENT)}
    for command in dict.fromkeys(session.asked):
        if command.startswith(tuple(passed)) or command.endswith(_DATA):
            continue
        # Where it comes as data too, either does without the other.
        session.bent = {command: text, **{f"{command}{pipe}": text for pipe in _DATA}}
        seen = look(session, name)
        assert not seen.ready, command
        assert any(tells_of(each, command) for each in seen.refused), (command, *map(str, seen.refused))
        if answer == "denied":
            assert any(text.strip() in each.seen for each in seen.refused), (command, *map(str, seen.refused))


@pytest.mark.parametrize("name", [name for name in FLEETS if of(name) in {"arista_eos", "cisco_nxos", "juniper_junos"}])
def test_text_and_data_do_without_each_other(tmp_path: Path, name: str) -> None:
    session = desk(tmp_path, name)
    look(session, name)
    data = [command for command in session.asked if command.endswith(_DATA)]
    assert data
    texts = {each.partition(" | ")[0] for each in data} - _BY_TEXT.get(of(name), set())
    for command in (*dict.fromkeys(data), *sorted(texts)):
        for text in (denial(name), GARBAGE, ""):
            session.bent = {command: text}
            assert look(session, name).ready, command


def tells_of(finding: Finding, command: str) -> bool:
    """Return whether a finding names a command, or says in words of its own that it may not be given."""
    return f"`{command}`" in finding.next_command or f"'{command}'" in finding.seen or finding.rule == "may configure"


@pytest.mark.parametrize("error", [DeadlineExceeded("'x' did not end"), UnexpectedPrompt("'x' asked")])
def test_after_a_command_that_ends_the_session_nothing_more_is_asked(tmp_path: Path, error: Exception) -> None:
    session = desk(tmp_path, "cisco_xe")
    session.bent = {"show inventory": error}
    seen = look(session, "cisco_xe")
    assert [(each.rule, each.seen) for each in seen.refused] == [("readable identity", str(error))]
    assert "type `show inventory`" in seen.refused[0].next_command
    assert "the rest was not asked" in seen.refused[0].next_command
    assert session.asked[-1] == "show inventory"


def test_each_of_two_commands_that_are_refused_is_told(tmp_path: Path) -> None:
    session = desk(tmp_path, "cisco_xe")
    session.bent = dict.fromkeys(("show cdp neighbors", "show running-config"), denial("cisco_xe"))
    assert [each.rule for each in look(session, "cisco_xe").refused] == [
        "readable configuration",
        "readable neighbours of the baseline",
    ]


@pytest.mark.parametrize("name", FLEETS)
def test_what_runs_the_image_already_is_asked_no_more_unless_it_is_forced(tmp_path: Path, name: str) -> None:
    fleet = FLEETS[name]
    session = desk(tmp_path, name)
    runs = platforms.read_filename(fleet.image)
    assert runs is not None
    there = replace(image_of(name), version=fleet.old)
    seen = look(session, name, image=there)
    assert seen.ready
    assert seen.already.startswith("already runs ")
    assert seen.already.endswith(", committed, on every member")
    assert seen.snapshot is None
    forced = look(session, name, image=there, force=True)
    assert (forced.already, forced.snapshot is None) == ("", False)
    refusals = [each for each in forced.refused if each.rule == "another image than runs"]
    # Some boot what they run once more; of the others nobody has proved that anything would change.
    assert len(refusals) == (0 if of(name) in {each for each, support in supported() if support.reinstalls} else 1)
    assert all("run again without --force" in each.next_command for each in refusals)


@pytest.mark.parametrize("name", FLEETS)
def test_of_the_wrong_device_no_baseline_is_read(tmp_path: Path, name: str) -> None:
    session = desk(tmp_path, name)
    wrong = Device(1, "desk", of(name), "192.0.2.20", serial="NOT0000000X")
    seen = look(session, name, device=wrong)
    assert "serial number" in {each.rule for each in seen.refused}
    assert (seen.configuration, seen.snapshot) == (None, None)


def test_an_option_that_the_device_is_not_upgraded_with_is_refused(tmp_path: Path) -> None:
    session = desk(tmp_path, "cisco_xe")
    assert [each.rule for each in look(session, "cisco_xe", issu=True).refused] == ["in-service upgrade"]
    epld = replace(image_of("cisco_nxos"), kind=ImageKind.EPLD)
    session = desk(tmp_path, "cisco_nxos")
    assert "kind of image" in {each.rule for each in look(session, "cisco_nxos", image=epld).refused}


class Models:
    """A way to models that are all asked in vain; notes which."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def read(self, model: str, subtree: str, parse: Callable[[str], T]) -> T | None:
        assert subtree
        assert callable(parse)
        self.asked.add(model)
        return None


@dataclass
class Modelled(Desk):
    """A session beside which models may be read."""

    netconf: Models = field(default_factory=Models)


def test_models_that_the_night_reads_are_read_by_day(tmp_path: Path) -> None:
    session = Modelled(desk(tmp_path, "cisco_xe").desk)
    assert look(session, "cisco_xe").ready
    assert session.netconf.asked == {INSTALL, HARDWARE}


# What is asked only where something else was found first, or what is no show command.
BESIDE = re.compile(
    rf"{CONFIGURATION.pattern}|show log.*|configure terminal|end|.* all-members(?: \| display xml)?"
    r"|dir \S+\.bin|dir bootflash://sup-standby/|more \S+|show running-config \| include .*|show stackwise-virtual .*"
)


def test_what_a_capture_asks_where_a_look_ends_early_is_what_looks_ask(tmp_path: Path) -> None:
    asked: dict[str, set[str]] = {name: set() for name in platforms.PLATFORM_NAMES}
    for name, stack in CELLS:
        session = desk(tmp_path, name, stack=stack)
        look(session, name)
        asked[of(name)] |= set(session.asked)
    for name, commands in asked.items():
        known = set(platforms.commands_of(name).ASKED)
        assert {each for each in commands - known if not BESIDE.fullmatch(each)} == set(), name
    seen = asked["cisco_xe"] | asked["cisco_ios"]
    unasked = {name: set(platforms.commands_of(name).ASKED) - (asked[name] | seen) for name in asked}
    assert unasked["cisco_xe"] == {"show bootvar"}  # a router's
    assert unasked["arista_eos"] == {"show mlag detail"}  # where `show mlag` names a domain
    assert not any(unasked[name] for name in asked if name not in {"cisco_xe", "cisco_ios", "arista_eos"})
