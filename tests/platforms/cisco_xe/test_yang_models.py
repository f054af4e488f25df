"""The YANG models of IOS-XE are read strictly where they give a fact, and weighed against what the device prints."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from platforms.cisco_xe.scripted_device import IMAGE
from platforms.material import read

from swimctl.errors import UnparsableOutput
from swimctl.models import Image
from swimctl.platforms.cisco_xe.evidence import Modelled, version_of, weigh_installed, weigh_running
from swimctl.platforms.cisco_xe.models import (
    HARDWARE_SUBTREE,
    INSTALL_SUBTREE,
    HardwareModel,
    InstallModel,
    Location,
    Operation,
    VersionState,
    parse_hardware_oper,
    parse_install_oper,
)
from swimctl.platforms.facts import Installed, Placement, Running

FOLDER = Path(__file__).parent / "models"
COMMITTED, UNCOMMITTED, MARKED = VersionState.COMMITTED, VersionState.UNCOMMITTED, VersionState.MARKED
NOW = datetime(2027, 2, 11, 3, 20, 50, tzinfo=UTC)
OLD, NEW = "17.09.06.0.5115", "17.12.05.0.6044"
TARGET: Image = replace(IMAGE, version="17.12.05", filename="cat9k_iosxe.17.12.05.SPA.bin")


def of(name: str) -> str:
    return read(FOLDER / f"{name}.xml")


def test_a_single_switch_and_what_only_lies_on_its_flash() -> None:
    install = parse_install_oper(of("install_single_committed"))
    versions = (("17.15.03.0.4211", COMMITTED), ("17.12.04.0.5537", VersionState.PRESENT))
    where = Location("fru-rp", 0, 0, 1, versions, "install-timer-state-inactive", None, "install")
    assert install == InstallModel((where,))
    assert (where.runs, install.timer_runs, install.in_install_mode) == ("17.15.03.0.4211", False, True)


def test_a_stack_that_waits_for_its_commit() -> None:
    install = parse_install_oper(of("install_stack_uncommitted"))
    assert {each.chassis: each.runs for each in install.locations} == {1: NEW, 3: NEW}
    assert install.timer_runs
    assert install.timer_ends == datetime(2027, 2, 11, 4, 46, 28, tzinfo=UTC)
    began = datetime(2027, 2, 11, 2, 41, 7, tzinfo=UTC), datetime(2027, 2, 11, 3, 20, 41, tzinfo=UTC)
    assert install.operations == (
        Operation(began[0], "act", "install-op-succ", "op-complete"),
        Operation(began[1], "commit", "install-op-in-progress", "op-not-complete"),
    )
    assert install.under_way("commit")
    assert not install.under_way("act")


def test_what_was_added_and_a_state_that_nobody_knows() -> None:
    (where,) = parse_install_oper(of("install_added")).locations
    assert dict(where.versions) == {
        "17.09.06a.0.5301": COMMITTED,
        NEW: MARKED,
        "17.18.01.0.1200": VersionState.UNKNOWN,
    }


def test_hardware() -> None:
    hardware = parse_hardware_oper(of("hardware_normal"))
    booted = datetime(2027, 2, 11, 2, 58, 10, tzinfo=UTC)
    assert hardware == HardwareModel("17.12.5", booted, NOW, "Image Install", abnormal=False, model="C9300-48P")
    assert hardware.uptime == 22 * 60 + 40


def test_a_reload_that_the_device_calls_abnormal() -> None:
    hardware = parse_hardware_oper(of("hardware_crashed"))
    assert hardware.abnormal
    assert (hardware.version, hardware.uptime) == ("17.15.3", 540)
    assert hardware.reason == "Critical process cmand fault on rp_0_0 (rc=139)"


def test_an_old_release_gives_no_severity() -> None:
    hardware = parse_hardware_oper(of("hardware_old"))
    assert (hardware.version, hardware.abnormal, hardware.model) == ("16.12.4a", False, "")


@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        ("install_single_committed", "install-oper-data", "other-data", "does not have it"),
        ("install_single_committed", "Cisco-IOS-XE-install-oper", "Cisco-IOS-XE-native", "does not have it"),
        ("install_single_committed", "<chassis>1</chassis>", "<chassis>one</chassis>", "'chassis' of a location"),
        ("install_single_committed", "<chassis>1</chassis>", "", "'chassis' of a location"),
        ("install_single_committed", "provisioned-committed", "installed", "no version of chassis 1 slot 0"),
        ("install_single_committed", "17.15.03.0.4211", "packages.conf", "this is no version"),
        ("install_single_committed", "</data>", "", "it is no XML"),
        ("install_stack_uncommitted", "2027-02-11T04:46:28.000+00:00", "soon", "'end-time' is no time"),
        (
            "install_stack_uncommitted",
            "2027-02-11T04:46:28.000+00:00",
            "2027-02-11T04:46:28",
            "no time with its offset",
        ),
        ("hardware_normal", "device-system-data", "device-other-data", "no device-system-data"),
        ("hardware_normal", "Version 17.12.5", "", "names none"),
        ("hardware_normal", "2027-02-11T02:58:10+00:00", "11.2.2027", "'boot-time' is no time"),
    ],
)
def test_a_fact_that_does_not_read_is_refused(name: str, old: str, new: str, why: str) -> None:
    whole = of(name)
    assert old in whole
    parse = parse_install_oper if name.startswith("install") else parse_hardware_oper
    with pytest.raises(UnparsableOutput, match=why):
        parse(whole.replace(old, new))


@pytest.mark.parametrize(
    "text", ["", "garbage", "<data/>", '<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><data/></rpc-reply>']
)
def test_an_empty_reply_is_no_fact(text: str) -> None:
    for parse in (parse_install_oper, parse_hardware_oper):
        with pytest.raises(UnparsableOutput):
            parse(text)


def test_no_entity_is_read() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    text = of("hardware_crashed").replace("Version 17.15.3", "Version &e;")
    with pytest.raises(UnparsableOutput):
        parse_hardware_oper(bomb + text)


def test_lines_that_nobody_needs_change_nothing() -> None:
    whole = of("install_stack_uncommitted")
    more = whole.replace("<oper-state>", "<new-leaf>1</new-leaf><oper-state><new-box><version>x</version></new-box>")
    assert parse_install_oper(more.replace("><", ">\n\t<")) == parse_install_oper(whole)


def test_what_is_asked_is_well_formed() -> None:
    from lxml import etree

    for subtree in (INSTALL_SUBTREE, HARDWARE_SUBTREE):
        etree.fromstring(subtree)


def location(chassis: int, *versions: tuple[str, VersionState], slot: int = 0, timer: bool = False) -> Location:
    state, ends = ("active", NOW + timedelta(minutes=90)) if timer else ("inactive", None)
    return Location("fru-rp", slot, 0, chassis, versions, f"install-timer-state-{state}", ends, "install")


def hardware(version: str = "17.12.5", up: int = 600, model: str = "C9300-48P", **more: object) -> HardwareModel:
    return replace(HardwareModel(version, NOW - timedelta(seconds=up), NOW, "Image Install", model=model), **more)  # type: ignore[arg-type]


def running(*versions: str, uptime: int | None = 600) -> Running:
    return Running(versions[0], uptime, None, {str(n): version for n, version in enumerate(versions, 1)})


BOTH_NEW = InstallModel((location(1, (NEW, UNCOMMITTED), timer=True), location(2, (NEW, UNCOMMITTED), timer=True)))


def test_both_agree() -> None:
    found = weigh_running(running("17.12.05", "17.12.05", uptime=660), Modelled(hardware(up=643), BOTH_NEW))
    assert (found.doubt, found.abnormal, found.uptime) == ("", "", 643)


def test_a_clock_that_was_set_since_the_boot_does_not_change_the_uptime() -> None:
    for up in (90, 86_400):
        found = weigh_running(running("17.12.05", "17.12.05"), Modelled(hardware(up=up), BOTH_NEW))
        assert (found.uptime, found.doubt) == (600, "")


def test_the_model_tells_an_uptime_that_is_not_printed() -> None:
    assert weigh_running(running("17.12.05", uptime=None), Modelled(hardware(up=90))).uptime == 90


@pytest.mark.parametrize(
    ("printed", "models", "words"),
    [
        (running("17.09.06"), Modelled(hardware()), "device-hardware-oper says 17.12.5"),
        (running("17.12.05", "17.09.06"), Modelled(None, BOTH_NEW), "2 runs 17.09.06 as it prints, and 17.12.05"),
        (
            running("17.12.05"),
            Modelled(hardware(), InstallModel((location(1, (OLD, COMMITTED)),))),
            "1 runs 17.12.05 as it prints|chassis runs 17.12.05",
        ),
    ],
)
def test_a_disagreement_on_what_runs_is_a_doubt(printed: Running, models: Modelled, words: str) -> None:
    doubt = weigh_running(printed, models).doubt
    assert any(word in doubt for word in words.split("|")), doubt


def test_a_member_that_one_does_not_name_is_no_disagreement() -> None:
    assert weigh_running(running("17.12.05", "17.12.05", "17.12.05"), Modelled(hardware(), BOTH_NEW)).doubt == ""


def test_an_abnormal_reload_is_told() -> None:
    found = weigh_running(running("17.12.05"), Modelled(hardware(abnormal=True, reason="PowerOn")))
    assert found.abnormal == "PowerOn"


PLACED = {
    "added": (location(1, (OLD, COMMITTED), (NEW, MARKED)), Placement.ADDED, "17.09.06"),
    "uncommitted": (location(1, (OLD, COMMITTED), (NEW, UNCOMMITTED), timer=True), Placement.UNCOMMITTED, "17.12.05"),
    "committed": (location(1, (NEW, COMMITTED)), Placement.COMMITTED, "17.12.05"),
    "on flash": (location(1, (OLD, COMMITTED), (NEW, VersionState.PRESENT)), Placement.ABSENT, "17.09.06"),
    "unknown": (location(1, (OLD, COMMITTED), (NEW, VersionState.UNKNOWN)), Placement.ABSENT, "17.09.06"),
}


@pytest.mark.parametrize("state", PLACED)
def test_the_model_alone_tells_where_a_release_stands(state: str) -> None:
    where, placement, runs = PLACED[state]
    found = weigh_installed(None, Modelled(hardware(), InstallModel((where,))), TARGET, running(runs))
    assert found == Installed(placement, 90 * 60 if state == "uncommitted" else None)


def test_a_timer_without_the_device_s_own_time_runs_for_nobody_knows_how_long() -> None:
    found = weigh_installed(
        None, Modelled(None, InstallModel((PLACED["uncommitted"][0],))), TARGET, running("17.12.05")
    )
    assert found == Installed(Placement.UNCOMMITTED, None, untimed=True)
    assert found.timer_runs


def test_committed_on_some_members_is_not_committed() -> None:
    mixed = InstallModel((location(1, (NEW, COMMITTED)), location(2, (OLD, COMMITTED))))
    found = weigh_installed(None, Modelled(None, mixed), TARGET, running("17.12.05", "17.09.06"))
    assert found is not None
    assert found.placement is Placement.ADDED


def test_a_model_that_leaves_out_a_member_tells_nothing_alone() -> None:
    one = InstallModel((location(1, (NEW, COMMITTED)),))
    assert weigh_installed(None, Modelled(None, one), TARGET, running("17.12.05", "17.12.05")) is None


@pytest.mark.parametrize("printed", [Placement.ABSENT, Placement.ADDED, Placement.UNCOMMITTED, Placement.COMMITTED])
@pytest.mark.parametrize("state", PLACED)
def test_a_disagreement_on_the_commit_is_a_doubt_and_never_committed(state: str, printed: Placement) -> None:
    where, placement, runs = PLACED[state]
    models = Modelled(hardware(), InstallModel((where,)))
    found = weigh_installed(Installed(printed), models, TARGET, running(runs))
    assert found is not None
    active = {Placement.UNCOMMITTED, Placement.COMMITTED}
    if printed is placement or not {printed, placement} & active:
        assert (found.placement, found.doubt) == (printed, "")
    else:
        assert found.placement is Placement.UNCOMMITTED
        assert f"is {printed}" in found.doubt
        assert f"is {placement}" in found.doubt


def test_the_models_stand_in_for_show_version() -> None:
    version = version_of(hardware(up=300), BOTH_NEW)
    assert version is not None
    assert (version.version, version.uptime, version.mode) == ("17.12.5", 300, "INSTALL")
    assert [(row.member, row.version) for row in version.members] == [(1, "17.12.05"), (2, "17.12.05")]
    assert version_of(hardware(model="C9500-24Y4C"), InstallModel((location(1, (NEW, COMMITTED)),))).members == ()  # type: ignore[union-attr]
    assert version_of(hardware(booted=None), BOTH_NEW) is None
    assert version_of(None, BOTH_NEW) is None
    assert version_of(hardware(), None) is None
