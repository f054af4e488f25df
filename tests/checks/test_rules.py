"""Which devices a rule is for, and the rules that come with swimctl."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from checks.rules import rule

from swimctl.checks import rules
from swimctl.checks.parsing import check_parser
from swimctl.checks.rules import (
    Check,
    check_platforms,
    checks_for,
    configured,
    defaults_of,
    every_check,
    is_for,
    problems,
)
from swimctl.config.checks import Checks, On
from swimctl.errors import ConfigError
from swimctl.models import Device
from swimctl.platforms import PLATFORM_NAMES

DEVICE = Device(
    1, "sw-1", "cisco_xe", "192.0.2.1", groups=("campus",), model="C9300-24P", site="bern", role="access", tags=("a",)
)


@dataclass(frozen=True)
class Known:
    """What an inventory says of a device: its addresses to ping."""

    said: tuple[str, ...] | None = None

    def passes(self, device: Device, filters: Sequence[str]) -> bool:
        assert device
        return not filters

    def pings(self, device: Device) -> tuple[str, ...] | None:
        assert device
        return self.said


def settings(**fields: Any) -> Checks:
    return Checks.model_validate(fields)


def names(checks: Any) -> list[str]:
    return [each.name for each in checks]


@pytest.mark.parametrize(
    ("on", "fits"),
    [
        ({}, True), ({"platform": "iosxe"}, True), ({"platform": "arista_eos"}, False), ({"group": "campus"}, True),
        ({"group": ["lab", "campus"]}, True), ({"group": "lab"}, False), ({"site": "bern"}, True),
        ({"site": "x"}, False),
        ({"role": "access"}, True), ({"role": "core"}, False), ({"tag": "a"}, True), ({"tag": "b"}, False),
        ({"model": "c9300.*"}, True), ({"model": "C93"}, False), ({"name": "sw-*"}, True), ({"name": "r-*"}, False),
        ({"site": "bern", "role": "core"}, False), ({"filter": "rack=1"}, True), ({"filter": ["rack=1", "x=2"]}, False),
    ],
)  # fmt: skip
def test_a_rule_is_for_devices_that_fit_all_of_it(on: dict[str, Any], fits: bool) -> None:
    assert is_for(On.model_validate(on), DEVICE, lambda filters: list(filters) == ["rack=1"]) is fits


def test_a_rule_for_some_models_may_be_for_a_device_of_which_the_inventory_says_none() -> None:
    nameless = replace(DEVICE, model=None)
    assert is_for(On(model=["C9300.*"]), nameless, lambda _: True)
    assert not is_for(On(model=["C9300.*"], site=["x"]), nameless, lambda _: True)


def test_a_rule_of_one_system_is_not_for_another() -> None:
    wanted = settings(rules={"x": rule(command={"arista_eos": "show peers"})}, defaults="none")
    assert checks_for(wanted, DEVICE, Known()) == ()
    assert names(checks_for(wanted, replace(DEVICE, platform="arista_eos"), Known())) == ["x"]


@pytest.mark.parametrize("fields", [{"command": {"arista": "show peers"}}, {"on": {"platform": "procurve"}}])
def test_a_platform_that_is_none_is_refused_and_not_passed_over(fields: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="which is no platform; known are cisco_xe"):
        checks_for(settings(rules={"x": rule(**fields)}), DEVICE, Known())
    assert "is no platform" in problems(Check("x", rule(**fields)))[0]


@pytest.fixture
def with_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = {"bgp": rule(when="router bgp"), "mac": rule(extra=True), "ports": rule()}
    monkeypatch.setattr(rules, "defaults_of", lambda platform: usual if platform == "cisco_xe" else {})


@pytest.mark.usefixtures("with_defaults")
@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({}, ["bgp", "ports"]), ({"defaults": "all"}, ["bgp", "mac", "ports"]), ({"defaults": "none"}, []),
        ({"off": ["bgp"]}, ["ports"]), ({"rules": {"mine": rule()}}, ["mine", "bgp", "ports"]),
    ],
)  # fmt: skip
def test_the_settings_say_which_of_swimctls_are_on(fields: dict[str, Any], asked: list[str]) -> None:
    assert names(checks_for(settings(**fields), DEVICE, Known())) == asked


@pytest.mark.parametrize(
    ("said", "asked"),
    [(None, ["ping-192.0.2.1", "ping-192.0.2.9"]), (("198.51.100.7",), ["ping-198.51.100.7"]), ((), [])],
)
def test_what_a_device_must_reach_is_said_by_the_settings_or_nearer_by_the_inventory(
    said: tuple[str, ...] | None, asked: list[str]
) -> None:
    wanted = settings(defaults="none", ping=["192.0.2.1", "192.0.2.9", "192.0.2.17"], off="ping-192.0.2.17")
    found = checks_for(wanted, DEVICE, Known(said))
    assert names(found) == asked
    assert [each.rule.command_on(DEVICE.platform) for each in found] == [name.replace("-", " ") for name in asked]
    assert all(each.own and each.rule.about.endswith(each.name.removeprefix("ping-")) for each in found)


def test_each_system_is_told_how_to_ping() -> None:
    ((check, commands),) = [
        each for each in every_check(settings(ping="192.0.2.1")) if each[0].name == "ping-192.0.2.1"
    ]
    assert set(commands) == set(PLATFORM_NAMES)
    assert {*commands.values()} == {"ping 192.0.2.1", "ping 192.0.2.1 count 5"}
    assert problems(check) == []
    assert Check.of_document(check.document()) == check


@pytest.mark.usefixtures("with_defaults")
def test_an_own_rule_takes_the_place_of_its_name() -> None:
    own = rule(command="show own")
    found = checks_for(settings(rules={"bgp": own}), DEVICE, Known())
    assert [(each.name, each.own) for each in found] == [("bgp", True), ("ports", False)]
    assert [check.name for check, _ in every_check(settings(rules={"bgp": own}))] == ["mac", "ports", "bgp"]


@pytest.mark.parametrize(
    ("configuration", "asked"),
    [
        ("hostname x\nrouter bgp 65001\nend\n", ["bgp", "ports"]),
        ("no router bgp 65001\n! router bgp\nend\n", ["ports"]),
        (None, ["ports"]),
    ],
)
def test_a_feature_is_asked_about_where_the_configuration_has_it(configuration: str | None, asked: list[str]) -> None:
    checks = [Check("bgp", rule(when=r"router bgp \d+")), Check("ports", rule())]
    assert names(configured(checks, configuration)) == asked


def test_a_check_is_read_as_it_was_written() -> None:
    check = Check("x", rule(where={"state": "up"}, tolerate="5%", none="% no", on={"site": "bern"}), own=False)
    assert Check.of_document(check.document()) == check


def test_a_rule_for_all_systems_needs_one_that_reads_it() -> None:
    everywhere = rule(command="show version", parse="swimctl", key=[], expect={"same": "version"})
    assert problems(Check("x", everywhere)) == []
    assert problems(Check("x", rule(command="show ip bgp summary", parse="ntc"))) == []
    assert len(problems(Check("x", rule(command="show nothing", parse="ntc")))) == len(PLATFORM_NAMES)


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_the_rules_that_come_with_swimctl_are_right(platform: str) -> None:
    for name, each in defaults_of(platform).items():
        check_platforms(name, each)
        assert check_parser(each, platform) == "", name
        assert each.source, f"{name}: where the form of its output is known from"


def test_a_file_of_rules_that_is_not_right_is_refused(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "arista_eos"
    folder.mkdir()
    (folder / "checks.yaml").write_text("rules: {x: {about: y}}\n", encoding="utf-8")
    monkeypatch.setattr(rules.platforms, "__file__", str(tmp_path / "__init__.py"))
    rules._file_of.cache_clear()
    try:
        with pytest.raises(ConfigError, match=r"checks\.yaml"):
            defaults_of("arista_eos")
    finally:
        rules._file_of.cache_clear()
