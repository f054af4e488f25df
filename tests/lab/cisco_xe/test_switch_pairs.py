"""Members that are no switches of a stack: two chassis of a virtual pair, two supervisors of one chassis."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.lab_terminal import NEW, OLD, Desk

from swimctl.errors import UsageError
from swimctl.lab.cisco_xe.spec import MemberSpec, SwitchSpec
from swimctl.lab.effects import Down, Up

PAIR, MODULAR = "C9500-24Y4C", "C9407R"
INVALID = "% Invalid input detected"


@pytest.mark.parametrize(
    ("model", "units", "second", "where"),
    [(PAIR, "Chassis 1/R0 2/R0", "bootflash-2", "Chassis 2/R0"), (MODULAR, "R0 R1", "stby-bootflash", " R1")],
)
@pytest.mark.parametrize("old", [OLD, "17.09.05"])
def test_both_take_the_image_and_reload_together(
    tmp_path: Path, model: str, units: str, second: str, where: str, old: str
) -> None:
    desk = Desk(tmp_path, model=model, members=2, version=old)
    path = desk.put(NEW)
    added = desk.type(f"install add file {path}")
    assert f"Add: Passed on [{units.removeprefix('Chassis ')}]" in added
    assert path.removeprefix("flash:") in desk.type(f"dir {second}:")
    activated = desk.type("install activate prompt-level none")
    assert f"Activate package(s) on {where if old == '17.09.05' else where.replace('C', 'c')}\n" in activated
    desk.restart()
    assert f"[ {units} ] Installed Package(s)" in desk.type("show install summary")
    desk.wait(120)
    assert desk.type("show redundancy").count("Version 17.12.4,") == 2
    assert "peer state = 8  -STANDBY HOT" in desk.type("show redundancy states")


def test_one_supervisor_after_the_other_and_back_when_nobody_commits(tmp_path: Path) -> None:
    desk = Desk(tmp_path, model=MODULAR, members=2)
    assert "No ISSU operation is in progress" in desk.type("install abort issu")
    desk.type(f"install add file {desk.put(NEW)}")
    assert "SUCCESS: install_activate" in desk.type("install activate issu auto-abort-timer 60", "y")
    assert "Current state : Standby activated state" in desk.type("show issu state detail")
    assert "Version 17.06.05" in desk.type("show version")
    assert [type(event) for event in desk.wait(60) if isinstance(event, Down | Up)] == [Down, Up]
    desk.log_in()
    assert "R1        C9400-SUP-1XL       ok, active" in desk.type("show platform")
    for refused in ("install commit", "install abort", "install remove inactive"):
        assert "Install ISSU in progress" in desk.type(refused), refused
    desk.wait(desk.switch.rejoin_seconds)
    settled = desk.type("show issu state detail")
    assert "Operating mode: sso, terminal state reached" in settled
    assert "Auto abort timer: automatic, remaining time before rollback: 00:5" in settled
    assert desk.type("show redundancy").count("Version 17.12.4,") == 2
    desk.wait(7200)
    desk.log_in()
    assert desk.type("show redundancy").count("Version 17.6.5,") == 2
    assert "Previous ISSU Operation: Aborted" in desk.type("show issu state detail")
    assert (desk.switch.switchovers, desk.switch.active, desk.states()) == (2, 1, [["C", OLD], ["I", NEW]])


def test_the_second_supervisor_lags(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "member-mismatch", model=MODULAR, members=2)
    desk.type(f"install add file {desk.put(NEW)}")
    desk.type("install activate prompt-level none")
    desk.restart()
    desk.wait(120)
    shown = desk.type("show redundancy")
    assert "Current Software state = STANDBY COLD" in shown
    assert ("Version 17.12.4," in shown, "Version 17.6.5," in shown) == (True, True)


@pytest.mark.parametrize(("model", "members"), [(PAIR, 1), (MODULAR, 2), ("C9300-24P", 2)])
def test_only_a_pair_has_virtual_links(tmp_path: Path, model: str, members: int) -> None:
    desk = Desk(tmp_path, model=model, members=members)
    assert INVALID in desk.type("show stackwise-virtual link")
    assert (INVALID in desk.type("show switch")) is (model == MODULAR)


def test_links_of_a_pair(tmp_path: Path) -> None:
    desk = Desk(tmp_path, model=PAIR, members=2)
    assert desk.type("show stackwise-virtual link").count("U               P") == 4
    assert desk.type("show stackwise-virtual dual-active-detection").count(" up\n") == 2


@pytest.mark.parametrize(
    ("models", "words"),
    [
        ((PAIR,) * 3, "two at most"),
        ((PAIR, "C9500-48Y4C"), "of one model"),
        (("C9300-24P",) * 9, "8 members"),
    ],
)
def test_what_no_switch_could_be(models: tuple[str, ...], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        SwitchSpec("x", tuple(MemberSpec(model, f"S{n}", f"0c75.bd77.000{n}") for n, model in enumerate(models)))


def test_a_pair_of_wireless_controllers(tmp_path: Path) -> None:
    desk = Desk(tmp_path, model="C9800-40-K9", members=2)
    assert INVALID in desk.type("show switch")
    assert "Standby  0c75.bd77.0002     14     V02     Ready     169.254.10.2" in desk.type("show chassis")
    path = desk.put(NEW, family="C9800-40-universalk9_wlc")
    assert "Add: Passed on [1/R0 2/R0]" in desk.type(f"install add file bootflash:{path}")
    assert "Installation mode is INSTALL" in desk.type("show version")
