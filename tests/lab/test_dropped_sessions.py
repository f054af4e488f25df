"""Sessions of a lab switch that drop, and what goes on without them."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.lab_terminal import NEW, OLD, Desk

from swimctl.lab.effects import Cut, Down


def dropped(desk: Desk) -> int:
    """Count the times so far that all sessions were cut, and the switch went on."""
    desk.wait(1)
    return sum(isinstance(event, Cut) for event in desk.events)


@pytest.mark.parametrize("step", ["add", "activate", "commit", "verify"])
def test_dropped_sessions_do_not_stop_what_runs(tmp_path: Path, step: str) -> None:
    desk = Desk(tmp_path, f"drop-session-at:{step}")
    name = desk.put()
    desk.type(f"verify /md5 flash:{name}")
    desk.type(f"install add file flash:{name}")
    desk.type("install activate", "y")
    desk.wait(20 + desk.spec.boot_time)
    desk.log_in()
    desk.type("install commit")
    assert desk.states() == [["C", NEW]]
    desk.wait(0)
    drops = [type(event) for event in desk.events if isinstance(event, Cut | Down)]
    assert sorted(one.__name__ for one in drops) == ["Cut", "Down"], "one session was cut, one reload came"


@pytest.mark.parametrize("step", ["login", "post"])
def test_dropped_sessions_around_logins(tmp_path: Path, step: str) -> None:
    desk = Desk(tmp_path, f"drop-session-at:{step}")
    if step == "post":
        assert desk.wait(10) == []
        desk.upgrade()
    assert Cut in [type(event) for event in desk.wait(10)]
    desk.log_in()
    assert Cut not in [type(event) for event in desk.wait(10)]


@pytest.mark.parametrize(
    ("fault", "ran", "lines"), [("drop-session-before:3", False, 2), ("drop-session-after:3", True, 3)]
)
def test_a_session_dropped_around_a_command_line(tmp_path: Path, fault: str, ran: bool, lines: int) -> None:
    desk = Desk(tmp_path, fault)
    desk.lines("", "terminal length 0", "  ", "show clock")
    assert ("Building configuration" in desk.type("write memory")) is ran
    assert dropped(desk) == 1
    assert ("write memory" in [command.line for command in desk.switch.log]) is ran
    assert desk.switch.drops.lines == lines
    desk.log_in()
    desk.lines(*["show clock"] * 5)
    assert dropped(desk) == 1


def test_a_session_dropped_after_an_install_command_does_not_stop_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "drop-session-after:1", "drop-session-before:2")
    name = desk.put()
    desk.type(f"install add file flash:{name}")
    desk.log_in()
    assert desk.type("install activate prompt-level none") == ""
    desk.log_in()
    assert desk.states() == [["C", OLD], ["I", NEW]]
