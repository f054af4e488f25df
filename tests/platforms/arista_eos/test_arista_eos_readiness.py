"""Each rule of EOS: when it holds, and when it refuses with the value seen, the value needed and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from platforms.arista_eos.scripted_device import DEVICE, IMAGE, PEER, SAMPLE, check
from platforms.scripted_device import Paper, Refused, changed, lacking

from swimctl.config.settings import Readiness, Settings
from swimctl.errors import CommandRefused, DeviceError, UnparsableOutput
from swimctl.models import JobOptions
from swimctl.platforms.arista_eos import reading
from swimctl.platforms.arista_eos.driver import AristaEos
from swimctl.platforms.arista_eos.readiness import State

BOOT, MLAG, DETAIL, FLASH = "show boot-config", "show mlag", "show mlag detail", "dir flash:"

ROW = "       -rwx   936000001           Mar  9  2024  "
CARDS = """\
System has 8 card slots
  Module    Model             HW Version  Serial Number  Mfg Date
  --------- ----------------- ----------- -------------- ----------
  1         DCS-7500-SUP2     05.02       JPE24100011    2024-03-09
  2         DCS-7500-SUP2     05.02       JPE24100012    2024-03-09

"""


REFUSALS = {
    "little privilege": Refused("privilege", "level 1", "level 15", "SWIMCTL_ENABLE_SECRET",
                                (("show privilege", "15", "1"),)),
    "another model": Refused("model", "DCS-7050SX3-48YC8-F", "DCS-7010T-48", "`model` of this host",
                             asked={"device": replace(DEVICE, model="DCS-7010T-48")}),
    "another serial number": Refused("serial number", "JPE24100001", "JPE24199999", "`serial` of this host",
                                     asked={"device": replace(DEVICE, serial="JPE24199999")}),
    "two supervisors": Refused(
        "one supervisor", "2 supervisors", "second one", "`install source flash:IMAGE`",
        (("show inventory", "System has 2 power supply slots", f"{CARDS}System has 2 power supply slots"),)),
    "a container's image": Refused("image file", "cEOS64-lab", "`.swi`", "starting it from the new image",
                                   asked={"image": replace(IMAGE, filename="cEOS64-lab-4.31.6M.tar.xz")}),
    "other hardware": Refused("image family", "DCS-7050SX3-48YC8-F", "does not fit", "--image",
                              asked={"image": replace(IMAGE, family="vEOS-lab")}),
    "hardware that nobody knows": Refused("image family", "DCS-7050SX3-48YC8-F", "cannot tell", "--image",
                                          asked={"image": replace(IMAGE, family="EOS64")}),
    "another image is named": Refused(
        "boot image", "flash:/EOS-4.30.1F.swi, while 4.28.3M runs", "an image of 4.28.3M", "`boot system flash:IMAGE`",
        ((BOOT, "EOS-4.28.3M.swi", "EOS-4.30.1F.swi"),
         (FLASH, " boot-config\n", f" boot-config\n{ROW}EOS-4.30.1F.swi\n"))),
    "the image is gone": Refused("boot image", "flash:/EOS-4.28.3M.swi, which is not there", "on the flash",
                                 "`show boot-config`", ((FLASH, "EOS-4.28.3M.swi", "EOS-4.20.1F.swi"),)),
    "a folder of that name": Refused("boot image", "which is not there", "on the flash", "`show boot-config`",
                                     ((FLASH, "-rwx   936000001", "drwx   936000001"),)),
    "nothing is named": Refused("boot image", "not set", "on the flash", "`boot system flash:IMAGE`",
                                ((BOOT, "flash:/EOS-4.28.3M.swi", "(not set)"),)),
    "a full flash": Refused("free flash", "999.0 MB", "1000.0 MB", "`dir flash:` and `delete`",
                            ((FLASH, "3100000000", "999000000"),)),
    "an older release": Refused("not a downgrade", "4.28.3M to 4.20.1F", "4.28.3M or newer", "allow_downgrade",
                                asked={"image": replace(IMAGE, version="4.20.1F")}),
    "a partner that is away": Refused("MLAG partner", "negotiation Connecting", "connected", "`show mlag`",
                                      ((MLAG, "          Connected", "         Connecting"),)),
    "a pair that is not active": Refused("MLAG partner", "state Inactive", "state active", "both switches",
                                         ((MLAG, "   Active\n", " Inactive\n"),)),
    "a peer-link that is down": Refused(
        "MLAG partner", "peer-link Lowerlayerdown", "peer-link up", "`show mlag`",
        ((MLAG, "peer-link status                   :                  Up",
          "peer-link status                   :      Lowerlayerdown"),)),
    "a pair that is configured apart": Refused("MLAG partner", "peer-config inconsistent", "consistent",
                                               "config-sanity", ((MLAG, "  consistent", "inconsistent"),)),
    "a peer that the inventory does not know": Refused(
        "redundancy group", "none in the inventory", "both switches of MLAG domain hall-7",
        "`redundancy_group: mlag-hall-7` in the `data` of both hosts",
        asked={"device": replace(DEVICE, redundancy_group=None)}),
    "a delay longer than the patience": Refused("MLAG reload delay", "330 s", "less than 240 s",
                                                "set swimctl.deadlines.up", asked={"up": 240}),
    "a clean-up": Refused("clean-up of flash", "asked for", "knows which files", "--cleanup-flash",
                          asked={"cleanup": True}),
}  # fmt: skip


def test_a_healthy_peer_passes_every_rule_and_each_is_tried() -> None:
    assert lacking(check(PEER)) == {}
    assert {case.rule for case in REFUSALS.values()} - {"clean-up of flash"} == {each.rule for each in check(PEER)}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_names_what_was_seen_what_is_needed_and_what_to_do(name: str) -> None:
    case = REFUSALS[name]
    case.is_told_by(check(changed(PEER, *case.changes), **case.asked))


HOLDS: dict[str, tuple[tuple[tuple[str, str, str], ...], dict[str, Any]]] = {
    "one supervisor among the cards": (
        (("show inventory", "System has 2 power supply slots",
          CARDS.replace("7500-SUP2     05.02       JPE24100012", "7500R-36CQ    05.02       JPE24100012")
          + "System has 2 power supply slots"),), {}),
    "the inventory names the model as `show version` does": (
        (), {"device": replace(DEVICE, model="DCS-7050SX3-48YC8-F")}),
    "the inventory names neither": ((), {"device": replace(DEVICE, model=None, serial=None)}),
    "an image under a name without a release": (
        ((BOOT, "EOS-4.28.3M.swi", "EOS.swi"), (FLASH, "EOS-4.28.3M.swi", "EOS.swi")), {}),
    "the image is there already": (
        ((FLASH, "3100000000", "64000000"), (FLASH, " boot-config\n", f" boot-config\n{ROW}EOS-4.31.6M.swi\n")), {}),
    "a downgrade that is allowed": (
        (), {"image": replace(IMAGE, version="4.20.1F"), "policy": Readiness(allow_downgrade=True)}),
    "an older pair that does not tell whether it is consistent": (
        ((MLAG, "peer-config                        :          consistent\n", ""),), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLDS)
def test_what_is_no_reason_to_refuse(name: str) -> None:
    changes, asked = HOLDS[name]
    assert lacking(check(changed(PEER, *changes), **asked)) == {}


def test_a_switch_without_a_partner_needs_no_group_and_is_asked_for_no_delay() -> None:
    alone = {name: text for name, text in PEER.items() if name != DETAIL}
    alone[MLAG] = SAMPLE("show_mlag/disabled")
    assert lacking(check(alone, device=replace(DEVICE, redundancy_group=None))) == {}


@pytest.mark.parametrize(
    ("lost", "seen"),
    [
        (lambda _: {"delay": None}, {"MLAG reload delay": "unknown"}),
        (lambda facts: {"flash": replace(facts["flash"], free=None)}, {"free flash": "unknown"}),
        (lambda facts: {"version": replace(facts["version"], model=None)}, {"image family": "no model"}),
        (lambda facts: {"boot": replace(facts["boot"], variable=None)}, {"boot image": "not set"}),
    ],
)
def test_a_fact_that_is_not_known_refuses(
    monkeypatch: pytest.MonkeyPatch, lost: Callable[[dict[str, Any]], dict[str, Any]], seen: dict[str, str]
) -> None:
    monkeypatch.setattr(reading, "State", lambda **facts: State(**{**facts, **lost(facts)}))
    device = replace(DEVICE, model=None, serial=None)
    assert {rule: finding.seen for rule, finding in lacking(check(PEER, device=device)).items()} == seen


def test_a_peer_without_ports_of_its_own_is_ready_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "State", lambda **of: State(**{**of, "mlag": replace(of["mlag"], ports={})}))
    found = {finding.rule: finding for finding in check(PEER)}["MLAG partner"]
    assert (found.ok, found.seen) == (True, "active and connected; ports: none")


@pytest.mark.parametrize("command", PEER)
@pytest.mark.parametrize(
    ("text", "error"),
    [("", UnparsableOutput), ("~#\x07 Ebra:\n", UnparsableOutput), ("% Authorization denied\n", CommandRefused)],
)
def test_a_rule_whose_command_is_broken_refuses(command: str, text: str, error: type[DeviceError]) -> None:
    with pytest.raises(error):
        check({**PEER, command: text})


def test_with_little_privilege_nothing_else_is_asked() -> None:
    session = Paper(changed(PEER, ("show privilege", "15", "1")))
    made = AristaEos(session, Settings(), JobOptions())
    for findings in (made.check(DEVICE, IMAGE, cleanup=False), made.identity(DEVICE)):
        assert [(finding.rule, finding.ok) for finding in findings] == [("privilege", False)]
    assert set(session.asked) == {"show privilege"}


READY = {
    "model": "DCS-7050SX3-48YC8-F, DCS-7050SX3-48YC8",
    "serial number": "JPE24100001",
    "one supervisor": "one",
    "image file": "EOS-4.31.6M.swi",
    "image family": "DCS-7050SX3-48YC8-F",
    "boot image": "flash:/EOS-4.28.3M.swi",
    "free flash": "3100.0 MB",
    "not a downgrade": "4.28.3M to 4.31.6M",
    "MLAG partner": "active and connected; ports: 1 Inactive, 2 Active-partial, 23 Active-full",
    "redundancy group": "mlag-hall-7",
    "MLAG reload delay": "330 s",
    "privilege": "level 15",
}


def test_a_switch_that_is_ready_shows_each_fact_in_these_words() -> None:
    found = check(PEER)
    assert {finding.rule: finding.seen for finding in found if finding.ok} == READY
    assert lacking(found) == {}
