"""Devices that are learned from bundles of `device capture` in place of being asked."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, UnexpectedPrompt, UsageError
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms import driver_factory
from swimctl.platforms.base import Reply
from swimctl.platforms.terminal import Answer
from swimctl.steps.first_look import FirstLook, first_look

_INDEX: Final = "index.json"
_LEFT_OUT: Final = "is not in the bundle"


@dataclass
class Bundle:
    """What a device printed, by command, and why it printed nothing to some. `asked` are those that were not in it."""

    folder: Path
    platform: str
    texts: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


def read_bundle(folder: Path, device: Device) -> Bundle:
    """Read the bundle of a device: the folder of its name, or a folder that is a bundle itself.

    UsageError: there is none, or it is of another system.
    """
    path = folder / device.name
    if not (path / _INDEX).is_file():
        raise UsageError(
            f"'{folder}' has no bundle of {device.name}; make it with "
            f"`swimctl device capture {device.name} --out {path}`"
        )
    try:
        index: dict[str, Any] = json.loads((path / _INDEX).read_text(encoding="utf-8"))
        bundle = Bundle(path, str(index["platform"]))
        for row in index["commands"]:
            command, name = str(row["command"]), row["file"]
            if name is None:
                bundle.failures[command] = str(row["reason"])
                continue
            if Path(name).name != name:
                raise ValueError(f"{name!r} is no file of the bundle")  # noqa: TRY301 - told as what cannot be read
            bundle.texts[command] = (path / name).read_bytes().decode("utf-8", errors="replace")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"'{path / _INDEX}' cannot be read: {error}; make the bundle again") from None
    if bundle.platform != device.platform:
        raise UsageError(f"'{path}' is of {bundle.platform}, and {device.name} of {device.platform}")
    return bundle


class Replay:
    """A session that answers from a bundle."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:  # noqa: ARG002 - a session's
        """Return what the device printed. CommandRefused: the bundle does not say."""
        text = self._bundle.texts.get(command)
        if text is None:
            why = self._bundle.failures.get(command, "it was not asked")
            raise CommandRefused(f"'{command}' {_LEFT_OUT}: {why}")
        return text

    def converse(
        self,
        command: str,
        answers: Sequence[Answer],  # noqa: ARG002 - a session's
        deadline: float,  # noqa: ARG002 - as above
        *,
        closing: re.Pattern[str] | None = None,  # noqa: ARG002 - as above
    ) -> Reply:
        """Refuse: what asks may change something."""
        raise UnexpectedPrompt(f"'{command}' is not a command that only reads")

    def ended_within(self, seconds: float, *, watch: bool = False) -> bool:  # noqa: ARG002 - a session's
        """Return that it does not end."""
        return False


class FromBundles:
    """Look at devices by their bundles, as a job would look at them."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder, self._settings = folder, settings
        self.read: dict[str, Bundle] = {}
        self.not_told: dict[str, tuple[str, ...]] = {}

    def check(self, device: Device, image: Image | None, options: JobOptions) -> FirstLook:
        """Return the first look. What a bundle leaves out is no finding: `not_told` has it."""
        bundle = self.read[device.name] = read_bundle(self._folder, device)
        factory, settings = driver_factory(device.platform), self._settings
        # Names and serial numbers of a bundle are replaced ones.
        nameless = replace(device, serial=None)
        assert image is not None  # noqa: S101 - of a plan each device that is asked has one
        look = first_look(
            Replay(bundle),
            lambda session: factory(session, settings, options),
            nameless,
            image,
            options,
            username="",
            taken_at="",
        )
        kept = tuple(finding for finding in look.findings if not _is_left_out(finding))
        left = (finding.seen for finding in look.findings if _is_left_out(finding))
        self.not_told[device.name] = tuple(dict.fromkeys(left))
        return replace(look, findings=kept)


def _is_left_out(finding: Finding) -> bool:
    return not finding.ok and _LEFT_OUT in finding.seen
