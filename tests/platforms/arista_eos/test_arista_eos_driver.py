"""What the driver of EOS changes, and what is left of it half-way: typed at a lab Arista without a network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from platforms.arista_eos.scripted_device import IMAGE, PEER, Desk
from platforms.scripted_device import Paper, changed

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, DeviceError, StepFailed, UnparsableOutput
from swimctl.lab.images import make_image
from swimctl.models import JobOptions
from swimctl.platforms.arista_eos.driver import AristaEos
from swimctl.platforms.driver import Adds, Cleans, CommitsImage, Driver, Returns, Traces
from swimctl.platforms.facts import Placement
from swimctl.steps.send_once import trace_of

OLD, NEW = "4.28.3M", "4.31.6M"
ACTIVATION = ("show boot-config", "configure", "boot system", "end", "reload now")


def placement(desk: Desk) -> Placement:
    return desk.driver().installed(IMAGE).placement


def test_it_is_a_driver_that_boots_a_file(tmp_path: Path) -> None:
    made: Driver = Desk(tmp_path).driver()
    assert isinstance(made, Returns)
    assert isinstance(made, CommitsImage)
    assert not isinstance(made, Adds | Cleans | Traces)
    assert made.destination(IMAGE) == "/mnt/flash/EOS-4.31.6M.swi"


def test_an_activation_names_the_image_reads_that_back_and_reloads(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert placement(desk) is Placement.ABSENT
    before = desk.driver().snapshot("now")
    sent = desk.driver().activate(IMAGE)
    assert (sent.dropped, sent.outcome.succeeded) == (True, None)
    desk.wait(400)
    assert (desk.switch.runs, placement(desk)) == ({"1": NEW}, Placement.COMMITTED)
    assert desk.driver().back(before).dropped
    desk.wait(400)
    assert (desk.switch.runs, placement(desk)) == ({"1": OLD}, Placement.ABSENT)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("command", ACTIVATION)
def test_a_session_lost_in_any_command_is_no_verdict_and_all_can_be_sent_again(
    tmp_path: Path, command: str, when: str
) -> None:
    desk = Desk(tmp_path)
    made = desk.driver((command, when))
    mark = desk.driver().log_mark()
    sent = made.activate(IMAGE)
    assert (sent.dropped, sent.outcome.succeeded) == (True, None)
    if (command, when) == ("reload now", "after"):
        desk.wait(400)
    else:
        named = desk.switch.boots.endswith(IMAGE.filename)
        assert placement(desk) is (Placement.NEXT if named else Placement.ABSENT)
        assert trace_of(desk.driver(), "activate", mark).received is (None if named else False)
        assert desk.untouched is not named
        desk.driver().activate(IMAGE)
        desk.wait(400)
    assert desk.switch.runs == {"1": NEW}
    assert placement(desk) is Placement.COMMITTED


def test_a_power_cut_between_the_setting_and_the_reload_starts_the_image(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.driver(("end", "after")).activate(IMAGE)
    desk.switch.reload("Power Loss")
    desk.wait(400)
    assert placement(desk) is Placement.COMMITTED


def test_what_a_failed_activation_left_is_taken_back_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    before = desk.driver().snapshot("now")
    left = f"flash:{IMAGE.filename}"
    assert desk.driver().put_back(before, left) == ""
    first = desk.driver(("end", "after"))
    first.activate(IMAGE)
    assert first.left == left
    assert desk.driver().put_back(before, "flash:another.swi") == ""
    with pytest.raises(StepFailed, match="nothing was named for the next boot before"):
        desk.driver().put_back(replace(before, boots=""), left)
    assert not desk.untouched
    assert desk.driver().put_back(before, left) == "the next boot starts flash:EOS-4.28.3M.swi again, as before"
    assert desk.driver().put_back(before, left) == ""
    assert desk.untouched


def test_what_another_program_named_is_neither_left_from_here_nor_put_back(tmp_path: Path) -> None:
    """It names its image in the moment between our look at the boot setting and our own command."""
    desk = Desk(tmp_path)
    driver = desk.driver()

    def locked(command: str) -> None:
        desk.switch.boots = f"flash:/{IMAGE.filename}"
        raise CommandRefused(f"'{command}': the device answered '% Configuration is locked'")

    driver._do = locked  # type: ignore[method-assign]
    sent = driver.activate(IMAGE)
    assert sent.outcome.succeeded is False
    assert f"starts flash:{IMAGE.filename}, which is not from here, so it stays" in (sent.outcome.reason or "")
    assert desk.switch.boots == f"flash:/{IMAGE.filename}"
    assert driver.left == ""


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_a_lost_session_may_have_named_is_left_from_here_whatever_comes_of_the_next_one(
    tmp_path: Path, when: str
) -> None:
    desk = Desk(tmp_path)
    before, left = desk.driver().snapshot("now"), f"flash:{IMAGE.filename}"
    first, second = desk.driver(("boot system", when)), desk.driver()
    assert first.activate(IMAGE).dropped
    assert first.left == left

    really = second._session.converse

    def busy(command: str, *rest: Any, **named: Any) -> Any:
        if command == "reload now":
            raise CommandRefused(f"'{command}': the device answered '% Busy'")
        return really(command, *rest, **named)

    second._session.converse = busy
    assert second.activate(IMAGE).outcome.succeeded is False
    assert second.left == ("" if when == "before" else None), "it has put back what it named itself, and no more"
    told = desk.driver().put_back(before, second.left or left)
    assert told.endswith("as before") is (when == "after")
    assert desk.untouched


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("install-fails", "% Error writing flash:/boot-config"),
        ("busy-install", "(Device or resource busy)"),
        ("does-nothing", "names flash:EOS-4.28.3M.swi after 'boot system flash:EOS-4.31.6M.swi'"),
    ],
)
def test_what_is_refused_or_does_not_read_back_changes_nothing(tmp_path: Path, fault: str, words: str) -> None:
    desk = Desk(tmp_path, fault)
    sent = desk.driver().activate(IMAGE)
    assert (sent.dropped, sent.outcome.succeeded) == (False, False)
    assert words in (sent.outcome.reason or "")
    assert "the next boot starts flash:EOS-4.28.3M.swi, as before" in (sent.outcome.reason or "")
    assert "reload now" not in [line.line for line in desk.switch.log]
    assert desk.session.mode == ""
    assert desk.untouched


def refusing_the_reload(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> AristaEos:
    made, typed = desk.driver(), desk.say

    def say(line: str, answers: Any) -> list[str]:
        desk.out = "% Authorization denied for command 'reload now'\n"
        return [] if line == "reload now" else typed(line, answers)

    monkeypatch.setattr(desk, "say", say)
    return made


def test_a_reload_that_is_refused_puts_the_setting_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    sent = refusing_the_reload(desk, monkeypatch).activate(IMAGE)
    assert sent.outcome.succeeded is False
    assert "% Authorization denied" in (sent.outcome.reason or "")
    assert desk.untouched


def test_where_no_image_was_named_before_what_boots_next_is_read_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, boots="")
    sent = refusing_the_reload(desk, monkeypatch).activate(IMAGE)
    assert sent.outcome.succeeded is False
    words = "the next boot starts flash:EOS-4.31.6M.swi, where nothing was named before"
    assert (sent.outcome.reason or "").endswith(words)
    assert desk.switch.stays == NEW


def test_a_way_back_whose_image_is_gone_changes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    before = desk.driver().snapshot("now")
    desk.driver().activate(IMAGE)
    desk.wait(400)
    desk.switch.flash(1).delete("EOS-4.28.3M.swi")
    sent = desk.driver().back(before)
    assert sent.outcome.succeeded is False
    assert "flash:EOS-4.28.3M.swi is not on the device; nothing was changed" in (sent.outcome.reason or "")
    assert desk.switch.stays == NEW


def test_what_runs_is_named_where_another_image_is(tmp_path: Path) -> None:
    desk = Desk(tmp_path, version=NEW, boots="EOS-4.28.3M.swi")
    desk.upload("EOS-4.28.3M.swi", make_image(tmp_path, "EOS-4.28.3M.swi", 5000).read_bytes(), "flash:")
    assert placement(desk) is Placement.UNCOMMITTED
    assert desk.driver().commit_image(IMAGE).outcome.succeeded is True
    assert placement(desk) is Placement.COMMITTED


def test_a_name_that_tells_no_release_is_not_guessed_at() -> None:
    answers = changed(PEER, ("show boot-config", "EOS-4.28.3M.swi", "EOS.swi"), ("show version", "4.28.3M", NEW))
    made = AristaEos(Paper(answers), Settings(), JobOptions())
    with pytest.raises(UnparsableOutput, match=r"its name does not tell whether the next boot starts 4\.31\.6M"):
        made.installed(IMAGE)


@pytest.mark.parametrize(
    ("changes", "late"),
    [
        ((), "MLAG keeps ports down for its reload delay of 330 s"),
        ((("show mlag detail", ":                True\nLacp", ":               False\nLacp"),), None),
        ((("show mlag", "          Connected", "         Connecting"),), "MLAG negotiation Connecting"),
        # Where the release does not print it, the time since the boot tells.
        ((("show mlag detail", "\nPorts errdisabled", "\nPeer ports errdisabled"),), None),
        (
            (
                ("show mlag detail", "\nPorts errdisabled", "\nPeer ports errdisabled"),
                ("show version", "1 year, 2 weeks, 1 day, 3 hours and 1 minute", "4 minutes"),
            ),
            "MLAG keeps ports down for its reload delay of 330 s",
        ),
        # The MLAG's ports are back, the others wait for a longer delay of their own.
        (
            (
                ("show mlag detail", ":                True\nLacp", ":               False\nLacp"),
                ("show version", "1 year, 2 weeks, 1 day, 3 hours and 1 minute", "5 minutes"),
            ),
            "MLAG keeps ports down for its reload delay of 330 s",
        ),
    ],
)
def test_a_peer_is_ready_when_its_partner_and_its_ports_are_back(
    changes: tuple[tuple[str, str, str], ...], late: str | None
) -> None:
    assert AristaEos(Paper(changed(PEER, *changes)), Settings(), JobOptions()).unready() == late


def test_a_switch_without_a_partner_is_ready_at_once(tmp_path: Path) -> None:
    assert Desk(tmp_path).driver().unready() is None


def test_files(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    made = desk.driver()
    assert made.file_size(IMAGE) == 60_000
    assert made.file_hash(IMAGE, "md5").digest == desk.switch.find(f"flash:{IMAGE.filename}").digests["md5"]
    made.remove_file(IMAGE)
    assert made.file_size(IMAGE) is None


def test_a_file_that_stays_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    made = desk.driver()
    monkeypatch.setattr(desk.switch.flash(1), "delete", lambda _: False)
    with pytest.raises(CommandRefused, match="still there"):
        made.remove_file(IMAGE)


@pytest.mark.parametrize(
    "answer", ["% Error copying system:/running-config to flash:/startup-config (No space left on device)\n", "what?\n"]
)
def test_a_configuration_that_is_not_saved_stops_it(answer: str) -> None:
    made = AristaEos(Paper({**PEER, "write memory": answer}), Settings(), JobOptions())
    with pytest.raises(DeviceError):
        made.save()
