"""Which rules a device is checked by: those of its system, and those of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from swimctl import platforms, yaml_file
from swimctl.checks.parsing import check_parser
from swimctl.config.checks import KEPT, CheckRule, Checks, On
from swimctl.config.patterns import begins_a_line, is_all
from swimctl.errors import ConfigError
from swimctl.models import Device

Passes = Callable[[Sequence[str]], bool]
"""Whether a device passes filters of its host's data."""


_ADDRESS: Final = "{address}"


class _File(BaseModel):
    """A system's `checks.yaml`. It begins with the rules of the system that it is `like`, where there is one.

    `ping` is the rule for an address of the site, which stands in it as `{address}`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    like: str | None = None
    ping: CheckRule | None = None
    rules: dict[str, CheckRule] = {}


@dataclass(frozen=True, slots=True)
class Check:
    """A rule with its name. `own`: it is the site's, and did not come with swimctl."""

    name: str
    rule: CheckRule
    own: bool = True

    def document(self) -> dict[str, Any]:
        """Write it as JSON that `of_document` reads."""
        return {"name": self.name, "own": self.own, "rule": self.rule.model_dump(mode="json", exclude_defaults=True)}

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> Check:
        """Read what `document` wrote."""
        return cls(
            str(document["name"]), CheckRule.model_validate(document["rule"], context=KEPT), bool(document["own"])
        )


def defaults_of(platform: str) -> Mapping[str, CheckRule]:
    """Return the rules that come with swimctl for a system, by name; raises ConfigError where its file is not right."""
    found = _file_of(platform)
    return {**(defaults_of(found.like) if found.like else {}), **found.rules}


def pings_of(platform: str, addresses: Sequence[str]) -> dict[str, CheckRule]:
    """Return the rules by which a system's devices say that they reach these addresses."""
    found = _file_of(platform)
    if found.ping is None:
        return pings_of(found.like, addresses) if found.like else {}
    about, command = found.ping.about, found.ping.command_on(platform)
    return {
        f"ping-{each}": found.ping.model_copy(
            update={"about": about.replace(_ADDRESS, each), "command": command.replace(_ADDRESS, each)}
        )
        for each in addresses
    }


@cache
def _file_of(platform: str) -> _File:
    path = Path(platforms.__file__).parent / platform / "checks.yaml"
    if not path.is_file():
        return _File()
    try:
        return _File.model_validate(
            yaml_file.read(path, ConfigError, "it belongs to the package of its platform") or {}
        )
    except ValidationError as problem:
        raise ConfigError(f"{path}: {problem}") from None


class Knows(Protocol):
    """An inventory, as far as it says of which checks a device is."""

    def passes(self, device: Device, filters: Sequence[str]) -> bool:
        """Return whether a device has all of these `key=value` in its data."""

    def pings(self, device: Device) -> tuple[str, ...] | None:
        """Return the addresses that a device must reach; None: those of the settings count."""


def checks_for(settings: Checks, device: Device, inventory: Knows) -> tuple[Check, ...]:
    """Return the checks of a device; an own one takes the place of one that came with swimctl and has its name.

    Own ones come first: one that hangs ends the session, and what is asked behind it is not.
    ConfigError: a rule names a platform that is none, so that it would never be asked.
    """
    for name, rule in settings.rules.items():
        check_platforms(name, rule)
    found = {} if settings.defaults == "none" else _defaults(settings, device)
    passes, pings = partial(inventory.passes, device), inventory.pings(device)
    reached = pings_of(device.platform, settings.ping if pings is None else pings)
    found |= {name: Check(name, rule) for name, rule in reached.items() if name not in settings.off}
    found |= {
        name: Check(name, rule)
        for name, rule in settings.rules.items()
        if rule.command_on(device.platform) and is_for(rule.on, device, passes)
    }
    return tuple(sorted(found.values(), key=lambda each: not each.own))


