"""The bundle of `swimctl doctor --support`: what helps to find a fault, without secrets."""

from __future__ import annotations

import io
import json
import os
import platform
import re
import sqlite3
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import swimctl
from swimctl import yaml_file
from swimctl.errors import ConfigError, SwimctlError

if TYPE_CHECKING:
    from swimctl.cli.context import Opened
    from swimctl.sessions.redaction import Redaction

_JOBS: Final = 20
HIDDEN: Final = "(not shown)"
_README: Final = """\
Made by `swimctl doctor --support`. Nothing was sent to anybody.

versions.json  swimctl, Python, the system, and the packages beside it
config.json    config.yaml: keys, numbers, lengths of time, paths that exist, words of swimctl; the rest is hidden
doctor.json    what `swimctl doctor` found
jobs.json      the last jobs with their events

Passwords and tokens that swimctl knows are masked. Names and addresses of your devices are not.
Read the files before you send them.
"""
# What a length of time, a share or a time of day is written as.
_MEASURE: Final = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhd%])?)+|\d{1,2}:\d{2}")
_PRIVATE: Final = re.compile(r"key|user", re.IGNORECASE)
_SECRET: Final = re.compile(r"passw|passphrase|secret|token|api_?key|communit|auth|notify|url|header", re.IGNORECASE)


def write(path: Path, opened: Opened, checks: Sequence[Mapping[str, Any]]) -> None:
    """Write the bundle into a new file that its owner alone may read. ConfigError: it cannot be written."""
    config, texts = _config(opened)
    redaction = _redaction(opened, texts)
    documents = {
        "versions": _versions(),
        "config": config,
        "doctor": list(checks),
        "jobs": _jobs(opened),
    }
    files = {f"{name}.json": json.dumps(redaction.data(each), indent=2) for name, each in documents.items()}
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as bundle:
            for name, text in {"README.txt": _README, **files}.items():
                content = text.encode(errors="backslashreplace")
                member = tarfile.TarInfo(f"swimctl-support/{name}")
                member.size, member.mode = len(content), 0o600
                bundle.addfile(member, io.BytesIO(content))
    except FileExistsError:
        raise ConfigError(f"{path} is there already; name a new file") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from error


def _versions() -> dict[str, Any]:
    return {
        "swimctl": swimctl.__version__,
        "python": sys.version,
        "system": platform.platform(),
        "sqlite": sqlite3.sqlite_version,
        "packages": dict(sorted({str(each.name): each.version for each in distributions()}.items())),
    }


def _config(opened: Opened) -> tuple[object, set[str]]:
    """Return config.yaml as it is written, with what may be a secret hidden, and the secrets that it names."""
    try:
        document = yaml_file.read(opened.config_path, ConfigError, "")
    except SwimctlError as error:
        return {"error": str(error)}, set()
    shown = _Shown(opened.config_path.parent, _words())
    return shown.of(document), shown.secrets


def _words() -> frozenset[str]:
    """Return the words that settings may have: whatever else is text is somebody's own."""
    from swimctl.config.settings import Settings

    def each(schema: object) -> Iterator[str]:
        if isinstance(schema, dict):
            yield from (word for word in (*schema.get("enum", ()), schema.get("const")) if isinstance(word, str))
            for part in schema.values():
                yield from each(part)
        elif isinstance(schema, list):
            for part in schema:
                yield from each(part)

    return frozenset(each(Settings.model_json_schema()))


@dataclass
class _Shown:
    """What of config.yaml is shown. `secrets`: what stands in it where a secret does."""

    folder: Path
    words: frozenset[str]
    secrets: set[str] = field(default_factory=set)

    def of(self, value: object, *, private: bool = False, secret: bool = False) -> object:
        """Return a value with all hidden that is a text of somebody's own, or stands below a key that says so."""
        if isinstance(value, Mapping):
            return {
                str(key): self.of(
                    each,
                    private=private or _PRIVATE.search(str(key)) is not None,
                    secret=secret or _SECRET.search(str(key)) is not None,
                )
                for key, each in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.of(each, private=private, secret=secret) for each in value]
        if value is None or isinstance(value, bool):
            return value
        if secret:
            self.secrets.add(str(value))
        if private or secret or not self._is_harmless(value):
            return HIDDEN
        return value if isinstance(value, int | float) else str(value)

    def _is_harmless(self, value: object) -> bool:
        text = str(value)
        if isinstance(value, int | float) or text in self.words or _MEASURE.fullmatch(text):
            return True
        try:
            return (self.folder / Path(text).expanduser()).exists()
        except (OSError, ValueError, RuntimeError):  # too long for a name, a NUL, a home that nobody has
            return False


def _redaction(opened: Opened, texts: set[str]) -> Redaction:
    """Return what masks the secrets of all devices, of config.yaml and of the environment."""
    from swimctl.sessions.redaction import Redaction

    known = texts | {value for name, value in os.environ.items() if _SECRET.search(name)}
    try:
        for place in opened.config.accounts:
            known |= {each for each in (place.password, place.enable_secret) if isinstance(each, str)}
        for device in opened.inventory.devices:
            known |= set(_of_device(opened, device.name))
    except SwimctlError:
        pass  # without an inventory no device has told anything; `doctor.json` says what is wrong with it
    return Redaction(each for each in known if len(each) > 3)


def _of_device(opened: Opened, name: str) -> tuple[str, ...]:
    from swimctl.engine.visits import secrets
    from swimctl.sessions.targets import target_of

    inventory = opened.inventory
    device = inventory.device(name)
    try:
        found = secrets(target_of(inventory, opened.config.settings, device))
    except SwimctlError:
        found = ()
    try:
        return (*found, *inventory.copy_policy(device).secrets)
    except SwimctlError:
        return found


def _jobs(opened: Opened) -> object:
    from swimctl.requests.documents import event_document, job_document
    from swimctl.store.finding import Wanted

    try:
        jobs = opened.store.newest(Wanted(), _JOBS)
        return [
            job_document(job) | {"events": [event_document(each) for each in opened.store.events(job.id)]}
            for job in jobs
        ]
    except SwimctlError as error:
        return {"error": str(error)}
