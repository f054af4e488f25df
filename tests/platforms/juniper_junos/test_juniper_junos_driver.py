"""What the driver of Junos does at a device: members half-added, what waits for a reboot, ways back half gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from platforms.juniper_junos.scripted_device import IMAGE, OLD_KIND, ON_HOST, Desk, changer, desk, image, put

from swimctl.config.settings import Activation, Settings
from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.models import Device, Image, JobOptions
from swimctl.platforms.base import Trace
from swimctl.platforms.facts import Placement, Snapshot
from swimctl.platforms.juniper_junos.driver import JuniperJunos
from swimctl.platforms.juniper_junos.log import trace_operation
from swimctl.platforms.juniper_junos.readiness import FOLDER
from swimctl.platforms.versions import same_release

THREE = ("ex3400-48p", "ex3400-24p", "ex3400-24p")
BEFORE = Snapshot("", "20.4R3.8", 1, None, {}, (), (), {})
CHANGES = ("request system software", "request system reboot")


def changes(at: Desk) -> list[str]:
    """List the commands that change what runs or boots."""
    return [line for line in at.sent if line.startswith(CHANGES)]


def back_up(at: Desk) -> None:
    """Wait until the device went down and all of it came up."""
    at.wait(20 + at.device.spec.boot_time + 60)
    at.log_in()
    at.sent.clear()


@pytest.mark.parametrize(
    ("models", "given"),
    [
        (("ex3400-24p",), IMAGE),
        (THREE, IMAGE),
        (("ex4300-48t",), OLD_KIND),
        (("ex4300-48mp",), ON_HOST),
        (("ex4300-48mp", "ex4300-48mp"), ON_HOST),
    ],
)
def test_an_upgrade_and_the_way_back(tmp_path: Path, models: tuple[str, ...], given: Image) -> None:
    at = desk(tmp_path, models=models)
    wanted, driver = put(at, tmp_path, given), changer(at)
    before = driver.snapshot("")
    assert driver.installed(wanted).placement is Placement.ABSENT
    # The older kind has no command to validate, and adds all the same.
    assert driver.add(wanted).outcome.succeeded is True
    assert driver.installed(wanted).placement is Placement.NEXT
    assert driver.activate(wanted).outcome.reload_announced
    assert changes(at) == [
        f"request system software validate {FOLDER}/{wanted.filename}",
        f"request system software add {FOLDER}/{wanted.filename}",
        f"request system reboot{' all-members' if len(models) > 1 else ''}",
    ]
    back_up(at)
    assert all(same_release(version, wanted.version) for version in at.device.runs.values())
    assert set(driver.running().members.values()) == set(at.device.runs.values())
    assert driver.installed(wanted).placement is Placement.COMMITTED
    assert driver.snapshot("").interfaces_up == before.interfaces_up
    assert driver.back(before).outcome.reload_announced
    back_up(at)
    assert set(at.device.runs.values()) == {at.device.stays} == {"20.4R3.8"}
    assert driver.installed(wanted).placement is Placement.ABSENT


@pytest.mark.parametrize(
    ("models", "command"),
    [
        (THREE, "request system snapshot recovery all-members"),
        (("ex3400-24p",), "request system snapshot recovery"),
        (("ex4300-48t", "ex4300-48t"), "request system snapshot slice alternate all-members"),
    ],
)
def test_a_snapshot_is_of_what_runs_on_every_member(tmp_path: Path, models: tuple[str, ...], command: str) -> None:
    at = desk(tmp_path, models=models)
    driver = changer(at)
    assert driver.unpreserved()
    assert driver.preserve().outcome.succeeded is True
    assert [line for line in at.sent if line.startswith("request")] == [command]
    assert driver.unpreserved() == ""
    release, made_at = at.device.kept[0]
    at.device.kept[0] = ("19.4R1.10", made_at)
    assert "19.4R1.10" in driver.unpreserved()
    at.device.kept[0] = (release, made_at)
    at.device.kept.pop(len(models) - 1)
    assert (f"fpc{len(models) - 1} " if len(models) > 1 else "chassis none") in driver.unpreserved()


def test_a_snapshot_that_is_not_made_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(tmp_path, "does-nothing", models=("ex4300-48t",))
    driver, shown = changer(at), at.type
    assert (driver.preserve().outcome.succeeded, driver.unpreserved()) == (
        True,
        "`show system snapshot` names chassis 20.4R3.8, 15.1R7.9",
    )
    stuck = "Formatting alternate root (/dev/da0s2a)...\nerror: cannot mount /dev/da0s2a\n"
    monkeypatch.setattr(at, "type", lambda line, *more: stuck if line.startswith("request") else shown(line, *more))
    found = driver.preserve().outcome
    assert (found.succeeded, found.reason) == (False, "error: cannot mount /dev/da0s2a")


def test_a_device_that_keeps_no_snapshots_is_not_ready_where_one_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk(tmp_path)
    wanted, asked = put(at, tmp_path, IMAGE), Settings(activation=Activation(snapshot=True))
    driver, shown = JuniperJunos(at, asked, JobOptions()), at.type
    device = Device(1, "hall-9", "juniper_junos", "192.0.2.20")

    def seen() -> tuple[bool, str]:
        return next((f.ok, f.seen) for f in driver.check(device, wanted, cleanup=False) if f.rule == "snapshots")

    assert seen() == (True, "chassis none")
    assert not any(found.rule == "snapshots" for found in changer(at).check(device, wanted, cleanup=False))
    for answer, words in (
        ("Recovery Snapshots:\nmount: /dev/oam: No such file or directory\n", "chassis: mount: /dev/oam: No such file"),
        ("error: command is not valid on the ex3400-24p\n", "the device has no `show system snapshot`"),
    ):
        monkeypatch.setattr(
            at, "type", lambda line, *more, said=answer: said if "snapshot" in line else shown(line, *more)
        )
        assert seen()[0] is False
        assert words in seen()[1]
    with pytest.raises(CommandRefused, match="keeps neither"):
        driver.preserve()


def test_a_member_that_fails_leaves_none_armed(tmp_path: Path) -> None:
    at = desk(tmp_path, "install-fails:add:no-space", models=THREE)
    wanted, driver = put(at, tmp_path, IMAGE), changer(at)
    sent = driver.add(wanted)
    assert sent.outcome.succeeded is False
    assert sent.outcome.reason == "fpc2: Available space: -49868 require: 4641"
    assert set(at.device.waits) == {0, 1}
    assert driver.installed(wanted).placement is Placement.NEXT
    refused = driver.activate(wanted).outcome
    assert (refused.succeeded, "fpc2 20.4R3.8" in (refused.reason or "")) == (False, True)
    told = driver.restore(BEFORE)
    assert told == "`request system software rollback`: taken back (fpc0, 22.2R1.9), taken back (fpc1, 22.2R1.9)"
    assert (at.device.waits, driver.restore(BEFORE)) == ({}, "")
    assert changes(at)[-2:] == [
        "request system software rollback member 0",
        "request system software rollback member 1",
    ]
    assert not any("reboot" in line for line in changes(at))


def test_what_somebody_else_added_is_left_alone(tmp_path: Path) -> None:
    at = desk(tmp_path)
    wanted, driver = put(at, tmp_path, IMAGE), changer(at)
    at.device.unpack(0, "21.4R1.12", 1000)
    found = driver.add(wanted).outcome
    assert (found.succeeded, "already an install pending" in (found.reason or "")) == (False, True)
    assert driver.installed(wanted).placement is Placement.ABSENT
    assert "chassis 21.4R1.12" in (driver.activate(wanted).outcome.reason or "")
    assert at.device.waits == {0: "21.4R1.12"}
    at.device.waits.clear()
    at.device.running[0] = "22.2R1.9"
    at.device.unpack(0, "21.4R1.12", 1000)
    assert driver.installed(wanted).placement is Placement.UNCOMMITTED
    kept = driver.commit_image(wanted).outcome
    assert (kept.succeeded, "another release waits" in (kept.reason or "")) == (False, True)


def test_a_device_that_does_not_name_what_waits_is_left_unarmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk(tmp_path)
    wanted, driver = put(at, tmp_path, IMAGE), changer(at)
    shown = at.type

    def silent(line: str, answers: object = ()) -> str:
        text = shown(line, answers)  # type: ignore[arg-type] # handed on as it came
        return "".join(row for row in text.splitlines(keepends=True) if not row.startswith("Pending:"))

    monkeypatch.setattr(at, "type", silent)
    found = driver.add(wanted).outcome
    assert found.succeeded is False
    assert found.reason == (
        "'show version' does not name 22.2R1 for the next reboot; it would start chassis 20.4R3.8; "
        "`request system software rollback`: chassis taken back"
    )
    assert at.device.waits == {}
    # Nothing waits there, and the rollback made the release before the next one: that is taken back too.
    at.device.previous[0] = "19.4R1.10"
    monkeypatch.setattr(at.device, "unpack", lambda *_: None)
    assert (driver.add(wanted).outcome.reason or "").endswith("chassis taken back")
    assert at.device.waits == {}


def test_an_add_whose_verdict_does_not_read_is_taken_back_or_is_no_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package is unpacked and waits; neither the installer's last lines nor `show version` say so."""
    at = desk(tmp_path)
    wanted, driver = put(at, tmp_path, IMAGE), changer(at)
    shown, deaf = at.type, False

    def silent(line: str, answers: object = ()) -> str:
        text = shown(line, answers)  # type: ignore[arg-type] # handed on as it came
        if line.startswith("request system software add"):
            return "Verified junos-arm-32-22.2R1.9 signed by PackageProduction method ECDSA256+SHA256\n"
        if deaf and "rollback" in line:
            return "Initiating something on the host.\n"
        return "".join(row for row in text.splitlines(keepends=True) if not row.startswith("Pending:"))

    monkeypatch.setattr(at, "type", silent)
    found = driver.add(wanted).outcome
    assert (found.succeeded, at.device.waits) == (False, {})
    assert (found.reason or "").endswith("chassis taken back")
    deaf = True
    found = driver.add(wanted).outcome
    assert found.succeeded is None
    assert "may start at its next reboot" in (found.reason or "") or "cannot read" in (found.reason or "")