def every_check(settings: Checks) -> list[tuple[Check, dict[str, str]]]:
    """Return all checks with their commands by platform: those that come with swimctl, and those of one's own."""
    found: dict[tuple[str, str], tuple[Check, dict[str, str]]] = {}
    for platform in platforms.PLATFORM_NAMES:
        pings = pings_of(platform, settings.ping)
        for name, rule in {**defaults_of(platform), **pings}.items():
            if name not in settings.off and name not in settings.rules:
                entry = found.setdefault((name, rule.about), (Check(name, rule, own=name in pings), {}))
                entry[1][platform] = rule.command_on(platform)
    own = [
        (Check(name, rule), {each: command for each in platforms.PLATFORM_NAMES if (command := rule.command_on(each))})
        for name, rule in settings.rules.items()
    ]
    return [*found.values(), *own]


def problems(check: Check) -> list[str]:
    """Return what is wrong with a rule on each of the platforms that it is for: names of platforms, and parsers."""
    try:
        check_platforms(check.name, check.rule)
    except ConfigError as error:
        return [str(error).partition(": ")[2]]
    named = [platforms.canonical_platform(each) or each for each in check.rule.on.platform]
    wanted = [each for each in named or platforms.PLATFORM_NAMES if check.rule.command_on(each)]
    told = {each: check_parser(check.rule, each) for each in wanted}
    # A rule for all systems is right where one of them can be read: the others refuse its command.
    if not check.rule.on.platform and isinstance(check.rule.command, str) and not all(told.values()):
        return []
    return [f"on {platform}: {why}" for platform, why in told.items() if why]


def valid(rules: Mapping[str, CheckRule]) -> tuple[Check, ...]:
    """Return rules as checks. ConfigError with all that is wrong with them, beside their form."""
    checks = tuple(Check(name, rule) for name, rule in rules.items())
    if wrong := [f"check {check.name}: {why}" for check in checks for why in problems(check)]:
        raise ConfigError("\n".join(wrong))
    return checks


def configured(checks: Iterable[Check], configuration: str | None) -> tuple[Check, ...]:
    """Return those whose feature the configuration has, and those that are for every device."""
    return tuple(
        each
        for each in checks
        if each.rule.when is None or (configuration and begins_a_line(each.rule.when, configuration))
    )


def check_platforms(name: str, rule: CheckRule) -> None:
    """Raise ConfigError where a rule names a platform that swimctl does not know by that name."""
    for each in filter(None, rule.commands):
        if each not in platforms.PLATFORM_NAMES:
            known = ", ".join(platforms.PLATFORM_NAMES)
            raise ConfigError(f"check {name}: `command` is for {each!r}, which is no platform; known are {known}")
    for each in rule.on.platform:
        if platforms.canonical_platform(each) is None:
            known = ", ".join(platforms.PLATFORM_NAMES)
            raise ConfigError(f"check {name}: `on` has {each!r}, which is no platform; known are {known}")


def is_for(on: On, device: Device, passes: Passes) -> bool:
    """Return whether a rule is for a device, or may be: where the inventory has no model, the device knows its own."""
    platform = {platforms.canonical_platform(each) or each for each in on.platform}
    return (
        (not on.platform or device.platform in platform)
        and (not on.group or bool(set(on.group) & set(device.groups)))
        and (not on.site or device.site in on.site)
        and (not on.role or device.role in on.role)
        and (not on.tag or bool(set(on.tag) & set(device.tags)))
        and (not on.model or device.model is None or is_of(on, device.model))
        and (not on.name or any(fnmatchcase(device.name, each) for each in on.name))
        and (not on.filter or passes(on.filter))
    )


def is_of(on: On, *models: str) -> bool:
    """Return whether a rule is for one of these models."""
    return any(is_all(each, model) for each in on.model for model in models)


def _defaults(settings: Checks, device: Device) -> dict[str, Check]:
    return {
        name: Check(name, rule, own=False)
        for name, rule in defaults_of(device.platform).items()
        if name not in settings.off
        and (settings.defaults == "all" or not rule.extra)
        and rule.command_on(device.platform)
        and is_for(rule.on, device, lambda _: False)
    }
