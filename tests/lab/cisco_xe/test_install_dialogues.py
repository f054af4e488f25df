"""`install` on a lab switch in both dialects: what it asks, prints, changes, and refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.lab_terminal import NEW, OLD, OTHER, Desk, all_of

from swimctl.lab.effects import Down, Up

NEWER = "17.09.05"
PROCEED = "This operation may require a reload of the system. Do you want to proceed? [y/n]"
REMOVE = "Do you want to remove the above files? [y/n]"


def release_of(desk: Desk) -> str:
    return desk.type("show version").splitlines()[0].rpartition(" ")[2]


def downs(desk: Desk, seconds: float) -> list[type]:
    return [type(event) for event in desk.wait(seconds) if isinstance(event, Down | Up)]


def test_older_dialect(tmp_path: Path) -> None:
    desk = Desk(tmp_path, members=2)
    added = desk.type(f"install add file flash:{desk.put()}")
    assert all_of(
        (
            "install_add: START Tue Mar 04 05:06:07 UTC 2031\n",
            "install_add: Adding PACKAGE\n",
            "install_add: Checking whether new add is allowed ....\n",
            "  [2] Finished Add on switch 2\n",
            "Add: Passed on [1 2]\n",
            "Finished Add\n\nImage added. Version: 17.12.04.0.",
            "SUCCESS: install_add  Tue Mar 04 05:08:07 UTC 2031\n",
        ),
        added,
    )
    activated = desk.type("install activate", "y")
    assert all_of(("Following packages shall be activated:\n/flash/cat9k-", f"{PROCEED}y\n",
                   "--- Starting Activate ---",
                   "Install will reload the system now!\nSUCCESS: install_activate  "), activated)  # fmt: skip


def test_newer_dialect(tmp_path: Path) -> None:
    desk = Desk(tmp_path, members=2, version=NEWER)
    added = desk.type(f"install add file flash:{desk.put()}")
    assert all_of(
        (
            "install_add: Adding IMG\n",
            "Copying flash:cat9k_iosxe.17.12.04.SPA.bin from Switch 1 to Switch 1 2\n",
            "Info: Finished copying to the selected Switch\n",
            "  [2] Finished Add package(s) on Switch 2\n",
            "Image added. Version: 17.12.04.0.",
            "Finished Add\n",
            "SUCCESS: install_add Tue Mar 04 05:08:07 UTC 2031\n",
        ),
        added,
    )
    assert "Install will reload" not in desk.type("install activate", "y")
    assert "\nSUCCESS: install_activate Tue" in desk.out


def test_the_dialect_is_that_of_what_runs(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upgrade()
    assert "Finished Commit operation\n" in desk.type("install commit")
    assert "SUCCESS: install_commit Tue" in desk.out


def test_activation_needs_a_commit(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upgrade(minutes=90)
    assert release_of(desk) == NEW
    assert desk.states() == [["U", NEW]]
    assert re.search(r"\nAuto abort timer: active .*time before rollback - 01:2", desk.out)
    desk.type("install commit")
    assert desk.states() == [["C", NEW]]
    assert "Auto abort timer: inactive" in desk.out
    assert downs(desk, 100_000) == []


def test_the_committed_release_is_listed_beside_an_older_uncommitted_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upgrade(OTHER)
    assert desk.states() == [["U", OTHER], ["C", OLD]]


def test_the_prompt_is_back_before_the_drop(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.type(f"install add file flash:{desk.put()}")
    desk.type("install activate prompt-level none")
    assert PROCEED not in desk.out
    assert desk.session.prompt == "desk#"
    assert desk.type("show clock") != ""
    assert downs(desk, 5) == []
    assert downs(desk, 15) == [Down]


def test_the_timer_takes_the_switch_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upgrade(minutes=60)
    assert "INSTALL_AUTO_ABORT_TIMER_PROGRESS" in desk.type("show logging")
    assert downs(desk, 4000) == [Down, Up]
    desk.log_in()
    assert release_of(desk) == OLD
    assert desk.states() == [["C", OLD], ["I", NEW]]
    assert any("TIMER_EXPIRED" in str(event) for event in desk.events)


def test_the_timer_is_120_minutes_where_none_is_given(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.type(f"install add file flash:{desk.put()}")
    desk.type("install activate", "y")
    desk.restart()
    assert "time before rollback - 01:5" in desk.type("show install summary")
    assert downs(desk, 6_000) == []
    assert downs(desk, 1_200) == [Down, Up]


@pytest.mark.parametrize("minutes", ["29", "1201", "soon", "-1"])
def test_timers_out_of_bounds(tmp_path: Path, minutes: str) -> None:
    assert "% Invalid input" in Desk(tmp_path).type(f"install activate auto-abort-timer {minutes}")


def test_a_stopped_timer(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upgrade()
    assert "SUCCESS: install_auto_abort_timer" in desk.type("install auto-abort-timer stop")
    assert downs(desk, 100_000) == []
    assert desk.states() == [["U", NEW]]


def test_abort_goes_back_by_a_reload(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upgrade()
    assert f"{PROCEED}n\n" in desk.type("install abort", "n")
    assert "FAILED: install_abort" in desk.out
    assert f"{PROCEED}y\n" in desk.type("install abort", "y")
    assert "SUCCESS: install_abort" in desk.out
    desk.restart()
    assert desk.states() == [["C", OLD], ["I", NEW]]
    assert downs(desk, 100_000) == []
    assert "FAILED: install_abort" in desk.type("install abort prompt-level none")


def test_an_aborted_image_is_activated_again_without_adding(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upgrade()
    desk.type("install abort prompt-level none")
    desk.restart()
    desk.type("install activate", "y")
    desk.restart()
    assert desk.states() == [["U", NEW]]


def test_rollback_points(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upgrade()
    desk.type("install commit")
    rows = [line.split()[0] for line in desk.type("show install rollback").splitlines()[2:]]
    assert rows == ["2", "1"]
    assert "No rollback id 7 present" in desk.type("install rollback to id 7")
    assert "FAILED" in desk.type("install rollback to committed", *())
    desk.type("install rollback to id 1 prompt-level none")
    assert "SUCCESS: install_rollback" in desk.out
    desk.restart()
    assert release_of(desk) == OLD
    assert desk.states()[0] == ["U", OLD]
    desk.type("install rollback to committed", "y")
    desk.restart()
    assert release_of(desk) == NEW


def test_rollback_to_base(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upgrade()
    desk.type("install commit")
    desk.type("install rollback to base", "y")
    desk.restart()
    assert release_of(desk) == OLD


def test_a_removed_release_is_no_rollback_point(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upgrade()
    desk.type("install commit")
    desk.type("install remove inactive", "y")
    assert OLD not in desk.type("dir")
    assert "FAILED" in desk.type("install rollback to base")
    assert desk.type("show install rollback").splitlines()[2:] == [
        "2       No Label                         No Description"
    ]


@pytest.mark.parametrize("version", [OLD, NEWER])
def test_one_shot(tmp_path: Path, version: str) -> None:
    desk = Desk(tmp_path, members=2, version=version)
    said = desk.type(f"install add file flash:{desk.put()} activate commit", "y")
    assert said.startswith("install_add_activate_commit: START ")
    assert all_of(
        ("Finished Add", PROCEED, "Finished Activate", "--- Starting Commit", "SUCCESS: install_add_activate_commit"),
        said,
    )
    desk.restart()
    assert desk.states() == [["C", NEW]]
    assert downs(desk, 100_000) == []


def test_one_shot_without_commit_and_without_question(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    said = desk.type(f"install add file flash:{desk.put()} activate prompt-level none")
    assert PROCEED not in said
    assert "SUCCESS: install_add_activate" in said
    desk.restart()
    assert desk.states() == [["U", NEW]]


def test_one_shot_of_what_runs_changes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, version=NEWER)
    said = desk.type(f"install add file flash:{desk.put(NEWER)} activate commit")
    assert "Add succeed with reason: Same Image File-No Change" in said
    assert "SUCCESS: install_add_activate_commit" in said
    assert downs(desk, 1000) == []


def test_bundle_mode_is_converted_by_the_one_shot_form(tmp_path: Path) -> None:
    desk = Desk(tmp_path, mode="BUNDLE")
    assert "BUNDLE" in desk.type("show version")
    name = desk.put()
    assert "please use one-shot CLI" in desk.type(f"install add file flash:{name}")
    desk.type(f"install add file flash:{name} activate commit", "y")
    desk.restart()
    assert "INSTALL" in desk.type("show version")
    assert 'image file is "flash:packages.conf"' in desk.out
    assert desk.states() == [["C", NEW]]
    assert "BOOT variable = flash:packages.conf;" in desk.type("show boot")


def test_remove_inactive_lists_asks_and_deletes_on_every_member(tmp_path: Path) -> None:
    desk = Desk(tmp_path, members=2)
    name = desk.put()
    desk.type(f"install add file flash:{name}")
    assert desk.states() == [["C", OLD], ["I", NEW]]
    refused = desk.type("install remove inactive", "n")
    assert all_of((f"[R1]: /flash/cat9k-rpbase.{OLD}.SPA.pkg File is in use, will not delete.\n",
                   "The following files will be deleted:\n    [R0]: /flash/", f"{REMOVE}n\n",
                   "User Rejected Deletion\n", "SUCCESS: install_remove"), refused)  # fmt: skip
    assert desk.states() == [["C", OLD], ["I", NEW]]
    desk.type("install remove inactive", "y")
    assert all_of((f"Deleting file /flash/{name} ... done.\n", "SUCCESS: Files deleted.\n"), desk.out)
    assert desk.states() == [["C", OLD]]
    for flash in ("flash:", "flash-2:"):
        assert NEW not in desk.type(f"dir {flash}")
        assert OLD in desk.out
    assert "Nothing to clean" in desk.type("install remove inactive")
    assert "SUCCESS: install_remove" in desk.out


def test_remove_inactive_may_be_told_not_to_ask_in_the_newer_dialect_alone(tmp_path: Path) -> None:
    quiet = "install remove inactive prompt-level none"
    desk = Desk(tmp_path, version=NEWER)
    name = desk.put()
    desk.type(f"install add file flash:{name}")
    assert f"Deleting file /flash/{name} ... done.\n" in desk.type(quiet)
    assert desk.states() == [["C", NEWER]]
    (tmp_path / "older").mkdir()
    older = Desk(tmp_path / "older")
    older.type(f"install add file flash:{older.put()}")
    assert "% Invalid input detected" in older.type(quiet)
    assert older.states() == [["C", OLD], ["I", NEW]]


def test_show_forms_list_their_own_states(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.type(f"install add file flash:{desk.put()}")
    for form, title, listed in (
        ("active", "Active", [OLD]),
        ("committed", "Committed", [OLD]),
        ("inactive", "Inactive", [NEW]),
        ("uncommitted", "Uncommitted", []),
    ):
        shown = desk.type(f"show install {form}")
        assert shown.startswith(f"[ Switch 1 ] {title} Package(s) Information:\n")
        assert [version for version in (OLD, NEW) if f" {version}.0." in shown] == listed
    assert "No Uncommitted Packages" in desk.out