def test_a_validation_without_a_verdict_adds_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk(tmp_path)
    wanted, driver = put(at, tmp_path, IMAGE), changer(at)
    shown = at.type

    def silent(line: str, answers: object = ()) -> str:
        text = shown(line, answers)  # type: ignore[arg-type] # handed on as it came
        return "~~\n" if line.startswith("request system software validate") else text

    monkeypatch.setattr(at, "type", silent)
    found = driver.add(wanted).outcome
    assert (found.succeeded, (found.reason or "").endswith("nothing was added")) == (False, True)
    assert [line.split()[3] for line in changes(at)] == ["validate"]


def test_an_add_that_ends_in_silence_and_waits_is_said_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(tmp_path)
    wanted, driver = put(at, tmp_path, IMAGE), changer(at)
    shown = at.type

    def silent(line: str, answers: object = ()) -> str:
        text = shown(line, answers)  # type: ignore[arg-type] # handed on as it came
        return "~~\n" if line.startswith("request system software add") else text

    monkeypatch.setattr(at, "type", silent)
    found = driver.add(wanted).outcome
    assert (found.succeeded, "cannot read" in (found.reason or "")) == (None, True)
    assert driver.installed(wanted).placement is Placement.NEXT
    assert "taken back" in driver.restore(BEFORE)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("no file", "is not found or empty"),
        ("damaged", "Package signature validation failed"),
        ("foreign", "not for ex3400-24p"),
    ],
)
def test_a_package_that_the_device_does_not_take(tmp_path: Path, spoil: str, words: str) -> None:
    at = desk(tmp_path, *(["corrupt-copy"] if spoil == "damaged" else []))
    driver = changer(at)
    given = image("junos-none-22.2R1.9.tgz", "junos-none", "22.2R1")
    wanted = given if spoil == "no file" else put(at, tmp_path, OLD_KIND if spoil == "foreign" else IMAGE)
    found = driver.add(wanted).outcome
    assert (found.succeeded, words in (found.reason or "")) == (False, True)
    assert [line.split()[3] for line in changes(at)] == ["validate"]
    assert at.device.waits == {}


