"""What the installer foresees decides whether anything is installed; what it does not say holds nothing up for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from platforms.scripted_device import lacking

from swimctl.models import Image
from swimctl.platforms.cisco_nxos.facts import ImageChange, Incompatibility, InstallImpact, ModuleImpact
from swimctl.platforms.cisco_nxos.readiness import rehearsed

COMMAND = "show install all impact nxos bootflash:nxos64-cs.10.3.4a.M.bin"
IMAGE = Image(
    1, "nxos64-cs.10.3.4a.M.bin", Path("nxos64-cs.10.3.4a.M.bin"), "cisco_nxos", "nxos64-cs", "10.3(4a)", 1_000,
    "a" * 128, "b" * 32, datetime(2031, 5, 4, tzinfo=UTC),
)  # fmt: skip
CALM = ModuleImpact("1", bootable=True, disruptive=False, install_type="reset", reason="")
DOWN = replace(CALM, module="27", disruptive=True, reason="default upgrade is not hitless")
NXOS = ImageChange("1", "nxos", "10.2(5)", "10.3(4a)", required=True)
BIOS = ImageChange("1", "bios", "v05.47", "v05.50", required=True)
STRICT = Incompatibility("fabric forwarding", "CAP_FEATURE_FABRIC", "STRICT", "not known there", "Disable it")


def refused(
    modules: tuple[ModuleImpact, ...] = (CALM,),
    images: tuple[ImageChange, ...] = (NXOS, BIOS),
    lacks: tuple[Incompatibility, ...] = (),
    *,
    forced: bool = False,
    in_service: bool = False,
) -> dict[str, str]:
    impact = InstallImpact(modules, images, forced_disruptive=forced)
    findings = rehearsed(impact, lacks, IMAGE, COMMAND, in_service=in_service)
    assert [finding.rule for finding in findings] == [
        "release in the file", "bootable", "impact", "configuration that the image can use",
    ]  # fmt: skip
    return {rule: str(finding) for rule, finding in lacking(findings).items()}


def test_what_is_needed_of_the_impact_is_what_was_asked_for() -> None:
    impact = InstallImpact((CALM,), (NXOS,), forced_disruptive=False)
    needed = {
        asked: {f.rule: f.needed for f in rehearsed(impact, (), IMAGE, COMMAND, in_service=asked)}["impact"]
        for asked in (False, True)
    }
    known = {finding.rule: finding.seen for finding in rehearsed(impact, (), IMAGE, COMMAND, in_service=False)}
    assert known["configuration that the image can use"] == "all"
    assert needed == {False: "any", True: "every module non-disruptive, because of --issu"}


@pytest.mark.parametrize("in_service", [False, True])
def test_an_installation_that_is_foreseen_without_harm_is_allowed(in_service: bool) -> None:
    assert refused(in_service=in_service) == {}


@pytest.mark.parametrize(
    ("images", "seen"), [((BIOS,), "none"), ((replace(NXOS, new="10.3(5)"), BIOS), "10.3(5)"),
                         ((NXOS, replace(NXOS, new="10.4(1)")), "10.4(1)")]
)  # fmt: skip
def test_a_file_that_does_not_hold_its_release_or_none_is_refused(images: tuple[ImageChange, ...], seen: str) -> None:
    words = refused(images=images)
    assert list(words) == ["release in the file"]
    assert seen in words["release in the file"]
    assert "10.3(4a)" in words["release in the file"]


def test_a_module_that_the_image_does_not_boot_is_refused_and_named() -> None:
    words = refused((CALM, replace(CALM, module="3", bootable=False)))
    assert list(words) == ["bootable"]
    assert "not module 3" in words["bootable"]
    assert f"`{COMMAND}` on the device" in words["bootable"]


def test_modules_that_go_down_are_refused_only_where_it_is_asked_for_in_service() -> None:
    assert refused((CALM, DOWN)) == {}
    words = refused((CALM, DOWN), in_service=True)
    assert list(words) == ["impact"]
    assert "disruptive: module 27 (default upgrade is not hitless)" in words["impact"]
    assert "run again without --issu" in words["impact"]


def test_an_installer_that_is_forced_disruptive_takes_all_down() -> None:
    assert refused(forced=True) == {}
    assert "disruptive: all" in refused(forced=True, in_service=True)["impact"]


def test_configuration_that_the_image_does_not_know_is_refused_where_it_is_strict() -> None:
    assert refused(lacks=(replace(STRICT, requirement="LOOSE"),)) == {}
    words = refused(lacks=(STRICT,))
    assert list(words) == ["configuration that the image can use"]
    assert "fabric forwarding: not known there (Disable it)" in words["configuration that the image can use"]
    two = refused(lacks=(STRICT, replace(STRICT, service="otm", mend="Take it away")))
    assert "(Disable it) | otm: not known there (Take it away)" in two["configuration that the image can use"]
