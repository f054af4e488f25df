"""What makes `install` fail on a lab switch, and the faults that make it lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.lab_terminal import NEW, OLD, OTHER, Desk

from swimctl.errors import UsageError
from swimctl.lab.cisco_xe.install_words import REASONS
from swimctl.lab.effects import Down, Hangup, Pause, Print, Up
from swimctl.lab.faults import FAULTS, INSTALL_OPERATIONS, INSTALL_REASONS, Fault, parse_fault

NEWER = "17.09.05"


def add(desk: Desk, version: str = NEW) -> str:
    return desk.type(f"install add file flash:{desk.put(version)}")


def test_a_missing_file(tmp_path: Path) -> None:
    assert "FAILED: install_add : flash:none.bin: No such file" in Desk(tmp_path).type(
        "install add file flash:none.bin"
    )
    newer = Desk(tmp_path, version=NEWER).type("install add file flash:none.bin")
    assert newer.endswith(
        "  [1] Switch 1 FAILED: flash:none.bin: No such file or directory\n"
        "FAILED: install_add flash:none.bin Tue Mar 04 05:06:07 UTC 2031\n"
    )


def test_not_an_image_or_of_another_family(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upload("notes.bin", b"not an image")
    assert REASONS["bad-image"] in desk.type("install add file flash:notes.bin")
    lite = desk.put(family="cat9k_lite_iosxe")
    assert REASONS["bad-image"] in desk.type(f"install add file flash:{lite}")
    assert desk.states() == [["C", OLD]]


def test_a_damaged_image(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "corrupt-copy")
    assert REASONS["bad-image"] in add(desk)
    assert "SUCCESS: install_add" in add(desk)


@pytest.mark.parametrize(
    ("version", "words"), [(OLD, "At least 124 KB of free disk"), (NEWER, "requires 124 KB of free")]
)
def test_a_full_member(tmp_path: Path, version: str, words: str) -> None:
    desk = Desk(tmp_path, members=2, version=version, free=170_000)
    desk.upload("old.log", bytes(80_000), "flash-2:/")
    assert words in add(desk)
    assert "FAILED: install_add" in desk.out
    assert NEW not in desk.type("dir flash-2:")
    assert desk.states() == [["C", version]]


def test_space_is_the_image_and_a_tenth_more(tmp_path: Path) -> None:
    assert "SUCCESS: install_add" in add(Desk(tmp_path, members=2, free=127_000))


def test_unsaved_changes_block_the_activation(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    add(desk)
    desk.lines("conf t", "ntp server 192.0.2.3", "end")
    for line in ("install activate", f"install add file flash:{desk.put(OTHER)} activate commit"):
        assert "Please save configuration and resubmit command." in desk.type(line)
    desk.type("write memory")
    assert "SUCCESS" in desk.type("install activate", "y")


def test_added_twice(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    add(desk)
    assert "already added-No Change" in add(desk)
    assert "SUCCESS: install_add" in desk.out
    assert "'install remove inactive' can be used to discard added packages" in add(desk, OTHER)


def test_nothing_to_activate(tmp_path: Path) -> None:
    assert "No inactive package to activate" in Desk(tmp_path).type("install activate")


def test_an_answer_of_no_activates_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    add(desk)
    assert "FAILED: install_activate" in desk.type("install activate", "n")
    assert not any(isinstance(event, Down | Up) for event in desk.wait(1000))


def test_running_packages_that_were_deleted(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.type(f"delete /force flash:cat9k-rpbase.{OLD}.SPA.pkg")
    assert REASONS["running-package-missing"] in add(desk)
    desk.type("reload", "")
    assert [type(event) for event in desk.wait(5000) if isinstance(event, Down | Up)] == [Down]


def test_one_operation_at_a_time(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    name = desk.put()
    first = desk.session.line(f"install add file flash:{name}")
    effect = next(first)
    while not isinstance(effect, Pause):
        effect = first.send("")
    desk.log_in()
    assert "Another install operation is in progress" in desk.type("install remove inactive")
    first.close()
    assert "SUCCESS: install_add" in desk.type(f"install add file flash:{name}")


def test_busy_install(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "busy-install")
    name = desk.put()
    for line in (f"install add file flash:{name}", "install commit", "install remove inactive", "install abort"):
        assert "Another install operation is in progress" in desk.type(line)


@pytest.mark.parametrize("operation", INSTALL_OPERATIONS)
@pytest.mark.parametrize("reason", INSTALL_REASONS)
def test_install_fails_where_and_why_it_is_told(tmp_path: Path, operation: str, reason: str) -> None:
    desk = Desk(tmp_path, f"install-fails:{operation}:{reason}")
    name = desk.put()
    said = {
        "add": lambda: desk.type(f"install add file flash:{name}"),
        "activate": lambda: desk.type("install activate"),
        "commit": lambda: desk.type("install commit"),
    }
    for each in INSTALL_OPERATIONS[: INSTALL_OPERATIONS.index(operation)]:
        assert each == "activate" or "SUCCESS" in said[each]()
    assert REASONS[reason] in said[operation]()
    assert f"FAILED: install_{operation}" in desk.out
    assert desk.states()[0] == ["C", OLD]


@pytest.mark.parametrize("fault", ["install-fails", "install-fails:add", "install-fails:no-space"])
def test_install_fails_at_add_where_nothing_else_is_said(tmp_path: Path, fault: str) -> None:
    assert "FAILED: install_add" in add(Desk(tmp_path, fault))


def test_does_nothing_says_success_and_stays(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "does-nothing")
    name = desk.put()
    for line in (f"install add file flash:{name}", "install activate", "install commit", "install abort",
                 f"install add file flash:{name} activate commit"):  # fmt: skip
        desk.type(line, *(["y"] if "activate" in line else []))
        assert "SUCCESS: install_" in desk.out
        assert "FAILED" not in desk.out
    desk.type("install remove inactive", "y")
    assert name in desk.type("dir")
    assert not [event for event in desk.wait(100_000) if isinstance(event, Down)]
    assert desk.states() == [["C", OLD]]


def test_boots_old_image(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "boots-old-image")
    desk.upgrade()
    assert desk.states() == [["C", OLD], ["I", NEW]]
    assert OLD in desk.type("show version").splitlines()[0]


def test_never_returns(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "never-returns")
    add(desk)
    desk.type("install activate", "y")
    assert [type(event) for event in desk.wait(200_000) if isinstance(event, Down | Up)] == [Down]


def test_member_mismatch_is_healed_by_the_way_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "member-mismatch", members=3)
    desk.upgrade(minutes=30)
    assert " 3       Member   0c75.bd77.0003     13     V02     V-Mismatch" in desk.type("show switch")
    assert "[ Switch 1 2 ] Installed" in desk.type("show install summary")
    assert "[ Switch 3 ] Installed" in desk.out
    assert desk.states() == [["U", NEW], ["C", OLD]]
    assert [line.split()[-3] for line in desk.type("show version | include CAT9K_IOSXE  ").splitlines()] == [
        NEW,
        NEW,
        OLD,
    ]
    desk.wait(1800)
    desk.wait(600)
    desk.log_in()
    assert "V-Mismatch" not in desk.type("show switch")
    assert desk.states() == [["C", OLD], ["I", NEW]]


def test_member_missing_is_healed_by_the_way_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "member-missing", members=3)
    desk.upgrade()
    assert desk.type("show switch").count("0c75.bd77") == 3  # the stack's own address, and two members
    assert "No such device" in desk.type("dir flash-3:")
    desk.type("install abort prompt-level none")
    desk.restart()
    assert desk.type("show switch").count("0c75.bd77") == 4


@pytest.mark.parametrize(("fault", "state"), [("member-mismatch", "V-Mismatch"), ("member-missing", "Removed")])
def test_a_single_switch_is_its_own_member(tmp_path: Path, fault: str, state: str) -> None:
    desk = Desk(tmp_path, fault)
    assert state not in desk.type("show switch")
    desk.upgrade()
    assert state in desk.type("show switch")


def test_interface_lost_with_its_neighbour(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "interface-lost")
    up, neighbours = desk.type("show ip int br | include  up "), desk.type("show cdp neighbors | count Gig|Ten")
    desk.upgrade()
    assert len(desk.type("show ip int br | include  up ").splitlines()) == len(up.splitlines()) - 1
    assert desk.type("show cdp neighbors | count Gig|Ten") != neighbours
    assert "Total entries displayed: 1" in desk.type("show lldp neighbors")
    desk.type("install abort prompt-level none")
    desk.restart()
    assert desk.type("show ip int br | include  up ") == up


def test_a_plain_reload_meets_no_such_fault(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "member-missing", "member-mismatch", "interface-lost", "never-returns", members=2)
    desk.type("reload", "")
    desk.restart()
    assert desk.type("show switch").count("Ready") == 2


@pytest.mark.parametrize(("fault", "lost"), [("no-boot-time", 1), ("no-boot-time:uptime", 2)])
def test_no_boot_time(tmp_path: Path, fault: str, lost: int) -> None:
    pattern = "show version | count restarted at|desk uptime"
    assert Desk(tmp_path).type(pattern).split()[-1] == "2"
    assert Desk(tmp_path, fault).type(pattern).split()[-1] == str(2 - lost)


def test_garbled_output_has_noise_in_its_middle(tmp_path: Path) -> None:
    clean, garbled = Desk(tmp_path).type("show switch"), Desk(tmp_path, "garbled-output").type("show switch")
    assert len(garbled) > len(clean)
    assert garbled.startswith(clean[: len(clean) // 2])
    assert garbled.endswith(clean[len(clean) // 2 :])


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "",
        "install-fails:x",
        "drop-session-at",
        "drop-session-at:x",
        "drop-session-before",
        "drop-session-after",
        "drop-session-after:",
        "drop-session-after:0",
        "drop-session-before:-1",
        "drop-session-after:1.5",
        "drop-session-after:01",
        "drop-session-after: 1",
        "drop-session-before:\u0661",
        "drop-session-after:9999999999",
        "no-space:x",
        "login-lockout:0",
        "login-lockout:many",
        "no-boot-time:x",
    ],
)
def test_faults_that_there_are_not(text: str) -> None:
    with pytest.raises(UsageError):
        parse_fault(text)


def test_a_misspelt_fault_names_the_near_one() -> None:
    with pytest.raises(UsageError, match="did you mean no-space"):
        parse_fault("no-spice")


def test_every_fault_has_one_line_and_is_read() -> None:
    needed = {
        "unreadable": ":cut:show version",
        "drop-session-at": ":add",
        "drop-session-before": ":1",
        "drop-session-after": ":120",
        "another-device": ":before",
        "pull-fails": ":cut",
        "predownload-fails": ":lies",
    }
    for name, line in FAULTS.items():
        text = f"{name}{needed.get(name, '')}"
        assert str(parse_fault(text)) == text
        assert "\n" not in line
    assert parse_fault("login-lockout:7") == Fault("login-lockout", "7")


def test_effects_of_an_exec_command(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    login = desk.switch.login("admin", "admin")
    assert login is not None
    session = desk.switch.open(login, exec_command=True)
    assert [type(effect) for effect in session.line("show clock")] == [Print]
    assert [type(effect) for effect in session.line("exit")] == [Hangup]