def test_where_room_is_small_no_copy_of_the_package_is_kept(tmp_path: Path) -> None:
    at = desk(tmp_path, free=100_000)
    driver, wanted = changer(at), put(at, tmp_path, IMAGE)
    driver.add(wanted)
    assert changes(at)[-1].endswith(" no-copy")


def test_a_way_back_that_was_half_gone_is_gone_to_its_end(tmp_path: Path) -> None:
    at = desk(tmp_path, "member-mismatch", models=THREE)
    wanted, driver = put(at, tmp_path, IMAGE), changer(at)
    assert driver.add(wanted).outcome.succeeded
    driver.activate(wanted)
    back_up(at)
    assert set(at.device.runs.values()) == {"20.4R3.8", "22.2R1.9"}
    assert driver.installed(wanted).placement is Placement.ADDED
    at.type("request system software rollback member 0")
    at.sent.clear()
    assert driver.back(BEFORE).outcome.reload_announced
    assert changes(at) == ["request system software rollback member 1", "request system reboot all-members"]
    back_up(at)
    assert set(at.device.runs.values()) == {at.device.stays} == {"20.4R3.8"}


def test_nothing_goes_back_without_a_member_that_is_away(tmp_path: Path) -> None:
    at = desk(tmp_path, "member-missing", models=THREE)
    wanted, driver = put(at, tmp_path, IMAGE), changer(at)
    assert driver.add(wanted).outcome.succeeded
    driver.activate(wanted)
    back_up(at)
    assert driver.unready() == "fpc2 NotPrsnt"
    found = driver.back(BEFORE).outcome
    assert (found.succeeded, changes(at)) == (False, [])
    assert (found.reason or "").startswith("fpc2 NotPrsnt")


