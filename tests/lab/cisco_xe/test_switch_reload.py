"""A lab switch goes down and comes up: what is asked, what it boots, who may log in, which members are back."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.lab_terminal import NEW, Desk

from swimctl.lab.cisco_xe.forms import CHASSIS_BOOT, CURRENT_BOOT, IN_CURRENT, NO_REGISTER
from swimctl.lab.effects import Down, Up

SAVE = "System configuration has been modified. Save? [yes/no]: "
PROCEED = "Proceed with reload? [confirm]"


def kinds(desk: Desk, seconds: float) -> list[type]:
    return [type(event) for event in desk.wait(seconds) if isinstance(event, Down | Up)]


def test_a_reload_takes_its_time_and_gives_a_new_boot_time(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    before = desk.type("show version | include restarted")
    assert desk.type("reload", "") == f"{PROCEED}\n"
    assert kinds(desk, 10) == [Down]
    assert not desk.switch.reachable
    assert kinds(desk, 380) == []
    assert kinds(desk, 20) == [Up]
    assert desk.switch.reachable
    desk.log_in()
    assert desk.type("show version | include restarted") != before
    assert "desk uptime is 1 minute\n" in desk.type("show version")
    assert "Last reload reason: Reload Command" in desk.out


def test_six_to_eight_minutes_where_nothing_else_is_said(tmp_path: Path) -> None:
    assert 360 <= Desk(tmp_path, boot_seconds=None).spec.boot_time <= 480


@pytest.mark.parametrize(("answer", "saved"), [("yes", True), ("no", False)])
def test_unsaved_changes_are_asked_about(tmp_path: Path, answer: str, saved: bool) -> None:
    desk = Desk(tmp_path)
    desk.lines("conf t", "hostname attic", "end")
    assert desk.type("reload", answer, "").startswith(f"{SAVE}{answer}\n")
    assert ("[OK]" in desk.out) is saved
    desk.restart()
    assert desk.session.prompt == ("attic#" if saved else "desk#")


def test_an_odd_answer_is_asked_again_and_no_confirmation_is_none(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.lines("conf t", "hostname attic", "end")
    assert desk.type("reload", "maybe", "no", "n").count(SAVE) == 2
    assert kinds(desk, 600) == []


def test_a_stack_says_that_all_of_it_reloads(tmp_path: Path) -> None:
    desk = Desk(tmp_path, members=2)
    assert "this will reload the whole stack\n" in desk.type("reload /noverify", "")


def test_members_come_back_one_after_the_other(tmp_path: Path) -> None:
    desk = Desk(tmp_path, members=3)
    desk.type("reload", "")
    desk.wait(403)
    desk.log_in()
    seen = []
    for _ in range(8):
        rows = [line.split() for line in desk.type("show switch").splitlines() if "0c75.bd77" in line][1:]
        seen.append(" ".join(row[-1] for row in rows))
        desk.wait(10)
    assert list(dict.fromkeys(seen)) == [
        "Ready",
        "Ready Initializing",
        "Ready Initializing Initializing",
        "Ready Ready Initializing",
        "Ready Ready Ready",
    ]


def test_a_scheduled_reload_and_its_cancelling(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert "No reload is scheduled" in desk.type("show reload")
    assert "(in 10 minutes)" in desk.type("reload in 10", "")
    assert "(in 10 minutes)" in desk.type("show reload")
    assert "SHUTDOWN ABORTED" in desk.type("reload cancel")
    assert "No reload is scheduled" in desk.type("reload cancel")
    assert kinds(desk, 700) == []
    desk.type("reload in 10", "")
    assert kinds(desk, 590) == []
    assert kinds(desk, 20) == [Down]
    assert "% Invalid input" in Desk(tmp_path).type("reload in some")


def test_manual_boot_stays_down(tmp_path: Path) -> None:
    desk = Desk(tmp_path, manual_boot=True)
    assert "Manual Boot = yes" in desk.type("show boot")
    assert "MANUAL_BOOT=yes" in desk.type("show romvar")
    desk.type("reload", "")
    assert kinds(desk, 100_000) == [Down]


def test_manual_boot_taken_away(tmp_path: Path) -> None:
    desk = Desk(tmp_path, manual_boot=True)
    desk.lines("conf t", "no boot manual", "end", "wr")
    assert "Manual Boot = no" in desk.type("show boot")
    desk.type("reload", "")
    desk.restart()


def test_a_boot_file_that_is_not_there_keeps_it_down(tmp_path: Path) -> None:
    desk = Desk(tmp_path, forms={CURRENT_BOOT: IN_CURRENT})
    desk.lines("conf t", "no boot system", "boot system flash:nothing.bin", "end", "wr")
    shown = desk.type("show boot")
    assert "Current Boot Variables:\nBOOT variable = flash:packages.conf;" in shown
    assert "Boot Variables on next reload:\nBOOT variable = flash:nothing.bin;" in shown
    desk.type("reload", "")
    assert kinds(desk, 100_000) == [Down]


def test_the_next_boot_file_is_tried(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.lines("conf t", "no boot sys", "boot sys switch all flash:nothing.bin;flash:packages.conf", "end", "wr")
    desk.type("reload", "")
    desk.restart()
    assert 'System image file is "flash:packages.conf"' in desk.type("show version")


def test_booting_an_image_file_is_bundle_mode(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    name = desk.put(NEW)
    desk.lines("conf t", "no boot system", f"boot system flash:{name}", "end", "wr")
    desk.type("reload", "")
    desk.restart()
    shown = desk.type("show version")
    assert f'System image file is "flash:{name}"' in shown
    assert shown.split("------ -----")[1].splitlines()[1].split()[-3:] == ["17.12.04", "CAT9K_IOSXE", "BUNDLE"]
    assert "Booted in bundle mode" in desk.type(f"install add file flash:{name}")


def test_a_startup_configuration_that_is_ignored(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.lines("conf t", "system ignore startupconfig switch all", "end", "wr")
    assert "SWITCH_IGNORE_STARTUP_CFG=1" in desk.type("show romvar")
    desk.type("reload", "")
    desk.restart()
    assert desk.session.prompt == "Switch#"


def test_chassis_print_boot_settings_their_way(tmp_path: Path) -> None:
    shown = Desk(tmp_path, model="C9500-24Y4C", forms={CHASSIS_BOOT: NO_REGISTER}).type("show boot")
    assert shown.startswith("BOOT variable = bootflash:packages.conf;\nMANUAL_BOOT variable = no\n")


def test_refused_logins(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        Desk(tmp_path, "refuse-login")


@pytest.mark.parametrize(("fault", "tries"), [("login-lockout", 3), ("login-lockout:5", 5)])
def test_hurry_after_a_reload_locks_the_account(tmp_path: Path, fault: str, tries: int) -> None:
    desk = Desk(tmp_path, fault)
    desk.type("reload", "")
    desk.wait(403)
    for _ in range(tries):
        assert desk.switch.login("admin", "admin") is None
    desk.wait(800)
    assert desk.switch.login("admin", "admin") is None
    desk.wait(110)
    assert desk.switch.login("admin", "admin") is not None


def test_patience_after_a_reload_does_not(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "login-lockout")
    desk.type("reload", "")
    desk.wait(410)
    assert desk.switch.login("admin", "admin") is None
    desk.wait(60)
    assert desk.switch.login("admin", "admin") is not None
