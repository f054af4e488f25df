"""What runs and what boots next, as data and as text: either without the other, and no success where they disagree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from platforms.arista_eos.scripted_device import IMAGE, PEER
from platforms.scripted_device import Paper, changed

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.models import JobOptions
from swimctl.platforms.arista_eos.commands import parse
from swimctl.platforms.arista_eos.driver import AristaEos
from swimctl.platforms.arista_eos.facts import MlagDelay
from swimctl.platforms.arista_eos.structured import boot_data, mlag_data, mlag_delay_data, version_data
from swimctl.platforms.facts import Placement

RUNS = parse("show version", PEER["show version"])
VERSION: dict[str, Any] = {
    "mfgName": "Arista",
    "modelName": RUNS.model,
    "serialNumber": RUNS.serial,
    "version": RUNS.version,
    "internalVersion": f"{RUNS.version}-31000000.4283M",
    "bootupTimestamp": 1_709_086_001.5,
    "uptime": RUNS.uptime + 12.81,
}
BOOT = {"softwareImage": parse("show boot-config", PEER["show boot-config"]).variable[0], "abootPassword": "(not set)"}
MLAG = {
    "state": "active",
    "domainId": "hall-7",
    "negStatus": "connected",
    "peerLink": "Port-Channel999",
    "peerLinkStatus": "up",
    "configSanity": "consistent",
    "mlagPorts": {"Active-full": 23, "Inactive": 1},
}
DELAY = {**MLAG, "reloadDelay": 780, "reloadDelayNonMlag": 1020, "portsErrdisabled": True}
DATA = {"show version | json": json.dumps(VERSION, indent=4), "show boot-config | json": json.dumps(BOOT, indent=4)}
CAUSE = "Reload Cause 1:\n-------------------\nReload requested by the user.\n"
SWITCH = {**PEER, "show reload cause": CAUSE}
TEXTS = ("show version", "show boot-config")


def made(answers: dict[str, str]) -> AristaEos:
    return AristaEos(Paper(answers), Settings(), JobOptions())


@pytest.mark.parametrize(
    "gone",
    ["% Invalid input\n", "garbage", "", '{\n    "version": "4.2', '{"errors": ["This is an unconverted command"]}'],
)
@pytest.mark.parametrize("command", [*TEXTS, *DATA])
def test_either_form_does_without_the_other(command: str, gone: str) -> None:
    whole, half = made({**SWITCH, **DATA}), made({**SWITCH, **DATA, command: gone})
    assert whole.running().doubt == half.running().doubt == ""
    assert half.running().members == whole.running().members == {"switch": RUNS.version}
    assert abs((half.running().uptime or 0) - (whole.running().uptime or 0)) < 60
    assert half.installed(IMAGE) == whole.installed(IMAGE)


def test_neither_form_is_no_answer() -> None:
    with pytest.raises(UnparsableOutput):
        made({**SWITCH, "show version": "garbage", "show version | json": "garbage"}).running()


@pytest.mark.parametrize(
    ("told", "doubt"), [({"version": IMAGE.version}, "does"), ({"uptime": 240.5}, "up for"), ({}, "")]
)
def test_a_contradiction_on_what_runs_is_a_doubt(told: dict[str, Any], doubt: str) -> None:
    found = made({**SWITCH, "show version | json": json.dumps(VERSION | told)}).running().doubt
    assert doubt in found
    assert bool(found) is bool(doubt)


def test_what_boots_next_is_not_committed_where_the_forms_disagree() -> None:
    new = changed(
        SWITCH,
        ("show version", RUNS.version, IMAGE.version),
        ("show boot-config", BOOT["softwareImage"], f"flash:/{IMAGE.filename}"),
    )
    assert made(new).installed(IMAGE).placement is Placement.COMMITTED
    odd = made({**new, "show boot-config | json": json.dumps(BOOT)}).installed(IMAGE)
    assert odd.placement is Placement.UNCOMMITTED
    assert "'show boot-config | json' that it starts" in odd.doubt


@pytest.mark.parametrize(
    ("cause", "abnormal"),
    [
        ("Reload requested by the user.", False),
        ("The system rebooted due to a Power Loss", False),
        ("The system rebooted due to a kernel panic, and wrote what it knew.", True),
        ("Reload after crash.", True),
    ],
)
def test_a_reload_by_a_failure_is_abnormal(cause: str, abnormal: bool) -> None:
    answers = changed(SWITCH, ("show reload cause", "Reload requested by the user.", cause))
    assert made(answers).running().abnormal == (cause if abnormal else "")
    assert made({**SWITCH, "show reload cause": "% Invalid input\n"}).running().abnormal == ""


def test_the_partner_is_read_from_data_where_the_text_does_not_read() -> None:
    answers = {
        **SWITCH,
        "show mlag": "garbage",
        "show mlag detail": "garbage",
        "show mlag | json": json.dumps(MLAG),
        "show mlag detail | json": json.dumps(DELAY),
    }
    assert made(answers).unready() == "MLAG keeps ports down for its reload delay of 1020 s"
    answers["show mlag | json"] = json.dumps({**MLAG, "negStatus": "connecting"})
    assert made(answers).unready() == "MLAG negotiation connecting"
    assert mlag_delay_data(answers["show mlag detail | json"]) == MlagDelay(780, waiting=True, others=1020)


@pytest.mark.parametrize("text", ["", "Arista DCS-7050SX3", "[]", "{}", '{"errors": ["x"]}'])
def test_what_is_no_data_of_the_command_is_refused(text: str) -> None:
    for read in (version_data, boot_data, mlag_data, mlag_delay_data):
        with pytest.raises((UnparsableOutput, CommandRefused)):
            read(text)


def test_the_data_of_other_releases() -> None:
    older = version_data(json.dumps({name: value for name, value in VERSION.items() if name != "uptime"}))
    assert (older.version, older.uptime) == (RUNS.version, None)
    lab = version_data(json.dumps({**VERSION, "version": "4.33.1F-39879738.4331F (engineering build)"}))
    assert lab.version == "4.33.1F-39879738.4331F"
    for unset in ("", "(not set)"):
        assert boot_data(json.dumps({"softwareImage": unset})).variable == ()
