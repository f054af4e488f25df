"""Read config.yaml, the environment and the credentials file into one Config; every mistake is one clear line."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from swimctl import yaml_file
from swimctl.config import references
from swimctl.config.check_files import gathered
from swimctl.config.explain import explain
from swimctl.config.settings import Settings, Workflow
from swimctl.config.workflows import STANDARD, read_flow
from swimctl.errors import ConfigError, UsageError

# The sections that Nornir 3.6 reads, with their keys (nornir/core/configuration.py). `plugins` is of older files.
NORNIR_SECTIONS: Final[dict[str, frozenset[str] | None]] = {
    "inventory": frozenset({"plugin", "options", "transform_function", "transform_function_options"}),
    "runner": frozenset({"plugin", "options"}),
    "logging": frozenset({"enabled", "level", "log_file", "format", "to_console", "loggers"}),
    "core": frozenset({"raise_on_error"}),
    "ssh": frozenset({"config_file"}),
    "user_defined": None,
    "plugins": None,
}
INVENTORY_FILES: Final = {"host_file": "hosts.yaml", "group_file": "groups.yaml", "defaults_file": "defaults.yaml"}
SIMPLE_PLUGINS: Final = frozenset({"SimpleInventory", "YAMLInventory"})
BUILTIN_WORKFLOWS: Final[dict[str, Workflow]] = {
    "standard": Workflow(description="Bring a device to an image and prove it", steps=[*STANDARD]),
    "distribute": Workflow(
        description="Put the image onto the device and verify it there", steps=["readiness", "distribution"]
    ),
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What to log in with. Secrets stay out of the repr.

    `user_from` and `password_from` name the places that said so; `passed_over` tells of a password that was somebody
    else's, where there is none. `own`: the password stands at the device itself, and is no other's.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    enable_secret: str | None = field(default=None, repr=False)
    user_from: str = field(default="", compare=False)
    password_from: str = field(default="", compare=False)
    passed_over: str = field(default="", compare=False)
    own: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Place:
    """What one place says of an account: texts, or references to where they stand. `own`: of one device alone."""

    name: str
    username: object = None
    password: object = field(default=None, repr=False)
    enable_secret: object = field(default=None, repr=False)
    own: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """All that was configured. `nornir` holds Nornir's own sections; all paths are absolute.

    `accounts` are those of the environment and the credentials file, the first one first.
    """

    path: Path
    settings: Settings
    nornir: Mapping[str, Any]
    accounts: tuple[Place, ...] = ()


def load(path: Path) -> Config:
    """Read a config.yaml. Raises ConfigError with file, line, key, what is wrong and what is allowed."""
    path = path.expanduser().absolute()
    document = yaml_file.read(path, ConfigError, "name one with --config, or change into its folder")
    sections = _mapping(path, (), {} if document is None else document)
    _check_keys(path, (), sections, {*NORNIR_SECTIONS, "swimctl"})
    nornir = {name: _nornir_section(path, name, sections.get(name)) for name in NORNIR_SECTIONS}
    settings = _settings(path, _mapping(path, ("swimctl",), sections.get("swimctl") or {}), nornir["runner"])
    accounts = environment_accounts(os.environ)
    if settings.credentials_file is not None:
        accounts = (*accounts, read_credentials(settings.credentials_file))
    # Nornir's own logging is left out: it would open nornir.log in the working folder and print tasks' arguments.
    nornir = {name: section for name, section in nornir.items() if name not in ("logging", "plugins")}
    return Config(path, settings, nornir, accounts)


def environment_accounts(environment: Mapping[str, str]) -> tuple[Place, ...]:
    """Return what SWIMCTL_* and then NORNIR_* say; an empty variable counts as not set."""
    return tuple(
        Place(
            f"the environment ({prefix}_*)",
            environment.get(f"{prefix}_USERNAME"),
            environment.get(f"{prefix}_PASSWORD"),
            environment.get(f"{prefix}_ENABLE_SECRET") if prefix == "SWIMCTL" else None,
        )
        for prefix in ("SWIMCTL", "NORNIR")
    )


def read_credentials(path: Path) -> Place:
    """Read a credentials file, which only its owner may read; anything else is ConfigError. Never repeats a value."""
    references.check_private(path, "swimctl.credentials_file")
    document = yaml_file.read(path, ConfigError, "create it with mode 0600")
    known = ("username", "password", "enable_secret")
    values = _mapping(path, (), document if document is not None else {})
    _check_keys(path, (), values, set(known))
    for key, value in values.items():
        if not references.is_reference(value) and (not isinstance(value, str) or not value):
            raise ConfigError(f"{where(path, (key,))}: {key} must be text; put it in quotes")
    username, password, enable_secret = (values.get(key) for key in known)
    return Place(str(path), username, password, enable_secret)


def _settings(path: Path, section: Mapping[str, Any], runner: Mapping[str, Any]) -> Settings:
    threads = _mapping(path, ("runner", "options"), runner.get("options") or {}).get("num_workers")
    origin: tuple[str, ...] = ("swimctl",)
    if threads is not None and "workers" not in section:  # Nornir users already said how many at once
        section = {**section, "workers": threads}
        origin = ("runner",)
    try:
        settings = Settings.model_validate(dict(section))
    except ValidationError as problems:
        lines = []
        for problem in problems.errors(include_url=False):
            keys: tuple[str | int, ...] = ("swimctl", *problem["loc"])
            if origin == ("runner",) and problem["loc"] == ("workers",):
                keys = ("runner", "options", "num_workers")
            lines.append(f"{where(path, keys)}: {explain(Settings, problem, keys)}")
        raise ConfigError("\n".join(lines)) from None
    if wrong := workflow_problems(path, settings.workflows, ("swimctl", "workflows")):
        raise ConfigError("\n".join(wrong))
    for number, period in enumerate(settings.freeze):
        try:
            period.read()
        except UsageError as problem:
            raise ConfigError(f"{where(path, ('swimctl', 'freeze', number))}: {problem}") from None
    absolute = {
        key: _absolute(path, value)
        for key in ("store", "jobs_dir", "credentials_file")
        if (value := getattr(settings, key)) is not None
    }
    ssh = settings.ssh.model_copy(update={"known_hosts": _absolute(path, settings.ssh.known_hosts)})
    served = settings.image_server
    certificates = {
        key: _absolute(path, value) for key in ("tls_cert", "tls_key") if (value := getattr(served, key)) is not None
    }
    image_server = served.model_copy(update=certificates)
    compliance = settings.compliance
    if compliance.end_of_support is not None:
        compliance = compliance.model_copy(update={"end_of_support": _absolute(path, compliance.end_of_support)})
    told = {
        name: one.model_copy(update={"ca": _absolute(path, one.ca)}) if one.ca is not None else one
        for name, one in settings.write_back
    }
    write_back = settings.write_back.model_copy(update=told)
    found: dict[str, Any] = {
        "ssh": ssh,
        "compliance": compliance,
        "write_back": write_back,
        "ldap": settings.ldap.model_copy(update={"ca": settings.ldap.ca and _absolute(path, settings.ldap.ca)}),
        "image_server": image_server,
        "checks": gathered(settings.checks, path),
        "calendars": {name: _absolute(path, file) for name, file in settings.calendars.items()},
        "freeze_calendars": [_absolute(path, file) for file in settings.freeze_calendars],
    }
    return settings.model_copy(update=absolute | found)


def workflow_problems(path: Path, workflows: Mapping[str, Workflow], keys: tuple[str, ...]) -> list[str]:
    """Return what is wrong with workflows of a file, each with its line; they stand there under these keys."""
    lines = []
    for name, workflow in workflows.items():
        if not name or name in BUILTIN_WORKFLOWS or name.isdigit():
            why = "a built-in workflow has this name, or it looks like an id; choose another name"
            lines.append(f"{where(path, (*keys, name))}: {'.'.join((*keys, name))}: {why}")
        for inner, why in read_flow(workflow)[1]:
            at = (*keys, name, *inner)
            lines.append(
                f"{where(path, at)}: {'.'.join(map(str, at))}{' ' if why.startswith(('must ', 'is ')) else ': '}{why}"
            )
    return lines


def _nornir_section(path: Path, name: str, value: object) -> dict[str, Any]:
    section = dict(_mapping(path, (name,), {} if value is None else value))
    known = NORNIR_SECTIONS[name]
    if known is not None:
        _check_keys(path, (name,), section, known)
    for key in ("options", "transform_function_options"):
        if section.get(key) is not None:
            section[key] = dict(_mapping(path, (name, key), section[key]))
    if name == "inventory":
        _absolute_inventory(path, section)
    if name == "ssh" and isinstance(section.get("config_file"), str):
        section["config_file"] = str(placed(path, section["config_file"]))
    return section


def placed(config: Path, written: str) -> Path:
    """Return where a file is that is named from the folder of config.yaml or, as Nornir has it, from this one."""
    beside = _absolute(config, Path(written))
    here = Path(written).expanduser().absolute()
    return here if here.exists() and not beside.exists() else beside


def _absolute_inventory(path: Path, section: dict[str, Any]) -> None:
    """Make inventory paths relative to config.yaml; to Nornir they are relative to the current folder."""
    options: dict[str, Any] = section.get("options") or {}
    for key, value in options.items():
        if key in INVENTORY_FILES and not isinstance(value, str):
            keys = ("inventory", "options", key)
            raise ConfigError(f"{where(path, keys)}: {'.'.join(keys)} must be the path of a file")
        if isinstance(value, str) and (key in INVENTORY_FILES or (path.parent / value).exists()):
            options[key] = str(placed(path, value))
    plugin = section.get("plugin") or os.environ.get("NORNIR_INVENTORY_PLUGIN") or "SimpleInventory"
    from_environment = not options and "NORNIR_INVENTORY_OPTIONS" in os.environ
    if plugin in SIMPLE_PLUGINS and not from_environment:
        for key, name in INVENTORY_FILES.items():
            options.setdefault(key, str(path.parent / name))
    if options:
        section["options"] = options


def _absolute(path: Path, value: Path) -> Path:
    return path.parent / value.expanduser()


def _mapping(path: Path, keys: Sequence[object], value: object) -> Mapping[str, Any]:
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return value
    name = ".".join(map(str, keys)) or "the file"
    raise ConfigError(f"{where(path, keys)}: {name} must be a mapping, lines of `key: value`")


def _check_keys(
    path: Path, keys: Sequence[object], section: Mapping[str, Any], known: set[str] | frozenset[str]
) -> None:
    lines = []
    for key in section:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
            lines.append(f"{where(path, (*keys, key))}: unknown key {'.'.join((*map(str, keys), key))}; {hint}")
    if lines:
        raise ConfigError("\n".join(lines))


def where(path: Path, keys: Sequence[object]) -> str:
    """Return a file and the line of a value in it."""
    line = yaml_file.line_of(path, keys)
    return f"{path} line {line}" if line else str(path)
