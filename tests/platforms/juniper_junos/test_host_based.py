"""Host-based installers stage a release where `show version` is blind: what is staged is seen, taken back, or told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from platforms.juniper_junos.scripted_device import ON_HOST, Desk, changer, desk, put

from swimctl.errors import CommandRefused
from swimctl.platforms.facts import Placement, Snapshot
from swimctl.platforms.juniper_junos.parsers.install_log import StagedUpgrade, parse_show_log_install

ALONE, PAIR = ("ex4300-48mp",), ("ex4300-48mp", "ex4300-48mp")
BEFORE = Snapshot("", "20.4R3.8", 1, None, {}, (), (), {})
AT = "2031-03-04T05:10:00"
LOG = """\
2031-03-04 05:10:00 CET mgd[4711]: /usr/libexec/ui/package -X update /var/tmp/jinstall-host-x-22.4R3-S6.5.tgz
<output>
upgrade_platform: Staging of /var/tmp/jinstall-qfx-5e-junos-22.4R3-S6.5-secure-linux.tgz completed
Host OS upgrade staged. Reboot the system to complete installation!

Install completed
</output>
<package-result>0</package-result>
"""


def spoilt(at: Desk, monkeypatch: pytest.MonkeyPatch, change: Callable[[str, str], str]) -> None:
    """Let the device do what it is told, and print something else."""
    shown = at.type
    monkeypatch.setattr(at, "type", lambda line, *more: change(line, shown(line, *more)))


def rollbacks(at: Desk) -> list[str]:
    return [line for line in at.sent if line.startswith("request system software rollback")]


@pytest.mark.parametrize(
    ("log", "staged"),
    [
        (LOG, StagedUpgrade("22.4R3-S6.5", AT)),
        (LOG.replace("qfx-5e-junos-22.4R3-S6.5-secure", "srxentedge-x86-64-20.4R3.8"), StagedUpgrade("20.4R3.8", AT)),
        (f"unknown\n{LOG.replace('22.4R3-S6.5', '21.4R1.12')}{LOG}", StagedUpgrade("22.4R3-S6.5", AT)),
        (LOG.replace("result>0", "result>1"), None),
        (LOG.replace("<package-result>0</package-result>\n", ""), None),
        (LOG.replace("-X update", "-X rollback"), None),
        (f"{LOG}{LOG.partition('<')[0]}<output>\nERROR: no\n</output>\n<package-result>1</package-result>\n", None),
        (LOG.replace("2031-03-04", "2031-13-04"), None),
        (LOG.partition("\n")[2], None),
        ("", None),
    ],
)
def test_what_the_log_of_the_installer_proves(log: str, staged: StagedUpgrade | None) -> None:
    assert parse_show_log_install(log) == staged


@pytest.mark.parametrize("models", [ALONE, PAIR])
@pytest.mark.parametrize("logged", [True, False])
def test_what_is_staged_is_seen_by_whoever_looks_later(tmp_path: Path, models: tuple[str, ...], logged: bool) -> None:
    at = desk(tmp_path, models=models, install_log=logged)
    wanted, driver = put(at, tmp_path, ON_HOST), changer(at)
    assert driver.add(wanted).outcome.succeeded is True
    assert "Pending" not in at.type("show version all-members")
    assert driver.installed(wanted).placement is Placement.NEXT
    assert rollbacks(at) == []
    later = changer(at)
    # Without the log nobody but who added it knows: then the job says that it may be there, never that it is not.
    assert later.installed(wanted).placement is (Placement.NEXT if logged else Placement.ABSENT)
    if logged:
        assert later.restore(BEFORE).count("taken back") == len(models)
        assert at.device.waits == {}
        assert changer(at).installed(wanted).placement is Placement.ABSENT


@pytest.mark.parametrize("models", [ALONE, PAIR])
@pytest.mark.parametrize("logged", [True, False])
def test_an_add_that_ends_in_silence_is_seen_or_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: tuple[str, ...], logged: bool
) -> None:
    at = desk(tmp_path, models=models, install_log=logged)
    wanted, driver = put(at, tmp_path, ON_HOST), changer(at)
    spoilt(at, monkeypatch, lambda line, text: "~~\n" if line.startswith("request system software add") else text)
    found = driver.add(wanted).outcome
    if logged:
        assert (found.succeeded, set(at.device.waits)) == (None, set(range(len(models))))
        assert driver.installed(wanted).placement is Placement.NEXT
        assert "taken back" in driver.restore(BEFORE)
    else:
        assert (found.succeeded, (found.reason or "").count("taken back")) == (False, len(models))
    assert at.device.waits == {}


def test_an_add_that_fails_and_succeeds_in_one_breath_is_no_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk(tmp_path, models=ALONE, install_log=False)
    wanted, driver = put(at, tmp_path, ON_HOST), changer(at)
    spoilt(at, monkeypatch, lambda line, text: f"{text}ERROR: no\n" if "software add" in line else text)
    found = driver.add(wanted).outcome
    assert (found.succeeded, "taken back" in (found.reason or ""), at.device.waits) == (False, True, {})


def test_one_member_that_fails_leaves_the_other_unarmed(tmp_path: Path) -> None:
    at = desk(tmp_path, "install-fails:add:no-space", models=PAIR, install_log=False)
    wanted, driver = put(at, tmp_path, ON_HOST), changer(at)
    found = driver.add(wanted).outcome
    assert (found.succeeded, at.device.waits) == (False, {})
    assert "fpc1: Available space" in (found.reason or "")
    # Not where it failed: there a rollback would arm the release before.
    assert rollbacks(at) == ["request system software rollback member 0"]


def test_what_cannot_be_proved_to_be_taken_back_is_not_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk(tmp_path, models=ALONE)
    wanted, driver = put(at, tmp_path, ON_HOST), changer(at)
    assert driver.add(wanted).outcome.succeeded
    spoilt(at, monkeypatch, lambda line, text: "~~\n" if "rollback" in line else text)
    with pytest.raises(CommandRefused, match="no line is the installer's"):
        changer(at).restore(BEFORE)
    at.device.waits.clear()
    silent = ("request system software add", "show log install")
    spoilt(at, monkeypatch, lambda line, text: "~~\n" if line.startswith(silent) else text)
    found = driver.add(wanted).outcome
    assert (found.succeeded, "does not name" in (found.reason or "")) == (None, True)


def test_an_upgrade_that_somebody_else_staged_is_left_alone(tmp_path: Path) -> None:
    at = desk(tmp_path, models=ALONE)
    wanted, driver = put(at, tmp_path, ON_HOST), changer(at)
    at.device.unpack(0, "22.2R3.15", 1000)
    found = driver.add(wanted).outcome
    assert (found.succeeded, found.reason) == (False, "There is pending upgrade. upgrade_in_progress=stage")
    assert at.device.waits == {0: "22.2R3.15"}
    assert driver.activate(wanted).outcome.succeeded is False


def test_a_release_that_was_staged_and_did_not_start_is_no_longer_there(tmp_path: Path) -> None:
    at = desk(tmp_path, "boots-old-image", models=ALONE)
    wanted, driver = put(at, tmp_path, ON_HOST), changer(at)
    assert driver.add(wanted).outcome.succeeded
    assert driver.activate(wanted).outcome.reload_announced
    at.wait(20 + at.device.spec.boot_time + 60)
    at.log_in()
    assert driver.installed(wanted).placement is Placement.ABSENT
    assert changer(at).installed(wanted).placement is Placement.ABSENT


@pytest.mark.parametrize(
    ("previous", "words"), [("", "There is NO image for ROLLBACK"), ("19.4R1.10", "would start 19.4R1.10")]
)
def test_a_way_back_to_another_release_is_not_gone(tmp_path: Path, previous: str, words: str) -> None:
    at = desk(tmp_path, models=ALONE, version="21.4R3-S4.18")
    if previous:
        at.device.previous[0] = previous
    found = changer(at).back(BEFORE).outcome
    assert (found.succeeded, words in (found.reason or "")) == (False, True)
    assert "request system reboot" not in at.sent


def test_a_way_back_whose_verdict_does_not_read_says_what_the_next_reboot_may_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk(tmp_path, models=ALONE, version="21.4R3-S4.18")
    at.device.previous[0] = "20.4R3.8"
    spoilt(at, monkeypatch, lambda line, text: "~~\n" if "rollback" in line else text)
    found = changer(at).back(BEFORE).outcome
    assert (found.succeeded, "but may start 20.4R3.8 then; it was not rebooted" in (found.reason or "")) == (
        False,
        True,
    )
    assert at.device.waits == {0: "20.4R3.8"}
    assert "request system reboot" not in at.sent