def test_nothing_goes_back_by_a_text_that_breaks_off_before_a_member(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk(tmp_path, models=THREE)
    wanted, driver = put(at, tmp_path, IMAGE), changer(at)
    assert driver.add(wanted).outcome.succeeded
    shown = at.type

    def cut(line: str, *more: object) -> str:
        text = shown(line, *more)  # type: ignore[arg-type]
        return text.partition("fpc2:")[0] if line == "show version all-members" else text

    monkeypatch.setattr(at, "type", cut)
    at.sent.clear()
    for change in (lambda: driver.activate(wanted), lambda: driver.restore(BEFORE), lambda: driver.back(BEFORE)):
        with pytest.raises(UnparsableOutput, match="says nothing of fpc2"):
            change()
    assert changes(at) == []


@pytest.mark.parametrize(
    ("previous", "words"), [(None, "there is no image for rollback"), ("19.4R1.10", "would start 19.4R1.10")]
)
def test_a_way_back_to_another_release_is_not_gone(tmp_path: Path, previous: str | None, words: str) -> None:
    at = desk(tmp_path, version="22.2R1.9")
    if previous:
        at.device.previous[0] = previous
    found = changer(at).back(BEFORE).outcome
    assert (found.succeeded, words in (found.reason or "")) == (False, True)
    assert "request system reboot" not in changes(at)


def test_a_reboot_that_is_refused_is_no_reload(tmp_path: Path) -> None:
    at = desk(tmp_path, "install-fails:activate")
    wanted, driver = put(at, tmp_path, IMAGE), changer(at)
    assert driver.add(wanted).outcome.succeeded
    found = driver.activate(wanted).outcome
    assert (found.succeeded, found.reload_announced, "reboot of fpc0 failed" in (found.reason or "")) == (
        False,
        False,
        True,
    )


def test_the_log_of_commands_proves_what_came(tmp_path: Path) -> None:
    at = desk(tmp_path)
    driver = changer(at)
    mark = driver.log_mark()
    assert mark is not None
    at.log_in()
    assert driver.trace("activate", mark) == Trace(received=False, finished=None)
    at.type("request system reboot", ["no"])
    assert driver.trace("activate", mark) == Trace(received=False, finished=None)
    at.type("request system reboot in 5", ["yes"])
    assert driver.trace("activate", mark) == Trace(received=True, finished=None)
    assert driver.trace("add", mark) == Trace(received=False, finished=None)
    assert driver.trace("commit", mark) == driver.trace("add", None) == Trace(None, None)
    # The last line that is there says nothing of what came later: nobody wrote down that somebody looked.
    assert trace_operation(mark, "add", mark) == Trace(None, None)
    silent = changer(desk(tmp_path, interactive_log=False))
    assert (silent.log_mark(), silent.trace("add", mark)) == (None, Trace(None, None))


def test_a_device_without_neighbours_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert changer(desk(tmp_path, lldp=False)).snapshot("").neighbours == ()
    at = desk(tmp_path)
    monkeypatch.setattr("swimctl.lab.juniper_junos.shows_network.ports_up", lambda _: [])
    assert changer(at).snapshot("").neighbours == ()
    shown = at.type
    monkeypatch.setattr(at, "type", lambda line, *more: "Count: 3 lines\n" if "count" in line else shown(line, *more))
    with pytest.raises(UnparsableOutput, match="there are no rows"):
        changer(at).snapshot("")


def test_a_configuration_that_was_cut_off_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(tmp_path)
    text = changer(at).configuration()
    assert "host-name hall-9;" in text
    monkeypatch.setattr(at, "type", lambda _line: text.rpartition("}")[0])
    with pytest.raises(UnparsableOutput, match="brace"):
        changer(at).configuration()


def test_a_file_that_stays_is_not_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(tmp_path)
    wanted, driver = put(at, tmp_path, IMAGE), changer(at)
    assert driver.file_size(wanted) == wanted.size
    assert driver.file_hash(wanted, "md5").digest is not None
    with monkeypatch.context() as stuck:
        stuck.setattr(at.device.flash(0), "delete", lambda _name: False)
        with pytest.raises(CommandRefused, match="still there"):
            driver.remove_file(wanted)
    driver.remove_file(wanted)
    assert driver.file_size(wanted) is None
